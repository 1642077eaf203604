"""Chapter 14 promises that a rule of one's own is drawn, checked, put to work, and looked at without illusions."""

from __future__ import annotations

import runpy

import pytest

from . import PROJECT, in_both_languages, numbers_in, printed, says

CHAPTER = "14-write-your-own"


def last(cell: str, language: str, count: int) -> list[list[float]]:
    """Return the last numbers of each printed line that has so many; R writes the number of a row before them."""
    lines = [numbers_in(line) for line in printed(CHAPTER, cell, language)]
    return [line[-count:] for line in lines if len(line) >= count]


def losses_by_rate(language: str) -> dict[tuple[str, str], dict[float, float]]:
    """Return what `rates` printed: by schedule and method, the mean loss of each rate."""
    table: dict[tuple[str, str], dict[float, float]] = {}
    for line in printed(CHAPTER, "rates", language)[1:]:
        schedule, rule, rate, loss = line.split()
        table.setdefault((schedule, rule), {})[float(rate)] = float(loss)
    return table


@in_both_languages
def test_sign_descent_steps_by_the_rate_and_ends_jumping_between_two_points(language):
    says(CHAPTER, "Every step is 0.4 long in both coordinates, wherever the point is.")
    says(CHAPTER, "In the end it jumps between two points")
    rows = {int(step): point for step, *point in last("sign-descent", language, 4)}
    for step in (0, 1, 5, 6, 27, 28, 29):
        here, there = rows[step], rows[step + 1]
        assert [abs(b - a) for a, b in zip(here[:2], there[:2], strict=True)] == pytest.approx([0.4, 0.4])
    assert rows[27] == rows[29] != rows[28] == rows[30]
    assert all(abs(number) <= 0.4 for number in rows[30][:2])


@in_both_languages
def test_a_falling_rate_brings_it_to_rest(language):
    says(CHAPTER, "What brings such a rule to rest is the rate, and it has to fall")
    (constant,), (falling,) = last("sign-falling", language, 1)[-2:]
    assert falling == pytest.approx(-5, abs=1e-3) and constant > -4.97


@in_both_languages
def test_lion_is_exact_in_the_three_special_cases(language):
    says(CHAPTER, "All three come out to the last bit.")
    first, second, third = printed(CHAPTER, "special-cases", language)
    assert numbers_in(first)[-1] == numbers_in(second)[-1] == 0
    assert numbers_in(third)[-2:] == [0.95, 0.95]


def test_exchanged_betas_pass_two_of_the_three():
    torch = pytest.importorskip("torch")
    says(CHAPTER, "a Lion whose $\\beta_1$ and $\\beta_2$ are exchanged passes the second and the third")
    from gradpath import descend

    rules = _rules()
    lion, sign_descent, signum = (rules[name] for name in ("lion", "sign_descent", "signum"))

    def exchanged(x, g, state, lr=1e-4, beta1=0.9, beta2=0.99, weight_decay=0.0):
        return lion(x, g, state, lr, beta2, beta1, weight_decay)

    def apart(rule, other, **hyperparameters):
        one = descend("anisotropic_paraboloid", (5.1, 2.3), rule, 60, lr=0.4, **hyperparameters)
        return (one - descend("anisotropic_paraboloid", (5.1, 2.3), other, 60, lr=0.4)).abs().to_numpy().max()

    assert apart(exchanged, sign_descent, beta1=0) > 0.1
    assert apart(exchanged, signum, beta1=0.9, beta2=0.9) == 0
    x = torch.tensor([5.1, 2.3], dtype=torch.float64)
    assert torch.equal(*(rule(x, x * 0, {}, lr=0.1, weight_decay=0.5)[0] for rule in (lion, exchanged)))


def _rules() -> dict[str, object]:
    # Only the cells that define rules: those that come before the first network.
    import tempfile
    from pathlib import Path

    text = (PROJECT / "python" / "lessons" / f"{CHAPTER}.py").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.py"
        file.write_text(text.partition("# %% valley")[0], encoding="utf-8")
        return runpy.run_path(str(file))


@in_both_languages
def test_in_the_bent_valley_the_sign_stands_still_and_lion_gets_through(language):
    rows = {int(step): values for step, *values in last("valley", language, 4)}
    says(CHAPTER, "The sign has come to a standstill, far from the minimum")
    assert rows[37][1] == rows[39][1] != rows[38][1] == rows[40][1] and min(rows[40][1], rows[39][1]) > 1
    says(CHAPTER, "It is near the minimum, and one step off again.")
    assert rows[37][2] == rows[39][2] < 0.05 < 3 * rows[37][2] < rows[38][2]
    says(CHAPTER, "Steepest descent creeps, and falls at every one of the steps shown.")
    creeping = [values[0] for values in rows.values()]
    assert creeping == sorted(creeping, reverse=True) and creeping[-1] > rows[40][2]


@in_both_languages
def test_the_report_finds_what_no_picture_shows(language):
    says(CHAPTER, "No picture would ever show the difference")
    assert printed(CHAPTER, "my-adam", language)[0] == "my_adam against adam: it agrees"
    assert last("eps-inside", language, 1)[-1][0] < 1e-7
    for cell, mistake in (("eps-found", "eps inside the root"), ("uncorrected", "no bias correction")):
        lines = printed(CHAPTER, cell, language)
        assert lines[0].endswith("it differs") and f"  a classic mistake: {mistake}" in lines


