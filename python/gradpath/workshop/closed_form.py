"""Exact paths of sgd, momentum and nesterov on the paraboloids: a lane that no rounding touches.

On f = a x^2 the gradient is 2 a x, and one update is a linear map of (x, v), whatever the rate of the step.
The maps are applied in rational arithmetic to the very numbers that the computer holds; the points are rounded
once, at the end.
Source: Polyak (1964), section 2.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from gradpath.rules import default_hyperparameters
from gradpath.schedules.schedules import make_schedule
from gradpath.surfaces import SURFACES
from gradpath.workshop.experiments import DeclaredPath

_METHODS = ("sgd", "momentum", "nesterov")


def has_closed_form(path: DeclaredPath) -> bool:
    """Say whether a path is one of those that :func:`closed_form_path` can write down."""
    bowl = SURFACES[path.surface].bowl and path.optimizer in _METHODS and path.dtype == "float64"
    # Noise is drawn, and a plateau looks at the values: neither has a closed form.
    return bool(bowl) and path.noise == 0 and (path.schedule or {}).get("name") != "plateau"


def closed_form_path(path: DeclaredPath) -> pd.DataFrame:
    """Return the exact path, rounded to float64: columns step, x1, x2, value, one row per step."""
    hyper = default_hyperparameters(path.optimizer) | path.hyperparameters
    bowl = SURFACES[path.surface].bowl
    assert bowl is not None
    coefficients, constant = bowl
    rate = make_schedule(path.schedule or {"name": "constant"}, hyper["lr"])
    rates = [Fraction(rate(t)) for t in range(path.steps)]
    x1, x2 = (
        _coordinate(start, a, path.optimizer, rates, hyper) for start, a in zip(path.start, coefficients, strict=True)
    )
    a1, a2 = map(Fraction, coefficients)
    value = [a1 * p * p + a2 * q * q + Fraction(constant) for p, q in zip(x1, x2, strict=True)]
    columns = {"x1": map(float, x1), "x2": map(float, x2), "value": map(float, value)}
    return pd.DataFrame({"step": np.arange(path.steps + 1)} | {k: list(v) for k, v in columns.items()})


def _coordinate(
    start: float, a: float, optimizer: str, rates: list[Fraction], hyper: dict[str, float]
) -> list[Fraction]:
    m = Fraction(hyper.get("momentum", 0.0))
    slope = 2 * Fraction(a) + Fraction(hyper["weight_decay"])
    # (x, v) -> (x, v): v' = m v + slope x, and x' = x - lr v', or x - lr (slope x + m v') for nesterov.
    ahead = m if optimizer == "nesterov" else Fraction(1)
    own = slope if optimizer == "nesterov" else Fraction(0)
    x, v = Fraction(start), Fraction(0)
    points = [x]
    for lr in rates:
        x, v = (1 - lr * (own + ahead * slope)) * x - lr * ahead * m * v, m * v + slope * x
        points.append(x)
    return points
