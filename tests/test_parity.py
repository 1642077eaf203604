"""Twins: the same public names, arguments and order in both languages, but for what PARITY.md lists."""

from __future__ import annotations

import inspect
import json
import re

import pytest

import gradpath
from gradpath import _MODULES
from gradpath.book.lessons import find_lessons
from gradpath.workshop.r_process import R

TWIN_MODULES = [m for m in _MODULES if m != "refusals"]


def listed(project, heading: str) -> set[str]:
    text = (project / "PARITY.md").read_text(encoding="utf-8")
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([A-Za-z_.]+)", section, flags=re.MULTILINE))


@pytest.fixture(scope="module")
def exported(r: R) -> dict[str, list[str] | None]:
    """Every function that R exports, with its arguments."""
    said = r.run(
        "ns <- asNamespace('gradpath'); names <- getNamespaceExports('gradpath');"
        " cat(jsonlite::toJSON(sapply(names, function(n) { f <- get(n, ns);"
        " if (is.function(f)) I(as.character(names(formals(f)))) else NULL }, simplify = FALSE), null = 'null'))"
    )
    return json.loads(said)


@pytest.fixture(scope="module")
def verbs(r: R) -> set[str]:
    """List the {torch} verbs that the R package passes on; their twin is PyTorch itself."""
    return set(
        json.loads(r.run("cat(jsonlite::toJSON(unlist(strsplit(trimws(unlist(gradpath:::VERBS)), '\\\\s+'))))"))
    )


def test_every_public_python_function_is_exported_by_r_or_listed(project, exported):
    python = {n for m in TWIN_MODULES for n in _MODULES[m]}
    assert python - set(exported) == listed(project, "Only in Python")


def test_every_exported_r_function_is_public_in_python_or_listed(project, exported, verbs):
    python = {n for names in _MODULES.values() for n in names}
    assert set(exported) - verbs - python == listed(project, "Only in R")


def test_twins_take_the_same_arguments_in_the_same_order(exported):
    compared = 0
    for name in (n for m in TWIN_MODULES for n in _MODULES[m]):
        function = getattr(gradpath, name)
        if not inspect.isfunction(function) or name not in exported:
            continue
        parameters = inspect.signature(function).parameters.values()
        ours = ["..." if p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) else p.name for p in parameters]
        assert exported[name] == ours, name
        compared += 1
    assert compared >= 15


@pytest.mark.parametrize("module", TWIN_MODULES)
def test_a_twin_lives_in_a_file_of_the_same_name(project, module, exported):
    text = (project / "r" / "R" / f"{module.replace('.', '-')}.R").read_text(encoding="utf-8")
    for name in _MODULES[module]:
        if name in exported:
            assert re.search(rf"^{name} <- ", text, flags=re.MULTILINE), name


def test_lessons_come_in_pairs_with_the_same_cells(project):
    cells = {(lesson.name, lesson.language): [n for n, _ in lesson.cells()] for lesson in find_lessons(project)}
    names = {name for name, _ in cells}
    assert names
    for name in names:
        assert cells[name, "python"] == cells[name, "r"], name
