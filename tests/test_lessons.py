"""Lessons: includes are current, running again gives the same output, both languages print the same."""

from __future__ import annotations

import re

import pytest
from gradpath.fingerprints import NUMBER_MAKERS

from gradpath import GradpathError
from gradpath.lessons import Lesson, can_run_r, execute_lesson, find_lessons, is_fresh
from gradpath.r_process import find_r

from .conftest import PROJECT

LESSONS = find_lessons(PROJECT)
ID = {"ids": lambda lesson: f"{lesson.name}-{lesson.language}"}


def printed(text: str) -> str:
    found = re.search(r"\.cell-output-stdout}\n```\n(.*?)\n```\n:::", text, flags=re.DOTALL)
    return found.group(1) if found else ""


@pytest.mark.parametrize("lesson", LESSONS, **ID)
def test_includes_are_current(lesson):
    assert is_fresh(lesson), f"run `gradpath lessons`: {lesson.file.name} or what it uses changed"


@pytest.mark.parametrize("lesson", LESSONS, **ID)
def test_running_a_lesson_again_gives_the_committed_output(lesson):
    r = find_r(PROJECT)
    if lesson.language == "r" and not can_run_r(r):
        pytest.skip("no R with IRkernel on this machine")
    fresh = execute_lesson(lesson, r)
    made, committed = fresh.pop(lesson.record()), lesson.record().read_text(encoding="utf-8")
    same_engine = made.splitlines()[-1].split()[:2] == committed.splitlines()[-1].split()[:2]
    for file, text in fresh.items():
        # Pictures depend on the fonts of a machine too; tests of their own hold what they show.
        if file.suffix == ".svg":
            continue
        # Cells named object-... show a library's own objects, which another engine prints its own way.
        if same_engine or not file.name.startswith("object-"):
            assert text == file.read_text(encoding="utf-8"), file.name


@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if lesson.language == "python"], **ID)
def test_both_languages_print_the_same(lesson):
    compared = 0
    for name, _ in lesson.cells():
        python, r = (lesson.folder / f"{name}.{language}.md" for language in ("python", "r"))
        # Cells named object-... show how a library prints its own objects.
        if not name.startswith("object-"):
            assert printed(python.read_text(encoding="utf-8")) == printed(r.read_text(encoding="utf-8")), name
            compared += bool(printed(python.read_text(encoding="utf-8")))
    assert compared >= 2


def lesson_of(tmp_path, text: str) -> Lesson:
    file = tmp_path / "python" / "lessons" / "99-test.py"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    for name in NUMBER_MAKERS:
        code = tmp_path / "python" / "gradpath" / f"{name}.py"
        code.parent.mkdir(exist_ok=True)
        code.touch()
    return Lesson(tmp_path, file, "python")


def test_code_and_output_become_one_include(tmp_path):
    lesson = lesson_of(tmp_path, "# %% one\nx = 2\nprint(x)\n\n# %% two\nx + 1\n")
    includes = execute_lesson(lesson, None)
    assert [f.name for f in includes] == ["one.python.md", "two.python.md", "made.python.txt"]
    first, second, made = includes.values()
    assert "``` {.python .cell-code}\nx = 2\nprint(x)\n```" in first
    assert (printed(first), printed(second)) == ("2", "3")
    assert first.startswith("<!-- python/lessons/99-test.py, cell one, ")
    assert re.fullmatch(r"fingerprint: \w+\nlanguage: python [\d.]+\nengine: torch \S+\n", made)


PICTURES = (
    "# %% draw\nimport gradpath\nrates = [0.1, 0.05]\n"
    "pictures = {theme: gradpath.plot_schedules([rates], theme=theme) for theme in ['light', 'dark']}\n"
    "\n# %% after\nprint(len(pictures))\n"
)


def test_pictures_of_a_cell_are_saved_beside_its_include(tmp_path):
    lesson = lesson_of(tmp_path, PICTURES)
    made = execute_lesson(lesson, None)
    assert [f.name for f in made] == [
        "draw.python.md", "after.python.md", "draw.python-dark.svg", "draw.python-light.svg", "made.python.txt",
    ]  # fmt: skip
    assert all("<svg" in text for file, text in made.items() if file.suffix == ".svg")
    assert printed(made[lesson.include("after")]) == "2"
    assert "save_plot" not in "".join(made.values())
    for file, text in made.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert is_fresh(lesson)
    lesson.pictures("draw")[0].unlink()
    assert not is_fresh(lesson)


def test_a_lesson_is_executed_again_when_what_draws_its_pictures_changed(tmp_path):
    lesson = lesson_of(tmp_path, PICTURES)
    before = lesson.fingerprint()
    (tmp_path / "python" / "gradpath" / "schedule_plots.py").write_text("# another way to draw\n")
    assert lesson.fingerprint() != before
    without = lesson_of(tmp_path / "without", "# %% one\nprint(1)\n")
    before = without.fingerprint()
    (tmp_path / "without" / "python" / "gradpath" / "schedule_plots.py").write_text("# another way to draw\n")
    assert without.fingerprint() == before


def test_a_picture_that_cannot_be_saved_names_its_cell(tmp_path):
    lesson = lesson_of(tmp_path, "# %% draw\npictures = {'light': 3}\n")
    with pytest.raises(GradpathError, match=r"^99-test\.py: cell 'draw, its pictures': AttributeError: "):
        execute_lesson(lesson, None)


def test_a_failing_cell_is_named(tmp_path):
    lesson = lesson_of(tmp_path, "# %% good\nx = 1\n\n# %% bad\nx / 0\n")
    with pytest.raises(GradpathError, match=r"^99-test\.py: cell 'bad': ZeroDivisionError: division by zero$"):
        execute_lesson(lesson, None)


@pytest.mark.parametrize("text", ["x = 1\n", "# %% A b\nx = 1\n", "# %% a\nx = 1\n\n# %% a\nx = 2\n"])
def test_cells_need_names_of_their_own(tmp_path, text):
    with pytest.raises(GradpathError, match=r"^99-test\.py: cell: .* is not accepted; use a name of its own"):
        lesson_of(tmp_path, text).cells()


def test_a_changed_lesson_is_not_fresh(tmp_path):
    lesson = lesson_of(tmp_path, "# %% one\nprint(1)\n")
    for file, text in execute_lesson(lesson, None).items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert is_fresh(lesson)
    lesson.file.write_text("# %% one\nprint(2)\n")
    assert not is_fresh(lesson)
