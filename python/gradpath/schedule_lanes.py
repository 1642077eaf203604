"""Computes and draws the declared sequences of rates in both languages, as far as something changed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from gradpath.fingerprints import Stamps, fingerprint, fingerprint_files, python_sources, r_sources
from gradpath.r_process import R, ensure_r_package, find_r
from gradpath.schedule_agreement import sequence_declaration
from gradpath.tables import write_text

Progress = Callable[[str], None]


def schedules_file(project: Path) -> Path:
    """Return the declaration of sequences, named as a reader in the project's folder would."""
    file = project / "shared_figures" / "schedules.yaml"
    return Path(os.path.relpath(file)) if file.is_relative_to(Path.cwd()) else file


def run_schedule_lanes(project: Path, languages: tuple[str, ...], force: bool, progress: Progress) -> list[Path]:
    """Compute the tables of rates that are not up to date; return them. A project may have none."""
    if not schedules_file(project).is_file():
        return []
    written = []
    if "python" in languages:
        written += _run(project, "python", python_sources(project), "", force, _run_in_python)
    r = find_r(project)
    if "r" in languages and r:
        wanted = os.environ.get("GRADPATH_R_ENGINE", "")
        written += _run(project, "r", r_sources(project), wanted, force, lambda f, t: _run_in_r(r, f, t))
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


def _run(
    project: Path, language: str, sources: str, wanted: str, force: bool, compute: Callable[[Path, Path], Path]
) -> list[Path]:
    declared = sequence_declaration(schedules_file(project))
    folder, stamps = project / "shared_figures" / "schedules", Stamps(project)
    now = fingerprint([declared, sources, version("torch"), wanted])
    there = list(folder.glob("python.csv" if language == "python" else f"r-{wanted or '*'}.csv"))
    if there and not force and stamps.fresh(f"run/schedules/{language}", now, there):
        return []
    with tempfile.TemporaryDirectory() as temporary:
        table = compute(schedules_file(project), Path(temporary))
        target = folder / table.name
        record = f"# declaration: {declared}\n# sources: {sources}\n"
        write_text(target, record + table.read_text(encoding="utf-8"))
    stamps.done(f"run/schedules/{language}", now)
    return [target]


def _run_in_python(file: Path, folder: Path) -> Path:
    from gradpath.schedule_runs import run_schedules

    return run_schedules(file, folder)


def _run_in_r(r: R, file: Path, folder: Path) -> Path:
    ensure_r_package(r)
    r.run(
        "a <- commandArgs(trailingOnly = TRUE); invisible(gradpath::run_schedules(a[1], a[2]))",
        *(str(file.absolute()), str(folder)),
    )
    return next((folder / "schedules").glob("r-*.csv"))
