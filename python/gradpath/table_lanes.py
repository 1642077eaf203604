"""Computes the tables of a declaration in both languages, as far as something changed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from gradpath.fingerprints import Stamps, fingerprint, python_sources, r_sources
from gradpath.r_process import R, ensure_r_package, find_r
from gradpath.tables import write_text

Compute = Callable[[Path], Path]


def update_tables(
    project: Path,
    name: str,
    file: Path,
    declared: str,
    makers: tuple[str, ...],
    languages: tuple[str, ...],
    force: bool,
    in_python: Callable[[Path, Path], Path],
    in_r: str,
) -> list[Path]:
    """Compute the tables of a declaration that are not up to date, ``shared_figures/<name>/<lane>.csv``.

    Parameters
    ----------
    project : Path
    name : str
        Of the folder.
    file : Path
        The declaration.
    declared : str
        The fingerprint of what in it decides the numbers; the table's record will hold it.
    makers : tuple of str
        The files of code that decide them, as in :mod:`gradpath.fingerprints`.
    languages : tuple of {"python", "r"}
        R is left out where it is missing.
    force : bool
        Compute them anyway.
    in_python : callable
        Takes the declaration and a folder, writes ``<name>/python.csv`` into it, returns that file.
    in_r : str
        The function of the R package that does the same.

    Returns
    -------
    list of Path
        The tables that were computed.
    """
    written, r = [], find_r(project)
    if "python" in languages:
        sources = python_sources(project, makers)
        written += _update(project, name, "python", declared, sources, force, lambda to: in_python(file, to))
    if "r" in languages and r:
        sources = r_sources(project, makers)
        written += _update(project, name, "r", declared, sources, force, lambda to: _in_r(r, in_r, file, to, name))
    return written


def _update(
    project: Path, name: str, language: str, declared: str, sources: str, force: bool, compute: Compute
) -> list[Path]:
    folder, stamps = project / "shared_figures" / name, Stamps(project)
    # Which R engine is asked for; Python has one.
    wanted = os.environ.get("GRADPATH_R_ENGINE", "") if language == "r" else ""
    now = fingerprint([declared, sources, version("torch"), wanted])
    there = list(folder.glob("python.csv" if language == "python" else f"r-{wanted or '*'}.csv"))
    if there and not force and stamps.fresh(f"run/{name}/{language}", now, there):
        return []
    with tempfile.TemporaryDirectory() as temporary:
        table = compute(Path(temporary))
        target = folder / table.name
        record = f"# declaration: {declared}\n# sources: {sources}\n"
        write_text(target, record + table.read_text(encoding="utf-8"))
    stamps.done(f"run/{name}/{language}", now)
    return [target]


def _in_r(r: R, function: str, file: Path, folder: Path, name: str) -> Path:
    ensure_r_package(r)
    r.run(
        f"a <- commandArgs(trailingOnly = TRUE); invisible(gradpath::{function}(a[1], a[2]))",
        *(str(file.absolute()), str(folder)),
    )
    return next((folder / name).glob("r-*.csv"))
