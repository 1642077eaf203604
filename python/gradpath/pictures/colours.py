"""The two themes: colours, markers and lines. Nothing is drawn here, so that names of pictures need no library."""

from __future__ import annotations

from typing import Any

# Okabe and Ito's colours, safe for colour-blind readers, in two lightnesses; a path also has its own marker
# and line so that it can be told without colour.
THEMES: dict[str, dict[str, Any]] = {
    "light": {
        "low": "#b9cfe4",
        "high": "#f8fafc",
        "line": "#8fa8c0",
        "paper": "#ffffff",
        "ink": "#1f2933",
        "paths": ["#0072b2", "#c14a00", "#00734f", "#9c3f76"],
    },
    "dark": {
        "low": "#35506b",
        "high": "#161d26",
        "line": "#54708c",
        "paper": "#14181d",
        "ink": "#e6ebf0",
        "paths": ["#6cc3f5", "#ffa23f", "#35d6a4", "#f0a3d0"],
    },
}
MARKERS = ["o", "^", "s", "D"]
LINES = ["solid", (0, (5, 1.6)), (0, (1.2, 1.2)), (0, (6, 1.6, 1.2, 1.6))]
# Two more than paths over a surface need, with the same contrast on the paper.
MORE_COLOURS = {"light": ["#7a6200", "#52606d"], "dark": ["#e3cf57", "#b4bfca"]}
CURVE_MARKERS = ["o", "^", "s", "D", "v", "P"]
# One hue from few steps to many, so that lightness alone orders the cells, and another for those that diverge; marks
# tell the cells without a number apart where neither can be seen.
STEP_COLOURS: dict[str, dict[str, Any]] = {
    "light": {"steps": ["#06304e", "#0072b2", "#68b4dd", "#d6eaf6"], "diverged": "#f6ddcb", "cross": "#c14a00"},
    "dark": {"steps": ["#e0f4ff", "#6cc3f5", "#2d78a8", "#1d3c53"], "diverged": "#452b1b", "cross": "#ffa23f"},
}
