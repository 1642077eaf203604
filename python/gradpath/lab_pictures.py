"""Draws the declared labs from their tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from gradpath.contours import THEMES, save_plot
from gradpath.lab_declarations import SIZES, Lab, read_labs
from gradpath.labs import LAB_NUMBERS, STATUS, choose_labs
from gradpath.refusals import GradpathError
from gradpath.tables import read_numbers, read_record
from gradpath.training_checks import require_choice
from gradpath.training_plots import plot_training


def draw_labs(
    file: str | Path,
    folder: str | Path,
    size: str = "quick",
    labs: Iterable[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[Path]:
    """Draw the declared labs from their tables, light and dark, as SVG and PNG.

    Parameters are those of :func:`gradpath.run_labs`. ``folder`` must hold the tables, and gets
    ``training/<size>/<lab>-python-light.svg`` and so on.

    Returns
    -------
    list of Path
        The pictures.
    """
    require_choice("draw_labs()", "size", size, SIZES)
    written = []
    for lab in choose_labs(read_labs(file), labs):
        table = Path(folder) / "training" / size / f"{lab.id}.python.csv"
        if not table.is_file():
            raise GradpathError(f"{table}: no such file; run run_labs() first")
        runs = read_lab_table(table, [run.id for run in lab.runs])
        for theme in THEMES:
            plot = plot_training(
                runs,
                labels=[run.label for run in lab.runs],
                groups=[run.group or run.label for run in lab.runs],
                against=[run.x or 0.0 for run in lab.runs] if lab.against else None,
                x_label=describe_axis(lab, size),
                title=f"{lab.title} (Python, {size})",
                theme=theme,
            )
            for suffix in ("svg", "png"):
                target = table.with_name(f"{lab.id}-python-{theme}.{suffix}")
                save_plot(plot, target)
                written.append(target)
        if progress:
            progress(lab.id)
    return written


def read_lab_table(file: Path, runs: Iterable[str]) -> list[pd.DataFrame]:
    """Return the tables of a lab's runs as :func:`train_network` returned them; ``attrs`` has the status."""
    record, table = read_record(file), read_numbers(file, LAB_NUMBERS).astype({"run": str})
    tables = []
    for run in runs:
        rows = table[table["run"] == run].drop(columns="run").reset_index(drop=True)
        rows.attrs = {"status": record[STATUS + run]}
        tables.append(rows)
    return tables


def describe_axis(lab: Lab, size: str) -> str:
    """Say what stands under the axis: epochs, or what the runs differ in, and how much they were trained."""
    has = lab.sizes[size]
    epochs = f"{has.epochs} epoch{'' if has.epochs == 1 else 's'} of {has.train:,} images"
    return f"{lab.against}, after {epochs}" if lab.against else f"epoch of {has.train:,} images"
