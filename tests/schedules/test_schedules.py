"""Schedules: by hand against the library over 500 steps, resumed, in both languages, against recordings; refusals."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import gradpath
from gradpath import (
    GradpathError,
    descend,
    make_schedule,
    make_scheduler,
    optimizer_names,
    schedule_rates,
    surface_names,
)
from gradpath.schedules.library import step_scheduler
from gradpath.workshop.comparison import compare_series, relative_differences
from gradpath.workshop.r_process import R
from gradpath.workshop.study_schedules import Schedules
from tests.schedules.schedule_cases import LR, SCHEDULES, STEPS, metric_of

BOTH = pytest.mark.parametrize("method", ["manual", "optim"])


def far(a: list[float], b: list[float]) -> float:
    """Return the largest difference, relative to the highest rate."""
    a_, b_ = np.array(a), np.array(b)
    assert a_.shape == b_.shape
    return float(np.abs(a_ - b_).max() / max(a_.max(), 1e-300))


@settings(max_examples=150, deadline=None)
@given(SCHEDULES, LR, st.integers(0, 1000))
def test_by_hand_equals_the_library_over_500_steps(schedule, lr, seed):
    by_hand, built_in = (schedule_rates(schedule, lr, STEPS, m, metric_of(seed)) for m in ("manual", "optim"))
    assert far(by_hand, built_in) <= 1e-12


def drive(opt, scheduler, metrics):
    rates = []
    for metric in metrics:
        rates.append(opt.param_groups[0]["lr"])
        opt.step()
        step_scheduler(scheduler, metric)
    return rates


def fresh(schedule, lr):
    opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    return opt, make_scheduler(schedule, opt)


@settings(max_examples=60, deadline=None)
@given(SCHEDULES, LR, st.integers(0, 1000), st.integers(1, 199))
def test_a_saved_scheduler_goes_on_with_the_same_rates(schedule, lr, seed, pause):
    metrics = metric_of(seed)[:200]
    whole = drive(*fresh(schedule, lr), metrics)
    opt, scheduler = fresh(schedule, lr)
    first = drive(opt, scheduler, metrics[:pause])
    saved = opt.state_dict(), scheduler.state_dict()
    opt, scheduler = fresh(schedule, lr)
    opt.load_state_dict(saved[0])
    scheduler.load_state_dict(saved[1])
    assert first + drive(opt, scheduler, metrics[pause:]) == whole


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 199))
def test_a_plateau_by_hand_goes_on_from_its_saved_state(seed, pause):
    metrics = metric_of(seed)[:200]
    whole = gradpath.plateau_schedule(0.1, patience=4, cooldown=2)
    expected = [whole.step(m) for m in metrics]
    before, after = (gradpath.plateau_schedule(0.1, patience=4, cooldown=2) for _ in range(2))
    first = [before.step(m) for m in metrics[:pause]]
    after.load_state_dict(json.loads(json.dumps(before.state_dict())))
    assert first + [after.step(m) for m in metrics[pause:]] == expected


def random_cases(count: int) -> list[dict]:
    """Collect what hypothesis draws: always the same."""
    cases = []

    @settings(max_examples=count, derandomize=True, database=None, deadline=None)
    @given(SCHEDULES, LR, st.integers(0, 1000))
    def collect(schedule, lr, seed):
        cases.append({"schedule": schedule, "lr": lr, "metrics": metric_of(seed)})

    collect()
    return cases


def test_both_languages_give_the_same_rates(r: R, tmp_path):
    """Random schedules over 500 steps: R by hand against R's library, and both against Python by hand."""
    cases = random_cases(100)
    assert len({c["schedule"]["name"] for c in cases}) >= 12
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    said = r.run(
        "library(gradpath); a <- commandArgs(trailingOnly = TRUE);"
        " cases <- jsonlite::fromJSON(a[1], simplifyVector = FALSE);"
        " for (case in cases) for (m in c('manual', 'optim')) cat(sprintf('%.17g',"
        f" schedule_rates(case$schedule, case$lr, {STEPS}, m, unlist(case$metrics))), '\n')",
        str(tmp_path / "cases.json"),
        quiet=True,
    )
    lines = [[float(n) for n in line.split()] for line in said.splitlines()]
    for case, manual, optim in zip(cases, lines[::2], lines[1::2], strict=True):
        ours = schedule_rates(case["schedule"], case["lr"], STEPS, "manual", case["metrics"])
        assert far(manual, ours) <= 1e-14, case
        assert far(optim, ours) <= 1e-12, case


