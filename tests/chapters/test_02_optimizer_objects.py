"""Chapter 2 promises that an optimizer is a list of tensors, a few numbers and a memory, and can resume exactly."""

from __future__ import annotations

from itertools import pairwise

import pytest

from . import falls, in_both_languages, named_rows, numbers_in, printed, rows, says

CHAPTER = "02-optimizer-objects"


@in_both_languages
def test_the_object_gives_the_same_two_hundred_losses(language):
    says(CHAPTER, "The same two hundred losses.")
    by_hand = rows(CHAPTER, "by-hand", language)
    by_object, (largest,) = rows(CHAPTER, "object", language)
    assert by_object == by_hand[0] and largest == 0
    start = rows(CHAPTER, "start", language)[0][0]
    assert start == dict(rows("01-descent-by-hand", "loop", language))[0]


@in_both_languages
def test_all_six_optimizers_end_below_what_the_noise_costs(language):
    truth = rows("01-descent-by-hand", "loss", language)[2][0]
    says(CHAPTER, f"After 200 steps all of these losses are below the {truth:.4f} that the noise costs")
    lines = [line.split("loss")[1] for line in printed(CHAPTER, "swap", language)]
    after_200 = [numbers_in(line)[2] for line in lines]
    assert len(after_200) == 6 and max(after_200) < truth
    says(CHAPTER, "The last column says that both libraries mean the same by these names and settings.")
    assert {numbers_in(line)[-1] for line in lines} == {0}


@in_both_languages
def test_the_slopes_of_two_weighted_halves_are_those_of_the_whole(language):
    says(CHAPTER, "The slopes of two halves, each weighted by a half, are the slopes of the whole.")
    (first,), (second,), (gap,) = rows(CHAPTER, "two-halves", language)
    assert gap == 0
    assert first + second == pytest.approx(rows(CHAPTER, "start", language)[0][0], abs=2e-6)


@in_both_languages
def test_a_layer_with_a_tenth_of_the_rate_moves_much_less(language):
    says(CHAPTER, "The first layer, with a tenth of the rate, has moved much less.")
    (_, slow_rate, slow), (_, fast_rate, fast), _ = rows(CHAPTER, "groups", language)
    assert slow_rate == pytest.approx(fast_rate / 10)
    assert slow < fast / 10


@in_both_languages
def test_at_half_the_loss_goes_up_as_often_as_down_and_then_it_falls(language):
    says(CHAPTER, "At 0.5 the loss goes up as often as down. From the first step with the smaller rate on, it falls.")
    (fast_rate, *fast), (slow_rate, *slow) = rows(CHAPTER, "change-rate", language)
    assert (fast_rate, slow_rate) == (0.5, 0.05)
    ups = [after > before for before, after in pairwise(fast)]
    assert ups.count(True) == ups.count(False)
    assert falls([fast[-1], *slow])


@in_both_languages
def test_until_it_joins_a_tensor_does_not_move_at_all(language):
    says(CHAPTER, "Until it joins, a tensor does not move at all")
    (_, before), (_, after) = rows(CHAPTER, "add-group", language)
    assert before == 0 < after


@in_both_languages
def test_adam_keeps_twice_as_many_numbers_as_the_network_has_weights(language):
    says(CHAPTER, "Adam both: twice as many numbers as the network has weights")
    kept = {
        line.split()[0]: int(line.split(" numbers in")[0].split()[-1]) for line in printed(CHAPTER, "state", language)
    }
    weights = rows("01-descent-by-hand", "weights", language)[-1][0]
    assert kept["sgd"] == 0
    assert kept["momentum"] == kept["adagrad"] == kept["rmsprop"] == weights
    assert kept["adam"] == 2 * weights


@in_both_languages
def test_a_snapshot_moves_along_and_only_the_copy_stays(language):
    says(CHAPTER, "The snapshot has moved along with the network")
    says(CHAPTER, "Only the copy stayed.")
    gap = named_rows(CHAPTER, "snapshot", language)
    assert gap["snapshot"] == [0] and gap["copy"][0] > 0.05


@in_both_languages
def test_a_resumed_run_is_equal_to_the_last_bit(language):
    says(CHAPTER, "Not nearly equal: equal, all of them, to the last bit.")
    _, (equal, losses), (same, weights) = rows(CHAPTER, "resume", language)
    assert equal == losses == 61 and same == weights == 161


@in_both_languages
def test_without_the_state_the_loss_at_the_break_is_the_same_and_then_it_is_another_run(language):
    says(CHAPTER, "The loss at the break is the same, since the weights are. After that it is another run.")
    (_, resumed, forgot), *later = rows(CHAPTER, "without-the-state", language)
    assert resumed == forgot
    says(CHAPTER, "Here the new run even looks better")
    assert all(forgot < resumed for _, resumed, forgot in later)
    assert later[-1][1] == pytest.approx(rows(CHAPTER, "without-a-break", language)[0][-1], abs=5e-7)


@in_both_languages
def test_zeroing_before_the_step_changes_no_loss_by_a_digit(language):
    says(CHAPTER, "Nothing, with any of the three")
    for line in printed(CHAPTER, "solution-4", language):
        first, _, later = numbers_in(line.split("loss")[1])
        assert first == later


@in_both_languages
def test_decay_shrinks_the_weights_but_not_the_biases_and_costs_some_of_the_fit(language):
    says(CHAPTER, "The weights shrink, the biases do not, and the loss is higher")
    (_, loss, weights, biases), (_, decayed_loss, decayed, decayed_biases) = rows(CHAPTER, "solution-1", language)
    assert decayed < weights and decayed_biases >= biases and decayed_loss > loss
