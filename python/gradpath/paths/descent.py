"""descend(): one path of one optimizer down one surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from gradpath.devices import as_device
from gradpath.hyperparameters import check_has_rate, check_hyperparameters, require
from gradpath.optimizers import seed_state
from gradpath.own_optimizer import optimizer_of
from gradpath.paths.noise import gradient_noise
from gradpath.paths.objectives import gradient_at, leave_gradient, value_at
from gradpath.refusals import is_one_of, one_of, refusal
from gradpath.rules.own_rule import OwnRule, as_rule
from gradpath.rules.rule import Rule, Step
from gradpath.schedules.fields import check_path_schedule
from gradpath.schedules.library import RateByHand, Scheduler, guard_schedule, make_scheduler, step_scheduler
from gradpath.schedules.schedules import Rate, schedule_parameters
from gradpath.surfaces import SURFACES, surface_names
from gradpath.surfaces.own_surface import check_arity
from gradpath.surfaces.surface import Surface

Objective = Callable[[Tensor], Tensor]
# From a point, its value, the noise, and whether an update follows: only then does a schedule go on.
Advance = Callable[[Tensor, Tensor, Tensor | None, bool], Tensor]
Schedule = Mapping[str, Any] | Rate
DTYPES = {"float64": torch.float64, "float32": torch.float32}


def descend(
    surface: str | Surface | Objective,
    start: Sequence[float],
    optimizer: str | Callable[..., Any],
    steps: int,
    method: str = "manual",
    dtype: str = "float64",
    device: str = "cpu",
    schedule: Schedule | None = None,
    noise: float = 0.0,
    seed: int = 0,
    **hyperparameters: Any,
) -> pd.DataFrame:
    """Descend a surface from a starting point and return the path.

    Parameters
    ----------
    surface : str, Surface or callable
        A name of :func:`gradpath.surface_names`, or a function that takes a tensor of shape (2,) and returns
        the value there as a tensor of one element, made of operations that autograd can differentiate.
    start : two finite numbers
    optimizer : str or callable
        ``"sgd"``, ``"momentum"``, ``"nesterov"``, ``"adagrad"``, ``"rmsprop"``, ``"adam"`` or ``"adamw"``; or a rule
        of one's own: a function of ``x``, ``g``, ``state`` and hyperparameters that gives the next x and state, as
        the functions in :data:`gradpath.UPDATE_RULES` do. Its hyperparameters are those of its signature; one that
        is called like an argument of this function keeps its default.
    steps : int
        How many updates; 0 to 1,000,000.
    method : {"manual", "optim"}
        The update rule written out, or the library's optimizer object; for a rule of one's own the object is that
        of :func:`gradpath.as_optimizer`.
    dtype : {"float64", "float32"}
    device : str
        ``"cpu"``, ``"cuda"`` or ``"cuda:N"``.
    schedule : mapping or callable, optional
        ``{"name": "cosine", "steps": 40}``, as :func:`gradpath.make_schedule` takes it, starting from ``lr``; or
        ``{"name": "plateau", ...}``, which watches the value at the points; or a function of the step, from 0, that
        gives the rate itself. The rate at step t leads from point t to point t + 1.
    noise : float
        Standard deviation of the normal noise that is added to both coordinates of every gradient.
    seed : int
        Where the noise starts; the same noise in both languages.
    **hyperparameters
        ``lr``, ``momentum``, ``alpha``, ``beta1``, ``beta2``, ``eps``, ``weight_decay``, ``init``,
        ``bias_correction``, as the optimizer has them; defaults as in :mod:`gradpath.rules`. A rule of one's own
        takes numbers, texts, True and False.

    Returns
    -------
    pandas.DataFrame
        One row per point, the start included: ``step`` (int), ``x1``, ``x2``, ``value`` (float64, holding
        numbers of ``dtype``). ``attrs`` has surface, start, optimizer, hyperparameters, method, language,
        engine, engine_version, dtype, device, schedule, noise, seed and status:
        ``"finished"``, or ``"diverged at step k"`` when step k was no longer finite; the table then stops before it.
        With a rule of one's own, optimizer is the function's name (``"function"`` if it has none), and
        ``rule_source`` the first 16 digits of the SHA-256 of its source text, None where that cannot be had.

    Raises
    ------
    GradpathError
        Bad input; one line.

    Examples
    --------
    >>> path = descend("isotropic_paraboloid", start=(6, 6), optimizer="sgd", steps=1, lr=2.5)
    >>> path.x1.tolist()
    [6.0, 0.0]
    """
    objective, name = _as_objective(surface)
    require("descend()", "start", _as_list(start))
    rule = as_rule("descend()", optimizer)
    for field, given in (("steps", steps), ("method", method), ("dtype", dtype)):
        require("descend()", field, given)
    # 40.0 is as whole as 40.
    steps = int(steps)
    require("descend()", "noise", noise)
    require("descend()", "seed", seed)
    checked = _in_floats(check_hyperparameters("descend()", rule, hyperparameters))
    check_has_rate("descend()", rule, schedule)
    schedule = check_path_schedule("descend()", schedule, steps, schedule_parameters())
    x = torch.tensor([float(s) for s in start], dtype=DTYPES[dtype], device=as_device("descend()", device))
    make_advance = _by_hand if method == "manual" else _by_optim
    advance = make_advance(rule, checked, guard_schedule(schedule) if steps else None)
    drawn = gradient_noise(steps, noise, int(seed)).to(x) if noise > 0 and steps > 0 else None

    points: list[list[float]] = []
    status = "finished"
    x.requires_grad_()
    for step in range(steps + 1):
        value = value_at(objective, x, differentiable=step < steps)
        row = [*x.tolist(), value.item()]
        if not np.isfinite(row).all():
            status = f"diverged at step {step}"
            break
        points.append(row)
        if step < steps:
            x = advance(x, value, None if drawn is None else drawn[step], step + 1 < steps)

    path = pd.DataFrame(np.array(points).reshape(-1, 3), columns=["x1", "x2", "value"])
    path.insert(0, "step", np.arange(len(path)))
    path.attrs = {
        "surface": name,
        "start": [float(s) for s in start],
        "optimizer": rule.name,
        "hyperparameters": checked,
        "method": method,
        "language": "python",
        "engine": "torch",
        "engine_version": str(torch.__version__),
        "dtype": dtype,
        "device": device,
        "schedule": schedule,
        "noise": noise,
        "seed": seed,
        "status": status,
    }
    if isinstance(rule, OwnRule):
        path.attrs["rule_source"] = rule.source
    return path


def _by_hand(rule: Rule, hyperparameters: dict[str, Any], schedule: Schedule | None) -> Advance:
    update: Callable[..., Step] = rule.step
    state: dict[str, Any] = {}
    rate = RateByHand("descend()", schedule, hyperparameters["lr"]) if schedule else None

    def advance(x: Tensor, value: Tensor, drawn: Tensor | None, more: bool) -> Tensor:
        nonlocal state
        g = gradient_at(value, x)
        g = g if drawn is None else g + drawn
        now = hyperparameters | {"lr": rate.lr} if rate else hyperparameters
        with torch.no_grad():
            x, state = update(x, g, state, **now)
        if rate and more:
            rate.step(value.item())
        return x.requires_grad_()

    return advance


def _by_optim(rule: Rule, hyperparameters: dict[str, Any], schedule: Schedule | None) -> Advance:
    opt: torch.optim.Optimizer | None = None
    scheduler: Scheduler | None = None

    def advance(x: Tensor, value: Tensor, drawn: Tensor | None, more: bool) -> Tensor:
        nonlocal opt, scheduler
        first = opt is None
        if opt is None:
            opt = optimizer_of("descend()", rule, [x], hyperparameters)
            scheduler = make_scheduler(schedule, opt) if schedule else None
        opt.zero_grad()
        leave_gradient(value, x)
        if drawn is not None and x.grad is not None:
            x.grad.add_(drawn)
        if first:
            seed_state(opt, hyperparameters.get("init", "zero"), hyperparameters.get("bias_correction", True))
        opt.step()
        if scheduler and more:
            step_scheduler(scheduler, value.item())
        return x

    return advance


def _as_list(start: Any) -> Any:
    if isinstance(start, str) or not isinstance(start, Sequence | np.ndarray):
        return start
    if isinstance(start, np.ndarray) and start.ndim == 0:
        return start
    # Only the first of a long range are needed to refuse it.
    return list(start) if len(start) == 2 else list(start[:1000])


def _in_floats(hyperparameters: dict[str, Any]) -> dict[str, Any]:
    # NumPy's numbers have a precision of their own, and the library takes no longer whole numbers than these.
    def plain(value: Any) -> Any:
        return float(value) if isinstance(value, np.number) or (type(value) is int and value > 2**53) else value

    return {name: plain(value) for name, value in hyperparameters.items()}


def _as_objective(surface: Any) -> tuple[Objective, str]:
    if isinstance(surface, Surface):
        return surface, surface.name
    if is_one_of(surface, surface_names()):
        return SURFACES[surface], surface
    if callable(surface):
        check_arity("descend()", surface)
        return surface, getattr(surface, "__name__", type(surface).__name__)
    raise refusal("descend()", "surface", surface, one_of(surface_names()) + ", or a function")
