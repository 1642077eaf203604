"""descend() with functions and words that are none: one line each, the reader's own errors named as theirs."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
import torch

from gradpath import GradpathError, descend, get_surface, steps_to_reach

NO_GRADIENT = "returned a value that does not depend on the point for autograd"
CHANGED = "your function changes the point that it is given; let it work on a clone"


class Equal:
    """Says that it equals everything."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


class EqualText(str):
    """A text that says so too."""

    __eq__ = Equal.__eq__
    __hash__ = Equal.__hash__


def failing(x):
    return x / 0 + 1 // 0


def failing_in_the_library(x):
    return x.reshape(7, 7)


def once():
    cache = {}

    def cached(x):
        return cache.setdefault("value", (x**2).sum())

    return cached


def raises(text):
    def surface(x):
        raise ValueError(text)

    return surface


class Backwards(torch.autograd.Function):
    """Fails where the gradient is asked for."""

    @staticmethod
    def forward(context, x):
        return x.sum()

    @staticmethod
    def backward(context, g):
        raise ArithmeticError("no way back")


SURFACES = {
    "constant": (lambda x: torch.tensor(3.0), NO_GRADIENT),
    "of another parameter": (lambda x: torch.tensor(3.0, requires_grad=True), NO_GRADIENT),
    "detached": (lambda x: x.detach().sum(), NO_GRADIENT),
    "without a gradient": (lambda x: x.requires_grad_(False).sum(), NO_GRADIENT),
    "complex": (lambda x: x.sum() * 1j, "returned a complex tensor"),
    "sparse": (lambda x: x.sum().reshape(1).to_sparse(), "returned a sparse tensor"),
    "whole": (lambda x: x.long().sum(), "returned a tensor that is not of floating point"),
    "meta": (lambda x: torch.empty(1, device="meta"), "returned a tensor without numbers"),
    "of no argument": (lambda: 1, "a function of 0 arguments is not accepted; use a function of one, the point"),
    "of two arguments": (lambda a, b: 1, "a function of 2 arguments is not accepted"),
    "by keyword alone": (lambda *, x: 1, "a function of 1 arguments is not accepted"),
    "in place": (lambda x: x.add_(1).sum(), CHANGED),
    "behind autograd": (lambda x: (x.data.add_(1), x.sum())[1], CHANGED),
    "nothing": (lambda x: None, "returned NoneType; return a tensor of one element"),
    "its own error": (failing, r"your function failed: ZeroDivisionError: .* \(test_hostile_descend.py, line "),
    "the library's": (failing_in_the_library, r"your function failed: RuntimeError: shape .* \(test_hostile_descend"),
    "with colours": (
        raises("a\x1b[31m\nb"),
        r"your function failed: ValueError: a\\x1b\[31m\\nb \(test_hostile_descend.py, line",
    ),
    "without a word": (raises(""), r"your function failed: ValueError \(test_hostile_descend.py, line"),
    "endless": (raises("x" * 10_000), r"your function failed: ValueError: x{300}\.\.\. \("),
    "its gradient": (Backwards.apply, "autograd cannot differentiate your function: ArithmeticError: no way back"),
    "the same tensor again": (once(), NO_GRADIENT + "|autograd cannot differentiate your function"),
    "a type": (dict, "your function failed: TypeError"),
    "numpy": (lambda x: np.sum(x.numpy()), "your function failed: RuntimeError"),
}
WORDS = [
    np.array(["manual", "optim"]),
    np.array("manual"),
    Equal(),
    EqualText("nothing"),
    None,
    5,
    b"sgd",
    ["sgd"],
    {"sgd": 1},
    "s\x1b[31mgd\n",
    "x" * 10_000,
    float,
]


def refused(**change) -> str:
    call = {"surface": "beale", "start": (1, 1), "optimizer": "sgd", "steps": 3} | change
    with pytest.raises(GradpathError) as error:
        descend(**call)
    line = str(error.value)
    assert not re.search("[\x00-\x1f\x7f-\x9f]", line)
    assert len(line) < 700
    return line


