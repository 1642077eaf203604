"""The rules once more, with switches that make them wrong: one classic mistake each.

Without a switch they are the rules of :mod:`gradpath.rules`; a test holds them to that. Written out a second time so
that the rules themselves stay as plain as their equations.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import torch
from torch import Tensor

from gradpath.rules.rule import State, Step, first_average

Hyperparameters = Mapping[str, Any]
Switches = Collection[str]


def mistaken_step(like: str, switches: Switches, x: Tensor, g: Tensor, state: State, h: Hyperparameters) -> Step:
    """Take one step of a rule that is wrong in a known way.

    Parameters
    ----------
    like : str
        The rule.
    switches : collection of str
        As :data:`gradpath.checks.mistakes.MISTAKES` lists them; none for the rule as it should be.
    x, g, state : as a rule takes them
    h : mapping
        All hyperparameters of the rule.
    """
    decay = h["weight_decay"]
    decoupled = ("coupled" not in switches) if like == "adamw" else ("decoupled" in switches)
    if "no decay" in switches:
        decay = 0.0
    if decoupled:
        x = x * (1 - (decay if "decay without rate" in switches else h["lr"] * decay))
    else:
        g = g + x * decay
    direct = _velocity if like in ("sgd", "momentum", "nesterov") else _quotient
    step, state = direct(like, switches, g, state, h)
    x = x + step if "sign" in switches else x - step
    return Step(x, {} if "forgets" in switches else state)


def _velocity(like: str, switches: Switches, g: Tensor, state: State, h: Hyperparameters) -> tuple[Tensor, State]:
    lr = h["lr"]
    if like == "sgd":
        return g * lr, state
    m = h["momentum"]
    if "rate inside" in switches:
        g, lr = g * lr, 1.0
    v = state["v"] if state else first_average(g, "gradient" if "from gradient" in switches else "zero")
    if "swapped" in switches:
        v = v * (1 - m) + g * m
    elif "swapped decay" in switches:
        v = v * (1 - m) + g
    elif "averaged" in switches:
        v = v * m + g * (1 - m)
    else:
        v = v * m + g
    ahead = like == "nesterov" and "no look-ahead" not in switches
    return (g + v * m if ahead else v) * lr, {"v": v}


def _quotient(like: str, switches: Switches, g: Tensor, state: State, h: Hyperparameters) -> tuple[Tensor, State]:
    init = "gradient" if "from gradient" in switches else h.get("init", "zero")
    if not state:
        state = {"t": 0, "m": first_average(g, init), "v": first_average(g * g, init)}
    t = state["t"] + 1
    m, v, eps = g, _squares(like, switches, g, state["v"], t, h), h["eps"]
    if like in ("adam", "adamw"):
        m = _average(state["m"], g, _betas(switches, h)[0], switches, "m")
    above, below = m, v
    if like in ("adam", "adamw") and h["bias_correction"]:
        count = t - 1 if "count from zero" in switches else t
        above = m if "m uncorrected" in switches else m / (1 - h["beta1"] ** count)
        below = v if "v uncorrected" in switches else v / (1 - h["beta2"] ** count)
    if "no root" in switches:
        divisor = below + eps
    elif "eps inside" in switches:
        divisor = torch.sqrt(below + eps)
    else:
        divisor = torch.sqrt(below) + eps
    return above * h["lr"] / divisor, {"t": t, "m": m, "v": v}


def _betas(switches: Switches, h: Hyperparameters) -> tuple[Any, Any]:
    return (h["beta2"], h["beta1"]) if "exchanged" in switches else (h["beta1"], h["beta2"])


def _squares(like: str, switches: Switches, g: Tensor, v: Tensor, t: int, h: Hyperparameters) -> Tensor:
    if like == "adagrad":
        if "mean" in switches:
            return (v * (t - 1) + g * g) / t
        for decay in (0.9, 0.99, 0.999):
            if f"average {decay:g}" in switches:
                return v * decay + g * g * (1 - decay)
        return v + g * g
    if "summed" in switches:
        return v + g * g
    return _average(v, g * g, h["alpha"] if like == "rmsprop" else _betas(switches, h)[1], switches, "v")


def _average(before: Tensor, new: Tensor, beta: Any, switches: Switches, which: str) -> Tensor:
    if f"{which} swapped" in switches:
        return before * (1 - beta) + new * beta
    if f"{which} unweighted" in switches:
        return before * beta + new
    return before * beta + new * (1 - beta)
