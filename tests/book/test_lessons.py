"""Lessons: includes are current, running again gives the same output, both languages print the same."""

from __future__ import annotations

import re
import subprocess

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError

from gradpath import GradpathError
from gradpath.book.lesson_downloads import write_notebook
from gradpath.book.lesson_includes import code_shown, is_other_engine, lines_shown
from gradpath.book.lesson_marks import complaints
from gradpath.book.lesson_reads import OPENED, WATCH, check_reads
from gradpath.book.lesson_states import recorded_engine
from gradpath.book.lessons import Lesson, can_run_r, execute_lesson, find_lessons, is_fresh, write_record
from gradpath.workshop.r_process import find_r
from gradpath.workshop.running_code import Code
from tests.conftest import PROJECT

LESSONS = find_lessons(PROJECT)
ID = {"ids": lambda lesson: f"{lesson.name}-{lesson.language}"}


def printed(text: str) -> str:
    return "\n".join(lines_shown(text))


def words(text: str) -> list[list[str | float]]:
    """Return the words and numbers that were printed: each language sets its data frames in its own way.

    R writes 3e-04 where Python writes 0.0003, and neither sets the same blanks.
    """
    return [[_as_number(word) for word in line.split()] for line in lines_shown(text)]


def _as_number(word: str) -> str | float:
    number = re.fullmatch(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?", word)
    return float(word) if number else word


@pytest.mark.parametrize("lesson", LESSONS, **ID)
def test_includes_are_current(lesson):
    assert is_fresh(lesson), f"run `gradpath lessons`: {lesson.file.name} or what it uses changed"


@pytest.mark.parametrize("lesson", LESSONS, **ID)
def test_running_a_lesson_again_gives_the_committed_output(lesson):
    r = find_r(PROJECT)
    if lesson.language == "r" and not can_run_r(r):
        pytest.skip("no R with IRkernel on this machine")
    fresh = execute_lesson(lesson, r)
    engine, recorded = fresh[lesson.record()].splitlines()[-1].removeprefix("engine: "), recorded_engine(lesson)
    # What {torch} printed, another engine prints too, but for the lines that the lesson marks.
    marks = lesson.marks() if is_other_engine(lesson.language, engine) and recorded.startswith("torch ") else {}
    said = []
    for name, _ in lesson.cells():
        # Cells named object-... show how a library prints its own objects, which another PyTorch may do its own way.
        if lesson.language == "python" and engine != recorded and name.startswith("object-"):
            continue
        committed, now = lesson.include(name).read_text(encoding="utf-8"), fresh[lesson.include(name)]
        assert code_shown(now) == code_shown(committed), name
        labelled = is_other_engine(lesson.language, engine) and lines_shown(now) != []
        assert (f"\nPrinted by engine {engine}, for want of {{torch}}" in now) == labelled, name
        unlike = complaints(lines_shown(committed), lines_shown(now), marks.get(name, []))
        said += [f"cell '{name}': {complaint}" for complaint in unlike]
    # Pictures depend on the fonts of a machine too; tests of their own hold what they show.
    assert not said, "\n".join([f"{lesson.file.name}, engine {engine}, recorded with {recorded}:", *said])


@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if lesson.language == "r"], **ID)
def test_the_committed_output_of_r_is_what_torch_prints(lesson):
    # What is committed, not what lies here: whoever has no {torch} may change a lesson and see the other engine's.
    record = lesson.record().relative_to(PROJECT).as_posix()
    shown = subprocess.run(
        ["git", "show", f"HEAD:{record}"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if shown.returncode != 0:
        pytest.skip("no git here, or nothing of this lesson committed yet")
    engine = shown.stdout.rpartition("engine: ")[2].strip()
    assert not is_other_engine("r", engine), f"recorded with {engine}: run `gradpath lessons` where {{torch}} is"


@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if lesson.language == "python"], **ID)
def test_both_languages_print_the_same(lesson):
    compared = 0
    for name, _ in lesson.cells():
        python, r = (lesson.folder / f"{name}.{language}.md" for language in ("python", "r"))
        # Cells named object-... show how a library prints its own objects.
        if not name.startswith("object-"):
            assert words(python.read_text(encoding="utf-8")) == words(r.read_text(encoding="utf-8")), name
            compared += bool(printed(python.read_text(encoding="utf-8")))
    assert compared >= 2


