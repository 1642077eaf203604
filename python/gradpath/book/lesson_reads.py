"""Which data a lesson reads: what its header declares, and what it really opened.

A lesson names the files of the project that it reads above its first cell, as patterns with or without ``*``, on one
line or several::

    #| reads: shared_figures/training/full/depth.*.csv, shared_figures/experiments.yaml

They are a part of its fingerprint. While it is executed its kernel notes what is opened; a file that is not declared,
or a declaration that nothing was read from, is an error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from gradpath.refusals import GradpathError

_READS = re.compile(r"^#\| reads:(?P<patterns>.*)$", re.MULTILINE)
# Code and what tools keep for themselves; code has fingerprints of its own.
_NO_DATA = ("python", "r")

# Executed in a kernel before the first cell: from then on it notes what is opened, in Python by any of its libraries
# that open files the ordinary way, in R by everything that opens a connection by name.
WATCH = {
    "python": """\
def _gradpath_watch():
    import os, sys
    opened = {}
    def note(event, arguments):
        if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
            opened[os.path.abspath(os.fsdecode(arguments[0]))] = True
    sys.addaudithook(note)
    return opened
_gradpath_opened = _gradpath_watch()""",
    "r": """\
options(gradpath.opened = local({
  seen <- new.env()
  seen$files <- character()
  note <- function(name) {
    if (is.character(name) && length(name) == 1 && nzchar(name)) {
      if (!startsWith(name, "/")) name <- file.path(getwd(), name)
      seen$files <- union(seen$files, normalizePath(name, mustWork = FALSE))
    }
  }
  for (opener in c("file", "gzfile")) {
    suppressMessages(trace(opener, bquote(.(note)(description)), print = FALSE, where = baseenv()))
  }
  seen
}))""",
}
# Executed after the last one.
OPENED = {
    "python": "print(*_gradpath_opened, sep='\\n')",
    "r": "cat(getOption('gradpath.opened')$files, sep = '\\n')",
}


def declared_reads(file: Path) -> list[str]:
    """Return the patterns that a lesson's header declares.

    Raises
    ------
    GradpathError
        For one that is empty or leads out of the project.
    """
    header = re.split(r"^# %%", file.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)[0]
    patterns = [p.strip() for line in _READS.finditer(header) for p in line["patterns"].split(",")]
    for pattern in patterns:
        if not pattern or pattern.startswith("/") or ".." in pattern.split("/"):
            raise GradpathError(
                f"{file.name}: reads: '{pattern}' is not accepted; use files of the project, separated by commas"
            )
    return patterns


def declared_files(project: Path, file: Path) -> list[Path]:
    """Return the files that a lesson's declarations name now."""
    return sorted({f for pattern in declared_reads(file) for f in project.glob(pattern) if f.is_file()})


def check_reads(project: Path, file: Path, opened: Iterable[str]) -> None:
    """Compare what a lesson opened with what it declares.

    Raises
    ------
    GradpathError
        For a file of the project that is not declared, or a declaration that nothing was read from.
    """
    data = sorted({name for path in opened if (name := _data_name(project, path))})
    declared = {p: {f.relative_to(project).as_posix() for f in project.glob(p)} for p in declared_reads(file)}
    for name in data:
        if not any(name in files for files in declared.values()):
            raise GradpathError(f"{file.name}: reads: '{name}' was read but is not declared; add it to '#| reads:'")
    for pattern, files in declared.items():
        if files.isdisjoint(data):
            raise GradpathError(f"{file.name}: reads: nothing was read from '{pattern}'; leave it out")


def _data_name(project: Path, path: str) -> str | None:
    root, path = os.path.realpath(project) + os.sep, os.path.realpath(path)
    first = path.removeprefix(root).split(os.sep)[0]
    if not path.startswith(root) or first.startswith(".") or first in _NO_DATA or not os.path.isfile(path):
        return None
    return path.removeprefix(root).replace(os.sep, "/")
