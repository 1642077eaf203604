"""Runs a rule over a case and keeps all its numbers; what it does wrong on the way is a finding, not an error."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradpath.checks.rule_cases import Case
from gradpath.refusals import printable, user_failure

Rule = Callable[..., Any]
# Takes x, g, state and the number of the step, from 1.
Stepper = Callable[[Tensor, Tensor, Any, int], Any]
# So many first steps of a case are watched for changes in place.
WATCHED = 3


@dataclass(frozen=True)
class Change:
    """A change in place: at which step first, of which number (from 1) of how many, from what to what."""

    step: int
    number: int
    size: int
    before: float
    after: float


@dataclass
class Run:
    """What a rule did with a case.

    Attributes
    ----------
    points : list of array
        All numbers of x after each step, row by row.
    states : list of dict of str to array
        The numbers of each entry of the state after each step, where it has names.
    problem : str or None
        Why it stopped early, in one line.
    gives_no_state : bool
        It stopped since there was a point and no state.
    changed : dict of str to Change
        What of x, g and the state it changed in place, and how first.
    """

    points: list[np.ndarray] = field(default_factory=list)
    states: list[dict[str, np.ndarray]] = field(default_factory=list)
    problem: str | None = None
    gives_no_state: bool = False
    changed: dict[str, Change] = field(default_factory=dict)


class _Broken(Exception):
    """What the rule returned is no step."""


class _NoState(_Broken):
    """It returned a point alone."""


def run_rule(rule: Rule, case: Case, names: Sequence[str]) -> Run:
    """Run a rule of the reader's own over a case, with these hyperparameters of it.

    An object that can be called starts every case as it was given: what it keeps in itself is its own affair.
    """
    own = _fresh(rule)

    def step(x: Tensor, g: Tensor, state: Any, number: int) -> Any:
        known = case.at_step(number)
        return own(x, g, state, **{name: known[name] for name in names})

    return run_steps(step, case, watch=True)


def run_steps(stepper: Stepper, case: Case, until: int | None = None, watch: bool = False) -> Run:
    """Run steps over a case, or its first ones.

    After a point that is not finite, the next step starts from the first point: what comes then tells more than that
    nothing is a number any more.
    """
    run = Run()
    x, state = case.start.clone(), {}  # type: ignore[var-annotated]
    with torch.no_grad():
        for number, gradient in enumerate(case.gradients[:until], start=1):
            g = gradient.clone()
            watched = _numbers_of(x, gradient, state) if watch and number <= WATCHED else None
            try:
                given = state
                x_after, state = _taken_apart(stepper(x, g, state, number), case)
            except _Broken as broken:
                run.problem = f"step {number}: {broken}"
                run.gives_no_state = isinstance(broken, _NoState)
                return run
            except Exception as error:
                run.problem = str(user_failure(f"step {number}", error, "failed"))
                return run
            if watched:
                _watch(run, number, watched, _numbers_of(x, g, given))
            run.points.append(_numbers(x_after))
            run.states.append(_named_numbers(state))
            x = x_after.detach().clone() if torch.isfinite(x_after).all() else case.start.clone()
    return run


def _fresh(rule: Rule) -> Rule:
    try:
        return copy.deepcopy(rule)
    except Exception:
        return rule


def _taken_apart(returned: Any, case: Case) -> tuple[Tensor, Any]:
    if isinstance(returned, Tensor):
        raise _NoState("returned a point alone; return x and state")
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        raise _Broken(f"returned {_kind(returned)}; return x and state")
    x, state = returned
    if not isinstance(x, Tensor):
        raise _Broken(f"returned {_kind(x)} as x; return a tensor")
    if x.shape != case.start.shape:
        raise _Broken(f"returned x of shape {_shape(x)} in place of {_shape(case.start)}")
    if x.dtype != case.start.dtype:
        raise _Broken(f"returned x as {_dtype(x)} in place of {_dtype(case.start)}")
    # None is no state; the next call begins anew, as after an empty one.
    return x, {} if state is None else state


def _kind(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"{len(value)} values"
    return "nothing" if value is None else printable(type(value).__name__)


def _shape(x: Tensor) -> str:
    return "(" + ", ".join(str(n) for n in x.shape) + ")"


def _dtype(x: Tensor) -> str:
    return str(x.dtype).removeprefix("torch.")


def _numbers(value: Any) -> np.ndarray:
    if isinstance(value, Tensor):
        return value.detach().to(torch.float64).reshape(-1).cpu().numpy().copy()
    return np.array([float(value)])


def _named_numbers(state: Any) -> dict[str, np.ndarray]:
    if not isinstance(state, Mapping):
        return {}
    return {str(name): _numbers(value) for name, value in state.items() if _has_numbers(value)}


def _has_numbers(value: Any) -> bool:
    if isinstance(value, Tensor):
        return value.layout == torch.strided and not value.is_complex()
    return isinstance(value, int | float)


def _numbers_of(x: Tensor, g: Tensor, state: Any) -> dict[str, np.ndarray]:
    tensors = state.items() if isinstance(state, Mapping) else ()
    named = {f"state's {name}": _numbers(value) for name, value in tensors if isinstance(value, Tensor)}
    return {"x": _numbers(x), "g": _numbers(g)} | named


def _watch(run: Run, step: int, before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> None:
    for name, old in before.items():
        new = after.get(name)
        if new is None or new.shape != old.shape or name in run.changed:
            continue
        other = np.flatnonzero((new != old) & ~(np.isnan(new) & np.isnan(old)))
        if len(other):
            k = int(other[0])
            run.changed[name] = Change(step, k + 1, len(old), float(old[k]), float(new[k]))
