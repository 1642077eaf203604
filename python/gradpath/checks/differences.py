"""How far two runs of a case are apart, where first, and which classic mistakes come to the same numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from gradpath.checks.mistaken_steps import Switches, mistaken_step
from gradpath.checks.mistakes import MISTAKES
from gradpath.checks.rule_cases import Case
from gradpath.checks.rule_runs import Run, run_steps

# Largest difference of a number, relative to the largest that it has been, up to which two rules are the same one
# written in two ways. Rounding in another order stays far below, every classic mistake far above.
TOLERANCE = {"float64": 1e-9, "float32": 1e-4}
# A variant is run in full only if its first steps come to the same numbers.
FIRST_STEPS = 2


@dataclass(frozen=True)
class Difference:
    """The first number that is another one than ours.

    Attributes
    ----------
    case : int
        From 1.
    case_is : str
        What the case is.
    step : int
        From 1.
    quantity : str
        ``"x"``, or an entry of the state that both have.
    number, size : int
        Which of its numbers, from 1 and row by row, of how many.
    got, expected : float
    x_step, x_got, x_expected : int, float, float
        The same for x, which may part later than the state.
    """

    case: int
    case_is: str
    step: int
    quantity: str
    number: int
    size: int
    got: float
    expected: float
    x_step: int
    x_got: float
    x_expected: float


def distances(run: Sequence[np.ndarray], ours: Sequence[np.ndarray], start: np.ndarray | None = None) -> np.ndarray:
    """Return how far the numbers of one quantity are apart at each step, relative to the largest that ours have been.

    Returns
    -------
    array of shape (steps, size)
        0 where neither is finite, infinite where one is not.
    """
    steps = min(len(run), len(ours))
    if not steps:
        return np.zeros((0, 0))
    a, b = np.stack(run[:steps]), np.stack(ours[:steps])
    known = np.where(np.isfinite(b), np.abs(b), 0.0)
    if start is not None:
        known = np.maximum(known, np.abs(start))
    scale = np.maximum.accumulate(known, axis=0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        far = np.abs(a - b) / scale
    far[a == b] = 0.0
    finite = np.isfinite(a), np.isfinite(b)
    far[~finite[0] & ~finite[1]] = 0.0
    far[finite[0] != finite[1]] = np.inf
    return far


def distances_of_x(case: Case, run: Run, ours: Run) -> np.ndarray:
    """Return how far the points of two runs are apart, as :func:`distances` does."""
    return distances(run.points, ours.points, case.start.double().reshape(-1).numpy())


def first_difference(case: Case, run: Run, ours: Run) -> Difference | None:
    """Return where a run parts from ours first, in x or by then in the state; None if x never does."""
    tolerance = TOLERANCE[case.dtype]
    x = _first_beyond(distances_of_x(case, run, ours), tolerance)
    if x is None:
        return None
    at, what, k, got, expected = x[0], "x", x[1], run.points, ours.points
    for name, entries in shared_entries(run, ours).items():
        entry = _first_beyond(distances(*entries), tolerance)
        if entry and (entry[0] < at or (entry[0] == at and what == "x")):
            at, k = entry
            what, (got, expected) = name, entries
    return Difference(
        case.number, case.words(), at + 1, what, k + 1, len(got[at]), float(got[at][k]), float(expected[at][k]),
        x[0] + 1, float(run.points[x[0]][x[1]]), float(ours.points[x[0]][x[1]]),
    )  # fmt: skip


def shared_entries(run: Run, ours: Run) -> dict[str, tuple[list[np.ndarray], list[np.ndarray]]]:
    """Return the numbers of the entries of the state that both runs have under one name, and of one size."""
    found = {}
    for name in ours.states[0] if ours.states else ():
        entries = [state.get(name) for state in run.states]
        own = [state[name] for state in ours.states]
        if entries and all(e is not None and e.shape == own[0].shape for e in entries):
            found[name] = ([e for e in entries if e is not None], own)
    return found


def _first_beyond(far: np.ndarray, tolerance: float) -> tuple[int, int] | None:
    beyond = np.argwhere(far > tolerance)
    return (int(beyond[0][0]), int(beyond[0][1])) if len(beyond) else None


def equal_mistakes(like: str, cases: Sequence[Case], runs: Sequence[Run]) -> list[str]:
    """Return the classic mistakes of a rule that come to the numbers of these runs in every case."""
    return [
        mistake.name
        for mistake in MISTAKES.values()
        if any(_is_reproduced(like, switches, cases, runs) for switches in mistake.variants.get(like, ()))
    ]


def _is_reproduced(like: str, switches: Switches, cases: Sequence[Case], runs: Sequence[Run]) -> bool:
    for until in (FIRST_STEPS, None):
        for case, run in zip(cases, runs, strict=True):
            far = distances_of_x(case, run, run_mistake(like, switches, case, until))
            if (far > TOLERANCE[case.dtype]).any():
                return False
    return True


def run_mistake(like: str, switches: Switches, case: Case, until: int | None = None) -> Run:
    """Run a rule with switches that make it wrong over a case, or over its first steps."""

    def step(x: Tensor, g: Tensor, state: Mapping[str, Any], number: int) -> Any:
        return mistaken_step(like, switches, x, g, dict(state), case.at_step(number))

    return run_steps(step, case, until)
