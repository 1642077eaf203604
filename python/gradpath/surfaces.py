"""The 2-D functions that the optimizers descend.

Formulas are written with their constants on the right (``x1**2 * 0.2``) so that both languages perform
the same floating-point operations in the same order: in R's torch a scalar on the left is a float32.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from gradpath.refusals import is_one_of, one_of, refusal

Point = tuple[float, float]


@dataclass(frozen=True)
class Surface:
    """A named function of two variables, to be called with a tensor of points.

    Attributes
    ----------
    name : str
    formula : str
        In TeX.
    formula_of : Callable
        Takes the tensors ``x1`` and ``x2``, gives the tensor of values.
    minima : tuple of (float, float)
        Where the global minima are; empty if the function has none.
    window : tuple
        ``(x1 from, x1 to, x2 from, x2 to)``, for drawing.
    source : str
        Where the function comes from.
    """

    name: str
    formula: str
    formula_of: Callable[[Tensor, Tensor], Tensor]
    minima: tuple[Point, ...]
    window: tuple[float, float, float, float]
    source: str

    def __call__(self, x: Tensor) -> Tensor:
        """Evaluate at points of shape (..., 2); the result has shape (...) and the dtype of ``x``."""
        x1, x2 = x.unbind(-1)
        return self.formula_of(x1, x2)


def _isotropic_paraboloid(x1: Tensor, x2: Tensor) -> Tensor:
    return x1**2 * 0.2 + x2**2 * 0.2 - 5


def _anisotropic_paraboloid(x1: Tensor, x2: Tensor) -> Tensor:
    return x1**2 * 0.2 + x2**2 * 2 - 5


def _rosenbrock(x1: Tensor, x2: Tensor) -> Tensor:
    return (x1 - 1) ** 2 + (x2 - x1**2) ** 2 * 100


def _himmelblau(x1: Tensor, x2: Tensor) -> Tensor:
    return (x1**2 + x2 - 11) ** 2 + (x1 + x2**2 - 7) ** 2


def _beale(x1: Tensor, x2: Tensor) -> Tensor:
    return (x1 * x2 - x1 + 1.5) ** 2 + (x1 * x2**2 - x1 + 2.25) ** 2 + (x1 * x2**3 - x1 + 2.625) ** 2


def _rastrigin(x1: Tensor, x2: Tensor) -> Tensor:
    wave = torch.cos(x1 * (2 * math.pi)) + torch.cos(x2 * (2 * math.pi))
    return x1**2 + x2**2 - wave * 10 + 20


def _saddle(x1: Tensor, x2: Tensor) -> Tensor:
    return x1**2 - x2**2


SURFACES: dict[str, Surface] = {
    s.name: s
    for s in (
        Surface(
            "isotropic_paraboloid",
            r"f(x_1, x_2) = 0.2\,x_1^2 + 0.2\,x_2^2 - 5",
            _isotropic_paraboloid,
            ((0.0, 0.0),),
            (-8.0, 8.0, -8.0, 8.0),
            "Keydana (2023), Deep Learning and Scientific Computing with R torch, chapter on optimizers",
        ),
        Surface(
            "anisotropic_paraboloid",
            r"f(x_1, x_2) = 0.2\,x_1^2 + 2\,x_2^2 - 5",
            _anisotropic_paraboloid,
            ((0.0, 0.0),),
            (-10.0, 10.0, -3.0, 3.0),
            "Keydana (2023), Deep Learning and Scientific Computing with R torch, chapter on optimizers",
        ),
        Surface(
            "rosenbrock",
            r"f(x_1, x_2) = (x_1 - 1)^2 + 100\,(x_2 - x_1^2)^2",
            _rosenbrock,
            ((1.0, 1.0),),
            (-2.0, 2.0, -1.0, 3.0),
            "Rosenbrock (1960), The Computer Journal 3(3), 175-184",
        ),
        Surface(
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
        ),
        Surface(
            "beale",
            r"f(x_1, x_2) = (1.5 - x_1 + x_1 x_2)^2 + (2.25 - x_1 + x_1 x_2^2)^2"
            r" + (2.625 - x_1 + x_1 x_2^3)^2",
            _beale,
            ((3.0, 0.5),),
            (-1.0, 4.5, -2.0, 2.0),
            "Beale (1958), On an iterative method for finding a local minimum, Princeton",
        ),
        Surface(
            "rastrigin",
            r"f(x_1, x_2) = 20 + x_1^2 + x_2^2 - 10\,(\cos 2\pi x_1 + \cos 2\pi x_2)",
            _rastrigin,
            ((0.0, 0.0),),
            (-2.5, 2.5, -2.5, 2.5),
            "Rastrigin (1974), Systems of Extremal Control, Nauka",
        ),
        Surface(
            "saddle",
            r"f(x_1, x_2) = x_1^2 - x_2^2",
            _saddle,
            (),
            (-2.0, 2.0, -2.0, 2.0),
            "the standard saddle; no minimum",
        ),
    )
}


def surface_names() -> list[str]:
    """Return the names that :func:`get_surface` knows."""
    return list(SURFACES)


def get_surface(name: str) -> Surface:
    """Return the surface of that name.

    Raises
    ------
    GradpathError
        If there is none.
    """
    if not is_one_of(name, surface_names()):
        raise refusal("get_surface()", "name", name, one_of(surface_names()))
    return SURFACES[name]
