"""Chapter 10 promises that a schedule gets speed first and rest later, and that one can know the rate."""

from __future__ import annotations

import math

import pytest

import gradpath

from . import falls, in_both_languages, numbers_in, pairs, printed, rises, rows, says

CHAPTER = "10-learning-rate"


@in_both_languages
def test_ten_runs_with_a_falling_rate_end_far_lower_and_the_constant_one_as_computed(language):
    says(CHAPTER, "The number for the constant rate can be computed.")
    constant, decaying = (line[0] for line in rows(CHAPTER, "noisy", language))
    expected = {rate: height for rate, height in rows(CHAPTER, "expected", language)}
    assert decaying < constant / 10
    assert constant == pytest.approx(expected[0.8], rel=0.01)
    says(CHAPTER, "Halving the rate about halves the height of the value above its minimum")
    for rate, height in expected.items():
        assert height == pytest.approx(0.4 * rate**2 * 1.5**2 / (1 - (1 - 0.4 * rate) ** 2), abs=6e-5)
        assert rate == 0.1 or expected[rate / 2] / height == pytest.approx(0.5, abs=0.05)


@in_both_languages
def test_the_drop_is_at_the_milestone(language):
    says(CHAPTER, "The drop is *at* the milestone: the update that starts at $t = 20$ already uses the lower rate.")
    steps, milestones = map(pairs, rows(CHAPTER, "drops", language))
    assert steps[14] == steps[0] and steps[15] == steps[14] / 2 == steps[29] and steps[30] == steps[29] / 2
    assert milestones[19] == milestones[0] and milestones[20] == pytest.approx(0.3 * milestones[19])


@in_both_languages
def test_at_three_quarters_the_sum_grows_and_that_of_the_squares_stands_still(language):
    says(CHAPTER, "At $1/\\sqrt{t}$ both sums go on growing; at $1/t^{0.75}$ and $1/t$ the sum grows")
    growth = [
        [sums[-1] / sums[0] for sums in (numbers_in(part) for part in line.split("sums")[1].split("of squares"))]
        for line in printed(CHAPTER, "sums", language)
    ]
    (root, root_squares), (middle, middle_squares), (whole, whole_squares), (exponential, _) = growth
    assert min(root, middle, whole) > 2 and root_squares > 2
    assert middle_squares < 1.1 and whole_squares < 1.01
    says(CHAPTER, "the exponential has spent nearly all of its sum within the first hundred steps")
    assert exponential < 1.01


@in_both_languages
def test_the_texts_cosine_stays_and_that_of_pytorch_rises_again(language):
    says(CHAPTER, "PyTorch's cosine rises again after its half period; the texts' stays.")
    stays, periodic = map(pairs, rows(CHAPTER, "cosine", language))
    assert stays[20] == stays[30] == stays[40] == stays[60] == 0.005
    assert rises([periodic[20], periodic[30], periodic[40]]) and periodic[40] == periodic[0] == 0.1


@pytest.mark.parametrize(("half_period", "bound"), [(50, 2e-13), (89, 2e-13), (250, 1e-12)])
def test_the_recursion_of_pytorch_loses_at_most_what_the_chapter_says(half_period, bound):
    says(CHAPTER, "at most 2e-13 of the rate with half periods up to 100 steps, and 1e-12 with 250")
    schedule = {"name": "cosine_periodic", "half_period": half_period, "lr_min": 0.005}
    by_hand, by_object = (gradpath.schedule_rates(schedule, 0.1, 500, method) for method in ("manual", "optim"))
    assert max(abs(a - b) / a for a, b in zip(by_hand, by_object, strict=True)) <= bound


@in_both_languages
def test_the_peak_of_one_cycle_lies_between_two_steps(language):
    says(CHAPTER, "here at step 17.3, between two steps: no update uses the full 0.1")
    rates = pairs(rows(CHAPTER, "one-cycle", language)[0])
    assert 0.3 * (max(rates) + 1) - 1 == pytest.approx(17.3)
    assert rates[9] < rates[17] < 0.1 and rates[40] < rates[18] < 0.1 and rates[60] < rates[0]
    every = gradpath.schedule_rates({"name": "one_cycle", "steps": 61}, 0.1, 61)
    assert [every[int(t)] for t in rates] == pytest.approx(list(rates.values()), abs=6e-7) and max(every) < 0.1


@in_both_languages
def test_the_gap_between_validation_and_test_is_there_even_for_the_true_weights(language):
    says(CHAPTER, "A gap, all three times, even for weights that nobody fitted.")
    losses = rows(CHAPTER, "least-squares", language)
    assert len(losses) == 3 and all(test > 1.5 * validation for _, validation, test in losses)
    assert losses[2][0] > losses[0][0] > losses[1][0]


@in_both_languages
def test_a_choice_lowers_the_validation_loss_further_than_the_loss_on_new_data(language):
    says(CHAPTER, "its validation loss has fallen much further below theirs than its loss on new data")
    (mean, chosen), (new_mean, new_chosen) = rows(CHAPTER, "choosing", language)
    assert new_mean - new_chosen > 0 and mean - chosen > 2 * (new_mean - new_chosen)


@in_both_languages
def test_stepped_per_batch_the_rate_is_a_ten_thousandth_after_five_epochs(language):
    says(CHAPTER, "After five epochs one rate is what it was and the other is a ten-thousandth.")
    per_epoch, per_batch = rows(CHAPTER, "per-batch", language)
    assert set(per_epoch) == {0.1} and per_batch[-1] == pytest.approx(per_batch[0] / 10_000)


@in_both_languages
def test_stepped_before_the_optimizer_the_first_rate_is_never_used(language):
    says(CHAPTER, "Then the first rate is never used, and every drop comes one step early")
    after, before = rows(CHAPTER, "order", language)
    assert before[:-1] == after[1:] and after[0] == 0.1 and falls(after)


@in_both_languages
def test_the_cosine_spends_a_little_more_than_the_line_and_the_exponential_less_than_half(language):
    says(CHAPTER, "The cosine, by a little; the exponential has spent less than half of that.")
    (_, early, exponential), (_, half, cosine), (_, _, line) = (
        (numbers[0], numbers[1], numbers[-1]) for numbers in rows(CHAPTER, "solution-3", language)
    )
    assert line < cosine < 1.02 * line and exponential < cosine / 2
    assert early == 0.01 and half == pytest.approx(0.05, abs=1e-3)


@in_both_languages
def test_the_factor_in_print_takes_the_rate_to_a_hundredth(language):
    (wrong, _, hundredth), (right, _, tenth), _ = rows(CHAPTER, "solution-4", language)
    says(CHAPTER, f"{wrong:.5f} takes the rate to a *hundredth*. For a tenth it must be {right:.5f}.")
    assert (hundredth, tenth) == (0.01, 0.1) and right**2 == pytest.approx(wrong, abs=2e-6)
    assert math.isclose(right**50, 0.1, rel_tol=1e-4)


@in_both_languages
def test_a_third_of_the_epochs_ends_at_the_lowest_rate_in_10_and_100_only(language):
    says(CHAPTER, "In 10 and 100.")
    table = {int(line[0]): (line[2], line[-2]) for line in rows(CHAPTER, "solution-5", language)}
    assert [epochs for epochs, (lowest, last) in table.items() if last == lowest] == [10, 100]
    says(CHAPTER, "the last epoch is trained at eleven times the lowest rate; with 20 at 68 times")
    assert table[50][1] / table[50][0] == pytest.approx(11, abs=0.5)
    assert table[20][1] / table[20][0] == pytest.approx(68, abs=0.5)
