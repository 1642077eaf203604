"""The rendered book's folder: replaced as a whole, and put back if a rendering was killed while it did so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

_OLD = "old"


@contextmanager
def one_rendering(project: Path) -> Iterator[None]:
    """Let one rendering of a project run at a time, and clear up first what a killed one left behind."""
    lock = project / ".gradpath" / "book.lock"
    lock.parent.mkdir(exist_ok=True)
    with FileLock(lock):
        for left in sorted(project.glob(".book-*")):
            old = left / _OLD
            if old.is_dir() and not (project / "_book").exists():
                old.rename(project / "_book")
            shutil.rmtree(left, ignore_errors=True)
        yield


def replace_folder(folder: Path, made: Path) -> None:
    """Put a new folder in the place of an old one; at every moment one of them lies whole somewhere.

    Parameters
    ----------
    folder : Path
        Need not exist. What it holds goes beside ``made`` for the moment in which neither has the name, where
        `one_rendering()` finds it.
    made : Path
        Lies in a temporary folder on the same disk, which the caller deletes.
    """
    old = made.with_name(_OLD)
    if folder.exists():
        folder.rename(old)
    try:
        made.rename(folder)
    except BaseException:
        if old.is_dir():
            old.rename(folder)
        raise
