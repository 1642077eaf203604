"""Draws every study from its checked tables, in both languages, as far as something changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from filelock import FileLock

from gradpath.scratch import scratch
from gradpath.tables import write_text
from gradpath.workshop.code_digests import code_digests
from gradpath.workshop.comparison import Comparison
from gradpath.workshop.fingerprints import fingerprint, fingerprint_files, read_digests, what_changed, write_digests
from gradpath.workshop.freshness import is_fresh
from gradpath.workshop.lanes import ARGUMENTS
from gradpath.workshop.r_process import ensure_r_package, find_r
from gradpath.workshop.running_code import running_code
from gradpath.workshop.study import Entry, Progress, Study

# What an entry's pictures were drawn from: committed beside them, so that a fresh clone need not draw them again.
RECORD = "pictures.csv"
COLUMNS = ["entry", "drawn_by", "look", "tables", "code"]


def draw_studies(
    project: Path,
    studies: Sequence[Study],
    languages: Sequence[str],
    force: bool,
    progress: Progress,
    comparisons: Iterable[Comparison],
) -> tuple[list[Path], list[str]]:
    """Draw what changed, from tables that were compared and found to agree.

    Parameters
    ----------
    project, studies, languages, force, progress
        As in :func:`gradpath.workshop.lanes.run_studies`.
    comparisons : iterable of Comparison
        Of the tables as they are now, see :func:`gradpath.workshop.agreement.compare_all`.

    Returns
    -------
    written : list of Path
        The pictures.
    refused : list of str
        The names of the entries that are not drawn, because their tables differ or are stale.
    """
    bad = {c.figure for c in comparisons if c.verdict in ("differs", "stale")}
    written: list[Path] = []
    refused = []
    for study in studies:
        entries = [entry for entry in study.entries(project) if entry.pictures and _has_tables(project, entry)]
        refused += [entry.name for entry in entries if entry.name in bad]
        for drawn_by in study.drawers:
            if drawn_by != "overlay" and drawn_by not in languages:
                continue
            stale = [
                entry
                for entry in entries
                if entry.name not in bad
                and drawn_by in entry.pictures
                and tables_of(project, entry, drawn_by)
                and (force or why_not_drawn(project, entry, drawn_by))
            ]
            if stale and (drawn_by != "r" or find_r(project)):
                written += _draw(project, study, drawn_by, stale, progress)
    return written, refused


def why_not_drawn(project: Path, entry: Entry, drawn_by: str) -> str | None:
    """Say why an entry's pictures are not those of its tables, or return None if they are."""
    missing = [name for name in entry.pictures[drawn_by] if not (project / "shared_figures" / name).is_file()]
    if missing:
        return f"{missing[0]} is not there"
    known = read_drawn(project).get((entry.name, drawn_by))
    now = _state(project, entry, drawn_by)
    if known is None:
        return f"{RECORD} does not say what it was drawn from"
    if known[0] != now[0]:
        return f"its declaration in {entry.study.declaration} changed"
    if known[1] != now[1]:
        return "its tables changed"
    return what_changed(read_digests(known[2]), read_digests(now[2]))


def read_drawn(project: Path) -> dict[tuple[str, str], list[str]]:
    """Read what every picture was drawn from."""
    file = project / "shared_figures" / RECORD
    if not file.is_file():
        return {}
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)[COLUMNS].to_numpy().tolist()
    return {(row[0], row[1]): row[2:] for row in rows}


def tables_of(project: Path, entry: Entry, drawn_by: str) -> list[Path]:
    """Return the tables that a picture is drawn from: up to date ones; of R's, {torch}'s first. Else none."""
    folder = project / "shared_figures"
    r_lane = next((lane for lane in ("r-torch", "r-pytorch") if is_fresh(project, entry, lane)), None)
    wanted: dict[str, list[str | None]] = {"python": ["python"], "r": [r_lane], "overlay": ["python", r_lane]}
    lanes = [lane for lane in wanted[drawn_by] if lane and is_fresh(project, entry, lane)]
    return [entry.table(folder, lane) for lane in lanes] if len(lanes) == len(wanted[drawn_by]) else []


def _has_tables(project: Path, entry: Entry) -> bool:
    return entry.table(project / "shared_figures", "python").is_file()


def _state(project: Path, entry: Entry, drawn_by: str) -> list[str]:
    language = "r" if drawn_by == "r" else "python"
    code = code_digests(running_code(project), language, [*entry.study.drawers[drawn_by], *entry.parts])
    tables = fingerprint_files(tables_of(project, entry, drawn_by))
    return [fingerprint(entry.look), tables, write_digests(code)]


def _draw(project: Path, study: Study, drawn_by: str, entries: list[Entry], progress: Progress) -> list[Path]:
    states = {entry.name: _state(project, entry, drawn_by) for entry in entries}
    ids = [entry.id for entry in entries]
    progress(f"{study.name}: {'R' if drawn_by == 'r' else 'Python'} draws {', '.join(ids)}")
    shared = project / "shared_figures"
    written = []
    with scratch(project) as folder:
        # Only the tables that are up to date are there to be drawn.
        for entry in entries:
            for table in tables_of(project, entry, drawn_by):
                copy = folder / table.relative_to(shared)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(table, copy)
        if drawn_by == "python":
            study.draw(study.file(project), folder, ids)
        elif drawn_by == "overlay":
            from gradpath.workshop.overlays import draw_overlays

            draw_overlays(study.file(project), folder, ids)
        else:
            r = find_r(project)
            assert r is not None
            ensure_r_package(r)
            call, arguments = study.draw_in_r(study.file(project).absolute(), folder, ids)
            r.run(ARGUMENTS + f"invisible({call})", *arguments, quiet=True)
        for entry in entries:
            for name in entry.pictures[drawn_by]:
                (shared / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).replace(shared / name)
                written.append(shared / name)
            _remember(project, entry.name, drawn_by, states[entry.name])
    return written


def _remember(project: Path, name: str, drawn_by: str, state: list[str]) -> None:
    # Two commands may draw at once: each adds its line to what the file says by then.
    (project / ".gradpath").mkdir(exist_ok=True)
    with FileLock(project / ".gradpath" / "pictures.lock"):
        known = read_drawn(project) | {(name, drawn_by): state}
        declared = {(entry.name, by) for entry in _all_entries(project) for by in entry.pictures}
        rows = sorted([*key, *value] for key, value in known.items() if key in declared)
        text = pd.DataFrame(rows, columns=COLUMNS).to_csv(index=False, lineterminator="\n")
        write_text(project / "shared_figures" / RECORD, text)


def _all_entries(project: Path) -> list[Entry]:
    from gradpath.workshop.studies import STUDIES

    return [entry for study in STUDIES for entry in study.entries(project)]
