"""The same methods through ``torch.optim``: the library's objects, made from our hyperparameter names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from gradpath.hyperparameters import check_hyperparameters, require

# Our name: the library's class and what it calls our hyperparameters where the name differs.
# Adam's two betas are one pair there; `init` and `bias_correction` are no options there but a starting state.
OPTIM_CLASSES: dict[str, type[torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "momentum": torch.optim.SGD,
    "nesterov": torch.optim.SGD,
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}

# So many steps that 1 - beta^t is 1 in float64 for every beta below 1 - 1e-7: bias correction has worn off.
LATE_STEP = 1e9


def optim_arguments(optimizer: str, hyperparameters: dict[str, Any]) -> dict[str, Any]:
    """Translate our hyperparameters into the library's keyword arguments."""
    arguments = {k: v for k, v in hyperparameters.items() if k not in ("init", "bias_correction")}
    if "beta1" in arguments:
        arguments["betas"] = (arguments.pop("beta1"), arguments.pop("beta2"))
    if optimizer == "nesterov":
        arguments["nesterov"] = arguments["momentum"] != 0
    return arguments


def make_optimizer(optimizer: str, parameters: Iterable[Tensor], **hyperparameters: Any) -> torch.optim.Optimizer:
    """Make the library's optimizer object for one of our methods.

    Parameters
    ----------
    optimizer : str
        One of :func:`gradpath.optimizer_names`.
    parameters : iterable of Tensor
        Leaf tensors that require gradients.
    **hyperparameters
        By our names; defaults as in :mod:`gradpath.update_rules`. ``init`` and ``bias_correction`` are
        accepted and take effect through :func:`seed_state`.

    Raises
    ------
    GradpathError
        For an unknown optimizer or hyperparameter, or a value out of range.
    """
    require("make_optimizer()", "optimizer", optimizer)
    checked = check_hyperparameters("make_optimizer()", optimizer, hyperparameters)
    return OPTIM_CLASSES[optimizer](list(parameters), **optim_arguments(optimizer, checked))


def seed_state(opt: torch.optim.Optimizer, init: str = "zero", bias_correction: bool = True) -> None:
    """Give an optimizer the state that ``init`` and ``bias_correction`` of our rules stand for.

    Call it after the first ``backward()`` and before the first ``step()``. RMSprop's ``square_avg`` starts at
    the first squared gradient; Adam's ``exp_avg`` and ``exp_avg_sq`` at the first gradient and its square;
    without bias correction Adam's ``step`` starts so late that the corrections are 1. The library's own
    defaults (``"zero"``, ``True``) change nothing.
    """
    for group in opt.param_groups:
        for p in group["params"]:
            late = init == "gradient"
            # The rule averages the gradient with its weight decay in it, so that is where its average starts.
            decay = 0.0 if isinstance(opt, torch.optim.AdamW) else group["weight_decay"]
            g = p.grad.detach() if decay == 0 else p.grad.detach() + p.detach() * decay
            first = g.clone() if late else torch.zeros_like(g)
            if isinstance(opt, torch.optim.RMSprop) and late:
                opt.state[p] = {"step": torch.tensor(0.0), "square_avg": first * first}
            elif isinstance(opt, torch.optim.Adam) and (late or not bias_correction):
                # The library's one-pass step wants its counter beside the parameter.
                place = p.device if group["fused"] else "cpu"
                step = torch.tensor(0.0 if bias_correction else LATE_STEP, device=place)
                opt.state[p] = {"step": step, "exp_avg": first, "exp_avg_sq": first * first}
