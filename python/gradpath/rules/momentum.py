"""Momentum: the heavy ball."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gradpath.accepted import NOT_NEGATIVE, RATE
from gradpath.rules.rule import Rule, State, Step, add_decay


def momentum(
    x: Tensor, g: Tensor, state: State, lr: Any = 1e-3, momentum: Any = 0.9, weight_decay: Any = 0.0
) -> Step:
    """Heavy ball, in PyTorch's form: v <- momentum v + g; x <- x - lr v.

    Source: Polyak (1964), equation (9), where lr stands inside the velocity; equal while lr is constant.
    """
    g = add_decay(g, x, weight_decay)
    v = state["v"] if state else torch.zeros_like(x)
    # v <- momentum v + g
    v = v * momentum + g
    # x <- x - lr v
    x = x - v * lr
    return Step(x, {"v": v})


RULE = Rule(
    momentum,
    year=1964,
    fields={"lr": NOT_NEGATIVE, "momentum": RATE, "weight_decay": NOT_NEGATIVE},
    optim=torch.optim.SGD,
)
