"""Draws loss and scores of training runs, against the epoch or against a number that the runs differ in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gradpath.pictures.canvas import check_theme, dress, empty_picture, title_above
from gradpath.pictures.colours import THEMES
from gradpath.pictures.curves import (
    MARKERS_PER_LINE,
    PARTS,
    RANGE,
    Look,
    curve_looks,
    diverged_in,
    measure_limits,
    measures_of,
    padded,
    parts_of,
    spread_labels,
)
from gradpath.refusals import GradpathError

CURVE_WIDTH = 1.4
LABEL_SIZE = 8.5
LEADER = {"arrowstyle": "-", "linewidth": 0.6, "relpos": (0, 0.5), "shrinkA": 1, "shrinkB": 3}


def plot_training(
    tables: Sequence[pd.DataFrame] | pd.DataFrame,
    labels: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    against: Sequence[float] | None = None,
    x_label: str | None = None,
    title: str | None = None,
    theme: str = "light",
) -> Figure:
    """Draw loss and scores of training runs, training and test data side by side on the same axes.

    Parameters
    ----------
    tables : DataFrame or list of DataFrame
        As :func:`gradpath.train_network` returns them; at most six groups are told apart by colour and marker.
        Where a table has columns ``_low`` and ``_high`` beside a mean, the range between them is drawn too.
    labels : list of str, optional
        One per run, beside its lines; optimizer and lr if left out.
    groups : list of str, optional
        One per run: runs of one group share a colour, and a line if they are drawn against a number.
    against : list of float, optional
        One number > 0 per run: what the scores after the last epoch are drawn against, on a logarithmic axis. Left
        out: everything is drawn against the epoch.
    x_label : str, optional
        What stands under the axis; "epoch" if left out.
    title : str, optional
    theme : {"light", "dark"}

    Returns
    -------
    matplotlib.figure.Figure
        A run that diverged ends in a cross. Values of the first quarter of the epochs may leave the picture.

    Raises
    ------
    GradpathError
        For a theme that does not exist, or labels, groups or numbers that are not one per run.
    """
    place = "plot_training()"
    check_theme(place, theme)
    tables = [tables] if isinstance(tables, pd.DataFrame) else list(tables)
    for field, given in (("labels", labels), ("groups", groups), ("against", against)):
        if given is not None and len(given) != len(tables):
            raise GradpathError(f"{place}: {field}: has {len(given)} entries for {len(tables)} runs; use one per run")
    labels = list(labels) if labels is not None else [_default_label(table) for table in tables]
    groups = list(groups) if groups is not None else [str(k) for k in range(len(tables))]
    parts, measures = parts_of(tables), measures_of(tables)
    if against is None:
        looks = curve_looks(groups, theme)
        figure, grid = _panels(measures, parts, x_label or "epoch", title, theme)
        for row, measure in zip(grid, measures, strict=True):
            _draw_curves(row, tables, parts, measure, labels, looks, theme)
    else:
        shown = measures[1:] or measures
        figure, grid = _panels(shown, parts, x_label or "", title, theme)
        for row, measure in zip(grid, shown, strict=True):
            _draw_against(row, tables, parts, measure, groups, against, theme)
    return figure


def _panels(
    measures: Sequence[str], parts: Sequence[str], x_label: str, title: str | None, theme: str
) -> tuple[Figure, Any]:
    colours = THEMES[theme]
    size = (7.2, 0.9 + 2.15 * len(measures)) if len(measures) > 1 else (7.2, 3.4)
    figure = empty_picture(size, theme)
    grid = figure.subplots(len(measures), len(parts), sharex=True, sharey="row", squeeze=False)
    for axes in grid.ravel():
        dress(axes, theme, 8)
        axes.grid(color=colours["line"], linewidth=0.4, alpha=0.5)
        axes.set_axisbelow(True)
    for axes, part in zip(grid[0], parts, strict=True):
        axes.set_title(PARTS[part], color=colours["ink"], fontsize=10, loc="left")
    for row, measure in zip(grid, measures, strict=True):
        row[0].set_ylabel(measure, color=colours["ink"], fontsize=10)
    figure.supxlabel(x_label, color=colours["ink"], fontsize=10)
    title_above(figure, title, theme)
    return figure, grid


def _draw_curves(
    row: Sequence[Axes],
    tables: Sequence[pd.DataFrame],
    parts: Sequence[str],
    measure: str,
    labels: Sequence[str],
    looks: Sequence[Look],
    theme: str,
) -> None:
    limits = measure_limits(tables, parts, measure)
    # Where a run that diverged is heading: an infinite loss, and no score worth having.
    edge = limits[1] if measure == "loss" else limits[0]
    ends: list[tuple[float, float]] = []
    for axes, part in zip(row, parts, strict=True):
        ends = []
        for table, look in zip(tables, looks, strict=True):
            x = table["epoch"].to_numpy(float)
            y = table[f"{part}_{measure}"].to_numpy(float) if len(table) else x
            _draw_line(axes, x, y, look, theme, -(-len(x) // MARKERS_PER_LINE) or 1)
            if f"{part}_{measure}_low" in table.columns:
                low, high = (table[f"{part}_{measure}{suffix}"].to_numpy(float) for suffix in RANGE)
                axes.fill_between(x, low, high, color=look.colour, alpha=0.15, linewidth=0)
            broken = diverged_in(table)
            if broken is not None:
                if len(x):
                    axes.plot([x[-1], broken], [y[-1], edge], color=look.colour, linewidth=0.8, linestyle=(0, (1, 2)))
                _draw_cross(axes, broken, edge, look)
            ends.append((float(x[-1]), float(y[-1])) if broken is None else (float(broken), edge))
    first, last = min((x for x, _ in ends), default=1), max(x for x, _ in ends)
    first = min(1.0, first)
    room = 0.03 * (last - first) or 0.5
    row[0].set_xlim(first - room, last + room)
    row[0].set_ylim(*limits)
    row[0].xaxis.set_major_locator(MaxNLocator(integer=True))
    said = [
        label if (broken := diverged_in(table)) is None else f"{label}: diverged in epoch {broken}"
        for label, table in zip(labels, tables, strict=True)
    ]
    _draw_labels(row[-1], said, [look.colour for look in looks], ends, limits)


def _draw_against(
    row: Sequence[Axes],
    tables: Sequence[pd.DataFrame],
    parts: Sequence[str],
    measure: str,
    groups: Sequence[str],
    against: Sequence[float],
    theme: str,
) -> None:
    known = list(dict.fromkeys(groups))
    looks = curve_looks(known, theme)
    went_well = [len(t) > 0 and diverged_in(t) is None for t in tables]

    def last(part: str, suffix: str = "") -> list[float]:
        name = f"{part}_{measure}{suffix}"
        return [
            float(t[name if name in t.columns else f"{part}_{measure}"].iloc[-1]) if good else np.nan
            for t, good in zip(tables, went_well, strict=True)
        ]

    finals = {part: last(part) for part in parts}
    drawn = [v for part in parts for suffix in ("", *RANGE) for v in last(part, suffix)]
    values = np.array([v for v in drawn if np.isfinite(v)])
    limits = padded(values if len(values) else np.array([0.0, 1.0]))
    edge = limits[1] if measure == "loss" else limits[0]
    ends: list[tuple[float, float]] = []
    for axes, part in zip(row, parts, strict=True):
        ends = []
        for group, look in zip(known, looks, strict=True):
            columns = zip(against, finals[part], last(part, "_low"), last(part, "_high"), groups, strict=True)
            own = sorted(row[:4] for row in columns if row[4] == group)
            x, y, low, high = np.array(own).T
            good = np.isfinite(y)
            _draw_line(axes, x[good], y[good], look, theme, 1)
            axes.vlines(x[good], low[good], high[good], color=look.colour, linewidth=1.0, alpha=0.6)
            for broken in x[~good]:
                _draw_cross(axes, broken, edge, look)
            ends.append((float(x[good][-1]), float(y[good][-1])) if good.any() else (float(x[-1]), edge))
    ticks = sorted(set(against))
    row[0].set_xscale("log", base=2)
    row[0].set_xlim(ticks[0] / 1.15, ticks[-1] * 1.15)
    row[0].set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    row[0].minorticks_off()
    row[0].set_ylim(*limits)
    _draw_labels(row[-1], known, [look.colour for look in looks], ends, limits)


def _draw_line(axes: Axes, x: np.ndarray, y: np.ndarray, look: Look, theme: str, every: int) -> None:
    axes.plot(
        x,
        y,
        color=look.colour,
        linewidth=CURVE_WIDTH,
        linestyle=look.line,
        marker=look.marker,
        markersize=4.5,
        markevery=every,
        markeredgecolor=THEMES[theme]["paper"],
        markeredgewidth=0.6,
    )


def _draw_cross(axes: Axes, x: float, y: float, look: Look) -> None:
    axes.plot(x, y, marker="x", markersize=8, markeredgewidth=2, color=look.colour, linestyle="none", clip_on=False)


def _draw_labels(
    axes: Axes,
    labels: Sequence[str],
    colours: Sequence[str],
    ends: Sequence[tuple[float, float]],
    limits: tuple[float, float],
) -> None:
    # Beside the last panel, at the height of the line's end, with a thin line that leads there.
    low, high = limits
    shares = [min(max((y - low) / (high - low), 0.0), 1.0) for _, y in ends]
    data_to_share = axes.get_xaxis_transform()
    last = max(x for x, _ in ends)
    for label, colour, (x, _), share, at in zip(labels, colours, ends, shares, spread_labels(shares), strict=True):
        axes.annotate(
            label,
            xy=(x, share),
            xycoords=data_to_share,
            xytext=(1.06, at),
            textcoords="axes fraction",
            color=colour,
            fontsize=LABEL_SIZE,
            fontweight="bold",
            va="center",
            annotation_clip=False,
            # A run that ended early would need a line across the whole panel.
            arrowprops={**LEADER, "color": colour} if x == last else None,
        )


def _default_label(table: pd.DataFrame) -> str:
    attrs = table.attrs
    # A rule of the reader's own may have no rate.
    return attrs.get("optimizer", "run") + (f", lr {attrs['lr']:g}" if "lr" in attrs else "")
