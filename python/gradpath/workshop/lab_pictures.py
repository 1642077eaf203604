"""Draws the declared labs from their tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from gradpath.declarations import choose_entries
from gradpath.pictures.canvas import save_plot
from gradpath.pictures.colours import THEMES
from gradpath.pictures.training import plot_training
from gradpath.refusals import GradpathError
from gradpath.tables import read_numbers, read_record
from gradpath.training.checks import require_choice
from gradpath.workshop.lab_declarations import SIZES, Lab, read_labs
from gradpath.workshop.labs import LAB_NUMBERS, TEST_NUMBERS, status_key


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
    for lab in choose_entries("labs", read_labs(file), labs):
        if size not in lab.sizes or not lab.draw:
            continue
        table = Path(folder) / "training" / size / f"{lab.id}.python.csv"
        if not table.is_file():
            raise GradpathError(f"{table}: no such file; run run_labs() first")
        for theme in THEMES:
            plot = plot_lab(lab, size, table, theme)
            for suffix in ("svg", "png"):
                target = table.with_name(f"{lab.id}-python-{theme}.{suffix}")
                save_plot(plot, target)
                written.append(target)
        if progress:
            progress(lab.id)
    return written


def plot_lab(lab: Lab, size: str, table: Path, theme: str) -> Figure:
    """Draw one lab from its table: training and validation data, not the test data."""
    by_seed = read_lab_table(table, [run.id for run in lab.runs])
    return plot_training(
        [over_seeds([run.drop(columns=TEST_NUMBERS) for run in runs]) for runs in by_seed],
        labels=[run.label for run in lab.runs],
        groups=[run.group or run.label for run in lab.runs],
        against=[run.x or 0.0 for run in lab.runs] if lab.against else None,
        x_label=axis_label(lab, size),
        title=f"{lab.title} (Python, {size})",
        theme=theme,
    )


def read_lab_table(file: Path, runs: Iterable[str]) -> list[list[pd.DataFrame]]:
    """Return the tables of a lab's runs, one per seed, as :func:`train_network` returned them, with their status."""
    record, table = read_record(file), read_numbers(file, LAB_NUMBERS).astype({"run": str})
    seeds = [int(seed) for seed in record["seed"].split(", ")]
    read = []
    for run in runs:
        by_seed = []
        for seed in seeds:
            rows = table[(table["run"] == run) & (table["seed"] == seed)]
            rows = rows.drop(columns=["run", "seed"]).reset_index(drop=True)
            rows.attrs = {"status": record[status_key(run, seed)]}
            by_seed.append(rows)
        read.append(by_seed)
    return read


def over_seeds(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the mean over a run's seeds, with columns ``_low`` and ``_high`` for the lowest and highest number.

    If a seed diverged, the table ends where the first one did, and says so.
    """
    broken = [table for table in tables if table.attrs["status"] != "finished"]
    first = min(broken, key=len) if broken else tables[0]
    numbers = [column for column in first.columns if column != "epoch"]
    stacked = pd.concat([table.iloc[: len(first)] for table in tables]).groupby("epoch")[numbers]
    parts = [stacked.mean(), stacked.min().add_suffix("_low"), stacked.max().add_suffix("_high")]
    mean = pd.concat(parts if len(tables) > 1 else parts[:1], axis=1).reset_index()
    mean.attrs = first.attrs
    return mean


def axis_label(lab: Lab, size: str) -> str:
    """Say what stands under the axis: epochs, or what the runs differ in, and how much they were trained."""
    has = lab.sizes[size]
    epochs = f"{has.epochs} epoch{'' if has.epochs == 1 else 's'} of {has.train:,} images"
    seeds = f"; mean and range of {len(has.seeds)} seeds" if len(has.seeds) > 1 else ""
    return (f"{lab.against}, after {epochs}" if lab.against else f"epoch of {has.train:,} images") + seeds
