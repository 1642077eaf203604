"""The same schedules through ``torch.optim.lr_scheduler``, and sequences of rates by hand and by the library."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.optim import lr_scheduler

from gradpath.accepted import at_least_zero
from gradpath.hyperparameters import require
from gradpath.refusals import refusal, user_failure
from gradpath.schedules.fields import check_fields, check_schedule
from gradpath.schedules.plateau import Plateau, plateau_schedule
from gradpath.schedules.schedules import Rate, make_schedule, schedule_parameters

Optimizer = torch.optim.Optimizer
Scheduler = lr_scheduler.LRScheduler | lr_scheduler.ReduceLROnPlateau


def make_scheduler(schedule: Mapping[str, Any] | Rate, opt: Optimizer) -> Scheduler:
    """Make the library's scheduler object for one of our schedules.

    Parameters
    ----------
    schedule : mapping or callable
        As :func:`gradpath.make_schedule` takes it, and ``{"name": "plateau", ...}``. A function of t gives the rate
        itself: the optimizer's own rate becomes 1, which the library multiplies by it.
    opt : torch.optim.Optimizer
        Each of its parameter groups starts from its own ``lr``.

    Returns
    -------
    torch.optim.lr_scheduler.LRScheduler or ReduceLROnPlateau
        Call its ``step()`` after the optimizer's; the plateau's takes the metric.

    Raises
    ------
    GradpathError
        As :func:`gradpath.make_schedule`.
    """
    if callable(schedule):
        for group in opt.param_groups:
            group["lr"] = 1.0
        return lr_scheduler.LambdaLR(opt, schedule)
    checked = check_schedule("make_scheduler()", schedule, schedule_parameters())
    name = checked.pop("name")
    return _MAKERS.get(name, _by_lambda(name))(opt, **checked)


def _by_lambda(name: str) -> Callable[..., Scheduler]:
    # The library has no object for these: its general one multiplies the optimizer's rate by our function's factor.
    def make(opt: Optimizer, **parameters: Any) -> Scheduler:
        rates = [(lr, make_schedule({"name": name, **parameters}, lr)) for lr in _starts(opt)]
        return lr_scheduler.LambdaLR(opt, [_factor_of(lr, rate) for lr, rate in rates])

    return make


def _factor_of(lr: float, rate: Rate) -> Rate:
    return lambda t: rate(t) / lr if lr > 0 else 1.0


def _starts(opt: Optimizer) -> list[float]:
    return [float(group.get("initial_lr", group["lr"])) for group in opt.param_groups]


def _warmup(opt: Optimizer, warmup: int, then: Any, start_factor: float) -> Scheduler:
    if start_factor == 0 or callable(then):
        # LinearLR refuses to start at 0, since it multiplies its way up.
        return _by_lambda("warmup")(opt, warmup=warmup, then=then, start_factor=start_factor)
    rise = lr_scheduler.LinearLR(opt, start_factor=start_factor, total_iters=warmup)
    with warnings.catch_warnings():
        # SequentialLR starts the second one by a call that the library itself calls deprecated.
        warnings.simplefilter("ignore", UserWarning)
        return lr_scheduler.SequentialLR(opt, [rise, make_scheduler(then, opt)], milestones=[warmup])


_MAKERS: dict[str, Callable[..., Scheduler]] = {
    "constant": lambda opt: lr_scheduler.ConstantLR(opt, factor=1.0, total_iters=0),
    "exponential": lr_scheduler.ExponentialLR,
    "step": lr_scheduler.StepLR,
    "multi_step": lr_scheduler.MultiStepLR,
    "polynomial": lambda opt, steps, power: lr_scheduler.PolynomialLR(opt, total_iters=steps, power=power),
    "cosine_periodic": lambda opt, half_period, lr_min: lr_scheduler.CosineAnnealingLR(opt, half_period, lr_min),
    "cosine_restarts": lambda opt, steps, growth, lr_min: lr_scheduler.CosineAnnealingWarmRestarts(
        opt, int(steps), int(growth), lr_min
    ),
    "warmup": _warmup,
    "one_cycle": lambda opt, steps, **shape: lr_scheduler.OneCycleLR(
        opt, max_lr=_starts(opt), total_steps=int(steps), cycle_momentum=False, **shape
    ),
    "chained": lambda opt, schedules: lr_scheduler.ChainedScheduler([make_scheduler(s, opt) for s in schedules]),
    "lambda": lambda opt, lr_lambda: lr_scheduler.LambdaLR(opt, lr_lambda),
    "plateau": lr_scheduler.ReduceLROnPlateau,
}


def step_scheduler(scheduler: Scheduler, metric: float | None = None) -> None:
    """Advance a scheduler by one step, with the metric if it wants one; a one-cycle schedule stays at its end."""
    if isinstance(scheduler, lr_scheduler.ReduceLROnPlateau):
        assert metric is not None
        scheduler.step(metric)
    elif not (isinstance(scheduler, lr_scheduler.OneCycleLR) and scheduler.last_epoch >= scheduler.total_steps - 1):
        scheduler.step()


class RateByHand:
    """The rate of a schedule by hand, advanced step by step like the library's object.

    Attributes
    ----------
    lr : float
        The rate to use now.
    """

    def __init__(self, where: str, schedule: Mapping[str, Any] | Rate, lr: float) -> None:
        self._where, self._t = where, 0
        self._plateau: Plateau | None = None
        if not callable(schedule) and schedule["name"] == "plateau":
            self._plateau = plateau_schedule(lr, **{k: v for k, v in schedule.items() if k != "name"})
            self.lr = lr
        else:
            self._rate = make_schedule(schedule, lr)
            self.lr = self._now()

    def step(self, metric: float | None = None) -> None:
        """Go on to the next step."""
        self._t += 1
        self.lr = self._plateau.step(metric) if self._plateau else self._now()

    def _now(self) -> float:
        return checked_rate(self._where, self._rate(self._t))


def checked_rate(where: str, rate: Any) -> float:
    """Return what a schedule gave, if it is a rate."""
    if not isinstance(rate, int | float) or isinstance(rate, bool) or not 0 <= rate < float("inf"):
        raise refusal(where, "schedule gave", rate, "a function that gives a finite number >= 0")
    return float(rate)


def guard_schedule(schedule: Any, where: str = "descend()") -> Any:
    """Return a schedule whose functions are named as the reader's own where they fail, or give no rate."""
    if callable(schedule):
        return lambda t: checked_rate(where, _call(where, schedule, t))
    if not isinstance(schedule, dict):
        return schedule
    guarded = dict(schedule)
    if callable(guarded.get("then")):
        then = guarded["then"]
        guarded["then"] = lambda t: checked_rate(where, _call(where, then, t))
    if callable(guarded.get("lr_lambda")):
        lr_lambda = guarded["lr_lambda"]
        guarded["lr_lambda"] = lambda t: _factor(where, _call(where, lr_lambda, t))
    return guarded


