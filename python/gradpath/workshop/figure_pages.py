"""Writes how the book shows a declared figure: both languages, both themes, one caption and one alternative text."""

from __future__ import annotations

from pathlib import Path

from gradpath.pictures.colours import THEMES
from gradpath.tables import write_pages
from gradpath.workshop.study import BookFigure, Entry

_LANGUAGES = {"python": "Python", "r": "R"}
_OVERLAY = "The same paths from both languages, laid over each other: rings are Python's points, crosses are R's."


def figure_pages(project: Path) -> dict[Path, str]:
    """Return the text of ``book/_figures/<id>.md`` for every declared figure that has a caption and an alt text."""
    from gradpath.workshop.studies import STUDIES

    entries = [entry for study in STUDIES for entry in study.entries(project)]
    folder = project / "book" / "_figures"
    return {folder / f"{figure.id}.md": _page(entry, figure) for entry in entries for figure in entry.figures}


def write_figure_pages(project: Path) -> list[Path]:
    """Write the pages that changed; remove those of figures that are gone."""
    return write_pages(project / "book" / "_figures", figure_pages(project))


def _page(entry: Entry, figure: BookFigure) -> str:
    made = "Recorded" if entry.study.on_demand else "Computed"
    parts = [f"<!-- from shared_figures/{entry.study.declaration}; 'gradpath figures' writes this file -->\n"]
    parts.append('::: {.panel-tabset group="language"}')
    for language, name in _LANGUAGES.items():
        caption = f"{figure.caption} {made} and drawn in {name}."
        parts += [f"## {name}\n", _block(figure, language, caption, figure.alt)]
    parts.append(":::")
    if figure.overlay_alt:
        parts += ["", _block(figure, "overlay", _OVERLAY, figure.overlay_alt).rstrip("\n")]
    return "\n".join(parts) + "\n"


def _block(figure: BookFigure, drawn_by: str, caption: str, alt: str) -> str:
    said = alt.replace('"', "&quot;")
    pictures = "".join(
        f'![](../shared_figures/{figure.stem}{drawn_by}-{theme}.svg){{.{theme}-only fig-alt="{said}"}}\n'
        for theme in THEMES
    )
    return f"::: {{#fig-{figure.id}-{drawn_by}}}\n{pictures}\n{caption}\n:::\n"
