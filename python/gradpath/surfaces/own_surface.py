"""surface(): a function of the reader's own as a surface, checked by calling it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gradpath.accepted import is_number
from gradpath.refusals import GradpathError, refusal, user_failure
from gradpath.surfaces.surface import Point, Surface

Window = tuple[float, float, float, float]
Function = Callable[[Tensor], Tensor]

_WORD = re.compile("[A-Za-z][A-Za-z0-9_]*")
# Where in a window a function is tried, as shares of its width and height: no two alike, none at its middle or edge,
# and so many that a function of one point, given all of them, does not give as many values by accident.
_SAMPLE = ((0.31, 0.62), (0.83, 0.17), (0.12, 0.09), (0.57, 0.91), (0.74, 0.44))


def surface(
    f: Function,
    name: str,
    window: Sequence[float],
    minima: Sequence[Sequence[float]] | None = None,
    source: str | None = None,
    formula: str | None = None,
) -> Surface:
    """Make a surface of a function, as the built-in ones are.

    Parameters
    ----------
    f : callable
        Takes one argument, a tensor of points of shape (n, 2), and returns their values, of shape (n,), made of
        operations that autograd can differentiate: ``lambda x: x[..., 0] ** 2 + x[..., 1] ** 4``. A function of a
        single point of shape (2,), as :func:`gradpath.descend` takes it, does too: it is called point by point,
        which is slower. ``f`` is tried at five points of the window, in float64.
    name : str
        A word, and no built-in surface's.
    window : (x1 from, x1 to, x2 from, x2 to)
        For drawing.
    minima : list of (float, float), optional
        Where the global minima are known to be; pictures mark them.
    source : str, optional
        Where the function comes from.
    formula : str, optional
        In TeX.

    Returns
    -------
    Surface
        Called with points of shape (..., 2) it gives values of shape (...).

    Raises
    ------
    GradpathError
        Bad input, and a function that fails, gives something else than a number for each point, or cannot be
        differentiated; one line.

    Examples
    --------
    >>> quartic = surface(lambda x: (x**4).sum(-1), "quartic", (-2, 2, -2, 2), minima=[(0, 0)])
    >>> quartic(torch.tensor([[1.0, 1.0], [0.0, 2.0]])).tolist()
    [2.0, 16.0]
    """
    # Found when it is called: the folder's list finds this file too.
    from gradpath.surfaces import surface_names

    where = "surface()"
    check_callable(where, f, "f")
    if not isinstance(name, str) or not _WORD.fullmatch(name) or name in surface_names():
        taken = ", ".join(surface_names())
        raise refusal(where, "name", name, f"a word of letters, digits and _, none of {taken}")
    window = check_window(where, window)
    points = () if minima is None else check_minima(where, minima)
    for field, text in (("source", source), ("formula", formula)):
        if text is not None and not isinstance(text, str):
            raise refusal(where, field, text, "a text")
    formula_of = drawable(f"{where}: f", f, window)
    check_differentiable(f"{where}: f", f, window)
    return Surface(name, formula or "", formula_of, points, window, source or "")


def check_callable(where: str, f: Any, field: str) -> None:
    """Refuse what is no function, or one that cannot be called with points alone."""
    if not callable(f):
        raise refusal(where, field, f, "a function of one argument, the points")
    check_arity(where, f, field)


def check_arity(where: str, surface: Callable[..., Any], field: str = "surface") -> None:
    """Refuse a function that cannot be called with a point alone."""
    try:
        parameters = list(inspect.signature(surface).parameters.values())
    except (TypeError, ValueError):
        # Functions written in C do not always say what they take.
        return
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    takes_any = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    if len(required) > 1 or not (positional or takes_any):
        got = f"a function of {len(required)} arguments"
        raise GradpathError(f"{where}: {field}: {got} is not accepted; use a function of one, the point")


def check_window(where: str, window: Any) -> Window:
    """Return a window; refuse what is not four finite numbers in order."""
    given = list(window) if isinstance(window, list | tuple) or hasattr(window, "tolist") else window
    numbers = isinstance(given, list) and len(given) == 4 and all(map(is_number, given))
    if not numbers or not (given[0] < given[1] and given[2] < given[3]):
        raise refusal(
            where, "window", given, "four finite numbers: x1 from and to, x2 from and to, each to above its from"
        )
    return (float(given[0]), float(given[1]), float(given[2]), float(given[3]))


def window_around(reached: Sequence[Sequence[float]], margin: float) -> Window:
    """Return a window around numbers of x1 and numbers of x2, with a share of what they reach left free on each side.

    It is at least half as wide as high and the other way round, so that a straight path has room; around a single
    point it is 2 wide and high.
    """
    ends = [(min(numbers), max(numbers)) for numbers in reached]
    longest = max(to - start for start, to in ends) or 4 / (1 + 2 * margin)
    window: list[float] = []
    for start, to in ends:
        half = max(to - start, longest / 2) * (0.5 + margin)
        window += [(start + to) / 2 - half, (start + to) / 2 + half]
    return (window[0], window[1], window[2], window[3])


def check_minima(where: str, minima: Any) -> tuple[Point, ...]:
    """Return minima as points; refuse what is not a list of points of two finite numbers."""
    accepted = "a list of points, two finite numbers each"
    if not isinstance(minima, list | tuple):
        raise refusal(where, "minima", minima, accepted)
    for point in minima:
        if not isinstance(point, list | tuple) or len(point) != 2 or not all(map(is_number, point)):
            raise refusal(where, "minima", point, accepted)
    return tuple((float(a), float(b)) for a, b in minima)


def drawable(where: str, f: Function, window: Window) -> Callable[[Tensor, Tensor], Tensor]:
    """Return a function as a surface's formula: of tensors ``x1`` and ``x2`` of any shape, the values in that shape.

    A function that gives for many points what it gives for each of them is called with many, another point by point.

    Raises
    ------
    GradpathError
        If it fails at one of the points where it is tried, or gives something else than one number.
    """
    sample = _sample(window)
    alone = torch.stack([_value_at(where, f, point) for point in sample])
    evaluated = f if _gives_the_same(f, sample, alone) else _point_by_point(where, f)

    def formula_of(x1: Tensor, x2: Tensor) -> Tensor:
        x1, x2 = torch.broadcast_tensors(x1, x2)
        values = evaluated(torch.stack([x1.reshape(-1), x2.reshape(-1)], dim=-1))
        return values.to(x1.dtype).reshape(x1.shape)

    return formula_of


def _sample(window: Window) -> Tensor:
    left, right, bottom, top = window
    return torch.tensor(
        [(left + a * (right - left), bottom + b * (top - bottom)) for a, b in _SAMPLE], dtype=torch.float64
    )


def _point_by_point(where: str, f: Function) -> Function:
    return lambda points: torch.stack([_value_at(where, f, point) for point in points])


def _gives_the_same(f: Function, points: Tensor, alone: Tensor) -> bool:
    # What a function of one point does with many is its own: it may fail in any way, or give numbers of another kind.
    try:
        values = f(points.clone())
        fits = isinstance(values, Tensor) and values.shape == alone.shape
        return fits and torch.allclose(values.detach().to(alone), alone.detach(), rtol=1e-9, equal_nan=True)
    except Exception:
        return False


def _value_at(where: str, f: Function, point: Tensor) -> Tensor:
    try:
        value = f(point.clone())
    except GradpathError:
        raise
    except Exception as error:
        raise user_failure(where, error) from error
    if not isinstance(value, Tensor) or value.numel() != 1:
        got = f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
        raise GradpathError(f"{where}: returned {got} for one point; return a tensor of one element")
    if value.layout != torch.strided or not value.is_floating_point():
        raise GradpathError(f"{where}: returned something else than real numbers; return a dense tensor of them")
    return value.reshape(())


def check_differentiable(where: str, f: Function, window: Window) -> None:
    """Refuse a function whose value autograd cannot follow back to the point."""
    point = _sample(window)[0].requires_grad_()
    value = _value_at(where, f, point)
    slope = None
    if value.requires_grad:
        try:
            (slope,) = torch.autograd.grad(value, point, allow_unused=True)
        except Exception as error:
            raise user_failure(where, error, "autograd cannot differentiate your function") from error
    if slope is None:
        raise GradpathError(
            f"{where}: returned a value that does not depend on the point for autograd; compute it from the point"
            " with tensor operations, detaching nothing"
        )
