"""The house: who uses whom. A file uses what lies beside it or below it, and nothing goes round in a circle."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

# From the ground up; a folder may use those before it, and the files of the ground floor.
FLOORS = ["surfaces", "rules", "schedules", "data", "networks", "paths", "training", "pictures", "checks"]
FLOORS += ["workshop", "book"]


# What says what is stale, and the command line, stand on top of everything.
TOP = {"status", "cli"}


def name_of(package: Path, file: Path) -> str:
    parts = file.relative_to(package).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.fixture(scope="module")
def uses(project) -> dict[str, set[str]]:
    """Tell for every module which modules it imports, also inside of functions, but not for type checkers."""
    package = project / "python" / "gradpath"
    files = {name_of(package, file): file for file in package.rglob("*.py")}
    found = {}
    for name, file in files.items():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        checkers = [
            node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        ]
        hidden = {id(inner) for node in checkers for inner in ast.walk(node)}
        found[name] = {
            module if module in files else module.rpartition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and id(node) not in hidden
            and (node.module or "").startswith("gradpath.")
            for module in [(node.module or "").removeprefix("gradpath.")]
        }
    return found


def test_nothing_goes_round_in_a_circle(uses):
    order = list(TopologicalSorter(uses).static_order())
    assert len(order) > 90


def test_a_file_uses_what_lies_beside_it_or_below_it(uses):
    ground = {name for name in uses if "." not in name and name not in FLOORS}
    for name, used in uses.items():
        folder = name.partition(".")[0]
        if folder in FLOORS:
            allowed = {*FLOORS[: FLOORS.index(folder) + 1], *ground - TOP}
            assert {other.partition(".")[0] for other in used} <= allowed, name
    assert {name for name, used in uses.items() if used & TOP} == {"cli"}


def test_rs_files_have_the_folders_as_prefixes(project):
    prefixes = {file.stem.partition("-")[0] for file in (project / "r" / "R").glob("*-*.R")}
    assert prefixes - {"gradpath"} <= {*FLOORS, "engine"}


def test_tests_lie_in_the_folders_of_what_they_test(project):
    folders = {file.parent.name for file in (project / "tests").glob("*/test_*.py")}
    assert folders == {*FLOORS, "chapters"}
    # Beside them only what is about the whole house, or about both languages together.
    together = {"test_layout", "test_parity", "test_cross_language"}
    assert {file.stem for file in (project / "tests").glob("test_*.py")} == together
