"""Data sets in memory, as tensors: Fashion-MNIST, CIFAR-10, and the small digits that come with scikit-learn."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from gradpath.data.folders import find_cifar10, find_digits, find_fashion_mnist
from gradpath.data.idx_files import read_idx
from gradpath.hyperparameters import require
from gradpath.refusals import GradpathError, refusal
from gradpath.schedules.fields import is_whole

DTYPES = {"float64": torch.float64, "float32": torch.float32}
FASHION_CLASSES = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
CIFAR_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CIFAR_PIXELS = 3 * 32 * 32
DIGITS_TEST = 360


class Data(NamedTuple):
    """Samples and what they are.

    Attributes
    ----------
    x : Tensor of shape (n, channels, height, width)
        From 0 to 1.
    y : Tensor of shape (n,), int64
        The class of each sample, counted from 0.
    classes : tuple of str
        Their names.
    """

    x: Tensor
    y: Tensor
    classes: tuple[str, ...]


class Parts(NamedTuple):
    """What a network learns from, and what it is tested on at the end."""

    train: Data
    test: Data


class Split(NamedTuple):
    """What a network learns from, and what decides about rates, sizes and when to stop."""

    train: Data
    validation: Data


def fashion_mnist(folder: str | Path | None = None, download: bool = False, dtype: str = "float32") -> Parts:
    """Return Fashion-MNIST: 60,000 and 10,000 grey images of clothes, 28 by 28, in ten classes.

    Parameters
    ----------
    folder : str or Path, optional
        Where the four IDX files are, plain or ending in ``.gz``. Left out: the folder that ``GRADPATH_DATA`` names,
        the user's cache, the folder of Debian's package ``dataset-fashion-mnist``.
    download : bool
        Fetch them from the data set's address into the user's cache if they are in none of these.
    dtype : {"float32", "float64"}
        Of the images.

    Raises
    ------
    GradpathError
        If a file is missing, broken, or not what it should be: the file is named.

    References
    ----------
    Xiao, Rasul, Vollgraf: Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms. 2017.
    """
    require("fashion_mnist()", "dtype", dtype)
    files = find_fashion_mnist(folder, download)
    train, test = (
        _images_and_labels(files[f"{part}-images-idx3-ubyte"], files[f"{part}-labels-idx1-ubyte"], dtype)
        for part in ("train", "t10k")
    )
    return Parts(train, test)


def cifar10(folder: str | Path | None = None, download: bool = False, dtype: str = "float32") -> Parts:
    """Return CIFAR-10: 50,000 and 10,000 colour images, 32 by 32, in ten classes.

    Parameters
    ----------
    folder : str or Path, optional
        Where the files of the binary version are, or the folder ``cifar-10-batches-bin`` with them. Left out: the
        folder that ``GRADPATH_DATA`` names, the user's cache.
    download, dtype
        As for :func:`fashion_mnist`.

    Raises
    ------
    GradpathError
        If a file is missing, broken, or not what it should be: the file is named.

    References
    ----------
    Krizhevsky: Learning Multiple Layers of Features from Tiny Images. 2009.
    """
    require("cifar10()", "dtype", dtype)
    *train, test = [_cifar_batch(file) for file in find_cifar10(folder, download)]
    return Parts(_cifar_data(train, dtype), _cifar_data([test], dtype))


def digits(folder: str | Path | None = None, dtype: str = "float32") -> Parts:
    """Return 1,797 handwritten digits, 8 by 8: the first 1,437 to learn from, the last 360 to test.

    Parameters
    ----------
    folder : str or Path, optional
        Where ``digits.csv.gz`` is; that of the installed scikit-learn if left out.
    dtype : {"float32", "float64"}
        Of the images.

    Raises
    ------
    GradpathError
        If the file is missing or broken.

    References
    ----------
    Alpaydin, Kaynak: Optical Recognition of Handwritten Digits. UCI Machine Learning Repository, 1998; the test part
    of it, as scikit-learn hands it out.
    """
    require("digits()", "dtype", dtype)
    file = find_digits(folder)
    try:
        numbers = np.loadtxt(file, delimiter=",", dtype=np.uint8, ndmin=2)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise GradpathError(f"{file}: cannot be read; use the digits.csv.gz of scikit-learn") from error
    if numbers.shape != (1797, 65) or numbers[:, :64].max() > 16 or numbers[:, 64].max() > 9:
        raise GradpathError(
            f"{file}: has {numbers.shape[0]} rows of {numbers.shape[1]} numbers; use the digits.csv.gz of"
            " scikit-learn, 1797 rows of 65, images from 0 to 16 and labels from 0 to 9"
        )
    x = torch.from_numpy(numbers[:, :64].copy()).reshape(-1, 1, 8, 8).to(DTYPES[dtype]) / 16
    whole = Data(x, torch.from_numpy(numbers[:, 64].astype(np.int64)), tuple("0123456789"))
    return Parts(take_data(whole, len(x) - DIGITS_TEST), _rows(whole, torch.arange(len(x) - DIGITS_TEST, len(x))))


def take_data(data: Data, n: int) -> Data:
    """Return the first n samples.

    Raises
    ------
    GradpathError
        If there are fewer.
    """
    _check_size("take_data()", n, len(data.y))
    return Data(data.x[: int(n)], data.y[: int(n)], data.classes)


def split_data(data: Data, n: int, seed: int = 0) -> Split:
    """Return n samples, drawn at random, to learn from, and the others to validate with.

    Parameters
    ----------
    data : Data
    n : int
        At least 1, and one less than there are at most.
    seed : int
        The same seed gives the same samples in both languages; the global generator is left alone.

    Raises
    ------
    GradpathError
        Bad input; one line.
    """
    _check_size("split_data()", n, len(data.y) - 1)
    require("split_data()", "seed", seed)
    order = torch.randperm(len(data.y), generator=torch.Generator().manual_seed(int(seed)))
    return Split(_rows(data, order[: int(n)]), _rows(data, order[int(n) :]))


def _check_size(where: str, n: object, most: int) -> None:
    if not is_whole(n, 1) or n > most:  # type: ignore[operator]
        raise refusal(where, "n", n, f"a whole number from 1 to {most}")


def _rows(data: Data, index: Tensor) -> Data:
    return Data(data.x[index], data.y[index], data.classes)


def _images_and_labels(images: Path, labels: Path, dtype: str) -> Data:
    pixels, classes = read_idx(images), read_idx(labels)
    if pixels.dim() != 3 or pixels.shape[1:] != (28, 28):
        raise GradpathError(f"{images}: holds numbers of shape {list(pixels.shape)}; use images of 28 by 28")
    if classes.dim() != 1 or len(classes) != len(pixels):
        raise GradpathError(f"{labels}: holds {classes.numel()} labels; use one for each of the {len(pixels)} images")
    if len(classes) and classes.max() > 9:
        raise GradpathError(f"{labels}: holds the label {int(classes.max())}; use labels from 0 to 9")
    return Data(pixels.unsqueeze(1).to(DTYPES[dtype]) / 255, classes.long(), FASHION_CLASSES)


def _cifar_batch(file: Path) -> np.ndarray:
    try:
        content = np.fromfile(file, np.uint8)
    except OSError as error:
        raise GradpathError(f"{file}: cannot be read; use a file of the binary version of CIFAR-10") from error
    size = CIFAR_PIXELS + 1
    if len(content) == 0 or len(content) % size:
        raise GradpathError(f"{file}: has {len(content):,} bytes; use a whole file, {size} bytes for each image")
    rows = content.reshape(-1, size)
    if rows[:, 0].max() > 9:
        raise GradpathError(f"{file}: holds the label {rows[:, 0].max()}; use labels from 0 to 9")
    return rows


def _cifar_data(batches: list[np.ndarray], dtype: str) -> Data:
    rows = torch.from_numpy(np.concatenate(batches))
    x = rows[:, 1:].reshape(-1, 3, 32, 32).to(DTYPES[dtype]) / 255
    return Data(x, rows[:, 0].long(), CIFAR_CLASSES)
