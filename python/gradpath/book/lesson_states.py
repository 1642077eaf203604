"""Which lesson output is fresh, stale, or of another engine than the one it is for; brings it up to date."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from gradpath.book.lesson_downloads import write_links, write_notebook
from gradpath.book.lesson_includes import is_other_engine
from gradpath.book.lessons import (
    Lesson,
    can_run_r,
    execute_lesson,
    find_lessons,
    is_fresh,
    why_stale,
    write_unexecuted,
    written_files,
)
from gradpath.tables import write_text
from gradpath.workshop.r_process import R, ensure_r_package


class LessonState(NamedTuple):
    """The state of a lesson's output.

    Attributes
    ----------
    lesson : Lesson
    state : {"fresh", "stale", "other-engine"}
        ``other-engine``: an R lesson as engine ``pytorch`` prints it, made from what the lesson is now.
    why : str
        In words, for a line of its own; empty if fresh.
    """

    lesson: Lesson
    state: str
    why: str


def lesson_states(project: Path) -> list[LessonState]:
    """Return the state of every lesson's output. Nothing is executed; it takes a moment."""
    return [lesson_state(lesson) for lesson in find_lessons(project)]


def lesson_state(lesson: Lesson) -> LessonState:
    """Return the state of one lesson's output."""
    why = why_stale(lesson)
    if why:
        return LessonState(lesson, "stale", why)
    engine = recorded_engine(lesson)
    if is_other_engine(lesson.language, engine):
        return LessonState(lesson, "other-engine", f"shown as engine {engine} prints it; record again with {{torch}}")
    return LessonState(lesson, "fresh", "")


def recorded_engine(lesson: Lesson) -> str:
    """Return name and version of the engine that printed what the book shows; empty if nothing says so."""
    return lesson.made().get("engine", "")


def r_engine(r: R) -> str:
    """Ask R which engine computes here: ``torch`` or ``pytorch``.

    Raises
    ------
    GradpathError
        If none starts: R's own line.
    """
    ensure_r_package(r)
    return r.run("cat(gradpath::engine_info()$name)", quiet=True)


def update_lessons(
    project: Path, r: R | None, force: bool, progress: Callable[[str], None]
) -> tuple[list[Lesson], list[Lesson]]:
    """Execute the lessons that changed and write their include files.

    Parameters
    ----------
    project : Path
    r : R or None
    force : bool
        Execute those that did not change too, apart from what {torch} printed where there is no {torch}.
    progress : callable
        Called with each line to show.

    Returns
    -------
    executed, left_out : list of Lesson
        ``left_out`` are R lessons that changed but cannot run here.
    """
    executed, left_out = [], []
    engine = functools.cache(lambda: r_engine(r) if r is not None else "")
    for lesson in find_lessons(project):
        write_notebook(lesson)
        write_links(lesson)
        fresh = is_fresh(lesson)
        other = fresh and is_other_engine(lesson.language, recorded_engine(lesson))
        if fresh and not force and not other:
            continue
        if lesson.language == "r" and not can_run_r(r):
            # Shown as another engine prints it, but made from what the lesson is now: not left behind.
            left_out += [lesson] if force or not fresh else []
            write_unexecuted(lesson)
            continue
        if lesson.language == "r" and fresh and engine() != "torch" and not (other and force):
            if force:
                progress(f"{lesson.name}: left as {{torch}} printed it, which is not installed here")
            continue
        progress(f"{lesson.name}: executing in {'Python' if lesson.language == 'python' else 'R'}")
        includes = execute_lesson(lesson, r)
        for file in written_files(lesson) - set(includes):
            file.unlink()
        for file, text in includes.items():
            write_text(file, text)
        executed.append(lesson)
    return executed, left_out
