"""Adagrad."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gradpath.accepted import NOT_NEGATIVE
from gradpath.rules.rule import Rule, State, Step, add_decay


def adagrad(x: Tensor, g: Tensor, state: State, lr: Any = 1e-2, eps: Any = 1e-10, weight_decay: Any = 0.0) -> Step:
    """Adagrad: s <- s + g^2; x <- x - lr g / (sqrt(s) + eps).

    Source: Duchi, Hazan and Singer (2011), the diagonal form of figure 1; eps outside the root as in PyTorch.
    """
    g = add_decay(g, x, weight_decay)
    s = state["s"] if state else torch.zeros_like(x)
    # s <- s + g^2
    s = s + g * g
    # x <- x - lr g / (sqrt(s) + eps)
    x = x - g * lr / (torch.sqrt(s) + eps)
    return Step(x, {"s": s})


RULE = Rule(
    adagrad,
    year=2011,
    fields={"lr": NOT_NEGATIVE, "eps": NOT_NEGATIVE, "weight_decay": NOT_NEGATIVE},
    optim=torch.optim.Adagrad,
)
