"""Chapter 13 promises that first weights, batch norm, clipping and the size of a batch decide what arrives where."""

from __future__ import annotations

import math

import pytest

from . import falls, in_both_languages, numbers_in, pairs, printed, rises, rows, says

CHAPTER = "13-stable-training"


def sizes(cell: str, language: str) -> dict[str, dict[float, float]]:
    """Return the sizes that a line gives for its layers, by what stands before the first of them."""
    lines = [line.replace("after layer", "layer").partition("layer") for line in printed(CHAPTER, cell, language)]
    return {" ".join(name.split()): pairs(numbers_in(layers)) for name, _, layers in lines}


@in_both_languages
def test_from_zeros_only_the_biases_of_the_output_learn(language):
    says(CHAPTER, "Only the output's biases learn.")
    *others, (biases,), (loss, _, _, log_ten) = rows(CHAPTER, "zeros", language)
    assert others == [[0], [0], [0]] and biases > 0
    assert log_ten == pytest.approx(math.log(10), abs=5e-5) and loss == pytest.approx(log_ten, abs=0.01)


@in_both_languages
def test_equal_units_stay_equal_and_do_the_work_of_one(language):
    says(CHAPTER, "But equal units get equal slopes and stay equal, to the last digit, for ever")
    (unlike, loss, accuracy), (drawn_unlike, drawn_loss, drawn_accuracy) = rows(CHAPTER, "alike", language)
    assert unlike == 0 < drawn_unlike and drawn_loss < loss < math.log(10) and drawn_accuracy > 2 * accuracy


@in_both_languages
def test_the_signal_fades_by_the_same_factor_in_every_layer_or_grows_a_hundred_million_fold(language):
    table = sizes("layers", language)
    says(CHAPTER, "With weights that are too small the signal fades by the same factor in every layer")
    fading = table["relu too small"]
    factors = [(fading[b] / fading[a]) ** (2 / (b - a)) for a, b in ((1, 2), (2, 5), (5, 10), (10, 20))]
    (expected, _), *others = rows(CHAPTER, "factor", language)
    assert factors == pytest.approx([expected] * 4, rel=0.15)
    assert all(measured == pytest.approx(computed, rel=0.04) for computed, measured in others)
    says(CHAPTER, "the ReLU's signal grows more than a hundred-million-fold, and tanh sits at its ends")
    growing = table["relu too large"]
    assert 1e8 < growing[20] / growing[1] < 1e9
    assert min(table["tanh too large"].values()) > 0.85


@in_both_languages
def test_on_the_way_back_slopes_vanish_explode_or_stay_within_a_factor_of_three(language):
    table = sizes("backwards", language)
    says(CHAPTER, "the first layers get slopes of $10^{-25}$ and less")
    assert max(table["tanh too small"][0], table["relu too small"][0]) <= 1.05e-25
    says(CHAPTER, "the slopes at the input are nearly a billion times those of the last layer")
    assert table["relu too large"][0] / table["relu too large"][19] == pytest.approx(1e9, rel=0.2)
    says(CHAPTER, "the sizes stay within a factor of three over twenty layers")
    for name in ("tanh Xavier", "relu He"):
        assert max(table[name].values()) < 3 * min(table[name].values())


@in_both_languages
def test_a_layer_that_has_seen_few_batches_keeps_the_wrong_mean_and_comes_near_after_a_hundred(language):
    assert rows(CHAPTER, "norm-by-hand", language) == [[0], [0], [0]]
    says(CHAPTER, "The truth is 10 and 16.")
    kept = {batches: (mean, variance) for batches, mean, variance in rows(CHAPTER, "modes", language)[2:]}
    assert rises([kept[n][0] for n in (1, 10, 100)]) and kept[1][0] < 2
    assert kept[100] == (pytest.approx(10, abs=0.6), pytest.approx(16, abs=0.6))


@in_both_languages
def test_a_row_changes_with_its_companions_in_training_only(language):
    says(CHAPTER, "In training its numbers change with its companions, in evaluation they do not.")
    training, evaluation = (pairs(line).items() for line in rows(CHAPTER, "companions", language))
    assert all(alone == together for alone, together in evaluation)
    assert all(abs(alone - together) > 1 for alone, together in training)


@in_both_languages
def test_without_batch_norm_it_does_not_start_at_any_rate_and_with_it_learns_at_all_three(language):
    says(CHAPTER, "Without batch norm the network does not start at any of these rates. With it, it learns at all")
    lines = rows(CHAPTER, "norm", language)
    plain, norm = lines[::2], lines[1::2]
    assert [line[0] for line in plain] == [line[0] for line in norm] == [0.02, 0.05, 0.2]
    assert all(accuracy < 0.15 for *_, accuracy in plain) and all(accuracy >= 0.8 for *_, accuracy in norm)


