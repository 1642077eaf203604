"""Which engine printed what the book shows of an R lesson, what is said about it, and when it is executed again."""

from __future__ import annotations

import pytest

from gradpath.book import lesson_states as states
from gradpath.book.lesson_includes import include_text, lines_shown
from gradpath.book.lesson_states import lesson_state, update_lessons
from gradpath.book.lessons import Lesson, find_lessons, write_record
from gradpath.workshop.r_process import R
from tests.book.test_lessons import r_lesson_of, written
from tests.conftest import PROJECT

TORCH, PYTORCH = "torch 0.17.0", "pytorch 2.13.0+cpu"
LABEL = "Printed by engine pytorch 2.13.0+cpu, for want of {torch}, which may print it differently."


def made_by(lesson: Lesson, engine: str) -> dict:
    includes = {lesson.include(n): include_text("head", "r", code, "1\n", engine) for n, code in lesson.cells()}
    made = lesson.made_from() | {"language": "r 4.2.2", "engine": engine}
    return includes | {lesson.record(): write_record(made)}


@pytest.fixture
def lesson(tmp_path) -> Lesson:
    return r_lesson_of(tmp_path, "# %% one\ncat(1)\n")


def test_a_lesson_is_fresh_stale_or_of_another_engine(lesson):
    assert lesson_state(lesson)[1:] == ("stale", "was never executed")
    written(lesson, made_by(lesson, TORCH))
    assert lesson_state(lesson)[1:] == ("fresh", "")
    assert LABEL not in lesson.include("one").read_text()
    written(lesson, made_by(lesson, PYTORCH))
    why = "shown as engine pytorch 2.13.0+cpu prints it; record again with {torch}"
    assert lesson_state(lesson)[1:] == ("other-engine", why)
    assert LABEL in lesson.include("one").read_text()
    assert lines_shown(lesson.include("one").read_text()) == ["1"]
    lesson.file.write_text("# %% one\ncat(2)\n")
    why = "the lesson changed since it was executed"
    assert lesson_state(lesson)[1:] == ("stale", why)


def test_the_states_are_those_of_all_lessons():
    assert [state.lesson for state in states.lesson_states(PROJECT)] == find_lessons(PROJECT)


@pytest.mark.parametrize(
    ("recorded", "changed", "here", "force", "executed"),
    [
        # What {torch} printed of a lesson that is the same stays where there is no {torch}, whatever is asked for.
        (TORCH, False, PYTORCH, False, False),
        (TORCH, False, PYTORCH, True, False),
        (TORCH, False, TORCH, False, False),
        (TORCH, False, TORCH, True, True),
        (TORCH, True, PYTORCH, False, True),
        (TORCH, True, TORCH, False, True),
        # {torch} replaces what another engine printed.
        (PYTORCH, False, TORCH, False, True),
        (PYTORCH, False, PYTORCH, False, False),
        (PYTORCH, False, PYTORCH, True, True),
        (PYTORCH, True, PYTORCH, False, True),
    ],
)
def test_who_prints_what_is_shown(lesson, monkeypatch, recorded, changed, here, force, executed):
    written(lesson, made_by(lesson, recorded))
    if changed:
        lesson.file.write_text("# %% one\ncat(2)\n")
    monkeypatch.setattr(states, "can_run_r", lambda r: True)
    monkeypatch.setattr(states, "r_engine", lambda r: here.split()[0])
    monkeypatch.setattr(states, "execute_lesson", lambda lesson, r: made_by(lesson, here))
    said: list[str] = []
    done, left_out = update_lessons(lesson.project, R("Rscript", lesson.project), force, said.append)
    assert (bool(done), left_out) == (executed, [])
    assert (f"engine: {here if executed else recorded}\n") in lesson.record().read_text()
    left = "99-test: left as {torch} printed it, which is not installed here"
    assert (left in said) == (force and not executed)
