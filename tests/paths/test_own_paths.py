"""Paths and sweeps by a rule of one's own: the package's formula written again gives the package's numbers."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest

from gradpath import GradpathError, descend, plot_paths, plot_steps, steps_to_reach
from tests.own_rules import R_RULES, my_adam, my_momentum, no_rate

COSINE = {"name": "cosine", "steps": 25}
PLATEAU = {"name": "plateau", "patience": 2}


def numbers(path) -> list[list[float]]:
    return path[["x1", "x2", "value"]].to_numpy().tolist()


@pytest.mark.parametrize("method", ["manual", "optim"])
@pytest.mark.parametrize(
    "schedule", [None, COSINE, PLATEAU, lambda t: 0.1 / (t + 1)], ids=["no", "cosine", "plateau", "own"]
)
@pytest.mark.parametrize("noise", [0.0, 0.3])
@pytest.mark.parametrize(("rule", "name"), [(my_adam, "adam"), (my_momentum, "momentum")])
def test_the_same_formula_gives_the_same_path_to_the_last_bit(rule, name, noise, schedule, method):
    settings = {"schedule": schedule, "noise": noise, "seed": 4}
    by_hand = descend("beale", (1, 1), name, 25, lr=0.01, **settings)
    own = descend("beale", (1, 1), rule, 25, lr=0.01, method=method, **settings)
    if method == "manual" or schedule is None:
        assert numbers(own) == numbers(by_hand)
    else:
        # The library multiplies its rates where ours are computed anew.
        np.testing.assert_allclose(numbers(own), numbers(by_hand), rtol=1e-12)
    assert own.attrs["optimizer"] == rule.__name__
    assert len(own.attrs["rule_source"]) == 16
    assert "rule_source" not in by_hand.attrs


def test_r_gives_the_same_path_and_the_same_map(r):
    said = r.run(
        "library(gradpath); " + R_RULES + "path <- descend('beale', c(1, 1), my_adam, 15, lr = 0.1)\n"
        "ours <- descend('beale', c(1, 1), 'adam', 15, lr = 0.1)\n"
        "stopifnot(identical(path$x1, ours$x1), identical(path$value, ours$value))\n"
        "stopifnot(attr(path, 'optimizer') == 'my_adam')\n"
        "counts <- steps_to_reach('beale', c(1, 1), my_adam, 40, lr = c(0.05, 0.1), beta1 = c(0.5, 0.9))\n"
        "cat(sprintf('%.17g', c(path$x1, path$x2, counts$steps)))",
        quiet=True,
    )
    path = descend("beale", (1, 1), my_adam, 15, lr=0.1)
    counts = steps_to_reach("beale", (1, 1), my_adam, 40, lr=[0.05, 0.1], beta1=[0.5, 0.9])
    there = [float(number) for number in said.split()]
    assert there == pytest.approx([*path.x1, *path.x2, *counts.steps], rel=1e-12)


@pytest.mark.parametrize(("rule", "name"), [(my_adam, "adam"), (my_momentum, "momentum")])
def test_a_map_is_that_of_the_same_formula(rule, name):
    axes = {"lr": np.geomspace(1e-3, 5, 8), "beta1" if name == "adam" else "momentum": [0.1, 0.5, 0.9]}
    ours = steps_to_reach("anisotropic_paraboloid", (5.1, 2.3), rule, 60, **axes)
    theirs = steps_to_reach("anisotropic_paraboloid", (5.1, 2.3), name, 60, **axes)
    assert ours.steps.tolist() == theirs.steps.tolist()
    assert ours.status.tolist() == theirs.status.tolist()
    assert {"reached", "diverged" if name == "momentum" else "not reached"} <= set(ours.status)
    assert (ours.attrs["optimizer"], len(ours.attrs["rule_source"])) == (rule.__name__, 16)
    assert "rule_source" not in theirs.attrs


def test_a_map_names_the_rule_that_fails():
    with pytest.raises(
        GradpathError, match=r"^steps_to_reach\(\): optimizer: function, step 1: gave no pair; let it"
    ):
        steps_to_reach("beale", (1, 1), lambda x, g, state, lr=1: x, 5, lr=[0.1, 0.2])


def test_a_rule_without_a_rate_has_no_schedule():
    with pytest.raises(GradpathError) as refused:
        descend("beale", (1, 1), no_rate, 5, schedule=COSINE)
    assert str(refused.value) == (
        "descend(): schedule: no_rate has no hyperparameter lr, which a schedule changes; use none"
    )


def test_pictures_name_the_rule():
    matplotlib.use("Agg")
    paths = [descend("beale", (1, 1), no_rate, 5), descend("beale", (1, 1), my_adam, 5, lr=0.1)]
    shown = {text.get_text() for text in plot_paths(paths).axes[0].texts}
    assert {"no_rate", "my_adam, lr 0.1"} <= shown
    assert "my_adam" in repr(paths[1].attrs)
    counts = steps_to_reach("beale", (1, 1), my_adam, 40, lr=[0.05, 0.1], beta1=[0.5, 0.9])
    assert plot_steps(counts).axes
