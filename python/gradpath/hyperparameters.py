"""Which values a start, a number of steps and hyperparameters may take; one table for every caller."""

from __future__ import annotations

from typing import Any

from gradpath.accepted import NOT_NEGATIVE, Accepted, at_least_zero, is_number
from gradpath.refusals import is_one_of, one_of, refusal
from gradpath.rules import RULES, default_hyperparameters, optimizer_names

MAX_STEPS = 1_000_000
MAX_SEED = 2**31 - 1

ACCEPTED: dict[str, Accepted] = {
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
    "noise": NOT_NEGATIVE,
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


def require_hyperparameter(where: str, optimizer: str, name: str, value: Any) -> None:
    """Refuse a hyperparameter that an optimizer does not have, or a value that it does not take.

    Raises
    ------
    GradpathError
        One line.
    """
    fields = RULES[optimizer].fields
    if name not in fields:
        raise refusal(where, name, value, f"a hyperparameter of {optimizer}: {', '.join(fields)}")
    accepts, accepted = fields[name]
    if not accepts(value):
        raise refusal(where, name, value, accepted)


def check_hyperparameters(where: str, optimizer: str, hyperparameters: dict[str, Any]) -> dict[str, Any]:
    """Return the optimizer's defaults overlaid with the given values, each of them checked.

    Raises
    ------
    GradpathError
        For a name that the optimizer does not have, or a value out of range.
    """
    for name, value in hyperparameters.items():
        require_hyperparameter(where, optimizer, name, value)
    return default_hyperparameters(optimizer) | hyperparameters
