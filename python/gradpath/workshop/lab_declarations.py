"""Reads ``training.yaml``, the declaration of every lab: networks trained side by side, in two sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradpath.accepted import POSITIVE, TRUE_OR_FALSE
from gradpath.declarations import (
    IDENTIFIER,
    LINE,
    PICTURE,
    among,
    check_entry,
    check_places,
    is_filled,
    list_of,
    mapping,
    needed,
    optional,
    read_entries,
    refuse_duplicates,
)
from gradpath.hyperparameters import ACCEPTED, check_hyperparameters, require
from gradpath.networks import NETWORKS
from gradpath.refusals import GradpathError, is_one_of
from gradpath.schedules.fields import COUNT
from gradpath.training.checks import check_training_schedule, require_choice, require_count
from gradpath.training.clipping import check_clip
from gradpath.workshop.experiments import DIFFERENCE, DIFFERENCE_FIELDS

SIZES = ("quick", "full")
DATA_NAMES = ("fashion_mnist", "digits")


@dataclass(frozen=True)
class LabSize:
    """How many images of each part a lab has in one size, how many epochs, and its seeds: every run has each of them.

    Validation images are the last of those that a network could learn from; what is chosen is chosen by them.
    """

    train: int
    validation: int
    test: int
    epochs: int
    seeds: tuple[int, ...]
    caption: str | None = None
    alt: str | None = None


@dataclass(frozen=True)
class LabRun:
    """One run of a lab, with what it has from its lab filled in; settings by size.

    ``group`` puts runs in one colour or on one line; ``x`` is where the run stands on the axis of a lab that is drawn
    against a number. ``differs`` says, by size, why {torch}'s numbers are known to differ from Python's, from which
    epoch on, and by how much at most.
    """

    id: str
    label: str
    network: dict[str, Any]
    settings: dict[str, dict[str, Any]]
    group: str | None = None
    x: float | None = None
    differs: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Lab:
    """One declared lab, in one size or both. Where ``against`` names an axis, accuracy is drawn against ``x``."""

    id: str
    title: str
    data: str
    dtype: str
    sizes: dict[str, LabSize]
    runs: list[LabRun]
    against: str | None = None
    draw: bool = True


SETTINGS = mapping("a mapping of arguments of train_network()")


# The fields in the order in which they are checked.
_NETWORK_FIELDS = {"name": needed(among(NETWORKS))}
_SIZE_FIELDS = {
    "train": needed(COUNT),
    "validation": needed(COUNT),
    "test": needed(COUNT),
    "epochs": needed(COUNT),
    "seeds": optional(
        (
            lambda v: is_filled(v) and all(map(ACCEPTED["seed"][0], v)) and len(set(v)) == len(v),
            f"a list of one or more different seeds, each {ACCEPTED['seed'][1]}",
        )
    ),
    "settings": optional(SETTINGS),
    **PICTURE,
}
_SIZES_FIELDS = dict.fromkeys(SIZES, optional(mapping("a mapping with train, validation, test and epochs")))
_BY_SIZE = (lambda v: isinstance(v, dict) and bool(v), "a mapping with quick, full, or both")
_LAB_FIELDS = {
    "id": needed(IDENTIFIER),
    "title": needed(LINE),
    "data": needed(among(DATA_NAMES)),
    "network": needed(mapping("a mapping with a name and the arguments of that network")),
    "dtype": optional(ACCEPTED["dtype"]),
    "against": optional(LINE),
    "draw": optional(TRUE_OR_FALSE),
    "sizes": needed(_BY_SIZE),
    "settings": optional(SETTINGS),
    "runs": needed(list_of("runs")),
}
_RUN_FIELDS = {
    "id": needed(IDENTIFIER),
    "label": optional(LINE),
    "group": optional(LINE),
    "x": optional(POSITIVE),
    "network": optional(mapping("a mapping of arguments of the lab's network")),
    "differs": optional(_BY_SIZE),
    "settings": optional(SETTINGS),
    "quick": optional(SETTINGS),
    "full": optional(SETTINGS),
}


def read_labs(file: str | Path) -> dict[str, Lab]:
    """Read and check a declaration of labs.

    Parameters
    ----------
    file : str or Path
        A YAML file; ``shared_figures/training.yaml`` is the project's own.

    Returns
    -------
    dict of str to Lab
        By id, in the order of the file; every run has its network and its settings for each size.

    Raises
    ------
    GradpathError
        For the first thing that is wrong: file, lab, run, field, value, what is accepted; one line.
    """
    return read_entries(file, "labs", "lab", _read_lab)


def _read_lab(where: str, entry: dict[str, Any]) -> Lab:
    check_entry(where, entry, _LAB_FIELDS)
    check_network(where, entry["network"])
    check_entry(f"{where}, sizes", entry["sizes"], _SIZES_FIELDS)
    sizes = {}
    for name, given in entry["sizes"].items():
        check_entry(f"{where}, {name}", given, _SIZE_FIELDS)
        counts: dict[str, Any] = {field: int(given[field]) for field in ("train", "validation", "test", "epochs")}
        said = {field: given[field] for field in PICTURE if field in given}
        sizes[name] = LabSize(**counts, seeds=tuple(map(int, given.get("seeds", [0]))), **said)
    runs = [_read_run(place, run, entry, sizes) for place, run in check_places(where, entry["runs"], "run", ", ")]
    refuse_duplicates(where, "run", [run.id for run in runs])
    known = {field: entry[field] for field in ("against", "draw") if field in entry}
    return Lab(entry["id"], entry["title"], entry["data"], entry.get("dtype", "float32"), sizes, runs, **known)


def _read_run(where: str, entry: dict[str, Any], lab: dict[str, Any], sizes: dict[str, LabSize]) -> LabRun:
    check_entry(where, entry, _RUN_FIELDS)
    if "against" in lab and "x" not in entry:
        raise GradpathError(f"{where}: x: is missing; use {_RUN_FIELDS['x'].accepted}")
    network = lab["network"] | entry.get("network", {})
    check_network(where, network)
    network |= NETWORKS[network["name"]].from_data.get(lab["data"], {})
    settings = {}
    for name, size in sizes.items():
        # The closer to the run and to the size, the later, and the last one counts.
        layers = (lab.get("settings"), lab["sizes"][name].get("settings"), entry.get("settings"), entry.get(name))
        merged: dict[str, Any] = {}
        for layer in layers:
            merged |= layer or {}
        check_settings(f"{where}, {name}", merged, size.train, size.epochs)
        settings[name] = merged
    differs = entry.get("differs", {})
    check_entry(f"{where}, differs", differs, dict.fromkeys(sizes, optional(DIFFERENCE)))
    for name, known in differs.items():
        check_entry(f"{where}, differs, {name}", known, DIFFERENCE_FIELDS)
    label = entry.get("label", entry["id"])
    return LabRun(entry["id"], label, network, settings, entry.get("group"), entry.get("x"), differs)


def check_network(where: str, network: Mapping[str, Any]) -> None:
    """Refuse a network that is not known by this name, and what it does not take."""
    where = f"{where}, network"
    name = network.get("name")
    fields = NETWORKS[name].fields if is_one_of(name, list(NETWORKS)) else {}
    check_entry(where, network, _NETWORK_FIELDS | dict(fields))


def parts_used(network: Mapping[str, Any], settings: Mapping[str, Any]) -> set[str]:
    """Return the files of the network and of the rule that a training uses: ``"networks.lenet"``, ``"rules.sgd"``."""
    return {f"networks.{network['name']}", f"rules.{settings.get('optimizer', 'adamw')}"}


def check_settings(where: str, settings: Mapping[str, Any], samples: int, epochs: int) -> None:
    """Refuse settings that train_network() would not take for so many images and epochs."""
    known = ("optimizer", "batch_size", "schedule", "schedule_every", "clip", "method")
    optimizer = settings.get("optimizer", "adamw")
    require(where, "optimizer", optimizer)
    require(where, "method", settings.get("method", "optim"))
    batch_size, every = settings.get("batch_size", 256), settings.get("schedule_every", "epoch")
    require_count(where, "batch_size", batch_size)
    require_choice(where, "schedule_every", every, ("epoch", "batch"))
    check_clip(where, settings.get("clip"))
    steps = epochs * (-(-samples // int(batch_size)) if every == "batch" else 1)
    check_training_schedule(where, settings.get("schedule"), every, steps, "validation_loss", {}, True)
    check_hyperparameters(where, optimizer, {k: v for k, v in settings.items() if k not in known})
