"""Reads ``schedules.yaml``, computes its sequences of rates by hand and by the library, and draws them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gradpath.accepted import TRUE_OR_FALSE, is_number
from gradpath.declarations import IDENTIFIER, LINE, PICTURE, check_entry, needed, optional, read_entries
from gradpath.hyperparameters import ACCEPTED
from gradpath.pictures.canvas import save_plot
from gradpath.pictures.colours import THEMES
from gradpath.pictures.schedules import plot_schedules
from gradpath.refusals import GradpathError
from gradpath.schedules.fields import FIELDS, check_path_schedule
from gradpath.schedules.library import schedule_rates
from gradpath.schedules.schedules import schedule_parameters
from gradpath.tables import read_numbers, write_table
from gradpath.workshop.made_by import made_by

SEQUENCE_COLUMNS = ["schedule", "method", "step", "lr"]


@dataclass(frozen=True)
class RateSequence:
    """One declared sequence of rates; ``recorded`` names the recording that it must give."""

    id: str
    title: str
    lr: float
    steps: int
    schedule: dict[str, Any]
    metrics: list[float] | None = None
    recorded: str | None = None
    draw: bool = True
    caption: str | None = None
    alt: str | None = None


# The fields in the order in which they are checked.
_FIELDS = {
    "id": needed(IDENTIFIER),
    "title": needed(LINE),
    **PICTURE,
    "lr": needed(FIELDS["lr"]),
    "steps": needed(ACCEPTED["steps"]),
    "schedule": needed(
        (lambda value: value is not None, "a mapping with a name and the parameters of that schedule")
    ),
    "metrics": optional(
        (lambda value: isinstance(value, list) and all(map(is_number, value)), "a list of finite numbers")
    ),
    "recorded": optional(LINE),
    "draw": optional(TRUE_OR_FALSE),
}


def read_schedules(file: str | Path) -> dict[str, RateSequence]:
    """Read and check a declaration of sequences of rates.

    Parameters
    ----------
    file : str or Path
        A YAML file; ``shared_figures/schedules.yaml`` is the project's own.

    Returns
    -------
    dict of str to RateSequence
        By id, in the order of the file.

    Raises
    ------
    GradpathError
        For the first thing that is wrong; one line.
    """
    return read_entries(file, "schedules", "schedule", _read_entry, beside=PICTURE)


def run_schedules(file: str | Path, folder: str | Path) -> Path:
    """Compute every declared sequence by both methods and write ``schedules/python.csv`` in the folder.

    Returns
    -------
    Path
        The table: schedule, method, step, lr, under a record of versions.
    """
    rows = [
        (entry.id, method, step, rate)
        for entry in read_schedules(file).values()
        for method in ("manual", "optim")
        for step, rate in enumerate(declared_rates(entry, method))
    ]
    record = {
        **made_by(),
        "seed": "none, nothing is drawn at random",
    }
    target = Path(folder) / "schedules" / "python.csv"
    write_table(target, pd.DataFrame(rows, columns=SEQUENCE_COLUMNS), record)
    return target


def declared_rates(entry: RateSequence, method: str) -> list[float]:
    """Compute one declared sequence by one method."""
    return schedule_rates(entry.schedule, entry.lr, entry.steps, method, entry.metrics)


def draw_schedules(file: str | Path, folder: str | Path) -> list[Path]:
    """Draw every declared sequence, and all of them in one picture, from the table, light and dark.

    ``folder`` must hold ``schedules/python.csv``; the rates by the library are drawn.

    Returns
    -------
    list of Path
        ``schedules/<id>-python-light.svg`` and so on, and ``schedules/python-light.svg`` with all of them.

    Raises
    ------
    GradpathError
        If there is no table.
    """
    shown = [entry for entry in read_schedules(file).values() if entry.draw]
    table = Path(folder) / "schedules" / "python.csv"
    if not table.is_file():
        raise GradpathError(f"{table}: no such file; run run_schedules() first")
    rows = read_numbers(table, ["lr"]).query("method == 'optim'")
    rates = [rows.loc[rows["schedule"].astype(str) == entry.id, "lr"].tolist() for entry in shown]
    written = []
    for theme in THEMES:
        for entry, one in zip(shown, rates, strict=True):
            target = Path(folder) / "schedules" / f"{entry.id}-python-{theme}.svg"
            save_plot(plot_schedules([one], title=f"{entry.title} (Python)", theme=theme), target)
            written.append(target)
        plot = plot_schedules(rates, [e.title for e in shown], "Learning-rate schedules (Python)", theme)
        for suffix in ("svg", "png"):
            target = Path(folder) / "schedules" / f"python-{theme}.{suffix}"
            save_plot(plot, target)
            written.append(target)
    return written


def _read_entry(where: str, entry: dict[str, Any]) -> RateSequence:
    check_entry(where, entry, _FIELDS)
    checked = check_path_schedule(where, entry["schedule"], entry["steps"], schedule_parameters())
    return RateSequence(**(entry | {"schedule": checked, "steps": int(entry["steps"])}))
