"""Compares numbers of two lanes: paths, series of rates or losses; and says how a declared difference is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

# float64: 1e-12 relative at every step. float32: 24 bits are 6e-8, and a path of some hundred steps may lose
# two digits of them. A path agrees if it is within its bound at every step before it diverges.
BOUNDS = {"float64": 1e-12, "float32": 1e-5}
NUMBERS = ["x1", "x2", "value"]


@dataclass(frozen=True)
class Lane:
    """One lane's numbers, and what made them.

    Attributes
    ----------
    lane : str
        ``"python"``, ``"r-torch"``, ``"r-pytorch"``, or what else the numbers are from.
    table : DataFrame
    computed : str
        What was computed where.
    record : dict of str to str
        What stands above the table.
    stale : str
        Empty, ``"stale"``, or ``"stale recording"`` for one that this machine cannot make again.
    method : str
        ``"manual"`` or ``"optim"``; empty while it holds both.
    """

    lane: str
    table: pd.DataFrame
    computed: str
    record: dict[str, str] = field(default_factory=dict)
    stale: str = ""
    method: str = ""

    @property
    def name(self) -> str:
        """As messages name it: ``"python-optim"``, ``"r-manual (torch)"``."""
        language, _, engine = self.lane.partition("-")
        if language not in ("python", "r"):
            return self.lane
        return f"{language}-{self.method}" + (f" ({engine})" if engine else "")

    def by(self, method: str) -> Lane:
        """Return its part by one method."""
        language, engine = self.record["language"], self.record["engine"]
        where = {
            "manual": f"rules and loops in {language}, each tensor operation by {engine}",
            "optim": f"loops in {language}, objects of {engine}",
        }[method]
        return replace(self, method=method, computed=where)


@dataclass
class Comparison:
    """One path, sequence, epoch or run of one lane against another.

    Attributes
    ----------
    figure, path : str
    lane, reference : str
        For example ``"r-optim (torch)"`` and ``"python-optim"``.
    verdict : str
        ``"agrees"``; ``"differs"``; ``"known"`` for a declared difference that is there, where and as large as
        declared; ``"stale"`` if one of the two was made from something else than the project is now, and
        ``"stale recording"`` if it was recorded with something that this machine lacks.
    values, bit_equal : int
        How many numbers were compared, and how many are equal to the last bit.
    max_abs, max_rel, bound : float
        The largest differences, and the relative one that is allowed.
    first_step : int or None
        Where the bound is first exceeded.
    left, right : float or None
        The two numbers there, of lane and reference.
    detail : str
        Which number, or why the verdict is what it is.
    lane_computed, reference_computed : str
        What computed the two, and where.
    """

    figure: str
    path: str
    lane: str
    reference: str
    verdict: str
    values: int
    bit_equal: int
    max_abs: float
    max_rel: float
    bound: float
    first_step: int | None
    left: float | None
    right: float | None
    detail: str
    lane_computed: str
    reference_computed: str

    @staticmethod
    def of(figure: str, path: str, lane: Lane, reference: Lane, result: dict[str, Any]) -> Comparison:
        """Put together what was compared and what came out; numbers of a stale table say nothing."""
        stale = [side for side in (lane, reference) if side.stale]
        if stale:
            verdict = max((side.stale for side in stale), key=["stale recording", "stale"].index)
            said = f"made from something else than the project is now: {', '.join(side.name for side in stale)}"
            result = result | {"verdict": verdict, "detail": said}
        names = (figure, path, lane.name, reference.name)
        return Comparison(*names, **result, lane_computed=lane.computed, reference_computed=reference.computed)


def pairs_of_lanes(lanes: dict[str, Lane]) -> Iterator[tuple[Lane, Lane]]:
    """Pair lanes, as :func:`read_lanes` gives them: by optim with by hand, and R with Python."""
    by_hand, by_optim = lanes["python"].by("manual"), lanes["python"].by("optim")
    yield by_optim, by_hand
    for name, r in lanes.items():
        if name != "python":
            yield r.by("manual"), by_hand
            yield r.by("optim"), by_optim
            yield r.by("optim"), r.by("manual")


def series_of(lane: Lane, key: str, name: str, number: str) -> np.ndarray:
    """Return one series of a lane: the numbers of the rows with this name in the column ``key``."""
    table = lane.table
    rows = table[(table[key].astype(str) == name) & (table["method"] == lane.method)]
    return rows[number].to_numpy()


def relative_differences(lane: pd.DataFrame, reference: pd.DataFrame) -> np.ndarray:
    """Return the relative difference of every number of two paths of equal length; shape (points, 3).

    A coordinate is measured against the larger of the point and the point before it (the numbers that the
    step was computed from), the value against the larger of 1 and itself. No difference is above 2.
    """
    a, b = lane[NUMBERS].to_numpy(), reference[NUMBERS].to_numpy()
    size = np.maximum(np.abs(a), np.abs(b))
    point = size[:, :2].max(axis=1)
    before = np.concatenate([point[:1], point[:-1]])
    scale = np.stack([np.maximum(point, before)] * 2 + [np.maximum(1.0, size[:, 2])], axis=1)
    return np.abs(a - b) / np.where(scale > 0, scale, 1.0)


def compare_paths(lane: pd.DataFrame, reference: pd.DataFrame, bound: float) -> dict[str, Any]:
    """Compare two paths; return the fields of :class:`Comparison` that follow from the numbers."""
    points = min(len(lane), len(reference))
    a, b = lane.iloc[:points], reference.iloc[:points]
    relative = relative_differences(a, b)
    left, right = a[NUMBERS].to_numpy(), b[NUMBERS].to_numpy()
    result = _measured(left, right, relative, bound)
    beyond = np.argwhere(~(relative <= bound))
    if len(beyond):
        row, column = map(int, beyond[0])
        numbers = {"left": float(left[row, column]), "right": float(right[row, column])}
        step = int(a["step"].iloc[row])
        return result | {"verdict": "differs", "first_step": step, "detail": NUMBERS[column]} | numbers
    if len(lane) != len(reference):
        said = f"one path ends after step {points - 1}, the other goes on"
        return result | {"verdict": "differs", "first_step": points, "detail": said}
    return result


def compare_series(
    lane: np.ndarray, reference: np.ndarray, what: str, bound: float, first: int = 0, missing: bool = False
) -> dict[str, Any]:
    """Compare two series; return the fields of :class:`Comparison` that follow from the numbers.

    Parameters
    ----------
    lane, reference : array of shape (steps,)
    what : str
        What the numbers are, for the detail.
    bound : float
        The relative difference that is allowed.
    first : int
        The number of the first step.
    missing : bool
        Whether both may lack a number at the same place (NaN there).
    """
    steps = min(len(lane), len(reference))
    a, b = lane[:steps], reference[:steps]
    if missing:
        both = np.isnan(a) & np.isnan(b)
        a, b = np.where(both, 0.0, a), np.where(both, 0.0, b)
    size = np.maximum(np.abs(a), np.abs(b))
    relative = np.abs(a - b) / np.where(size > 0, size, 1.0)
    result = _measured(a, b, relative, bound)
    if missing:
        result |= {"values": result["values"] - int(both.sum()), "bit_equal": result["bit_equal"] - int(both.sum())}
    beyond = np.flatnonzero(~(relative <= bound))
    if len(beyond):
        at = int(beyond[0])
        found = {"first_step": at + first, "left": float(a[at]), "right": float(b[at]), "detail": what}
        return result | {"verdict": "differs"} | found
    if len(lane) != len(reference):
        ends = {"first_step": steps + first, "detail": f"one series has {steps} numbers, the other more"}
        return result | {"verdict": "differs"} | ends
    return result


def _measured(a: np.ndarray, b: np.ndarray, relative: np.ndarray, bound: float) -> dict[str, Any]:
    return {
        "verdict": "agrees",
        "values": int(a.size),
        "bit_equal": int((a == b).sum()),
        "max_abs": float(np.abs(a - b).max(initial=0.0)),
        "max_rel": float(relative.max(initial=0.0)),
        "bound": bound,
        "first_step": None,
        "left": None,
        "right": None,
        "detail": "",
    }


def expect_difference(result: dict[str, Any], reason: str, begins: int, at_most: float) -> dict[str, Any]:
    """Turn the result of a comparison that is declared to differ: it must, from there on, and no further than so far.

    Parameters
    ----------
    result : dict
        As :func:`compare_paths` and :func:`compare_series` return it.
    reason : str
    begins : int
        The first step whose numbers may be beyond the bound.
    at_most : float
        The largest relative difference that may be.
    """
    if result["verdict"] != "differs":
        unused = f"declared to differ, and does not: {reason}; take the declaration away"
        return result | {"verdict": "differs", "detail": unused}
    if result["first_step"] < begins:
        early = f"declared to differ from step {begins} on: {reason}"
        return result | {"detail": early}
    if not result["max_rel"] <= at_most:
        return result | {"detail": f"declared to differ by at most {at_most:g}: {reason}"}
    return result | {"verdict": "known", "detail": reason}
