"""What a rule is: its step, which hyperparameters it has, and how the library's own object is made and started."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from gradpath.accepted import Accepted

State = dict[str, Any]


class Step(NamedTuple):
    """What a rule returns: the next point, and the state to hand to the next call."""

    x: Tensor
    state: State


def _as_they_are(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    return dict(hyperparameters)


def _as_the_library_starts(p: Tensor, group: Mapping[str, Any], init: str, bias_correction: bool) -> State | None:
    return None


@dataclass(frozen=True)
class Rule:
    """A method, as its file declares it.

    Attributes
    ----------
    step : callable
        ``(x, g, state, lr=..., ...)`` gives a :class:`Step`; defaults are those of its signature.
    year : int
        Of its publication; lists of methods are in this order.
    fields : dict of str to (callable, str)
        What each hyperparameter takes, and how a refusal says it.
    optim : type
        The library's own object.
    arguments : callable
        Translates our hyperparameters into its keyword arguments.
    first_state : callable
        ``(p, group, init, bias_correction)`` gives the state in which the library's object starts as our rule does
        for these two options, given a parameter with its first gradient and its group; None if it does anyway.
    """

    step: Callable[..., Step]
    year: int
    fields: Mapping[str, Accepted]
    optim: type[torch.optim.Optimizer]
    arguments: Callable[[Mapping[str, Any]], dict[str, Any]] = _as_they_are
    first_state: Callable[[Tensor, Mapping[str, Any], str, bool], State | None] = _as_the_library_starts

    @property
    def name(self) -> str:
        """As :func:`gradpath.descend` takes it."""
        return self.step.__name__


def add_decay(g: Tensor, x: Tensor, weight_decay: Any) -> Tensor:
    """Add the gradient of weight_decay / 2 * |x|^2 to a gradient: coupled decay."""
    return g if isinstance(weight_decay, float | int) and weight_decay == 0 else g + x * weight_decay


def first_average(g: Tensor, init: str) -> Tensor:
    """Return where an average starts: at zero, as in PyTorch, or at the first value that it will average."""
    return g if init == "gradient" else torch.zeros_like(g)


def first_gradient(p: Tensor, weight_decay: float) -> Tensor:
    """Return what a rule averages first: the gradient of a parameter, with its coupled decay in it."""
    assert p.grad is not None
    return add_decay(p.grad.detach(), p.detach(), weight_decay)
