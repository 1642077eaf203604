"""train_network(): by hand against optim, schedules, clipping, refusals."""

from __future__ import annotations

import inspect
import itertools

import numpy as np
import pytest
import torch
from torch import nn

from gradpath import (
    GradpathError,
    evaluate_network,
    make_optimizer,
    optimizer_names,
    own_optimizer,
    schedule_rates,
    train_network,
)
from gradpath.data.datasets import Data
from gradpath.rules import RULES
from gradpath.training.checks import FUSED


def made_data(n=90, seed=1, dtype=torch.float64, images=False):
    generator = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 3, (n,), generator=generator)
    x = torch.randn(n, 6, generator=generator, dtype=dtype) + y[:, None].to(dtype)
    if images:
        x = torch.randn(n, 2, 6, 6, generator=generator, dtype=dtype) + y[:, None, None, None].to(dtype)
    return Data(x, y, ("a", "b", "c"))


def network(seed=0, dtype=torch.float64, dropout=0.0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Dropout(dropout), nn.Linear(8, 3)).to(dtype)


def images_network(seed=0):
    torch.manual_seed(seed)
    layers = [nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 3)]
    return nn.Sequential(*layers).double()


def train(model=None, data=None, **settings):
    given = {"epochs": 4, "batch_size": 32, "progress": False, "batch_losses": True} | settings
    return train_network(model or network(), "cross_entropy", data or made_data(), **given)


@pytest.mark.parametrize("optimizer", optimizer_names())
@pytest.mark.parametrize("clip", [None, {"norm": 0.05}, {"value": 0.01}], ids=["free", "norm", "value"])
def test_by_hand_equals_optim(optimizer, clip):
    settings = {"optimizer": optimizer, "lr": 0.05, "weight_decay": 0.02, "clip": clip}
    models = {method: network() for method in ("manual", "optim")}
    tables = {method: train(model, method=method, **settings) for method, model in models.items()}
    by_hand, by_optim = (np.array(tables[m].attrs["batch_losses"]) for m in models)
    np.testing.assert_allclose(by_hand, by_optim, rtol=1e-12)
    for p, q in zip(*(m.parameters() for m in models.values()), strict=True):
        # The root is not rounded correctly by every build of the library on every processor: RMSProp shows it most.
        torch.testing.assert_close(p, q, rtol=1e-10, atol=1e-12)


def test_clipping_changes_the_path():
    free, clipped = (train(optimizer="sgd", lr=0.5, clip=clip) for clip in (None, {"norm": 0.05}))
    assert free["train_loss"].iloc[-1] < clipped["train_loss"].iloc[-1]


def test_images_train_by_hand_and_by_optim():
    data = made_data(images=True)
    tables = [train(images_network(), data, method=m, optimizer="momentum", lr=0.05) for m in ("manual", "optim")]
    np.testing.assert_allclose(*(t.attrs["batch_losses"] for t in tables), rtol=1e-10)
    assert tables[0]["train_accuracy"].iloc[-1] > 0.6


def test_the_loop_is_the_one_that_a_reader_would_write():
    # A bare loop beside it: the same order, the same updates, the same losses to the last bit.
    data, ours, theirs = made_data(), network(), network()
    table = train(ours, data, optimizer="adam", lr=0.01, seed=5)
    torch.manual_seed(5)
    opt = torch.optim.Adam(theirs.parameters(), lr=0.01)
    losses = []
    for _ in range(4):
        for index in torch.randperm(90).split(32):
            opt.zero_grad()
            loss = nn.functional.cross_entropy(theirs(data.x[index]), data.y[index])
            loss.backward()
            opt.step()
            losses.append(loss.item())
    assert table.attrs["batch_losses"] == losses


def test_means_are_weighted_by_sample():
    # 90 samples in batches of 32: the last batch has 26, and counts for less.
    table = train(epochs=1, optimizer="sgd", lr=0.1)
    assert table["train_loss"].item() == pytest.approx(
        np.average(table.attrs["batch_losses"], weights=[32, 32, 26]), abs=1e-15
    )
    data, model = made_data(), network()
    whole = evaluate_network(model, "cross_entropy", data)
    parts = evaluate_network(model, "cross_entropy", data, batch_size=32)
    assert parts["loss"] == pytest.approx(whole["loss"], rel=1e-12)
    assert parts["accuracy"] == pytest.approx(whole["accuracy"], rel=1e-12)
    right = (model(data.x).argmax(1) == data.y).double().mean().item()
    assert whole["accuracy"] == pytest.approx(right, rel=1e-12)


def test_the_columns_stand_in_order():
    part = made_data(30, seed=2)
    table = train(validation=part, test=part, epochs=2)
    assert list(table.columns) == [
        *("epoch", "seconds", "lr", "train_loss", "train_accuracy"),
        *("validation_loss", "validation_accuracy", "test_loss", "test_accuracy"),
    ]
    assert table["epoch"].tolist() == [1, 2]
    assert table["validation_loss"].tolist() == table["test_loss"].tolist()