@in_both_languages
def test_one_unclipped_step_goes_off_the_cliff_and_forty_clipped_ones_come_down(language):
    says(CHAPTER, "One unclipped step goes to −27,490, and the next one beyond all numbers.")
    lines = printed(CHAPTER, "cliff", language)
    assert round(numbers_in(lines[2])[1]) == -27490 and "beyond all numbers" in lines[3]
    walks = [map(numbers_in, part) for part in (lines[5:10], lines[11:])]
    by_value, by_norm = ({step: there for step, *there in walk} for walk in walks)
    says(CHAPTER, "Clipped, the walk comes down the cliff in forty short steps.")
    assert all(falls([line[-1] for line in walk.values()]) and walk[40][-1] < 0.05 for walk in (by_value, by_norm))
    says(CHAPTER, "By norm $v$ hardly moves, as the gradient says; by value both slopes are cut to the same 0.1")
    assert by_value[0][0] - by_value[1][0] == pytest.approx(by_value[0][1] - by_value[1][1])
    assert by_norm[0][1] - by_norm[40][1] < 0.05 < 0.2 < by_value[0][1] - by_value[40][1]


@in_both_languages
def test_by_norm_the_direction_stays_and_by_value_it_turns(language):
    says(CHAPTER, "By norm the direction stays, which is what a cosine of 1 says; by value it turns.")
    _, by_value, by_norm = rows(CHAPTER, "clip-by-hand", language)
    assert by_norm[:2] == [0.1, 1] and by_value[1] < 0.999 and by_value[2] == by_norm[2] == 0


@in_both_languages
def test_four_times_the_batch_halves_the_error(language):
    (full, one_picture), *batches = rows(CHAPTER, "noise", language)
    says(CHAPTER, f"The full gradient is {full:.2f} long, and that of one picture is off by seven times as much.")
    off = {int(size): (measured, expected) for size, measured, expected in batches}
    assert off[1][0] / full == pytest.approx(7, abs=0.5) and one_picture > 7 * full
    says(CHAPTER, "a batch of 64 is off by nearly as much as the gradient is long")
    assert 0.8 * full < off[64][0] < full
    says(CHAPTER, "four times the batch only halves the error, but costs four times the work")
    assert all(off[4 * size][0] / off[size][0] == pytest.approx(0.5, abs=0.05) for size in off if 4 * size in off)
    for size, (measured, expected) in off.items():
        assert measured == pytest.approx(expected, rel=0.05)
        assert expected == pytest.approx(off[1][1] * math.sqrt((1 / size - 1 / 1137) / (1 - 1 / 1137)), abs=2e-4)


@in_both_languages
def test_scaled_with_the_batch_the_losses_are_nearly_equal_with_a_sixty_fourth_of_the_steps(language):
    says(CHAPTER, "At the same rate the batch of 64 has taken 54 steps in place of 3,411, and has hardly begun.")
    runs = {int(size): rest for size, *rest in rows(CHAPTER, "batch-size", language)}
    assert (runs[64][0], runs[1][0]) == (54, 3411) and runs[64][2] > 0.9 * math.log(10)
    says(CHAPTER, "The losses are now nearly equal, with a sixty-fourth of the steps.")
    assert all(scaled == pytest.approx(0.02 * size) for size, (_, _, _, scaled, _) in runs.items())
    assert max(run[-1] for run in runs.values()) - min(run[-1] for run in runs.values()) < 0.02


@in_both_languages
def test_every_layer_makes_sgd_worse_and_adamw_keeps_its_gain_up_to_four(language):
    says(CHAPTER, "With SGD every layer makes it worse, from the second on")
    table = {int(depth): (sgd, adamw) for depth, sgd, adamw in rows(CHAPTER, "depth", language)}
    assert rises([sgd for sgd, _ in table.values()])
    says(CHAPTER, "it gains from the second layer and keeps nearly all of it with four. With eight it suffers too")
    adamw = {depth: loss for depth, (_, loss) in table.items()}
    assert adamw[2] < adamw[4] < adamw[2] + 0.2 * (adamw[1] - adamw[2]) and adamw[8] > adamw[1]


@in_both_languages
def test_with_xavier_sgd_trains_eight_and_sixteen_layers(language):
    says(CHAPTER, "What looked like a limit of SGD was a limit of the first weights.")
    *default, (eight, loss), (sixteen, deeper_loss) = rows(CHAPTER, "solution-3", language)
    assert [depth for depth, _ in default] == [eight, sixteen] == [8, 16]
    assert min(loss for _, loss in default) > math.log(10) > 2 * max(loss, deeper_loss)
