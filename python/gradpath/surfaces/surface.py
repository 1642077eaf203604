"""What a surface is: a function of two variables, and what is known about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

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
    place : int
        Where it stands in lists.
    bowl : tuple, optional
        ``((a1, a2), c)`` if the function is the bowl a1 x1^2 + a2 x2^2 + c: paths on it have a closed form.
    """

    name: str
    formula: str
    formula_of: Callable[[Tensor, Tensor], Tensor]
    minima: tuple[Point, ...]
    window: tuple[float, float, float, float]
    source: str
    place: int = 0
    bowl: tuple[tuple[float, float], float] | None = None

    def __call__(self, x: Tensor) -> Tensor:
        """Evaluate at points of shape (..., 2); the result has shape (...) and the dtype of ``x``."""
        x1, x2 = x.unbind(-1)
        return self.formula_of(x1, x2)
