"""Draws maps of how many steps an optimizer needs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.patheffects import AbstractPathEffect, withStroke
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from gradpath.pictures.canvas import check_theme, dress, empty_picture, title_above
from gradpath.pictures.colours import STEP_COLOURS, THEMES
from gradpath.refusals import refusal

# A region that has less than this share of the cells gets no label.
LABELLED_SHARE = 0.03
# How many times as wide as high a label counts.
TEXT_SHAPE = 4


def plot_steps(counts: pd.DataFrame, title: str | None = None, theme: str = "light") -> Figure:
    """Draw a map of steps: learning rate across, the other hyperparameter upwards, steps as colour.

    Parameters
    ----------
    counts : DataFrame
        As :func:`steps_to_reach` returns it for a list of ``lr`` and a list of one other hyperparameter.
    title : str, optional
    theme : {"light", "dark"}

    Returns
    -------
    matplotlib.figure.Figure
        A ring marks the cell with the fewest steps. Cells that do not arrive have a dot, those that diverge a
        cross, and both regions are named on the picture.

    Raises
    ------
    GradpathError
        For a theme that does not exist, or a table that is no such map.
    """
    where = "plot_steps()"
    check_theme(where, theme)
    other = _other_hyperparameter(where, counts)
    colours, own = THEMES[theme], STEP_COLOURS[theme]
    figure = empty_picture((7.2, 4.8), theme)
    axes = figure.subplots()
    across, up = cell_edges(np.log10(counts["lr"])), cell_edges(counts[other])
    table = counts.pivot(index=other, columns="lr", values="steps").to_numpy()
    steps = counts.attrs["steps"]
    # The fewest steps to the most that a run may take; one more where they are the same, for a scale needs two ends.
    fewest = max(1.0, min(counts["steps"].min(), steps))
    norm = LogNorm(fewest, max(steps, fewest + 1))
    shades = LinearSegmentedColormap.from_list("steps", own["steps"])
    cells = np.ma.masked_invalid(table)
    axes.pcolormesh(10**across, up, cells, cmap=shades, norm=norm, edgecolors=colours["paper"], linewidth=0.4)
    lost = np.ma.masked_where(
        counts.pivot(index=other, columns="lr", values="status").to_numpy() != "diverged", np.ones_like(table)
    )
    rust = LinearSegmentedColormap.from_list("diverged", [own["diverged"]] * 2)
    axes.pcolormesh(10**across, up, lost, cmap=rust, edgecolors=colours["paper"], linewidth=0.4)
    for status, marker, colour in (("not reached", ".", colours["line"]), ("diverged", "x", own["cross"])):
        some = counts[counts["status"] == status]
        axes.plot(some["lr"], some[other], linestyle="none", marker=marker, markersize=2.4, color=colour, mew=0.6)
    _draw_map_axes(axes, theme, across, other)
    _draw_map_labels(axes, counts, other, colours)
    bar = figure.colorbar(ScalarMappable(norm, shades), ax=axes, aspect=28, pad=0.02)
    bar.ax.yaxis.set_major_locator(FixedLocator(ticks_between(fewest, steps)))
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    bar.ax.tick_params(colors=colours["ink"], labelsize=9, length=3)
    bar.outline.set_visible(False)
    bar.set_label("steps", color=colours["ink"], fontsize=11)
    title_above(axes, title, theme)
    return figure


def cell_edges(values: Any) -> np.ndarray:
    """Return where cells begin and end: half-way between neighbours, and as far beyond the outer ones."""
    middles = np.unique(np.asarray(values, dtype=float))
    between = (middles[1:] + middles[:-1]) / 2
    return np.concatenate([[2 * middles[0] - between[0]], between, [2 * middles[-1] - between[-1]]])


def ticks_between(low: float, high: float) -> list[float]:
    """Return the numbers 1, 2 and 5 times a power of ten from ``low`` to ``high``."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    return [float(f"{m}e{p}") for p in powers for m in (1, 2, 5) if low <= float(f"{m}e{p}") <= high]


