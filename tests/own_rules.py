"""Rules as a reader would write them: those of the package again, and some that do something wrong."""

from __future__ import annotations

import torch


def my_adam(x, g, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam, as the package has it."""
    if not state:
        state = {"t": 0, "m": torch.zeros_like(x), "v": torch.zeros_like(x)}
    t = state["t"] + 1
    m = state["m"] * beta1 + g * (1 - beta1)
    v = state["v"] * beta2 + g * g * (1 - beta2)
    x = x - m / (1 - beta1**t) * lr / (torch.sqrt(v / (1 - beta2**t)) + eps)
    return x, {"t": t, "m": m, "v": v}


def my_momentum(x, g, state, lr, momentum=0.9):
    """Give the heavy ball, whose rate must be said."""
    v = state.get("v", torch.zeros_like(x)) * momentum + g
    return x - v * lr, {"v": v}


def no_rate(x, g, state):
    """Take steps of one length."""
    return x - g * 0.01, state


# In R the same, for `R_RULES` is evaluated there.
R_RULES = """
my_adam <- function(x, g, state, lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  if (!length(state)) state <- list(t = 0, m = torch_zeros_like(x), v = torch_zeros_like(x))
  t <- state$t + 1
  m <- state$m * beta1 + g * (1 - beta1)
  v <- state$v * beta2 + g * g * (1 - beta2)
  x <- x - m / (1 - beta1^t) * lr / (torch_sqrt(v / (1 - beta2^t)) + eps)
  list(x = x, state = list(t = t, m = m, v = v))
}
my_momentum <- function(x, g, state, lr, momentum = 0.9) {
  v <- if (length(state)) state$v * momentum + g else g
  list(x = x - v * lr, state = list(v = v))
}
no_rate <- function(x, g, state) list(x = x - g * 0.01, state = state)
"""
