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
        if (folder / "shared_figures" / "experiments.yaml").is_file() and (folder / "_quarto.yml").is_file():
            sweep(folder)
            return folder
    raise GradpathError(f"{Path.cwd()}: no gradpath project here; run the command inside the cloned repository")