RECORDED = {
    "lr_step(step_size=7,gamma=0.3)": {"name": "step", "step_size": 7, "gamma": 0.3},
    "lr_multiplicative(0.9)": {"name": "exponential", "gamma": 0.9},
    "lr_lambda(0.95^epoch)": {"name": "lambda", "lr_lambda": lambda t: 0.95**t},
    "lr_lambda((epoch+1)^-0.5)": {"name": "inverse_sqrt"},
    "lr_cosine_annealing(T_max=12,eta_min=1e-3)": {"name": "cosine_periodic", "half_period": 12, "lr_min": 1e-3},
    "lr_one_cycle(max_lr=0.3,total_steps=41)": {"name": "one_cycle", "steps": 41},
    "lr_reduce_on_plateau(factor=0.2,patience=3)": {"name": "plateau", "factor": 0.2, "patience": 3},
}


@BOTH
def test_rates_recorded_with_torch_for_r(project, method):
    file = project / "shared_figures" / "recorded_torch" / "torch_schedules.csv"
    recorded = pd.read_csv(file, comment="#")
    assert set(recorded["schedule"]) == set(RECORDED)
    metrics = [1 / k for k in range(1, 11)] + [0.1] * 12 + [0.05] * 18
    for name, rows in recorded.groupby("schedule"):
        lr = 0.3 if "one_cycle" in name else 0.1
        rates = schedule_rates(RECORDED[name], lr, len(rows), method, metrics)
        np.testing.assert_allclose(rows["lr"], rates, rtol=1e-7, err_msg=name)


def test_what_step_0_means():
    rate = make_schedule({"name": "multi_step", "milestones": [3], "gamma": 0.1}, 1.0)
    assert [rate(t) for t in (0, 2, 3)] == [1, 1, 0.1]
    warm = make_schedule(
        {"name": "warmup", "warmup": 4, "then": {"name": "cosine", "steps": 10}, "start_factor": 0}, 1.0
    )
    assert [warm(t) for t in range(5)] == [0, 0.25, 0.5, 0.75, 1]
    assert warm(14) == warm(99) == 0
    assert gradpath.one_cycle_schedule(0, 1.0, 40) == pytest.approx(1 / 25)
    assert gradpath.one_cycle_schedule(11, 1.0, 40) == 1.0
    assert gradpath.one_cycle_schedule(39, 1.0, 40) == gradpath.one_cycle_schedule(99, 1.0, 40) == pytest.approx(4e-6)
    restarts = [gradpath.cosine_restarts_schedule(t, 1.0, 4, growth=2) for t in range(13)]
    assert [t for t, rate in enumerate(restarts) if rate == 1.0] == [0, 4, 12]


def test_the_two_cosines_differ_after_the_trough():
    stays, rises = (gradpath.cosine_schedule(t, 1.0, 10, 0.1) for t in (10, 15)), gradpath.cosine_periodic_schedule
    assert list(stays) == [0.1, 0.1]
    assert [rises(t, 1.0, 10, 0.1) for t in (10, 20)] == [0.1, 1.0]
    half = gradpath.half_period_for(30, troughs=2)
    assert half == 10
    assert rises(30, 1.0, half, 0.1) == pytest.approx(0.1)


def test_gamma_for_reaches_the_wanted_rate():
    gamma = gradpath.gamma_for(0.1, 0.001, 30)
    assert gradpath.exponential_schedule(30, 0.1, gamma) == pytest.approx(0.001, rel=1e-13)


