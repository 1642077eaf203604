"""Reads ``first_epoch.yaml`` and trains the first epoch of its networks by hand and by optim, batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from gradpath.accepted import POSITIVE
from gradpath.data.datasets import fashion_mnist, take_data
from gradpath.declarations import IDENTIFIER, LINE, check_entry, needed, optional, read_entries
from gradpath.hyperparameters import ACCEPTED
from gradpath.networks import NETWORKS
from gradpath.refusals import is_one_of, one_of
from gradpath.schedules.fields import COUNT
from gradpath.tables import write_table
from gradpath.training.train_network import train_network
from gradpath.workshop.lab_declarations import SETTINGS, check_network, check_settings
from gradpath.workshop.made_by import made_by
from gradpath.workshop.runs import METHODS

EPOCH_COLUMNS = ["network", "method", "batch", "loss"]


@dataclass(frozen=True)
class FirstEpoch:
    """One declared first epoch; ``bound`` is the relative difference of a loss that lanes may show."""

    id: str
    title: str
    network: dict[str, Any]
    samples: int
    dtype: str
    settings: dict[str, Any]
    bound: float
    seed: int = 0


# The fields in the order in which they are checked.
_FIELDS = {
    "id": needed(IDENTIFIER),
    "title": needed(LINE),
    "network": needed(
        (
            lambda v: isinstance(v, dict) and is_one_of(v.get("name"), list(NETWORKS)),
            f"a mapping with a name, {one_of(list(NETWORKS))}, and its arguments",
        )
    ),
    "samples": needed(COUNT),
    "dtype": needed(ACCEPTED["dtype"]),
    "settings": needed(SETTINGS),
    "bound": needed(POSITIVE),
    "seed": optional(ACCEPTED["seed"]),
}


def read_first_epochs(file: str | Path) -> dict[str, FirstEpoch]:
    """Read and check a declaration of first epochs.

    Parameters
    ----------
    file : str or Path
        A YAML file; ``shared_figures/first_epoch.yaml`` is the project's own.

    Returns
    -------
    dict of str to FirstEpoch
        By id, in the order of the file.

    Raises
    ------
    GradpathError
        For the first thing that is wrong; one line.
    """
    return read_entries(file, "networks", "network", _read_entry)


def run_first_epochs(file: str | Path, folder: str | Path) -> Path:
    """Train every declared first epoch by both methods and write ``first_epoch/python.csv`` in the folder.

    Returns
    -------
    Path
        The table: network, method, batch (from 1), loss, under a record of versions.
    """
    threads = torch.get_num_threads()
    # On one thread sums are added in the same order on every machine.
    torch.set_num_threads(1)
    try:
        parts = [train_first_epoch(entry, method) for entry in read_first_epochs(file).values() for method in METHODS]
    finally:
        torch.set_num_threads(threads)
    record = {
        **made_by(),
        "threads": "1",
    }
    target = Path(folder) / "first_epoch" / "python.csv"
    write_table(target, pd.concat(parts), record)
    return target


def train_first_epoch(entry: FirstEpoch, method: str) -> pd.DataFrame:
    """Train the first epoch of one declared network by one method; return the loss of every batch."""
    train = take_data(fashion_mnist(dtype=entry.dtype).train, int(entry.samples))
    arguments = {k: v for k, v in entry.network.items() if k != "name"}
    table = train_network(
        NETWORKS[entry.network["name"]].make(**arguments, seed=int(entry.seed), dtype=entry.dtype),
        "cross_entropy",
        train,
        epochs=1,
        seed=int(entry.seed),
        method=method,
        batch_losses=True,
        progress=False,
        **entry.settings,
    )
    losses = table.attrs["batch_losses"]
    rows = {"network": entry.id, "method": method, "batch": range(1, len(losses) + 1), "loss": losses}
    return pd.DataFrame(rows)[EPOCH_COLUMNS]


def _read_entry(where: str, entry: dict[str, Any]) -> FirstEpoch:
    check_entry(where, entry, _FIELDS)
    check_network(where, entry["network"])
    check_settings(where, entry["settings"], int(entry["samples"]), 1)
    return FirstEpoch(**entry)
