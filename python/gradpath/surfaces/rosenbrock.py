"""Rosenbrock's banana: a curved valley with a flat floor."""

from __future__ import annotations

from torch import Tensor

from gradpath.surfaces.surface import Surface


def _rosenbrock(x1: Tensor, x2: Tensor) -> Tensor:
    return (x1 - 1) ** 2 + (x2 - x1**2) ** 2 * 100


SURFACE = Surface(
    "rosenbrock",
    r"f(x_1, x_2) = (x_1 - 1)^2 + 100\,(x_2 - x_1^2)^2",
    _rosenbrock,
    ((1.0, 1.0),),
    (-2.0, 2.0, -1.0, 3.0),
    "Rosenbrock (1960), The Computer Journal 3(3), 175-184",
    place=3,
)
