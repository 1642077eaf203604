"""``gradpath grade``: one bad submission does not stop the others, and each gets its line, its row and its page."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gradpath.cli import main
from gradpath.refusals import GradpathError
from gradpath.workshop.grade import find_submissions, grade, points_for, write_grades
from gradpath.workshop.grade_limits import OUTPUT_CHARACTERS, Limits
from gradpath.workshop.grade_pages import as_json, as_junit, as_text
from tests.checks.learners import planted

LIMITS = Limits(seconds=60, megabytes=600)
HEAD = "import torch\n\n\n"
FILES = {
    "big.py": "def sgd(x, g, state, lr=0.1):\n    return x, {i: torch.ones(10**8) for i in range(100)}\n",
    "import.py": "import no_such_module\n",
    "leaves.py": "def sgd(x, g, state, lr=0.1):\n    import os\n    os._exit(7)\n",
    "mine.py": "def _no(x, g, state):\n    return x\n\n\ndef step(x, g, state, lr):\n    return x - lr * g, state\n",
    "none.py": "def help_me(x):\n    return x\n",
    "prints.py": "def sgd(x, g, state, lr=0.1):\n    print('a' * 10**4)\n    return x + lr * g, state\n",
    "quits.py": "def sgd(x, g, state, lr=0.1):\n    raise SystemExit('enough')\n",
    "shape.py": "def sgd(x, g, state, lr=0.1):\n    return torch.stack([x, x]), state\n",
    "third.py": (
        "def sgd(x, g, state, lr=0.1):\n    n = state.get('n', 0) + 1\n    if n == 3:\n"
        "        raise ValueError(\"<&'\")\n    return x - lr * g, {'n': n}\n"
    ),
    "two.py": "def one(x, g, state):\n    return x\n\n\ndef other(x, g, state):\n    return x\n",
}
# What each gets: verdict, mistake, and the end of its line; HEAD is three lines.
WANTED = {
    "big.py": ("too large", "", "needs more than 600 MB of memory (big.py, line 5)"),
    "empty.py": ("no rule", "", "is empty"),
    "import.py": ("does not load", "", "ModuleNotFoundError: No module named 'no_such_module' (import.py, line 4)"),
    "leaves.py": ("stopped", "", "its process ended with exit code 7"),
    "mine.py": ("agrees", "", ""),
    "none.py": ("no rule", "", "defines no function 'sgd' of x, g, state and hyperparameters"),
    "prints.py": ("differs", "sign wrong", "(number 1 of 2)"),
    "quits.py": ("fails", "", "failed: RuntimeError: SystemExit enough (quits.py, line 5)"),
    "shape.py": ("fails", "", "step 1: returned x of shape (2, 2) in place of (2)"),
    "third.py": ("fails", "", "step 3: failed: ValueError: <&' (third.py, line 7)"),
    "two.py": ("no rule", "", "hyperparameters; it has one, other: say which with --name"),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade a folder of submissions that go wrong in every way, and some that do not."""
    folder = tmp_path_factory.mktemp("submissions")
    for name, code in FILES.items():
        (folder / name).write_text(HEAD + code)
    (folder / "empty.py").write_text("\n")
    (folder / "_notes.py").write_text("")
    (folder / "readme.md").write_text("no submission")
    quick = grade(folder, "sgd", "", 8, LIMITS)
    write_grades(folder / "out", quick, 8, None)
    return folder, quick


def rows(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "out" / "grades.csv").open(newline="") as table:
        return {row["file"]: row for row in csv.DictReader(table)}


def test_each_submission_gets_its_row_whatever_it_does(graded):
    table = rows(graded[0])
    assert list(table) == sorted(WANTED)
    for name, (verdict, mistake, line) in WANTED.items():
        row = table[name]
        assert (row["verdict"], row["mistake"], row["language"], row["rule"]) == (
            verdict,
            mistake,
            "python",
            "sgd",
        ), row
        assert row["first"].endswith(line), row
        assert "\n" not in row["first"]
        assert row["points"] == {"mine.py": "8", "prints.py": "4"}.get(name, "0")


def test_each_submission_gets_its_page(graded):
    pages = {file.name: file.read_text() for file in (graded[0] / "out").glob("*.html")}
    assert set(pages) == {f"{name}.html" for name in WANTED}
    assert "ValueError: &lt;&amp;&#x27;" in pages["third.py.html"]
    assert "<&'" not in pages["third.py.html"]
    assert "<dd>4 of 8</dd>" in pages["prints.py.html"]
    assert "book/03-steepest-descent.html#sec-steepest-descent-rule" in pages["prints.py.html"]
    for page in pages.values():
        assert "prefers-color-scheme: dark" in page
        assert not re.search(r"(src|href)=|url\(", page), "it needs nothing beside it"


def test_one_that_never_ends_is_ended_and_the_next_one_follows(tmp_path):
    (tmp_path / "loop.py").write_text("def sgd(x, g, state, lr=0.1):\n    while True:\n        pass\n")
    (tmp_path / "next.py").write_text(FILES["import.py"])
    first, second = grade(tmp_path, "sgd", "", 8, Limits(seconds=2, megabytes=600))
    assert (first.verdict, first.first, first.points) == ("too slow", "takes longer than 2 seconds", 0)
    assert second.verdict == "does not load"


def test_what_a_submission_prints_is_kept_in_part(graded):
    one = next(one for one in graded[1] if one.file.name == "prints.py")
    assert one.output == "a" * OUTPUT_CHARACTERS


