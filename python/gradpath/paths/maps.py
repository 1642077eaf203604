"""Maps of how many steps an optimizer needs, over the values of two hyperparameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from gradpath.accepted import is_number
from gradpath.hyperparameters import check_hyperparameters, require, require_hyperparameter
from gradpath.refusals import refusal
from gradpath.rules.own_rule import OwnRule, as_rule
from gradpath.rules.rule import Rule, State
from gradpath.surfaces import get_surface
from gradpath.surfaces.surface import Surface


def steps_to_reach(
    surface: str | Surface | Callable[[Tensor], Tensor],
    start: Sequence[float],
    optimizer: str | Callable[..., Any],
    steps: int,
    within: float = 0.01,
    bottom: float | None = None,
    **hyperparameters: Any,
) -> pd.DataFrame:
    """Count the steps to the minimum for every combination of hyperparameters, all as one run.

    The update rules take tensors of any shape. So the runs are the rows of one tensor of points, the
    hyperparameters are columns beside it, and a run that explodes does so in its own row.

    Parameters
    ----------
    surface : str, Surface or callable
        A name of :func:`gradpath.surface_names`, or a function that takes a tensor of points of shape (n, 2) and
        returns their values as a tensor of shape (n,).
    start : two finite numbers
    optimizer : str or callable
        A name of :func:`gradpath.optimizer_names`; its rule by hand is used, in float64 on the CPU. Or a rule of
        one's own, as :func:`gradpath.descend` takes it: ``x`` and ``g`` have the shape (n, 2), and what is given as
        a list reaches it as a tensor of shape (n, 1).
    steps : int
        How many updates each run may take.
    within : float
        A run has arrived when its value is less than this above the bottom.
    bottom : float, optional
        The lowest value; that at the surface's first minimum if left out.
    **hyperparameters
        A number each, or a list of numbers, whose every combination is a run; defaults as in
        :mod:`gradpath.rules`.

    Returns
    -------
    pandas.DataFrame
        One row per run, the last list running fastest: a column for every hyperparameter that was given as a list;
        ``steps`` (float64), after how many steps the value has arrived *for good*, that is, up to the last step,
        and infinity where it has not; ``status``: ``"reached"``, ``"not reached"``, or ``"diverged"`` for a run
        that ends higher than it began, or as no number. ``attrs`` has surface, start, optimizer, steps, within,
        bottom, hyperparameters; with a rule of one's own also ``rule_source``.

    Raises
    ------
    GradpathError
        Bad input; one line.

    Examples
    --------
    >>> counts = steps_to_reach("isotropic_paraboloid", (6, 6), "sgd", 50, lr=[0.5, 2.5, 5.1])
    >>> counts.steps.tolist(), counts.status.tolist()
    ([17.0, 1.0, inf], ['reached', 'reached', 'diverged'])
    """
    where = "steps_to_reach()"
    surface = get_surface(surface) if isinstance(surface, str) else surface
    require(where, "start", list(start) if isinstance(start, Sequence | np.ndarray) else start)
    rule = as_rule(where, optimizer)
    require(where, "steps", steps)
    steps = int(steps)
    if not is_number(within) or within <= 0:
        raise refusal(where, "within", within, "a finite number > 0")
    bottom = _bottom_of(where, surface, bottom)
    columns, checked = _all_combinations(where, rule, hyperparameters)
    runs = len(next(iter(columns.values()))) if columns else 1
    # Columns, so that each row of the points has its own.
    broadcast = {name: torch.tensor(values, dtype=torch.float64).reshape(-1, 1) for name, values in columns.items()}
    point = torch.tensor([float(s) for s in start], dtype=torch.float64)
    values = _values_of(surface, point.repeat(runs, 1), rule, steps, checked | broadcast)

    # Whatever is no number is not below anything, so it counts as not there.
    there = values - bottom < within
    numbers = np.arange(1, steps + 2).reshape(-1, 1)
    count = np.where(there, 0, numbers).max(axis=0)
    reached = count <= steps
    diverged = ~(values[-1] <= values[0])
    table = pd.DataFrame(columns)
    table["steps"] = np.where(reached, count, np.inf)
    table["status"] = np.where(reached, "reached", np.where(diverged, "diverged", "not reached"))
    table.attrs = {
        "surface": getattr(surface, "name", "function"),
        "start": [float(s) for s in start],
        "optimizer": rule.name,
        "steps": steps,
        "within": within,
        "bottom": bottom,
        "hyperparameters": checked | columns,
    }
    if isinstance(rule, OwnRule):
        table.attrs["rule_source"] = rule.source
    return table


def _values_of(
    surface: Callable[[Tensor], Tensor], x: Tensor, rule: Rule, steps: int, hyperparameters: Mapping[str, Any]
) -> np.ndarray:
    """Return the values of all runs at every step, as an array of shape (steps + 1, runs)."""
    update, state = rule.step, State()
    values = []
    for _ in range(steps):
        x.requires_grad_()
        value = surface(x)
        values.append(value.detach())
        # The gradient of the sum has the gradient of each run in its own row: no run depends on another.
        (g,) = torch.autograd.grad(value.sum(), x)
        with torch.no_grad():
            x, state = update(x, g, state, **hyperparameters)
    values.append(surface(x).detach())
    return torch.stack(values).numpy()


def _all_combinations(
    where: str, rule: Rule, given: Mapping[str, Any]
) -> tuple[dict[str, list[float]], dict[str, Any]]:
    """Split hyperparameters into lists, stretched to every combination, and single values, all of them checked."""
    lists, single = {}, {}
    for name, value in given.items():
        if not isinstance(value, Sequence | np.ndarray) or isinstance(value, str):
            single[name] = value
            continue
        if len(value) == 0:
            raise refusal(where, name, list(value), "a number or a list of numbers")
        lists[name] = [float(one) if isinstance(one, np.floating | np.integer) else one for one in value]
    first = {name: values[0] for name, values in lists.items()}
    checked = check_hyperparameters(where, rule, single | first)
    for name, values in lists.items():
        for value in values:
            if not is_number(value):
                raise refusal(where, name, value, "a number or a list of numbers")
            require_hyperparameter(where, rule, name, value)
    stretched = list(zip(*product(*lists.values()), strict=True)) if lists else []
    columns = {name: [float(v) for v in values] for name, values in zip(lists, stretched, strict=True)}
    return columns, {name: value for name, value in checked.items() if name not in columns}


def _bottom_of(where: str, surface: Any, bottom: float | None) -> float:
    if bottom is None and isinstance(surface, Surface) and surface.minima:
        return surface(torch.tensor(surface.minima[0], dtype=torch.float64)).item()
    if bottom is None or not is_number(bottom):
        raise refusal(where, "bottom", bottom, "a finite number, the lowest value of the surface")
    return float(bottom)
