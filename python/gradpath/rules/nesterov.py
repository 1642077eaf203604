"""Nesterov's momentum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gradpath.accepted import NOT_NEGATIVE, RATE
from gradpath.rules.rule import Rule, State, Step, add_decay


def nesterov(
    x: Tensor, g: Tensor, state: State, lr: Any = 1e-3, momentum: Any = 0.9, weight_decay: Any = 0.0
) -> Step:
    """Nesterov's momentum, in PyTorch's form: v <- momentum v + g; x <- x - lr (g + momentum v).

    Source: Nesterov (1983); in this form Sutskever et al. (2013), equations (3) and (4), after the change of
    variable that moves the gradient to the current point.
    """
    g = add_decay(g, x, weight_decay)
    v = state["v"] if state else torch.zeros_like(x)
    # v <- momentum v + g
    v = v * momentum + g
    # x <- x - lr (g + momentum v)
    x = x - (g + v * momentum) * lr
    return Step(x, {"v": v})


def _arguments(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    # The library has it as an option of SGD, and refuses it without momentum.
    return {**hyperparameters, "nesterov": hyperparameters["momentum"] != 0}


RULE = Rule(
    nesterov,
    year=1983,
    fields={"lr": NOT_NEGATIVE, "momentum": RATE, "weight_decay": NOT_NEGATIVE},
    optim=torch.optim.SGD,
    arguments=_arguments,
)
