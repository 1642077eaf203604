"""Compares sequences of rates: by hand against the library, Python against R, both against recordings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gradpath.agreement import Comparison
from gradpath.fingerprints import NUMBER_MAKERS, fingerprint
from gradpath.schedule_runs import Sequence, as_declared, read_schedules
from gradpath.series_agreement import SeriesLane, compare_series, pairs_of_lanes, read_series_lanes
from gradpath.tables import read_numbers

# Relative to the rate itself, at every step, live and recorded.
RATE_BOUND = 1e-12


def check_schedules(project: Path) -> list[Comparison]:
    """Compare every lane of every declared sequence, from the tables in ``shared_figures/schedules``.

    Returns
    -------
    list of Comparison
        Under the figure ``"schedules"``, the sequence's id as path; empty where no sequences are declared.
    """
    file = project / "shared_figures" / "schedules.yaml"
    if not file.is_file():
        return []
    comparisons = []
    lanes = read_series_lanes(project, "schedules", "schedule", "lr", sequence_declaration(file), NUMBER_MAKERS)
    recorded = _read_recorded(project / "shared_figures" / "recorded_torch" / "torch_schedules.csv")
    empty = np.array([])
    for entry in read_schedules(file).values():
        for lane, reference in _pairs(entry, lanes, recorded):
            left, right = lane.series.get(entry.id, empty), reference.series.get(entry.id, empty)
            result = compare_series(left, right, "lr", RATE_BOUND)
            if lane.stale or reference.stale:
                result |= {"verdict": "stale", "detail": "computed from other sources; run it again"}
            made_by = f"{lane.made_by} | {reference.made_by}"
            comparisons.append(
                Comparison("schedules", entry.id, lane.name, reference.name, engines=made_by, **result)
            )
    return comparisons


def sequence_declaration(file: Path) -> str:
    """Return the fingerprint of what decides the numbers of all sequences."""
    return fingerprint([as_declared(entry) for entry in read_schedules(file).values()])


def _read_recorded(file: Path) -> SeriesLane:
    table = read_numbers(file, ["lr"])
    rates = {str(k): r["lr"].to_numpy() for k, r in table.groupby("schedule", sort=False)}
    return SeriesLane("recorded {torch}", rates, file.read_text().partition("\n")[0].removeprefix("# recorded with "))


def _pairs(entry: Sequence, lanes: list[SeriesLane], recorded: SeriesLane) -> Iterator[tuple[SeriesLane, SeriesLane]]:
    yield from pairs_of_lanes(lanes)
    if entry.recorded is not None and lanes:
        rates = recorded.series.get(entry.recorded, np.array([]))
        yield SeriesLane(recorded.name, {entry.id: rates}, recorded.made_by), lanes[1]
