"""Which values a start, a number of steps and hyperparameters may take; one table for every caller."""

from __future__ import annotations

from typing import Any

from gradpath.accepted import NOT_NEGATIVE, Accepted, at_least_zero, is_number
from gradpath.refusals import GradpathError, is_one_of, one_of, refusal
from gradpath.rules import RULES, default_hyperparameters, optimizer_names
from gradpath.rules.own_rule import OwnRule
from gradpath.rules.rule import Rule

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


def require_hyperparameter(where: str, optimizer: str | Rule, name: str, value: Any) -> None:
    """Refuse a hyperparameter that an optimizer does not have, or a value that it does not take.

    Raises
    ------
    GradpathError
        One line.
    """
    rule = _rule(optimizer)
    fields = rule.fields
    if name not in fields:
        raise refusal(where, name, value, f"a hyperparameter of {rule.name}: {', '.join(fields) or 'none'}")
    accepts, accepted = fields[name]
    if not accepts(value):
        raise refusal(where, name, value, accepted)


def check_hyperparameters(where: str, optimizer: str | Rule, hyperparameters: dict[str, Any]) -> dict[str, Any]:
    """Return the optimizer's defaults overlaid with the given values, each of them checked.

    Raises
    ------
    GradpathError
        For a name that the optimizer does not have, a value out of range, or one that is missing: a rule of one's
        own may have hyperparameters without a default.
    """
    for name, value in hyperparameters.items():
        require_hyperparameter(where, optimizer, name, value)
    rule = _rule(optimizer)
    if not isinstance(rule, OwnRule):
        return default_hyperparameters(rule.name) | hyperparameters
    known = {**rule.defaults, **hyperparameters}
    for name, (_, accepted) in rule.fields.items():
        if name not in known:
            raise GradpathError(f"{where}: {name}: is missing; use {accepted}, since {rule.name} has no default")
    return {name: known[name] for name in rule.fields}


def check_has_rate(where: str, optimizer: str | Rule, schedule: Any) -> None:
    """Refuse a schedule for a rule of one's own that has no rate."""
    rule = _rule(optimizer)
    if schedule is not None and "lr" not in rule.fields:
        raise GradpathError(
            f"{where}: schedule: {rule.name} has no hyperparameter lr, which a schedule changes; use none"
        )


def _rule(optimizer: str | Rule) -> Rule:
    return optimizer if isinstance(optimizer, Rule) else RULES[optimizer]
