"""YAML means the same in both languages: the rules of YAML 1.2, one table of scalars read by Python and by R."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gradpath.declarations import STUDY_FOLDERS, read_yaml
from gradpath.refusals import show
from gradpath.workshop.experiments import read_experiments
from gradpath.workshop.r_process import R

TABLE = Path(__file__).parent / "hostile" / "scalars.csv"
ROWS = list(csv.DictReader(TABLE.open(encoding="utf-8")))
TYPES = {bool: "flag", int: "whole", float: "number", str: "text", type(None): "null"}


def shown(value: object) -> str:
    return value if isinstance(value, str) else show(value)


def declared(row: dict[str, str]) -> str:
    # The quoted numbers beside it must not change what it means.
    return f"value: {row['text']}\nquoted: ['1e-3', \"010\", '0x1F', '0.1']\nlist: [{row['text']}, 1]\n"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"])
def test_python_reads_a_scalar_by_the_rules_of_yaml_1_2(row, tmp_path):
    file = tmp_path / "declared.yaml"
    file.write_text(declared(row), encoding="utf-8")
    data = read_yaml(file)
    assert (TYPES[type(data["value"])], shown(data["value"])) == (row["type"], row["value"])
    assert data["quoted"] == ["1e-3", "010", "0x1F", "0.1"]
    assert shown(data["list"][0]) == row["value"]


def test_r_reads_every_scalar_to_the_same_value_and_type(r: R, tmp_path):
    for number, row in enumerate(ROWS):
        (tmp_path / f"{number:03}.yaml").write_text(declared(row), encoding="utf-8")
    said = r.run(
        "kind <- function(v) if (is.null(v)) 'null' else if (is.logical(v)) 'flag' else if (is.integer(v)) 'whole'"
        " else if (is.numeric(v)) 'number' else 'text';"
        " shown <- function(v) if (is.character(v)) v else gradpath:::show_value(v);"
        " for (f in list.files(commandArgs(TRUE), full.names = TRUE)) { d <- gradpath:::read_declaration(f);"
        " same <- identical(unclass(d$quoted), c('1e-3', '010', '0x1F', '0.1'));"
        " cat(kind(d$value), shown(d$value), shown(d$list[[1]]), same, sep = '\\t'); cat('\\n') }",
        str(tmp_path),
    )
    expected = [f"{row['type']}\t{row['value']}\t{row['value']}\tTRUE" for row in ROWS]
    assert said.splitlines() == expected


def test_the_folders_of_the_other_studies_are_those_beside_the_figures(project):
    folder = project / "shared_figures"
    figures = set(read_experiments(folder / "experiments.yaml"))
    beside = {p.name for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")} - figures
    assert beside == set(STUDY_FOLDERS)
