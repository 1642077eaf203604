"""Which surface a picture of paths shows, and which part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from gradpath.refusals import is_one_of, one_of, refusal
from gradpath.surfaces import get_surface, surface_names
from gradpath.surfaces.own_surface import Window, check_callable, check_window, drawable, window_around
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
    reached = [[float(v) for path in paths for v in path[x]] for x in ("x1", "x2")]
    window = window or window_around(reached, PATHS_MARGIN)
    formula_of = drawable(f"{where}: surface", surface, window)
    return Surface("function", "", formula_of, (), window, ""), window
