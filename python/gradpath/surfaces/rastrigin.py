"""Rastrigin's function: a bowl full of small minima."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gradpath.surfaces.surface import Surface


def _rastrigin(x1: Tensor, x2: Tensor) -> Tensor:
    wave = torch.cos(x1 * (2 * math.pi)) + torch.cos(x2 * (2 * math.pi))
    return x1**2 + x2**2 - wave * 10 + 20


SURFACE = Surface(
    "rastrigin",
    r"f(x_1, x_2) = 20 + x_1^2 + x_2^2 - 10\,(\cos 2\pi x_1 + \cos 2\pi x_2)",
    _rastrigin,
    ((0.0, 0.0),),
    (-2.5, 2.5, -2.5, 2.5),
    "Rastrigin (1974), Systems of Extremal Control, Nauka",
    place=6,
)
