"""Training by a rule of one's own: the package's formula again, its checkpoints, and rules that look at shapes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gradpath import Data, GradpathError, digits, plot_training, tanh_network, train_network
from tests.own_rules import R_RULES, my_adam, my_momentum, no_rate


def small_data() -> Data:
    made = torch.Generator().manual_seed(1)
    y = torch.randint(0, 3, (90,), generator=made)
    return Data(torch.randn(90, 6, dtype=torch.float64, generator=made) + y.reshape(-1, 1), y, ())


def small_network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3)).double()


def fit(optimizer, method="optim", epochs=4, **settings):
    settings = {"batch_size": 32, "progress": False, "batch_losses": True} | settings
    model = small_network()
    table = train_network(
        model, "cross_entropy", small_data(), epochs=epochs, optimizer=optimizer, method=method, **settings
    )
    return table, [p.tolist() for p in model.parameters()]


SETTINGS = {
    "plain": {"lr": 0.02},
    "clipped": {"lr": 0.02, "clip": {"norm": 0.5}},
    "schedule": {"lr": 0.02, "schedule": {"name": "step", "step_size": 2, "gamma": 0.5}},
    "per batch": {"lr": 0.02, "schedule": {"name": "cosine", "steps": 12}, "schedule_every": "batch"},
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize(("rule", "name"), [(my_adam, "adam"), (my_momentum, "momentum")])
def test_by_hand_the_same_formula_trains_to_the_same_numbers(rule, name, settings):
    ours, weights = fit(rule, "manual", **settings)
    theirs, expected = fit(name, "manual", **settings)
    assert weights == expected
    assert ours.attrs["batch_losses"] == theirs.attrs["batch_losses"]
    assert ours.lr.tolist() == theirs.lr.tolist()


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_by_optim_an_own_rule_just_works(settings):
    ours, _ = fit(my_adam, **settings)
    theirs, _ = fit("adam", **settings)
    assert ours.attrs["batch_losses"] == pytest.approx(theirs.attrs["batch_losses"], rel=1e-9)
    assert ours.attrs["method"] == "optim"
    assert ours.attrs["optimizer"] == "my_adam"
    assert len(ours.attrs["rule_source"]) == 16


def test_digits_are_learned_by_an_own_rule():
    train, test = digits()
    tables = [
        train_network(
            tanh_network(64, (16,), outputs=10, seed=0),
            "cross_entropy",
            train,
            test=test,
            epochs=3,
            optimizer=rule,
            method="manual",
            lr=0.01,
            progress=False,
        )
        for rule in (my_adam, "adam")
    ]
    assert tables[0].drop(columns="seconds").equals(tables[1].drop(columns="seconds"))
    assert tables[0].test_accuracy.iloc[-1] > 0.7


def by_its_norm(x, g, state, lr=0.1):
    """Take a step of length lr for each parameter."""
    length = g.norm()
    return x - g / (length + 1e-12) * lr, {"length": length, "t": state.get("t", 0) + 1, "half": 0.5, "shape": True}


def test_by_either_method_a_rule_sees_each_parameter_by_itself():
    assert fit(by_its_norm, "manual")[1] == fit(by_its_norm, "optim")[1]


@pytest.mark.parametrize("method", ["manual", "optim"])
@pytest.mark.parametrize("rule", [my_adam, my_momentum, by_its_norm, no_rate])
def test_a_run_goes_on_from_its_checkpoint(rule, method, tmp_path):
    rate = {} if rule is no_rate else {"lr": 0.02}
    file = tmp_path / "run.safetensors"
    whole, weights = fit(rule, method, **rate)
    fit(rule, method, epochs=2, checkpoint=file, **rate)
    again, there = fit(rule, method, checkpoint=file, **rate)
    assert there == weights
    assert again.train_loss.tolist() == whole.train_loss.tolist()
    assert again.lr.isna().all() == (rule is no_rate)


def renamed(text: str):
    # Two functions of one name: what differs is their source.
    if text == "one":

        def rule(x, g, state, lr=0.1):
            return x - g * lr, state
    else:

        def rule(x, g, state, lr=0.1):
            return x - g * (lr * 1.0), state

    return rule


def test_a_checkpoint_of_another_rule_of_that_name_is_one_of_other_settings(tmp_path):
    file = tmp_path / "run.safetensors"
    fit(renamed("one"), epochs=1, checkpoint=file)
    fit(renamed("one"), epochs=2, checkpoint=file)
    with pytest.raises(
        GradpathError, match=r"was made with rule_source '\w{16}', this run has '\w{16}'; use the same"
    ):
        fit(renamed("two"), epochs=3, checkpoint=file)


def test_what_a_checkpoint_cannot_hold_is_refused(tmp_path):
    def remembering(x, g, state, lr=0.1):
        return x - g * lr, {"all": [*state.get("all", []), 1]}

    fit(remembering, epochs=1)
    for method in ("manual", "optim"):
        with pytest.raises(GradpathError) as refused:
            fit(remembering, method, epochs=1, checkpoint=tmp_path / "run.safetensors")
        assert str(refused.value) == (
            "train_network(): optimizer: remembering keeps 'all', neither a tensor nor a number, in its state; a"
            " checkpoint holds only those"
        )
        assert not (tmp_path / "run.safetensors").exists()


@pytest.mark.parametrize("method", ["manual", "optim"])
def test_the_batch_in_which_a_rule_fails_is_named_by_its_step(method):
    def bad(x, g, state, lr=0.1):
        assert state.get("t", 0) < 4, "tired"
        return x - g * lr, {"t": state.get("t", 0) + 1}

    with pytest.raises(GradpathError, match=r"^train_network\(\): optimizer: bad, step 5: your function failed: Ass"):
        fit(bad, method)


def test_what_goes_with_the_librarys_objects_only_is_refused():
    with pytest.raises(GradpathError, match=r"fused: true is not accepted; use false, or method optim with one of"):
        fit(my_adam, fused=True)

    def adam(x, g, state, lr=0.1):
        return x - g * lr, state

    with pytest.raises(GradpathError, match=r"fused: true is not accepted"):
        fit(adam, fused=True)


def test_a_training_by_a_rule_without_a_rate_is_drawn():
    import matplotlib

    matplotlib.use("Agg")
    assert plot_training([fit(no_rate)[0], fit(my_adam)[0]]).axes


def test_r_trains_to_the_same_numbers(r):
    said = r.run(
        "library(gradpath); " + R_RULES + "d <- digits()\n"
        "fit <- function(rule) train_network(tanh_network(64, 16, outputs = 10, seed = 0), 'cross_entropy',\n"
        "  d$train, epochs = 2, optimizer = rule, method = 'manual', lr = 0.01, progress = FALSE)\n"
        "ours <- fit(my_adam)\n"
        "stopifnot(identical(ours$train_loss, fit('adam')$train_loss))\n"
        "cat(sprintf('%.17g', ours$train_loss))",
        quiet=True,
    )
    train, _ = digits()
    model = tanh_network(64, (16,), outputs=10, seed=0)
    table = train_network(
        model, "cross_entropy", train, epochs=2, optimizer=my_adam, method="manual", lr=0.01, progress=False
    )
    assert [float(number) for number in said.split()] == pytest.approx(table.train_loss.tolist(), rel=1e-5)
