"""Which values the parameters of a schedule may take; one table for functions, mappings and declarations."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from gradpath.accepted import NOT_NEGATIVE, POSITIVE, Accepted, at_least_zero, is_number
from gradpath.refusals import GradpathError, is_one_of, one_of, refusal


def is_whole(value: Any, least: int) -> bool:
    """Say whether a value is a whole number (40 and 40.0 are) that is not below ``least``."""
    return is_number(value) and value == int(value) and value >= least


def _increasing(value: Any) -> bool:
    if not isinstance(value, list | tuple) or len(value) == 0 or not all(is_whole(v, 1) for v in value):
        return False
    return all(a < b for a, b in pairwise(value))


_SHRINKS: Accepted = (lambda v: is_number(v) and 0 < v <= 1, "a number > 0 and <= 1")
_BELOW_ONE: Accepted = (lambda v: is_number(v) and 0 < v < 1, "a number > 0 and < 1")
COUNT: Accepted = (lambda v: is_whole(v, 1), "a whole number >= 1")
_FROM_ZERO: Accepted = (lambda v: is_whole(v, 0), "a whole number >= 0")

FIELDS: dict[str, Accepted] = {
    "t": _FROM_ZERO,
    "lr": NOT_NEGATIVE,
    "lr_final": POSITIVE,
    "lr_min": NOT_NEGATIVE,
    "gamma": _SHRINKS,
    "factor": _SHRINKS,
    "epochs": COUNT,
    "steps": COUNT,
    "step_size": COUNT,
    "half_period": COUNT,
    "troughs": COUNT,
    "growth": COUNT,
    "warmup": COUNT,
    "milestones": (_increasing, "a list of whole numbers >= 1, each larger than the one before"),
    "power": POSITIVE,
    "start_factor": (lambda v: at_least_zero(v) and v <= 1, "a number >= 0 and <= 1"),
    "pct_start": _BELOW_ONE,
    "div_factor": POSITIVE,
    "final_div_factor": POSITIVE,
    "lr_lambda": (callable, "a function of t"),
    # Of the plateau; its factor must shrink the rate.
    "mode": (lambda v: is_one_of(v, ("min", "max")), one_of(["min", "max"])),
    "plateau factor": _BELOW_ONE,
    "patience": _FROM_ZERO,
    "threshold": NOT_NEGATIVE,
    "threshold_mode": (lambda v: is_one_of(v, ("rel", "abs")), one_of(["rel", "abs"])),
    "cooldown": _FROM_ZERO,
    "min_lr": NOT_NEGATIVE,
    "eps": NOT_NEGATIVE,
    "metric": (is_number, "a finite number, such as the validation loss of the epoch"),
}

A_SCHEDULE = "a mapping with a name and the parameters of that schedule, or a function of t"


def check_field(where: str, field: str, value: Any, kind: str = "") -> None:
    """Refuse a value that a parameter does not take; ``kind`` is the schedule, where it matters."""
    accepts, accepted = FIELDS.get(f"{kind} {field}") or FIELDS[field]
    if not accepts(value):
        raise refusal(where, field, value, accepted)


def check_fields(where: str, **values: Any) -> None:
    """Refuse the first value that its parameter does not take."""
    for field, value in values.items():
        check_field(where, field, value)


def check_schedule(
    where: str, schedule: Any, known: Mapping[str, dict[str, Any]], accepted: list[str] | None = None
) -> dict[str, Any]:
    """Return a schedule given as a mapping, its name first, with defaults filled in and every value checked.

    Parameters
    ----------
    where : str
        The place, for the refusal.
    schedule : mapping
        ``{"name": "cosine", "steps": 40}``.
    known : mapping of str to dict
        The parameters of every schedule, with their defaults; ``...`` where there is none.
    accepted : list of str, optional
        The names that are taken here; all of them if left out.

    Raises
    ------
    GradpathError
        For the first thing that is wrong; one line.
    """
    accepted = accepted or list(known)
    if not isinstance(schedule, Mapping):
        raise refusal(where, "schedule", schedule, A_SCHEDULE)
    name = schedule.get("name")
    if not is_one_of(name, accepted):
        raise refusal(where, "schedule", name, one_of(accepted))
    where = f"{where}, schedule '{name}'"
    given = {field: value for field, value in schedule.items() if field != "name"}
    for field, value in given.items():
        if field not in known[name]:
            parameters = ", ".join(known[name]) or "none"
            raise refusal(where, field, value, f"a parameter of {name}: {parameters}")
        if field in ("then", "schedules"):
            given[field] = _CHECK_INNER[field](where, value, known)
        elif not (field == "lr_lambda" and isinstance(value, list | tuple) and all(map(callable, value))):
            check_field(where, field, value, name)
    for field, default in known[name].items():
        if default is ... and field not in given:
            said = {"then": "a schedule", "schedules": "a list of schedules"}.get(field) or FIELDS[field][1]
            raise GradpathError(f"{where}: {field}: is missing; use {said}")
    complete = {"name": name} | known[name] | given
    _check_together(where, complete)
    return complete


def check_path_schedule(where: str, schedule: Any, steps: int, known: Mapping[str, dict[str, Any]]) -> Any:
    """Return the schedule of a path of so many steps, checked; a function of t, and None, come back as they are."""
    if schedule is None or callable(schedule):
        return schedule
    checked = check_schedule(where, schedule, known)
    if checked["name"] == "warmup" and checked["warmup"] > steps:
        place = f"{where}, schedule 'warmup'"
        raise refusal(place, "warmup", checked["warmup"], f"a whole number from 1 to {steps}, the steps of the path")
    return checked


# What may follow a warmup or stand in a chain: the library's own objects can start late or multiply only for these.
AFTER_WARMUP = [
    "constant",
    "exponential",
    "step",
    "multi_step",
    "factor",
    "inverse_sqrt",
    "polynomial",
    "cosine",
    "cosine_periodic",
    "cosine_restarts",
]
IN_CHAIN = ["constant", "exponential", "step", "multi_step", "polynomial"]


def _check_then(where: str, value: Any, known: Mapping[str, dict[str, Any]]) -> Any:
    return value if callable(value) else check_schedule(where, value, known, AFTER_WARMUP)


def _check_chain(where: str, value: Any, known: Mapping[str, dict[str, Any]]) -> list[Any]:
    if not isinstance(value, list | tuple) or len(value) == 0:
        raise refusal(where, "schedules", value, "a list of schedules")
    return [check_schedule(where, inner, known, IN_CHAIN) for inner in value]


_CHECK_INNER = {"then": _check_then, "schedules": _check_chain}


def _check_together(where: str, schedule: dict[str, Any]) -> None:
    # What only several parameters together can get wrong.
    if schedule["name"] == "warmup":
        check_warmup(where, schedule["warmup"], schedule["then"])
    if schedule["name"] == "one_cycle":
        check_rise(where, schedule["pct_start"], schedule["steps"])


def check_warmup(where: str, warmup: int, then: Any) -> None:
    """Refuse a warmup that is longer than the schedule that follows it."""
    steps = then.get("steps") if isinstance(then, Mapping) else None
    if steps is not None and warmup > steps:
        raise refusal(where, "warmup", warmup, f"a whole number from 1 to {steps:.15g}, the steps that follow it")


def check_rise(where: str, pct_start: float, steps: int) -> None:
    """Refuse a one-cycle schedule that has no step to rise in: its peak is at step pct_start * steps - 1."""
    if pct_start * steps <= 1:
        raise refusal(where, "pct_start", pct_start, f"a number > {1 / steps:.15g} and < 1 for {steps:.15g} steps")