def _call(where: str, function: Callable[[int], Any], t: int) -> Any:
    try:
        value = function(t)
    except Exception as error:
        raise user_failure(f"{where}: schedule", error) from error
    # NumPy's numbers are numbers.
    return value.item() if isinstance(value, np.generic) else value


def _factor(where: str, value: Any) -> float:
    if not at_least_zero(value):
        raise refusal(where, "lr_lambda gave", value, "a function that gives a finite number >= 0")
    return float(value)


def schedule_rates(
    schedule: Mapping[str, Any] | Rate,
    lr: float,
    steps: int,
    method: str = "manual",
    metrics: Sequence[float] | None = None,
) -> list[float]:
    """Return the rates that a schedule gives to the first updates.

    Parameters
    ----------
    schedule : mapping or callable
        As :func:`gradpath.make_schedule` takes it, and ``{"name": "plateau", ...}``.
    lr : float
        The rate that it starts from.
    steps : int
        How many updates.
    method : {"manual", "optim"}
        Our function, or the library's scheduler driving an optimizer.
    metrics : list of float, optional
        What a plateau watches, one number per step: ``metrics[t]`` is known after update t.

    Returns
    -------
    list of float
        ``[rate at t = 0, rate at t = 1, ...]``, ``steps`` of them.

    Raises
    ------
    GradpathError
        For a bad schedule, and for a plateau without its metrics; one line.
    """
    where = "schedule_rates()"
    require(where, "steps", steps)
    require(where, "method", method)
    steps = int(steps)
    check_fields(where, lr=lr)
    watches = not callable(schedule) and check_schedule(where, schedule, schedule_parameters())["name"] == "plateau"
    if watches and (metrics is None or len(metrics) < steps):
        given = None if metrics is None else list(metrics)
        raise refusal(where, "metrics", given, f"one finite number per step, {steps} of them")
    known: Sequence[Any] = metrics if watches and metrics is not None else [None] * steps
    if steps == 0:
        return []
    # A schedule goes on only where an update follows.
    schedule = guard_schedule(schedule, where)
    if method == "manual":
        by_hand = RateByHand(where, schedule, lr)
        rates = [by_hand.lr]
        for t in range(steps - 1):
            by_hand.step(known[t])
            rates.append(by_hand.lr)
        return rates
    opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler = make_scheduler(schedule, opt)
    rates = [float(opt.param_groups[0]["lr"])]
    for t in range(steps - 1):
        opt.step()
        step_scheduler(scheduler, known[t])
        rates.append(float(opt.param_groups[0]["lr"]))
    return rates
