"""Which values a hyperparameter, a start, a number of steps may take; one table for every caller."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from gradpath.refusals import is_one_of, one_of, refusal
from gradpath.update_rules import default_hyperparameters, optimizer_names

MAX_STEPS = 1_000_000
MAX_SEED = 2**31 - 1


def is_number(value: Any) -> bool:
    """Say whether a value is a finite number (a bool is not one, nor is a whole number that no float holds)."""
    if not isinstance(value, int | float | np.integer | np.floating) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def at_least_zero(value: Any) -> bool:
    """Say whether a value is a finite number that is not below zero; minus zero is."""
    return is_number(value) and value >= 0 and math.copysign(1, value) > 0


def _decay_rate(value: Any) -> bool:
    return at_least_zero(value) and value < 1


_NOT_NEGATIVE = (at_least_zero, "a finite number >= 0")
_RATE = (_decay_rate, "a number >= 0 and < 1")

ACCEPTED: dict[str, tuple[Callable[[Any], bool], str]] = {
    "lr": _NOT_NEGATIVE,
    "momentum": _RATE,
    "alpha": _RATE,
    "beta1": _RATE,
    "beta2": _RATE,
    "eps": _NOT_NEGATIVE,
    "weight_decay": _NOT_NEGATIVE,
    "init": (lambda value: is_one_of(value, ("zero", "gradient")), one_of(["zero", "gradient"])),
    "bias_correction": (lambda value: isinstance(value, bool), "true or false"),
    "start": (
        lambda value: isinstance(value, list | tuple) and len(value) == 2 and all(map(is_number, value)),
        "two finite numbers",
    ),
    "steps": (
        lambda value: at_least_zero(value) and value == int(value) and value <= MAX_STEPS,
        f"a whole number from 0 to {MAX_STEPS}",
    ),
    "method": (lambda value: is_one_of(value, ("manual", "optim")), one_of(["manual", "optim"])),
    "dtype": (lambda value: is_one_of(value, ("float64", "float32")), one_of(["float64", "float32"])),
    "noise": _NOT_NEGATIVE,
    "seed": (
        lambda value: is_number(value) and value == int(value) and 0 <= value <= MAX_SEED,
        f"a whole number from 0 to {MAX_SEED}",
    ),
    "optimizer": (
        lambda value: is_one_of(value, optimizer_names()),
        one_of(optimizer_names()),
    ),
}


def require(where: str, field: str, value: Any) -> None:
    """Refuse a value that its field does not take.

    Raises
    ------
    GradpathError
        One line: where, field, value, what is accepted.
    """
    accepts, accepted = ACCEPTED[field]
    if not accepts(value):
        raise refusal(where, field, value, accepted)


def check_hyperparameters(where: str, optimizer: str, hyperparameters: dict[str, Any]) -> dict[str, Any]:
    """Return the optimizer's defaults overlaid with the given values, each of them checked.

    Raises
    ------
    GradpathError
        For a name that the optimizer does not have, or a value out of range.
    """
    known = default_hyperparameters(optimizer)
    for name, value in hyperparameters.items():
        if name not in known:
            raise refusal(where, name, value, f"a hyperparameter of {optimizer}: {', '.join(known)}")
        require(where, name, value)
    return known | hyperparameters