def test_adamw_is_the_default():
    table = train(epochs=1)
    assert table.attrs["optimizer"] == "adamw"
    assert table.attrs["batch_losses"] == train(epochs=1, optimizer="adamw").attrs["batch_losses"]


@pytest.mark.parametrize("method", ["manual", "optim"])
@pytest.mark.parametrize("every", ["epoch", "batch"])
def test_the_rate_follows_the_schedule(method, every):
    schedule = {"name": "cosine_periodic", "half_period": 3, "lr_min": 0.01}
    table = train(method=method, optimizer="sgd", lr=0.4, schedule=schedule, schedule_every=every)
    rates = schedule_rates(schedule, 0.4, 12)
    assert table["lr"].tolist() == pytest.approx(rates[:4] if every == "epoch" else rates[::3], rel=1e-12)


@pytest.mark.parametrize("method", ["manual", "optim"])
def test_a_function_gives_the_rate(method):
    table = train(method=method, optimizer="sgd", lr=0.4, schedule=lambda t: 0.1 / (t + 1), epochs=3)
    assert table["lr"].tolist() == pytest.approx([0.1, 0.05, 0.1 / 3], rel=1e-12)


@pytest.mark.parametrize("method", ["manual", "optim"])
def test_a_plateau_watches_the_validation_data(method):
    schedule = {"name": "plateau", "patience": 0, "factor": 0.5, "threshold": 10.0, "threshold_mode": "abs"}
    part = made_data(30, seed=2)
    table = train(method=method, optimizer="sgd", lr=0.4, schedule=schedule, validation=part)
    # Nothing is better than the first epoch by 10, so the rate halves after each later one.
    assert table["lr"].tolist() == [0.4, 0.4, 0.2, 0.1]
    watching = train(
        method=method,
        optimizer="sgd",
        lr=0.4,
        schedule=schedule | {"mode": "max"},
        validation=part,
        watch="validation_accuracy",
    )
    assert watching["lr"].tolist() == [0.4, 0.4, 0.2, 0.1]


def test_scores_are_functions_of_the_readers_own():
    table = train(scores={"share_of_a": lambda outputs, y: (y == 0).double().mean(), "one": lambda o, y: 1.0})
    assert table["train_share_of_a"].tolist() == pytest.approx([(made_data().y == 0).double().mean().item()] * 4)
    assert table["train_one"].tolist() == [1.0] * 4


def test_an_error_in_a_score_ends_the_run():
    def broken(outputs, y):
        raise ZeroDivisionError("of the score's own")

    with pytest.raises(GradpathError, match="scores: broken: your function failed: ZeroDivisionError: of the"):
        train(scores={"broken": broken})


def test_divergence_ends_the_table():
    table = train(optimizer="sgd", lr=1e308, epochs=5)
    assert table.attrs["status"].startswith("diverged in epoch 1, batch ")
    assert len(table) == 0
    assert train(epochs=1).attrs["status"] == "finished"


def test_the_optimizer_is_made_after_the_model_has_moved():
    class Moved(nn.Sequential):
        def to(self, *args, **kwargs):
            for layer in self:
                if isinstance(layer, nn.Linear):
                    layer.weight = nn.Parameter(layer.weight.detach().clone())
            return super().to(*args, **kwargs)

    model = Moved(nn.Linear(6, 3)).double()
    before = model[0].weight.detach().clone()
    train(model)
    assert not torch.equal(model[0].weight, before)


def test_the_callers_random_numbers_are_left_alone():
    torch.manual_seed(9)
    expected = torch.rand(3)
    model = network(dropout=0.5)
    torch.manual_seed(9)
    train(model)
    assert torch.equal(torch.rand(3), expected)


def test_the_seed_decides_order_and_dropout():
    losses = [train(network(dropout=0.5), seed=seed).attrs["batch_losses"] for seed in (3, 3, 4)]
    assert losses[0] == losses[1] != losses[2]


def test_evaluation_leaves_the_mode_as_it_was():
    model = network(dropout=0.5).train()
    first, second = (evaluate_network(model, "cross_entropy", made_data()) for _ in range(2))
    assert first == second
    assert model.training


