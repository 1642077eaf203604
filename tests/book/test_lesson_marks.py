"""Marks of lines that another engine prints otherwise: they bind to lines, and every way to be wrong is said."""

from __future__ import annotations

import pytest

from gradpath import GradpathError
from gradpath.book.lesson_marks import Mark, complaints, marks_of, without_marks

CODE = "# Both sides.\n#| differs 1-2: a float32 on the left\nx <- 3\n#| differs 4: names the engine\nprint(x)"


def mark(first: int, last: int) -> Mark:
    return Mark(first, last, "for a reason")


def test_marks_are_read_and_not_shown():
    assert marks_of(CODE, "here") == [Mark(1, 2, "a float32 on the left"), Mark(4, 4, "names the engine")]
    assert without_marks(CODE) == "# Both sides.\nx <- 3\nprint(x)"
    assert marks_of("print(1)", "here") == []


@pytest.mark.parametrize(
    "line", ["#| differs", "#| differs 1", "#| differs 1:", "#| differs 2-1: x", "#| differs 0: x", "#| other 1: x"]
)
def test_a_mark_that_cannot_be_read_is_refused(line):
    with pytest.raises(GradpathError) as refused:
        marks_of(f"x <- 1\n{line}", "09.R: cell 'one'")
    assert str(refused.value) == (
        f"09.R: cell 'one': mark: '{line}' is not accepted; use '#| differs 2-3: why they differ'"
    )


def test_a_line_is_marked_once():
    with pytest.raises(
        GradpathError, match=r"^09\.R: cell 'one': mark: line 2 is marked twice; mark each line once$"
    ):
        marks_of("#| differs 2-3: x\n#| differs 1-2: y", "09.R: cell 'one'")


OLD = ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("new", "marks"),
    [
        (OLD, []),
        (["a", "B", "C", "d"], [mark(2, 3)]),
        (["a", "B", "c", "D"], [mark(2, 2), mark(4, 4)]),
        # More lines, fewer, none in their place.
        (["a", "1", "2", "3", "d"], [mark(2, 3)]),
        (["a", "1", "d"], [mark(2, 3)]),
        (["a", "d"], [mark(2, 3)]),
        (["1"], [mark(1, 4)]),
    ],
)
def test_marked_lines_may_differ(new, marks):
    assert complaints(OLD, new, marks) == []


@pytest.mark.parametrize(
    ("new", "marks", "said"),
    [
        (["a", "B", "c", "d"], [], ["line 2 prints 'B', recorded is 'b'"]),
        (["A", "B", "c", "d"], [mark(2, 2)], ["line 1 prints 'A', recorded is 'a'"]),
        (OLD, [mark(2, 2)], ["line 2 is marked, but does not differ: 'b'"]),
        (["a", "B", "c", "d"], [mark(2, 3)], ["line 3 is marked, but does not differ: 'c'"]),
        (OLD, [mark(4, 5)], ["line 5 is marked, but the recording has 4 lines"]),
        (["a", "b", "c"], [], ["prints 3 lines, recorded are 4"]),
        (["a", "B", "c"], [mark(2, 2), mark(4, 4)], ["prints 3 lines, recorded are 4"]),
        (["a", "1", "2", "3", "D"], [mark(2, 3)], ["line 4 prints 'D', recorded is 'd'"]),
        (["A", "1", "d"], [mark(2, 3)], ["line 1 prints 'A', recorded is 'a'"]),
        (["a", "b", "2", "3", "d"], [mark(2, 3)], ["line 2 is marked, but does not differ: 'b'"]),
        (["a", "1", "c", "d", "d"], [mark(2, 4)], ["line 4 is marked, but does not differ: 'd'"]),
        (["a"], [mark(2, 3)], ["prints 1 lines; outside of its mark 2 are recorded"]),
    ],
)
def test_everything_else_is_said(new, marks, said):
    assert complaints(OLD, new, marks) == said
