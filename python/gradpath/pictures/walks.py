"""Draws walks down curves of one variable, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from torch import Tensor

from gradpath.pictures.canvas import check_theme, dress, empty_picture, title_above
from gradpath.pictures.colours import THEMES
from gradpath.refusals import refusal

WALKS_PER_ROW = 2
CURVE_POINTS = 201
# How much a picture is higher than its curve, and wider than its window, as a share of these.
MARGIN = 0.06


def plot_walks(
    curves: Sequence[Callable[[Tensor], Tensor]],
    walks: Sequence[Sequence[float]],
    windows: Sequence[tuple[float, float]],
    labels: Sequence[str] | None = None,
    title: str | None = None,
    theme: str = "light",
) -> Figure:
    """Draw walks down curves of one variable, one small picture each.

    Parameters
    ----------
    curves : list of callable
        Each takes a tensor of shape (n,) and returns the values there, of the same shape.
    walks : list of list of float
        The points of each walk, its start first.
    windows : list of (float, float)
        From where to where each curve is drawn; the start of its walk lies in it.
    labels : list of str, optional
        What stands above each picture; nothing if left out.
    title : str, optional
    theme : {"light", "dark"}

    Returns
    -------
    matplotlib.figure.Figure
        The start is a ring. A walk that leaves its window ends at its last point there, and says where it goes.

    Raises
    ------
    GradpathError
        For a theme that does not exist, or not as many curves as walks and windows.
    """
    where = "plot_walks()"
    check_theme(where, theme)
    for field, given in (("curves", curves), ("windows", windows)):
        if len(given) != len(walks) or not walks:
            raise refusal(where, field, len(given), f"{max(1, len(walks))}, as many as walks")
    check_starts(where, walks, windows)
    rows = -(-len(walks) // WALKS_PER_ROW)
    figure = empty_picture((7.2, 2.4 * rows), theme)
    grid = figure.subplots(rows, WALKS_PER_ROW, squeeze=False).ravel()
    for axes in grid[len(walks) :]:
        axes.set_axis_off()
    for k, (curve, walk, window) in enumerate(zip(curves, walks, windows, strict=True)):
        _draw_walk(grid[k], curve, walk, window, labels[k] if labels else None, theme)
    ink = THEMES[theme]["ink"]
    figure.supxlabel("x", color=ink, fontsize=11)
    figure.supylabel("value", color=ink, fontsize=11)
    title_above(figure, title, theme)
    return figure


def check_starts(where: str, walks: Sequence[Sequence[float]], windows: Sequence[tuple[float, float]]) -> None:
    """Refuse a walk that does not start in its window: there would be nothing to draw."""
    for walk, window in zip(walks, windows, strict=True):
        start = float(walk[0]) if len(walk) else None
        if start is None or not window[0] <= start <= window[1]:
            raise refusal(where, "walks", start, f"a start in its window, from {window[0]:.15g} to {window[1]:.15g}")


def points_inside(walk: Sequence[float], window: tuple[float, float]) -> tuple[list[float], float | None]:
    """Return the points of a walk before it first leaves the window, and the one that left (None if none does)."""
    for k, x in enumerate(walk):
        if not window[0] <= x <= window[1]:
            return list(walk[:k]), x
    return list(walk), None


def _draw_walk(
    axes: Axes,
    curve: Callable[[Tensor], Tensor],
    walk: Sequence[float],
    window: tuple[float, float],
    label: str | None,
    theme: str,
) -> None:
    colours = THEMES[theme]
    line = np.linspace(window[0], window[1], CURVE_POINTS)
    values = curve(torch.from_numpy(line)).numpy()
    points, left = points_inside(walk, window)
    heights = curve(torch.tensor(points, dtype=torch.float64)).numpy()
    colour = colours["paths"][1]
    axes.plot(line, values, color=colours["line"], linewidth=2.2)
    axes.plot(points, heights, color=colour, linewidth=0.8)
    axes.plot(
        points, heights, linestyle="none", marker="o", markersize=4, color=colour, mec=colours["paper"], mew=0.5
    )
    axes.plot(
        points[0], heights[0], linestyle="none", marker="o", markersize=10, mfc="none", mew=1.6, c=colours["ink"]
    )
    if left is not None:
        text = axes.annotate(
            f"then x = {left:.3g}", (points[-1], heights[-1]), xytext=(8, 0), textcoords="offset points",
            color=colour, fontsize=9, fontweight="bold", va="center",
        )  # fmt: skip
        text.set_path_effects([withStroke(linewidth=3, foreground=colours["paper"])])
    wide, high = window[1] - window[0], values.max() - values.min()
    axes.set_xlim(window[0] - MARGIN * wide, window[1] + MARGIN * wide)
    axes.set_ylim(values.min() - MARGIN * high, values.max() + MARGIN * high)
    dress(axes, theme, 8)
    if label:
        axes.set_title(label, color=colours["ink"], fontsize=10, loc="left")
