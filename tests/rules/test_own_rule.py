"""A rule of one's own: what it is, what it may not do, and the optimizer object that is made of it."""

from __future__ import annotations

import copy
import functools
import hashlib
import inspect
import io
import re

import pytest
import torch

from gradpath import GradpathError, as_optimizer, descend, optimizer_names
from gradpath.rules import RULES
from gradpath.rules.own_rule import as_rule
from tests.own_rules import R_RULES, my_adam, my_momentum, no_rate

A_PAIR = "let it give the next x and the next state"
ARGUMENTS = "use one of x, g, state and hyperparameters by name"
# What a rule does wrong in its first step, in both languages, and the line in which both say so.
WRONG = {
    "no pair": (lambda x, g, state: x, "x", f"gave no pair; {A_PAIR}"),
    "three parts": (
        lambda x, g, state: (x, state, 1),
        "list(x = x, state = state, more = 1)",
        f"gave no pair; {A_PAIR}",
    ),
    "nothing": (lambda x, g, state: None, "NULL", f"gave no pair; {A_PAIR}"),
    "a number": (
        lambda x, g, state: (1.0, state),
        "list(x = 1, state = state)",
        f"gave an x that is no tensor; {A_PAIR}",
    ),
    "no state": (
        lambda x, g, state: (x, None),
        "list(x = x, state = NULL)",
        f"gave no state that holds its parts by name; {A_PAIR}",
    ),
    "shape": (
        lambda x, g, state: (x.sum(), state),
        "list(x = x$sum(), state = state)",
        "gave an x of shape () for one of shape (2,); let it keep the shape",
    ),
    "longer": (
        lambda x, g, state: (torch.cat([x, x]), state),
        "list(x = torch_cat(list(x, x)), state = state)",
        "gave an x of shape (4,) for one of shape (2,); let it keep the shape",
    ),
    "dtype": (
        lambda x, g, state: (x.to(torch.float32), state),
        "list(x = x$to(dtype = torch_float32()), state = state)",
        "gave an x of float32 for one of float64; let it keep the dtype",
    ),
    "nan": (
        lambda x, g, state: (x * 0 / 0, state),
        "list(x = x * 0 / 0, state = state)",
        "gave nan from finite numbers; look for 0/0 or the root of a negative number in it",
    ),
    "x in place": (
        lambda x, g, state: (x.sub_(g), state),
        "list(x = x$sub_(g), state = state)",
        "changes the x that it is given in place; let it make a new tensor",
    ),
    "gradient in place": (
        lambda x, g, state: (x - g.mul_(0.1), state),
        "list(x = x - g$mul_(0.1), state = state)",
        "changes the gradient that it is given in place; let it make a new tensor",
    ),
}
# Calls of descend() that are refused before the first step, in both languages.
CALLS = {
    "few arguments": (
        lambda x, g: (x, {}),
        {},
        "function(x, g) 1",
        f"optimizer: a function of 2 arguments is not accepted; {ARGUMENTS}",
    ),
    "any arguments": (
        lambda x, g, state, **others: (x, {}),
        {},
        "function(x, g, state, ...) 1",
        f"optimizer: bad takes any arguments; {ARGUMENTS}",
    ),
    "missing": (
        my_momentum,
        {},
        "my_momentum",
        "lr: is missing; use a finite number >= 0, since bad has no default",
    ),
    "unknown": (
        my_momentum,
        {"lr": 0.1, "beta1": 0.5},
        "my_momentum",
        "beta1: 0.5 is not accepted; use a hyperparameter of bad: lr, momentum",
    ),
    "unknown of none": (
        no_rate,
        {"lr": 0.1},
        "no_rate",
        "lr: 0.1 is not accepted; use a hyperparameter of bad: none",
    ),
    "rate": (my_momentum, {"lr": -0.1}, "my_momentum", "lr: -0.1 is not accepted; use a finite number >= 0"),
    "value": (
        my_momentum,
        {"lr": 0.1, "momentum": float("inf")},
        "my_momentum",
        "momentum: inf is not accepted; use a finite number, a text, or true or false",
    ),
    "a number": (
        3,
        {},
        "3",
        f"optimizer: 3 is not accepted; use one of {', '.join(optimizer_names())}, or a function of x, g, state",
    ),
}


