"""Beale's function: flat, with steep corners."""

from __future__ import annotations

from torch import Tensor

from gradpath.surfaces.surface import Surface


def _beale(x1: Tensor, x2: Tensor) -> Tensor:
    return (x1 * x2 - x1 + 1.5) ** 2 + (x1 * x2**2 - x1 + 2.25) ** 2 + (x1 * x2**3 - x1 + 2.625) ** 2


SURFACE = Surface(
    "beale",
    r"f(x_1, x_2) = (1.5 - x_1 + x_1 x_2)^2 + (2.25 - x_1 + x_1 x_2^2)^2"
    r" + (2.625 - x_1 + x_1 x_2^3)^2",
    _beale,
    ((3.0, 0.5),),
    (-1.0, 4.5, -2.0, 2.0),
    "Beale (1958), On an iterative method for finding a local minimum, Princeton",
    place=5,
)
