"""What pictures of training runs are made of: which panels, which limits, where labels stand, how runs look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gradpath.pictures.colours import CURVE_MARKERS, LINES, MORE_COLOURS, THEMES

# A table over several seeds has the lowest and the highest number of every mean beside it.
RANGE = ("_low", "_high")
PARTS = {"train": "training", "validation": "validation", "test": "test"}
# Labels keep this share of a panel's height between them.
LABEL_GAP = 0.085
MARKERS_PER_LINE = 10


@dataclass(frozen=True)
class Look:
    """How one run is drawn."""

    colour: str
    marker: str
    line: Any


def curve_looks(groups: Sequence[str], theme: str) -> list[Look]:
    """Return the look of every run: a group has a colour and a marker, its runs differ in their lines.

    Where every group has one run, the lines differ from group to group.
    """
    colours = THEMES[theme]["paths"] + MORE_COLOURS[theme]
    known = list(dict.fromkeys(groups))
    looks = []
    for k, group in enumerate(groups):
        g = known.index(group)
        within = list(groups[:k]).count(group)
        line = g if len(known) == len(groups) else within
        looks.append(Look(colours[g % len(colours)], CURVE_MARKERS[g % len(CURVE_MARKERS)], LINES[line % len(LINES)]))
    return looks


def parts_of(tables: Sequence[pd.DataFrame]) -> list[str]:
    """Return the parts of the data that the runs with at least one epoch were measured on."""
    filled = [t for t in tables if len(t)] or list(tables[:1])
    return [part for part in PARTS if all(f"{part}_loss" in t.columns for t in filled)]


def measures_of(tables: Sequence[pd.DataFrame]) -> list[str]:
    """Return what was measured: the loss, then the scores."""
    filled = [t for t in tables if len(t)] or list(tables[:1])
    names = [c.removeprefix("train_") for c in filled[0].columns if str(c).startswith("train_")]
    names = [name for name in names if not name.endswith(RANGE)]
    return [name for name in names if all(f"train_{name}" in t.columns for t in filled)]


def diverged_in(table: pd.DataFrame) -> int | None:
    """Return the epoch in which a run diverged; None if it did not."""
    found = re.match(r"diverged in epoch (\d+)", str(table.attrs.get("status", "")))
    return int(found.group(1)) if found else None


def measure_limits(tables: Sequence[pd.DataFrame], parts: Sequence[str], measure: str) -> tuple[float, float]:
    """Return the limits of a measure's axis.

    They hold every value but those of the first quarter of the epochs, which may leave the picture: a steep start
    would press the rest flat.
    """
    last = max((int(t["epoch"].max()) for t in tables if len(t)), default=1)
    late = [t[t["epoch"] > last / 4] if len(t) and t["epoch"].max() > last / 4 else t for t in tables]
    names = [f"{part}_{measure}{suffix}" for part in parts for suffix in ("", *RANGE)]
    columns = [t[name].to_numpy(float) for t in late if len(t) for name in names if name in t.columns]
    return padded(np.concatenate(columns) if columns else np.array([0.0, 1.0]))


def padded(values: np.ndarray) -> tuple[float, float]:
    """Return the range of values with a margin of 6 % on both sides."""
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 0.06 * abs(high) or 0.06
    return low - margin, high + margin


def spread_labels(wanted: Sequence[float], gap: float = LABEL_GAP) -> list[float]:
    """Return heights, as shares of a panel, close to the wanted ones and at least ``gap`` apart.

    Labels that would overlap become a block, which stands where its members wanted to be on average.
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    blocks: list[list[int]] = []
    for i in order:
        blocks.append([i])
        while len(blocks) > 1 and _foot(blocks[-1], wanted, gap) < _foot(blocks[-2], wanted, gap) + gap * len(
            blocks[-2]
        ):
            last = blocks.pop()
            blocks[-1] += last
    placed = [0.0] * len(wanted)
    for block in blocks:
        foot = _foot(block, wanted, gap)
        for place, i in enumerate(block):
            placed[i] = foot + gap * (place + 0.5)
    return placed


def _foot(block: list[int], wanted: Sequence[float], gap: float) -> float:
    high = len(block) * gap
    middle = sum(wanted[i] for i in block) / len(block)
    # A block does not leave the panel, unless it is higher than that.
    return min(max(middle - high / 2, -gap / 2), max(1 + gap / 2 - high, -gap / 2))
