"""Trains and draws the declared labs in both languages, as far as something changed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gradpath.code_fingerprints import code_sources
from gradpath.fingerprints import TRAINING_MAKERS, Stamps, fingerprint, fingerprint_files
from gradpath.lab_declarations import Lab, read_labs
from gradpath.r_process import R, ensure_r_package, find_r
from gradpath.refusals import GradpathError
from gradpath.tables import read_record, write_text

Progress = Callable[[str], None]
LAB_MAKERS = (*TRAINING_MAKERS, "labs")
LAB_PICTURES = [f"{theme}.{suffix}" for theme in ("light", "dark") for suffix in ("svg", "png")]
_PICTURE_MAKERS = ("contours", "lab_pictures", "training_plots", "training_curves")


def training_file(project: Path) -> Path:
    """Return the declaration of labs, named as a reader in the project's folder would."""
    file = project / "shared_figures" / "training.yaml"
    return Path(os.path.relpath(file)) if file.is_relative_to(Path.cwd()) else file


def lab_declaration(lab: Lab, size: str) -> str:
    """Return the fingerprint of what decides a lab's numbers in one size."""
    has = lab.sizes[size]
    runs = [[run.id, run.network, run.settings[size]] for run in lab.runs]
    return fingerprint([lab.data, lab.seed, lab.dtype, has.train, has.test, has.epochs, runs])


def lab_tables(project: Path, lab: str, size: str, language: str) -> list[Path]:
    """Return the tables of a lab that one language made: R has one per engine, {torch}'s first."""
    engines = {"python": ["python"], "r": ["r-torch", "r-pytorch"]}[language]
    folder = project / "shared_figures" / "training" / size
    return [table for engine in engines if (table := folder / f"{lab}.{engine}.csv").is_file()]


def is_fresh(project: Path, lab: Lab, size: str, table: Path) -> bool:
    """Say whether a table was made from this declaration, these sources and this torch: its record says."""
    record, engine = read_record(table), table.name.split(".")[-2]
    language = "python" if engine == "python" else "r"
    made_by = {"python": f"torch {version('torch')}", "r-pytorch": f"pytorch {version('torch')}"}.get(engine)
    now = {"declaration": lab_declaration(lab, size), "sources": code_sources(project, language, LAB_MAKERS)}
    return all(record.get(k) == v for k, v in now.items()) and made_by in (None, record.get("engine"))


def stale_labs(project: Path, labs: Iterable[Lab], size: str, language: str) -> list[Lab]:
    """Return the labs without a table of one language, or with one that was made from something else."""
    wanted = os.environ.get("GRADPATH_R_ENGINE", "") if language == "r" else ""
    stale = []
    for lab in labs:
        tables = [
            t for t in lab_tables(project, lab.id, size, language) if not wanted or t.stem.endswith(f"-{wanted}")
        ]
        if not any(is_fresh(project, lab, size, table) for table in tables):
            stale.append(lab)
    return stale


def run_training_lanes(
    project: Path,
    languages: tuple[str, ...],
    force: bool,
    progress: Progress,
    size: str = "quick",
    labs: Iterable[str] | None = None,
) -> list[Path]:
    """Train the labs whose tables are not up to date, and return their tables.

    A project may declare none. Where Fashion-MNIST is missing a line says so, and tables and pictures stay as they
    are. A full lab that was stopped goes on where it was, from its checkpoints in ``.gradpath/training``.

    Parameters
    ----------
    project : Path
    languages : tuple of {"python", "r"}
        R is left out where it is missing.
    force : bool
        Train them anyway.
    progress : callable
        Called with a line for every run.
    size : {"quick", "full"}
    labs : iterable of str, optional
        Ids; all labs if left out.
    """
    file = training_file(project)
    if not file.is_file():
        return []
    # Noted before the code is loaded: somebody may edit a file while a full lab trains.
    sources = {language: code_sources(project, language, LAB_MAKERS) for language in languages}
    from gradpath.labs import choose_labs

    chosen, written = choose_labs(read_labs(file), labs), []
    for language in languages:
        r = find_r(project) if language == "r" else None
        stale = chosen if force else stale_labs(project, chosen, size, language)
        if not stale or (language == "r" and r is None) or _data_missing(stale, progress):
            continue
        # A full lab takes minutes: each is kept as soon as it is done.
        for group in [[lab] for lab in stale] if size == "full" else [stale]:
            written += _train(project, r, group, size, sources[language], force, progress)
    return written


