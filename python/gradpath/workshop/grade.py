"""``gradpath grade``: checks submissions one by one, gives points, and writes a table and a page for each.

Each runs in a process of its own, with limits on time and memory, so that what goes wrong in one does not stop the
others. That is no sandbox: a submission can read and write what the person who grades it can. Its time begins, and
its memory counts, when its process has loaded what it is checked with.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradpath.refusals import GradpathError, is_one_of, one_of, printable, refusal
from gradpath.rules import optimizer_names
from gradpath.tables import write_text
from gradpath.workshop.grade_limits import Limits, or_too_large
from gradpath.workshop.grade_pages import page_of
from gradpath.workshop.grade_python import run_python
from gradpath.workshop.grade_r import run_r

LANGUAGES = {".py": "python", ".R": "r", ".r": "r"}
COLUMNS = ["file", "language", "rule", "verdict", "points", "mistake", "first"]


@dataclass(frozen=True)
class Graded:
    """One submission, graded.

    Attributes
    ----------
    file : Path
    language : {"python", "r"}
    rule : str
    verdict : str
        ``agrees``, ``differs`` or ``fails``, as :func:`gradpath.check_rule` says; ``too slow``, ``too large``,
        ``does not load``, ``no rule``, ``stopped`` where it did not come to that.
    points : float
    mistake : str or None
        The classic mistake that it equals.
    first : str or None
        Its first difference, or what went wrong, in one line.
    lines : tuple of str
        The whole report.
    see : str or None
        Where the book says more.
    output : str
        The beginning of what it printed.
    """

    file: Path
    language: str
    rule: str
    verdict: str
    points: float
    mistake: str | None
    first: str | None
    lines: tuple[str, ...]
    see: str | None
    output: str

    def row(self) -> dict[str, Any]:
        """Return it as a row of the table."""
        known = {
            "file": printable(self.file.name), "language": self.language, "rule": self.rule,
            "verdict": self.verdict, "points": self.points, "mistake": self.mistake, "first": self.first,
        }  # fmt: skip
        return {column: known[column] for column in COLUMNS}


def points_for(verdict: str, mistake: str | None, most: float) -> float:
    """Give all points to a rule that agrees, half to one that differs by one classic mistake, and none otherwise."""
    if verdict == "agrees":
        return most
    return most / 2 if verdict == "differs" and mistake else 0.0


def find_submissions(path: Path) -> list[Path]:
    """Return a file, or the .py and .R files of a folder in alphabetical order.

    Raises
    ------
    GradpathError
        If there is none; one line.
    """
    if path.is_dir():
        files = sorted(f for f in path.iterdir() if f.suffix in LANGUAGES and f.is_file() and f.name[0] not in "._")
        if not files:
            raise GradpathError(f"{path}: has no .py or .R file; name a folder of submissions")
        return files
    if not path.is_file():
        raise GradpathError(f"{path}: is no file and no folder; name a .py or .R file, or a folder of them")
    if path.suffix not in LANGUAGES:
        raise GradpathError(f"{path}: is no submission; use a .py or .R file, or a folder of them")
    return [path]


def grade(
    path: Path, rule: str, name: str, most: float, limits: Limits, say: Callable[[str], None] = lambda line: None
) -> list[Graded]:
    """Grade a submission or a folder of them.

    Parameters
    ----------
    path : Path
    rule : str
        The reference.
    name : str
        Of the function; if empty, the one named like the rule, or the only one that could be it.
    most : float
        Points for a right one.
    limits : Limits
    say : callable
        Is told each file's name as it begins.

    Raises
    ------
    GradpathError
        For an unknown rule, a path without submissions, and a single file that defines no rule; one line.
    """
    if not is_one_of(rule, optimizer_names()):
        raise refusal("grade", "--rule", rule, one_of(optimizer_names()))
    files = find_submissions(path)
    graded = []
    for file in files:
        say(printable(file.name))
        try:
            graded.append(_grade_one(file, rule, name, most, limits))
        except GradpathError as missing:
            if len(files) == 1 and not path.is_dir():
                raise
            graded.append(_as_graded(file, rule, most, {"verdict": "stopped", "first": str(missing)}))
    if not path.is_dir() and graded[0].verdict == "no rule":
        raise GradpathError(f"{path}: {graded[0].first}")
    return graded


def _grade_one(file: Path, rule: str, name: str, most: float, limits: Limits) -> Graded:
    if not file.read_bytes().strip():
        return _as_graded(file, rule, most, {"verdict": "no rule", "first": "is empty"})
    run = run_python if LANGUAGES[file.suffix] == "python" else run_r
    with tempfile.TemporaryDirectory(prefix="gradpath-grade-") as folder:
        work = Path(folder) / "work"
        work.mkdir()
        return _as_graded(file, rule, most, or_too_large(run(file, rule, name, limits, work), limits))


def _as_graded(file: Path, rule: str, most: float, found: dict[str, Any]) -> Graded:
    verdict, mistake = found["verdict"], found.get("mistake")
    first = printable(found.get("first") or "") or None
    points = points_for(verdict, mistake, most)
    lines = tuple(found.get("lines") or ([first] if first else []))
    return Graded(
        file, LANGUAGES[file.suffix], rule, verdict, points, mistake, first, lines, found.get("see"),
        found.get("output", ""),
    )  # fmt: skip


def write_grades(folder: Path, graded: Sequence[Graded], most: float, book: Path | None) -> None:
    """Write ``grades.csv``, and a page for each submission named after its file."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    for one in graded:
        table.writerow({key: _cell(value) for key, value in one.row().items()})
    write_text(folder / "grades.csv", text.getvalue())
    for one in graded:
        write_text(folder / f"{one.file.name}.html", page_of(one, most, book, folder))


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:g}"
    # A spreadsheet would take such a text for a formula.
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