def called(name: str, function):
    """Return a function under another name."""
    if not inspect.isfunction(function):
        return function
    code, names = function.__code__, function.__globals__
    return type(function)(code, names, name, function.__defaults__, function.__closure__)


def line_of(call, *arguments, **named) -> str:
    with pytest.raises(GradpathError) as refused:
        call(*arguments, **named)
    assert not re.search("[\x00-\x1f]", str(refused.value))
    return str(refused.value)


@pytest.mark.parametrize("method", ["manual", "optim"])
@pytest.mark.parametrize("name", WRONG)
def test_a_rule_that_does_something_wrong_is_named_with_its_step(name, method):
    function, _, said = WRONG[name]

    def bad(x, g, state):
        # The first step is right.
        return function(x, g, state) if state else (x - g * 0.01, {"t": 1})

    line = line_of(descend, "beale", (1, 1), bad, 3, method=method)
    assert line == f"descend(): optimizer: bad, step 2: {said}"


@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_rule_and_what_a_rule_does_not_take_is_refused(name):
    function, hyperparameters, _, said = CALLS[name]
    line = line_of(descend, "beale", (1, 1), called("bad", function), 3, **hyperparameters)
    assert line == f"descend(): {said}"


def test_r_says_the_same_words(r):
    code = (
        R_RULES
        + "try_ <- function(code) cat(tryCatch({ code; 'accepted' }, error = conditionMessage), '\\n', sep = '')\n"
    )
    for _, body, _ in WRONG.values():
        code += f"bad <- function(x, g, state) {body}\ntry_(descend('beale', c(1, 1), bad, 3))\n"
    for _, hyperparameters, function, _ in CALLS.values():
        given = "".join(f", {k} = {str(v).replace('inf', 'Inf')}" for k, v in hyperparameters.items())
        code += f"bad <- {function}\ntry_(descend('beale', c(1, 1), bad, 3{given}))\n"
    said = r.run("library(gradpath); " + code, quiet=True).splitlines()
    expected = [f"descend(): optimizer: bad, step 1: {line}" for _, _, line in WRONG.values()]
    expected += [f"descend(): {line}" for *_, line in CALLS.values()]
    assert said == expected


