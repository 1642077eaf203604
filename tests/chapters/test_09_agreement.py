"""Chapter 9 promises that the languages agree within bounds written down before, and names every exception."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from . import PROJECT, in_both_languages, numbers_in, printed, rises, rows, says

CHAPTER = "09-agreement"
AGREEMENT = pd.read_csv(PROJECT / "shared_figures" / "agreement.csv")
FLOAT32_ROUNDING = 2**-24
METHODS = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]


def bound_of(what: str) -> float:
    """Return the bound that the chapter's table gives."""
    text = (PROJECT / "book" / f"{CHAPTER}.qmd").read_text(encoding="utf-8")
    exponent = re.search(rf"^\| {re.escape(what)} \| 10\^−(\d+)\^ \|", text, re.MULTILINE)
    assert exponent, what
    return 10.0 ** -int(exponent[1])


@pytest.mark.parametrize(
    ("what", "figure", "path"),
    [
        ("paths in float64", "momentum", "momentum"),
        ("paths in float32", "scheduled", "float32"),
        ("rates of schedules", "schedules", "cosine"),
        ("first epoch, Tanh network, 60,000 images, float32", "first_epoch", "tanh-float32"),
        ("first epoch, Tanh network with SGD, 60,000 images, float32", "first_epoch", "tanh-sgd-float32"),
        ("first epoch, LeNet, 60,000 images, float32", "first_epoch", "lenet-float32"),
        ("first epoch, Tanh network, 4,000 images, float64", "first_epoch", "tanh-float64"),
        ("first epoch, LeNet, 4,000 images, float64", "first_epoch", "lenet-float64"),
    ],
)
def test_the_table_of_bounds_has_the_bounds_of_the_check(what, figure, path):
    compared = AGREEMENT[(AGREEMENT.figure == figure) & (AGREEMENT.path == path)]
    assert len(compared) > 5
    bounds = compared.bound.dropna()
    assert len(bounds) and bounds.to_numpy() == pytest.approx(bound_of(what), rel=1e-12)
    assert compared.max_rel.max() <= bound_of(what)


def test_the_labs_are_held_to_the_bound_of_the_table():
    labs = AGREEMENT[AGREEMENT.figure.str.startswith("training-")]
    assert labs.bound.dropna().to_numpy() == pytest.approx(bound_of("labs"))
    assert labs.max_rel.max() <= bound_of("labs")


def test_known_differences_are_there_and_beyond_the_bound():
    says(CHAPTER, "where the recording is expected to differ, and the check fails if it does not")
    known = AGREEMENT[AGREEMENT.verdict == "known"]
    assert len(known) >= 3 and (known.max_rel > known.bound).all()
    assert set(known.figure) == {"recorded-torch"}


@in_both_languages
def test_all_seven_methods_differ_by_not_a_digit_of_the_ten_printed(language):
    says(CHAPTER, "Not a digit of the ten that are printed.")
    lines = printed(CHAPTER, "by-hand-and-optim", language)
    assert [line.split()[0] for line in lines] == METHODS
    assert all(line.endswith("differ by 0.0000000000") for line in lines)


def test_a_number_on_the_left_of_a_tensor_loses_half_of_its_digits_in_r_only():
    says(CHAPTER, "In R's panel the 3.7 on the left has lost half of its digits")
    left, right = numbers_in(printed(CHAPTER, "object-scalar-left", "r")[0])
    assert right == 3.7 and 0 < abs(left - 3.7) / 3.7 < FLOAT32_ROUNDING
    assert rows(CHAPTER, "object-scalar-left", "python")[0] == [3.7, 3.7]
    assert rows(CHAPTER, "float32-scalar", "r")[0][-1] == left


@in_both_languages
def test_the_cost_of_a_scalar_on_the_left_is_far_more_than_the_bound(language):
    says(CHAPTER, "Less than a pixel, and far more than the bound of the check.")
    assert 1000 * bound_of("paths in float64") < rows(CHAPTER, "scalar-cost", language)[1][0] < 1e-6


@in_both_languages
def test_the_adamw_in_cpp_matches_its_recording_and_the_one_in_r_does_not(language):
    says(CHAPTER, "The second matches, the first does not.")
    (ignite,), (written_in_r,) = rows(CHAPTER, "adamw-recorded", language)
    assert ignite == 0 < written_in_r
    says(CHAPTER, "The difference is gone, in the digits printed.")
    assert rows(CHAPTER, "adamw-explained", language) == [[0]]


@in_both_languages
def test_weight_decay_by_position_explains_the_recorded_path(language):
    says(CHAPTER, "they add not the parameter but its *position in the list of parameters*")
    for off, ignite in rows(CHAPTER, "decay-recorded", language):
        assert off > 0.1 and ignite == 0
    assert rows(CHAPTER, "decay-explained", language)[0] == [0]
    for position, rightly, by_position in rows(CHAPTER, "decay-positions", language):
        assert rightly == pytest.approx(10 - 0.1 * 10) and by_position == pytest.approx(10 - 0.1 * position)


def test_with_no_gradient_python_rests_and_r_keeps_rolling():
    says(CHAPTER, "In Python, where the gradient is gone, this is the lower line of the output before; in R")
    for language, line in (("python", 1), ("r", 0)):
        rolling_or_resting = rows(CHAPTER, "zero-or-none", language)[line]
        assert rows(CHAPTER, "object-zero-or-none", language)[0] == rolling_or_resting
    rolling, resting = rows(CHAPTER, "zero-or-none", "python")
    assert len(set(resting)) == 1 and rises([-x for x in rolling])


@in_both_languages
def test_the_same_seed_draws_the_same_numbers(language):
    says(CHAPTER, "with the same seed, both languages draw the same numbers")
    assert rows(CHAPTER, "seeds", language) == rows(CHAPTER, "seeds", "python")
    assert {line[-1] for line in rows(CHAPTER, "seeds", language)} == {0}


@in_both_languages
def test_in_a_chaotic_walk_the_difference_grows_by_a_factor_per_step(language):
    says(CHAPTER, "In a chaotic walk the difference grows by a factor per step.")
    limits, steps = zip(*rows(CHAPTER, "solution-2", language), strict=True)
    assert rises(limits) and rises(steps) and limits[0] == 1e-15 and limits[-1] == 0.1 and steps[-1] < 50
