"""Chapter 4 promises that averaging over time buys long steps where slopes agree, and says what that costs."""

from __future__ import annotations

import math

import pytest

import gradpath

from . import falls, in_both_languages, named_rows, numbers_in, path_of, printed, rises, rows, says

CHAPTER = "04-momentum"
RAVINE, START = "anisotropic_paraboloid", (5.1, 2.3)


@in_both_languages
def test_the_second_point_is_the_mirror_image_of_the_first_and_the_third_is_nearer(language):
    says(CHAPTER, "The second point is the mirror image of the first, as it must be at this rate.")
    x2 = [abs(line[2]) for line in rows(CHAPTER, "rule", language)]
    assert x2[1] == x2[0] and x2[2] < x2[1]


@in_both_languages
def test_at_one_rate_momentum_arrives_in_twelve_steps_where_steepest_descent_needs_eighteen(language):
    says(CHAPTER, "To see what momentum does, change nothing but the momentum. Both paths now have a rate of 0.45")
    sgd, momentum, sgd_faster = printed(CHAPTER, "same-rate", language)
    assert (numbers_in(sgd)[-1], numbers_in(momentum)[-1]) == (18, 12)
    assert numbers_in(sgd)[0] == numbers_in(momentum)[0] == 0.45
    for name, steps in (("sgd", 18), ("momentum", 12)):
        values = path_of("momentum-one-rate", name, language).value
        assert int((values <= -4.99).idxmax()) == steps
    says(CHAPTER, "But steepest descent cannot have that rate")
    assert sgd_faster.endswith("-4.99: -")


@in_both_languages
def test_along_the_ravine_the_memory_adds_and_across_it_takes_away(language):
    says(CHAPTER, "Along the ravine both have the same sign, and the memory adds to the slope.")
    says(CHAPTER, "Across the ravine they have opposite signs in the first steps")
    drive = [line[5:] for line in rows(CHAPTER, "one-rate", language)][1:]
    assert all(slope_1 * memory_1 > 0 for slope_1, _, memory_1, _ in drive)
    assert all(slope_2 * memory_2 < 0 for _, slope_2, _, memory_2 in drive[:3])


@in_both_languages
def test_the_third_step_ends_on_the_other_wall_and_that_of_the_ball_on_the_floor(language):
    says(CHAPTER, "The third step of steepest descent ends on the other wall, that of the ball on the floor.")
    _, _, sgd, _, ball, *_ = rows(CHAPTER, "one-rate", language)[3]
    assert sgd < -1 and abs(ball) < 0.05


@in_both_languages
def test_the_gain_is_fifteen_steps_in_place_of_eighteen_and_ten_at_the_best_pair(language):
    (_, sgd, _), (_, _, ball, _), (best_rate, best_momentum, best, _) = rows(CHAPTER, "gain", language)
    says(CHAPTER, f"{ball:.0f} steps in place of {sgd:.0f}.")
    says(CHAPTER, f"This is the third line of the count above, and it needs {best:.0f} steps.")
    smooth, steep = math.sqrt(0.4), math.sqrt(4)
    assert best_rate == pytest.approx(4 / (steep + smooth) ** 2, abs=5e-4)
    assert best_momentum == pytest.approx(((steep - smooth) / (steep + smooth)) ** 2, abs=5e-4)
    values = gradpath.descend(RAVINE, START, "momentum", 40, lr=best_rate, momentum=best_momentum).value
    assert int((values <= -4.99).idxmax()) == best


@in_both_languages
def test_per_step_the_ball_at_its_best_keeps_half_where_steepest_descent_keeps_four_fifths(language):
    _, (sgd,), (ball,) = rows(CHAPTER, "best-ball", language)
    says(CHAPTER, f"steepest descent at its best keeps {sgd:.4f} of the error, the heavy ball at its best {ball:.4f}")
    assert sgd == pytest.approx((10 - 1) / (10 + 1), abs=5e-5)
    assert ball == pytest.approx((math.sqrt(10) - 1) / (math.sqrt(10) + 1), abs=5e-5)


@in_both_languages
def test_the_newest_values_of_the_effective_length_weigh_about_two_thirds(language):
    says(CHAPTER, "With $\\beta = 0.9$, the newest 10 values carry about two thirds of the weight.")
    table = {line[0]: line[1:] for line in rows(CHAPTER, "effective-length", language)}
    for beta, (length, _, newest, weight) in table.items():
        assert length == newest == pytest.approx(1 / (1 - beta), abs=0.05)
        assert weight == pytest.approx(1 - beta**newest, abs=6e-4)
    assert table[0.9][2] == 10 and table[0.9][3] == pytest.approx(2 / 3, abs=0.02)
    says(CHAPTER, "With $\\beta = 0.98$ it takes 50 values to do so.")
    assert table[0.98][2] == 50


@in_both_languages
def test_an_uncorrected_average_is_too_small_and_the_correction_is_exact(language):
    averages = {line[0]: line[1:] for line in rows(CHAPTER, "first-steps", language)}
    says(CHAPTER, f"The uncorrected average with $\\beta = 0.98$ is at {averages[0.98][-2]:.3f} after 50 values")
    assert averages[0.98][-2] == pytest.approx(10 * (1 - 0.98**50), abs=5e-4)
    assert {corrected for line in averages.values() for corrected in line[1::2]} == {10}


@in_both_languages
def test_momentum_of_nine_tenths_makes_the_steps_ten_times_as_long(language):
    says(CHAPTER, "So $m = 0.9$ makes the steps ten times as long in the long run")
    velocity = {line[0]: line[-1] for line in rows(CHAPTER, "velocity", language)}
    assert velocity[0.9] == 10
    assert all(v == pytest.approx(1 / (1 - m), abs=5e-5) for m, v in velocity.items())


@in_both_languages
def test_with_the_rate_inside_the_ball_is_carried_to_the_far_side_of_the_minimum(language):
    says(CHAPTER, "goes on carrying the ball, here to the far side of the minimum")
    constant, dropped = rows(CHAPTER, "conventions", language)
    assert constant[-1] == 0 < dropped[-1]
    steps = rows(CHAPTER, "conventions-steps", language)
    assert all(inside == outside for step, inside, outside in steps if step <= 4)
    assert falls([inside for _, inside, _ in steps]) and steps[-1][1] < -1 and min(line[2] for line in steps) > 0


@in_both_languages
def test_the_heavy_ball_tolerates_larger_rates_and_nesterov_smaller_ones(language):
    says(CHAPTER, "The heavy ball tolerates *larger* rates than steepest descent, Nesterov's method *smaller* ones.")
    table = named_rows(CHAPTER, "bounds", language)
    assert rises([table[name][0] for name in ("nesterov", "sgd", "momentum")])
    assert all(line[-2] < -4.99 and line[-1] > 1e6 for line in table.values())
    says(CHAPTER, "The rate of 0.5 that suits the ball in our figure makes Nesterov's path diverge.")
    values = gradpath.descend(RAVINE, START, "nesterov", 60, lr=0.5, momentum=0.1).value
    assert values.iloc[-1] > values[0] > path_of("momentum", "momentum", language).value.iloc[-1]
