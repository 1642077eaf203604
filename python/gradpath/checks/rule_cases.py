"""The cases on which a rule is compared with ours: seeded, the same ones in both languages.

Both rules get the same gradients, whatever points they reach, so that a difference of rounding stays one. The cases
are chosen so that every classic mistake shows in at least one of them, and no two look alike in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gradpath.rules import default_hyperparameters

# What the gradients of a case are like; each of its numbers is a plain normal one otherwise.
ORDINARY = "ordinary gradients"
TINY = "tiny gradients"
ZEROS = "gradients of zero at first"
HUGE = "one huge gradient"
SIZES = "gradients of many sizes"

# dtype, shape, gradients, eps, whether weights decay, whether the rate halves on the way, and whether `init` and
# `bias_correction` are the other ones. The plainest case is the first: it is the one that a report shows. None has
# the shape (): in {torch} a scalar on the left makes a tensor of it that has another, which is not the mistake.
DESIGN: tuple[tuple[str, tuple[int, ...], str, float, bool, bool, bool], ...] = (
    ("float64", (2,), ORDINARY, 1e-3, False, False, False),
    ("float64", (3, 4), ORDINARY, 1e-2, True, True, False),
    ("float64", (1,), TINY, 1e-8, False, False, False),
    ("float64", (5,), ZEROS, 1e-6, False, False, False),
    ("float64", (2, 1, 3), HUGE, 1e-1, True, True, False),
    ("float64", (4,), ORDINARY, 1e-4, True, False, True),
    ("float32", (2,), ORDINARY, 1e-3, True, False, False),
    ("float32", (3, 2), SIZES, 1e-8, False, True, False),
)
DTYPES = {"float64": torch.float64, "float32": torch.float32}
# A prime, so that the cases of one seed are not those of the next.
SEED_STEP, SEEDS = 1_000_003, 2**31


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes
    ----------
    number : int
        From 1.
    dtype : {"float64", "float32"}
    gradients_are : str
    start : Tensor of the case's shape and dtype
    gradients : list of Tensor
        One per step.
    hyperparameters : dict
        As the reference takes them; the rule gets those of them that it has.
    later_lr : float
        The rate in the second half; that of the first if it is constant.
    """

    number: int
    dtype: str
    gradients_are: str
    start: Tensor
    gradients: list[Tensor]
    hyperparameters: dict[str, Any]
    later_lr: float

    def at_step(self, step: int) -> dict[str, Any]:
        """Return the hyperparameters of a step, counted from 1."""
        return self.hyperparameters | ({"lr": self.later_lr} if step >= self.turn else {})

    @property
    def turn(self) -> int:
        """The first step of the second half."""
        return len(self.gradients) // 2 + 1

    def words(self) -> str:
        """Say what the case is: ``float64, shape (2), ordinary gradients, lr 0.137, momentum 0.8``."""
        shape = ", ".join(str(n) for n in self.start.shape)
        parts = [self.dtype, f"shape ({shape})", self.gradients_are]
        for name, value in self.hyperparameters.items():
            parts.append(f"{name} {_word(value)}")
            if name == "lr" and self.later_lr != value:
                parts.append(f"from step {self.turn} on {_word(self.later_lr)}")
        return ", ".join(parts)


def draw_cases(like: str, taken: Sequence[str], steps: int, seed: int) -> list[Case]:
    """Draw the cases for a rule.

    Parameters
    ----------
    like : str
        The reference.
    taken : sequence of str
        The hyperparameters of the reference that the rule has; the others stay at their defaults.
    steps : int
    seed : int
    """
    return [_draw_case(like, taken, steps, seed, number) for number in range(1, len(DESIGN) + 1)]


def _draw_case(like: str, taken: Sequence[str], steps: int, seed: int, number: int) -> Case:
    dtype, shape, kind, eps, decays, halves, other = DESIGN[number - 1]
    generator = torch.Generator().manual_seed((seed + SEED_STEP * number) % SEEDS)
    size = int(torch.zeros(shape).numel())
    u = torch.rand(6, generator=generator, dtype=torch.float64).tolist()
    numbers = torch.randn((steps + 1, size), generator=generator, dtype=torch.float64)
    powers = torch.rand((steps, size), generator=generator, dtype=torch.float64)

    drawn = {
        "lr": round(0.02 + 0.28 * u[0], 3),
        "momentum": round(0.6 + 0.35 * u[1], 3),
        "alpha": round(0.7 + 0.28 * u[2], 3),
        "beta1": round(0.6 + 0.35 * u[3], 3),
        "beta2": round(0.9 + 0.099 * u[4], 4),
        "eps": eps,
        "weight_decay": round(0.05 + 0.25 * u[5], 3) if decays else 0.0,
        "init": "gradient" if other else "zero",
        "bias_correction": not other,
    }
    defaults = default_hyperparameters(like)
    hyperparameters = {name: drawn[name] if name in taken else default for name, default in defaults.items()}
    lr = hyperparameters["lr"]
    start = numbers[0] * 0 if kind == TINY else numbers[0]
    gradients = _gradients(kind, numbers[1:], powers)
    return Case(
        number,
        dtype,
        kind,
        start.to(DTYPES[dtype]).reshape(shape),
        [g.to(DTYPES[dtype]).reshape(shape) for g in gradients],
        hyperparameters,
        lr / 2 if halves and "lr" in taken else lr,
    )


def _gradients(kind: str, numbers: Tensor, powers: Tensor) -> Tensor:
    if kind == TINY:
        return numbers * 1e-8
    if kind == SIZES:
        # From 1e-4 to 1e4.
        return numbers * torch.pow(10.0, powers * 8 - 4)
    numbers = numbers.clone()
    if kind == ZEROS:
        # Three steps of all, and one number for ever.
        numbers[:3] = 0
        numbers[:, 0] = 0
    if kind == HUGE:
        numbers[len(numbers) // 2, 0] = 1e30
    return numbers


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:g}"


def taken_by(like: str, parameters: Sequence[str]) -> list[str]:
    """Return which hyperparameters of the reference are among some parameters."""
    return [name for name in default_hyperparameters(like) if name in parameters]
