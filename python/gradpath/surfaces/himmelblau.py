"""Himmelblau's function: four minima of equal depth."""

from __future__ import annotations

from torch import Tensor

from gradpath.surfaces.surface import Surface


def _himmelblau(x1: Tensor, x2: Tensor) -> Tensor:
    return (x1**2 + x2 - 11) ** 2 + (x1 + x2**2 - 7) ** 2


SURFACE = Surface(
    "himmelblau",
    r"f(x_1, x_2) = (x_1^2 + x_2 - 11)^2 + (x_1 + x_2^2 - 7)^2",
    _himmelblau,
    (
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    ),
    (-5.0, 5.0, -5.0, 5.0),
    "Himmelblau (1972), Applied Nonlinear Programming, McGraw-Hill",
    place=4,
)
