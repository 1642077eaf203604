"""The canvas that every picture begins with: its paper, axes and titles, and how it is saved."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gradpath.pictures.colours import THEMES
from gradpath.refusals import one_of, refusal
from gradpath.tables import whole_file


class Picture(Figure):
    """A matplotlib figure that a notebook shows as a picture, whichever backend it uses."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=110, facecolor=self.get_facecolor())
        return buffer.getvalue()


def check_theme(where: str, theme: str) -> None:
    """Refuse a theme that does not exist."""
    if theme not in THEMES:
        raise refusal(where, "theme", theme, one_of(list(THEMES)))


def empty_picture(size: tuple[float, float], theme: str) -> Picture:
    """Return a picture of a size in inches, on the theme's paper."""
    picture = Picture(figsize=size, layout="constrained", facecolor=THEMES[theme]["paper"])
    FigureCanvasAgg(picture)
    return picture


def dress(axes: Axes, theme: str, label_size: float) -> None:
    """Give axes the theme's ground and ticks, and no frame."""
    colours = THEMES[theme]
    axes.set_facecolor(colours["high"])
    axes.tick_params(colors=colours["ink"], labelsize=label_size, length=3)
    for spine in axes.spines.values():
        spine.set_visible(False)


def title_above(part: Figure | Axes, title: str | None, theme: str) -> None:
    """Write a title above axes, or above a picture of several."""
    if not title:
        return
    ink = THEMES[theme]["ink"]
    if isinstance(part, Figure):
        part.suptitle(title, color=ink, fontsize=12, x=0.01, ha="left", fontweight="bold")
    else:
        part.set_title(title, color=ink, fontsize=12, loc="left", fontweight="bold")


def save_plot(plot: Figure, file: Path) -> None:
    """Save a figure as SVG or PNG, by the ending of the file; the same figure gives the same bytes."""
    # A fixed salt and no date: otherwise identifiers and metadata differ from run to run.
    settings: Any = {"svg.hashsalt": "gradpath", "svg.fonttype": "path", "svg.image_inline": True}
    metadata = {"Date": None} if file.suffix == ".svg" else {"Software": None}
    with matplotlib.rc_context(settings), whole_file(file) as temporary:
        plot.savefig(temporary, dpi=130, metadata=metadata, facecolor=plot.get_facecolor())
