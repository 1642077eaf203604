"""Where files are while they are being written: one ignored place of a project, swept by the next run.

Inside of a project that is ``.gradpath/tmp``, so that a process that is killed leaves nothing beside the results;
elsewhere it is the folder of the file itself.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def scratch_folder(folder: Path) -> Path:
    """Return the place for temporary files of a folder: it can be renamed from there."""
    for above in [folder.absolute(), *folder.absolute().parents]:
        if (above / ".gradpath").is_dir():
            place = above / ".gradpath" / "tmp"
            place.mkdir(exist_ok=True)
            return place
    return folder


def scratch_name(folder: Path, suffix: str = "") -> Path:
    """Return a new name in the place for temporary files of a folder; it begins with the number of this process."""
    return scratch_folder(folder) / f".{os.getpid()}-{secrets.token_hex(6)}{suffix}"


@contextmanager
def scratch(project: Path) -> Iterator[Path]:
    """Hand out an empty folder in the project's place for temporary files, and remove it in the end."""
    (project / ".gradpath").mkdir(exist_ok=True)
    folder = scratch_name(project)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(project: Path) -> None:
    """Remove what processes that are gone left in the project's place for temporary files."""
    place = project / ".gradpath" / "tmp"
    for left in place.iterdir() if place.is_dir() else ():
        number = left.name.lstrip(".").partition("-")[0]
        if number.isdigit() and _is_running(int(number)):
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