def test_groups_have_their_own_functions_as_in_the_library():
    functions = [lambda t: 0.9**t, lambda t: 1 / (t + 1)]
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in (0.1, 0.5)]
    opt = torch.optim.SGD(groups, lr=1.0)
    scheduler = make_scheduler({"name": "lambda", "lr_lambda": functions}, opt)
    for t in range(20):
        ours = gradpath.group_lambda_schedule(t, [0.1, 0.5], functions)
        assert [g["lr"] for g in opt.param_groups] == pytest.approx(ours, rel=1e-15)
        opt.step()
        scheduler.step()


DESCENTS = [
    {"name": "cosine", "steps": 40, "lr_min": 1e-5},
    {"name": "warmup", "warmup": 8, "then": {"name": "step", "step_size": 10, "gamma": 0.5}},
    {"name": "one_cycle", "steps": 30},
    {"name": "plateau", "factor": 0.5, "patience": 1},
    lambda t: 2e-4 / (t + 1),
]


@pytest.mark.parametrize("optimizer", optimizer_names())
@pytest.mark.parametrize("surface", surface_names())
def test_every_optimizer_follows_a_schedule_by_both_methods(optimizer, surface):
    for schedule in DESCENTS:
        call = {"lr": 1e-4, "schedule": schedule, "noise": 0.1, "seed": 5}
        a, b = (descend(surface, (1, 1.5), optimizer, 60, m, **call) for m in ("manual", "optim"))
        assert relative_differences(a, b).max() < 1e-12


@BOTH
def test_a_constant_schedule_changes_nothing_and_another_one_does(method):
    call = ("beale", (1, 1.5), "adam", 30, method)
    plain, same, other = (
        descend(*call, lr=0.1, schedule=s)
        for s in (None, {"name": "constant"}, {"name": "exponential", "gamma": 0.9})
    )
    assert plain.equals(same)
    assert not plain.equals(other)
    assert plain.iloc[:2].equals(other.iloc[:2])


@BOTH
def test_noise_is_reproducible_and_longer_runs_start_alike(method):
    call = ("isotropic_paraboloid", (6, 6), "sgd")
    short, long = (descend(*call, steps, method, lr=0.1, noise=1.0, seed=3) for steps in (5, 50))
    assert short.equals(long.iloc[:6])
    assert not short.equals(descend(*call, 5, method, lr=0.1, noise=1.0, seed=4))
    assert descend(*call, 5, method, lr=0.1).equals(descend(*call, 5, method, lr=0.1, noise=0.0, seed=9))


def test_the_noise_does_not_touch_the_readers_own_draws():
    torch.manual_seed(1)
    expected = torch.randn(2)
    torch.manual_seed(1)
    descend("isotropic_paraboloid", (6, 6), "sgd", 5, noise=1.0)
    assert torch.equal(torch.randn(2), expected)


def test_on_a_noisy_bowl_a_constant_rate_bounces_and_a_decaying_one_settles():
    ends = {}
    for name, schedule in (("constant", None), ("decaying", {"name": "cosine", "steps": 400})):
        paths = [
            descend("isotropic_paraboloid", (6, 6), "sgd", 400, lr=0.5, noise=1.0, seed=seed, schedule=schedule)
            for seed in range(10)
        ]
        ends[name] = np.mean([p.value.iloc[-40:].mean() + 5 for p in paths])
    # The stationary excess of sgd with rate lr, curvature c and noise s is lr s^2 / (2 - lr c) in two dimensions / 2.
    lr, c = 0.5, 0.4
    assert ends["constant"] == pytest.approx(0.5 * c * 2 * lr**2 / (1 - (1 - lr * c) ** 2), rel=0.3)
    assert ends["decaying"] < ends["constant"] / 4


def test_a_list_of_rates_may_be_the_schedule():
    rates = [0.1, 0.2, 0.3]
    for method in ("manual", "optim"):
        path = descend("isotropic_paraboloid", (1, 1), "sgd", 3, method, schedule=lambda t: rates[t])
        assert path.x1.iloc[-1] == pytest.approx((1 - 0.04) * (1 - 0.08) * (1 - 0.12), rel=1e-14)


