"""Chapter 3 promises that one rate is a factor for each curvature, and that the bound 2 / L is razor-sharp."""

from __future__ import annotations

import pytest

import gradpath

from . import in_both_languages, numbers_in, path_of, printed, rows, says

CHAPTER = "03-steepest-descent"
RAVINE, START = "anisotropic_paraboloid", (5.1, 2.3)


@in_both_languages
def test_every_step_takes_the_same_share_off_the_distance(language):
    says(CHAPTER, "Every step takes the same share off the distance")
    points = path_of("steepest-isotropic", "lr-1.0", language).x1
    shares = points[1:].to_numpy() / points[:-1].to_numpy()
    assert len(shares) == 14
    assert shares == pytest.approx(1 - 1.0 * 0.4, rel=1e-12)


@in_both_languages
def test_with_a_rate_of_two_and_a_half_the_minimum_is_reached_at_once(language):
    says(CHAPTER, "With a rate of 2.5 the minimum is reached at once.")
    says(CHAPTER, "The bowl's curvature, its second derivative, is 0.4 in every direction, and 2.5 is one over 0.4.")
    assert 1 / 0.4 == 2.5
    assert rows(CHAPTER, "one-step", language)[1] == [1, 0, 0, -5]
    assert path_of("steepest-isotropic", "lr-2.5", language).value.iloc[-1] == -5


@in_both_languages
def test_the_ravine_has_condition_number_ten_and_bound_one_half(language):
    curvatures, condition, bounds, best = printed(CHAPTER, "curvature", language)
    (flat, steep), (condition,) = numbers_in(curvatures), numbers_in(condition)
    (bound, bound_alone), (best, *factors) = (numbers_in(line.partition(":")[2]) for line in (bounds, best))
    says(CHAPTER, f"It is {condition:.0f} here, which is harmless")
    says(CHAPTER, f"the rate must stay below {bound:.1f}")
    assert steep / flat == condition and 2 / steep == bound and 2 / flat == bound_alone
    assert best == pytest.approx(2 / (flat + steep), abs=5e-5)
    says(CHAPTER, f"The output above gives {best:.4f} and factors of ±{factors[0]:.4f}")
    assert factors[0] == -factors[1]


@in_both_languages
def test_the_five_rates_are_slow_then_good_then_diverge(language):
    table = {line[0]: line[1:] for line in rows(CHAPTER, "rates", language)}
    for rate, (x1, x2, _, value) in table.items():
        assert (x1, x2) == pytest.approx((1 - 0.4 * rate, 1 - 4 * rate), abs=6e-4)
        assert value == pytest.approx(gradpath.descend(RAVINE, START, "sgd", 40, lr=rate).value.iloc[-1], abs=6e-6)
    says(CHAPTER, "where each step leaves 98 per cent standing")
    assert table[0.05][0] == 0.98 and table[0.05][1] > 0
    says(CHAPTER, "At 0.495 it still shrinks, barely. At 0.51 each jump is *longer* than the one before.")
    assert -1 < table[0.495][1] < table[0.4][1] < 0 and table[0.51][1] < -1


@in_both_languages
def test_the_border_is_sharp_to_a_thousandth(language):
    says(CHAPTER, "A thousandth below, it converges; a thousandth above, it flies away.")
    (below, start, _, nearer), (on, _, _, same), (above, _, _, further) = rows(CHAPTER, "edge", language)
    assert (below, on, above) == (0.499, 0.5, 0.501)
    assert nearer < start == same < further


@in_both_languages
def test_the_zig_zag_at_495_thousandths_takes_173_steps(language):
    *_, before, at, (_, reached) = rows(CHAPTER, "zig-zag", language)
    says(CHAPTER, f"It takes {reached:.0f} steps.")
    assert at[0] == reached == before[0] + 1 and at[3] <= -4.99 < before[3]
    shown = path_of("steepest-anisotropic", "lr-0.495", language)
    says(CHAPTER, "After the 21 steps that the picture shows, the path at 0.495 looks hopeless")
    assert shown.step.max() == 21 and shown.value.iloc[-1] > -1


@in_both_languages
def test_the_parabola_lands_nearer_then_jumps_then_lands_further_out(language):
    walks = {line[0]: line[1:] for line in rows(CHAPTER, "parabola", language)}
    for rate, walk in walks.items():
        assert walk == pytest.approx([(1 - 8 * rate) ** k for k in range(7)], abs=6e-6)
    says(CHAPTER, "At 0.25 it jumps back and forth between 1 and −1.")
    assert walks[0.25] == [1, -1, 1, -1, 1, -1, 1]
    says(CHAPTER, "what it says is to multiply by −1.4")
    assert walks[0.3][1] == -1.4
    says(CHAPTER, "At 0.125 it is done in one step.")
    assert walks[0.125][1] == 0


@in_both_languages
def test_on_the_sigmoid_the_walk_hardly_moves(language):
    says(CHAPTER, "Its slope there is so small that the walk hardly moves")
    (*slopes, end), (steps, moved) = rows(CHAPTER, "scene-vanishing", language)
    assert steps == 200 and moved < 0.001 and end == 12 and max(slopes) < 1e-5


@in_both_languages
def test_the_fewest_steps_come_a_little_below_the_best_rate_of_the_theory(language):
    says(CHAPTER, "The fewest steps come at 0.43 and 0.44, a little below the 0.4545 of the theory.")
    counts = dict(rows(CHAPTER, "solution-1", language)[:-1])
    fewest = [rate for rate, steps in counts.items() if steps == min(counts.values())]
    assert fewest == [0.43, 0.44] and max(fewest) < 2 / 4.4


@in_both_languages
def test_halving_alone_stops_on_the_bound_and_the_demand_for_descent_at_one_over_the_curvature(language):
    (_, alone, _, hopping), (_, demanded, _, arrived) = rows(CHAPTER, "solution-3", language)
    says(CHAPTER, f"the halving stops at {alone:.1f}, exactly on the bound")
    says(CHAPTER, f"brings the rate to {demanded:.2f}, which is $1/L$")
    assert alone == 2 / 4 and demanded == 1 / 4 and arrived < -4.99 < hopping
