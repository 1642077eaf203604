"""Chapter 8 promises that no ranking survives a change of rate, and that broad valleys in a map are worth more."""

from __future__ import annotations

import pytest

import gradpath

from . import in_both_languages, numbers_in, printed, rows, says

CHAPTER = "08-all-together"
METHODS = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
RAVINE, START = "anisotropic_paraboloid", (5.1, 2.3)


def one_rate(language: str) -> dict[tuple[float, str, str], str]:
    """Return what stands in the table of one rate for all, by rate, surface and method."""
    table, rate = {}, 0.0
    for line in printed(CHAPTER, "one-rate", language):
        first, *entries = line.split()
        if first == "lr":
            rate, (_, *methods) = float(entries[0]), entries
            assert methods == METHODS
        else:
            table |= {(rate, first, method): entry for method, entry in zip(METHODS, entries, strict=True)}
    return table


@in_both_languages
def test_read_another_block_and_everything_is_the_other_way_round(language):
    says(CHAPTER, "At 0.01, steepest descent with momentum solves the two bowls, and Adam is nowhere near.")
    says(CHAPTER, "on Rosenbrock's and Beale's functions all three methods without scaling have gone wild")
    table = one_rate(language)
    for bowl in ("isotropic_paraboloid", "anisotropic_paraboloid"):
        assert table[0.01, bowl, "momentum"] == table[0.1, bowl, "adam"] == "there"
        assert float(table[0.01, bowl, "adam"]) > 3
    assert {table[0.1, s, m] for s in ("rosenbrock", "beale") for m in METHODS[:3]} == {"wild"}


@in_both_languages
def test_adagrad_adam_and_adamw_are_never_wild_and_rmsprop_only_once(language):
    says(CHAPTER, "never wild in this table, but slow when the rate is small")
    says(CHAPTER, "RMSProp went wild only once.")
    wild = [method for (_, _, method), entry in one_rate(language).items() if entry == "wild"]
    assert wild.count("rmsprop") == 1 and not set(wild) & {"adagrad", "adam", "adamw"}


@in_both_languages
def test_none_comes_out_of_the_dent_of_rastrigin(language):
    says(CHAPTER, "The height 4.9748, reached by several methods, is that of a dent. None of them comes out of it.")
    heights = [entry for (_, surface, _), entry in one_rate(language).items() if surface == "rastrigin"]
    assert heights.count("4.9748") > 3
    assert min(float(entry) for entry in heights if entry != "wild") == 4.9748 and "there" not in heights


@in_both_languages
def test_at_its_best_rate_steepest_descent_settles_the_round_bowl_in_two_and_adam_needs_its_sixty(language):
    says(CHAPTER, "need their 60 steps even on the round bowl, which steepest descent settles in 2")
    lines = printed(CHAPTER, "best-rate", language)
    sgd, momentum, _, _, _, adam = numbers_in(lines[1].replace("(", " "))[::2]
    assert sgd == 2 and (momentum, adam) == pytest.approx((60, 60), abs=3)
    says(CHAPTER, "And nothing reached the lowest point of Rastrigin's surface, with any rate.")
    assert lines[-1].split() == ["rastrigin"] + ["."] * 6


@in_both_languages
def test_a_hundred_times_closer_to_the_ridge_costs_25_steps_and_a_thousand_times_closer_38_more(language):
    far, nearer, nearest = rows(CHAPTER, "saddle", language)[1:4]
    cost, more = nearer[1] - far[1], nearest[1] - nearer[1]
    says(
        CHAPTER,
        f"a hundred times closer costs {cost:.0f} steps more, and a thousand times closer again {more:.0f} more",
    )
    assert far[0] / nearer[0] == pytest.approx(100) and nearer[0] / nearest[0] == pytest.approx(1000)
    says(CHAPTER, "But for the adaptive methods it makes almost no difference")
    assert all(abs(a - b) <= 1 for a, b in zip(far[4:], nearest[4:], strict=True))
    says(CHAPTER, "Exactly on the ridge nothing helps.")
    assert printed(CHAPTER, "saddle", language)[4].split()[1:] == ["never"] * 7


