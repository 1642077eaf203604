"""Lays the paths of both languages over each other: the third picture of a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Plot

from gradpath.declarations import choose_entries
from gradpath.pictures.canvas import save_plot
from gradpath.pictures.colours import THEMES
from gradpath.pictures.contours import empty_plot
from gradpath.surfaces import get_surface
from gradpath.surfaces.surface import Surface
from gradpath.tables import read_table, select_path
from gradpath.workshop.experiments import read_experiments


def plot_overlay(
    python: Sequence[pd.DataFrame],
    r: Sequence[pd.DataFrame],
    surface: str | Surface,
    title: str | None = None,
    theme: str = "light",
    engine: str = "",
) -> Plot:
    """Draw two lists of paths over each other: Python's points as rings, R's as crosses inside them.

    The key names R's ``engine``; a note says how far apart the two are.
    """
    surface = get_surface(surface) if isinstance(surface, str) else surface
    figure, axes = empty_plot(surface, surface.window, title, theme)
    ink, paper, colours = (THEMES[theme][k] for k in ("ink", "paper", "paths"))
    ring: dict[str, Any] = {"marker": "o", "markersize": 9, "markerfacecolor": "none", "markeredgewidth": 1.5}
    cross: dict[str, Any] = {"marker": "+", "markersize": 7, "markeredgewidth": 1.1, "color": ink}
    for k, (left, right) in enumerate(zip(python, r, strict=True)):
        axes.plot(left["x1"], left["x2"], color=colours[k], linewidth=1.0, alpha=0.7)
        axes.plot(left["x1"], left["x2"], linestyle="none", color=colours[k], **ring)
        axes.plot(right["x1"], right["x2"], linestyle="none", **cross)
    axes.plot([], [], linestyle="none", color=ink, label="Python", **ring)
    axes.plot([], [], linestyle="none", label=f"R ({engine})" if engine else "R", **cross)
    apart = max(_largest_gap(a, b) for a, b in zip(python, r, strict=True))
    axes.legend(loc="upper left", facecolor=paper, labelcolor=ink, edgecolor="none", fontsize=10)
    note = (
        f"largest gap between a ring and its cross: {apart:.1e}"
        if apart
        else "every cross sits in its ring: equal to the last bit"
    )
    axes.text(0.985, 0.03, note, transform=axes.transAxes, ha="right", color=ink, fontsize=9)
    return figure


def draw_overlays(file: str | Path, folder: str | Path, figures: Iterable[str]) -> list[Path]:
    """Draw the third picture of figures from the one table of each language in a folder, light and dark.

    Parameters are those of :func:`gradpath.draw_experiments`; returns the pictures.
    """
    written = []
    for figure in choose_entries("figures", read_experiments(file), figures):
        own = Path(folder) / figure.id
        [r_file] = own.glob("r-*.csv")
        tables = [read_table(own / "python.csv"), read_table(r_file)]
        python, r = ([select_path(t, p.id, "optim") for p in figure.paths] for t in tables)
        assert figure.surface is not None
        for theme in THEMES:
            title = f"{figure.title} (Python and R)"
            plot = plot_overlay(python, r, figure.surface, title, theme, tables[1].attrs["engine"])
            for suffix in ("svg", "png"):
                target = own / f"overlay-{theme}.{suffix}"
                save_plot(plot, target)
                written.append(target)
    return written


def _largest_gap(a: pd.DataFrame, b: pd.DataFrame) -> float:
    points = min(len(a), len(b))
    columns = ["x1", "x2"]
    return float(np.abs(a[columns].to_numpy()[:points] - b[columns].to_numpy()[:points]).max(initial=0.0))
