"""What of a project is stale, and why: tables, pictures, the agreement, lessons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gradpath.refusals import GradpathError
from gradpath.workshop.agreement import agreement_text, compare_all
from gradpath.workshop.check_pages import check_pages
from gradpath.workshop.drawing import tables_of, why_not_drawn
from gradpath.workshop.explorer_presets import explorer_presets
from gradpath.workshop.figure_pages import figure_pages
from gradpath.workshop.freshness import LANES, language_of, why_stale
from gradpath.workshop.r_process import can_compute
from gradpath.workshop.studies import STUDIES
from gradpath.workshop.study import Entry


@dataclass(frozen=True)
class Stale:
    """One thing that is not what the project would make now.

    Attributes
    ----------
    what : str
        The file, or the lesson.
    why : str
        Which of its inputs changed.
    command : str
        What makes it anew.
    recording : bool
        Made with {torch}, which this machine lacks: it can only be recorded again elsewhere.
    """

    what: str
    why: str
    command: str
    recording: bool = False


def find_stale(project: Path) -> list[Stale]:
    """Return everything that is stale, in the order in which it is made."""
    entries = [entry for study in STUDIES for entry in study.entries(project)]
    tables = [stale for entry in entries for stale in _stale_tables(project, entry)]
    pictures = [stale for entry in entries for stale in _stale_pictures(project, entry)]
    pages = _stale_pages(project, figure_pages(project), "is not what is declared", "gradpath figures")
    views = _stale_pages(project, explorer_presets(project), "is not what is declared", "gradpath figures")
    return [*tables, *pictures, *pages, *views, *_stale_agreement(project), *_stale_lessons(project)]


def _stale_tables(project: Path, entry: Entry) -> list[Stale]:
    command = f"gradpath train --size full --lab {entry.id}" if entry.study.on_demand else "gradpath build"
    there = [lane for lane in LANES if entry.table(project / "shared_figures", lane).is_file()]
    found = []
    for lane in there:
        why = why_stale(project, entry, lane)
        if why:
            engine = lane.partition("-")[2]
            recording = not can_compute(project, lane)
            how = f"{command}, with {{torch}} installed" if engine == "torch" else command
            found.append(Stale(f"shared_figures/{entry.table_name.format(lane=lane)}", why, how, recording))
    for language in ("python", "r"):
        # A machine without R makes no table of R's.
        if not any(language_of(lane) == language for lane in there) and can_compute(
            project, "python" if language == "python" else "r-pytorch"
        ):
            file = entry.table_name.format(lane=f"{language}-*" if language == "r" else language)
            found.append(Stale(f"shared_figures/{file}", "is not there", command))
    return found


def _stale_pictures(project: Path, entry: Entry) -> list[Stale]:
    found = []
    for drawn_by in entry.pictures:
        if tables_of(project, entry, drawn_by):
            why = why_not_drawn(project, entry, drawn_by)
            if why:
                found.append(Stale(f"pictures of {entry.name} ({drawn_by})", why, "gradpath figures"))
    return found


def _stale_agreement(project: Path) -> list[Stale]:
    try:
        comparisons = compare_all(project)
    except GradpathError as missing:
        return [Stale("shared_figures/agreement.csv", str(missing), "gradpath build")]
    expected = {project / "shared_figures" / "agreement.csv": agreement_text(comparisons)}
    expected |= check_pages(project, comparisons)
    return _stale_pages(project, expected, "is not what the tables say", "gradpath check")


def _stale_pages(project: Path, expected: dict[Path, str], why: str, command: str) -> list[Stale]:
    return [
        Stale(str(file.relative_to(project)), why, command)
        for file, text in expected.items()
        if not file.is_file() or file.read_text(encoding="utf-8") != text
    ]


def _stale_lessons(project: Path) -> list[Stale]:
    from gradpath.book.lesson_states import lesson_states

    found = []
    for lesson, state, why in lesson_states(project):
        if state != "fresh":
            name = str(lesson.file.relative_to(project))
            found.append(Stale(name, why, "gradpath lessons", recording=state == "other-engine"))
    return found
