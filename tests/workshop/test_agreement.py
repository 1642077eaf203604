"""The cross-check: what it compares, that a planted error is caught, located and reported."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gradpath import descend, read_experiments
from gradpath.workshop.agreement import compare_all
from gradpath.workshop.closed_form import closed_form_path, has_closed_form
from gradpath.workshop.comparison import BOUNDS, relative_differences
from gradpath.workshop.comparison import compare_paths as compare


@pytest.fixture(scope="module")
def comparisons(project):
    return compare_all(project)


def test_every_path_has_every_lane(project, comparisons):
    figures = read_experiments(project / "shared_figures" / "experiments.yaml")
    rows = [c for c in comparisons if c.figure in figures]
    lanes = {(c.figure, c.path): set() for c in rows}
    for c in rows:
        lanes[c.figure, c.path] |= {c.lane.partition(" (")[0], c.reference.partition(" (")[0]}
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


def test_nothing_that_is_committed_is_stale(comparisons):
    assert {(c.figure, c.detail) for c in comparisons if c.verdict.startswith("stale")} == set()


def test_every_row_says_what_was_computed_where(comparisons):
    for c in comparisons:
        for name, made in ((c.lane, c.lane_computed), (c.reference, c.reference_computed)):
            if name.startswith(("python", "r-")):
                language, tensors = ("python 3", "torch 2") if name.startswith("python") else ("R 4", "torch ")
                if "(pytorch)" in name:
                    tensors = "pytorch 2"
                how = "rules and loops in " if "manual" in name else "loops in "
                assert made.startswith(how + language), (name, made)
                assert f" {tensors}" in made, (name, made)


def test_python_and_r_by_hand_are_mostly_equal_to_the_last_bit(comparisons):
    rows = [c for c in comparisons if c.lane.startswith("r-manual (") and c.reference == "python-manual"]
    assert rows
    assert sum(c.bit_equal for c in rows) / sum(c.values for c in rows) > 0.99


def test_the_closed_form_knows_what_the_bowl_does(project):
    path = read_experiments(project / "shared_figures" / "experiments.yaml")["steepest-isotropic"].paths[0]
    exact = closed_form_path(path)
    np.testing.assert_allclose(exact.x1, 6 * 0.6 ** np.arange(15), rtol=1e-14)
    np.testing.assert_allclose(exact.value, 0.4 * exact.x1**2 - 5, rtol=1e-14)


def test_the_closed_form_of_nesterov_with_decay():
    from gradpath.workshop.experiments import DeclaredPath

    call = {"lr": 0.1, "momentum": 0.7, "weight_decay": 0.05}
    path = DeclaredPath(
        id="p", optimizer="nesterov", steps=30, hyperparameters=call, dtype="float64",
        surface="anisotropic_paraboloid", start=(5.1, 2.3), label="p",
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
