"""Compares first epochs batch by batch: by hand against optim, Python against R."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gradpath.agreement import Comparison
from gradpath.fingerprints import TRAINING_MAKERS, fingerprint
from gradpath.first_epoch import as_trained, read_first_epochs
from gradpath.series_agreement import compare_series, pairs_of_lanes, read_series_lanes


def first_epoch_declaration(file: Path) -> str:
    """Return the fingerprint of what decides the numbers of all first epochs."""
    return fingerprint([as_trained(entry) for entry in read_first_epochs(file).values()])


def check_first_epochs(project: Path) -> list[Comparison]:
    """Compare every lane of every declared first epoch, from the tables in ``shared_figures/first_epoch``.

    Returns
    -------
    list of Comparison
        Under the figure ``"first_epoch"``, the network's id as path, batches as steps. An agreement that is not to
        the last bit says in which batch the first different bit appears. Empty where nothing is declared.
    """
    file = project / "shared_figures" / "first_epoch.yaml"
    if not file.is_file():
        return []
    lanes = read_series_lanes(
        project, "first_epoch", "network", "loss", first_epoch_declaration(file), TRAINING_MAKERS
    )
    comparisons = []
    empty = np.array([])
    for entry in read_first_epochs(file).values():
        for lane, reference in pairs_of_lanes(lanes):
            left, right = lane.series.get(entry.id, empty), reference.series.get(entry.id, empty)
            result = compare_series(left, right, "loss", float(entry.bound), first=1)
            if result["verdict"] == "agrees" and result["bit_equal"] < result["values"]:
                batch = int(np.flatnonzero(left != right)[0]) + 1
                result["detail"] = f"the first different bit is in batch {batch}"
            if lane.stale or reference.stale:
                result |= {"verdict": "stale", "detail": "computed from other sources; run it again"}
            made_by = f"{lane.made_by} | {reference.made_by}"
            comparisons.append(
                Comparison("first_epoch", entry.id, lane.name, reference.name, engines=made_by, **result)
            )
    return comparisons
