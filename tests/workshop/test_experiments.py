"""Malformed declarations: one line each, the same line from both languages; nothing is written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gradpath import GradpathError, read_experiments, run_experiments
from gradpath.workshop.r_process import R
from tests.malformed_lines import expected

MALFORMED = sorted((Path(__file__).parent / "malformed").glob("*.yaml"))


def test_there_are_at_least_ten():
    assert len(MALFORMED) >= 10


@pytest.mark.parametrize("file", MALFORMED, ids=lambda f: f.stem)
def test_python_refuses_with_the_line(file, tmp_path):
    with pytest.raises(GradpathError) as refused:
        run_experiments(file, tmp_path)
    assert str(refused.value) == expected(file)
    assert list(tmp_path.iterdir()) == []


def test_r_refuses_with_the_same_lines(r: R, tmp_path):
    said = r.run(
        "a <- commandArgs(trailingOnly = TRUE);"
        " for (f in a[-1]) cat(tryCatch({gradpath::run_experiments(f, a[1]); 'accepted'},"
        " error = conditionMessage), '\\n', sep = '')",
        *(str(tmp_path), *map(str, MALFORMED)),
    )
    assert said.splitlines() == [expected(f) for f in MALFORMED]
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(GradpathError, match=r"nothing\.yaml: no such file"):
        read_experiments(tmp_path / "nothing.yaml")


@pytest.mark.parametrize("file", MALFORMED[:3], ids=lambda f: f.stem)
def test_the_command_line_says_the_line_and_exits_with_2(file, tmp_path):
    (tmp_path / "shared_figures").mkdir()
    (tmp_path / "_quarto.yml").touch()
    (tmp_path / "shared_figures" / "experiments.yaml").write_bytes(file.read_bytes())
    command = [sys.executable, "-m", "gradpath.cli", "run"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    name = "shared_figures/experiments.yaml"
    assert done.stderr == f"gradpath: {expected(file).replace(str(file), name)}\n"
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["_quarto.yml", "experiments.yaml", "shared_figures"]


def test_what_a_path_leaves_out_it_has_from_its_figure(project):
    figures = read_experiments(project / "shared_figures" / "experiments.yaml")
    adam = figures["recorded-torch"].paths[10]
    assert (adam.surface, adam.start, adam.dtype, adam.label) == ("rosenbrock", (-1.5, 2.0), "float64", adam.id)
    assert {p.surface for p in figures["momentum"].paths} == {"anisotropic_paraboloid"}


def test_the_recorded_cases_are_declared_as_they_were_recorded(project):
    folder = project / "shared_figures"
    declared = {p.id: p for p in read_experiments(folder / "experiments.yaml")["recorded-torch"].paths}
    cases = json.loads((folder / "recorded_torch" / "cases.json").read_text())
    assert [c["id"] for c in cases] == list(declared)
    for case in cases:
        path = declared[case["id"]]
        hyper = dict(case["hyper"])
        hyper.pop("nesterov", None)
        if "betas" in hyper:
            hyper["beta1"], hyper["beta2"] = hyper.pop("betas")
        assert path.hyperparameters == hyper
        assert path.optimizer == case["optimizer"].removeprefix("ignite_")
        assert (path.surface, list(path.start), path.steps) == (case["surface"], case["start"], case["steps"])
        assert path.dtype == case["dtype"]


def test_steps_may_be_a_whole_float(tmp_path):
    file = tmp_path / "experiments.yaml"
    figure = (
        "figures:\n  - {id: one, title: One, surface: beale, start: [1, 1], paths: [{id: a, optimizer: sgd, steps: "
    )
    file.write_text(figure + "7.0}]}\n", encoding="utf-8")
    steps = read_experiments(file)["one"].paths[0].steps
    assert (steps, type(steps)) == (7, int)
    file.write_text(figure + "7.5}]}\n", encoding="utf-8")
    with pytest.raises(GradpathError, match=r"steps: 7\.5 is not accepted; use a whole number from 0 to 1000000"):
        read_experiments(file)
