"""Marks of the few lines that an R lesson prints otherwise under another engine, written in the lesson itself.

The book shows what an R lesson prints under {torch}. Where {torch} is not installed a test executes the lesson with
engine ``pytorch``, and every line must be the recorded one, apart from those that a cell marks with the reason::

    #| differs 1-2: {torch} makes a float32 of a scalar on the left

The numbers count the lines that the cell prints in the recording. A mark is a line of its own anywhere in its cell;
it stays in the script and is taken out of what the book and the notebooks show.
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from gradpath.refusals import GradpathError

_START = "#|"
_MARK = re.compile(r"#\| differs (?P<first>[1-9]\d*)(?:-(?P<last>[1-9]\d*))?: (?P<reason>\S.*)")


class Mark(NamedTuple):
    """Lines that may differ, from ``first`` to ``last``, counted from 1, and why."""

    first: int
    last: int
    reason: str


def without_marks(code: str) -> str:
    """Return code as readers see it."""
    return "\n".join(line for line in code.split("\n") if not line.startswith(_START))


def marks_of(code: str, place: str) -> list[Mark]:
    """Return the marks of a cell, in the order of its printed lines.

    Raises
    ------
    GradpathError
        For a mark that says no lines or no reason, or for two that overlap; ``place`` names the cell.
    """
    marks: list[Mark] = []
    for line in code.split("\n"):
        if not line.startswith(_START):
            continue
        found = _MARK.fullmatch(line.rstrip())
        first, last = (int(found["first"]), int(found["last"] or found["first"])) if found else (1, 0)
        if not found or last < first:
            raise GradpathError(f"{place}: mark: '{line}' is not accepted; use '#| differs 2-3: why they differ'")
        marks.append(Mark(first, last, found["reason"]))
    marks.sort()
    for before, after in itertools.pairwise(marks):
        if after.first <= before.last:
            raise GradpathError(f"{place}: mark: line {after.first} is marked twice; mark each line once")
    return marks


def complaints(recorded: list[str], printed: list[str], marks: list[Mark]) -> list[str]:
    """Compare what a cell printed with its recording, line by line; return what is not as it should be.

    Parameters
    ----------
    recorded : list of str
        The lines that {torch} printed.
    printed : list of str
        Those of the other engine. If they are more or fewer, one mark of the cell must take up the difference.
    marks : list of Mark

    Returns
    -------
    list of str
        Empty if every unmarked line is the same and every mark is needed for each of its lines, at its ends if the
        numbers of lines differ.
    """
    said = [
        f"line {mark.last} is marked, but the recording has {len(recorded)} lines"
        for mark in marks
        if mark.last > len(recorded)
    ]
    more = len(printed) - len(recorded)
    if more and len(marks) != 1:
        said.append(f"prints {len(printed)} lines, recorded are {len(recorded)}")
    if said:
        return said
    if more:
        return _with_other_length(recorded, printed, marks[0])
    marked = {number for mark in marks for number in range(mark.first, mark.last + 1)}
    for number, (old, new) in enumerate(zip(recorded, printed, strict=True), start=1):
        if old != new and number not in marked:
            said.append(f"line {number} prints '{new}', recorded is '{old}'")
        if old == new and number in marked:
            said.append(f"line {number} is marked, but does not differ: '{old}'")
    return said


def _with_other_length(recorded: list[str], printed: list[str], mark: Mark) -> list[str]:
    after = len(recorded) - mark.last
    if len(printed) < mark.first - 1 + after:
        return [f"prints {len(printed)} lines; outside of its mark {mark.first - 1 + after} are recorded"]
    end = len(printed) - after
    # What stands before and after the marked lines, laid side by side.
    outside = [*range(mark.first - 1), *range(mark.last, len(recorded))]
    said = []
    for place in outside:
        new = printed[place if place < mark.first else place - len(recorded) + len(printed)]
        if new != recorded[place]:
            said.append(f"line {place + 1} prints '{new}', recorded is '{recorded[place]}'")
    between = printed[mark.first - 1 : end]
    if between and recorded[mark.first - 1] == between[0]:
        said.append(f"line {mark.first} is marked, but does not differ: '{between[0]}'")
    if between and recorded[mark.last - 1] == between[-1]:
        said.append(f"line {mark.last} is marked, but does not differ: '{between[-1]}'")
    return said