@in_both_languages
def test_eps_inside_the_root_holds_small_slopes_back(language):
    says(CHAPTER, "A coordinate with slopes of $10^{-6}$ should move by the rate, as Adam promises")
    steps = {power: pair for power, *pair in last("eps-matters", language, 3)}
    right, wrong = steps[-6]
    assert right == pytest.approx(1, abs=0.01) and wrong == pytest.approx(0.01, abs=1e-4)


@in_both_languages
def test_no_best_rate_stands_at_the_end_and_lions_is_a_tenth(language):
    table = losses_by_rate(language)
    says(CHAPTER, "None of the best rates stands at the end of its list.")
    best = {case: min(losses, key=losses.get) for case, losses in table.items()}
    assert len(best) == 4
    for case, losses in table.items():
        assert best[case] not in (min(losses), max(losses))
    says(CHAPTER, "With either schedule Lion's is a tenth of Adam's")
    for schedule in ("constant", "cosine"):
        assert best[schedule, "Lion"] == pytest.approx(best[schedule, "Adam"] / 10)


@in_both_languages
def test_new_seeds_tell_the_two_apart_at_a_constant_rate_only(language):
    gaps = _gaps(language)
    says(CHAPTER, "With a constant rate Lion is behind by more than seven standard errors, and with every seed.")
    gap, error, wins = gaps["constant"]
    assert gap > 7 * error and wins == 0
    says(CHAPTER, "the gap is little more than a quarter of that, within two standard errors, and one of the six")
    falling, error, wins = gaps["cosine"]
    assert 0 < falling < 2 * error and wins == 1
    assert falling / gap == pytest.approx(0.27, abs=0.03)


def _gaps(language: str) -> dict[str, tuple[float, ...]]:
    table = [line.split() for line in printed(CHAPTER, "seeds", language)[-2:]]
    assert all(words[-1] == "6" for words in table)
    return {schedule: tuple(map(float, numbers)) for schedule, *numbers, _ in table}


@in_both_languages
def test_in_a_loop_of_ones_own_the_scheduler_lowers_the_rate(language):
    says(CHAPTER, "the library's schedulers accept it")
    epochs = last("loop", language, 3)
    rates = [rate for _, rate, _ in epochs]
    assert len(epochs) == 10 and rates == sorted(rates, reverse=True) and rates[0] == 0.01
    assert epochs[-1][2] < epochs[0][2] / 5
    says(CHAPTER, "What the rule keeps is what `state_dict()` holds")
    assert len(last("state", language, 1)) >= 4


@in_both_languages
def test_a_plane_shows_what_it_was_chosen_to_show(language):
    shadow = [numbers_in(line.replace("NaN", "")) for line in printed(CHAPTER, "slice", language)]
    rows = {int(row[0]): row for row in shadow if len(row) >= 5 and row[0] <= 10}
    says(CHAPTER, "It is nearly all of it at first and a little less near the end")
    assert rows[0][5] > 0.99 > rows[9][5] > 0.9
    says(CHAPTER, "At the start the two differ by a tenth.")
    assert abs(rows[0][4] - rows[0][3]) == pytest.approx(0.1, abs=0.02)
    says(CHAPTER, "Less than a hundredth of the way lies on the plane.")
    says(CHAPTER, "with a loss of 2.3, the picture shows 0.07")
    blind = last("slice-random", language, 6)
    assert all(row[5] < 0.01 and abs(row[1]) < 0.1 and abs(row[2]) < 0.1 for row in blind)
    assert blind[0][3] == pytest.approx(0.07, abs=0.005) and blind[0][4] == pytest.approx(2.3, abs=0.01)


@in_both_languages
def test_a_walk_without_an_aim_has_a_plane_too(language):
    says(CHAPTER, "more than 99 % against 78 %")
    training = next(numbers_in(line) for line in printed(CHAPTER, "slice", language) if "%" in line)
    (walk,) = last("random-walk", language, 2)
    assert sum(training[-2:]) > 99 and sum(walk) == pytest.approx(78, abs=0.5)


@in_both_languages
def test_the_exercises_come_out_as_their_solutions_say(language):
    says(CHAPTER, "Only rounding is left.")
    assert last("solution-1", language, 1)[-1][0] < 1e-14
    lines = printed(CHAPTER, "solution-2", language)
    assert "  a classic mistake: decay factors swapped" in lines
    assert "corrected against rmsprop: it agrees" in lines
    says(CHAPTER, "Only as long as the rate stays as it is.")
    lines = printed(CHAPTER, "solution-3", language)
    constant, falling = (numbers_in(line)[-1] for line in lines if "constant" in line or "falling" in line)
    assert constant < 1e-6 < 0.1 < falling
    assert "  a classic mistake: rate inside the velocity" in lines
    says(CHAPTER, "Then the two agree up to rounding.")
    (mine,), (plain,) = last("solution-4", language, 1)
    assert mine < 1e-12 and plain > 0.1
