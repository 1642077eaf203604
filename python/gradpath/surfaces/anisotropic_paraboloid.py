"""A ravine: a bowl that is ten times steeper along one axis."""

from __future__ import annotations

from torch import Tensor

from gradpath.surfaces.surface import Surface


def _anisotropic_paraboloid(x1: Tensor, x2: Tensor) -> Tensor:
    return x1**2 * 0.2 + x2**2 * 2 - 5


SURFACE = Surface(
    "anisotropic_paraboloid",
    r"f(x_1, x_2) = 0.2\,x_1^2 + 2\,x_2^2 - 5",
    _anisotropic_paraboloid,
    ((0.0, 0.0),),
    (-10.0, 10.0, -3.0, 3.0),
    "Keydana (2023), Deep Learning and Scientific Computing with R torch, chapter on optimizers",
    place=2,
    bowl=((0.2, 2.0), -5.0),
)