BAD = {
    "warmup_longer": {"name": "warmup", "warmup": 50, "then": {"name": "cosine", "steps": 40}},
    "negative_T": {"name": "cosine", "steps": -3},
    "zero_T": {"name": "polynomial", "steps": 0},
    "gamma_zero": {"name": "exponential", "gamma": 0},
    "gamma_above_1": {"name": "exponential", "gamma": 1.01},
    "unsorted": {"name": "multi_step", "milestones": [30, 10]},
    "twice": {"name": "multi_step", "milestones": [10, 10]},
    "none": {"name": "multi_step", "milestones": []},
    "plateau_without_metric": {"name": "plateau"},
    "no_rise": {"name": "one_cycle", "steps": 3},
    "unknown": {"name": "lion"},
    "missing": {"name": "step"},
    "misspelt": {"name": "step", "step_size": 3, "gama": 0.1},
    "chained_cosine": {"name": "chained", "schedules": [{"name": "cosine", "steps": 3}]},
    "warmup_of_plateau": {"name": "warmup", "warmup": 3, "then": {"name": "plateau"}},
}
SAYS = {
    "warmup_longer": "warmup: 50 is not accepted; use a whole number from 1 to 40, the steps that follow it",
    "negative_T": "steps: -3 is not accepted; use a whole number >= 1",
    "gamma_zero": "gamma: 0 is not accepted; use a number > 0 and <= 1",
    "unsorted": "[30, 10] is not accepted; use a list of whole numbers >= 1, each larger than the one before",
    "plateau_without_metric": "metrics: null is not accepted; use one finite number per step, 5 of them",
}


def refusal_of(case: dict) -> str:
    with pytest.raises(GradpathError) as refused:
        schedule_rates(case, 0.1, 5)
    return str(refused.value)


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line(case):
    line = refusal_of(BAD[case])
    assert line.startswith("schedule_rates()")
    assert "\n" not in line
    assert line.endswith(SAYS.get(case, ""))


CALLS = {
    "cosine_schedule(t = -1, lr = 0.1, steps = 5)": lambda: gradpath.cosine_schedule(-1, 0.1, 5),
    "cosine_schedule(t = 1, lr = -0.1, steps = 5)": lambda: gradpath.cosine_schedule(1, -0.1, 5),
    "cosine_schedule(t = 1.5, lr = 0.1, steps = 5)": lambda: gradpath.cosine_schedule(1.5, 0.1, 5),
    "gamma_for(0.1, 0.2, 5)": lambda: gradpath.gamma_for(0.1, 0.2, 5),
    "half_period_for(10, 2)": lambda: gradpath.half_period_for(10, 2),
    "plateau_schedule(0.1)$step()": lambda: gradpath.plateau_schedule(0.1).step(),
    "plateau_schedule(0.1, factor = 1)": lambda: gradpath.plateau_schedule(0.1, factor=1),
    "make_schedule(list(name = 'plateau'), 0.1)": lambda: make_schedule({"name": "plateau"}, 0.1),
    "make_schedule('cosine', 0.1)": lambda: make_schedule("cosine", 0.1),
    "group_lambda_schedule(0, list(0.1, 0.2), list(sqrt))": lambda: gradpath.group_lambda_schedule(
        0, [0.1, 0.2], [math.sqrt]
    ),
    "schedule_rates(list(name = 'plateau'), 0.1, 5, 'optim', c(1, 2))": lambda: schedule_rates(
        {"name": "plateau"}, 0.1, 5, "optim", [1, 2]
    ),
    "descend('beale', c(1, 1), 'sgd', 3, schedule = function(t) -1)": lambda: descend(
        "beale", (1, 1), "sgd", 3, schedule=lambda t: -1
    ),
    "descend('beale', c(1, 1), 'sgd', 3, noise = -1)": lambda: descend("beale", (1, 1), "sgd", 3, noise=-1),
    "descend('beale', c(1, 1), 'sgd', 3, seed = 0.5)": lambda: descend("beale", (1, 1), "sgd", 3, seed=0.5),
}


