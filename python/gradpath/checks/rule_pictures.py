"""Draws the path of a reader's rule over that of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import torch
from matplotlib.figure import Figure

from gradpath.paths.objectives import gradient_at
from gradpath.pictures.contours import plot_paths
from gradpath.rules import UPDATE_RULES
from gradpath.surfaces import get_surface

SURFACE, START, STEPS = "anisotropic_paraboloid", (5.1, 2.3), 30
# Rates with which ours comes near the minimum in so many steps without leaving the picture; its defaults, for a rule
# that is not among these.
RATES: dict[str, dict[str, float]] = {
    "sgd": {"lr": 0.4},
    "momentum": {"lr": 0.1, "momentum": 0.7},
    "nesterov": {"lr": 0.1, "momentum": 0.7},
    "adagrad": {"lr": 3.7},
    "rmsprop": {"lr": 0.1, "alpha": 0.9},
    "adam": {"lr": 0.6},
    "adamw": {"lr": 0.6, "weight_decay": 0.05},
}


def plot_rule(rule: Callable[..., Any], like: str, name: str, taken: Sequence[str], theme: str) -> Figure:
    """Draw both paths over the contour lines of an elongated bowl."""
    known = {key: value for key, value in RATES.get(like, {}).items() if key in taken}
    paths = [_path(UPDATE_RULES[like], known), _path(rule, known)]
    rates = ", ".join(f"{key} {value:g}" for key, value in known.items())
    title = f"{name} against {like}" + (f", {rates}" if rates else "")
    return plot_paths(paths, SURFACE, [like, name], title=title, theme=theme)


def _path(rule: Callable[..., Any], known: dict[str, float]) -> pd.DataFrame:
    surface = get_surface(SURFACE)
    x, state = torch.tensor(START, dtype=torch.float64), {}  # type: ignore[var-annotated]
    points = [x.tolist()]
    for _ in range(STEPS):
        x = x.detach().clone().requires_grad_()
        g = gradient_at(surface(x), x)
        try:
            with torch.no_grad():
                x, state = rule(x.detach().clone(), g, {} if state is None else state, **known)
            point = [float(number) for number in x.reshape(2)]
        except Exception:
            # The report says how it failed; the path ends where it did.
            break
        if not torch.isfinite(torch.tensor(point)).all():
            break
        points.append(point)
    return pd.DataFrame(points, columns=["x1", "x2"])
