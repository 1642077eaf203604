"""Runs and draws the declared figures in both languages, each in a process of its own where that matters."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from gradpath.agreement import declaration
from gradpath.experiments import Figure, read_experiments
from gradpath.fingerprints import Stamps, fingerprint, fingerprint_files, python_sources, r_sources
from gradpath.r_process import R, ensure_r_package, find_r
from gradpath.tables import read_record, write_text

Progress = Callable[[str], None]
PICTURES = [f"{theme}.{suffix}" for theme in ("light", "dark") for suffix in ("svg", "png")]


def run_lanes(project: Path, languages: tuple[str, ...], force: bool, progress: Progress) -> list[Path]:
    """Compute the tables of every figure whose declaration, sources or versions changed.

    Parameters
    ----------
    project : Path
    languages : tuple of {"python", "r"}
        R is left out where it is not installed; the caller says so.
    force : bool
        Compute everything.
    progress : callable
        Called with a line for every table.

    Returns
    -------
    list of Path
        The tables that were computed.
    """
    figures = read_experiments(experiments_file(project))
    stamps = Stamps(project)
    written = []
    if "python" in languages:
        written += _run_python(project, figures, stamps, force, progress)
    r = find_r(project)
    if "r" in languages and r:
        written += _run_r(project, r, figures, stamps, force, progress)
    return written


def draw_lanes(project: Path, languages: tuple[str, ...], force: bool, progress: Progress) -> list[Path]:
    """Draw every figure whose table or drawing code changed, in each language, and Python's paths over R's."""
    folder = project / "shared_figures"
    figures = {k: f for k, f in read_experiments(experiments_file(project)).items() if f.draw}
    stamps = Stamps(project)
    r = find_r(project)
    code = [*(project / "python" / "gradpath" / f"{n}.py" for n in ("contours", "runs", "surfaces"))]
    r_code = [project / "r" / "R" / f"{n}.R" for n in ("contours", "runs", "surfaces")]
    written: list[Path] = []
    stale: dict[str, dict[str, str]] = {"python": {}, "r": {}, "overlay": {}}
    for name, figure in figures.items():
        python, r_table = folder / name / "python.csv", r_table_of(project, figure)
        look = figure.model_dump()
        parts: dict[str, list[Path]] = {"python": [python, *code]}
        if r_table:
            r_tables = sorted((folder / name).glob("r-*.csv"))
            parts |= {"r": [*r_tables, *r_code], "overlay": [python, r_table, *code]}
        for kind, files in parts.items():
            if not all(f.is_file() for f in files):
                continue
            now = fingerprint([look, fingerprint_files(files)])
            results = [folder / name / f"{kind}-{picture}" for picture in PICTURES]
            if force or not stamps.fresh(f"draw/{name}/{kind}", now, results):
                stale[kind][name] = now
    if "python" in languages and stale["python"]:
        from gradpath.runs import draw_experiments

        written += draw_experiments(
            experiments_file(project), folder, stale["python"], lambda name: progress(f"{name}: python drawn")
        )
        _remember(stamps, "python", stale["python"])
    if "r" in languages and r and stale["r"]:
        ensure_r_package(r)
        progress("R is drawing " + ", ".join(stale["r"]))
        r.run(
            "a <- commandArgs(trailingOnly = TRUE); invisible(gradpath::draw_experiments(a[1], a[2], a[-(1:2)]))",
            *(str(experiments_file(project)), str(folder), *stale["r"]),
            quiet=True,
        )
        written += [folder / name / f"r-{picture}" for name in stale["r"] for picture in PICTURES]
        _remember(stamps, "r", stale["r"])
    if stale["overlay"]:
        from gradpath.overlays import draw_overlay

        for name in stale["overlay"]:
            written += draw_overlay(project, figures[name])
            progress(f"{name}: both languages laid over each other")
        _remember(stamps, "overlay", stale["overlay"])
    return written


def experiments_file(project: Path) -> Path:
    """Return the project's declaration, named as a reader in the project's folder would."""
    file = project / "shared_figures" / "experiments.yaml"
    return Path(os.path.relpath(file)) if file.is_relative_to(Path.cwd()) else file


def r_table_of(project: Path, figure: Figure) -> Path | None:
    """Return the R table that is laid over Python's: {torch}'s own, unless it was made from other sources."""
    folder = project / "shared_figures" / figure.id
    tables = [t for t in (folder / "r-torch.csv", folder / "r-pytorch.csv") if t.is_file()]
    current = [r_sources(project), declaration(figure)]
    fresh = [t for t in tables if [read_record(t).get(k) for k in ("sources", "declaration")] == current]
    return (fresh + tables + [None])[0]


def _run_python(
    project: Path, figures: dict[str, Figure], stamps: Stamps, force: bool, progress: Progress
) -> list[Path]:
    sources = python_sources(project)
    stale = {}
    for name, figure in figures.items():
        now = fingerprint([declaration(figure), sources, version("torch")])
        result = project / "shared_figures" / name / "python.csv"
        if force or not stamps.fresh(f"run/{name}/python", now, [result]):
            stale[name] = now
    if not stale:
        return []
    from gradpath.runs import run_experiments

    with tempfile.TemporaryDirectory() as temporary:
        written = run_experiments(
            experiments_file(project), temporary, stale, progress=lambda name: progress(f"{name}: python")
        )
        return [_adopt(project, table, figures, sources, stamps, stale) for table in written]


def _run_r(
    project: Path, r: R, figures: dict[str, Figure], stamps: Stamps, force: bool, progress: Progress
) -> list[Path]:
    sources = r_sources(project)
    wanted = os.environ.get("GRADPATH_R_ENGINE", "")
    stale = {}
    for name, figure in figures.items():
        now = fingerprint([declaration(figure), sources, version("torch"), wanted])
        there = [f for f in (project / "shared_figures" / name).glob(f"r-{wanted or '*'}.csv")]
        if force or not there or not stamps.fresh(f"run/{name}/r", now, there):
            stale[name] = now
    if not stale:
        return []
    if ensure_r_package(r):
        progress("R package gradpath installed in .r-library")
    progress(f"R is running {len(stale)} figures")
    with tempfile.TemporaryDirectory() as temporary:
        r.run(
            "a <- commandArgs(trailingOnly = TRUE);"
            " invisible(gradpath::run_experiments(a[1], a[2], a[-(1:2)], progress = message))",
            *(str(experiments_file(project)), temporary, *stale),
        )
        tables = [next(Path(temporary, name).glob("r-*.csv")) for name in stale]
        return [_adopt(project, table, figures, sources, stamps, stale) for table in tables]


def _adopt(
    project: Path,
    table: Path,
    figures: dict[str, Figure],
    sources: str,
    stamps: Stamps,
    stale: dict[str, str],
) -> Path:
    # The lane wrote what it knows; what the numbers depend on is added here, the same way for both languages.
    name = table.parent.name
    target = project / "shared_figures" / name / table.name
    record = f"# declaration: {declaration(figures[name])}\n# sources: {sources}\n"
    write_text(target, record + table.read_text(encoding="utf-8"))
    stamps.done(f"run/{name}/{table.stem.partition('-')[0]}", stale[name])
    return target


def _remember(stamps: Stamps, kind: str, done: dict[str, str]) -> None:
    for name, now in done.items():
        stamps.done(f"draw/{name}/{kind}", now)
