"""The study of labs: networks of ``training.yaml`` trained side by side, in two sizes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from gradpath.declarations import PICTURE
from gradpath.tables import read_numbers
from gradpath.workshop.comparison import Comparison, Lane, compare_series, expect_difference
from gradpath.workshop.lab_declarations import SIZES, Lab, LabRun, parts_used, read_labs
from gradpath.workshop.labs import LAB_NUMBERS, status_key
from gradpath.workshop.lane_tables import read_lanes
from gradpath.workshop.study import BookFigure, Entry, Progress, Study, themed

# Relative, for every number of every epoch. The recorded labs train in a form that both libraries share, so that
# their numbers are equal to the last bit but for the last digits of a sum.
LAB_BOUND = 1e-5


class Labs(Study):
    """Labs in one size; one table and one picture per lab and language."""

    declaration = "training.yaml"
    # The training loop takes its losses and scores through functions that check them.
    makers = MappingProxyType(
        {
            "python": ["workshop.labs.train_run", "training.checks.LOSSES", "training.scores.SCORES"],
            "r": ["train_run", "LOSSES", "SCORES"],
        }
    )
    drawers = MappingProxyType({"python": ["workshop.lab_pictures.plot_lab"], "r": ["plot_lab"]})

    def __init__(self, size: str) -> None:
        self.size = size
        self.name = f"labs, {size}"  # type: ignore[misc]  # the one kind of which there are two
        # The full size takes minutes per lab.
        self.on_demand = size == "full"  # type: ignore[misc]

    def read(self, file: Path) -> list[Entry]:
        """Read the labs that have this size."""
        return [self._entry(lab) for lab in read_labs(file).values() if self.size in lab.sizes]

    def _entry(self, lab: Lab) -> Entry:
        has = lab.sizes[self.size]
        runs = [[run.id, run.network, run.settings[self.size]] for run in lab.runs]
        stem = f"training/{self.size}/{lab.id}"
        return Entry(
            self,
            lab.id,
            f"training-{lab.id}" if self.size == SIZES[0] else f"training-{self.size}-{lab.id}",
            f"{stem}.{{lane}}.csv",
            [lab.data, lab.dtype, {k: v for k, v in vars(has).items() if k not in PICTURE}, runs],
            sorted({part for run in lab.runs for part in parts_used(run.network, run.settings[self.size])}),
            [
                lab.title,
                lab.against,
                has.train,
                has.epochs,
                len(has.seeds),
                [[r.id, r.label, r.group, r.x] for r in lab.runs],
            ],
            {language: themed(f"{stem}-{language}") for language in ("python", "r")} if lab.draw else {},
            BookFigure.all((f"{lab.id}-{self.size}", f"{stem}-", has)),
        )

    def missing_data(self, entries: Sequence[Entry]) -> str | None:
        """Say which of their data sets is not here."""
        from gradpath.data.folders import why_missing

        missing = (why_missing(entry.declared[0]) for entry in entries)
        return next((why for why in missing if why), None)

    def compute(self, file: Path, folder: Path, ids: list[str], progress: Progress, kept: Path | None) -> None:
        """Train these labs in Python."""
        from gradpath.workshop.labs import run_labs

        run_labs(file, folder, self.size, ids, progress, kept if self.on_demand else None)

    def confirms(self, project: Path, entry: Entry) -> list[Entry]:
        """Return the same lab in the full size."""
        if self.on_demand:
            return []
        return [full for full in Labs("full").entries(project) if full.id == entry.id]

    def compute_in_r(self, file: Path, folder: Path, ids: list[str], kept: Path | None) -> tuple[str, list[str]]:
        """Return R's run_labs()."""
        call = (
            "gradpath::run_labs(a[1], a[2], a[3], a[-(1:4)], progress = message,"
            " checkpoints = if (nzchar(a[4])) a[4])"
        )
        return call, [str(file), str(folder), self.size, str(kept) if kept and self.on_demand else "", *ids]

    def draw(self, file: Path, folder: Path, ids: list[str]) -> None:
        """Draw these labs."""
        from gradpath.workshop.lab_pictures import draw_labs

        draw_labs(file, folder, self.size, ids)

    def draw_in_r(self, file: Path, folder: Path, ids: list[str]) -> tuple[str, list[str]]:
        """Return R's draw_labs()."""
        return "gradpath::draw_labs(a[1], a[2], a[3], a[-(1:3)])", [str(file), str(folder), self.size, *ids]

    def compare(self, project: Path) -> list[Comparison]:
        """Compare R's runs with Python's, epoch by epoch."""
        comparisons: list[Comparison] = []
        if not self.file(project).is_file():
            return comparisons
        labs = read_labs(self.file(project))
        for entry in self.entries(project):
            lab = labs[entry.id]
            if not any(entry.table(project / "shared_figures", lane).is_file() for lane in ("python", "r-torch")):
                continue
            lanes = read_lanes(project, entry, partial(read_numbers, columns=LAB_NUMBERS))
            numbers = {
                name: dict(iter(lane.table.groupby(["run", "seed"])[LAB_NUMBERS])) for name, lane in lanes.items()
            }
            for name, lane in lanes.items():
                if name != "python":
                    for run, seed in product(lab.runs, lab.sizes[self.size].seeds):
                        left, right = (side.by(_method(run, self.size)) for side in (lane, lanes["python"]))
                        pair = [numbers[side].get((run.id, seed)) for side in (name, "python")]
                        result = self._compare_run(run, seed, left, right, pair)
                        path = f"{run.id}, seed {seed}"
                        comparisons.append(Comparison.of(entry.name, path, left, right, result))
        return comparisons

    def _compare_run(
        self, run: LabRun, seed: int, lane: Lane, reference: Lane, rows: Sequence[pd.DataFrame | None]
    ) -> dict[str, Any]:
        # A run that diverged in its first epoch has no row.
        numbers = [np.empty((0, len(LAB_NUMBERS))) if part is None else part.to_numpy() for part in rows]
        # Test data are measured once, at the end: the other rows have no number there.
        result = compare_series(numbers[0].ravel(), numbers[1].ravel(), "", LAB_BOUND, missing=True)
        if result["verdict"] == "differs":
            epoch, column = divmod(result["first_step"], len(LAB_NUMBERS))
            result |= {"first_step": epoch + 1, "detail": result["detail"] or LAB_NUMBERS[column]}
        ends = [side.record.get(status_key(run.id, seed), "not there") for side in (lane, reference)]
        if result["verdict"] == "agrees" and ends[0] != ends[1]:
            said = f"ended as '{ends[0]}' and '{ends[1]}'"
            result |= {"verdict": "differs", "first_step": len(numbers[1]) + 1, "detail": said}
        known = run.differs.get(self.size)
        if known and lane.lane == "r-torch":
            return expect_difference(result, known["reason"], known["begins"], known["at_most"])
        return result


def _method(run: LabRun, size: str) -> str:
    return str(run.settings[size].get("method", "optim"))
