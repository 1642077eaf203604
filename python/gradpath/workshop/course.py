"""Begins a course of one's own: a small folder that works at once, written from the template of the R package.

The template lies in the R package's source, ``inst/course``, which this package carries too: both languages write the
same files from the same copy.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from gradpath.refusals import GradpathError, refusal
from gradpath.scratch import scratch_name
from gradpath.workshop.running_code import r_source

_NAME = re.compile(r"[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])([.].*)?", re.IGNORECASE)
_MAX_NAME = 100
_ACCEPTED = (
    "the name of a new folder: at most 100 letters and digits, with '-', '_' or '.' between them,"
    " and no device of Windows"
)


def new_course(folder: str | Path) -> str:
    """Write a course to begin with: declarations, a surface, a lesson and a chapter, in both languages.

    Inside of it ``gradpath build`` computes, checks, draws, executes and renders, as in this project.

    Parameters
    ----------
    folder : str or Path
        Is made; it may be there if it is empty. Its last part is the title of the course.

    Returns
    -------
    str
        The folder.

    Raises
    ------
    GradpathError
        For a name that cannot be a folder's everywhere, a folder that is not empty, or one that cannot be written;
        one line, and nothing is left behind.
    """
    target = _checked(folder)
    version = re.search(r"^Version: (.*)$", (r_source() / "DESCRIPTION").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    said = {"COURSE-NAME": target.name, "GRADPATH-VERSION": version[1]}
    made = None
    try:
        made = scratch_name(target.parent)
        made.mkdir()
        for file in course_files():
            copy = made / _name_in_course(file.relative_to(r_source() / "inst" / "course"))
            copy.parent.mkdir(parents=True, exist_ok=True)
            text = file.read_text(encoding="utf-8")
            for word, meaning in said.items():
                text = text.replace(word, meaning)
            copy.write_bytes(text.encode())
        if target.is_dir():
            target.rmdir()
        made.rename(target)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise GradpathError(f"{target}: cannot be written: {why}; check the folder and its permissions") from None
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
    return str(folder)


def course_files() -> list[Path]:
    """Return the files of the template."""
    files = (r_source() / "inst" / "course").rglob("*")
    return sorted(file for file in files if file.is_file() and "__pycache__" not in file.parts)


def _checked(folder: str | Path) -> Path:
    accepted = isinstance(folder, str | os.PathLike)
    name = Path(folder).name if accepted else ""
    if not accepted or len(name) > _MAX_NAME or not _NAME.fullmatch(name) or _DEVICE.fullmatch(name):
        raise refusal("new_course()", "folder", str(folder) if accepted else folder, _ACCEPTED)
    target = Path(folder).absolute()
    if not target.parent.is_dir():
        raise refusal("new_course()", "folder", str(folder), "a folder in one that is there")
    if os.path.lexists(target) and (target.is_symlink() or not target.is_dir() or any(target.iterdir())):
        raise refusal("new_course()", "folder", str(folder), "a folder that is new or empty")
    return target


def _name_in_course(name: Path) -> Path:
    # A package of R may hold no hidden files; the template's are written with the dot in words.
    return Path(*(re.sub("^dot-", ".", part) for part in name.parts))
