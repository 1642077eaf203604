"""The cross-check: what it compares, that a planted error is caught, located and reported."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gradpath import descend, read_experiments
from gradpath.agreement import BOUNDS, check_agreement, compare, relative_differences
from gradpath.closed_form import closed_form_path, has_closed_form
from gradpath.r_process import R

ONLY_WHAT_RUNS = shutil.ignore_patterns("*.svg", "*.png", "__pycache__", "man", "tests")


def copy_of(project: Path, folder: Path) -> Path:
    for part in ("python/gradpath", "r", "shared_figures"):
        shutil.copytree(project / part, folder / part, ignore=ONLY_WHAT_RUNS)
    shutil.copy(project / "_quarto.yml", folder)
    return folder


def gradpath(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(folder / "python"), "COLUMNS": "200"} | environment
    command = [sys.executable, "-m", "gradpath.cli", *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def plant(file: Path, right: str, wrong: str) -> None:
    text = file.read_text()
    assert text.count(right) == 1
    file.write_text(text.replace(right, wrong))


@pytest.fixture(scope="module")
def comparisons(project):
    return check_agreement(project)


def test_every_path_has_every_lane(project, comparisons):
    lanes = {(c.figure, c.path): set() for c in comparisons}
    for c in comparisons:
        lanes[c.figure, c.path] |= {c.lane.partition(" (")[0], c.reference.partition(" (")[0]}
    figures = read_experiments(project / "shared_figures" / "experiments.yaml")
    assert set(lanes) == {(f.id, p.id) for f in figures.values() for p in f.paths}
    for (figure, name), found in lanes.items():
        path = next(p for p in figures[figure].paths if p.id == name)
        wanted = {"python-manual", "python-optim", "r-manual", "r-optim"}
        wanted |= {"closed form"} if has_closed_form(path) else set()
        wanted |= {"recorded {torch}"} if figure == "recorded-torch" else set()
        assert found == wanted


def test_all_lanes_are_within_bounds(comparisons):
    assert [c for c in comparisons if c.verdict == "differs"] == []
    assert {(c.figure, c.path) for c in comparisons if c.verdict == "known"} == {
        ("recorded-torch", "rosenbrock-adamw"),
        ("recorded-torch", "anisotropic-sgd-weight-decay"),
        ("recorded-torch", "anisotropic-rmsprop-weight-decay"),
    }


def test_the_committed_tables_of_the_engine_that_runs_here_are_current(comparisons):
    stale = {
        (c.figure, c.lane) for c in comparisons if c.verdict == "stale" and "(torch)" not in c.lane + c.reference
    }
    assert stale == set()


def test_python_and_r_by_hand_are_mostly_equal_to_the_last_bit(comparisons):
    rows = [c for c in comparisons if c.lane == "r-manual (pytorch)"]
    assert rows
    assert sum(c.bit_equal for c in rows) / sum(c.values for c in rows) > 0.99


def test_the_closed_form_knows_what_the_bowl_does(project):
    path = read_experiments(project / "shared_figures" / "experiments.yaml")["steepest-isotropic"].paths[0]
    exact = closed_form_path(path)
    np.testing.assert_allclose(exact.x1, 6 * 0.6 ** np.arange(15), rtol=1e-14)
    np.testing.assert_allclose(exact.value, 0.4 * exact.x1**2 - 5, rtol=1e-14)


def test_the_closed_form_of_nesterov_with_decay():
    from gradpath.experiments import DeclaredPath

    call = {"lr": 0.1, "momentum": 0.7, "weight_decay": 0.05}
    path = DeclaredPath(
        id="p", optimizer="nesterov", steps=30, hyperparameters=call, dtype="float64",
        surface="anisotropic_paraboloid", start=(5.1, 2.3),
    )  # fmt: skip
    run = descend("anisotropic_paraboloid", (5.1, 2.3), "nesterov", 30, **call)
    assert relative_differences(run, closed_form_path(path)).max() < 1e-13


def table(*points: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(points, columns=["x1", "x2", "value"]).rename_axis("step").reset_index()


def test_the_first_step_beyond_the_bound_is_named():
    a = table((1, 1, 1), (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    b = table((1, 1, 1), (0.5, 0.5, 0.5), (0.25, 0.25 + 1e-9, 0.25))
    found = compare(a, b, BOUNDS["float64"])
    assert (found["verdict"], found["first_step"], found["detail"]) == ("differs", 2, "x2")
    assert (found["left"], found["right"]) == (0.25, 0.25 + 1e-9)
    assert (found["values"], found["bit_equal"]) == (9, 8)
    assert compare(a, b, BOUNDS["float32"])["verdict"] == "agrees"


def test_nan_never_agrees():
    a, b = table((1, 1, 1)), table((1, float("nan"), 1))
    assert compare(a, b, 1.0)["verdict"] == "differs"


def test_a_lane_that_diverges_earlier_is_a_difference():
    a, b = table((1, 1, 1), (2, 2, 2)), table((1, 1, 1))
    found = compare(a, b, 1e-12)
    assert (found["verdict"], found["first_step"]) == ("differs", 1)


def test_a_planted_error_in_a_python_rule_is_caught_and_located(project, tmp_path):
    folder = copy_of(project, tmp_path)
    plant(folder / "python/gradpath/update_rules.py", "v = v * alpha + g * g", "v = v * (alpha + 1e-9) + g * g")
    assert gradpath(folder, "run", "--language", "python").returncode == 0
    done = gradpath(folder, "check")
    assert done.returncode == 1
    first = next(line for line in done.stderr.splitlines() if line.startswith("gradpath: "))
    assert first.startswith(
        "gradpath: figure 'rmsprop', path 'gradient-start': python-optim and python-manual differ"
    )
    # With the average started at the first squared gradient, the first update already shows it.
    assert "differ first at step 1, x1: " in first
    assert " against " in first
    assert "allowed 1e-12" in first
    assert "'adam'" not in done.stderr
    written = pd.read_csv(folder / "shared_figures" / "agreement.csv")
    assert set(written.loc[written.verdict == "differs", "figure"]) == {"rmsprop", "recorded-torch", "scheduled"}


def test_a_planted_error_in_an_r_rule_is_caught_and_located(project, r: R, tmp_path):
    folder = copy_of(project, tmp_path)
    plant(
        folder / "r/R/update_rules.R",
        "v <- v * momentum + g\n  # x <- x - lr v\n",
        "v <- v * momentum + g * 1.01\n  #\n",
    )
    ran = gradpath(folder, "run", GRADPATH_R_ENGINE="pytorch")
    assert ran.returncode == 0, ran.stderr
    done = gradpath(folder, "check")
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("gradpath: figure")]
    assert lines[0].startswith("gradpath: figure 'momentum', path 'momentum': r-manual (pytorch) and python-manual")
    assert "differ first at step 1" in lines[0]


def test_tables_of_other_sources_are_stale_and_do_not_pass(project, tmp_path):
    folder = copy_of(project, tmp_path)
    with (folder / "r/R/descent.R").open("a") as file:
        file.write("# changed\n")
    done = gradpath(folder, "check")
    assert done.returncode == 0
    assert "stale, made from other sources than these; run them again: " in done.stderr.replace("\n", " ")
    written = pd.read_csv(folder / "shared_figures" / "agreement.csv")
    # Networks are not trained by descend().
    paths = written[~written.figure.str.startswith(("first_epoch", "training"))]
    assert set(paths.loc[paths.lane.str.startswith("r-"), "verdict"]) == {"stale"}
