"""Chapter 1 promises that a loop of four lines trains a network, and shows what breaks it."""

from __future__ import annotations

import pytest

from . import in_both_languages, named_rows, numbers_in, printed, rows, says

CHAPTER = "01-descent-by-hand"


@in_both_languages
def test_the_network_as_drawn_is_hardly_better_than_always_saying_zero(language):
    says(CHAPTER, "The network as drawn is hardly better than always saying zero.")
    (drawn,), (zero,), (truth,) = rows(CHAPTER, "loss", language)
    assert truth < 0.95 * zero < drawn < zero


@in_both_languages
def test_three_ways_give_one_slope_and_it_is_negative(language):
    says(CHAPTER, "Three ways, one number. It is negative")
    slopes = [line[-1] for line in rows(CHAPTER, "nudge", language)]
    assert len(slopes) == 3 and len(set(slopes)) == 1
    assert slopes[0] < 0


@in_both_languages
def test_one_step_takes_the_loss_down_by_half_a_unit(language):
    (before, after), *_ = rows(CHAPTER, "one-step", language)
    says(CHAPTER, f"One step took the loss from {before:.6f} to {after:.6f}.")
    assert after < before
    loop = dict(rows(CHAPTER, "loop", language))
    assert loop[0] == pytest.approx(before, abs=5e-7)
    assert loop[1] == pytest.approx(after, abs=5e-7)


@in_both_languages
def test_a_second_backward_adds_to_the_slopes(language):
    says(CHAPTER, "It *adds*.")
    (first, second), (together, sum_of_both) = rows(CHAPTER, "add-up", language)
    assert together == sum_of_both
    assert together == pytest.approx(first + second, abs=2e-6)


@in_both_languages
def test_most_of_the_way_is_done_within_ten_steps(language):
    says(CHAPTER, "Most of the way is done within ten steps; after that progress is slow.")
    loss = dict(rows(CHAPTER, "loop", language))
    assert loss[0] - loss[10] > 0.9 * (loss[0] - loss[200])
    assert loss[100] - loss[200] < loss[0] - loss[1]


@in_both_languages
def test_the_recording_differs_in_none_of_the_digits_printed(language):
    says(CHAPTER, "not one of the digits printed differs")
    (losses, recorded, now), (largest,) = rows(CHAPTER, "recorded", language)
    assert losses == 201 and recorded == now and largest == 0


@in_both_languages
def test_the_network_finds_two_slopes_to_about_a_hundredth_and_the_third_less_well(language):
    says(CHAPTER, "Along $x_2$ and $x_3$ the network has found what we put in, to about a hundredth.")
    found = named_rows(CHAPTER, "learned", language)
    off = {name: abs(found[name][0] - found[name][1]) for name in ("x1", "x2", "x3")}
    assert off["x2"] < 0.015 and off["x3"] < 0.015
    assert off["x1"] > 5 * max(off["x2"], off["x3"])


@in_both_languages
def test_the_loss_ends_below_that_of_the_truth(language):
    network, truth = (numbers_in(line)[0] for line in printed(CHAPTER, "learned", language)[-2:])
    says(CHAPTER, f"its loss of {network:.6f} is *below* what the true coefficients reach")
    assert network < truth


@in_both_languages
def test_slopes_that_nobody_zeroes_are_faster_at_step_ten_and_then_do_not_settle(language):
    zeroed, piled_up = (dict(zip(*pair, strict=True)) for pair in _by_step(language))
    says(CHAPTER, f"at step 10 its loss is {piled_up[10]:.4f}, the other's {zeroed[10]:.4f}")
    assert zeroed[0] == piled_up[0] and zeroed[1] == piled_up[1]
    assert piled_up[10] < zeroed[10]
    assert piled_up[10] < piled_up[15] > piled_up[20] < piled_up[25]
    assert piled_up[60] > piled_up[10]


def _by_step(language: str) -> list[list[list[float]]]:
    lines = rows(CHAPTER, "not-zeroed", language)
    return [[[line[0] for line in lines], [line[k] for line in lines]] for k in (1, 2)]


@in_both_languages
def test_ten_rows_at_a_time_end_nearly_as_low_with_a_tenth_of_the_work(language):
    end = rows(CHAPTER, "solution-3", language)[-1][0]
    loop = dict(rows(CHAPTER, "loop", language))[200]
    says(CHAPTER, f"The loss of all rows ends at {end:.4f}, not far from the {loop:.4f} of the loop")
    assert loop < end < loop + 0.03


@in_both_languages
def test_a_small_rate_is_still_falling_and_a_large_one_goes_beyond_all_numbers(language):
    says(CHAPTER, "At 0.001 the loss is still falling after 200 steps.")
    says(CHAPTER, "At 0.8 the loss climbs until it is beyond all numbers")
    lines = printed(CHAPTER, "solution-1", language)
    rate, _, _, _, after_50, _, after_200 = numbers_in(lines[0])
    best = min(numbers_in(line)[-1] for line in lines[:-1])
    assert rate == 0.001 and best < after_200 < after_50 and after_200 > 2 * best
    assert numbers_in(lines[-1])[0] == 0.8 and lines[-1].count("not a number") == 2