def lesson_of(tmp_path, text: str) -> Lesson:
    file = tmp_path / "python" / "lessons" / "99-test.py"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    (tmp_path / "python" / "gradpath").mkdir()
    (tmp_path / "python" / "gradpath" / "schedule_plots.py").write_text("def plot_schedules():\n    pass\n")
    return Lesson(tmp_path, file, "python")


def test_code_and_output_become_one_include(tmp_path):
    lesson = lesson_of(tmp_path, "# %% one\nx = 2\nprint(x)\n\n# %% two\nx + 1\n")
    includes = execute_lesson(lesson, None)
    assert [f.name for f in includes] == ["one.python.md", "two.python.md", "made.python.txt"]
    first, second, made = includes.values()
    assert "``` {.python .cell-code}\nx = 2\nprint(x)\n```" in first
    assert (printed(first), printed(second)) == ("2", "3")
    assert first.startswith("<!-- python/lessons/99-test.py, cell one, ")
    assert re.fullmatch(r"text: \w+\ndata: none\ncode: none\nlanguage: python [\d.]+\nengine: torch \S+\n", made)


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


def test_a_lesson_is_executed_again_when_what_draws_its_pictures_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "gradpath.book.lessons.running_code",
        lambda folder: Code(folder / "python" / "gradpath", folder / "r", folder),
    )
    lesson = lesson_of(tmp_path, PICTURES)
    before = lesson.made_from()
    (tmp_path / "python" / "gradpath" / "schedule_plots.py").write_text("def plot_schedules():\n    return 2\n")
    assert lesson.made_from() != before
    without = lesson_of(tmp_path / "without", "# %% one\nprint(1)\n")
    before = without.made_from()
    (tmp_path / "without" / "python" / "gradpath" / "schedule_plots.py").write_text(
        "def plot_schedules():\n    return 2\n"
    )
    assert without.made_from() == before


def test_a_picture_that_cannot_be_saved_names_its_cell(tmp_path):
    lesson = lesson_of(tmp_path, "# %% draw\npictures = {'light': 3}\n")
    with pytest.raises(GradpathError, match=r"^99-test\.py: cell 'draw, its pictures': AttributeError: "):
        execute_lesson(lesson, None)


def test_a_failing_cell_is_named(tmp_path):
    lesson = lesson_of(tmp_path, "# %% good\nx = 1\n\n# %% bad\nx / 0\n")
    with pytest.raises(GradpathError, match=r"^99-test\.py: cell 'bad': ZeroDivisionError: division by zero$"):
        execute_lesson(lesson, None)


def test_a_cell_that_takes_too_long_is_named(tmp_path, monkeypatch):
    def execute(client, **_):
        client.code_cells_executed = 3  # what watches, and both cells
        raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", 1200, client.nb.cells[2])

    monkeypatch.setattr(NotebookClient, "execute", execute)
    lesson = lesson_of(tmp_path, "# %% good\nx = 1\n\n# %% slow\nwhile True: pass\n")
    with pytest.raises(GradpathError, match=r"^99-test\.py: cell 'slow': was not done after 1200 seconds; repeat"):
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


def r_lesson_of(tmp_path, text: str) -> Lesson:
    file = tmp_path / "r" / "lessons" / "99-test.R"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    code = tmp_path / "r" / "R"
    code.mkdir()
    return Lesson(tmp_path, file, "r")


def written(lesson: Lesson, made: dict) -> None:
    for file, text in made.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


DATA = "# %% read\nprint(open('shared_figures/a.csv').read())\n"


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "shared_figures"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("x\n3.5\n")
    return folder


