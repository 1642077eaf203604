"""Draws rates against steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradpath.pictures.canvas import check_theme, dress, empty_picture, title_above
from gradpath.pictures.colours import THEMES
from gradpath.refusals import refusal

PANELS_PER_ROW = 3


def check_rates(where: str, rates: Sequence[Sequence[float]]) -> None:
    """Refuse no sequence of rates at all, and one without a rate."""
    if len(rates) == 0 or any(len(one) == 0 for one in rates):
        raise refusal(
            where, "rates", [list(one) for one in rates], "one sequence of rates per picture, each with a rate"
        )


def plot_schedules(
    rates: Sequence[Sequence[float]],
    labels: Sequence[str] | None = None,
    title: str | None = None,
    theme: str = "light",
) -> Figure:
    """Draw sequences of rates against the step, one small picture each.

    Parameters
    ----------
    rates : list of list of float
        As :func:`gradpath.schedule_rates` returns them, one list per picture.
    labels : list of str, optional
        What stands above each picture; nothing if left out.
    title : str, optional
    theme : {"light", "dark"}

    Returns
    -------
    matplotlib.figure.Figure
        The rate at step t is drawn from t to t + 1, with a dot at t. All pictures have the same axes.

    Raises
    ------
    GradpathError
        For a theme that does not exist.
    """
    check_theme("plot_schedules()", theme)
    check_rates("plot_schedules()", rates)
    columns = min(PANELS_PER_ROW, len(rates))
    rows = -(-len(rates) // columns)
    size = (7.2, 3.2) if len(rates) == 1 else (7.2, 1.75 * rows)
    figure = empty_picture(size, theme)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for k, axes in enumerate(grid):
        if k < len(rates):
            _draw_rates(axes, rates[k], labels[k] if labels else None, theme, small=len(rates) > 1)
        else:
            # The picture above an empty place has the lowest axis of its column.
            axes.set_axis_off()
            grid[k - columns].tick_params(labelbottom=True)
    highest = max(max(r) for r in rates)
    grid[0].set_ylim(-0.04 * highest, 1.08 * highest)
    ink = THEMES[theme]["ink"]
    figure.supxlabel("step", color=ink, fontsize=11)
    figure.supylabel("learning rate", color=ink, fontsize=11)
    title_above(figure, title, theme)
    return figure


def _draw_rates(axes: Axes, rates: Sequence[float], label: str | None, theme: str, small: bool) -> None:
    colours = THEMES[theme]
    blue = colours["paths"][0]
    # The last rate holds for one step like every other.
    steps = np.arange(len(rates) + 1)
    axes.step(steps, [*rates, rates[-1]], where="post", color=blue, linewidth=1.2 if small else 1.6)
    dots: dict[str, Any] = {"marker": "o", "markersize": 1.6 if small else 3.2, "linestyle": "none"}
    axes.plot(steps[:-1], rates, color=blue, **dots)
    dress(axes, theme, 7 if small else 9)
    axes.grid(color=colours["line"], linewidth=0.4, alpha=0.5)
    axes.set_axisbelow(True)
    if label:
        axes.set_title(label, color=colours["ink"], fontsize=8.5, loc="left")
