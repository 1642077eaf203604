"""Compares series of numbers, one per step: the lanes' tables, their pairs, and how far two series agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradpath.fingerprints import python_sources, r_sources
from gradpath.tables import read_numbers, read_record


@dataclass
class SeriesLane:
    """One lane's series, by id; with its name, what made it, and whether its sources have changed since."""

    name: str
    series: dict[str, np.ndarray]
    made_by: str
    stale: bool = False


def compare_series(
    lane: np.ndarray, reference: np.ndarray, what: str, bound: float, first: int = 0
) -> dict[str, Any]:
    """Compare two series; return the fields of :class:`gradpath.agreement.Comparison` that follow.

    Parameters
    ----------
    lane, reference : array of shape (steps,)
    what : str
        What the numbers are, for the detail.
    bound : float
        The relative difference that is allowed.
    first : int
        The number of the first step.
    """
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
        at = int(beyond[0])
        found = {"first_step": at + first, "left": float(a[at]), "right": float(b[at]), "detail": what}
        return result | {"verdict": "differs"} | found
    if len(lane) != len(reference):
        ends = {"first_step": steps + first, "detail": f"one series has {steps} numbers, the other more"}
        return result | {"verdict": "differs"} | ends
    return result


def read_series_lanes(
    project: Path, name: str, key: str, number: str, declared: str, makers: tuple[str, ...]
) -> list[SeriesLane]:
    """Read the tables in ``shared_figures/<name>``: Python's two lanes first, then two per R engine.

    Parameters
    ----------
    project : Path
    name : str
        Of the folder.
    key, number : str
        The columns that hold the id of a series and its numbers.
    declared : str
        The fingerprint of the declaration as it is now.
    makers : tuple of str
        The files of code that decide the numbers.
    """
    lanes = []
    for lane in ("python", "r-pytorch", "r-torch"):
        file = project / "shared_figures" / name / f"{lane}.csv"
        if not file.is_file():
            continue
        record = read_record(file)
        language, _, engine = lane.partition("-")
        sources = (r_sources if language == "r" else python_sources)(project, makers)
        stale = [record.get("declaration"), record.get("sources")] != [declared, sources]
        table = read_numbers(file, [number])
        for method, rows in table.groupby("method", sort=False):
            series = {str(k): r[number].to_numpy() for k, r in rows.groupby(key, sort=False)}
            suffix = f" ({engine})" if engine else ""
            made_by = f"{record['language']}, {record['engine']}"
            lanes.append(SeriesLane(f"{language}-{method}{suffix}", series, made_by, stale))
    return lanes


def pairs_of_lanes(lanes: list[SeriesLane]) -> Iterator[tuple[SeriesLane, SeriesLane]]:
    """Pair lanes, as :func:`read_series_lanes` gives them: by optim with by hand, and R with Python."""
    if not lanes:
        return
    by_hand, by_optim, *r_lanes = lanes
    yield by_optim, by_hand
    for r_hand, r_optim in zip(r_lanes[::2], r_lanes[1::2], strict=True):
        yield r_hand, by_hand
        yield r_optim, by_optim
        yield r_optim, r_hand