def test_a_file_that_a_lesson_declares_is_a_part_of_its_fingerprint(tmp_path, data):
    lesson = lesson_of(tmp_path, f"# A lesson.\n#| reads: shared_figures/a.*\n\n{DATA}")
    written(lesson, {lesson.include("read"): "", lesson.record(): write_record(lesson.made_from())})
    assert is_fresh(lesson)
    (data / "b.csv").write_text("x\n4.5\n")
    assert is_fresh(lesson)
    (data / "a.csv").write_text("x\n4.5\n")
    assert not is_fresh(lesson)


UNDECLARED = "reads: 'shared_figures/a.csv' was read but is not declared; add it to '#| reads:'"


def test_a_file_that_a_lesson_reads_is_declared(tmp_path, data):
    lesson = lesson_of(tmp_path, f"#| reads: shared_figures/b.csv\n\n{DATA}")
    with pytest.raises(GradpathError) as refused:
        execute_lesson(lesson, None)
    assert str(refused.value) == f"99-test.py: {UNDECLARED}"


@pytest.mark.parametrize(
    "reading", ["readLines('{a}')", "read.csv('{a}')", "readLines(gzfile('{a}'))", "scan('{a}', '', quiet = TRUE)"]
)
def test_in_r_a_file_that_a_lesson_reads_is_declared(tmp_path, data, reading):
    r = find_r(PROJECT)
    if r is None:
        pytest.skip("Rscript is not installed on this machine")
    lesson = r_lesson_of(tmp_path, "# %% read\n")
    read = reading.format(a="shared_figures/a.csv")
    code = f"setwd('{tmp_path}'); {WATCH['r']}; used <- {read}; read.csv(text = 'x\n1')$x; {OPENED['r']}"
    with pytest.raises(GradpathError) as refused:
        check_reads(tmp_path, lesson.file, r.run(code, quiet=True).splitlines())
    assert str(refused.value) == f"99-test.R: {UNDECLARED}"


def test_what_a_lesson_declares_is_read(tmp_path, data):
    lesson = lesson_of(tmp_path, f"#| reads: shared_figures/a.csv, shared_figures/c.csv\n\n{DATA}")
    with pytest.raises(GradpathError) as refused:
        check_reads(tmp_path, lesson.file, [str(data / "a.csv")])
    assert str(refused.value) == "99-test.py: reads: nothing was read from 'shared_figures/c.csv'; leave it out"
    # A star is a name, not a path: what the fingerprint does not see is not declared.
    lesson.file.write_text(f"#| reads: *.csv\n\n{DATA}")
    with pytest.raises(GradpathError) as refused:
        check_reads(tmp_path, lesson.file, [str(data / "a.csv")])
    assert str(refused.value) == f"99-test.py: {UNDECLARED}"


@pytest.mark.parametrize("pattern", ["/etc/passwd", "../a.csv", "shared_figures/a.csv,"])
def test_a_declaration_stays_in_the_project(tmp_path, pattern):
    lesson = lesson_of(tmp_path, f"#| reads: {pattern}\n\n# %% one\nprint(1)\n")
    with pytest.raises(GradpathError, match=r"^99-test\.py: reads: '.*' is not accepted; use files of the project"):
        lesson.made_from()


def test_a_mark_is_neither_shown_nor_a_reason_to_execute_again(tmp_path):
    lesson = r_lesson_of(tmp_path, "# %% one\n#| differs 1: names the engine\ncat(1)\n")
    assert lesson.cells() == [("one", "cat(1)")]
    assert [mark.reason for mark in lesson.marks()["one"]] == ["names the engine"]
    assert "differs" not in write_notebook(lesson).read_text()
    before = lesson.made_from()
    lesson.file.write_text("# %% one\ncat(1)\n")
    assert lesson.made_from() == before
    lesson.file.write_text("# %% one\n#| differs: always\ncat(1)\n")
    with pytest.raises(GradpathError, match=r"^99-test\.R: cell 'one': mark: '#\| differs: always' is not accepted"):
        execute_lesson(lesson, find_r(PROJECT))