@in_both_languages
def test_ten_times_the_condition_number_costs_ten_times_the_steps(language):
    says(CHAPTER, "For steepest descent, ten times the condition number costs ten times the steps.")
    at_10, at_100, at_1000 = rows(CHAPTER, "ravine", language)[1:]
    assert at_100[1] / at_10[1] == pytest.approx(10, abs=1)
    says(CHAPTER, "Momentum at 0.9, built for such cases, is behind at 10 and far ahead at 1000.")
    assert at_10[2] > 2 * at_10[1] and at_1000[1] < 400
    assert printed(CHAPTER, "ravine", language)[3].split()[1] == "."
    says(CHAPTER, "Adagrad and RMSProp do not notice the condition number at all.")
    assert at_10[4:6] == at_100[4:6] == at_1000[3:5]


@in_both_languages
def test_turned_adagrad_needs_268_steps_in_place_of_4(language):
    straight, turned = rows(CHAPTER, "turned", language)[1:]
    says(CHAPTER, f"For Adagrad, {turned[3]:.0f} steps in place of {straight[3]:.0f}.")
    says(CHAPTER, f"For RMSProp, {turned[4]:.0f} in place of {straight[4]:.0f}.")
    says(CHAPTER, "Not one step more for steepest descent, momentum and Nesterov's method")
    assert turned[:3] == straight[:3] and turned[3] > 50 * straight[3]
    assert straight[5] < turned[5] < 1.1 * straight[5]


@in_both_languages
def test_the_edge_of_the_map_lies_one_step_of_the_scale_below_the_bound(language):
    says(CHAPTER, "For each momentum the largest rate that arrives is the last one of a fine scale before the bound.")
    for momentum, largest, bound in rows(CHAPTER, "edge", language):
        assert bound == 2 * (1 + momentum) / 4 and largest == pytest.approx(bound - 0.005)


def test_with_much_momentum_the_count_hardly_depends_on_the_rate():
    says(CHAPTER, "with a momentum of 0.9 about 70 steps, whatever the rate")
    rates = [10 ** (k / 12 - 2) for k in range(23)]
    counts = gradpath.steps_to_reach(RAVINE, START, "momentum", 200, lr=rates, momentum=[0.0, 0.9])
    most = counts[counts.momentum == 0.9].steps
    assert most.between(60, 80).all()
    plain = counts[counts.momentum == 0].set_index("lr").steps
    says(CHAPTER, "It is fastest near 0.4, and diverges above 0.5.")
    assert plain.idxmin() == pytest.approx(0.4, abs=0.03) and (plain[plain.index > 0.5] == float("inf")).all()


def test_on_the_map_of_adam_half_the_rate_takes_twice_the_steps_and_large_rates_are_no_cliff():
    says(CHAPTER, "On the left, what counts is the distance: half the rate, twice the steps")
    memories = [0.5, 0.75, 0.8, 0.85, 0.9, 0.95]
    counts = gradpath.steps_to_reach(RAVINE, START, "adam", 200, lr=[0.1, 0.2, 1.0, 10.0], beta1=memories)
    steps = counts.pivot(index="beta1", columns="lr", values="steps")
    assert steps[0.1][0.5] / steps[0.2][0.5] == pytest.approx(2, abs=0.1)
    says(CHAPTER, "with $\\beta_1$ above 0.7, one of 10 costs less than half again as many steps as one of 1")
    assert (steps[10.0] < 1.5 * steps[1.0])[1:].all() and steps[10.0][0.5] > 10 * steps[1.0][0.5]


@in_both_languages
def test_a_millionth_of_noise_leaves_the_ridge_and_a_thousand_times_the_noise_saves_38_steps(language):
    none, *noisy = printed(CHAPTER, "solution-3", language)
    (least, slow), (more, fast), _ = (numbers_in(line) for line in noisy)
    says(CHAPTER, f"a millionth is enough, and a thousand times the noise saves {slow - fast:.0f} steps")
    assert none.endswith("never") and least == 1e-6 and more == pytest.approx(1000 * least)
