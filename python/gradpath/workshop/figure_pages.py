"""How the book shows a figure, in both languages and themes: one page per figure, from what is declared of it."""

from __future__ import annotations

from pathlib import Path

from gradpath.declarations import IDENTIFIER, LINE, check_entry, needed, optional, read_entries
from gradpath.pictures.colours import THEMES
from gradpath.tables import write_pages
from gradpath.workshop.studies import STUDIES
from gradpath.workshop.study import BookFigure, Entry
from gradpath.workshop.study_paths import Paths

_LANGUAGES = {"python": "Python", "r": "R"}
_NO_R = "Not drawn in R, which is not installed where this page was made.\n"
_OVERLAY = "The same paths from both languages, laid over each other: rings are Python's points, crosses are R's."
# A lesson's name and a cell's are names of files.
_LESSON_PICTURE = {
    "id": needed(IDENTIFIER),
    "lesson": needed(IDENTIFIER),
    "cell": needed(IDENTIFIER),
    "caption": needed(LINE),
    "alt": needed(LINE),
    # Where the two themes differ in more than their ground: a map that is dark where the other is bright.
    "alt_dark": optional(LINE),
}


def figure_pages(project: Path) -> dict[Path, str]:
    """Return the pages of the figures that are described, by file."""
    book, pages = project / "book", {}
    for study in STUDIES:
        for entry in study.entries(project):
            for figure in entry.figures:
                stem = f"../shared_figures/{figure.stem}"
                declaration = f"shared_figures/{study.declaration}"
                page = _page(declaration, book, stem, figure, study.on_demand)
                pages[figure.id] = page + _explorer_link(project, entry, figure)
    for figure in read_lesson_pictures(project):
        pages[figure.id] = _page("book/lesson_pictures.yaml", book, figure.stem, figure, recorded=False)
    return {book / "_figures" / f"{name}.md": page for name, page in pages.items()}


def read_lesson_pictures(project: Path) -> list[BookFigure]:
    """Return what is said of the pictures that lessons draw; a project may say nothing.

    Raises
    ------
    GradpathError
        For a bad declaration; one line.
    """
    file = project / "book" / "lesson_pictures.yaml"
    if not file.is_file():
        return []
    taken = [figure.id for study in STUDIES for entry in study.entries(project) for figure in entry.figures]
    return list(read_entries(file, "pictures", "picture", _lesson_picture, taken).values())


def _lesson_picture(where: str, entry: dict[str, str]) -> BookFigure:
    check_entry(where, entry, _LESSON_PICTURE)
    stem = f"_lessons/{entry['lesson']}/{entry['cell']}."
    return BookFigure(entry["id"], stem, entry["caption"], entry["alt"], alt_dark=entry.get("alt_dark"))


def write_figure_pages(project: Path) -> list[Path]:
    """Write the pages that changed; remove those of figures that are gone."""
    return write_pages(project / "book" / "_figures", figure_pages(project))


def _page(declaration: str, folder: Path, stem: str, figure: BookFigure, recorded: bool) -> str:
    made = "Recorded" if recorded else "Computed"
    parts = [f"<!-- from {declaration}; 'gradpath figures' writes this file -->\n"]
    parts.append('::: {.panel-tabset group="language"}')
    for language, name in _LANGUAGES.items():
        caption = f"{figure.caption} {made} and drawn in {name}."
        drawn = not _left_out(f"{folder}/{stem}", language)
        parts += [f"## {name}\n", _block(stem, figure, language, caption, figure.alt) if drawn else _NO_R]
    parts.append(":::")
    if figure.overlay_alt and not _left_out(f"{folder}/{stem}", "overlay"):
        parts += ["", _block(stem, figure, "overlay", _OVERLAY, figure.overlay_alt).rstrip("\n")]
    return "\n".join(parts) + "\n"


def _explorer_link(project: Path, entry: Entry, figure: BookFigure) -> str:
    """Return the way from a figure to its view in the explorer; a course without an explorer has none."""
    if not isinstance(entry.study, Paths) or not (project / "book" / "explorer.qmd").is_file():
        return ""
    return f"\n::: {{.explorer-link}}\n[Open these paths in the explorer](explorer.qmd#preset={figure.id})\n:::\n"


def _left_out(stem: str, drawn_by: str) -> bool:
    # Without R a machine draws Python's pictures alone.
    there = {by for by in ("python", drawn_by) if Path(f"{stem}{by}-{next(iter(THEMES))}.svg").is_file()}
    return "python" in there and drawn_by not in there


def _block(stem: str, figure: BookFigure, drawn_by: str, caption: str, alt: str) -> str:
    pictures = ""
    for theme in THEMES:
        said = (figure.alt_dark if theme == "dark" and figure.alt_dark else alt).replace('"', "&quot;")
        # Each in a paragraph of its own: of two in one, Quarto shows the first alone.
        pictures += f'![]({stem}{drawn_by}-{theme}.svg){{.{theme}-only fig-alt="{said}"}}\n\n'
    return f"::: {{#fig-{figure.id}-{drawn_by}}}\n{pictures}{caption}\n:::\n"
