"""Files that are no data sets: the same line from both languages."""

from __future__ import annotations

import re

import pytest

from gradpath import GradpathError
from gradpath.data.datasets import cifar10, digits, fashion_mnist
from gradpath.data.idx_files import read_idx
from gradpath.workshop.r_process import R

FILES = {
    "no-images": bytes([0, 0, 8, 3, *[0] * 4, 0, 0, 0, 28, 0, 0, 0, 28]),
    "no-labels": bytes([0, 0, 8, 1, *[0] * 4]),
    "one-side-of-zero": bytes([0, 0, 8, 2, 0, 0, 0, 3, *[0] * 4]),
    "no-dimension": bytes([0, 0, 8, 0]),
    "too-short": bytes([0, 0, 8, 1, 0, 0, 0, 9, 1]),
    "empty": b"",
    "empty.gz": b"",
    "no-gzip.gz": b"hello, hello, hello, hello",
    "a\x1b[31m\nb": b"hello",
}


@pytest.fixture
def files(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.gz").mkdir()
    return sorted([*(str(p) for p in tmp_path.iterdir()), str(tmp_path / "missing")])


def lines(files) -> list[str]:
    said = []
    for file in files:
        with pytest.raises(GradpathError) as refused:
            read_idx(file)
        said.append(str(refused.value))
    return said


def test_each_is_refused_in_one_line_that_names_it(files):
    for file, line in zip(files, lines(files), strict=True):
        assert not re.search("[\x00-\x1f]", line)
        assert line.startswith(file.replace("\x1b", r"\x1b").replace("\n", r"\n") + ": ")


def test_r_refuses_each_with_the_same_line(files, r: R):
    said = r.run(
        "for (file in commandArgs(TRUE)) cat(tryCatch({gradpath::read_idx(file); 'read'},"
        " gradpath_error = conditionMessage, error = function(e) paste('RAW', conditionMessage(e))),"
        " '\\n', sep = '')",
        *files,
    )
    assert said.splitlines() == lines(files)


def test_a_folder_in_place_of_a_file_is_refused(tmp_path):
    for name in ("digits.csv.gz", "train-images-idx3-ubyte", "data_batch_1.bin"):
        (tmp_path / name).mkdir()
    for read in (digits, fashion_mnist, cifar10):
        with pytest.raises(GradpathError, match=f"^{re.escape(str(tmp_path))}/"):
            read(tmp_path)