def test_r_refuses_with_the_same_lines(r: R):
    said = r.run(
        "library(gradpath); a <- commandArgs(trailingOnly = TRUE);"
        " try_ <- function(code) cat(tryCatch({ code; 'accepted' }, error = conditionMessage), '\n', sep = '');"
        " for (case in jsonlite::fromJSON(a[1], simplifyVector = FALSE)) try_(schedule_rates(case, 0.1, 5));"
        f" {'; '.join(f'try_({call})' for call in CALLS)}",
        json.dumps(list(BAD.values())),
        quiet=True,
    )
    expected = [refusal_of(case) for case in BAD.values()]
    for call in CALLS.values():
        with pytest.raises(GradpathError) as refused:
            call()
        expected.append(str(refused.value))
    assert said.splitlines() == expected


def test_every_declared_schedule_agrees_in_every_lane(project):
    comparisons = Schedules().compare(project)
    lanes = {c.path: set() for c in comparisons}
    for c in comparisons:
        lanes[c.path] |= {c.lane.partition(" (")[0], c.reference.partition(" (")[0]}
    declared = gradpath.read_schedules(project / "shared_figures" / "schedules.yaml")
    assert set(lanes) == set(declared)
    for name, found in lanes.items():
        wanted = {"python-manual", "python-optim", "r-manual", "r-optim"}
        assert found == wanted | ({"recorded {torch}"} if declared[name].recorded else set()), name
    assert [c for c in comparisons if c.verdict == "differs"] == []
    assert {c.verdict for c in comparisons if "(torch)" not in c.lane + c.reference} == {"agrees"}


def test_a_rate_that_differs_is_located():
    a = np.array([0.1, 0.05, 0.025, 0.0])
    found = compare_series(a * [1, 1, 1 + 1e-9, 1], a, "lr", 1e-12)
    assert (found["verdict"], found["first_step"], found["right"]) == ("differs", 2, 0.025)
    assert (found["values"], found["bit_equal"]) == (4, 3)
    assert compare_series(a, a[:3], "lr", 1e-12)["verdict"] == "differs"
    assert compare_series(a * [1, np.nan, 1, 1], a, "lr", 1e-12)["verdict"] == "differs"


@pytest.mark.parametrize("method", ["manual", "optim"])
def test_a_factor_below_zero_is_refused_by_both_methods(method, r: R):
    falls = {"name": "lambda", "lr_lambda": lambda t: 1.0 - t}
    for use in (
        lambda: schedule_rates(falls, 0.1, 4, method),
        lambda: descend("isotropic_paraboloid", (1, 1), "sgd", 4, method, schedule=falls),
    ):
        with pytest.raises(GradpathError, match=r"lr_lambda gave: -1(\.0)? is not accepted"):
            use()
    said = r.run(
        "falls <- list(name = 'lambda', lr_lambda = function(t) 1 - t); m <- commandArgs(trailingOnly = TRUE);"
        " said <- function(code) tryCatch({code; 'accepted'}, error = conditionMessage);"
        " cat(said(gradpath::schedule_rates(falls, 0.1, 4, m)),"
        " said(gradpath::descend('isotropic_paraboloid', c(1, 1), 'sgd', 4, m, schedule = falls)), sep = '\\n')",
        method,
    ).splitlines()
    assert all(re.search(r"lr_lambda gave: -1 is not accepted", line) for line in said[-2:]), said


def test_every_recorded_sequence_is_declared(project):
    recorded = pd.read_csv(project / "shared_figures" / "recorded_torch" / "torch_schedules.csv", comment="#")
    declared = gradpath.read_schedules(project / "shared_figures" / "schedules.yaml")
    assert {s.recorded for s in declared.values() if s.recorded} == set(recorded["schedule"])


