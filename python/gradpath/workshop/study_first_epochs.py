"""The study of first epochs: the networks of ``first_epoch.yaml``, by hand and by optim, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gradpath.tables import read_numbers
from gradpath.workshop.comparison import Comparison, compare_series, pairs_of_lanes, series_of
from gradpath.workshop.first_epochs import read_first_epochs
from gradpath.workshop.lab_declarations import parts_used
from gradpath.workshop.lane_tables import read_lanes
from gradpath.workshop.study import Entry, Progress, Study


class FirstEpochs(Study):
    """First epochs of networks, all in one table; there is no picture of it."""

    name = "first epochs"
    declaration = "first_epoch.yaml"
    makers = MappingProxyType(
        {
            "python": ["workshop.first_epochs.train_first_epoch", "training.checks.LOSSES", "training.scores.SCORES"],
            "r": ["train_first_epoch", "LOSSES", "SCORES"],
        }
    )

    def read(self, file: Path) -> list[Entry]:
        """Read the networks."""
        entries = read_first_epochs(file).values()
        declared = [{k: v for k, v in asdict(entry).items() if k not in ("title", "bound")} for entry in entries]
        used = sorted({part for entry in entries for part in parts_used(entry.network, entry.settings)})
        return [Entry(self, "first_epoch", "first_epoch", "first_epoch/{lane}.csv", declared, used)]

    def missing_data(self, entries: Sequence[Entry]) -> str | None:
        """All of them learn from Fashion-MNIST."""
        from gradpath.data.folders import why_missing

        return why_missing("fashion_mnist")

    def compute(self, file: Path, folder: Path, ids: list[str], progress: Progress, kept: Path | None) -> None:
        """Train them in Python."""
        from gradpath.workshop.first_epochs import run_first_epochs

        run_first_epochs(file, folder)
        progress("first epochs: python")

    def compute_in_r(self, file: Path, folder: Path, ids: list[str], kept: Path | None) -> tuple[str, list[str]]:
        """Return R's run_first_epochs()."""
        return "gradpath::run_first_epochs(a[1], a[2])", [str(file), str(folder)]

    def compare(self, project: Path) -> list[Comparison]:
        """Compare every lane of every network; an agreement that is not to the last bit says where it ends to be."""
        comparisons = []
        for entry in self.entries(project):
            lanes = read_lanes(project, entry, partial(read_numbers, columns=["loss"]))
            for network in read_first_epochs(self.file(project)).values():
                for lane, reference in pairs_of_lanes(lanes):
                    left, right = (series_of(side, "network", network.id, "loss") for side in (lane, reference))
                    result = compare_series(left, right, "loss", float(network.bound), first=1)
                    if result["verdict"] == "agrees" and result["bit_equal"] < result["values"]:
                        batch = int(np.flatnonzero(left != right)[0]) + 1
                        result["detail"] = f"the first different bit is in batch {batch}"
                    comparisons.append(Comparison.of(entry.name, network.id, lane, reference, result))
        return comparisons
