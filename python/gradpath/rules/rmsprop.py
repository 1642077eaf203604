"""RMSProp."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gradpath.accepted import INIT, NOT_NEGATIVE, RATE
from gradpath.rules.rule import Rule, State, Step, add_decay, first_average, first_gradient


def rmsprop(
    x: Tensor,
    g: Tensor,
    state: State,
    lr: Any = 1e-2,
    alpha: Any = 0.99,
    eps: Any = 1e-8,
    weight_decay: Any = 0.0,
    init: str = "zero",
) -> Step:
    """RMSProp: v <- alpha v + (1 - alpha) g^2; x <- x - lr g / (sqrt(v) + eps).

    ``init`` says where the average v starts: at ``"zero"`` as in PyTorch, or at the first squared
    ``"gradient"``. Source: Tieleman and Hinton (2012), lecture 6e, slide 29.
    """
    g = add_decay(g, x, weight_decay)
    v = state["v"] if state else first_average(g * g, init)
    # v <- alpha v + (1 - alpha) g^2
    v = v * alpha + g * g * (1 - alpha)
    # x <- x - lr g / (sqrt(v) + eps)
    x = x - g * lr / (torch.sqrt(v) + eps)
    return Step(x, {"v": v})


def _arguments(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    # `init` is no option there but a starting state.
    return {name: value for name, value in hyperparameters.items() if name != "init"}


def _first_state(p: Tensor, group: Mapping[str, Any], init: str, bias_correction: bool) -> State | None:
    if init != "gradient":
        return None
    first = first_gradient(p, group["weight_decay"])
    return {"step": torch.tensor(0.0), "square_avg": first * first}


RULE = Rule(
    rmsprop,
    year=2012,
    fields={"lr": NOT_NEGATIVE, "alpha": RATE, "eps": NOT_NEGATIVE, "weight_decay": NOT_NEGATIVE, "init": INIT},
    optim=torch.optim.RMSprop,
    arguments=_arguments,
    first_state=_first_state,
)
