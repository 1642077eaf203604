"""Adam."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gradpath.accepted import INIT, NOT_NEGATIVE, RATE, TRUE_OR_FALSE
from gradpath.rules.rule import Rule, State, Step, add_decay, first_average, first_gradient

# So many steps that 1 - beta^t is 1 in float64 for every beta below 1 - 1e-7: bias correction has worn off.
LATE_STEP = 1e9
FIELDS = {
    "lr": NOT_NEGATIVE,
    "beta1": RATE,
    "beta2": RATE,
    "eps": NOT_NEGATIVE,
    "weight_decay": NOT_NEGATIVE,
    "init": INIT,
    "bias_correction": TRUE_OR_FALSE,
}


def adam(
    x: Tensor,
    g: Tensor,
    state: State,
    lr: Any = 1e-3,
    beta1: Any = 0.9,
    beta2: Any = 0.999,
    eps: Any = 1e-8,
    weight_decay: Any = 0.0,
    init: str = "zero",
    bias_correction: bool = True,
) -> Step:
    """Adam: two averages, of the gradient and of its square, and a step in units of their ratio.

    ``init`` says where both averages start (``"zero"``, or at the first ``"gradient"`` and its square), and
    ``bias_correction`` whether they are divided by 1 - beta^t. Source: Kingma and Ba (2015), algorithm 1.
    """
    g = add_decay(g, x, weight_decay)
    if not state:
        state = {"t": 0, "m": first_average(g, init), "v": first_average(g * g, init)}
    t = state["t"] + 1
    # m <- beta1 m + (1 - beta1) g
    m = state["m"] * beta1 + g * (1 - beta1)
    # v <- beta2 v + (1 - beta2) g^2
    v = state["v"] * beta2 + g * g * (1 - beta2)
    # m_hat = m / (1 - beta1^t), v_hat = v / (1 - beta2^t)
    m_hat = m / (1 - beta1**t) if bias_correction else m
    v_hat = v / (1 - beta2**t) if bias_correction else v
    # x <- x - lr m_hat / (sqrt(v_hat) + eps)
    x = x - m_hat * lr / (torch.sqrt(v_hat) + eps)
    return Step(x, {"t": t, "m": m, "v": v})


def arguments(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Translate for the library: its betas are a pair; `init` and `bias_correction` are no options but a state."""
    own = ("beta1", "beta2", "init", "bias_correction")
    others = {name: value for name, value in hyperparameters.items() if name not in own}
    return others | {"betas": (hyperparameters["beta1"], hyperparameters["beta2"])}


def first_state(p: Tensor, group: Mapping[str, Any], init: str, bias_correction: bool) -> State | None:
    """Return the library's averages as ours start, and a count of steps so late that it corrects nothing."""
    if init != "gradient" and bias_correction:
        return None
    first = first_average(first_gradient(p, group["weight_decay"]), init).clone()
    # The library's one-pass step wants its counter beside the parameter.
    place = p.device if group["fused"] else "cpu"
    step = torch.tensor(0.0 if bias_correction else LATE_STEP, device=place)
    return {"step": step, "exp_avg": first, "exp_avg_sq": first * first}


RULE = Rule(
    adam,
    year=2015,
    fields=FIELDS,
    optim=torch.optim.Adam,
    arguments=arguments,
    first_state=first_state,
)
