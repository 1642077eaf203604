"""What the chapters of the book promise, held against what their lessons printed and their tables hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from gradpath.book.lesson_includes import lines_shown
from gradpath.tables import read_table, select_path

PROJECT = Path(__file__).resolve().parents[2]
# A digit that belongs to a name, such as the 1 of x1, is no number.
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|inf\b)")

in_both_languages = pytest.mark.parametrize("language", ["python", "r"])


def says(chapter: str, phrase: str) -> None:
    """Fail unless the chapter has this phrase, however its lines are broken."""
    text = " ".join((PROJECT / "book" / f"{chapter}.qmd").read_text(encoding="utf-8").split())
    assert " ".join(phrase.split()) in text, f"{chapter} no longer says: {phrase}"


def printed(chapter: str, cell: str, language: str) -> list[str]:
    """Return the lines that a cell of the lesson printed in a language."""
    include = PROJECT / "book" / "_lessons" / chapter / f"{cell}.{language}.md"
    lines = lines_shown(include.read_text(encoding="utf-8"))
    assert lines, f"{include.name} of {chapter} shows no output"
    return lines


def rows(chapter: str, cell: str, language: str) -> list[list[float]]:
    """Return the numbers of each line that a cell printed."""
    return [numbers_in(line) for line in printed(chapter, cell, language)]


def named_rows(chapter: str, cell: str, language: str) -> dict[str, list[float]]:
    """Return the numbers of each line that a cell printed, by the line's first word."""
    lines = printed(chapter, cell, language)
    return {line.split()[0]: numbers_in(line) for line in lines}


def numbers_in(line: str) -> list[float]:
    """Return the numbers in a line, without those that are part of a name."""
    return [float(number) for number in _NUMBER.findall(line)]


def pairs(numbers: Sequence[float]) -> dict[float, float]:
    """Return what a line says of steps, layers or rates: each number's value is the number after it."""
    return dict(zip(numbers[::2], numbers[1::2], strict=True))


def falls(numbers: Sequence[float]) -> bool:
    """Say whether each number is lower than the one before it."""
    return all(after < before for before, after in pairwise(numbers))


def rises(numbers: Sequence[float]) -> bool:
    """Say whether each number is higher than the one before it."""
    return all(after > before for before, after in pairwise(numbers))


def path_of(figure: str, path: str, language: str, method: str = "manual") -> pd.DataFrame:
    """Return one recorded path of a figure."""
    name = {"python": "python.csv", "r": "r-torch.csv"}[language]
    return select_path(read_table(PROJECT / "shared_figures" / figure / name), path, method)
