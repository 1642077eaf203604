"""What the chapters on labs promise of the recorded runs: each method at its own best rate, three seeds."""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd
import pytest

from tests.chapters import PROJECT, in_both_languages, printed, says

WHICH, STABLE = "12-which-optimizer", "13-stable-training"
_BEST = re.compile(r"^(\S+) .*?(\S+) +([\d.]+) \(([\d.]+) to ([\d.]+)\) +([\d.]+) \(")


def bests(chapter: str, cell: str, language: str) -> dict[str, tuple[float, float, float, float]]:
    """Return by method: its best rate, and the mean, the lowest and the highest validation of its seeds there."""
    found = (_BEST.match(line) for line in printed(chapter, cell, language))
    return {m[1]: (float(m[2]), float(m[3]), float(m[4]), float(m[5])) for m in found if m}


def ends(language: str, lab: str, run: str) -> pd.DataFrame:
    """Return the last epochs of a run in the full size, one row per seed and epoch."""
    lane = {"python": "python", "r": "r-torch"}[language]
    table = pd.read_csv(PROJECT / "shared_figures" / "training" / "full" / f"{lab}.{lane}.csv", comment="#")
    return table[table["run"] == run]


@in_both_languages
def test_a_warmup_with_a_cosine_ends_above_the_constant_rate_from_every_seed_and_steadily(language):
    says(WHICH, "the one with the warmup with each of its three seeds above each of the constant rate's")
    warm, constant = (ends(language, "schedules", run) for run in ("warmup-cosine", "constant"))
    last = [run[run.epoch == 30].validation_accuracy for run in (warm, constant)]
    assert last[0].min() > last[1].max()
    says(WHICH, "the constant rate's seeds wander between 0.846 and 0.903; those of the warmup with a cosine stay")
    says(WHICH, "stay between 0.895 and 0.900")
    late = [run[run.epoch > 20].validation_accuracy for run in (warm, constant)]
    assert (late[0].min(), late[0].max()) == pytest.approx((0.895, 0.900), abs=5e-4)
    assert (late[1].min(), late[1].max()) == pytest.approx((0.846, 0.903), abs=5e-4)


@in_both_languages
def test_four_of_our_five_runs_are_close_to_the_published_ones_and_the_inverse_root_is_not(language):
    says(WHICH, "Four of the five are close: their means lie within two standard deviations of the fifty")
    lines = printed(WHICH, "ours", language)
    apart: dict[str, list[float]] = {}
    for line in lines:
        if re.search(r"[-+]\d\.\d$", line):
            apart.setdefault(line.split()[0], []).append(float(line.split()[-1]))
    far = {name for name, both in apart.items() if max(map(abs, both)) > 2}
    assert len(apart) == 5 and far == {"inverse-sqrt"}
    says(WHICH, "and three of the four within one")
    assert sum(max(map(abs, both)) < 1 for both in apart.values()) == 3
    says(WHICH, "It ends four deviations below")
    assert all(-5 < one < -3.5 for one in apart["inverse-sqrt"])


@in_both_languages
def test_sgd_gains_most_from_a_cosine_and_momentum_nothing_that_three_seeds_could_show(language):
    best = bests(WHICH, "cosine-lab", language)
    says(WHICH, "SGD gains nearly five hundredths from the cosine, and its seeds close ranks")
    assert best["sgd-cosine"][1] - best["sgd"][1] == pytest.approx(0.047, abs=0.003)
    says(WHICH, "with the constant rate they end nine hundredths apart, with the cosine about one")
    assert best["sgd"][3] - best["sgd"][2] == pytest.approx(0.09, abs=0.005)
    assert best["sgd-cosine"][3] - best["sgd-cosine"][2] == pytest.approx(0.012, abs=0.003)
    says(WHICH, "each of its three seeds with the cosine is above each of those without")
    assert best["adamw-cosine"][2] > best["adamw"][3]
    says(WHICH, "its best rate is 0.1 with the cosine and 0.03 without")
    assert (best["momentum-cosine"][0], best["momentum"][0]) == (0.1, 0.03)
    assert best["momentum"][2] < best["momentum-cosine"][3] and best["momentum-cosine"][2] < best["momentum"][3]


@in_both_languages
def test_on_the_small_network_rmsprop_and_adam_are_ahead_from_every_seed(language):
    best = bests(WHICH, "cnn-lab", language)
    says(WHICH, "Each seed of RMSProp and of Adam is above each of SGD and of momentum")
    assert min(best["rmsprop"][2], best["adam"][2]) > max(best["sgd"][3], best["momentum"][3])
    says(WHICH, "SGD, of which one often reads that it is slow on such networks, wants a rate of 0.3, thirty times")
    assert best["sgd"][0] / best["adam"][0] == pytest.approx(30)


@in_both_languages
def test_batch_norm_is_ahead_at_its_own_best_rate_which_is_a_smaller_one(language):
    best = bests(STABLE, "batch-norm-lab", language)
    says(STABLE, "the network with batch norm is ahead by two hundredths, and each of its three seeds is above each")
    assert best["norm"][1] - best["plain"][1] == pytest.approx(0.02, abs=0.005) and best["norm"][2] > best["plain"][3]
    says(STABLE, "The best rates are not the same, 0.1 and 0.5")
    assert (best["norm"][0], best["plain"][0]) == (0.1, 0.5)


@in_both_languages
def test_batches_in_proportion_are_level_up_to_sixteen_and_one_rate_for_all_is_not(language):
    same, scaled = ([float(n) for n in line.split()[1:]] for line in printed(STABLE, "batch-size-lab", language)[1:3])
    says(STABLE, "With a rate in proportion, batches of 1 to 16 end within a hundredth of each other")
    assert max(scaled[:5]) - min(scaled[:5]) < 0.01 < min(scaled[:5]) - min(scaled[6:])
    says(STABLE, "from batches of 4 on, every doubling costs accuracy")
    assert all(after < before for before, after in pairwise(same[2:]))


@in_both_languages
def test_deep_plain_networks_stay_at_chance_with_sgd_and_near_it_with_adamw(language):
    table = {
        line.split()[0]: [float(n) for n in line.split()[1:]] for line in printed(STABLE, "depth-lab", language)[1:5]
    }
    sgd = [max(pair) for pair in zip(table["sgd-0.1-depth"], table["sgd-0.3-depth"], strict=True)]
    adamw = [max(pair) for pair in zip(table["adamw-0.0003-depth"], table["adamw-0.001-depth"], strict=True)]
    says(STABLE, "SGD is best with a single hidden layer; AdamW gains nothing from two or from four")
    assert sgd[0] == max(sgd) and max(adamw[:3]) - adamw[0] < 0.01
    says(STABLE, "With eight layers both fall, SGD by two tenths and AdamW by six hundredths")
    assert sgd[0] - sgd[3] == pytest.approx(0.2, abs=0.02) and adamw[2] - adamw[3] == pytest.approx(0.06, abs=0.01)
    says(STABLE, "With 16 and 24 SGD stays at chance from every seed, and AdamW above it, but below 0.3")
    assert max(sgd[4:]) < 0.11 < min(adamw[4:]) <= max(adamw[4:]) < 0.3
