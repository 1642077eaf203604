"""Finds the files of data sets on this machine, and downloads them where that is asked for."""

from __future__ import annotations

import importlib.util
import os
import tarfile
from pathlib import Path

from gradpath.refusals import GradpathError

DEBIAN_FASHION = Path("/usr/share/datasets/fashion-mnist")
FASHION_ADDRESS = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
# MD5 as the data set's README states them. Debian compresses the same files anew, so its bytes are others.
FASHION_FILES = {
    "train-images-idx3-ubyte": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte": "bb300cfdad3c16e7a12a480ee83cd310",
}
CIFAR_ADDRESS = "https://www.cs.toronto.edu/~kriz/"
CIFAR_ARCHIVE = ("cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530")
CIFAR_FOLDER = "cifar-10-batches-bin"
CIFAR_FILES = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]


def cache_folder(name: str) -> Path:
    """Return the folder in the user's cache where a data set is kept once it has been downloaded."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gradpath" / name


def find_fashion_mnist(folder: str | Path | None = None, download: bool = False) -> dict[str, Path]:
    """Return the four files by name, from the first place that has one of them.

    Raises
    ------
    GradpathError
        If a file is missing there, or all of them everywhere; the line says how to get them.
    """
    for place in _places(folder, "fashion-mnist", [DEBIAN_FASHION]):
        files = {name: _either(place / name) for name in FASHION_FILES}
        if all(files.values()):
            return {name: file for name, file in files.items() if file}
        missing = [name for name, file in files.items() if not file]
        if folder is not None or len(missing) < len(files):
            raise GradpathError(
                f"{place / missing[0]}: is missing; use a folder with the four files of Fashion-MNIST"
            )
    if download:
        for name, md5 in FASHION_FILES.items():
            _download(FASHION_ADDRESS + name + ".gz", md5, cache_folder("fashion-mnist"))
        return {name: cache_folder("fashion-mnist") / f"{name}.gz" for name in FASHION_FILES}
    raise GradpathError(
        "fashion_mnist(): the data set is not on this machine; on Debian: apt-get install dataset-fashion-mnist;"
        " elsewhere use download = true, or a folder with its four files"
    )


def find_cifar10(folder: str | Path | None = None, download: bool = False) -> list[Path]:
    """Return the five training files and the test file of the binary version.

    Raises
    ------
    GradpathError
        As :func:`find_fashion_mnist`.
    """
    for place in _places(folder, "cifar-10", []):
        inside = place / CIFAR_FOLDER if (place / CIFAR_FOLDER).is_dir() else place
        missing = [name for name in CIFAR_FILES if not (inside / name).is_file()]
        if not missing:
            return [inside / name for name in CIFAR_FILES]
        if folder is not None or len(missing) < len(CIFAR_FILES):
            raise GradpathError(
                f"{inside / missing[0]}: is missing; use a folder with the six files of CIFAR-10's binary version"
            )
    if download:
        archive = _download(CIFAR_ADDRESS + CIFAR_ARCHIVE[0], CIFAR_ARCHIVE[1], cache_folder("cifar-10"))
        with tarfile.open(archive) as opened:
            opened.extractall(archive.parent, filter="data")
        return find_cifar10(archive.parent)
    raise GradpathError(
        "cifar10(): the data set is not on this machine; use download = true, or a folder with the six files of its"
        " binary version"
    )


def find_digits(folder: str | Path | None = None) -> Path:
    """Return the file of the digits, in a folder or where scikit-learn is installed.

    Raises
    ------
    GradpathError
        If scikit-learn is not installed.
    """
    if folder is not None:
        return Path(folder) / "digits.csv.gz"
    # Found without importing scikit-learn, which takes a second.
    found = importlib.util.find_spec("sklearn")
    if found is None or not found.submodule_search_locations:
        raise GradpathError("digits(): scikit-learn is not installed; pip install scikit-learn, or give a folder")
    return Path(found.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"


def why_missing(name: str) -> str | None:
    """Say why a data set, ``"fashion_mnist"`` or ``"digits"``, is not on this machine; None if it is."""
    try:
        if name == "fashion_mnist":
            find_fashion_mnist()
        else:
            find_digits()
    except GradpathError as missing:
        return str(missing)
    return None


def _places(folder: str | Path | None, name: str, more: list[Path]) -> list[Path]:
    if folder is not None:
        return [Path(folder)]
    named = os.environ.get("GRADPATH_DATA")
    own = [Path(named) / name if (Path(named) / name).is_dir() else Path(named)] if named else []
    return [*own, cache_folder(name), *more]


def _either(file: Path) -> Path | None:
    # Plain, or compressed.
    return next((f for f in (file, file.with_name(file.name + ".gz")) if f.is_file()), None)


def _download(address: str, md5: str, folder: Path) -> Path:
    import pooch

    name = address.rpartition("/")[2]
    try:
        return Path(pooch.retrieve(address, f"md5:{md5}", fname=name, path=folder, progressbar=False))
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise GradpathError(f"{address}: cannot be downloaded: {reason}; get the file another way") from error
