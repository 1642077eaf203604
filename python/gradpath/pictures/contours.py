"""Draws paths over the contour lines of a surface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from gradpath.pictures.canvas import check_theme, dress, empty_picture, title_above
from gradpath.pictures.colours import LINES, MARKERS, THEMES
from gradpath.pictures.drawn_surfaces import drawn_surface
from gradpath.refusals import GradpathError
from gradpath.surfaces.own_surface import Function, Window
from gradpath.surfaces.surface import Surface

GRID = 81
LEVELS = 14
# A segment longer than this share of the window carries an arrow head.
ARROW_SHARE = 0.07


def contour_grid(surface: Surface, window: Window) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Evaluate a surface on a grid over its window.

    Returns
    -------
    x1, x2 : arrays of shape (81,)
        Fewer where the surface says so, in ``grid``: one whose values take long.
    values : array of shape (81, 81)
        ``values[i, j]`` is the value at ``(x1[j], x2[i])``; NaN where it is not finite.
    """
    count = getattr(surface, "grid", GRID)
    x1 = np.linspace(window[0], window[1], count)
    x2 = np.linspace(window[2], window[3], count)
    points = np.stack(np.meshgrid(x1, x2), axis=-1)
    with torch.no_grad():
        values = surface(torch.from_numpy(points)).numpy()
    if not np.isfinite(values).any():
        raise GradpathError(f"surface '{surface.name}': has no finite value in the window; use another window")
    return x1, x2, np.where(np.isfinite(values), values, np.nan)


def contour_levels(values: np.ndarray) -> np.ndarray:
    """Return 15 levels between the smallest and the largest value, closer where the surface is low.

    They are the quantiles (k/14)^2 of the values: on a bowl the lines come out evenly spaced, and a surface
    whose values span many powers of ten still shows its valley.
    """
    probabilities = (np.arange(LEVELS + 1) / LEVELS) ** 2
    return np.unique(np.quantile(values[np.isfinite(values)], probabilities))


def arrow_segments(path: pd.DataFrame, window: Window) -> np.ndarray:
    """Return the numbers (from 0) of the segments of a path that are long enough to carry an arrow head.

    A segment counts if it is longer than 7 % of the window and its middle lies in the window.
    """
    wide, high = window[1] - window[0], window[3] - window[2]
    x1, x2 = path["x1"].to_numpy(), path["x2"].to_numpy()
    length = np.hypot(np.diff(x1) / wide, np.diff(x2) / high)
    middle1, middle2 = (x1[1:] + x1[:-1]) / 2, (x2[1:] + x2[:-1]) / 2
    inside = (window[0] < middle1) & (middle1 < window[1]) & (window[2] < middle2) & (middle2 < window[3])
    return np.flatnonzero((length > ARROW_SHARE) & inside)


def label_anchor(path: pd.DataFrame, others: Sequence[pd.DataFrame], window: Window) -> tuple[float, float]:
    """Return the point of a path, inside the window, that lies farthest from the other paths."""
    wide, high = window[1] - window[0], window[3] - window[2]
    x1, x2 = path["x1"].to_numpy(), path["x2"].to_numpy()
    inside = (window[0] <= x1) & (x1 <= window[1]) & (window[2] <= x2) & (x2 <= window[3])
    if not inside.any():
        return float(x1[0]), float(x2[0])
    x1, x2 = x1[inside], x2[inside]
    if not others:
        middle = len(x1) // 2
        return float(x1[middle]), float(x2[middle])
    o1 = np.concatenate([o["x1"].to_numpy() for o in others])
    o2 = np.concatenate([o["x2"].to_numpy() for o in others])
    distance = np.hypot((x1[:, None] - o1) / wide, (x2[:, None] - o2) / high).min(axis=1)
    farthest = int(distance.argmax())
    return float(x1[farthest]), float(x2[farthest])


def plot_paths(
    paths: Sequence[pd.DataFrame] | pd.DataFrame,
    surface: str | Surface | Function | None = None,
    labels: Sequence[str] | None = None,
    label_at: Sequence[tuple[float, float] | None] | None = None,
    window: Window | None = None,
    title: str | None = None,
    theme: str = "light",
) -> Figure:
    """Draw paths over the filled contour lines of their surface.

    Parameters
    ----------
    paths : DataFrame or list of DataFrame
        As :func:`gradpath.descend` returns them; at most four are told apart by marker and line.
    surface : str, Surface or callable, optional
        The surface of the first path if left out. A function is drawn as :func:`gradpath.surface` would take it: of
        many points, or of a single one, which is called point by point.
    labels : list of str, optional
        One per path; optimizer and lr if left out.
    label_at : list of (float, float) or None, optional
        Where each label stands, in coordinates of the surface; beside its path if left out.
    window : (x1 from, x1 to, x2 from, x2 to), optional
        If left out: the surface's own window, or for a function what the paths reach, with a margin.
    title : str, optional
    theme : {"light", "dark"}

    Returns
    -------
    matplotlib.figure.Figure
        The start is a ring, each minimum a cross; arrow heads show the direction.

    Raises
    ------
    GradpathError
        For a theme or a surface that does not exist, a window that is none, and a function that fails.
    """
    where = "plot_paths()"
    check_theme(where, theme)
    paths = [paths] if isinstance(paths, pd.DataFrame) else list(paths)
    surface, window = drawn_surface(where, surface, paths, window)
    labels = labels or [default_label(path) for path in paths]
    label_at = label_at or [None] * len(paths)

    figure, axes = empty_plot(surface, window, title, theme)
    for k, path in enumerate(paths):
        _draw_path(axes, path, window, k, theme)
    for k, path in enumerate(paths):
        _draw_label(axes, path, paths[:k] + paths[k + 1 :], window, k, labels[k], label_at[k], theme)
    _draw_ends(axes, surface, paths[0], window, theme)
    return figure