LINES = {
    "optimizer": ({"optimizer": "lion"}, "train_network(): optimizer: 'lion' is not accepted; use one of sgd,"),
    "lr": ({"lr": -1}, "train_network(): lr: -1 is not accepted; use a finite number >= 0"),
    "epochs": ({"epochs": 0}, "train_network(): epochs: 0 is not accepted; use a whole number >= 1"),
    "batch_size": ({"batch_size": 2.5}, "train_network(): batch_size: 2.5 is not accepted; use a whole number >= 1"),
    "method": ({"method": "hand"}, "train_network(): method: 'hand' is not accepted; use one of manual, optim"),
    "seed": ({"seed": -1}, "train_network(): seed: -1 is not accepted; use a whole number from 0 to 2147483647"),
    "scores": ({"scores": "f1"}, "train_network(): scores: 'f1' is not accepted; use one of accuracy"),
    "score": ({"scores": {"a": 1}}, "train_network(): scores, 'a': 1 is not accepted; use a function"),
    "clip": ({"clip": {"norm": 0}}, "train_network(): clip"),
    "checkpoint": ({"checkpoint": 5}, "train_network(): checkpoint: 5 is not accepted; use the path of a file"),
    "folder": ({"checkpoint": "/"}, "train_network(): checkpoint: '/' is not accepted; use the path of a file"),
    "device": ({"device": "tpu"}, "train_network(): device: 'tpu' is not accepted; use cpu"),
    "every": ({"schedule_every": "hour"}, "train_network(): schedule_every: 'hour' is not accepted; use one of"),
    "watch": (
        {"watch": "test_loss"},
        "train_network(): watch: 'test_loss' is not accepted; use one of validation_loss, validation_accuracy;"
        " what the test data say may not decide anything",
    ),
    "plateau": (
        {"schedule": {"name": "plateau"}, "test": made_data()},
        "train_network(): validation: is missing; a plateau watches validation data, not training or test data",
    ),
    "plateau per batch": (
        {"schedule": {"name": "plateau"}, "validation": made_data(), "schedule_every": "batch"},
        "train_network(): schedule_every: 'batch' is not accepted; use epoch; a plateau goes on once per epoch",
    ),
    "schedule": ({"schedule": {"name": "lunar"}}, "train_network(): schedule: 'lunar' is not accepted; use one of"),
    "validation": (
        {"validation": 3},
        "train_network(): validation: 3 is not accepted; use data with tensors x and y",
    ),
    "dtype": (
        {"test": made_data(dtype=torch.float32)},
        "train_network(): test: is float32 and the model is float64; use the same dtype for both",
    ),
    "lengths": (
        {"test": made_data()._replace(y=torch.zeros(3, dtype=torch.int64))},
        "train_network(): test: has 90 samples and 3 targets; use as many, and at least one",
    ),
    "empty": ({"model": nn.Flatten()}, "train_network(): model: has no parameter to train; use a network with some"),
}


@pytest.mark.parametrize("case", LINES)
def test_bad_input_gets_one_line(case):
    settings, line = LINES[case]
    with pytest.raises(GradpathError) as refused:
        train(**settings)
    assert str(refused.value).startswith(line)
    assert "\n" not in str(refused.value)


def test_a_bad_loss_is_refused():
    with pytest.raises(GradpathError, match=r"loss: 'hinge' is not accepted; use one of cross_entropy, mse, or"):
        train_network(network(), "hinge", made_data())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device is available here")
@pytest.mark.parametrize("method, optimizer", [*itertools.product(["manual", "optim"], ["sgd", "adamw"])])
def test_cuda_gives_the_curve_of_the_cpu(method, optimizer):
    tables = [train(device=device, method=method, optimizer=optimizer, lr=0.01) for device in ("cpu", "cuda")]
    np.testing.assert_allclose(*(t.attrs["batch_losses"] for t in tables), rtol=1e-9)


@pytest.mark.parametrize("method", ["manual", "optim"])
@pytest.mark.parametrize(("every", "updates"), [("epoch", 2), ("batch", 6)])
def test_a_schedule_is_asked_for_the_rates_of_the_updates_and_no_other(method, every, updates):
    rates, asked = [0.1 / (t + 1) for t in range(updates)], []

    def schedule(t):
        asked.append(t)
        return rates[t]

    table = train(method=method, epochs=2, optimizer="sgd", schedule=schedule, schedule_every=every)
    assert table.attrs["status"] == "finished"
    assert sorted(set(asked)) == list(range(updates))
    assert table.lr.tolist() == rates[:: updates // 2]


def test_the_fused_step_is_an_option():
    losses = {fused: train(network(), lr=0.05, fused=fused).attrs["batch_losses"] for fused in (False, True)}
    opt = torch.optim.AdamW(network().parameters())
    assert not opt.param_groups[0]["fused"]
    assert losses[True] != losses[False]
    np.testing.assert_allclose(losses[True], losses[False], rtol=1e-9)
    assert train(lr=0.1, epochs=1).attrs["fused"] is False


def test_the_fused_step_is_that_of_the_library(monkeypatch):
    made = []

    def make(*arguments, **hyperparameters):
        made.append(make_optimizer(*arguments, **hyperparameters))
        return made[-1]

    monkeypatch.setattr(own_optimizer, "make_optimizer", make)
    for optimizer in FUSED:
        for fused in (False, True):
            train(optimizer=optimizer, lr=0.05, epochs=1, fused=fused)
            assert bool(made[-1].param_groups[0]["fused"]) is fused
    known = {name for name, rule in RULES.items() if "fused" in inspect.signature(rule.optim).parameters}
    assert set(FUSED) == known


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"fused": 1}, "1 is not accepted; use true or false"),
        (
            {"fused": True, "method": "manual"},
            f"true is not accepted; use false, or method optim with one of {', '.join(FUSED)}",
        ),
        (
            {"fused": True, "optimizer": "rmsprop"},
            f"true is not accepted; use false, or method optim with one of {', '.join(FUSED)}",
        ),
    ],
)
def test_a_fused_step_is_refused_where_there_is_none(settings, line):
    with pytest.raises(GradpathError) as refused:
        train(**settings)
    assert str(refused.value) == f"train_network(): fused: {line}"
