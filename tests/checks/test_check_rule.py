"""check_rule(): right rules pass however they are written, classic mistakes are named, the rest is one line."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace

import numpy as np
import pytest
import torch

import gradpath
from gradpath.checks.check_rule import _judge
from gradpath.checks.differences import TOLERANCE, distances_of_x, run_mistake
from gradpath.checks.mistakes import IN_PLACE, MISTAKES, NO_STATE, SINGLE
from gradpath.checks.rule_cases import draw_cases
from gradpath.checks.rule_report import in_digits
from gradpath.checks.rule_runs import run_steps
from gradpath.refusals import GradpathError
from gradpath.rules import UPDATE_RULES, default_hyperparameters
from tests.checks.learners import defined_in, planted

# A rule whose classic mistakes nobody has written down is checked by its numbers alone.
RULES = [rule for rule in UPDATE_RULES if any(rule in mistake.variants for mistake in MISTAKES.values())]


@pytest.mark.parametrize("language", ["python", "r"])
def test_every_mistake_of_every_rule_is_planted(language):
    seen = {(rule, mistake) for rule, mistake, _ in planted(language) if mistake}
    told = {(rule, mistake.name) for mistake in MISTAKES.values() for rule in mistake.variants}
    by_deed = {(rule, IN_PLACE) for rule in RULES} | {(rule, SINGLE) for rule in ("adam", "adamw")}
    assert seen == told | by_deed


@pytest.mark.parametrize(
    ("rule", "mistake", "code"), [pytest.param(*p, id=f"{p[0]}-{p[1]}") for p in planted("python")]
)
def test_a_learners_rule_passes_and_each_of_its_mistakes_is_named(rule, mistake, code):
    # A few steps tell all of them apart.
    report = gradpath.check_rule(defined_in(code, rule), rule, steps=4)
    assert (report.mistake, report.agrees) == (mistake, mistake is None)


@pytest.mark.parametrize("like", RULES)
def test_no_two_mistakes_come_to_the_same_numbers(like):
    cases = draw_cases(like, list(default_hyperparameters(like)), 4, 0)
    variants = {("right", ()): None} | {
        (mistake.name, switches): None for mistake in MISTAKES.values() for switches in mistake.variants.get(like, ())
    }
    runs = {key: [run_mistake(like, key[1], case) for case in cases] for key in variants}
    for one, other in itertools.combinations(runs, 2):
        far = max(
            float(distances_of_x(case, a, b).max()) / TOLERANCE[case.dtype]
            for case, a, b in zip(cases, runs[one], runs[other], strict=True)
        )
        # Not by a hair: a thousand times what counts as the same.
        assert far > 1000, (one, other, far)


@pytest.mark.parametrize("like", RULES)
@pytest.mark.parametrize("seed", [0, 7])
def test_the_rules_with_switches_are_our_rules_without_them(like, seed):
    for case in draw_cases(like, list(default_hyperparameters(like)), 8, seed):
        ours = run_steps(lambda x, g, state, n, case=case: UPDATE_RULES[like](x, g, state, **case.at_step(n)), case)
        assert all(np.isfinite(point).all() for point in ours.points)
        np.testing.assert_array_equal(run_mistake(like, (), case).points, ours.points)


# Adam in five styles, each right.


def in_place_on_clones(x, g, state, lr, beta1, beta2, eps, weight_decay):
    x, g = x.clone(), g.clone()
    g.add_(x, alpha=weight_decay)
    if not state:
        state = {"step": 0, "exp_avg": torch.zeros_like(x), "exp_avg_sq": torch.zeros_like(x)}
    step = state["step"] + 1
    exp_avg, exp_avg_sq = state["exp_avg"].clone(), state["exp_avg_sq"].clone()
    exp_avg.lerp_(g, 1 - beta1)
    exp_avg_sq.mul_(beta2).addcmul_(g, g, value=1 - beta2)
    # PyTorch's own form: eps stays beside the root of the corrected square.
    denominator = (exp_avg_sq.sqrt() / (1 - beta2**step) ** 0.5).add_(eps)
    x.addcdiv_(exp_avg, denominator, value=-lr / (1 - beta1**step))
    return x, {"step": step, "exp_avg": exp_avg, "exp_avg_sq": exp_avg_sq}


def scaled_eps(x, g, state, lr, beta1, beta2, eps, weight_decay, **others):
    """Fold both corrections into the rate, and scale eps along."""
    g = g + weight_decay * x
    t = state.get("t", 0) + 1
    m = state.get("m", 0.0) + (1 - beta1) * (g - state.get("m", 0.0))
    v = state.get("v", 0.0) + (1 - beta2) * (g.square() - state.get("v", 0.0))
    root = (1 - beta2**t) ** 0.5
    return x - lr * root / (1 - beta1**t) * m / (v.sqrt() + eps * root), {"t": t, "m": m, "v": v}


def powers_kept(position, slope, memory, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    first, second, b1, b2 = (
        memory["all"] if memory else (torch.zeros_like(position), torch.zeros_like(position), 1, 1)
    )
    first, second, b1, b2 = (
        beta1 * first + (1 - beta1) * slope,
        beta2 * second + (1 - beta2) * slope**2,
        b1 * beta1,
        b2 * beta2,
    )
    moved = position - lr * (first / (1 - b1)) / ((second / (1 - b2)) ** 0.5 + eps)
    return [moved, {"all": (first, second, b1, b2)}]


class Remembers:
    """Keeps what it needs in itself, and the state as it is."""

    def __init__(self):
        self.t, self.m, self.v = 0, None, None

    def __call__(self, x, g, state, lr, eps, beta1, beta2):
        self.t += 1
        self.m = (1 - beta1) * g if self.m is None else beta1 * self.m + (1 - beta1) * g
        self.v = (1 - beta2) * g * g if self.v is None else beta2 * self.v + (1 - beta2) * g * g
        return x - lr * self.m / (1 - beta1**self.t) / ((self.v / (1 - beta2**self.t)).sqrt() + eps), state


def stacked(x, g, state, lr, beta1, beta2, eps, init="zero", bias_correction=True):
    """Both averages in one tensor."""
    new = torch.stack([g, g * g])
    betas = torch.tensor([beta1, beta2], dtype=x.dtype).reshape(2, *[1] * x.dim())
    before = state["both"] if state else (new if init == "gradient" else torch.zeros_like(new))
    both = betas * before + (1 - betas) * new
    t = state["t"] + 1 if state else 1
    m, v = both / (1 - betas.double() ** t).to(x.dtype) if bias_correction else both
    return x - lr * m / (v.sqrt() + eps), {"both": both, "t": t}


@pytest.mark.parametrize("rule", [in_place_on_clones, scaled_eps, powers_kept, Remembers(), stacked])
def test_a_right_rule_passes_in_any_style(rule):
    report = gradpath.check_rule(rule, "adam")
    assert report.agrees, str(report)
    assert 35 <= report.bits <= 53
    assert 15 <= report.bits32 <= 24


def test_our_own_rules_agree_to_the_last_bit():
    for like, rule in UPDATE_RULES.items():
        report = gradpath.check_rule(rule, like, steps=5)
        assert (report.agrees, report.bits, report.bits32, report.held) == (True, 53, 24, ())


def test_a_velocity_of_the_other_sign_is_no_mistake():
    def downhill(x, g, state, lr, momentum):
        v = momentum * state.get("v", 0.0) - g
        return x + lr * v, {"v": v}

    report = gradpath.check_rule(downhill, "momentum")
    assert report.agrees
    assert report.notes == ("its state holds other numbers than ours as v; its x is right all the same",)


def test_eps_scaled_wrongly_is_not_adam():
    # One step size for both corrections, and eps as it is: close, and another rule.
    def short(x, g, state, lr, beta1, beta2, eps):
        t = state.get("t", 0) + 1
        m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
        return x - lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t) * m / (v.sqrt() + eps), {"t": t, "m": m, "v": v}

    report = gradpath.check_rule(short, "adam")
    assert (report.verdict, report.mistake, report.difference.quantity) == ("differs", None, "x")
    assert "no single classic mistake" in str(report)


def test_the_first_difference_names_the_state_where_it_parts_sooner():
    def late(x, g, state, lr, momentum):
        n, v = state.get("n", 0) + 1, momentum * state.get("v", 0.0) + g
        if n >= 3:
            v = 2 * v
        return x - lr * (v / 2 if n == 3 else v), {"v": v, "n": n}

    report = gradpath.check_rule(late, "momentum", steps=6)
    d = report.difference
    assert (d.case, d.step, d.quantity, d.x_step) == (1, 3, "v", 4)
    assert d.got == pytest.approx(2 * d.expected)
    assert re.search(r"step 3: v is .* in place of .*\n  and x from step 4 on: ", str(report))


def test_several_mistakes_with_the_same_numbers_are_not_claimed():
    # At momentum 0.5 a velocity that is an average and one with swapped factors are one.
    drawn = draw_cases("momentum", ["lr", "momentum"], 4, 0)
    cases = [replace(case, hyperparameters=case.hyperparameters | {"momentum": 0.5}) for case in drawn]
    ours = [run_mistake("momentum", (), case) for case in cases]
    found = _judge("momentum", cases, [run_mistake("momentum", ("averaged",), case) for case in cases], ours)
    assert (found["verdict"], found["mistake"]) == ("differs", None)
    several = "velocity as an average, decay factors swapped"
    assert found["notes"] == (f"several classic mistakes give these numbers: {several}",)


THIRD = (
    "def broken(x, g, state):\n    n = state.get('n', 0) + 1\n    if n == 3:\n        1 / 0\n    return x, {'n': n}\n"
)
BROKEN = {
    "step 3: failed: ZeroDivisionError: division by zero (broken.py, line 4)": THIRD,
    "step 1: returned x of shape (1, 2) in place of (2)": "def broken(x, g, state):\n    return x[None], state\n",
    "step 1: returned x as float32 in place of float64": "def broken(x, g, state):\n    return x.float(), state\n",
    "step 1: returned nothing; return x and state": "def broken(x, g, state):\n    x - g\n",
    "step 1: returned 3 values; return x and state": "def broken(x, g, state):\n    return x, g, state\n",
    "step 1: returned float as x; return a tensor": "def broken(x, g, state):\n    return 1.0, state\n",
}


@pytest.mark.parametrize(("line", "code"), BROKEN.items(), ids=range(len(BROKEN)))
def test_what_breaks_is_a_finding_with_the_learners_own_line(line, code):
    report = gradpath.check_rule(defined_in(code, "broken"), "sgd")
    assert report.verdict == "fails"
    assert report.problem.endswith(line)
    assert "\n" not in report.problem


def test_a_point_alone_is_a_state_that_was_not_returned():
    report = gradpath.check_rule(lambda x, g, state, lr: x - g * lr, "sgd")
    assert (report.name, report.verdict, report.mistake) == ("the rule", "fails", NO_STATE)


def test_a_state_that_is_changed_in_place_is_remarked():
    def counts(x, g, state, lr):
        state["all"] = state.get("all", torch.zeros_like(g)).add_(g)
        return x - lr * g, state

    report = gradpath.check_rule(counts, "sgd", steps=5)
    assert report.agrees
    assert report.notes == ("it changes the state's all in place: a state that was kept for later changes with it",)


WANTED = "use a function of x, g, state and hyperparameters of sgd: lr, weight_decay"
REFUSED = [
    ((3, "sgd"), f"check_rule(): rule: 3 is not accepted; {WANTED}"),
    ((torch.optim.SGD, "sgd"), f"check_rule(): rule: type is not accepted; {WANTED}"),
    ((lambda x, g, lr=0.1: x, "sgd"), f"check_rule(): rule: a function of x, g, lr is not accepted; {WANTED}"),
    ((lambda x, g, state, rho: x, "sgd"), f"check_rule(): rule: takes 'rho', which sgd does not have; {WANTED}"),
]


@pytest.mark.parametrize(("given", "line"), REFUSED, ids=range(len(REFUSED)))
def test_a_rule_that_cannot_be_called_is_refused(given, line):
    with pytest.raises(GradpathError, match="^" + re.escape(line) + "$"):
        gradpath.check_rule(*given)


def test_other_bad_input_is_refused():
    fine = UPDATE_RULES["sgd"]
    with pytest.raises(GradpathError, match=r"like: 'adm' is not accepted; use one of sgd, "):
        gradpath.check_rule(fine, "adm")
    with pytest.raises(GradpathError, match=r"steps: 0 is not accepted; use a whole number from 1 to 1000$"):
        gradpath.check_rule(fine, "sgd", steps=0)
    with pytest.raises(GradpathError, match=r"seed: -1 is not accepted"):
        gradpath.check_rule(fine, "sgd", seed=-1)


def test_a_report_is_a_page_part_and_a_picture():
    def uphill(x, g, state, lr):
        return x + lr * g, state

    report = gradpath.check_rule(uphill, "sgd", steps=3)
    page = report._repr_html_()
    assert page.startswith("<p><strong>uphill against sgd: it differs</strong></p>")
    assert "<li>a classic mistake: sign wrong</li>" in page
    texts = [text.get_text() for text in report.plot(theme="dark").axes[0].texts]
    assert {"sgd", "uphill"} <= set(texts)
    assert repr(report) == str(report) == "\n".join(report.lines())


def test_numbers_are_written_with_the_digits_that_tell_them_apart():
    assert in_digits(1.0, 2.0) == ("1", "2")
    assert in_digits(1.0, 1.0000000001) == ("1", "1.0000000001")
    assert in_digits(float("nan"), float("-inf")) == ("nan", "-inf")


def test_every_mistake_leads_to_a_paragraph_of_the_book(project):
    for mistake in MISTAKES.values():
        page, _, anchor = mistake.see.partition("#")
        text = (project / page.replace(".html", ".qmd")).read_text(encoding="utf-8")
        assert text.count(f"{{#{anchor}}}") == 1, mistake.see
        assert mistake.why.endswith(".")
        assert ". " not in mistake.why, "one sentence"


def test_both_languages_know_the_same_mistakes_in_the_same_words(r):
    said = r.run("cat(jsonlite::toJSON(unname(gradpath::MISTAKES), auto_unbox = TRUE))")
    theirs = [
        (m["name"], m["why"], m["see"], {rule: [_as_list(v) for v in vs] for rule, vs in dict(m["variants"]).items()})
        for m in json.loads(said)
    ]
    ours = [
        (m.name, m.why, m.see, {rule: [list(v) for v in vs] for rule, vs in m.variants.items()})
        for m in MISTAKES.values()
    ]
    assert theirs == ours


def _as_list(variant):
    return [variant] if isinstance(variant, str) else variant


SAID = [("adam", None), ("adam", "no bias correction"), ("momentum", "decay factors swapped"), ("sgd", IN_PLACE),
        ("adam", "bias correction with t from 0"), ("rmsprop", NO_STATE)]  # fmt: skip


def test_both_languages_say_the_same_word_for_word(r, tmp_path):
    code = {language: {(rule, m): text for rule, m, text in planted(language)} for language in ("python", "r")}
    for i, key in enumerate(SAID):
        (tmp_path / f"{i}.R").write_text(code["r"][key])
    expression = (
        "suppressMessages(library(gradpath)); given <- commandArgs(trailingOnly = TRUE);"
        " for (i in seq_along(given[-1])) { room <- new.env(); sys.source(file.path(given[[1]],"
        " paste0(i - 1, '.R')), room);"
        " print(check_rule(room[[given[[i + 1]]]], given[[i + 1]], name = 'mine', steps = 5)) }"
    )
    said = r.run(expression, str(tmp_path), *(rule for rule, _ in SAID), quiet=True)
    ours = [
        gradpath.check_rule(defined_in(code["python"][key], key[0]), key[0], name="mine", steps=5) for key in SAID
    ]
    assert said == "".join(f"{report}\n" for report in ours)
