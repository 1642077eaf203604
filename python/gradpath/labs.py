"""Trains the networks of the declared labs."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import nn

from gradpath.datasets import Parts, digits, fashion_mnist, take_data
from gradpath.lab_declarations import SIZES, Lab, LabRun, read_labs
from gradpath.networks import lenet, small_cnn, tanh_network
from gradpath.refusals import one_of, refusal
from gradpath.tables import write_table
from gradpath.training import train_network
from gradpath.training_checks import require_choice

LAB_DATA: dict[str, Callable[..., Parts]] = {"fashion_mnist": fashion_mnist, "digits": digits}
LAB_NETWORKS: dict[str, Callable[..., nn.Module]] = {
    "tanh_network": tanh_network,
    "lenet": lenet,
    "small_cnn": small_cnn,
}
LAB_NUMBERS = ["lr", "train_loss", "train_accuracy", "test_loss", "test_accuracy"]
STATUS = "status of "


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
        The tables: run, epoch, lr, loss and accuracy of training and test data, for the full size also seconds,
        under a record of versions and of how each run ended.

    Raises
    ------
    GradpathError
        For a bad declaration, an unknown lab or size, or data that are not on this machine; before anything is
        written.
    """
    require_choice("run_labs()", "size", size, SIZES)
    chosen = choose_labs(read_labs(file), labs)
    load = cache(lambda name, dtype: LAB_DATA[name](dtype=dtype))
    parts = {lab.id: _take_parts(load(lab.data, lab.dtype), lab, size) for lab in chosen}
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


def choose_labs(declared: dict[str, Lab], labs: Iterable[str] | None) -> list[Lab]:
    """Return the labs of these ids, or all.

    Raises
    ------
    GradpathError
        For an id that is not declared.
    """
    ids = list(declared) if labs is None else list(labs)
    for name in ids:
        if name not in declared:
            raise refusal("labs", "id", name, one_of(list(declared)))
    return [declared[name] for name in ids]


def _take_parts(data: Parts, lab: Lab, size: str) -> Parts:
    has = lab.sizes[size]
    return Parts(take_data(data.train, has.train), take_data(data.test, has.test))


def _run_lab(
    lab: Lab, size: str, data: Parts, checkpoints: Path | None, progress: Callable[[str], None] | None
) -> tuple[pd.DataFrame, dict[str, str]]:
    threads = torch.get_num_threads()
    record = {
        "language": f"python {platform.python_version()}",
        "engine": f"torch {torch.__version__}",
        "device": "cpu",
        "dtype": lab.dtype,
        "seed": str(lab.seed),
        "threads": str(threads),
    }
    columns = ["run", "epoch", *LAB_NUMBERS, *(["seconds"] if size == "full" else [])]
    tables = []
    for run in lab.runs:
        table = _train_run(lab, run, size, data, checkpoints)
        record[STATUS + run.id] = table.attrs["status"]
        tables.append(table.assign(run=run.id)[columns])
        if progress:
            progress(f"{lab.id}, {run.id}: {table.attrs['status']}")
    # A run that diverged at once has no rows, and columns without a type.
    filled = [table for table in tables if len(table)]
    return pd.concat(filled) if filled else tables[0], record


def _train_run(lab: Lab, run: LabRun, size: str, data: Parts, checkpoints: Path | None) -> pd.DataFrame:
    arguments: dict[str, Any] = {k: v for k, v in run.network.items() if k != "name"}
    return train_network(
        LAB_NETWORKS[run.network["name"]](**arguments, seed=lab.seed, dtype=lab.dtype),
        "cross_entropy",
        data.train,
        test=data.test,
        epochs=lab.sizes[size].epochs,
        seed=lab.seed,
        checkpoint=checkpoints / f"{run.id}.python.safetensors" if checkpoints else None,
        progress=False,
        **run.settings[size],
    )
