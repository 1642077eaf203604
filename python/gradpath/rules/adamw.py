"""AdamW: Adam with decoupled weight decay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gradpath.rules.adam import FIELDS, adam, arguments, first_state
from gradpath.rules.rule import Rule, State, Step


def adamw(
    x: Tensor,
    g: Tensor,
    state: State,
    lr: Any = 1e-3,
    beta1: Any = 0.9,
    beta2: Any = 0.999,
    eps: Any = 1e-8,
    weight_decay: Any = 1e-2,
    init: str = "zero",
    bias_correction: bool = True,
) -> Step:
    """AdamW: shrink x by lr weight_decay, then take Adam's step; the decay does not enter the averages.

    Source: Loshchilov and Hutter (2019), algorithm 2, with the schedule multiplier in lr as in PyTorch.
    """
    # x <- x - lr weight_decay x
    x = x * (1 - lr * weight_decay)
    return adam(x, g, state, lr, beta1, beta2, eps, 0.0, init, bias_correction)


def _first_state(p: Tensor, group: Mapping[str, Any], init: str, bias_correction: bool) -> State | None:
    # Its decay does not enter the averages.
    return first_state(p, {**group, "weight_decay": 0.0}, init, bias_correction)


RULE = Rule(
    adamw,
    year=2019,
    fields=FIELDS,
    optim=torch.optim.AdamW,
    arguments=arguments,
    first_state=_first_state,
)