def empty_plot(surface: Surface, window: Window, title: str | None, theme: str) -> tuple[Figure, Axes]:
    """Draw the contour lines alone."""
    colours = THEMES[theme]
    # A square window is drawn square, so that a round bowl looks round.
    square = window[1] - window[0] == window[3] - window[2]
    figure = empty_picture((5.6, 5.6) if square else (7.2, 4.8), theme)
    axes = figure.subplots()
    x1, x2, values = contour_grid(surface, window)
    levels = contour_levels(values)
    if len(levels) == 1:
        # A plain: one band around its height.
        levels = levels + np.array([-0.5, 0.5])
    axes.contourf(x1, x2, values, levels=levels, colors=band_colours(len(levels) - 1, theme))
    axes.contour(x1, x2, values, levels=levels[1:-1], colors=colours["line"], linewidths=0.6, linestyles="solid")
    dress(axes, theme, 9)
    axes.set_xlim(window[:2])
    axes.set_ylim(window[2:])
    axes.set_xlabel("x₁", color=colours["ink"], fontsize=11)
    axes.set_ylabel("x₂", color=colours["ink"], fontsize=11)
    title_above(axes, title, theme)
    return figure, axes


def band_colours(bands: int, theme: str) -> np.ndarray:
    """Return the colours of so many bands between contour lines, the lowest first: shape (bands, 4)."""
    ends = [THEMES[theme]["low"], THEMES[theme]["high"]]
    return LinearSegmentedColormap.from_list("gradpath", ends, N=bands)(np.linspace(0, 1, bands))


def _draw_path(axes: Axes, path: pd.DataFrame, window: Window, k: int, theme: str) -> None:
    colour = THEMES[theme]["paths"][k % 4]
    paper = THEMES[theme]["paper"]
    x1, x2 = path["x1"].to_numpy(), path["x2"].to_numpy()
    axes.plot(x1, x2, color=colour, linewidth=1.6, linestyle=LINES[k % 4])
    axes.plot(
        x1,
        x2,
        linestyle="none",
        marker=MARKERS[k % 4],
        markersize=5,
        color=colour,
        markeredgecolor=paper,
        markeredgewidth=0.6,
    )
    for i in arrow_segments(path, window):
        # The head sits at the middle of its segment, where neither end's marker hides it.
        tip = ((x1[i] + x1[i + 1]) / 2, (x2[i] + x2[i + 1]) / 2)
        tail = (tip[0] - (x1[i + 1] - x1[i]) * 0.02, tip[1] - (x2[i + 1] - x2[i]) * 0.02)
        style = {
            "arrowstyle": "-|>",
            "color": colour,
            "mutation_scale": 12,
            "shrinkA": 0,
            "shrinkB": 0,
            "lw": 0.5,
        }
        axes.annotate("", xy=tip, xytext=tail, arrowprops=style, annotation_clip=True)


def _draw_label(
    axes: Axes,
    path: pd.DataFrame,
    others: Sequence[pd.DataFrame],
    window: Window,
    k: int,
    label: str,
    at: tuple[float, float] | None,
    theme: str,
) -> None:
    colour, paper = THEMES[theme]["paths"][k % 4], THEMES[theme]["paper"]
    wide, high = window[1] - window[0], window[3] - window[2]
    if at is None:
        anchor = label_anchor(path, others, window)
        at = (
            anchor[0],
            anchor[1] + (0.06 if anchor[1] < (window[2] + window[3]) / 2 + high / 4 else -0.06) * high,
        )
    else:
        x1, x2 = path["x1"].to_numpy(), path["x2"].to_numpy()
        middle1, middle2 = (x1[1:] + x1[:-1]) / 2, (x2[1:] + x2[:-1]) / 2
        x1, x2 = np.concatenate([x1, middle1]), np.concatenate([x2, middle2])
        nearest = int(np.hypot((x1 - at[0]) / wide, (x2 - at[1]) / high).argmin())
        anchor = (float(x1[nearest]), float(x2[nearest]))
    axes.plot([at[0], anchor[0]], [at[1], anchor[1]], color=colour, linewidth=0.7, zorder=1.9)
    text = axes.text(*at, label, color=colour, fontsize=10, fontweight="bold", ha="center", va="center")
    text.set_path_effects([withStroke(linewidth=3, foreground=paper)])


def _draw_ends(axes: Axes, surface: Surface, path: pd.DataFrame, window: Window, theme: str) -> None:
    ink, paper = THEMES[theme]["ink"], THEMES[theme]["paper"]
    first = path.iloc[0]
    ring: dict[str, Any] = {
        "marker": "o",
        "markersize": 11,
        "markerfacecolor": "none",
        "markeredgewidth": 1.8,
    }
    axes.plot(first["x1"], first["x2"], color=ink, linestyle="none", **ring)
    offset = (window[1] - window[0]) * 0.02
    start = axes.text(first["x1"] + offset, first["x2"], " start", color=ink, fontsize=10, va="center")
    start.set_path_effects([withStroke(linewidth=3, foreground=paper)])
    for m1, m2 in surface.minima:
        axes.plot(m1, m2, marker="x", markersize=9, markeredgewidth=2, color=ink, linestyle="none")


def default_label(path: pd.DataFrame) -> str:
    """Return what a path is called where it has no label: its optimizer and lr."""
    attrs = path.attrs
    lr = attrs.get("hyperparameters", {}).get("lr")
    # A rule of the reader's own may have no rate.
    return attrs.get("optimizer", "path") + ("" if lr is None else f", lr {lr:g}")
