"""Chapter 7 promises that Adam's step is one rate long once both averages are corrected, and that AdamW decays."""

from __future__ import annotations

import pytest

import gradpath

from . import falls, in_both_languages, numbers_in, path_of, printed, rows, says

CHAPTER = "07-adam"
RAVINE, START = "anisotropic_paraboloid", (5.1, 2.3)


@in_both_languages
def test_the_two_starts_part_after_the_second_point(language):
    says(CHAPTER, "The path is another one after the second point")
    corrected, drawn = rows(CHAPTER, "rule", language), rows(CHAPTER, "rule-from-gradient", language)
    assert corrected[:2] == drawn[:2]
    assert all(a[1:3] != b[1:3] for a, b in zip(corrected[2:], drawn[2:], strict=True))
    ends = [path_of("adam", start, language).value.iloc[-1] for start in ("zero-start", "gradient-start")]
    assert ends == pytest.approx([corrected[-1][-1], drawn[-1][-1]], abs=5e-7)


@in_both_languages
def test_the_corrected_path_continued_climbs_above_fourteen_at_steps_eleven_and_twelve(language):
    says(CHAPTER, "the path climbs to a value above 14 at steps 11 and 12")
    values = {int(step): value for step, _, _, value in rows(CHAPTER, "continued", language)}
    assert [step for step, value in values.items() if value > 14] == [11, 12]
    path = gradpath.descend(RAVINE, START, "adam", 14, lr=3.0, beta1=0.1, beta2=0.999)
    assert [path.value[step] for step in values] == pytest.approx(list(values.values()), abs=5e-7)


@in_both_languages
def test_with_the_corrections_every_step_is_one_rate_long(language):
    says(CHAPTER, "With the corrections every step has the length that the rate says.")
    usual, without, low, low_without = (line[1:] for line in rows(CHAPTER, "correction", language))
    assert set(usual) == set(low) == {1}
    says(CHAPTER, f"the first step is {without[0]:.3f} rates long, the lengths rise to more than six")
    assert without[0] == pytest.approx(0.1 / 0.001**0.5, abs=5e-4) and 6 < max(without) < 7
    says(CHAPTER, "and then take hundreds of steps to come down")
    assert without[4] > 3 and without[5] < 1.1
    says(CHAPTER, f"With $\\beta_1 = 0.1$ the first step is {low_without[0]:.2f} rates long.")
    assert low_without[0] == pytest.approx(0.9 / 0.001**0.5, abs=5e-4) and falls(low_without)


@in_both_languages
def test_the_usual_memory_at_this_rate_goes_above_eighty_five(language):
    says(CHAPTER, "the value rises above 85 and it takes dozens of steps to calm down")
    low, _, usual, values = printed(CHAPTER, "usual-beta1", language)
    (_, low_reach, low_highest), (_, reach, highest) = numbers_in(low), numbers_in(usual)
    assert highest > 85 and reach < -8 and low_highest == pytest.approx(10.782) and abs(low_reach) < 0.01
    *_, after_20, after_40, after_60 = numbers_in(values)
    assert falls([after_20, after_40, after_60]) and after_20 > 0 and after_60 < -4.9
    says(CHAPTER, "The text around the published picture calls 0.9 the usual value")
    assert gradpath.default_hyperparameters("adam")["beta1"] == 0.9


@in_both_languages
def test_with_adam_the_strength_of_the_decay_makes_no_difference(language):
    says(CHAPTER, "With `adam` the strength of the decay makes no difference, from 0.01 to 1")
    says(CHAPTER, "Only `adamw` decays in proportion.")
    table = rows(CHAPTER, "decay-flat", language)
    adam, adamw = table[:3], table[3:]
    assert [line[0] for line in adam] == [line[0] for line in adamw] == [0.01, 0.1, 1]
    assert adam[0][1:] == adam[1][1:] == adam[2][1:]
    for decay, *weights in adamw:
        assert weights == pytest.approx([10 * (1 - 0.1 * decay) ** k for k in range(4)], abs=6e-6)


@in_both_languages
def test_adamw_treats_loud_and_quiet_weights_alike(language):
    says(CHAPTER, "AdamW treats both alike and shrinks them by the factor on the last line.")
    (steps, loud, quiet), (_, loud_w, quiet_w), last = rows(CHAPTER, "decay-noise", language)
    assert steps == 400 and loud > 40 * quiet
    assert loud_w == pytest.approx(last[-1], abs=0.004) and quiet_w == pytest.approx(last[-1], abs=0.004)


@in_both_languages
def test_adam_walks_in_the_wrong_direction_and_the_largest_v_repairs_it(language):
    says(CHAPTER, "the best place in the interval from −1 to 1 is −1")
    says(CHAPTER, "Keeping the *largest* $v$ so far instead of the latest (AMSGrad) repairs this case.")
    wrong, repaired = (line[-3:] for line in rows(CHAPTER, "wrong-way", language))
    assert wrong[-1] == 1 and min(wrong) > 0
    assert falls(repaired) and repaired[-1] < -0.99


@in_both_languages
def test_a_gradient_as_small_as_epsilon_halves_the_step(language):
    says(CHAPTER, "at $g = \\epsilon$ it halves it")
    steps = dict(rows(CHAPTER, "solution-1", language))
    assert gradpath.default_hyperparameters("adam")["eps"] == 1e-8
    for gradient, step in steps.items():
        assert step == pytest.approx(gradient / (gradient + 1e-8), abs=6e-5)
    assert steps[1e-8] == 0.5


@in_both_languages
def test_coupled_and_decoupled_decay_are_the_same_for_steepest_descent_only(language):
    says(CHAPTER, "Show that coupled and decoupled decay are the same for steepest descent")
    says(CHAPTER, "With Adam the two paths part.")
    for _, sgd, adam in rows(CHAPTER, "solution-3", language):
        assert sgd == 0 and adam > 0.5