def test_other_programs_read_the_grades(graded):
    suite = ElementTree.fromstring(as_junit(graded[1]).partition("\n")[2])
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("11", "1", "9")
    assert [case.get("name") for case in suite if not len(case)] == ["mine.py"]
    assert [row["verdict"] for row in json.loads(as_json(graded[1]))] == [v for v, _, _ in WANTED.values()]
    text = as_text(graded[1], 8)
    assert "mine.py: agrees, 8 of 8 points\n" in text
    assert "prints.py: differs (sign wrong), 4 of 8 points\n  case 1 " in text


def test_a_page_leads_into_the_rendered_book(graded, tmp_path):
    page = tmp_path / "_book" / "sec-steepest-descent.html"
    page.parent.mkdir()
    page.write_text('<h2 id="sec-steepest-descent-rule">')
    write_grades(tmp_path / "out", graded[1], 8, tmp_path / "_book")
    assert (
        '<a href="../_book/sec-steepest-descent.html#sec-steepest-descent-rule">'
        in (tmp_path / "out" / "prints.py.html").read_text()
    )


def test_points_are_all_half_or_none():
    assert points_for("agrees", None, 10) == 10
    assert points_for("differs", "sign wrong", 10) == 5
    assert [points_for(verdict, None, 10) for verdict in ("differs", "fails", "too slow")] == [0, 0, 0]
    assert points_for("fails", "state not returned", 10) == 0


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Outside of a project.
    return subprocess.run(
        [sys.executable, "-m", "gradpath.cli", "grade", *arguments], cwd=folder, capture_output=True, text=True,
        env=os.environ, check=False,
    )  # fmt: skip


def test_the_command_grades_one_file_anywhere_and_says_what_it_found(tmp_path):
    code = {(rule, mistake): text for rule, mistake, text in planted("python")}["adam", "no bias correction"]
    (tmp_path / "anna.py").write_text(code)
    done = command(tmp_path, "anna.py", "--rule", "adam", "--format", "json", "--points", "3")
    assert (done.returncode, done.stderr) == (0, "anna.py\n")
    (row,) = json.loads(done.stdout)
    assert (row["verdict"], row["mistake"], row["points"]) == ("differs", "no bias correction", 1.5)
    assert (tmp_path / "grades" / "anna.py.html").is_file()
    assert (
        (tmp_path / "grades" / "grades.csv")
        .read_text()
        .startswith("file,language,rule,verdict,points,mistake,first\n")
    )


BAD = [
    (["none.py", "--rule", "adam"], "none.py: is no file and no folder; name a .py or .R file, or a folder of them"),
    ([".", "--rule", "adam"], ".: has no .py or .R file; name a folder of submissions"),
    (["notes.txt", "--rule", "adam"], "notes.txt: is no submission; use a .py or .R file, or a folder of them"),
    (["notes.txt", "--rule", "adm"], "grade: --rule: 'adm' is not accepted; use one of sgd, "),
]


@pytest.mark.parametrize(("arguments", "line"), BAD, ids=range(len(BAD)))
def test_bad_input_is_one_line(tmp_path, monkeypatch, arguments, line):
    (tmp_path / "notes.txt").write_text("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GradpathError) as refused:
        grade(Path(arguments[0]), arguments[2], "", 10, LIMITS)
    assert str(refused.value).startswith(line)


def test_a_single_file_without_a_rule_is_refused_and_nothing_written(tmp_path, monkeypatch, capsys):
    (tmp_path / "empty.py").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["gradpath", "grade", "empty.py", "--rule", "adam"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert capsys.readouterr().err.endswith("gradpath: empty.py: is empty\n")
    assert not (tmp_path / "grades").exists()


def test_submissions_are_found_in_order(tmp_path):
    for name in ("b.R", "a.py", ".hidden.py", "_own.py", "c.txt"):
        (tmp_path / name).write_text("")
    assert [file.name for file in find_submissions(tmp_path)] == ["a.py", "b.R"]


def test_rs_submissions_are_graded_by_r(r, tmp_path, monkeypatch):
    code = {(rule, mistake): text for rule, mistake, text in planted("r")}
    (tmp_path / "wrong.R").write_text(code["momentum", "rate inside the velocity"])
    (tmp_path / "large.R").write_text("momentum <- function(x, g, state, lr) {\n  list(x = rep(1, 1e10))\n}\n")
    (tmp_path / "loads.R").write_text("x <- 1\nlibrary(nosuchpackage)\n")
    monkeypatch.chdir(tmp_path)
    found = {one.file.name: one for one in grade(tmp_path, "momentum", "", 10, LIMITS)}
    assert {name: (one.verdict, one.mistake, one.points) for name, one in found.items()} == {
        "large.R": ("too large", None, 0),
        "loads.R": ("does not load", None, 0),
        "wrong.R": ("differs", "rate inside the velocity", 5),
    }
    assert found["large.R"].first == "needs more than 600 MB of memory (large.R, line 2)"
    assert found["loads.R"].first.endswith("(loads.R, line 2)")


def test_r_without_the_package_is_one_line_and_one_row(tmp_path, monkeypatch):
    from gradpath.workshop import grade_r

    (tmp_path / "bin").mkdir()
    rscript = tmp_path / "bin" / "Rscript"
    rscript.write_text("#!/bin/sh\nprintf FALSE\n")
    rscript.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    monkeypatch.setattr(grade_r, "project_r", lambda: None)
    grade_r.r_command.cache_clear()
    (tmp_path / "a.R").write_text("adam <- function(x, g, state) list(x = x, state = state)\n")
    try:
        with pytest.raises(
            GradpathError, match=r"^R is installed without the package gradpath; run R CMD INSTALL r "
        ):
            grade(tmp_path / "a.R", "adam", "", 10, LIMITS)
        (one,) = grade(tmp_path, "adam", "", 10, LIMITS)
        assert (one.verdict, one.points) == ("stopped", 0)
    finally:
        grade_r.r_command.cache_clear()
