"""The same methods through ``torch.optim``: the library's objects, made from our hyperparameter names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from gradpath.hyperparameters import check_hyperparameters, require
from gradpath.rules import RULES


def make_optimizer(optimizer: str, parameters: Iterable[Tensor], **hyperparameters: Any) -> torch.optim.Optimizer:
    """Make the library's optimizer object for one of our methods.

    Parameters
    ----------
    optimizer : str
        One of :func:`gradpath.optimizer_names`.
    parameters : iterable of Tensor
        Leaf tensors that require gradients.
    **hyperparameters
        By our names; defaults as in :mod:`gradpath.rules`. ``init`` and ``bias_correction`` are
        accepted and take effect through :func:`seed_state`.

    Raises
    ------
    GradpathError
        For an unknown optimizer or hyperparameter, or a value out of range.
    """
    require("make_optimizer()", "optimizer", optimizer)
    checked = check_hyperparameters("make_optimizer()", optimizer, hyperparameters)
    rule = RULES[optimizer]
    return rule.optim(list(parameters), **rule.arguments(checked))


def seed_state(opt: torch.optim.Optimizer, init: str = "zero", bias_correction: bool = True) -> None:
    """Give an optimizer the state that ``init`` and ``bias_correction`` of our rules stand for.

    Call it after the first ``backward()`` and before the first ``step()``. RMSprop's ``square_avg`` starts at
    the first squared gradient; Adam's ``exp_avg`` and ``exp_avg_sq`` at the first gradient and its square;
    without bias correction Adam's ``step`` starts so late that the corrections are 1. The library's own
    defaults (``"zero"``, ``True``) change nothing.
    """
    rule = next((rule for rule in RULES.values() if type(opt) is rule.optim), None)
    for group in opt.param_groups:
        for p in group["params"]:
            state = rule.first_state(p, group, init, bias_correction) if rule else None
            if state is not None:
                opt.state[p] = state
