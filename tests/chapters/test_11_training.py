"""Chapter 11 promises that the loop stays what it was, and that only corners drive two equal trainings apart."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from . import PROJECT, in_both_languages, named_rows, numbers_in, pairs, printed, rows, says

CHAPTER = "11-training"
ROUNDINGS = 5e-7  # a few of float32


@in_both_languages
def test_the_parts_have_the_sizes_of_the_text_and_the_last_batch_is_smaller(language):
    parts = named_rows(CHAPTER, "split", language)
    train, validation, test = (parts[part][0] for part in ("train", "validation", "test"))
    assert (validation, test) == (300, 360) and train + validation + test == 1797
    says(CHAPTER, "1,137 is not a multiple of 64, and the last batch is a smaller one.")
    assert all(sum(counts) == count for count, *counts in parts.values())
    (batches, last), *_, (updates, _) = rows(CHAPTER, "epoch", language)
    assert (batches, last) == (math.ceil(train / 64), train % 64) and updates == 3 * batches
    says(CHAPTER, f"Such a loop makes no fuss about {updates:.0f} updates")


@in_both_languages
def test_a_network_that_knows_nothing_has_a_loss_of_about_log_ten(language):
    says(CHAPTER, "A loss of about $\\log 10$ says that the network knows nothing")
    (by_hand, by_library), (tenth,) = rows(CHAPTER, "loss", language)
    assert by_hand == by_library == pytest.approx(tenth, rel=0.01)
    assert tenth == pytest.approx(math.log(10), abs=5e-7)


@in_both_languages
def test_the_loss_of_an_epoch_weighs_each_batch_by_its_samples(language):
    says(CHAPTER, "Each batch weighs as many samples as it has")
    (of_batches, of_samples), (in_table,) = rows(CHAPTER, "weighted", language)
    assert of_samples == in_table != of_batches
    says(CHAPTER, "It is a small difference here.")
    assert abs(of_batches - of_samples) < 0.01


@in_both_languages
def test_nine_of_ten_where_the_validation_data_had_promised_96_or_97_of_a_hundred(language):
    says(CHAPTER, "Nine of ten, where the validation data had promised 96 or 97 of a hundred.")
    epochs = rows(CHAPTER, "validation", language)[:20]
    validation_accuracy = [line[-1] for line in epochs]
    assert {round(100 * accuracy) for accuracy in validation_accuracy[-6:]} == {96, 97}
    assert rows(CHAPTER, "test-once", language)[0][-1] == pytest.approx(0.9, abs=0.01)
    says(CHAPTER, "from epoch 15 on it hardly gets better at them")
    losses = [line[-2] for line in epochs]
    assert losses[0] > 10 * losses[14] and 0 < losses[14] - losses[19] < 0.003


@in_both_languages
def test_the_first_lowering_of_the_rate_pays_and_the_others_hardly(language):
    lines = rows(CHAPTER, "plateau", language)
    drops = [k for k in range(1, 20) if lines[k][1] < lines[k - 1][1]]
    losses = [line[-2] for line in lines]
    best, after = min(losses[: drops[0]]), min(losses[drops[0] : drops[1]])
    says(CHAPTER, f"The first time this pays: the loss falls from {best:.4f}, its best so far, to {after:.4f}.")
    assert after < best - 0.005 and min(losses[drops[1] :]) > after - 0.001


@in_both_languages
def test_a_run_that_goes_on_from_a_checkpoint_is_equal_to_the_last_bit(language):
    says(CHAPTER, "Not a bit is different.")
    (equal, numbers), (same, weights) = rows(CHAPTER, "resume", language)
    assert equal == numbers > 0 and same == weights == rows(CHAPTER, "network", language)[0][0]


@pytest.mark.parametrize("table", ["python", "r-torch", "r-pytorch"])
def test_lenet_agrees_for_sixty_batches_and_then_less_and_less_and_tanh_for_the_whole_epoch(table):
    says(CHAPTER, "Those of tanh units agree to a few roundings of float32 for the whole epoch.")
    says(CHAPTER, "agrees as well as that for sixty batches, and then less and less")
    folder = PROJECT / "shared_figures" / "first_epoch"
    recorded = {name: pd.read_csv(folder / f"{name}.csv", comment="#") for name in ("python", table)}
    by_hand = recorded["python"].query("method == 'manual'").drop(columns="method")
    both = recorded[table].merge(by_hand, on=["network", "batch"], suffixes=("", "_by_hand"))
    both["gap"] = (both.loss / both.loss_by_hand - 1).abs()
    tanh = both[both.network.isin(["tanh-float32", "tanh-sgd-float32"])]
    assert len(tanh) == 4 * 235 and tanh.gap.max() < ROUNDINGS
    lenet = both[both.network == "lenet-float32"]
    assert lenet.gap[lenet.batch <= 60].max() < ROUNDINGS < 100 * ROUNDINGS < lenet.gap.max() < 1e-2
    says(CHAPTER, "If there were, it would show in float64, and it does not.")
    assert both.gap[both.network.str.endswith("float64")].max() < 1e-14


@in_both_languages
def test_a_nudge_changes_the_gradient_of_lenet_a_hundred_thousand_times_as_much(language):
    says(CHAPTER, "more than a hundred thousand times as much as in the others")
    tanh, zeros, drawn = (float(line.split()[-1]) for line in printed(CHAPTER, "nudge", language))
    assert 1e5 <= zeros / tanh < 1e6 and tanh == drawn and tanh < 1e-7
    says(CHAPTER, "one number in nine sits on the corner")
    on_corner, none = (float(line.partition("%")[0].split()[-1]) for line in printed(CHAPTER, "corner", language))
    assert 100 / on_corner == pytest.approx(9, abs=0.5) and none == 0


def _from_the_first_batch(cell: str, language: str) -> list[list[float]]:
    return [numbers_in(line.partition("batch")[2]) for line in printed(CHAPTER, cell, language)]


@in_both_languages
def test_lenet_with_biases_of_zero_is_another_training_after_thirty_batches(language):
    says(CHAPTER, "LeNet with biases of zero is another training after thirty batches.")
    tanh, zeros, drawn = (pairs(line) for line in _from_the_first_batch("grow", language))
    assert zeros[30] > 0.1 > zeros[10] and drawn[30] < 1e-6 < drawn[70]
    says(CHAPTER, "The tanh network carries the nudge on, and does not make it larger.")
    assert max(tanh.values()) == tanh[1]


@in_both_languages
def test_the_smallest_batch_gets_farthest_with_360_updates_against_five(language):
    says(CHAPTER, "In five epochs it makes 360 updates, the largest makes five.")
    runs = rows(CHAPTER, "solution-1", language)
    assert [run[1] for run in runs] == [5 * math.ceil(1137 / run[0]) for run in runs]
    assert (runs[0][1], runs[-1][1]) == (5, 360)
    says(CHAPTER, "The smallest, by far.")
    assert runs[-1][2] < min(run[2] for run in runs[:-1]) / 2


@in_both_languages
def test_of_the_nine_ones_that_it_gets_wrong_it_takes_eight_for_nines(language):
    says(CHAPTER, "Of the nine ones that it gets wrong, it takes eight for nines. The threes are hardest")
    digits = {int(digit): rest for digit, *rest in rows(CHAPTER, "solution-2", language)}
    wrong, _, taken, other = digits[1]
    assert (wrong, taken, other) == (9, 8, 9)
    assert max(digits, key=lambda digit: digits[digit][0] / digits[digit][1]) == 3
    assert digits[3][2] < digits[3][0] / 2


@in_both_languages
def test_with_tanh_the_difference_grows_to_thirty_or_fifty_times_what_it_was(language):
    says(CHAPTER, "the difference grows slowly, to thirty or fifty times what it was")
    growth = [gaps[70] / gaps[1] for gaps in map(pairs, _from_the_first_batch("solution-5", language))]
    assert growth == pytest.approx([30, 50], rel=0.15)
