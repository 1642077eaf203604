"""Compares sequences of rates: by hand against the library, Python against R, both against recordings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradpath.agreement import Comparison
from gradpath.fingerprints import fingerprint, python_sources, r_sources
from gradpath.schedule_runs import Sequence, as_declared, read_schedules
from gradpath.tables import read_numbers, read_record

# Relative to the rate itself, at every step, live and recorded.
RATE_BOUND = 1e-12


@dataclass
class RateLane:
    """One lane's rates, by sequence; with its name, what made it, and whether its sources have changed since."""

    name: str
    rates: dict[str, np.ndarray]
    made_by: str
    stale: bool = False


def compare_rates(lane: np.ndarray, reference: np.ndarray, bound: float = RATE_BOUND) -> dict[str, Any]:
    """Compare two sequences; return the fields of :class:`gradpath.agreement.Comparison` that follow."""
    steps = min(len(lane), len(reference))
    a, b = lane[:steps], reference[:steps]
    absolute = np.abs(a - b)
    size = np.maximum(np.abs(a), np.abs(b))
    relative = absolute / np.where(size > 0, size, 1.0)
    result: dict[str, Any] = {
        "verdict": "agrees",
        "values": steps,
        "bit_equal": int((a == b).sum()),
        "max_abs": float(absolute.max(initial=0.0)),
        "max_rel": float(relative.max(initial=0.0)),
        "bound": bound,
        "first_step": None,
        "left": None,
        "right": None,
        "detail": "",
    }
    beyond = np.flatnonzero(~(relative <= bound))
    if len(beyond):
        first = int(beyond[0])
        found = {"first_step": first, "left": float(a[first]), "right": float(b[first]), "detail": "lr"}
        return result | {"verdict": "differs"} | found
    if len(lane) != len(reference):
        ends = {"first_step": steps, "detail": f"one sequence has {steps} rates, the other more"}
        return result | {"verdict": "differs"} | ends
    return result


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
    lanes = _read_lanes(project, sequence_declaration(file))
    recorded = _read_recorded(project / "shared_figures" / "recorded_torch" / "torch_schedules.csv")
    for entry in read_schedules(file).values():
        for lane, reference, left, right in _pairs(entry, lanes, recorded):
            result = compare_rates(left, right)
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


def _read_lanes(project: Path, declared: str) -> list[RateLane]:
    # Python's two lanes first, then two per R engine.
    lanes = []
    for name in ("python", "r-pytorch", "r-torch"):
        file = project / "shared_figures" / "schedules" / f"{name}.csv"
        if not file.is_file():
            continue
        record = read_record(file)
        language, _, engine = name.partition("-")
        sources = r_sources(project) if language == "r" else python_sources(project)
        stale = [record.get("declaration"), record.get("sources")] != [declared, sources]
        table = read_numbers(file, ["lr"])
        for method, rows in table.groupby("method", sort=False):
            rates = {str(k): r["lr"].to_numpy() for k, r in rows.groupby("schedule", sort=False)}
            suffix = f" ({engine})" if engine else ""
            made_by = f"{record['language']}, {record['engine']}"
            lanes.append(RateLane(f"{language}-{method}{suffix}", rates, made_by, stale))
    return lanes


def _read_recorded(file: Path) -> RateLane:
    table = read_numbers(file, ["lr"])
    rates = {str(k): r["lr"].to_numpy() for k, r in table.groupby("schedule", sort=False)}
    return RateLane("recorded {torch}", rates, file.read_text().partition("\n")[0].removeprefix("# recorded with "))


def _pairs(
    entry: Sequence, lanes: list[RateLane], recorded: RateLane
) -> Iterator[tuple[RateLane, RateLane, np.ndarray, np.ndarray]]:
    empty = np.array([])

    def pair(lane: RateLane, reference: RateLane) -> tuple[RateLane, RateLane, np.ndarray, np.ndarray]:
        return lane, reference, lane.rates.get(entry.id, empty), reference.rates.get(entry.id, empty)

    if not lanes:
        return
    by_hand, built_in, *r_lanes = lanes
    yield pair(built_in, by_hand)
    for r_hand, r_built_in in zip(r_lanes[::2], r_lanes[1::2], strict=True):
        yield pair(r_hand, by_hand)
        yield pair(r_built_in, built_in)
        yield pair(r_built_in, r_hand)
    if entry.recorded is not None:
        tape = RateLane(recorded.name, {entry.id: recorded.rates.get(entry.recorded, empty)}, recorded.made_by)
        yield pair(tape, built_in)
