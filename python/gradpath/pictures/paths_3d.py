"""Draws paths down a surface seen from the side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from gradpath.accepted import is_number
from gradpath.pictures.canvas import check_theme, empty_picture, title_above
from gradpath.pictures.colours import LINES, MARKERS, THEMES
from gradpath.pictures.contours import band_colours, contour_grid, contour_levels, default_label, label_anchor
from gradpath.pictures.drawn_surfaces import drawn_surface
from gradpath.refusals import is_one_of, one_of, refusal
from gradpath.surfaces.own_surface import Function, Window
from gradpath.surfaces.surface import Surface

HEIGHTS = ("value", "root")
# How many facets there are at most along each axis, and into how many pieces a step is cut to follow them.
FACETS = 40
PIECES = 12
# How long the sides of the picture's box are: x1, x2 and height.
BOX = (4.0, 4.0, 3.0)
# On dark paper the facets' own colours would be lost.
GAIN = {"light": 1.0, "dark": 1.6}
# Of a path with more points only so many, evenly spread, carry a marker.
MOST_MARKERS = 30
# Where the light comes from, at a distance of 1.
LIGHT = (-0.64, -0.48, 0.6)


def plot_paths_3d(
    paths: Sequence[pd.DataFrame] | pd.DataFrame,
    surface: str | Surface | Function | None = None,
    labels: Sequence[str] | None = None,
    window: Window | None = None,
    title: str | None = None,
    theme: str = "light",
    height: str = "value",
    turn: float = -60.0,
    tilt: float = 35.0,
) -> Figure:
    """Draw paths down their surface, seen from the side.

    Parameters
    ----------
    paths, surface, labels, window, title, theme
        As for :func:`gradpath.plot_paths`. What lies outside of the window is not drawn.
    height : {"value", "root"}
        What the height is: the value, or the square root of how far it is above the lowest one in the picture, which
        shows the floor of a valley whose walls are high.
    turn, tilt : float
        From where it is seen, in degrees: around the vertical axis, and above the ground.

    Returns
    -------
    matplotlib.figure.Figure
        The colours are those of the contour lines. A step is straight in x1 and x2 and laid onto the surface. A path
        is drawn in front of the surface, also where a hill stands before it.

    Raises
    ------
    GradpathError
        Bad input; one line.
    """
    where = "plot_paths_3d()"
    check_theme(where, theme)
    paths = [paths] if isinstance(paths, pd.DataFrame) else list(paths)
    check_height(where, height)
    for field, angle in (("turn", turn), ("tilt", tilt)):
        if not is_number(angle):
            raise refusal(where, field, angle, "a finite number of degrees")
    surface, window = drawn_surface(where, surface, paths, window)
    labels = labels or [default_label(path) for path in paths]
    colours = THEMES[theme]
    relief = relief_of(surface, window, height)

    figure = empty_picture((6.4, 5.2), theme)
    axes: Any = figure.add_subplot(projection="3d", computed_zorder=False)
    axes.view_init(elev=tilt, azim=turn)
    axes.set_proj_type("ortho")
    axes.set_box_aspect(BOX)
    _dress(axes, height, theme)
    x1, x2 = np.meshgrid(relief.x1, relief.x2)
    axes.plot_surface(
        x1,
        x2,
        relief.height_of(relief.values),
        facecolors=relief.colours(theme),
        rcount=len(relief.x2),
        ccount=len(relief.x1),
        edgecolor=colours["line"],
        linewidth=0.25,
        shade=False,
        zorder=1,
    )
    axes.set_xlim(window[:2])
    axes.set_ylim(window[2:])
    for k, path in enumerate(paths):
        colour = colours["paths"][k % 4]
        line, points = laid_on(relief, surface, path, window)
        axes.plot(*line, color=colour, linewidth=1.8, linestyle=LINES[k % 4], zorder=3)
        look: dict[str, Any] = {"marker": MARKERS[k % 4], "markersize": 4.5, "color": colour, "mew": 0.6}
        every = -(-len(path) // MOST_MARKERS)
        axes.plot(*points, linestyle="none", markevery=every, mec=colours["paper"], zorder=4, **look)
    for k, path in enumerate(paths):
        at = label_anchor(path, paths[:k] + paths[k + 1 :], window)
        if (spot := on_surface(relief, surface, at, window)) is not None:
            # A break below the text lifts it above its marker, whatever the scale of the height.
            _write(axes, spot, f"{labels[k]}\n", colours["paths"][k % 4], theme, ha="center", fontweight="bold")
    _draw_ends(axes, relief, surface, paths[0], window, theme)
    title_above(axes, title, theme)
    return figure


class Relief(NamedTuple):
    """A surface over its window as facets.

    Attributes
    ----------
    x1, x2 : arrays
        Where the facets meet.
    values : array of shape (len(x2), len(x1))
    levels : array
        Those of the contour lines.
    lowest : float
        The lowest value of all.
    height : {"value", "root"}
    """

    x1: np.ndarray
    x2: np.ndarray
    values: np.ndarray
    levels: np.ndarray
    lowest: float
    height: str

    def height_of(self, values: Any) -> Any:
        """Return the heights of values."""
        if self.height == "value":
            return values
        return np.sqrt(np.maximum(np.asarray(values) - self.lowest, 0))

    def colours(self, theme: str) -> np.ndarray:
        """Return the colours of the facets: each that of the band in which its middle lies, in a light from the left.

        Shape (len(x2) - 1, len(x1) - 1, 4).
        """
        v = self.values
        middle = (v[1:, 1:] + v[1:, :-1] + v[:-1, 1:] + v[:-1, :-1]) / 4
        bands = band_colours(max(len(self.levels) - 1, 1), theme)
        painted = bands[np.clip(np.searchsorted(self.levels, middle) - 1, 0, len(bands) - 1)]
        painted[..., :3] *= self.light()[..., None] * GAIN[theme]
        return np.minimum(painted, 1)

    def light(self) -> np.ndarray:
        """Return how bright each facet is, from 0.7 to 1, in the proportions in which it is drawn."""
        z = self.height_of(self.values)
        z = z / (np.nanmax(z) - np.nanmin(z) or 1) * BOX[2]
        along1 = (z[1:, 1:] + z[:-1, 1:] - z[1:, :-1] - z[:-1, :-1]) / 2 * (len(self.x1) - 1) / BOX[0]
        along2 = (z[1:, 1:] + z[1:, :-1] - z[:-1, 1:] - z[:-1, :-1]) / 2 * (len(self.x2) - 1) / BOX[1]
        across = (-along1 * LIGHT[0] - along2 * LIGHT[1] + LIGHT[2]) / np.sqrt(along1**2 + along2**2 + 1)
        return 0.7 + 0.3 * np.maximum(across, 0)


def check_height(where: str, height: Any) -> None:
    """Refuse what is no kind of height."""
    if not is_one_of(height, HEIGHTS):
        raise refusal(where, "height", height, one_of(list(HEIGHTS)))


def relief_of(surface: Surface, window: Window, height: str) -> Relief:
    """Return a surface over its window as facets; its colours are those of :func:`gradpath.plot_paths`."""
    x1, x2, values = contour_grid(surface, window)
    every = max((len(x1) - 1) // FACETS, 1)
    return Relief(
        x1[::every],
        x2[::every],
        values[::every, ::every],
        contour_levels(values),
        float(np.nanmin(values)),
        height,
    )


def laid_on(
    relief: Relief, surface: Surface, path: pd.DataFrame, window: Window
) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Return a path as a line and as points, each as arrays of x1, x2 and height, NaN outside of the window."""
    x1, x2 = path["x1"].to_numpy(float), path["x2"].to_numpy(float)
    # Of the pieces of each step, the start is one; the last point ends the line.
    share = np.arange(PIECES) / PIECES
    fine = [np.append((x[:-1, None] + np.diff(x)[:, None] * share).ravel(), x[-1:]) for x in (x1, x2)]
    with torch.no_grad():
        values = surface(torch.from_numpy(np.stack(fine, axis=-1))).numpy()
    left, right, bottom, top = window
    inside = (left <= fine[0]) & (fine[0] <= right) & (bottom <= fine[1]) & (fine[1] <= top) & np.isfinite(values)
    line = tuple(np.where(inside, numbers, np.nan) for numbers in (*fine, relief.height_of(values)))
    return line, tuple(numbers[::PIECES] for numbers in line)


