"""Which surface a picture of paths shows, and which part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from gradpath.refusals import is_one_of, one_of, refusal
from gradpath.surfaces import get_surface, surface_names
from gradpath.surfaces.own_surface import Window, check_callable, check_window, drawable
from gradpath.surfaces.surface import Surface

# How much of what the paths reach is left free on each side.
PATHS_MARGIN = 0.15


def drawn_surface(where: str, surface: Any, paths: Sequence[pd.DataFrame], window: Any) -> tuple[Surface, Window]:
    """Return the surface that is meant, and the window in which it is drawn.

    Parameters
    ----------
    where : str
        The place, for refusals.
    surface : str, Surface, callable or None
        The surface of the first path if None.
    paths : list of DataFrame
    window : (x1 from, x1 to, x2 from, x2 to), optional

    Raises
    ------
    GradpathError
        For a surface that does not exist, a function that fails, a window that is none; one line.
    """
    if window is not None:
        window = check_window(where, window)
    if not paths:
        raise refusal(where, "paths", [], "at least one path, as descend() returns it")
    surface = paths[0].attrs.get("surface") if surface is None else surface
    if isinstance(surface, Surface):
        return surface, window or surface.window
    if is_one_of(surface, surface_names()):
        found = get_surface(surface)
        return found, window or found.window
    if not callable(surface):
        raise refusal(where, "surface", surface, f"{one_of(surface_names())}, a surface or a function")
    check_callable(where, surface, "surface")
    window = window or window_of(paths)
    formula_of = drawable(f"{where}: surface", surface, window)
    return Surface("function", "", formula_of, (), window, ""), window


def window_of(paths: Sequence[pd.DataFrame]) -> Window:
    """Return what paths reach together, with a margin of 15 % of it on each side.

    A window is at least half as wide as high and the other way round, so that a straight path has room; around a
    path that stays where it is the window is 2 wide and high.
    """
    ends = [
        (min(float(path[x].min()) for path in paths), max(float(path[x].max()) for path in paths))
        for x in ("x1", "x2")
    ]
    longest = max(to - start for start, to in ends) or 2 / (1 + 2 * PATHS_MARGIN)
    window: list[float] = []
    for start, to in ends:
        half = max(to - start, longest / 2) * (0.5 + PATHS_MARGIN)
        window += [(start + to) / 2 - half, (start + to) / 2 + half]
    return (window[0], window[1], window[2], window[3])
