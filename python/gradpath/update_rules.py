"""The update rules by hand: one small function per method, written to be read beside its equation.

Every rule takes the point ``x``, the gradient ``g`` there, and the ``state`` that its previous call returned
(an empty dict at first), and returns the next point and the next state. Nothing is changed in place.
Tensors may have any shape and floating dtype; a hyperparameter may itself be a tensor that broadcasts
against ``x``, so that a thousand runs are one run. Constants stand on the right of tensors: see surfaces.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

State = dict[str, Any]


class Step(NamedTuple):
    """What a rule returns: the next point, and the state to hand to the next call."""

    x: Tensor
    state: State


def _add_decay(g: Tensor, x: Tensor, weight_decay: Any) -> Tensor:
    # Coupled decay: the gradient of weight_decay / 2 * |x|^2, added to g.
    return g if isinstance(weight_decay, float | int) and weight_decay == 0 else g + x * weight_decay


def _first_average(g: Tensor, init: str) -> Tensor:
    # An average starts at zero, as in PyTorch, or at the first value that it will average.
    return g if init == "gradient" else torch.zeros_like(g)


def sgd(x: Tensor, g: Tensor, state: State, lr: Any = 1e-3, weight_decay: Any = 0.0) -> Step:
    """Steepest descent: x <- x - lr g.

    Source: Robbins and Monro (1951), equation (6), with the gradient as the observation.
    """
    g = _add_decay(g, x, weight_decay)
    # x <- x - lr g
    x = x - g * lr
    return Step(x, state)


def momentum(
    x: Tensor, g: Tensor, state: State, lr: Any = 1e-3, momentum: Any = 0.9, weight_decay: Any = 0.0
) -> Step:
    """Heavy ball, in PyTorch's form: v <- momentum v + g; x <- x - lr v.

    Source: Polyak (1964), equation (9), where lr stands inside the velocity; equal while lr is constant.
    """
    g = _add_decay(g, x, weight_decay)
    v = state["v"] if state else torch.zeros_like(x)
    # v <- momentum v + g
    v = v * momentum + g
    # x <- x - lr v
    x = x - v * lr
    return Step(x, {"v": v})


def nesterov(
    x: Tensor, g: Tensor, state: State, lr: Any = 1e-3, momentum: Any = 0.9, weight_decay: Any = 0.0
) -> Step:
    """Nesterov's momentum, in PyTorch's form: v <- momentum v + g; x <- x - lr (g + momentum v).

    Source: Nesterov (1983); in this form Sutskever et al. (2013), equations (3) and (4), after the change of
    variable that moves the gradient to the current point.
    """
    g = _add_decay(g, x, weight_decay)
    v = state["v"] if state else torch.zeros_like(x)
    # v <- momentum v + g
    v = v * momentum + g
    # x <- x - lr (g + momentum v)
    x = x - (g + v * momentum) * lr
    return Step(x, {"v": v})


def adagrad(x: Tensor, g: Tensor, state: State, lr: Any = 1e-2, eps: Any = 1e-10, weight_decay: Any = 0.0) -> Step:
    """Adagrad: s <- s + g^2; x <- x - lr g / (sqrt(s) + eps).

    Source: Duchi, Hazan and Singer (2011), the diagonal form of figure 1; eps outside the root as in PyTorch.
    """
    g = _add_decay(g, x, weight_decay)
    s = state["s"] if state else torch.zeros_like(x)
    # s <- s + g^2
    s = s + g * g
    # x <- x - lr g / (sqrt(s) + eps)
    x = x - g * lr / (torch.sqrt(s) + eps)
    return Step(x, {"s": s})


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
    g = _add_decay(g, x, weight_decay)
    v = state["v"] if state else _first_average(g * g, init)
    # v <- alpha v + (1 - alpha) g^2
    v = v * alpha + g * g * (1 - alpha)
    # x <- x - lr g / (sqrt(v) + eps)
    x = x - g * lr / (torch.sqrt(v) + eps)
    return Step(x, {"v": v})


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
    g = _add_decay(g, x, weight_decay)
    if not state:
        state = {"t": 0, "m": _first_average(g, init), "v": _first_average(g * g, init)}
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


UPDATE_RULES: dict[str, Callable[..., Step]] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": adamw,
}


def optimizer_names() -> list[str]:
    """Return the names that :func:`gradpath.descend` takes as ``optimizer``."""
    return list(UPDATE_RULES)


def default_hyperparameters(optimizer: str) -> dict[str, Any]:
    """Return the hyperparameters of a rule, in order, with their defaults."""
    parameters = list(inspect.signature(UPDATE_RULES[optimizer]).parameters.values())
    return {p.name: p.default for p in parameters[3:]}
