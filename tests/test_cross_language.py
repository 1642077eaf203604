"""Python and R in one process, through rpy2: hundreds of random calls, the same numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
import torch

import gradpath
from gradpath import default_hyperparameters, descend, optimizer_names, surface_names
from gradpath.workshop.comparison import relative_differences
from tests.embedded_r import EmbeddedR

pytestmark = pytest.mark.xdist_group("rpy2")
CALLS = 300


@pytest.fixture(scope="module")
def twin(r) -> Iterator[EmbeddedR]:
    pytest.importorskip("rpy2", reason="rpy2 is not installed; it needs R when it is built")
    embedded = EmbeddedR(str(r.project / ".r-library"))
    yield embedded
    embedded.close()


def random_call(seed: int):
    draw = random.Random(seed)
    optimizer = draw.choice(optimizer_names())
    hyper = {"lr": 10 ** draw.uniform(-4, -1)}
    for name, default in default_hyperparameters(optimizer).items():
        if name in ("momentum", "alpha", "beta1", "beta2"):
            hyper[name] = draw.choice([default, draw.uniform(0.05, 0.99)])
        elif name == "eps":
            hyper[name] = 10 ** draw.uniform(-10, -3)
        elif name == "weight_decay":
            hyper[name] = draw.choice([0.0, draw.uniform(0, 0.2)])
        elif name == "init":
            hyper[name] = draw.choice(["zero", "gradient"])
        elif name == "bias_correction":
            hyper[name] = draw.choice([True, False])
    surface = draw.choice(surface_names())
    start = [draw.uniform(-2, 2), draw.uniform(-2, 2)]
    method = draw.choice(["manual", "optim"])
    dtype = draw.choice(["float64", "float64", "float32"])
    return (surface, start, optimizer, draw.randint(0, 12), method, dtype), hyper


def test_hundreds_of_random_calls_give_the_same_numbers(twin):
    calls = [random_call(seed) for seed in range(CALLS)]
    names = ("surface", "start", "optimizer", "steps", "method", "dtype")
    in_r = twin.calls(
        "gradpath::descend", [((), dict(zip(names, call, strict=True)) | hyper) for call, hyper in calls]
    )
    equal = total = 0
    for (call, hyper), theirs in zip(calls, in_r, strict=True):
        assert not isinstance(theirs, str), (call, hyper, theirs)
        ours = descend(*call, **hyper)
        assert theirs["status"] == ours.attrs["status"], (call, hyper)
        theirs = ours.assign(**{name: theirs[name] for name in ("x1", "x2", "value")})
        bound = 1e-12 if call[-1] == "float64" else 1e-5
        assert relative_differences(theirs, ours).max(initial=0) <= bound, (call, hyper)
        pair = (t[["x1", "x2", "value"]].to_numpy() for t in (ours, theirs))
        a, b = pair
        equal, total = equal + (a == b).sum(), total + a.size
    assert total > 3000
    assert equal / total > 0.99


def test_rules_agree_to_the_last_bit_on_plain_arrays(twin):
    generator = torch.Generator().manual_seed(7)
    for optimizer in optimizer_names():
        x, g = (torch.randn(5, dtype=torch.float64, generator=generator) for _ in range(2))
        step = gradpath.UPDATE_RULES[optimizer](x, g, {}, weight_decay=0.03)
        there = twin.call(
            "(function(x, g) { t <- function(v) gradpath::torch_tensor(v, dtype = gradpath::torch_float64());"
            f" as.numeric(gradpath::{optimizer}(t(x), t(g), list(), weight_decay = 0.03)$x) }})",
            x.tolist(),
            g.tolist(),
        )
        np.testing.assert_array_equal(there, step.x.numpy())


BAD = [
    ("bowl", (1, 1), "sgd", 3, {}),
    ("beale", (1, float("nan")), "sgd", 3, {}),
    ("beale", (1, 1, 1), "sgd", 3, {}),
    ("beale", (1, 1), "lion", 3, {}),
    ("beale", (1, 1), "sgd", -1, {}),
    ("beale", (1, 1), "sgd", 10**8, {}),
    ("beale", (1, 1), "sgd", 3, {"lr": -0.1}),
    ("beale", (1, 1), "sgd", 3, {"lr": float("inf")}),
    ("beale", (1, 1), "sgd", 3, {"lr": "fast"}),
    ("beale", (1, 1), "sgd", 3, {"momentum": 0.9}),
    ("beale", (1, 1), "adam", 3, {"beta1": 1.0}),
    ("beale", (1, 1), "adam", 3, {"init": "one"}),
    ("beale", (1, 1), "adam", 3, {"bias_correction": 1}),
    ("beale", (1, 1), "sgd", 3, {"method": "hand"}),
    ("beale", (1, 1), "sgd", 3, {"dtype": "float16"}),
    ("beale", (1, 1), "sgd", 3, {"device": "tpu"}),
]


@pytest.mark.parametrize("case", BAD, ids=[f"{c[0]}-{c[2]}-{c[3]}-{c[4]}-{c[1]}" for c in BAD])
def test_both_languages_refuse_with_the_same_line(twin, case):
    surface, start, optimizer, steps, extra = case
    with pytest.raises(gradpath.GradpathError) as refused:
        descend(surface, start, optimizer, steps, **extra)
    assert twin.call("gradpath::descend", surface, start, optimizer, steps, **extra) == str(refused.value)
