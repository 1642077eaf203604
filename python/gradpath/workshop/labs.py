"""Trains the networks of the declared labs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from gradpath.data.datasets import Data, Parts, digits, fashion_mnist, take_data
from gradpath.declarations import choose_entries
from gradpath.networks import NETWORKS
from gradpath.tables import write_table
from gradpath.training.checks import require_choice
from gradpath.training.evaluation import evaluate_network
from gradpath.training.train_network import train_network
from gradpath.workshop.lab_declarations import SIZES, Lab, LabRun, read_labs
from gradpath.workshop.made_by import made_by

LAB_DATA: dict[str, Callable[..., Parts]] = {"fashion_mnist": fashion_mnist, "digits": digits}
# Measured once, when a run has ended: in the last row of a run, and empty in the others.
TEST_NUMBERS = ["test_loss", "test_accuracy"]
LAB_NUMBERS = ["lr", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", *TEST_NUMBERS]


def run_labs(
    file: str | Path,
    folder: str | Path,
    size: str = "quick",
    labs: Iterable[str] | None = None,
    progress: Callable[[str], None] | None = None,
    checkpoints: str | Path | None = None,
) -> list[Path]:
    """Train every run of the declared labs on the CPU and write one table per lab.

    Parameters
    ----------
    file : str or Path
        The declaration, as :func:`read_labs` reads it.
    folder : str or Path
        Gets ``training/<size>/<lab>.python.csv``.
    size : {"quick", "full"}
        The quick size runs on one thread: the same sums, and so the same bytes, every time.
    labs : iterable of str, optional
        Ids; all labs if left out.
    progress : callable, optional
        Called with a line for every run.
    checkpoints : str or Path, optional
        A folder that gets a checkpoint of every run: run_labs() called again goes on where it was stopped.

    Returns
    -------
    list of Path
        The tables: run, seed, epoch, lr, loss and accuracy of training and validation data after each epoch, and of
        the test data once, in the last row of a run that finished; under a record of versions and of how each run
        ended.

    Raises
    ------
    GradpathError
        For a bad declaration, an unknown lab or size, or data that are not on this machine or too few; before
        anything is written.
    """
    require_choice("run_labs()", "size", size, SIZES)
    chosen = [lab for lab in choose_entries("labs", read_labs(file), labs) if size in lab.sizes]
    load = cache(lambda name, dtype: LAB_DATA[name](dtype=dtype))
    parts = {lab.id: take_parts(load(lab.data, lab.dtype), lab, size) for lab in chosen}
    threads, written = torch.get_num_threads(), []
    torch.set_num_threads(1 if size == "quick" else threads)
    try:
        for lab in chosen:
            own = Path(checkpoints) / size / lab.id if checkpoints is not None else None
            table, record = _run_lab(lab, size, parts[lab.id], own, progress)
            target = Path(folder) / "training" / size / f"{lab.id}.python.csv"
            write_table(target, table, record)
            written.append(target)
    finally:
        torch.set_num_threads(threads)
    return written


def status_key(run: str, seed: int) -> str:
    """Return the line of a table's record that says how a run ended."""
    return f"status of {run}, seed {seed}"


def take_parts(data: Parts, lab: Lab, size: str) -> dict[str, Data]:
    """Return the data of a lab: the first samples to learn from, the last ones of the same part to decide with."""
    has = lab.sizes[size]
    x, y, classes = data.train
    rest = len(y) - has.validation
    return {
        "train": take_data(Data(x[:rest], y[:rest], classes), has.train),
        "validation": Data(x[rest:], y[rest:], classes),
        "test": take_data(data.test, has.test),
    }


def _run_lab(
    lab: Lab, size: str, data: dict[str, Data], checkpoints: Path | None, progress: Callable[[str], None] | None
) -> tuple[pd.DataFrame, dict[str, str]]:
    threads = torch.get_num_threads()
    record = {
        **made_by(),
        "dtype": lab.dtype,
        "seed": ", ".join(map(str, lab.sizes[size].seeds)),
        "threads": str(threads),
    }
    columns = ["run", "seed", "epoch", *LAB_NUMBERS]
    tables = []
    for run in lab.runs:
        for seed in lab.sizes[size].seeds:
            table = train_run(lab, run, seed, size, data, checkpoints)
            record[status_key(run.id, seed)] = table.attrs["status"]
            tables.append(table.assign(run=run.id, seed=seed)[columns])
            if progress:
                progress(f"{lab.id}, {run.id}, seed {seed}: {table.attrs['status']}")
    # A run that diverged at once has no rows, and columns without a type.
    filled = [table for table in tables if len(table)]
    return pd.concat(filled) if filled else tables[0], record


def train_run(
    lab: Lab, run: LabRun, seed: int, size: str, data: dict[str, Data], checkpoints: Path | None
) -> pd.DataFrame:
    """Train one run of a lab from one seed; the test data are looked at once, when it has ended."""
    arguments: dict[str, Any] = {k: v for k, v in run.network.items() if k != "name"}
    model = NETWORKS[run.network["name"]].make(**arguments, seed=seed, dtype=lab.dtype)
    table = train_network(
        model,
        "cross_entropy",
        data["train"],
        data["validation"],
        epochs=lab.sizes[size].epochs,
        seed=seed,
        checkpoint=checkpoints / f"{run.id}-{seed}.python.safetensors" if checkpoints else None,
        progress=False,
        **run.settings[size],
    )
    attrs = table.attrs
    table[TEST_NUMBERS] = float("nan")
    if attrs["status"] == "finished":
        measured = evaluate_network(model, "cross_entropy", data["test"])
        table.loc[table.index[-1], TEST_NUMBERS] = [measured["loss"], measured["accuracy"]]
    table.attrs = attrs
    return table
