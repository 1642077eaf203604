"""Stochastic gradients with a stated model: the exact gradient plus independent normal noise, from a seed."""

from __future__ import annotations

import torch
from torch import Tensor


def gradient_noise(steps: int, noise: float, seed: int) -> Tensor:
    """Draw the noise of every step: normal, mean 0, standard deviation ``noise`` in both coordinates.

    Two numbers are drawn per step, in order, in float64 on the CPU: the same seed gives the same noise in both
    languages, on every device, and whatever the number of steps.

    Returns
    -------
    Tensor of shape (steps, 2), float64
    """
    generator = torch.Generator().manual_seed(seed)
    draws = [torch.randn(2, generator=generator, dtype=torch.float64) for _ in range(steps)]
    return torch.stack(draws) * noise
