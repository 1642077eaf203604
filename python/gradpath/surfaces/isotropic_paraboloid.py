"""A round bowl."""

from __future__ import annotations

from torch import Tensor

from gradpath.surfaces.surface import Surface


def _isotropic_paraboloid(x1: Tensor, x2: Tensor) -> Tensor:
    return x1**2 * 0.2 + x2**2 * 0.2 - 5


SURFACE = Surface(
    "isotropic_paraboloid",
    r"f(x_1, x_2) = 0.2\,x_1^2 + 0.2\,x_2^2 - 5",
    _isotropic_paraboloid,
    ((0.0, 0.0),),
    (-8.0, 8.0, -8.0, 8.0),
    "Keydana (2023), Deep Learning and Scientific Computing with R torch, chapter on optimizers",
    place=1,
    bowl=((0.2, 0.2), -5.0),
)
