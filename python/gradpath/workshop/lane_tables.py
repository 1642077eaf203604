"""Reads the tables of an entry, lane by lane, and says which of them are stale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from gradpath.refusals import GradpathError
from gradpath.tables import read_record
from gradpath.workshop.comparison import Lane
from gradpath.workshop.freshness import LANES, why_stale
from gradpath.workshop.r_process import can_compute
from gradpath.workshop.study import Entry


def read_lanes(project: Path, entry: Entry, read: Callable[[Path], pd.DataFrame]) -> dict[str, Lane]:
    """Read the tables of an entry by lane: Python's first, then one per R engine that is there.

    Raises
    ------
    GradpathError
        If Python has none: there is nothing to compare R's with.
    """
    lanes = {}
    for lane in LANES:
        file = entry.table(project / "shared_figures", lane)
        if not file.is_file():
            if lane == "python":
                raise GradpathError(f"{entry.table_name.format(lane=lane)}: no such table; 'gradpath run' makes it")
            continue
        changed = why_stale(project, entry, lane) is not None
        stale = ("stale" if can_compute(project, lane) else "stale recording") if changed else ""
        lanes[lane] = Lane(lane, read(file), "", read_record(file), stale)
    return lanes
