"""Chapter 12 promises that the search for a rate decides more than the optimizer, and that one run is one draw."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from . import PROJECT, in_both_languages, named_rows, numbers_in, pairs, printed, rows, says

CHAPTER = "12-which-optimizer"


def losses_by_rate(language: str) -> dict[str, dict[float, float]]:
    """Return the loss of each optimizer at each of its rates."""
    return {name: pairs(line) for name, line in named_rows(CHAPTER, "rates", language).items()}


@in_both_languages
def test_at_the_first_rate_adamw_wins_by_far_and_at_their_best_they_are_close(language):
    says(CHAPTER, "At the first rate of each list AdamW would win by far; at a rate of 0.03 for everyone SGD")
    table = losses_by_rate(language)
    first = {name: losses[min(losses)] for name, losses in table.items()}
    assert 1.9 * first.pop("adamw") < min(first.values())
    same_rate = {name: losses[0.03] for name, losses in table.items()}
    assert same_rate["sgd"] > 5 * max(loss for name, loss in same_rate.items() if name != "sgd")
    says(CHAPTER, "each at its best, they are close together")
    best = [min(losses.values()) for losses in table.values()]
    assert max(best) - min(best) < 0.05


@in_both_languages
def test_all_the_best_rates_are_the_largest_of_their_lists(language):
    says(CHAPTER, "All best rates were the largest of their lists.")
    for losses in losses_by_rate(language).values():
        assert len(losses) == 4 and min(losses, key=losses.__getitem__) == max(losses)


@in_both_languages
def test_momentum_beats_sgd_by_two_standard_errors_and_two_of_six_seeds_see_it_the_other_way(language):
    says(CHAPTER, "Momentum against SGD: more than two standard errors, and yet two of the six seeds")
    says(CHAPTER, "Momentum against Nesterov: nothing. AdamW against momentum: three standard errors.")
    sgd, nesterov, adamw = rows(CHAPTER, "pairs", language)
    assert 2 < sgd[0] / sgd[1] < 3 and sgd[3] - sgd[2] == 2 and sgd[3] == 6
    assert abs(nesterov[0] / nesterov[1]) < 1
    assert 3 <= adamw[0] / adamw[1] < 4


@in_both_languages
def test_the_differences_in_pairs_are_those_of_the_means(language):
    says(CHAPTER, "Taking differences seed by seed removes what is common to both")
    means = {name: line[1] for name, line in named_rows(CHAPTER, "seeds", language).items()}
    for line in printed(CHAPTER, "pairs", language):
        one, _, other = line.partition(":")[0].split()
        assert numbers_in(line)[0] == pytest.approx(means[one] - means[other], abs=1.1e-4)


@in_both_languages
def test_counting_gives_three_thousandths_with_ten_thousand_pictures(language):
    says(CHAPTER, "With the 10,000 test pictures of Fashion-MNIST and an accuracy of 0.89, 0.003 is what chance does")
    says(CHAPTER, "with 1,000 pictures and an accuracy of 0.8 it is 0.013")
    errors = {n: (percent / 100, error) for n, percent, error in rows(CHAPTER, "counting", language)}
    for n, (p, error) in errors.items():
        assert error == pytest.approx(math.sqrt(p * (1 - p) / n), abs=6e-5)
    assert errors[10_000] == (0.89, pytest.approx(0.003, abs=5e-4))
    assert errors[1000] == (0.8, pytest.approx(0.013, abs=5e-4))


@in_both_languages
def test_at_momentums_rate_the_cosine_loses_and_for_adamw_it_makes_a_large_rate_good(language):
    says(CHAPTER, "At momentum's 0.1 the cosine *loses*, clearly.")
    says(CHAPTER, "With AdamW at 0.03 there is no difference that six seeds could show.")
    says(
        CHAPTER,
        "At 0.1 the constant rate is a disaster for AdamW, and with the cosine the same rate is as good as 0.03",
    )
    momentum, adamw, adamw_large = (line[1:] for line in rows(CHAPTER, "cosine", language))
    constant, spread, cosine, spread_cosine = momentum
    assert cosine - constant > 3 * max(spread, spread_cosine)
    constant, spread, cosine, spread_cosine = adamw
    assert abs(cosine - constant) < spread_cosine < spread
    assert adamw_large[0] > 2 * constant
    assert abs(adamw_large[2] - cosine) < adamw_large[3]


def test_fifty_published_runs_put_the_cosines_ahead_on_the_test_and_the_constant_rate_in_training():
    says(CHAPTER, "there are fifty different runs of this experiment, 36 English and 14 Chinese")
    published = pd.read_csv(PROJECT / "shared_figures" / "published" / "lenet-schedules.csv", comment="#")
    assert published[published.run == "constant"].edition.value_counts().to_dict() == {"en": 36, "zh": 14}
    by_run = published.groupby("run")
    train, test, spread = by_run.train_accuracy.mean(), by_run.test_accuracy.mean(), by_run.test_accuracy.std()
    says(CHAPTER, "On the training data the constant rate is the best, by its mean")
    assert train.idxmax() == "constant"
    says(CHAPTER, "both cosines are ahead of it, by more than one of its standard deviations")
    assert test[["cosine", "warmup-cosine"]].min() - test["constant"] > spread["constant"]
    says(CHAPTER, "spreads about half as much as that of the constant rate")
    assert spread[["cosine", "warmup-cosine"]].to_numpy() == pytest.approx(spread["constant"] / 2, rel=0.12)


@in_both_languages
def test_a_used_up_scheduler_trains_at_a_constant_eighth(language):
    says(CHAPTER, "so the training runs at a constant 0.125 from its first epoch to its last")
    drawn, trained = (numbers_in(line)[1::2] for line in printed(CHAPTER, "used-up", language))
    assert drawn == [0.5, 0.5, 0.25, 0.25] and set(trained) == {0.125}


@in_both_languages
def test_called_at_the_end_of_an_epoch_the_warmup_comes_one_epoch_late(language):
    says(CHAPTER, "Here the first epoch gets the full 0.3, and the *second* one stands still.")
    meant, used = rows(CHAPTER, "late", language)
    assert used[1:] == meant[:-1] and used[0] == max(meant) == 0.3 and used[1] == 0


@in_both_languages
def test_one_rate_further_momentum_is_as_good_as_adamw_was(language):
    says(CHAPTER, "Momentum and Nesterov, at 0.3, are now as good as AdamW was. SGD and AdamW have gone too far.")
    before, after = (named_rows(CHAPTER, cell, language) for cell in ("seeds", "solution-1"))
    for name in ("momentum", "nesterov"):
        assert after[name][:2] == [0.3, pytest.approx(before["adamw"][1], abs=0.006)]
    assert all(after[name][1] > 2 * before[name][1] for name in ("sgd", "adamw"))


@in_both_languages
def test_a_warmup_helps_by_less_than_the_spread_and_brings_the_seeds_closer(language):
    says(CHAPTER, "A little on average, by less than the spread of the seeds")
    (cosine, spread), (warmup, spread_warmup) = rows(CHAPTER, "solution-2", language)
    assert 0 < cosine - warmup < spread_warmup < spread


@in_both_languages
def test_common_differences_need_dozens_to_hundreds_of_runs(language):
    says(CHAPTER, "Differences that are common in tables of results need dozens to hundreds of runs.")
    spread = named_rows(CHAPTER, "seeds", language)["momentum"][2]
    for difference, runs in rows(CHAPTER, "solution-3", language):
        formula = 2 * (1.96 + 0.84) ** 2 * spread**2 / difference**2
        assert runs == pytest.approx(formula, rel=0.02, abs=1)
        assert difference > 0.005 or runs > 24
