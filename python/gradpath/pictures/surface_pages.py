"""Writes a page in which a surface and its paths can be turned."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gradpath.pictures.canvas import check_theme
from gradpath.pictures.colours import THEMES
from gradpath.pictures.contours import band_colours, default_label
from gradpath.pictures.drawn_surfaces import drawn_surface
from gradpath.pictures.paths_3d import BOX, GAIN, Relief, check_height, height_label, laid_on, on_surface, relief_of
from gradpath.refusals import GradpathError, refusal
from gradpath.surfaces.own_surface import Function, Window
from gradpath.surfaces.surface import Surface
from gradpath.tables import write_text

# As the markers and lines of the other pictures, of those that plotly has in space.
PAGE_MARKERS = ("circle", "diamond", "square", "cross")
PAGE_LINES = ("solid", "dash", "dot", "dashdot")
LIBRARY = "plotly.min.js"

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>html, body, #surface {{ height: 100%; margin: 0; background: {paper}; }}</style>
{library}
</head>
<body>
<div id="surface" role="img" aria-label="{title}"></div>
<script>
const picture = {picture};
Plotly.newPlot("surface", picture.data, picture.layout, {{ responsive: true, displaylogo: false }});
</script>
</body>
</html>
"""


def write_surface_page(
    file: str | Path,
    paths: Sequence[pd.DataFrame] | pd.DataFrame,
    surface: str | Surface | Function | None = None,
    labels: Sequence[str] | None = None,
    window: Window | None = None,
    title: str | None = None,
    theme: str = "light",
    height: str = "value",
    shared: bool = False,
) -> Path:
    """Write a page in which a surface and its paths can be turned, by mouse or finger, with plotly.

    Parameters
    ----------
    file : str or Path
        Ends in ``.html``; written whole or not at all.
    paths, surface, labels, window, title, theme, height
        As for :func:`gradpath.plot_paths_3d`.
    shared : bool
        Whether the page finds plotly, some megabytes, in a file ``plotly.min.js`` beside it, which several pages can
        use and which is written if it is not there. Otherwise it is in the page, which then is whole by itself.
        Either way the page asks no other host for anything.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    GradpathError
        Bad input, and where plotly is not installed; one line.
    """
    where = "write_surface_page()"
    if not isinstance(file, str | Path) or Path(file).suffix != ".html":
        raise refusal(where, "file", str(file) if isinstance(file, Path) else file, "the name of a file, *.html")
    check_theme(where, theme)
    check_height(where, height)
    if not isinstance(shared, bool):
        raise refusal(where, "shared", shared, "true or false")
    paths = [paths] if isinstance(paths, pd.DataFrame) else list(paths)
    surface, window = drawn_surface(where, surface, paths, window)
    try:
        from plotly.graph_objects import Figure
        from plotly.offline import get_plotlyjs
    except ImportError as error:
        raise GradpathError(f"{where}: needs plotly, which is not installed; use pip install plotly") from error
    labels = labels or [default_label(path) for path in paths]
    picture = Figure(turning_picture(surface, paths, labels, window, title, theme, height)).to_json()

    file = Path(file)
    library = f'<script src="{LIBRARY}"></script>' if shared else f"<script>{get_plotlyjs()}</script>"
    if shared and not (file.parent / LIBRARY).exists():
        write_text(file.parent / LIBRARY, get_plotlyjs())
    said = html.escape(title or f"Paths on the surface {surface.name}")
    # plotly writes the "<" of texts as escapes, so that no text ends the script.
    text = PAGE.format(title=said, paper=THEMES[theme]["paper"], library=library, picture=picture)
    write_text(file, text)
    return file