def on_surface(
    relief: Relief, surface: Surface, at: tuple[float, float], window: Window
) -> tuple[float, float, float] | None:
    """Return a point with its height; None outside of the window."""
    _, points = laid_on(relief, surface, pd.DataFrame({"x1": [at[0]], "x2": [at[1]]}), window)
    spot = (float(points[0][0]), float(points[1][0]), float(points[2][0]))
    return spot if np.isfinite(spot).all() else None


def height_label(height: str) -> str:
    """Return what stands beside the vertical axis."""
    return "value" if height == "value" else "√(value − lowest)"


def _dress(axes: Any, height: str, theme: str) -> None:
    colours = THEMES[theme]
    axes.set_facecolor(colours["paper"])
    for axis, label in ((axes.xaxis, "x₁"), (axes.yaxis, "x₂"), (axes.zaxis, height_label(height))):
        axis.set_label_text(label, color=colours["ink"], fontsize=10)
        axis.set_pane_color(colours["high"])
        axis.line.set_color(colours["ink"])
        axis._axinfo["grid"].update({"color": colours["line"], "linewidth": 0.4})
        axis.set_tick_params(colors=colours["ink"], labelsize=8)


def _write(axes: Any, spot: tuple[float, ...], text: str, colour: str, theme: str, **look: Any) -> None:
    written = axes.text(*spot, text, color=colour, fontsize=10, va="center", zorder=6, **look)
    written.set_path_effects([withStroke(linewidth=3, foreground=THEMES[theme]["paper"])])


def _draw_ends(axes: Any, relief: Relief, surface: Surface, path: pd.DataFrame, window: Window, theme: str) -> None:
    ink = THEMES[theme]["ink"]
    first = path.iloc[0]
    start = on_surface(relief, surface, (float(first["x1"]), float(first["x2"])), window)
    if start is not None:
        look: dict[str, Any] = {"marker": "o", "markersize": 10, "markerfacecolor": "none", "markeredgewidth": 1.8}
        axes.plot(*([x] for x in start), color=ink, linestyle="none", zorder=5, **look)
        _write(axes, start, "   start", ink, theme, ha="left")
    for minimum in surface.minima:
        spot = on_surface(relief, surface, minimum, window)
        if spot is not None:
            look = {"marker": "x", "markersize": 8, "markeredgewidth": 2}
            axes.plot(*([x] for x in spot), color=ink, linestyle="none", zorder=5, **look)
