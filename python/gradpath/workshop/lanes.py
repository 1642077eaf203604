"""Computes the tables of every study in both languages, each in a process of its own, as far as something changed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from gradpath.refusals import GradpathError, one_of, refusal
from gradpath.scratch import scratch
from gradpath.tables import write_text
from gradpath.workshop.fingerprints import fingerprint
from gradpath.workshop.freshness import is_fresh, record_lines
from gradpath.workshop.r_process import R, ensure_r_package, find_r, r_engines
from gradpath.workshop.study import Entry, Progress, Study


def run_studies(
    project: Path,
    studies: Sequence[Study],
    languages: Sequence[str],
    force: bool,
    progress: Progress,
    ids: Sequence[str] | None = None,
) -> list[Path]:
    """Compute the tables that are missing or that were made from something else than the project is now.

    Where the data of an entry are not on this machine a line says so, and its tables stay as they are.

    Parameters
    ----------
    project : Path
    studies : list of Study
    languages : list of {"python", "r"}
        R is left out where it is missing.
    force : bool
        Compute them anyway, in the lanes that this machine computes first.
    progress : callable
        Called with a line for every step.
    ids : list of str, optional
        Entries; all of a study if left out.

    Returns
    -------
    list of Path
        The tables that were computed.

    Raises
    ------
    GradpathError
        For a bad declaration or an unknown id; nothing is written then.
    """
    written = []
    for study in studies:
        chosen = _choose(study, study.entries(project), ids)
        for language in languages:
            for lane, stale in _work(project, chosen, language, force).items():
                missing = study.missing_data(stale)
                if missing:
                    progress(f"{study.name}: left as they are; {missing}")
                    continue
                # What takes minutes is kept as soon as it is done.
                for group in [[entry] for entry in stale] if study.on_demand else [stale]:
                    written += _compute(project, study, lane, group, force, progress)
    return written


def _choose(study: Study, entries: list[Entry], ids: Sequence[str] | None) -> list[Entry]:
    known = [entry.id for entry in entries]
    for name in ids or ():
        if name not in known:
            raise refusal(study.name, "id", name, one_of(known))
    return [entry for entry in entries if ids is None or entry.id in ids]


def _work(project: Path, entries: list[Entry], language: str, force: bool) -> dict[str, list[Entry]]:
    """Return the lanes of a language that have something to do, with their entries."""
    if language == "python":
        work = {"python": [entry for entry in entries if force or not is_fresh(project, entry, "python")]}
    else:
        work = _work_of_r(project, entries, force)
    return {lane: stale for lane, stale in work.items() if stale}


def _work_of_r(project: Path, entries: list[Entry], force: bool) -> dict[str, list[Entry]]:
    lanes = ("r-torch", "r-pytorch")
    fresh = {entry.id: [lane for lane in lanes if is_fresh(project, entry, lane)] for entry in entries}
    if not force and all(len(fresh[entry.id]) == len(_there(project, entry, lanes)) > 0 for entry in entries):
        # Nothing to do, and no need to ask R which engines it has.
        return {}
    usable = [f"r-{engine}" for engine in r_engines(project)]
    work: dict[str, list[Entry]] = {}
    for lane in usable:
        work[lane] = [
            entry
            for entry in entries
            if (lane in _there(project, entry, lanes) and lane not in fresh[entry.id])
            or (lane == usable[0] and (force or not fresh[entry.id]))
        ]
    return work


def _there(project: Path, entry: Entry, lanes: Sequence[str]) -> list[str]:
    return [lane for lane in lanes if entry.table(project / "shared_figures", lane).is_file()]


def _compute(
    project: Path, study: Study, lane: str, entries: list[Entry], force: bool, progress: Progress
) -> list[Path]:
    # Noted before the code is loaded: somebody may edit a file while a network trains.
    records = {entry.id: record_lines(project, entry, lane) for entry in entries}
    ids = [entry.id for entry in entries]
    kept = project / ".gradpath" / "checkpoints" / fingerprint([study.name, lane, records])
    if force:
        shutil.rmtree(kept, ignore_errors=True)
    with scratch(project) as folder:
        if lane == "python":
            study.compute(study.file(project), folder, ids, progress, kept)
        else:
            progress(f"{study.name}: R ({lane.partition('-')[2]}) computes {', '.join(ids)}")
            _in_r(project, study, lane, folder, ids, kept, progress)
        before = {entry.id: _text_of(entry.table(project / "shared_figures", lane)) for entry in entries}
        written = [_adopt(project, entry, lane, folder, records[entry.id]) for entry in entries]
    for entry in entries:
        if _numbers(before[entry.id]) == _numbers(_text_of(entry.table(project / "shared_figures", lane))):
            for larger in study.confirms(project, entry):
                if _carry_over(project, larger, lane, before[entry.id]):
                    progress(f"{larger.name}: stays as it is, its quick size came out the same")
    shutil.rmtree(kept, ignore_errors=True)
    return written


def _text_of(table: Path) -> str:
    return table.read_text(encoding="utf-8") if table.is_file() else ""


def _numbers(text: str) -> str:
    # All but what the record says of the declaration and the code.
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(_PROVENANCE))


_PROVENANCE = ("# declaration: ", "# sources: ", "# confirmed: ")
_CONFIRMED = (
    "# confirmed: the code named above computes the quick size to the same bytes as the code that made this\n"
)


def _carry_over(project: Path, entry: Entry, lane: str, quick: str) -> bool:
    """Let a table stay that takes long to make, if its quick size shows that changed code makes the same numbers."""
    table = entry.table(project / "shared_figures", lane)
    record, then = record_lines(project, entry, lane), _text_of(table)
    head = {line.partition(": ")[0]: line for line in record.splitlines() if line}
    made = {line.partition(": ")[0]: line for line in then.splitlines() if line.startswith(_PROVENANCE)}
    by_quick = next((line for line in quick.splitlines() if line.startswith("# sources: ")), None)
    same_declaration = made.get("# declaration") == head["# declaration"]
    if not same_declaration or made.get("# sources") != by_quick or made["# sources"] == head["# sources"]:
        return False
    write_text(table, record + _CONFIRMED + _numbers(then))
    return True


def _in_r(
    project: Path, study: Study, lane: str, folder: Path, ids: list[str], kept: Path, progress: Progress
) -> None:
    r = _r_of(project)
    if ensure_r_package(r):
        progress("R package gradpath installed in .r-library")
    call, arguments = study.compute_in_r(study.file(project).absolute(), folder, ids, kept)
    r.run(ARGUMENTS + f"invisible({call})", *arguments, engine=lane.partition("-")[2])


ARGUMENTS = "a <- commandArgs(trailingOnly = TRUE); "


def _r_of(project: Path) -> R:
    r = find_r(project)
    if r is None:
        raise GradpathError("R is not installed here")
    return r


def _adopt(project: Path, entry: Entry, lane: str, folder: Path, record: str) -> Path:
    # The lane wrote what it knows; what the numbers depend on is added here, the same way for both languages.
    target = entry.table(project / "shared_figures", lane)
    write_text(target, record + entry.table(folder, lane).read_text(encoding="utf-8"))
    return target
