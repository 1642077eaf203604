"""descend(): published end points, divergence, devices, refusals."""

from __future__ import annotations

import math

import pytest
import torch

from gradpath import GradpathError, Surface, descend, get_surface, optimizer_names

METHODS = ("manual", "optim")
BOTH = pytest.mark.parametrize("method", ["manual", "optim"])
FIGURES = [
    ({"optimizer": "adagrad", "steps": 7, "lr": 3.7, "eps": 1e-6}, (0.00106989950621102, -0.00260644449389353)),
    (
        {"optimizer": "rmsprop", "steps": 7, "lr": 3, "alpha": 0.9, "eps": 1e-6, "init": "gradient"},
        (0.00126155016051902, -0.0188969124284722),
    ),
    (
        {"optimizer": "adam", "steps": 8, "lr": 3, "beta1": 0.1, "beta2": 0.999, "eps": 0}
        | {"init": "gradient", "bias_correction": False},
        (-0.00066303387975938, -3.01171398955555e-05),
    ),
]


@BOTH
@pytest.mark.parametrize(("call", "end"), FIGURES, ids=["adagrad", "rmsprop", "adam"])
def test_the_figures_paths_end_where_they_were_published(call, end, method):
    path = descend("anisotropic_paraboloid", start=(5.1, 2.3), method=method, **call)
    assert path.x1.iloc[-1] == pytest.approx(end[0], abs=1e-14)
    assert path.x2.iloc[-1] == pytest.approx(end[1], abs=1e-14)


@BOTH
def test_a_table_says_what_made_it(method):
    path = descend("rosenbrock", [-1.5, 2], "adam", 3, method, lr=0.1)
    assert list(path.columns) == ["step", "x1", "x2", "value"]
    assert path.step.tolist() == [0, 1, 2, 3]
    assert path.value.iloc[0] == pytest.approx((-2.5) ** 2 + 100 * (2 - 2.25) ** 2)
    assert path.attrs["hyperparameters"]["beta2"] == 0.999
    assert path.attrs["engine_version"] == str(torch.__version__)
    assert (path.attrs["language"], path.attrs["method"], path.attrs["status"]) == ("python", method, "finished")


@BOTH
def test_divergence_ends_the_table_and_is_said(method):
    path = descend("rosenbrock", (-1.5, 2), "sgd", 100, method, lr=1.0)
    k = int(path.attrs["status"].removeprefix("diverged at step "))
    assert 1 < k < 20
    assert len(path) == k
    assert all(math.isfinite(v) for v in path[["x1", "x2", "value"]].to_numpy().ravel())


def test_a_gradient_that_is_already_infinite_at_the_start_is_a_divergence_at_step_0():
    path = descend(lambda x: (x * 1e308 * 10).sum(), (1, 1), "sgd", 3)
    assert path.attrs["status"] == "diverged at step 0"
    assert len(path) == 0


@BOTH
def test_any_function_is_a_surface(method):
    def bowl(x):
        return (x - 3).pow(2).sum()

    path = descend(bowl, (0, 0), "sgd", 1, method, lr=0.5)
    assert path.x1.tolist() == [0, 3]
    assert path.attrs["surface"] == "bowl"
    assert isinstance(get_surface("beale"), Surface)
    by_name, by_object = (descend(s, (1, 1), "sgd", 2, method) for s in ("beale", get_surface("beale")))
    assert by_name.equals(by_object)


@pytest.mark.parametrize("optimizer", optimizer_names())
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_both_methods_agree_for_every_optimizer(optimizer, dtype):
    a, b = (descend("himmelblau", (-4, -4), optimizer, 60, m, dtype, lr=1e-3, weight_decay=0.01) for m in METHODS)
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    assert (a[["x1", "x2"]] - b[["x1", "x2"]]).abs().to_numpy().max() < tolerance * 5


@BOTH
@pytest.mark.parametrize("init", ["zero", "gradient"])
@pytest.mark.parametrize("bias_correction", [True, False])
def test_a_seeded_state_is_the_rule_with_the_same_start(method, init, bias_correction):
    call = {"lr": 0.3, "init": init, "bias_correction": bias_correction, "weight_decay": 0.1}
    for optimizer in ("adam", "adamw"):
        a, b = (descend("rosenbrock", (-1.5, 2), optimizer, 30, m, **call) for m in METHODS)
        assert (a - b).abs().to_numpy().max() < 1e-11


@BOTH
def test_cuda_gives_the_cpus_path(method):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    for optimizer in optimizer_names():
        cpu, cuda = (descend("beale", (1, 1.5), optimizer, 50, method, device=d) for d in ("cpu", "cuda"))
        assert (cpu - cuda).abs().to_numpy().max() < 1e-12


REFUSED = [
    ({"surface": "bowl"}, "surface: 'bowl' is not accepted; use one of isotropic_paraboloid"),
    ({"start": (1, math.nan)}, "start: [1, nan] is not accepted; use two finite numbers"),
    ({"start": (1, 2, 3)}, "start: [1, 2, 3] is not accepted; use two finite numbers"),
    ({"start": 5}, "start: 5 is not accepted"),
    ({"optimizer": "lion"}, "optimizer: 'lion' is not accepted; use one of sgd, momentum"),
    ({"steps": -1}, "steps: -1 is not accepted; use a whole number from 0 to 1000000"),
    ({"steps": 1.5}, "steps: 1.5 is not accepted"),
    ({"steps": True}, "steps: true is not accepted"),
    ({"method": "hand"}, "method: 'hand' is not accepted; use one of manual, optim"),
    ({"dtype": "float16"}, "dtype: 'float16' is not accepted; use one of float64, float32"),
    ({"device": "tpu"}, "device: 'tpu' is not accepted; use cpu"),
    ({"lr": -0.1}, "lr: -0.1 is not accepted; use a finite number >= 0"),
    ({"lr": "fast"}, "lr: 'fast' is not accepted"),
    ({"lr": math.inf}, "lr: inf is not accepted"),
    ({"momentum": 0.9}, "momentum: 0.9 is not accepted; use a hyperparameter of sgd: lr, weight_decay"),
    ({"optimizer": "adam", "beta1": 1.0}, "beta1: 1 is not accepted; use a number >= 0 and < 1"),
    ({"optimizer": "adam", "init": "one"}, "init: 'one' is not accepted; use one of zero, gradient"),
]


@pytest.mark.parametrize(("change", "line"), REFUSED, ids=[str(c) for c, _ in REFUSED])
def test_bad_input_is_one_line(change, line):
    call = {"surface": "beale", "start": (1, 1), "optimizer": "sgd", "steps": 3} | change
    with pytest.raises(GradpathError) as refused:
        descend(**call)
    assert str(refused.value).startswith(f"descend(): {line}")
    assert "\n" not in str(refused.value)


def test_a_surface_that_returns_no_single_value_is_named():
    with pytest.raises(GradpathError, match=r"surface: returned a tensor of shape \(2,\); return a tensor of one"):
        descend(lambda x: x * 2, (1, 1), "sgd", 1)
    with pytest.raises(GradpathError, match="surface: returned float"):
        descend(lambda x: 1.0, (1, 1), "sgd", 1)
