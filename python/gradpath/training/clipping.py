"""Gradient clipping, by hand and by the library, so that a steep wall does not throw a network away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from gradpath.accepted import is_number
from gradpath.refusals import refusal

# What PyTorch adds to the norm before it divides by it.
NORM_EPS = 1e-6


def clip_by_value(g: Tensor, limit: float) -> Tensor:
    """Return a gradient with every number of it held within -limit and limit.

    Parameters
    ----------
    g : Tensor
        Any shape and floating dtype.
    limit : float
        A finite number > 0.

    Returns
    -------
    Tensor
        A new one like ``g``. Its direction may differ from that of ``g``.

    Raises
    ------
    GradpathError
        For another limit.
    """
    _check_positive("clip_by_value()", "limit", limit)
    return torch.clamp(g, -limit, limit)


def clip_by_norm(g: Tensor, max_norm: float) -> Tensor:
    """Return a gradient scaled down, if need be, so that its norm is at most max_norm.

    As PyTorch does: g times min(1, max_norm / (norm + 1e-6)), with the Euclidean norm. The whole gradient of a
    network has to be one tensor.

    Parameters
    ----------
    g : Tensor
        Any shape and floating dtype.
    max_norm : float
        A finite number > 0.

    Returns
    -------
    Tensor
        A new one like ``g``, in the same direction.

    Raises
    ------
    GradpathError
        For another norm.

    References
    ----------
    Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks. ICML 2013, algorithm 1.
    """
    _check_positive("clip_by_norm()", "max_norm", max_norm)
    coefficient = torch.clamp((g.norm() + NORM_EPS).reciprocal() * max_norm, max=1.0)
    return g * coefficient


def clip_gradients(parameters: Tensor | Iterable[Tensor], clip: Mapping[str, float] | None) -> None:
    """Clip the gradients of parameters in place, through the library.

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
        Those without a gradient are left alone; the norm is that of all gradients together.
    clip : mapping, optional
        ``{"value": 0.5}`` or ``{"norm": 1.0}``; None clips nothing.

    Raises
    ------
    GradpathError
        For another ``clip``.
    """
    checked = check_clip("clip_gradients()", clip) or {}
    if "norm" in checked:
        nn.utils.clip_grad_norm_(parameters, checked["norm"])
    elif "value" in checked:
        nn.utils.clip_grad_value_(parameters, checked["value"])


def check_clip(where: str, clip: Any) -> dict[str, float] | None:
    """Return a ``clip`` if it is None, or one of norm and value with a finite number > 0; refuse any other.

    Parameters
    ----------
    where : str
        The place, for the refusal.
    clip : mapping, optional

    Returns
    -------
    dict or None

    Raises
    ------
    GradpathError
        One line.
    """
    if clip is None:
        return None
    known = isinstance(clip, Mapping) and len(clip) == 1 and next(iter(clip)) in ("norm", "value")
    if not known or not all(is_number(limit) and limit > 0 for limit in clip.values()):
        raise refusal(where, "clip", clip, "{norm: c} or {value: c} with a finite number c > 0")
    return dict(clip)


def _check_positive(where: str, field: str, value: Any) -> None:
    if not is_number(value) or value <= 0:
        raise refusal(where, field, value, "a finite number > 0")
