"""Chapter 5 promises that Adagrad does not notice how narrow a ravine is, and that its rate can only fall."""

from __future__ import annotations

import pytest

from . import falls, in_both_languages, path_of, printed, rows, says

CHAPTER = "05-adagrad"


@in_both_languages
def test_seven_steps_at_a_rate_that_is_fatal_for_steepest_descent(language):
    says(CHAPTER, "Seven steps, with a learning rate of 3.7. For steepest descent anything above 0.5 is fatal here.")
    path = path_of("adagrad", "adagrad", language)
    assert path.step.iloc[-1] == 7 and path.value.iloc[-1] + 5 < 1e-4
    assert falls(path.value.tolist())
    assert rows(CHAPTER, "rule", language)[-1] == pytest.approx(path.iloc[-1].tolist(), abs=5e-7)


@in_both_languages
def test_the_effective_rate_along_the_flat_direction_is_more_than_four_times_as_large(language):
    says(CHAPTER, "Along the steep $x_2$ it is below 0.5 from the first step on")
    says(CHAPTER, "along the flat $x_1$ it is more than four times as large")
    for _, flat, steep in rows(CHAPTER, "effective-rate", language):
        assert steep < 0.5 and flat > 4 * steep


@in_both_languages
def test_both_directions_stay_below_their_bound_and_the_rate_only_falls(language):
    says(CHAPTER, "Both directions stay below their bound. And the effective rate can only fall")
    shares = rows(CHAPTER, "balance", language)
    rates = dict((int(step), pair) for step, *pair in rows(CHAPTER, "effective-rate", language))
    for step, along_x1, along_x2 in shares:
        assert along_x1 < 1 and along_x2 < 1
        assert (along_x1, along_x2) == pytest.approx((rates[step][0] / 5, rates[step][1] / 0.5), abs=6e-4)
    for column in zip(*rates.values(), strict=True):
        assert list(column) == sorted(column, reverse=True)


@in_both_languages
def test_a_thousand_times_steeper_ravine_gives_the_same_point(language):
    says(CHAPTER, "a ravine that is a thousand times steeper across than along")
    surfaces = [line.partition("after")[0].split("x1^2 +") for line in printed(CHAPTER, "scale-free", language)]
    steepness = [float(across.split()[0]) / float(along) for along, across in surfaces]
    assert steepness == pytest.approx([1, 10, 1000])
    points = [tuple(line[-2:]) for line in rows(CHAPTER, "scale-free", language)]
    assert len(points) == 3 and len(set(points)) == 1


@in_both_languages
def test_the_first_step_is_one_learning_rate_long_in_every_coordinate(language):
    says(CHAPTER, "its length is the learning rate itself")
    for rate, along_x1, along_x2 in rows(CHAPTER, "first-step", language):
        assert along_x1 == along_x2 == rate


@in_both_languages
def test_with_the_default_rate_it_gets_nowhere(language):
    says(CHAPTER, "with the library's default of 0.01 it gets nowhere")
    slow, suits_sgd, _, good = printed(CHAPTER, "running-dry", language)
    assert "0.01" in slow and "not in 200" in slow
    steps = [float(line.split("-4.99:")[1].split()[0]) for line in (suits_sgd, good)]
    says(CHAPTER, "With a rate of 0.4, which suits steepest descent so well, Adagrad needs many more steps")
    sgd = path_of("adagrad", "sgd", language).value
    assert steps[0] > 5 * int((sgd <= -4.99).idxmax()) > 5 * steps[1]


@in_both_languages
def test_four_times_the_steps_make_twice_the_way(language):
    says(CHAPTER, "from step 50 to step 200 the point has taken four times the steps for about twice the way")
    lines = rows(CHAPTER, "why-slow", language)
    moved = {line[0]: line[1] for line in lines[2:6]}
    assert moved[200] / moved[50] == pytest.approx(2, abs=0.15)
    says(CHAPTER, "The first squares hardly count.")
    assert lines[0][0] < 3
    says(CHAPTER, "At this pace the default rate would need some 65,000 steps to cross our ravine.")
    assert lines[-1][-1] == round((5.1 / 0.02) ** 2) == pytest.approx(65_000, rel=0.001)


@in_both_languages
def test_with_gradients_that_never_fade_the_rate_falls_like_one_over_the_root(language):
    says(CHAPTER, "the effective rate falls without end, like $1/\\sqrt{t}$")
    for t, _, rate in rows(CHAPTER, "noise", language):
        assert rate == pytest.approx(3.7 / t**0.5, abs=6e-5)


@in_both_languages
def test_from_a_rate_of_3_7_to_20_the_count_stays_at_four_or_five(language):
    says(CHAPTER, "from 3.7 to 20 the count stays at 4 or 5")
    counts = {rate: steps for rate, steps, _ in rows(CHAPTER, "solution-2", language)}
    assert {steps for rate, steps in counts.items() if rate >= 3.7} == {4, 5}
    assert max(counts) == 20


@in_both_languages
def test_turned_by_45_degrees_adagrad_does_badly(language):
    says(CHAPTER, "Scaling coordinates is not the same as scaling directions.")
    (_, straight), (angle, _, turned) = rows(CHAPTER, "solution-3", language)
    assert angle == 45 and straight < -4.999 and turned > -4
