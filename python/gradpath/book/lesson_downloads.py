"""What a reader can take along: every lesson as a script and as a notebook, in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from gradpath.tables import write_text

if TYPE_CHECKING:
    from gradpath.book.lessons import Lesson

_KERNELS = {
    "python": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "r": {"display_name": "R", "language": "R", "name": "ir"},
}


def write_notebook(lesson: Lesson) -> Path:
    """Write a lesson as a notebook without output, one cell per cell; the same lesson gives the same bytes."""
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": name,
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": code.splitlines(keepends=True),
        }
        for name, code in lesson.cells()
    ]
    metadata = {"kernelspec": _KERNELS[lesson.language]}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    file = lesson.folder / f"{lesson.name}.{lesson.language}.ipynb"
    write_text(file, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    return file


def write_links(lesson: Lesson) -> Path:
    """Write the include with which a chapter offers its lesson."""
    name, folder = lesson.name, f"_lessons/{lesson.name}"
    text = (
        "::: {.downloads}\nTake this lesson along: "
        f"[Python script](../python/lessons/{name}.py), [Python notebook]({folder}/{name}.python.ipynb), "
        f"[R script](../r/lessons/{name}.R), [R notebook]({folder}/{name}.r.ipynb).\n:::\n"
    )
    file = lesson.folder / "downloads.md"
    write_text(file, text)
    return file
