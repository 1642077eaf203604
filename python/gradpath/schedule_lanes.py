"""Computes and draws the declared sequences of rates in both languages, as far as something changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from gradpath.fingerprints import NUMBER_MAKERS, Stamps, fingerprint_files
from gradpath.r_process import ensure_r_package, find_r
from gradpath.schedule_agreement import sequence_declaration
from gradpath.table_lanes import update_tables

Progress = Callable[[str], None]


def schedules_file(project: Path) -> Path:
    """Return the declaration of sequences, named as a reader in the project's folder would."""
    file = project / "shared_figures" / "schedules.yaml"
    return Path(os.path.relpath(file)) if file.is_relative_to(Path.cwd()) else file


def run_schedule_lanes(project: Path, languages: tuple[str, ...], force: bool, progress: Progress) -> list[Path]:
    """Compute the tables of rates that are not up to date; return them. A project may have none."""
    if not schedules_file(project).is_file():
        return []
    from gradpath.schedule_runs import run_schedules

    file = schedules_file(project)
    declared = sequence_declaration(file)
    how = ("schedules", file, declared, NUMBER_MAKERS, languages, force, run_schedules, "run_schedules")
    written = update_tables(project, *how)
    for table in written:
        progress(f"schedules: {table.stem}")
    return written


def draw_schedule_lanes(project: Path, languages: tuple[str, ...], force: bool, progress: Progress) -> list[Path]:
    """Draw the sequences of rates, if they or the drawing changed; return the pictures."""
    if not schedules_file(project).is_file():
        return []
    names = ("schedules", "schedulers", "plateau", "schedule_plots", "schedule_runs", "contours")
    code = {
        "python": [project / "python" / "gradpath" / f"{name}.py" for name in names],
        "r": [project / "r" / "R" / f"{name}.R" for name in names],
    }
    folder, stamps, r = project / "shared_figures", Stamps(project), find_r(project)
    written: list[Path] = []
    for language in languages:
        now = fingerprint_files([schedules_file(project), *code[language]])
        overview = [folder / "schedules" / f"{language}-{t}.{s}" for t in ("light", "dark") for s in ("svg", "png")]
        if (language == "r" and r is None) or (
            not force and stamps.fresh(f"draw/schedules/{language}", now, overview)
        ):
            continue
        if language == "python":
            from gradpath.schedule_runs import draw_schedules

            written += draw_schedules(schedules_file(project), folder)
        else:
            assert r is not None
            ensure_r_package(r)
            said = r.run(
                "a <- commandArgs(trailingOnly = TRUE); writeLines(gradpath::draw_schedules(a[1], a[2]))",
                *(str(project / "shared_figures" / "schedules.yaml"), str(folder)),
                quiet=True,
            )
            written += map(Path, said.splitlines())
        stamps.done(f"draw/schedules/{language}", now)
        progress(f"schedules: {language} drawn")
    return written
