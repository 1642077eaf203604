"""Which project a command works in."""

from __future__ import annotations

from pathlib import Path

from gradpath.refusals import GradpathError
from gradpath.scratch import sweep


def project_folder() -> Path:
    """Return the project around the current folder.

    Raises
    ------
    GradpathError
        Outside of a project.
    """
    for folder in [Path.cwd(), *Path.cwd().parents]:
        if (folder / "_quarto.yml").is_file() and any((folder / "shared_figures").glob("*.yaml")):
            sweep(folder)
            return folder
    line = "no gradpath project here; run the command inside a course or make one with gradpath new"
    raise GradpathError(f"{Path.cwd()}: {line}")