@pytest.mark.parametrize("method", ["manual", "optim"])
@pytest.mark.parametrize("name", SURFACES)
def test_a_surface_that_is_none_is_refused_in_one_line(name, method):
    surface, said = SURFACES[name]
    assert re.match(f"descend\\(\\): surface: (?:{said})", refused(surface=surface, method=method))


@pytest.mark.parametrize("field", ["surface", "optimizer", "method", "dtype", "device"])
def test_what_is_no_word_is_refused_where_a_word_is_expected(field):
    for word in WORDS:
        if field == "surface" and word is float:
            continue
        assert refused(**{field: word}).startswith(f"descend(): {field}: ")


@pytest.mark.parametrize(
    "device", ["cpu:²", "cpu:", "cpu:1", "cpu:00", "cpu:-1", "cuda:x", "CPU", "", " cpu", "meta"]
)
def test_a_device_is_one_that_is_there(device):
    assert refused(device=device).startswith(f"descend(): device: '{device}' is not accepted; use cpu")


@pytest.mark.parametrize(
    "value", [10**400, -(10**400), -0.0, float("nan"), "1", True, None, np.array([1.0])], ids=str
)
@pytest.mark.parametrize("field", ["lr", "noise", "weight_decay"])
def test_a_number_is_one_that_floats_hold(field, value):
    assert re.match(
        rf"descend\(\): {field}: .* is not accepted; use a finite number >= 0$", refused(**{field: value})
    )


def test_a_start_is_two_numbers():
    for start in (
        range(10**9),
        "ab",
        np.array(5.0),
        np.ones((2, 2)),
        (10**400, 1),
        [[1], [2]],
        {1, 2},
        None,
        Equal(),
    ):
        assert refused(start=start).endswith("is not accepted; use two finite numbers")


def test_numbers_of_numpy_are_numbers():
    by_numpy = descend("beale", np.array([1, 1]), "sgd", 3, lr=np.float64(0.01))
    assert by_numpy.equals(descend("beale", (1, 1), "sgd", 3, lr=0.01))


@pytest.mark.parametrize("method", ["manual", "optim"])
def test_a_schedule_of_the_readers_own_is_named_as_theirs(method):
    broken = refused(schedule=lambda t: 1 / 0, method=method)
    assert re.match(r"descend\(\): schedule: your function failed: ZeroDivisionError: .* \(test_hostile_", broken)
    factor = refused(schedule={"name": "lambda", "lr_lambda": lambda t: "fast"}, method=method)
    accepted = "is not accepted; use a function that gives a finite number >= 0"
    assert factor == f"descend(): lr_lambda gave: 'fast' {accepted}"
    factor = refused(schedule={"name": "lambda", "lr_lambda": lambda t: -1}, method=method)
    assert factor == f"descend(): lr_lambda gave: -1 {accepted}"
    assert refused(schedule=lambda t: 0.5 - t, method=method) == f"descend(): schedule gave: -0.5 {accepted}"
    assert refused(schedule=lambda t: np.int64(-1), method=method) == f"descend(): schedule gave: -1 {accepted}"


def test_a_path_of_no_steps_needs_no_gradient():
    assert descend(lambda x: torch.tensor(3.0), (1, 1), "sgd", 0).attrs["status"] == "finished"


def test_a_surface_is_got_by_a_word():
    for name in (["beale"], None, Equal(), np.array(["beale"])):
        with pytest.raises(GradpathError, match=r"^get_surface\(\): name: "):
            get_surface(name)


def test_whole_floats_and_numbers_of_numpy_are_numbers():
    expected = descend("beale", (1, 1), "sgd", 5, lr=0.01)
    for start, steps, lr in (((1.0, 1.0), 5.0, 0.01), (np.array([1, 1]), np.int64(5), np.float64(0.01))):
        pd.testing.assert_frame_equal(descend("beale", start, "sgd", steps, lr=lr), expected, check_exact=True)
    counted = steps_to_reach("beale", [1, 1], "sgd", 50.0, bottom=0, lr=[0.01])
    pd.testing.assert_frame_equal(counted, steps_to_reach("beale", [1, 1], "sgd", 50, bottom=0.0, lr=[0.01]))
    assert refused(steps=2.5) == "descend(): steps: 2.5 is not accepted; use a whole number from 0 to 1000000"