MALFORMED = {
    "schedules: none": "FILE: schedules: 'none' is not accepted; use a list of one or more schedules",
    "schedules: [3]": "FILE: schedule number 1: 3 is not accepted; use a mapping",
    "schedules: [{id: a b}]": "FILE: schedule 'a b': id: 'a b' is not accepted; use lower-case letters and digits,"
    " with '-' or '.' between them",
    "schedules: [{id: a, title: A, lr: 0.1, steps: 3}]": "FILE: schedule 'a': schedule: is missing;"
    " use a mapping with a name and the parameters of that schedule",
    "schedules: [{id: a, title: A, lr: 0.1, steps: 3, schedule: {name: cosine, steps: 0}}]": "FILE: schedule 'a',"
    " schedule 'cosine': steps: 0 is not accepted; use a whole number >= 1",
    "schedules: [{id: a, title: A, lr: 0.1, steps: 9, schedule: {name: multi_step, milestones: 5}}]": "FILE: schedule"
    " 'a', schedule 'multi_step': milestones: 5 is not accepted; use a list of whole numbers >= 1, each larger than"
    " the one before",
    "schedules: [{id: a, title: A, lr: 0.1, steps: 9, schedule: {name: warmup, warmup: 2, then: {name: multi_step,"
    " milestones: 5}}}]": "FILE: schedule 'a', schedule 'warmup', schedule 'multi_step': milestones: 5 is not"
    " accepted; use a list of whole numbers >= 1, each larger than the one before",
    "schedules: [{id: a, title: A, lr: -1, steps: 3, schedule: {name: constant}}]": "FILE: schedule 'a': lr: -1 is"
    " not accepted; use a finite number >= 0",
    "schedules: [{id: a, title: A, lr: 1, steps: 3, schedule: {name: constant}, colour: red}]": "FILE: schedule 'a':"
    " colour: 'red' is not accepted; use only the fields id, title, caption, alt, lr, steps, schedule, metrics,"
    " recorded, draw",
    "schedules: [{id: a, title: A, lr: 1, steps: 3, schedule: {name: plateau}, metrics: [1, .nan, 1]}]": "FILE:"
    " schedule 'a': metrics: [1, nan, 1] is not accepted; use a list of finite numbers",
}


def test_malformed_sequences_are_refused_by_both_languages_with_one_line(r: R, tmp_path):
    expected = []
    for k, (text, line) in enumerate(MALFORMED.items()):
        file = tmp_path / f"{k}.yaml"
        file.write_text(text)
        expected.append(line.replace("FILE", str(file)))
        with pytest.raises(GradpathError) as refused:
            gradpath.run_schedules(file, tmp_path / "out")
        assert str(refused.value) == expected[-1]
    said = r.run(
        "for (f in commandArgs(trailingOnly = TRUE)) cat(tryCatch({gradpath::read_schedules(f); 'accepted'},"
        " error = conditionMessage), '\\n', sep = '')",
        *(str(tmp_path / f"{k}.yaml") for k in range(len(MALFORMED))),
        quiet=True,
    )
    assert said.splitlines() == expected
    assert not (tmp_path / "out").exists()


def test_pictures_are_reproducible_and_refuse_an_unknown_theme(tmp_path):
    rates = [schedule_rates({"name": "cosine", "steps": 9}, 0.1, 12)]
    for name in ("a.svg", "b.svg"):
        gradpath.save_plot(gradpath.plot_schedules(rates * 2, ["one", "two"], "Two"), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    with pytest.raises(GradpathError, match="theme: 'neon' is not accepted; use one of light, dark"):
        gradpath.plot_schedules(rates, theme="neon")


@pytest.mark.parametrize("method", ["manual", "optim"])
@pytest.mark.parametrize("steps", [0, 1, 5])
def test_a_schedule_is_asked_for_as_many_rates_as_there_are_updates(method, steps):
    rates = [0.1 / (t + 1) for t in range(steps)]
    assert schedule_rates(lambda t: rates[t], 0.1, steps, method=method) == rates
    named = {"name": "lambda", "lr_lambda": lambda t: rates[t]}
    assert schedule_rates(named, 1.0, steps, method=method) == rates
    path = descend("isotropic_paraboloid", (6, 6), "sgd", steps, method=method, schedule=lambda t: rates[t])
    assert len(path) == steps + 1
    path = descend("isotropic_paraboloid", (6, 6), "sgd", steps, method=method, lr=1.0, schedule=named)
    assert len(path) == steps + 1