def turning_picture(
    surface: Surface,
    paths: Sequence[pd.DataFrame],
    labels: Sequence[str],
    window: Window,
    title: str | None,
    theme: str,
    height: str,
) -> dict[str, Any]:
    """Return data and layout, as plotly's figures have them."""
    colours, relief = THEMES[theme], relief_of(surface, window, height)
    data: list[dict[str, Any]] = [_ground(relief, theme)]
    for k, path in enumerate(paths):
        line, points = laid_on(relief, surface, path, window)
        look = {"color": colours["paths"][k % 4]}
        shared = {"type": "scatter3d", "name": labels[k], "legendgroup": str(k)}
        data.append(
            shared
            | _in_space(line)
            | {"mode": "lines", "line": look | {"width": 5, "dash": PAGE_LINES[k % 4]}, "hoverinfo": "skip"}
        )
        data.append(
            shared
            | _in_space(points)
            | {
                "mode": "markers",
                "showlegend": False,
                "marker": look | {"size": 3.5, "symbol": PAGE_MARKERS[k % 4]},
                "text": [f"step {step:.0f}" for step in path["step"]],
                "hovertemplate": "%{text}<br>x₁ %{x:.4g}, x₂ %{y:.4g}",
            }
        )
    first = paths[0].iloc[0]
    ends = [("start", "circle-open", (float(first["x1"]), float(first["x2"])))]
    ends += [("minimum", "x", minimum) for minimum in surface.minima]
    for name, symbol, at in ends:
        spot = on_surface(relief, surface, at, window)
        if spot is not None:
            data.append(
                {"type": "scatter3d", "mode": "markers", "name": name, "showlegend": False, "hoverinfo": "name"}
                | _in_space(tuple(np.array([x]) for x in spot))
                | {"marker": {"symbol": symbol, "size": 7, "color": colours["ink"]}}
            )
    axis = {"color": colours["ink"], "gridcolor": colours["line"], "backgroundcolor": colours["high"]}
    axis |= {"showbackground": True, "zeroline": False}
    return {
        "data": data,
        "layout": {
            "paper_bgcolor": colours["paper"],
            "font": {"color": colours["ink"]},
            "title": {"text": title or ""},
            "legend": {"x": 0, "y": 1},
            "margin": {"l": 0, "r": 0, "b": 0, "t": 48 if title else 0},
            "scene": {
                "xaxis": axis | {"title": {"text": "x₁"}, "range": list(window[:2])},
                "yaxis": axis | {"title": {"text": "x₂"}, "range": list(window[2:])},
                "zaxis": axis | {"title": {"text": height_label(height)}},
                "aspectmode": "manual",
                "aspectratio": dict(zip("xyz", (side / 4 for side in BOX), strict=True)),
                "camera": {"eye": {"x": 0.9, "y": -1.55, "z": 1.2}},
            },
        },
    }


def _ground(relief: Relief, theme: str) -> dict[str, Any]:
    bands = max(len(relief.levels) - 1, 1)
    # A scale that jumps: every band has one colour.
    painted = np.minimum(band_colours(bands, theme)[:, :3] * GAIN[theme], 1)
    scale = [
        [at, f"rgb({', '.join(str(round(255 * part)) for part in colour)})"]
        for k, colour in enumerate(painted)
        for at in (k / bands, (k + 1) / bands)
    ]
    band = np.clip(np.searchsorted(relief.levels, relief.values) - 1, 0, bands - 1)
    return {
        "type": "surface",
        "x": relief.x1.tolist(),
        "y": relief.x2.tolist(),
        "z": relief.height_of(relief.values).tolist(),
        "surfacecolor": (band + 0.5).tolist(),
        "cmin": 0,
        "cmax": bands,
        "colorscale": scale,
        "showscale": False,
        "customdata": relief.values.tolist(),
        "hovertemplate": "x₁ %{x:.4g}, x₂ %{y:.4g}<br>value %{customdata:.4g}<extra></extra>",
        "contours": {"z": {"show": False}},
    }


def _in_space(points: tuple[np.ndarray, ...]) -> dict[str, Any]:
    return dict(zip("xyz", (numbers.tolist() for numbers in points), strict=True))