def test_an_error_in_a_rule_is_shown_with_its_own_line():
    def broken(x, g, state):
        return x / (1 // 0), state

    line = line_of(descend, "beale", (1, 1), broken, 3)
    number = inspect.getsourcelines(broken)[1] + 1
    assert line == (
        "descend(): optimizer: broken, step 1: your function failed: ZeroDivisionError: integer division or modulo by"
        f" zero (test_own_rule.py, line {number})"
    )


def test_nan_after_an_overflow_is_divergence_and_not_the_rules_fault():
    ours = descend("rosenbrock", (1e3, 1e3), my_momentum, 60, lr=10.0)
    theirs = descend("rosenbrock", (1e3, 1e3), "momentum", 60, lr=10.0)
    assert ours.attrs["status"] == theirs.attrs["status"] != "finished"

    def subtracting(x, g, state):
        # From its second step on, infinity less infinity.
        return x - (state.get("v", g) - state.get("v", g)), {"v": g * float("inf")}

    assert descend("isotropic_paraboloid", (6, 6), subtracting, 5).attrs["status"] == "diverged at step 2"


def test_a_rule_is_called_what_its_function_is_called_and_known_by_its_source():
    made = as_rule("here", my_adam)
    assert made.name == "my_adam"
    assert list(made.fields) == ["lr", "beta1", "beta2", "eps"]
    assert made.defaults == {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    assert made.source == hashlib.sha256(inspect.getsource(my_adam).encode()).hexdigest()[:16]
    assert as_rule("here", lambda x, g, state: (x, state)).name == "function"
    assert as_rule("here", functools.partial(my_adam, lr=0.5)).name == "my_adam"
    written = {}
    exec("def typed(x, g, state): return x, state", written)  # as in an interactive session
    assert as_rule("here", written["typed"]).source is None
    assert as_rule("here", "adam") is RULES["adam"]


class Averaging:
    """An object with a rule in it: it counts by itself, and keeps what it is given."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, x, g, state, lr=0.1):
        self.calls += 1
        return x - (state.get("g", g) + g) / 2 * lr, {"g": g, "x": x}


def test_an_object_that_can_be_called_is_a_rule():
    rule = Averaging()
    path = descend("beale", (1, 1), rule, 7, lr=0.05)
    assert (path.attrs["optimizer"], rule.calls, len(path)) == ("Averaging", 7, 8)
    assert path.attrs["rule_source"] == hashlib.sha256(inspect.getsource(Averaging).encode()).hexdigest()[:16]


# The object.


def two_groups() -> tuple[list[torch.Tensor], list[dict]]:
    made = torch.Generator().manual_seed(3)
    parameters = [torch.randn(n, dtype=torch.float64, generator=made).requires_grad_() for n in (3, 5, 2)]
    return parameters, [{"params": parameters[:2]}, {"params": parameters[2:], "lr": 0.3, "beta1": 0.5}]


def train(parameters, opt, steps=12, scheduler=None) -> list[list[float]]:
    for _ in range(steps):
        opt.zero_grad()
        sum((p**4).sum() + (p * p.roll(1)).sum() for p in parameters).backward()
        opt.step()
        if scheduler:
            scheduler.step()
    return [p.tolist() for p in parameters]


@pytest.mark.parametrize("rule", [my_adam, "adam"])
def test_groups_and_the_librarys_scheduler_give_the_librarys_numbers(rule):
    parameters, groups = two_groups()
    opt = as_optimizer(rule, groups, lr=0.1)
    assert isinstance(opt, torch.optim.Optimizer)
    ours = train(parameters, opt, scheduler=torch.optim.lr_scheduler.StepLR(opt, 5, 0.5))
    parameters, groups = two_groups()
    groups[1]["betas"] = (groups[1].pop("beta1"), 0.999)
    theirs = torch.optim.Adam(groups, lr=0.1)
    expected = train(parameters, theirs, scheduler=torch.optim.lr_scheduler.StepLR(theirs, 5, 0.5))
    for a, b in zip(ours, expected, strict=True):
        assert a == pytest.approx(b, rel=1e-12, abs=1e-15)
    assert [group["lr"] for group in opt.param_groups] == [group["lr"] for group in theirs.param_groups]


@pytest.mark.parametrize("name", optimizer_names())
def test_every_rule_of_ours_is_an_optimizer_object(name):
    x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
    opt = as_optimizer(name, [x], lr=0.1)
    for _ in range(5):
        opt.zero_grad()
        (0.2 * x[0] ** 2 + 2 * x[1] ** 2).backward()
        opt.step()
    path = descend("anisotropic_paraboloid", (5.1, 2.3), name, 5, lr=0.1)
    assert x.tolist() == path[["x1", "x2"]].to_numpy()[-1].tolist()


def counting(x, g, state, lr=0.1):
    """Keep parts of every kind."""
    t, seen = state.get("t", 0) + 1, state.get("seen", torch.zeros(1, dtype=torch.int64)) + 1
    mean = state.get("mean", torch.zeros((), dtype=torch.float32)) + g.mean().to(torch.float32)
    return x - g * lr / t, {"t": t, "seen": seen, "mean": mean, "half": 0.5 * t}


def test_a_state_goes_through_a_file_and_back():
    parameters, groups = two_groups()
    opt = as_optimizer(counting, [{"params": g["params"]} for g in groups], lr=0.1)
    train(parameters, opt, 4)
    file = io.BytesIO()
    torch.save(opt.state_dict(), file)
    file.seek(0)
    there = [p.detach().clone().requires_grad_() for p in parameters]
    again = as_optimizer(counting, [{"params": there[:2]}, {"params": there[2:]}], lr=7.0)
    again.load_state_dict(torch.load(file, weights_only=True))
    for p, q in zip(parameters, there, strict=True):
        ours, theirs = opt.state[p], again.state[q]
        assert list(ours) == list(theirs)
        for key, value in ours.items():
            assert type(value) is type(theirs[key])
            assert not isinstance(value, torch.Tensor) or (
                value.dtype == theirs[key].dtype and value.equal(theirs[key])
            )
    assert train(there, again, 4) == train(parameters, opt, 4)
    twin = copy.deepcopy(again)
    assert twin.param_groups[0]["lr"] == 0.1
    twin.step()


def test_what_a_rule_keeps_stays_what_it_was():
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    opt = as_optimizer(Averaging(), [x], lr=0.1)
    for _ in range(3):
        opt.zero_grad(set_to_none=False)
        before = x.tolist()
        (x**4).sum().backward()
        gradient = x.grad.tolist()
        opt.step()
        x.grad.zero_()
        assert (opt.state[x]["x"].tolist(), opt.state[x]["g"].tolist()) == (before, gradient)


def test_a_closure_is_called_with_gradients_on_and_its_value_comes_back():
    x = torch.tensor([2.0], requires_grad=True)
    opt = as_optimizer(no_rate, [x])

    def closure():
        opt.zero_grad()
        loss = (x**2).sum()
        loss.backward()
        return loss

    assert opt.step(closure).item() == 4.0
    assert x.item() == pytest.approx(1.96)


def test_a_parameter_without_a_gradient_stays():
    x, y = (torch.tensor([2.0], requires_grad=True) for _ in range(2))
    opt = as_optimizer(my_momentum, [x, y], lr=0.1)
    x.sum().backward()
    opt.step()
    assert (y.item(), len(opt.state)) == (2.0, 1)


def test_an_object_takes_what_its_rule_takes():
    x = [torch.zeros(1, requires_grad=True)]
    assert line_of(as_optimizer, my_adam, x, momentum=0.9) == (
        "as_optimizer(): momentum: 0.9 is not accepted; use a hyperparameter of my_adam: lr, beta1, beta2, eps"
    )
    assert line_of(as_optimizer, my_momentum, x).startswith(
        "as_optimizer(): lr: is missing; use a finite number >= 0"
    )
    assert as_optimizer(my_momentum, [{"params": x, "lr": 0.5}]).param_groups[0]["lr"] == 0.5
    assert "eta: 1 is not accepted" in line_of(as_optimizer, my_adam, [{"params": x, "eta": 1}])
    assert line_of(as_optimizer, "lion", x).startswith(
        "as_optimizer(): optimizer: 'lion' is not accepted; use one of"
    )
    added = as_optimizer(my_momentum, x, lr=0.1)
    assert "lr: -1 is not" in line_of(added.add_param_group, {"params": [torch.zeros(1)], "lr": -1})


def test_the_step_that_is_named_is_that_of_the_parameter():
    def bad(x, g, state):
        return x - g, {"t": state.get("t", 0) + 1} if state.get("t", 0) < 2 or x.numel() > 1 else None

    parameters = [torch.ones(2, requires_grad=True), torch.ones(1, requires_grad=True)]
    opt = as_optimizer(bad, parameters)
    sum(p.sum() for p in parameters).backward()
    opt.step()
    opt.step()
    assert line_of(opt.step).startswith("as_optimizer(): optimizer: bad, step 3: gave no state")
