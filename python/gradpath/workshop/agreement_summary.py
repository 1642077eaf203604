"""Sums comparisons up: one row per figure and pair of lanes, for the terminal and for the book."""

from __future__ import annotations

from dataclasses import dataclass

from gradpath.workshop.comparison import Comparison

# From good to bad: a row is as good as the worst of it.
_VERDICTS = ["agrees", "stale recording", "stale", "differs"]


@dataclass
class PairSummary:
    """All paths of a figure in one lane against another; known differences are counted apart."""

    figure: str
    lane: str
    reference: str
    paths: int
    values: int
    bit_equal: int
    max_rel: float
    bound: float
    known: int
    verdict: str


def summarize(comparisons: list[Comparison]) -> list[PairSummary]:
    """Return one summary per figure and pair of lanes, in the order of the comparisons."""
    groups: dict[tuple[str, str, str], list[Comparison]] = {}
    for c in comparisons:
        groups.setdefault((c.figure, c.lane, c.reference), []).append(c)
    summaries = []
    for key, group in groups.items():
        rows = [c for c in group if c.verdict != "known"]
        summaries.append(
            PairSummary(
                *key,
                paths=len(group),
                values=sum(c.values for c in rows),
                bit_equal=sum(c.bit_equal for c in rows),
                max_rel=max((c.max_rel for c in rows), default=0.0),
                bound=max(c.bound for c in group),
                known=len(group) - len(rows),
                verdict=max((c.verdict for c in rows), key=_VERDICTS.index, default="known"),
            )
        )
    return summaries
