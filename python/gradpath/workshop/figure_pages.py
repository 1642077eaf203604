"""Writes how the book shows a declared figure: both languages, both themes, one caption and one alternative text."""

from __future__ import annotations

from pathlib import Path

from gradpath.pictures.colours import THEMES
from gradpath.tables import write_pages
from gradpath.workshop.study import BookFigure, Entry

_LANGUAGES = {"python": "Python", "r": "R"}
_NO_R = "Not drawn in R, which is not installed where this page was made.\n"
_OVERLAY = "The same paths from both languages, laid over each other: rings are Python's points, crosses are R's."


def figure_pages(project: Path) -> dict[Path, str]:
    """Return the text of ``book/_figures/<id>.md`` for every declared figure that has a caption and an alt text."""
    from gradpath.workshop.studies import STUDIES

    entries = [entry for study in STUDIES for entry in study.entries(project)]
    folder = project / "book" / "_figures"
    shared = project / "shared_figures"
    return {folder / f"{figure.id}.md": _page(entry, figure, shared) for entry in entries for figure in entry.figures}


def write_figure_pages(project: Path) -> list[Path]:
    """Write the pages that changed; remove those of figures that are gone."""
    return write_pages(project / "book" / "_figures", figure_pages(project))


def _page(entry: Entry, figure: BookFigure, shared: Path) -> str:
    made = "Recorded" if entry.study.on_demand else "Computed"
    parts = [f"<!-- from shared_figures/{entry.study.declaration}; 'gradpath figures' writes this file -->\n"]
    parts.append('::: {.panel-tabset group="language"}')
    for language, name in _LANGUAGES.items():
        caption = f"{figure.caption} {made} and drawn in {name}."
        drawn = not _left_out(figure, language, shared)
        parts += [f"## {name}\n", _block(figure, language, caption, figure.alt) if drawn else _NO_R]
    parts.append(":::")
    if figure.overlay_alt and not _left_out(figure, "overlay", shared):
        parts += ["", _block(figure, "overlay", _OVERLAY, figure.overlay_alt).rstrip("\n")]
    return "\n".join(parts) + "\n"


def _left_out(figure: BookFigure, drawn_by: str, shared: Path) -> bool:
    # Without R a machine draws Python's pictures alone.
    there = {by for by in ("python", drawn_by) if (shared / f"{figure.stem}{by}-{next(iter(THEMES))}.svg").is_file()}
    return "python" in there and drawn_by not in there


def _block(figure: BookFigure, drawn_by: str, caption: str, alt: str) -> str:
    said = alt.replace('"', "&quot;")
    # Each in a paragraph of its own: of two in one, Quarto shows the first alone.
    pictures = "".join(
        f'![](../shared_figures/{figure.stem}{drawn_by}-{theme}.svg){{.{theme}-only fig-alt="{said}"}}\n\n'
        for theme in THEMES
    )
    return f"::: {{#fig-{figure.id}-{drawn_by}}}\n{pictures}{caption}\n:::\n"
