"""Surfaces of a project's own: files that a teacher lays into ``python/surfaces`` and ``r/surfaces``."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from gradpath.declarations import IDENTIFIER
from gradpath.refusals import GradpathError, refusal, user_failure
from gradpath.surfaces import SURFACES
from gradpath.surfaces.surface import Surface

_OWN: set[str] = set()


def load_surfaces(project: str | Path = ".") -> list[str]:
    """Make the surfaces of a project known by their names, as those of the package are.

    Every file ``python/surfaces/<name>.py`` defines ``SURFACE``, a surface of that name. A name stays known until
    this Python ends; read again, the file that says something else by then counts. Declarations do this by
    themselves for the project that they lie in; a lesson that names such a surface asks for it.

    Parameters
    ----------
    project : str or Path
        Its folder; the working folder if left out.

    Returns
    -------
    list of str
        Their names, in alphabetical order; empty where a project has none.

    Raises
    ------
    GradpathError
        For a file that fails, or that does not define the surface of its name; one line.

    Examples
    --------
    >>> from gradpath import load_surfaces
    >>> load_surfaces()
    []
    """
    if not isinstance(project, str | os.PathLike):
        raise refusal("load_surfaces()", "project", project, "the name of a folder")
    files = sorted(Path(project).glob("python/surfaces/*.py"))
    found = [_read_surface(file.absolute(), file.stat().st_mtime_ns, file.stat().st_size) for file in files]
    SURFACES.update({surface.name: surface for surface in found})
    _OWN.update(surface.name for surface in found)
    return [surface.name for surface in found]


def read_course_surfaces(declaration: str | Path) -> None:
    """Load the surfaces of the project in whose ``shared_figures`` a declaration lies."""
    if isinstance(declaration, str | os.PathLike):
        folder = Path(declaration).absolute().parent
        if folder.name == "shared_figures":
            load_surfaces(folder.parent)


@cache
def _read_surface(file: Path, changed: int, size: int) -> Surface:
    name, where = file.stem, f"python/surfaces/{file.name}"
    accepts, accepted = IDENTIFIER
    if not accepts(name.replace("_", "-")) or (name in SURFACES and name not in _OWN):
        words = f"{accepted} or '_', and no name of the package's own surfaces"
        raise refusal(where, "name", name, words)
    if name in _OWN:
        # Free while its file is read again: a surface refuses a name that is taken.
        SURFACES.pop(name, None)
    surface = _run(file, where).get("SURFACE")
    if not isinstance(surface, Surface):
        raise GradpathError(f"{where}: SURFACE: is missing; define SURFACE = surface(...) in it")
    if surface.name != name:
        raise refusal(where, "SURFACE's name", surface.name, f"that of its file, '{name}'")
    return surface


def _run(file: Path, where: str) -> dict[str, Any]:
    # Code of the project's own, as its lessons are.
    spec = spec_from_file_location(f"_course_surface_{file.stem}", file)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise user_failure(where, error, "the file failed") from error
    return vars(module)