def draw_training_lanes(
    project: Path, languages: tuple[str, ...], force: bool, progress: Progress, size: str = "quick"
) -> list[Path]:
    """Draw the labs whose tables or drawing code changed; return the pictures."""
    file = training_file(project)
    if not file.is_file():
        return []
    folder, stamps, r = project / "shared_figures", Stamps(project), find_r(project)
    code: dict[str, list[Path]] = {
        "python": [project / "python" / "gradpath" / f"{name}.py" for name in _PICTURE_MAKERS],
        "r": [project / "r" / "R" / f"{name}.R" for name in _PICTURE_MAKERS],
    }
    written: list[Path] = []
    for language in languages:
        stale = {}
        for lab in read_labs(file).values():
            tables = lab_tables(project, lab.id, size, language)
            pictures = [folder / "training" / size / f"{lab.id}-{language}-{picture}" for picture in LAB_PICTURES]
            now = fingerprint([_look(lab), fingerprint_files([*tables, *code[language]])])
            if tables and (force or not stamps.fresh(f"draw/training/{size}/{lab.id}/{language}", now, pictures)):
                stale[lab.id] = now
        if not stale or (language == "r" and r is None):
            continue
        if language == "python":
            from gradpath.lab_pictures import draw_labs

            written += draw_labs(file, folder, size, stale)
        else:
            assert r is not None
            ensure_r_package(r)
            said = r.run(
                "a <- commandArgs(trailingOnly = TRUE); writeLines(gradpath::draw_labs(a[1], a[2], a[3], a[-(1:3)]))",
                *(str(project / "shared_figures" / "training.yaml"), str(folder), size, *stale),
                quiet=True,
            )
            written += map(Path, said.splitlines())
        for lab_id, now in stale.items():
            stamps.done(f"draw/training/{size}/{lab_id}/{language}", now)
        progress(f"training, {size}: {language} drew {', '.join(stale)}")
    return written


def note_stale_full_labs(project: Path, progress: Progress) -> list[str]:
    """Say which full tables were made from another declaration or other code; return the labs' ids."""
    file = training_file(project)
    if not file.is_file():
        return []
    stale = [
        f"{lab.id} ({language})"
        for lab in read_labs(file).values()
        for language in ("python", "r")
        for table in lab_tables(project, lab.id, "full", language)
        if not is_fresh(project, lab, "full", table)
    ]
    if stale:
        progress(f"training, full: made before something changed: {', '.join(stale)}; gradpath train --size full")
    return stale


def _data_missing(labs: list[Lab], progress: Progress) -> bool:
    from gradpath.dataset_folders import find_fashion_mnist

    if all(lab.data != "fashion_mnist" for lab in labs):
        return False
    try:
        find_fashion_mnist()
    except GradpathError as missing:
        progress(f"training: left as it is; {missing}")
        return True
    return False


def _train(
    project: Path, r: R | None, labs: list[Lab], size: str, sources: str, force: bool, progress: Progress
) -> list[Path]:
    declared = {lab.id: lab_declaration(lab, size) for lab in labs}
    file, ids = training_file(project), list(declared)
    kept = project / ".gradpath" / "training" / fingerprint([size, declared, sources, r is None])
    if force:
        shutil.rmtree(kept, ignore_errors=True)
    checkpoints = kept if size == "full" else None
    with tempfile.TemporaryDirectory() as temporary:
        if r is None:
            from gradpath.labs import run_labs

            tables = run_labs(file, temporary, size, ids, progress, checkpoints)
        else:
            progress(f"training, {size}: R trains {', '.join(ids)}")
            tables = _in_r(r, file, temporary, size, checkpoints, ids)
        written = [_adopt(project, size, table, declared[table.name.split(".")[0]], sources) for table in tables]
    shutil.rmtree(kept, ignore_errors=True)
    return written


def _in_r(r: R, file: Path, folder: str, size: str, checkpoints: Path | None, ids: list[str]) -> list[Path]:
    ensure_r_package(r)
    said = r.run(
        "a <- commandArgs(trailingOnly = TRUE); writeLines(gradpath::run_labs(a[1], a[2], a[3], a[-(1:4)],"
        " checkpoints = if (nzchar(a[4])) a[4]))",
        *(str(file.absolute()), folder, size, str(checkpoints or ""), *ids),
    )
    return [Path(line) for line in said.splitlines()]


def _adopt(project: Path, size: str, table: Path, declared: str, sources: str) -> Path:
    target = project / "shared_figures" / "training" / size / table.name
    write_text(target, f"# declaration: {declared}\n# sources: {sources}\n" + table.read_text(encoding="utf-8"))
    return target


def _look(lab: Lab) -> list[Any]:
    # What a picture shows beside the numbers.
    runs = [[run.id, run.label, run.group, run.x] for run in lab.runs]
    return [lab.title, lab.against, {name: vars(size) for name, size in lab.sizes.items()}, runs]
