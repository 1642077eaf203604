"""Data sets: the same numbers in both languages, broken files refused by name, downloads checked."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import io
import json
import struct
import tarfile
import threading

import numpy as np
import pytest
import torch

from gradpath import (
    GradpathError,
    cifar10,
    digits,
    fashion_mnist,
    read_idx,
    split_data,
    take_data,
)
from gradpath.data import folders as dataset_folders
from gradpath.data.datasets import Data
from gradpath.workshop.r_process import R

NAMES = list(dataset_folders.FASHION_FILES)


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def small_fashion(seed: int = 0) -> dict[str, bytes]:
    draw = np.random.default_rng(seed)
    files = {}
    for part, n in (("train", 30), ("t10k", 12)):
        files[f"{part}-images-idx3-ubyte"] = idx(draw.integers(0, 256, (n, 28, 28), dtype=np.uint8))
        files[f"{part}-labels-idx1-ubyte"] = idx(draw.integers(0, 10, n, dtype=np.uint8))
    return files


def small_cifar(seed: int = 0) -> dict[str, bytes]:
    draw = np.random.default_rng(seed)
    rows = draw.integers(0, 256, (6, 4, 3073), dtype=np.uint8)
    rows[:, :, 0] %= 10
    return {name: batch.tobytes() for name, batch in zip(dataset_folders.CIFAR_FILES, rows, strict=True)}


def put(folder, files, packed=False):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / (f"{name}.gz" if packed else name)).write_bytes(gzip.compress(content) if packed else content)
    return folder


@pytest.fixture(autouse=True)
def no_data_but_the_tests(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("GRADPATH_DATA", raising=False)


@pytest.mark.parametrize("packed", [False, True])
def test_fashion_mnist_is_read_from_plain_and_packed_files(tmp_path, packed):
    files = small_fashion()
    train, test = fashion_mnist(put(tmp_path / "data", files, packed))
    assert (train.x.shape, test.x.shape) == ((30, 1, 28, 28), (12, 1, 28, 28))
    assert (train.x.dtype, train.y.dtype) == (torch.float32, torch.int64)
    pixels = np.frombuffer(files[NAMES[0]], np.uint8, offset=16).reshape(30, 1, 28, 28)
    np.testing.assert_array_equal((train.x * 255).round().numpy(), pixels)
    np.testing.assert_array_equal(test.y.numpy(), np.frombuffer(files[NAMES[3]], np.uint8, offset=8))
    assert train.classes[9] == "ankle boot"
    assert fashion_mnist(tmp_path / "data", dtype="float64").train.x.dtype == torch.float64


def test_data_is_looked_for_where_it_may_be(tmp_path, monkeypatch):
    monkeypatch.setattr(dataset_folders, "DEBIAN_FASHION", tmp_path / "none")
    with pytest.raises(GradpathError) as refused:
        fashion_mnist()
    assert str(refused.value) == (
        "fashion_mnist(): the data set is not on this machine; on Debian: apt-get install dataset-fashion-mnist;"
        " elsewhere use download = true, or a folder with its four files"
    )
    put(tmp_path / "cache" / "gradpath" / "fashion-mnist", small_fashion(1))
    in_cache = fashion_mnist().train.x
    put(tmp_path / "own" / "fashion-mnist", small_fashion(2))
    monkeypatch.setenv("GRADPATH_DATA", str(tmp_path / "own"))
    named = fashion_mnist().train.x
    assert not torch.equal(in_cache, named)
    monkeypatch.setenv("GRADPATH_DATA", str(tmp_path / "own" / "fashion-mnist"))
    assert torch.equal(fashion_mnist().train.x, named)


def test_cifar10_is_read_from_its_binary_version(tmp_path):
    files = small_cifar()
    inside = put(tmp_path / "data" / dataset_folders.CIFAR_FOLDER, files)
    train, test = cifar10(tmp_path / "data")
    assert (train.x.shape, test.x.shape) == ((20, 3, 32, 32), (4, 3, 32, 32))
    whole = np.frombuffer(b"".join(files.values()), np.uint8).reshape(24, 3073)
    np.testing.assert_array_equal((train.x * 255).round().numpy().reshape(20, -1), whole[:20, 1:])
    np.testing.assert_array_equal(test.y.numpy(), whole[20:, 0])
    assert torch.equal(cifar10(inside).train.x, train.x)


def test_digits_come_with_scikit_learn():
    sklearn = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    train, test = digits()
    theirs = sklearn.load_digits()
    ours = torch.cat([train.x, test.x]) * 16
    np.testing.assert_array_equal(ours.reshape(1797, 64).numpy(), theirs.data)
    np.testing.assert_array_equal(torch.cat([train.y, test.y]).numpy(), theirs.target)
    assert (len(train.y), len(test.y)) == (1437, 360)


def test_the_digits_of_the_r_package_are_those_of_scikit_learn_to_the_last_bit(r: R, project, tmp_path):
    shipped = project / "r" / "inst" / "extdata" / "digits.csv.gz"
    # Bytes are compared unpacked: another release may pack the same rows anew.
    assert gzip.decompress(shipped.read_bytes()) == gzip.decompress(dataset_folders.find_digits().read_bytes())
    code = (
        "library(gradpath); d <- digits(dtype = commandArgs(TRUE)[[1]]); file <- file(commandArgs(TRUE)[[2]], 'wb');"
        " for (part in d) writeBin(c(as.numeric(part$x$reshape(-1)), as.numeric(part$y) - 1), file); close(file)"
    )
    for dtype in ("float32", "float64"):
        r.run(code, dtype, str(tmp_path / dtype), quiet=True)
        theirs = np.fromfile(tmp_path / dtype)
        ours = [part for data in digits(dtype=dtype) for part in (data.x.double().flatten(), data.y.double())]
        np.testing.assert_array_equal(theirs, torch.cat(ours).numpy())


def test_taking_and_splitting():
    data = Data(torch.arange(10.0)[:, None], torch.arange(10), ("a",))
    assert take_data(data, 3).y.tolist() == [0, 1, 2]
    torch.manual_seed(4)
    expected = torch.rand(2)
    torch.manual_seed(4)
    train, validation = split_data(data, 7, seed=1)
    assert torch.equal(torch.rand(2), expected)
    assert sorted(train.y.tolist() + validation.y.tolist()) == list(range(10))
    assert train.x.flatten().tolist() == train.y.tolist() != list(range(7))
    assert torch.equal(split_data(data, 7, seed=1).train.y, train.y)
    assert not torch.equal(split_data(data, 7, seed=2).train.y, train.y)


def broken_files(folder):
    """Write folders with one thing wrong each; return the call and the line that refuses it."""
    good, images, labels = small_fashion(), NAMES[0], NAMES[1]
    whole = gzip.compress(good[images])
    cases = {
        "short": (
            {images: good[images][:-1]},
            images,
            "has 23,535 bytes; use a whole file, 23,536 bytes for 30 x 28 x 28",
        ),
        "long": ({images: good[images] + b"\0"}, images, "has 23,537 bytes; use a whole file, 23,536 bytes for"),
        "head": ({images: good[images][:10]}, images, "has 10 bytes; use a whole file, 16 bytes for its head"),
        "empty": (
            {images: b""},
            images,
            "begins with the bytes none; use an IDX file of unsigned bytes, 00 00 08 and the number of dimensions",
        ),
        "magic": ({images: b"\0\0\x0d" + good[images][3:]}, images, "begins with the bytes 00 00 0d 03; use an IDX"),
        "text": ({images: b"<html>not found</html>"}, images, "begins with the bytes 3c 68 74 6d; use an IDX file"),
        "swapped": ({images: good[labels]}, images, "holds numbers of shape [30]; use images of 28 by 28"),
        "small": (
            {images: idx(np.zeros((30, 20, 28), np.uint8))},
            images,
            "holds numbers of shape [30, 20, 28]; use images of 28 by 28",
        ),
        "fewer": (
            {labels: idx(np.zeros(29, np.uint8))},
            labels,
            "holds 29 labels; use one for each of the 30 images",
        ),
        "label": ({labels: idx(np.full(30, 10, np.uint8))}, labels, "holds the label 10; use labels from 0 to 9"),
        "missing": ({labels: None}, labels, "is missing; use a folder with the four files of Fashion-MNIST"),
        "cut": (
            {images: None, f"{images}.gz": whole[:2000]},
            f"{images}.gz",
            "cannot be decompressed; use a whole file compressed by gzip",
        ),
        "not-gzip": (
            {images: None, f"{images}.gz": good[images]},
            f"{images}.gz",
            "cannot be decompressed; use a whole file compressed by gzip",
        ),
        "flipped": (
            {images: None, f"{images}.gz": whole[:-8] + bytes([whole[-8] ^ 1]) + whole[-7:]},
            f"{images}.gz",
            "cannot be decompressed; use a whole file compressed by gzip",
        ),
    }
    calls = []
    for name, (changes, file, line) in cases.items():
        files = {k: v for k, v in (good | changes).items() if v is not None}
        put(folder / name, files)
        calls.append(("fashion_mnist", str(folder / name), f"{folder / name / file}: {line}"))
    test_batch = dataset_folders.CIFAR_FILES[5]
    for name, content, line in [
        (
            "cifar-cut",
            small_cifar()[test_batch][:-1],
            "has 12,291 bytes; use a whole file, 3073 bytes for each image",
        ),
        ("cifar-label", b"\x0b" * 3073, "holds the label 11; use labels from 0 to 9"),
        ("cifar-empty", b"", "has 0 bytes; use a whole file, 3073 bytes for each image"),
        ("cifar-missing", None, "is missing; use a folder with the six files of CIFAR-10's binary version"),
    ]:
        files = {k: v for k, v in (small_cifar() | {test_batch: content}).items() if v is not None}
        put(folder / name, files)
        calls.append(("cifar10", str(folder / name), f"{folder / name / test_batch}: {line}"))
    rows = "\n".join([",".join(["1"] * 65)] * 5)
    for name, content, line in [
        ("digits-short", gzip.compress(rows.encode()), "has 5 rows of 65 numbers; use the digits.csv.gz of"),
        ("digits-words", gzip.compress(b"a,b\nc,d\n"), "cannot be read; use the digits.csv.gz of scikit-learn"),
        ("digits-cut", gzip.compress(rows.encode())[:-9], "cannot be read; use the digits.csv.gz of scikit-learn"),
        ("digits-missing", None, "cannot be read; use the digits.csv.gz of scikit-learn"),
    ]:
        put(folder / name, {} if content is None else {"digits.csv.gz": content})
        calls.append(("digits", str(folder / name), f"{folder / name / 'digits.csv.gz'}: {line}"))
    return calls


def test_broken_files_are_refused_by_name_in_both_languages(r: R, tmp_path):
    calls = broken_files(tmp_path / "broken")
    refusals = []
    loaders = {"fashion_mnist": fashion_mnist, "cifar10": cifar10, "digits": digits}
    for function, folder, line in calls:
        with pytest.raises(GradpathError) as refused:
            loaders[function](folder)
        refusals.append(str(refused.value))
        assert refusals[-1].startswith(line)
    said = r.run(
        "a <- commandArgs(trailingOnly = TRUE); loaders <- list(fashion_mnist = gradpath::fashion_mnist,"
        " cifar10 = gradpath::cifar10, digits = gradpath::digits);"
        " for (k in seq(1, length(a), by = 2)) cat(tryCatch({loaders[[a[[k]]]](a[[k + 1]]); 'accepted'},"
        " error = conditionMessage), '\\n', sep = '')",
        *(text for function, folder, _ in calls for text in (function, folder)),
        quiet=True,
    )
    assert said.splitlines() == refusals


def test_both_languages_read_the_same_numbers(r: R, tmp_path):
    put(tmp_path / "fashion", small_fashion(), packed=True)
    put(tmp_path / "cifar", small_cifar())
    code = (
        "library(gradpath); a <- commandArgs(trailingOnly = TRUE);"
        " show <- function(data) list(x = as.numeric(data$x$reshape(-1)), y = as.numeric(data$y) - 1,"
        " shape = data$x$shape, classes = data$classes);"
        " f <- fashion_mnist(a[[1]]); c <- cifar10(a[[2]]); d <- digits(dtype = 'float64');"
        " s <- split_data(d$train, 1000, seed = 7);"
        " all <- list(f$train, f$test, c$train, c$test, take_data(d$train, 50), d$test, take_data(s$validation, 20));"
        " cat(jsonlite::toJSON(lapply(all, show), digits = NA, auto_unbox = FALSE))"
    )
    said = json.loads(r.run(code, str(tmp_path / "fashion"), str(tmp_path / "cifar"), quiet=True))
    fashion, cifar, small = fashion_mnist(tmp_path / "fashion"), cifar10(tmp_path / "cifar"), digits(dtype="float64")
    drawn = split_data(small.train, 1000, seed=7).validation
    ours = [*fashion, *cifar, take_data(small.train, 50), small.test, take_data(drawn, 20)]
    assert len(said) == len(ours)
    for theirs, data in zip(said, ours, strict=True):
        assert theirs["shape"] == list(data.x.shape)
        assert theirs["y"] == data.y.tolist()
        assert tuple(theirs["classes"]) == data.classes
        # 15 digits of a number that has 7 or 16.
        np.testing.assert_allclose(theirs["x"], data.x.double().flatten().numpy(), rtol=1e-14)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def server(tmp_path):
    """Serve a folder on the loopback interface."""
    (tmp_path / "served").mkdir()
    handler = functools.partial(Quiet, directory=str(tmp_path / "served"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield tmp_path / "served", f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


def serve_fashion(folder):
    packed = {name: gzip.compress(content) for name, content in small_fashion().items()}
    put(folder, {f"{name}.gz": content for name, content in packed.items()})
    return {name: hashlib.md5(content).hexdigest() for name, content in packed.items()}


def test_a_download_is_checked_and_kept(tmp_path, monkeypatch, server):
    folder, address = server
    monkeypatch.setattr(dataset_folders, "DEBIAN_FASHION", tmp_path / "none")
    monkeypatch.setattr(dataset_folders, "FASHION_ADDRESS", address)
    monkeypatch.setattr(dataset_folders, "FASHION_FILES", serve_fashion(folder))
    assert len(fashion_mnist(download=True).train.y) == 30
    for file in folder.iterdir():
        file.unlink()
    assert len(fashion_mnist().train.y) == 30


def test_a_download_with_another_checksum_is_refused(tmp_path, monkeypatch, server):
    folder, address = server
    sums = serve_fashion(folder)
    monkeypatch.setattr(dataset_folders, "DEBIAN_FASHION", tmp_path / "none")
    monkeypatch.setattr(dataset_folders, "FASHION_ADDRESS", address)
    monkeypatch.setattr(dataset_folders, "FASHION_FILES", dict.fromkeys(sums, "0" * 32))
    with pytest.raises(GradpathError) as refused:
        fashion_mnist(download=True)
    assert str(refused.value).startswith(f"{address}{NAMES[0]}.gz: cannot be downloaded: ")
    assert "\n" not in str(refused.value)
    assert list((tmp_path / "cache").rglob("*.gz")) == []


def test_cifar10_is_downloaded_and_unpacked(tmp_path, monkeypatch, server):
    folder, address = server
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in small_cifar().items():
            entry = tarfile.TarInfo(f"{dataset_folders.CIFAR_FOLDER}/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    put(folder, {"c.tar.gz": packed.getvalue()})
    monkeypatch.setattr(dataset_folders, "CIFAR_ADDRESS", address)
    monkeypatch.setattr(dataset_folders, "CIFAR_ARCHIVE", ("c.tar.gz", hashlib.md5(packed.getvalue()).hexdigest()))
    assert len(cifar10(download=True).train.y) == 20
    with pytest.raises(GradpathError, match="the data set is not on this machine"):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
        cifar10()


def test_r_downloads_and_checks_too(r: R, tmp_path, server):
    folder, address = server
    sums = serve_fashion(folder)
    code = (
        "a <- commandArgs(trailingOnly = TRUE); get <- function(md5) tryCatch(gradpath:::download_file(paste0(a[[1]],"
        " 'train-labels-idx1-ubyte.gz'), md5, a[[2]]), error = conditionMessage);"
        " cat(get(strrep('0', 32)), length(dir(a[[2]], all.files = TRUE, no.. = TRUE)),"
        " basename(get(a[[3]])), length(dir(a[[2]], all.files = TRUE, no.. = TRUE)), sep = '\\n')"
    )
    said = r.run(code, address, str(tmp_path / "kept"), sums["train-labels-idx1-ubyte"], quiet=True).splitlines()
    assert said[0] == (
        f"{address}train-labels-idx1-ubyte.gz: cannot be downloaded: its MD5 is {sums['train-labels-idx1-ubyte']}"
        f" where {'0' * 32} was expected; get the file another way"
    )
    assert said[1:] == ["0", "train-labels-idx1-ubyte.gz", "1"]


def test_sizes_that_do_not_fit_are_refused():
    data = Data(torch.zeros(4, 1), torch.zeros(4, dtype=torch.int64), ())
    with pytest.raises(GradpathError, match=r"take_data\(\): n: 5 is not accepted; use a whole number from 1 to 4"):
        take_data(data, 5)
    with pytest.raises(GradpathError, match=r"split_data\(\): n: 4 is not accepted; use a whole number from 1 to 3"):
        split_data(data, 4)
    with pytest.raises(GradpathError, match=r"read_idx|cannot be read; use an IDX file"):
        read_idx("none")


def test_fashion_mnist_is_what_its_authors_say():
    try:
        train, test = fashion_mnist()
    except GradpathError as missing:
        pytest.skip(str(missing))
    assert train.y.bincount().tolist() == [6000] * 10
    assert test.y.bincount().tolist() == [1000] * 10
    # The mean and the deviation of the training images, as the literature normalizes them.
    assert train.x.mean().item() == pytest.approx(0.2860, abs=1e-4)
    assert train.x.std().item() == pytest.approx(0.3530, abs=1e-4)