def _other_hyperparameter(where: str, counts: Any) -> str:
    columns = list(counts.columns) if isinstance(counts, pd.DataFrame) else []
    others = [name for name in columns if name not in ("lr", "steps", "status")]
    is_map = len(columns) == 4 and len(others) == 1 and "steps" in counts.attrs
    if not is_map or counts["lr"].nunique() < 2 or counts["lr"].min() <= 0 or counts[others[0]].nunique() < 2:
        accepted = "what steps_to_reach() gives for some lr > 0 and some values of one other hyperparameter"
        raise refusal(where, "counts", columns, accepted)
    return others[0]


def _draw_map_axes(axes: Axes, theme: str, across: np.ndarray, other: str) -> None:
    colours = THEMES[theme]
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(ticks_between(10 ** across[0], 10 ** across[-1])))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("learning rate", color=colours["ink"], fontsize=11)
    axes.set_ylabel(other, color=colours["ink"], fontsize=11)
    dress(axes, theme, 9)


def map_labels(counts: pd.DataFrame, other: str) -> list[tuple[str, float, float]]:
    """Return the texts on a map with their places (lr, other): what the regions without a number are, and the best.

    A region's label stands where the region is widest; the best one's comes last.
    """
    x, y = np.log10(counts["lr"].to_numpy()), counts[other].to_numpy()
    labels = []
    names = {"diverged": "diverges", "not reached": f"more than {counts.attrs['steps']:g} steps"}
    for status, text in names.items():
        inside = (counts["status"] == status).to_numpy()
        if inside.mean() >= LABELLED_SHARE:
            at = widest_place(x, y, inside)
            labels.append((text, float(counts["lr"].iloc[at]), float(y[at])))
    if np.isfinite(counts["steps"]).any():
        best = int(counts["steps"].argmin())
        labels.append((f"best: {counts['steps'].iloc[best]:g}", float(counts["lr"].iloc[best]), float(y[best])))
    return labels


def widest_place(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> int:
    """Return the number of the cell, of those inside a region, that is farthest from its edge and the map's.

    A text is wider than high, so that what is beside it counts as nearer than what is above it.
    """
    x, y = (x - x.min()) / np.ptp(x) / TEXT_SHAPE, (y - y.min()) / np.ptp(y)
    border = np.minimum.reduce([x, x.max() - x, y, y.max() - y])
    space = border[inside]
    if not inside.all():
        away1 = np.abs(x[inside][:, None] - x[~inside])
        away2 = np.abs(y[inside][:, None] - y[~inside])
        space = np.minimum(space, np.maximum(away1, away2).min(axis=1))
    # Of several that are equally wide the one in their middle; rounded, so that both languages choose the same.
    space = space.round(9)
    widest = np.flatnonzero(inside)[space == space.max()]
    far = (x[widest] - x[widest].mean()) ** 2 + (y[widest] - y[widest].mean()) ** 2
    return int(widest[far.round(9).argmin()])


def _draw_map_labels(axes: Axes, counts: pd.DataFrame, other: str, colours: dict[str, Any]) -> None:
    for text, lr, value in map_labels(counts, other):
        style: dict[str, Any] = {"color": colours["ink"], "fontsize": 10, "ha": "center", "va": "center"}
        seam: list[AbstractPathEffect] = [withStroke(linewidth=3, foreground=colours["paper"])]
        if not text.startswith("best"):
            axes.text(lr, value, text, **style).set_path_effects(seam)
            continue
        ring = axes.plot(
            lr, value, linestyle="none", marker="o", markersize=11, mfc="none", mew=1.8, color=colours["ink"]
        )
        ring[0].set_path_effects([withStroke(linewidth=3.4, foreground=colours["paper"])])
        style |= {"ha": "left", "fontweight": "bold", "xytext": (9, 0), "textcoords": "offset points"}
        axes.annotate(text, (lr, value), **style).set_path_effects(seam)
