"""Steepest descent."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gradpath.accepted import NOT_NEGATIVE
from gradpath.rules.rule import Rule, State, Step, add_decay


def sgd(x: Tensor, g: Tensor, state: State, lr: Any = 1e-3, weight_decay: Any = 0.0) -> Step:
    """Steepest descent: x <- x - lr g.

    Source: Robbins and Monro (1951), equation (6), with the gradient as the observation.
    """
    g = add_decay(g, x, weight_decay)
    # x <- x - lr g
    x = x - g * lr
    return Step(x, state)


RULE = Rule(
    sgd,
    year=1951,
    fields={"lr": NOT_NEGATIVE, "weight_decay": NOT_NEGATIVE},
    optim=torch.optim.SGD,
)
