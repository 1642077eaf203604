"""What numbers may be: the conditions that the tables of fields are made of, each with its words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from gradpath.refusals import is_one_of, one_of

# What a field takes, and how a refusal says it.
Accepted = tuple[Callable[[Any], bool], str]


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


NOT_NEGATIVE: Accepted = (at_least_zero, "a finite number >= 0")
POSITIVE: Accepted = (lambda value: is_number(value) and value > 0, "a finite number > 0")
RATE: Accepted = (_decay_rate, "a number >= 0 and < 1")
TRUE_OR_FALSE: Accepted = (lambda value: isinstance(value, bool), "true or false")
# Where an average starts.
INIT: Accepted = (lambda value: is_one_of(value, ("zero", "gradient")), one_of(["zero", "gradient"]))
