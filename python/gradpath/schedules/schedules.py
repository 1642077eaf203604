"""Learning-rate schedules by hand: each a pure function of the step, written to be read beside its formula.

The step t counts from 0: the first update uses the rate at t = 0, which is ``lr`` itself unless said otherwise,
and the rate at t is the one that leads from point t to point t + 1. One step is whatever the caller counts, an
epoch or a batch; where a schedule is usually counted in one of the two, it says so. The only schedule that is
not a function of t waits for a metric: see :mod:`gradpath.schedules.plateau`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradpath.refusals import one_of, refusal
from gradpath.schedules.fields import check_fields, check_rise, check_schedule, check_warmup
from gradpath.schedules.plateau import plateau_schedule

Rate = Callable[[int], float]


def constant_schedule(t: int, lr: float) -> float:
    """Keep the same rate at every step: lr.

    Epoch or batch: no matter. Source: none needed; it is what every other schedule is compared with.
    """
    check_fields("constant_schedule()", t=t, lr=lr)
    return lr


def exponential_schedule(t: int, lr: float, gamma: float) -> float:
    """Shrink by the same factor at every step: lr gamma^t.

    Usually per epoch. Source: Senior et al. (2013), exponential scheduling.
    """
    check_fields("exponential_schedule()", t=t, lr=lr, gamma=gamma)
    # lr gamma^t
    return lr * gamma**t


def gamma_for(lr: float, lr_final: float, epochs: int) -> float:
    """Return the gamma with which the exponential schedule is at ``lr_final`` after ``epochs`` steps.

    gamma = (lr_final / lr)^(1 / epochs); at t = epochs the rate is lr_final.
    """
    check_fields("gamma_for()", lr=lr, lr_final=lr_final, epochs=epochs)
    if lr_final > lr:
        raise refusal("gamma_for()", "lr_final", lr_final, "a number <= lr")
    return (lr_final / lr) ** (1 / epochs)


def step_schedule(t: int, lr: float, step_size: int, gamma: float = 0.1) -> float:
    """Drop by a factor every so many steps: lr gamma^floor(t / step_size).

    The first drop is at t = step_size. Usually per epoch. Source: Ge et al. (2019), algorithm 1.
    """
    check_fields("step_schedule()", t=t, lr=lr, step_size=step_size, gamma=gamma)
    # lr gamma^floor(t / step_size)
    return lr * gamma ** (t // step_size)


def multi_step_schedule(t: int, lr: float, milestones: Sequence[int], gamma: float = 0.1) -> float:
    """Drop by a factor at each milestone: lr gamma^(number of milestones <= t).

    The rate at t = milestone is already the lower one. Usually per epoch. Source: He et al. (2016), section 4.2.
    """
    check_fields("multi_step_schedule()", t=t, lr=lr, milestones=milestones, gamma=gamma)
    passed = sum(milestone <= t for milestone in milestones)
    # lr gamma^passed
    return lr * gamma**passed


def factor_schedule(t: int, lr: float, factor: float, lr_min: float = 0.0) -> float:
    """Shrink by a factor at every step, but not below a floor: max(lr_min, lr factor^t).

    Per epoch or batch. Source: Zhang et al., Dive into Deep Learning, section on learning rate scheduling.
    """
    check_fields("factor_schedule()", t=t, lr=lr, factor=factor, lr_min=lr_min)
    # max(lr_min, lr factor^t)
    return max(lr_min, lr * factor**t)


def inverse_sqrt_schedule(t: int, lr: float) -> float:
    """Shrink as one over the root of the step: lr / sqrt(t + 1).

    Usually per batch. Source: Zinkevich (2003), theorem 1, where steps count from 1.
    """
    check_fields("inverse_sqrt_schedule()", t=t, lr=lr)
    # lr / sqrt(t + 1)
    return lr / math.sqrt(t + 1)


def polynomial_schedule(t: int, lr: float, steps: int, power: float = 1.0) -> float:
    """Go down to 0 along a power: lr (1 - t / steps)^power; 0 from t = steps on.

    Usually per batch. Source: Chen et al. (2018), DeepLab, section 4.1, the "poly" policy.
    """
    check_fields("polynomial_schedule()", t=t, lr=lr, steps=steps, power=power)
    # lr (1 - t / steps)^power
    return lr * (1 - min(t, steps) / steps) ** power


def cosine_schedule(t: int, lr: float, steps: int, lr_min: float = 0.0) -> float:
    """Go down along half a cosine and stay: lr_min + (lr - lr_min) (1 + cos(pi t / steps)) / 2.

    It reaches lr_min at t = steps and stays there: the texts' version. PyTorch's rises again, see
    :func:`cosine_periodic_schedule`. Per epoch or batch. Source: Loshchilov and Hutter (2017), equation (5), one
    period.
    """
    check_fields("cosine_schedule()", t=t, lr=lr, steps=steps, lr_min=lr_min)
    # lr_min + (lr - lr_min) (1 + cos(pi t / steps)) / 2
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * min(t, steps) / steps)) / 2


def cosine_periodic_schedule(t: int, lr: float, half_period: int, lr_min: float = 0.0) -> float:
    """Go down and up again along a cosine: lr_min + (lr - lr_min) (1 + cos(pi t / half_period)) / 2.

    It is at lr_min at t = half_period, back at lr at t = 2 half_period, and so on: what PyTorch calls cosine
    annealing. A run that is an odd number of half periods long ends low; see :func:`half_period_for`. Per epoch or
    batch. Source: Loshchilov and Hutter (2017), equation (5), without its restart.
    """
    check_fields("cosine_periodic_schedule()", t=t, lr=lr, half_period=half_period, lr_min=lr_min)
    # lr_min + (lr - lr_min) (1 + cos(pi t / half_period)) / 2
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * t / half_period)) / 2


def half_period_for(steps: int, troughs: int) -> int:
    """Return the half period with which the periodic cosine is in its last of so many troughs at t = steps.

    half_period = steps / (2 troughs - 1), which must be a whole number.
    """
    check_fields("half_period_for()", steps=steps, troughs=troughs)
    if steps % (2 * troughs - 1) != 0:
        raise refusal("half_period_for()", "steps", steps, f"a multiple of {2 * troughs - 1:g}, 2 troughs - 1")
    return int(steps // (2 * troughs - 1))


def cosine_restarts_schedule(t: int, lr: float, steps: int, growth: int = 1, lr_min: float = 0.0) -> float:
    """Go down along half a cosine, jump back to lr, and again, each time ``growth`` times as long.

    lr_min + (lr - lr_min) (1 + cos(pi s / T)) / 2 with s the steps since the last restart, T the steps of this
    descent: ``steps`` at first. It never is at lr_min itself: where it would be, it is at lr again. Per epoch or
    batch. Source: Loshchilov and Hutter (2017), equation (5), with T_0 = steps and T_mult = growth.
    """
    check_fields("cosine_restarts_schedule()", t=t, lr=lr, steps=steps, growth=growth, lr_min=lr_min)
    since, length = t, steps
    while since >= length:
        since, length = since - length, length * growth
    # lr_min + (lr - lr_min) (1 + cos(pi since / length)) / 2
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * since / length)) / 2


def warmup_schedule(t: int, lr: float, warmup: int, then: Any, start_factor: float = 1 / 3) -> float:
    """Rise linearly to lr in ``warmup`` steps, then follow another schedule, which starts counting at 0.

    lr (start_factor + (1 - start_factor) t / warmup) for t < warmup, then(t - warmup) from there on. The first
    update uses lr start_factor: a third of lr by PyTorch's default, 0 in many texts. ``then`` is a schedule as
    :func:`make_schedule` takes it, from constant to cosine_restarts, or a function of t that gives a rate; not
    one_cycle, which rises by itself, nor chained or plateau, whose objects in the library cannot start late. Usually
    per batch. Source: Goyal et al. (2017), section 2.2.
    """
    check_fields("warmup_schedule()", t=t, lr=lr, warmup=warmup, start_factor=start_factor)
    check_warmup("warmup_schedule()", warmup, then)
    if t >= warmup:
        return make_schedule(then, lr)(t - warmup)
    # lr (start_factor + (1 - start_factor) t / warmup)
    return lr * (start_factor + (1 - start_factor) * t / warmup)


def one_cycle_schedule(
    t: int,
    lr: float,
    steps: int,
    pct_start: float = 0.3,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> float:
    """Rise to lr and fall far below the start, both along half a cosine, in ``steps`` steps.

    It starts at lr / div_factor, is at lr at t = pct_start steps - 1 (a fraction of a step, unless that is whole),
    and ends at lr / div_factor / final_div_factor at t = steps - 1, where it stays; PyTorch's stops with an error
    after that. Momentum, which the source moves the other way, stays as it is. Per batch. Source: Smith and Topin
    (2018), section 3; in this form PyTorch's, after fastai.
    """
    check_fields(
        "one_cycle_schedule()", t=t, lr=lr, steps=steps, pct_start=pct_start, div_factor=div_factor,
        final_div_factor=final_div_factor,
    )  # fmt: skip
    check_rise("one_cycle_schedule()", pct_start, steps)
    start, end = lr / div_factor, lr / div_factor / final_div_factor
    peak, last = pct_start * steps - 1, steps - 1
    t = min(t, last)
    if t <= peak:
        # lr + (start - lr) (1 + cos(pi t / peak)) / 2
        return lr + (start - lr) / 2 * (1 + math.cos(math.pi * (t / peak)))
    # end + (lr - end) (1 + cos(pi (t - peak) / (last - peak))) / 2
    return end + (lr - end) / 2 * (1 + math.cos(math.pi * ((t - peak) / (last - peak))))


def chained_schedule(t: int, lr: float, schedules: Sequence[Any]) -> float:
    """Multiply schedules: lr times the product of what each makes of a rate of 1.

    Takes schedules that only multiply: constant, exponential, step, multi_step, polynomial. Source: PyTorch's
    ChainedScheduler, which lets each multiply the current rate in turn.
    """
    check_fields("chained_schedule()", t=t, lr=lr)
    check_schedule("chained_schedule()", {"name": "chained", "schedules": schedules}, schedule_parameters())
    for schedule in schedules:
        lr = lr * make_schedule(schedule, 1.0)(t)
    return lr


def lambda_schedule(t: int, lr: float, lr_lambda: Callable[[int], float]) -> float:
    """Whatever a function says: lr lr_lambda(t).

    The function gives a factor, not a rate. Source: PyTorch's LambdaLR.
    """
    check_fields("lambda_schedule()", t=t, lr=lr, lr_lambda=lr_lambda)
    return lr * lr_lambda(t)


def group_lambda_schedule(t: int, lrs: Sequence[float], lr_lambdas: Sequence[Callable[[int], float]]) -> list[float]:
    """One function and one rate per parameter group: the list of lrs[i] lr_lambdas[i](t).

    Source: PyTorch's LambdaLR with a list of functions.
    """
    if len(lrs) != len(lr_lambdas):
        raise refusal(
            "group_lambda_schedule()", "lr_lambdas", len(lr_lambdas), f"{len(lrs)} functions, as many as lrs"
        )
    return [lambda_schedule(t, lr, lr_lambda) for lr, lr_lambda in zip(lrs, lr_lambdas, strict=True)]


SCHEDULES: dict[str, Callable[..., Any]] = {
    "constant": constant_schedule,
    "exponential": exponential_schedule,
    "step": step_schedule,
    "multi_step": multi_step_schedule,
    "factor": factor_schedule,
    "inverse_sqrt": inverse_sqrt_schedule,
    "polynomial": polynomial_schedule,
    "cosine": cosine_schedule,
    "cosine_periodic": cosine_periodic_schedule,
    "cosine_restarts": cosine_restarts_schedule,
    "warmup": warmup_schedule,
    "one_cycle": one_cycle_schedule,
    "chained": chained_schedule,
    "lambda": lambda_schedule,
    "plateau": plateau_schedule,
}


def schedule_names() -> list[str]:
    """Return the names that a schedule given as a mapping may have."""
    return list(SCHEDULES)


def schedule_parameters() -> dict[str, dict[str, Any]]:
    """Return the parameters of every schedule with their defaults, ``...`` where there is none."""
    known = {}
    for name, function in SCHEDULES.items():
        parameters = inspect.signature(function).parameters.values()
        known[name] = {
            p.name: ... if p.default is p.empty else p.default for p in parameters if p.name not in ("t", "lr")
        }
    return known


def make_schedule(schedule: Mapping[str, Any] | Rate, lr: float) -> Rate:
    """Make a function of the step alone.

    Parameters
    ----------
    schedule : mapping or callable
        ``{"name": "cosine", "steps": 40, "lr_min": 0.01}``: a name of :func:`schedule_names` and what that schedule
        takes besides t and lr. Or a function of t that gives the rate, which comes back as it is.
    lr : float
        The rate that the schedule starts from; a function of t does not use it.

    Returns
    -------
    callable
        t -> rate.

    Raises
    ------
    GradpathError
        For an unknown name, a parameter that is missing, unknown or out of range; and for a plateau, which needs
        a metric.
    """
    if callable(schedule):
        return schedule
    checked = check_schedule("make_schedule()", schedule, schedule_parameters())
    name = checked.pop("name")
    if name == "plateau":
        of_t = [n for n in schedule_names() if n != "plateau"]
        raise refusal("make_schedule()", "schedule", name, f"{one_of(of_t)}; a plateau needs a metric")
    return lambda t: SCHEDULES[name](t, lr, **checked)
