"""A saddle: down along one axis, up along the other."""

from __future__ import annotations

from torch import Tensor

from gradpath.surfaces.surface import Surface


def _saddle(x1: Tensor, x2: Tensor) -> Tensor:
    return x1**2 - x2**2


SURFACE = Surface(
    "saddle",
    r"f(x_1, x_2) = x_1^2 - x_2^2",
    _saddle,
    (),
    (-2.0, 2.0, -2.0, 2.0),
    "the standard saddle; no minimum",
    place=7,
)
