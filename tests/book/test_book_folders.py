"""The rendered book is replaced as a whole: whenever a rendering is killed, a book is there afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradpath.book.folders import one_rendering, replace_folder

# Dies without any clearing up at the n-th call that the system gets to move or delete something.
KILLED = """
import os, shutil, sys, tempfile
from pathlib import Path
from gradpath.book.folders import one_rendering, replace_folder

project, fatal = Path(sys.argv[1]), int(sys.argv[2])
calls = 0

def watched(name):
    real = getattr(os, name)
    def call(*arguments, **given):
        global calls
        calls += 1
        if calls == fatal:
            os._exit(9)
        return real(*arguments, **given)
    return call

with one_rendering(project), tempfile.TemporaryDirectory(dir=project, prefix=".book-") as temporary:
    made = Path(temporary) / "book"
    made.mkdir()
    for name in ("index.html", "other.html"):
        (made / name).write_text("new")
    for name in ("rename", "replace", "unlink", "rmdir"):
        setattr(os, name, watched(name))
    replace_folder(project / "_book", made)
"""


def book_in(folder: Path) -> list[str]:
    return [(folder / name).read_text() for name in ("index.html", "other.html")]


def old_book(project: Path) -> None:
    (project / "_book").mkdir()
    for name in ("index.html", "other.html"):
        (project / "_book" / name).write_text("old")


def test_killed_at_any_moment_a_whole_book_is_there_at_the_next_run(tmp_path):
    codes, books = [], []
    for fatal in range(1, 12):
        project = tmp_path / str(fatal)
        project.mkdir()
        old_book(project)
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(project), str(fatal)], capture_output=True, check=False
        )
        codes.append(done.returncode)
        with one_rendering(project):
            books.append(book_in(project / "_book"))
        assert not list(project.glob(".book-*"))
        if done.returncode == 0:
            break
    assert codes[:-1] == [9] * (len(codes) - 1)  # each one was killed, until one had no such call left
    assert len(codes) >= 4
    assert codes[-1] == 0
    assert books[0] == books[1] == ["old", "old"]  # killed before the old one was moved, and between the two moves
    assert books[2:] == [["new", "new"]] * (len(books) - 2)


def test_a_folder_that_cannot_be_put_in_place_leaves_the_old_one(tmp_path):
    old_book(tmp_path)
    with pytest.raises(FileNotFoundError):
        replace_folder(tmp_path / "_book", tmp_path / "never-made")
    assert book_in(tmp_path / "_book") == ["old", "old"]


def test_a_killed_rendering_is_cleared_up_and_a_whole_book_stays(tmp_path):
    old_book(tmp_path)
    left = tmp_path / ".book-abc" / "old"
    left.mkdir(parents=True)
    (left / "index.html").write_text("older")
    with one_rendering(tmp_path):
        assert book_in(tmp_path / "_book") == ["old", "old"]
        assert not left.parent.exists()
    assert os.listdir(tmp_path / "_book")
