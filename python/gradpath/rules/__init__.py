"""The update rules by hand: one file per method, written to be read beside its equation.

Every rule takes the point ``x``, the gradient ``g`` there, and the ``state`` that its previous call returned
(an empty dict at first), and returns the next point and the next state. Nothing is changed in place.
Tensors may have any shape and floating dtype; a hyperparameter may itself be a tensor that broadcasts
against ``x``, so that a thousand runs are one run. Constants stand on the right of tensors: see surfaces.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from gradpath.found import found_in
from gradpath.rules.rule import Rule, Step

# In the order in which they were published.
RULES = {rule.name: rule for rule in sorted(found_in(__name__, Rule), key=lambda rule: rule.year)}
UPDATE_RULES: dict[str, Callable[..., Step]] = {name: rule.step for name, rule in RULES.items()}


def optimizer_names() -> list[str]:
    """Return the names that :func:`gradpath.descend` takes as ``optimizer``."""
    return list(UPDATE_RULES)


def default_hyperparameters(optimizer: str) -> dict[str, Any]:
    """Return the hyperparameters of a rule, in order, with their defaults."""
    parameters = list(inspect.signature(UPDATE_RULES[optimizer]).parameters.values())
    return {p.name: p.default for p in parameters[3:]}
