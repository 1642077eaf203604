"""Chapter 6 promises that forgetting lets the rate recover, and that it makes the path burst out of the minimum."""

from __future__ import annotations

import pytest

import gradpath

from . import falls, in_both_languages, path_of, printed, rises, rows, says

CHAPTER = "06-rmsprop"


@in_both_languages
def test_the_first_step_from_zero_goes_up_to_a_hundred_and_two(language):
    before, after = (line[-1] for line in rows(CHAPTER, "rule", language)[:2])
    says(CHAPTER, f"from a value of {before:.2f} up to {after:.2f}, and the following ones repair the damage")
    path = path_of("rmsprop", "zero-start", language)
    assert path.value[1] == pytest.approx(after, abs=5e-7) and after > 9 * before
    assert falls(path.value[1:].tolist())


@in_both_languages
def test_the_first_step_from_zero_is_one_over_the_root_too_long(language):
    says(CHAPTER, "so the step is $1/\\sqrt{1 - \\alpha}$ times the learning rate")
    lengths = rows(CHAPTER, "first-steps", language)
    for (alpha, from_zero), (_, from_gradient), formula in (lengths[:3], lengths[3:]):
        assert from_zero == formula[-1] == pytest.approx((1 - alpha) ** -0.5, abs=5e-5)
        assert from_gradient == 1
    says(CHAPTER, "With the default $\\alpha$ of 0.99 the first step is ten times as long as the rate promises.")
    assert gradpath.default_hyperparameters("rmsprop")["alpha"] == lengths[3][0] == 0.99
    assert lengths[3][1] == 10


@in_both_languages
def test_seeding_the_state_makes_the_object_walk_the_other_path(language):
    says(CHAPTER, "gradpath's `seed_state()` puts the first squared gradient there")
    assert rows(CHAPTER, "object", language)[-1] == rows(CHAPTER, "rule", language)[-1]
    assert rows(CHAPTER, "seeded-state", language)[-1] == rows(CHAPTER, "rule-from-gradient", language)[-1]
    for start in ("gradient-start", "zero-start"):
        by_hand, by_object = (path_of("rmsprop", start, language, method) for method in ("manual", "optim"))
        assert (by_hand - by_object).abs().to_numpy().max() < 1e-12


@in_both_languages
def test_the_published_picture_draws_the_gradient_for_the_coordinate(language):
    says(CHAPTER, "its horizontal coordinate is not $x_1$ but $0.4\\,x_1$, the gradient")
    *points, last = rows(CHAPTER, "published-picture", language)
    assert points[0][-1] == points[0][1]
    assert all(drawn == gradient for *_, gradient, drawn in points[1:])
    assert all(gradient == pytest.approx(0.4 * x1, abs=1e-6) for _, x1, _, gradient, _ in points)
    says(CHAPTER, "its last point is another one than the rule gives")
    assert last[0] == pytest.approx(path_of("rmsprop", "gradient-start", language).x2.iloc[-1], abs=5e-7) != last[1]


@in_both_languages
def test_it_climbs_to_a_value_of_seventeen_and_turns_after_the_step_that_follows(language):
    says(CHAPTER, "climbs to a value of 17.0 at step 20, and turns only after the step that follows")
    values = {step: value for step, _, value in rows(CHAPTER, "burst", language)}
    assert values[20] == pytest.approx(17.0, abs=0.05)
    assert rises([values[step] for step in (9, 12, 15, 18, 19, 20, 21)]) and values[21] > values[22] > values[24]


@in_both_languages
def test_x2_grows_when_the_effective_rate_times_the_curvature_passes_two(language):
    says(CHAPTER, "The effective rate times the curvature must stay below 2")
    lines = printed(CHAPTER, "burst-cause", language)
    for (_, product, *_), line in zip(rows(CHAPTER, "burst-cause", language), lines, strict=True):
        assert line.endswith("x2 grows" if product > 2 else "x2 shrinks")
    assert rises([line[1] for line in rows(CHAPTER, "burst-cause", language)[:7]])


@in_both_languages
def test_at_worst_it_hops_between_two_points_one_step_apart(language):
    says(CHAPTER, "At worst it ends up hopping between two points that are one step apart")
    says(CHAPTER, "a step of RMSProp is about as long as its learning rate")
    for rate, _, lowest, highest in rows(CHAPTER, "floor", language)[:2]:
        assert lowest == pytest.approx(_value_half_a_step_away(rate), rel=0.01, abs=0.01)
        assert highest - lowest < 0.01
    assert rows(CHAPTER, "floor", language)[2][-1] > -5


def _value_half_a_step_away(rate: float) -> float:
    return 0.2 * (rate / 2) ** 2 + 2 * (rate / 2) ** 2 - 5


@in_both_languages
def test_rmsprop_gets_over_large_gradients_and_adagrad_does_not(language):
    says(CHAPTER, "RMSProp gets over it. Adagrad does not.")
    late = rows(CHAPTER, "against-adagrad", language)[2:]
    assert rises([rmsprop for *_, rmsprop in late]) and late[-1][-1] > 0.5
    assert max(adagrad for _, _, adagrad, _ in late) < 0.003


@in_both_languages
def test_large_rates_arrive_first_and_do_not_stay(language):
    says(CHAPTER, "Large rates reach it first and do not stay; small ones arrive late and stay.")
    table = rows(CHAPTER, "solution-1", language)
    large, small = table[:2], table[-1]
    assert all(first < small[1] / 10 and above > 200 for _, first, above in large)
    assert small[0] == 0.03 and small[1] > 150 and small[2] == 0
    assert falls([above for *_, above in table])
