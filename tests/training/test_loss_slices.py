"""Slices through a network's loss: where they lie, what they say, and a training laid onto them."""

from __future__ import annotations

import copy
from functools import cache

import pandas as pd
import pytest
import torch
from torch import Tensor, nn

from gradpath import (
    GradpathError,
    descend,
    digits,
    evaluate_network,
    flat_weights,
    loss_slice,
    plot_paths,
    project_path,
    tanh_network,
    train_network,
)
from gradpath.data.datasets import Data
from gradpath.workshop.r_process import R


def data() -> Data:
    train = digits(dtype="float64").train
    return Data(train.x[:200], train.y[:200], train.classes)


def network() -> nn.Sequential:
    return tanh_network(64, (8,), seed=0, dtype="float64")


@cache
def trained() -> tuple[nn.Sequential, list[Tensor], pd.DataFrame]:
    model = network()
    table = train_network(
        model, "cross_entropy", data(), epochs=6, optimizer="adam", lr=0.02, batch_size=50, keep_weights=True
    )
    return model, table.attrs["weights"], table


def principal():
    model, weights, _ = trained()
    return loss_slice(model, "cross_entropy", data(), "principal", weights)


def with_weights(weights: Tensor) -> nn.Module:
    model = network()
    nn.utils.vector_to_parameters(weights, model.parameters())
    return model


def loss_with(weights: Tensor) -> float:
    return evaluate_network(with_weights(weights), "cross_entropy", data())["loss"]


def test_weights_are_kept_before_the_first_epoch_and_after_each():
    model, weights, table = trained()
    assert len(weights) == len(table) + 1
    assert torch.equal(weights[0], flat_weights(network()))
    assert torch.equal(weights[-1], flat_weights(model))
    plain = train_network(network(), "cross_entropy", data(), epochs=6, optimizer="adam", lr=0.02, batch_size=50)
    assert plain["train_loss"].equals(table["train_loss"])
    assert "weights" not in plain.attrs
    # pandas copies and compares what is in attrs.
    assert table.head(2).attrs["weights"] is weights
    assert len(pd.concat([table, table])) == 12


def test_a_run_that_goes_on_from_its_checkpoint_has_the_weights_of_the_whole(tmp_path):
    def run(epochs: int) -> list[Tensor]:
        table = train_network(
            network(), "cross_entropy", data(), epochs=epochs, checkpoint=tmp_path / "run.safetensors",
            keep_weights=True, batch_size=50, optimizer="adam", lr=0.02,
        )  # fmt: skip
        return table.attrs["weights"]

    run(2)
    assert all(torch.equal(a, b) for a, b in zip(run(6), trained()[1], strict=True))


@pytest.mark.parametrize("kind", ["random", "principal"])
def test_the_value_is_the_networks_loss_at_those_weights(kind):
    model, weights, _ = trained()
    before = copy.deepcopy(model.state_dict())
    plane = loss_slice(model, "cross_entropy", data(), kind, weights if kind == "principal" else None)
    points = torch.tensor([[0.0, 0.0], [0.3, -0.7], [-1.0, 0.2]], dtype=torch.float64)
    for point, value in zip(points, plane(points), strict=True):
        assert value.item() == pytest.approx(loss_with(plane.centre + point @ plane.directions), rel=1e-12)
    assert all(torch.equal(before[name], now) for name, now in model.state_dict().items())
    assert model.training


def test_batches_change_nothing_but_rounding():
    model = trained()[0]
    whole, parts = (loss_slice(model, "cross_entropy", data(), batch_size=size) for size in (1000, 30))
    point = torch.tensor([0.5, 0.5], dtype=torch.float64)
    assert parts(point).item() == pytest.approx(whole(point).item(), rel=1e-12)


def test_the_gradient_is_that_in_the_two_coefficients():
    x = torch.tensor([0.2, -0.4], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(principal(), (x,))
    path = descend(principal(), (-1.0, 0.5), "sgd", 5, lr=0.3)
    assert path["value"].is_monotonic_decreasing


def test_dropout_is_off_and_batch_norm_keeps_its_averages():
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(64, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 10)
    ).double()
    train_network(model, "cross_entropy", data(), epochs=1)
    plane = loss_slice(model, "cross_entropy", data())
    point = torch.tensor([0.1, 0.1], dtype=torch.float64)
    once = plane(point)
    assert torch.equal(plane(point), once)
    # What happens to the model later does not move the slice.
    train_network(model, "cross_entropy", data(), epochs=1)
    assert torch.equal(plane(point), once)


def test_random_directions_are_normalised_filter_by_filter():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(108, 10)).double()
    plane = loss_slice(model, "cross_entropy", data(), seed=3)
    for direction in plane.directions:
        parts = direction.split([p.numel() for p in model.parameters()])
        for p, part in zip(model.parameters(), parts, strict=True):
            if p.dim() < 2:
                assert not part.any()
            else:
                torch.testing.assert_close(part.reshape(len(p), -1).norm(dim=1), p.reshape(len(p), -1).norm(dim=1))
    again, other = (loss_slice(model, "cross_entropy", data(), seed=seed).directions for seed in (3, 4))
    assert torch.equal(again, plane.directions)
    assert not torch.equal(other, plane.directions)


def test_principal_directions_explain_the_most_that_two_can():
    _, weights, _ = trained()
    plane = principal()
    torch.testing.assert_close(plane.directions @ plane.directions.T, torch.eye(2, dtype=torch.float64))
    moved = torch.stack(weights) - torch.stack(weights).mean(0)
    along = (moved @ plane.directions.T).square().sum(0) / moved.square().sum()
    assert plane.explained == pytest.approx(along.tolist())
    drawn = torch.linalg.qr(torch.randn(moved.shape[1], 2, generator=torch.Generator().manual_seed(1)).double())[0]
    assert sum(plane.explained) > 10 * ((moved @ drawn).square().sum() / moved.square().sum()).item()


def test_a_training_is_laid_onto_the_plane_at_the_nearest_points():
    _, weights, _ = trained()
    plane = principal()
    path = project_path(plane, weights)
    for row, own in zip(path.itertuples(), weights, strict=True):
        shadow = plane.centre + row.x1 * plane.directions[0] + row.x2 * plane.directions[1]
        left = (own - shadow).double()
        assert (plane.directions @ left).abs().max() < 1e-9
        assert row.value == pytest.approx(loss_with(shadow))
        assert row.loss == pytest.approx(loss_with(own))
        if row.step < len(weights) - 1:
            assert row.on_plane == pytest.approx(1 - (left.norm() / (own - plane.centre).norm()).item() ** 2)
    assert path.iloc[-1][["x1", "x2"]].abs().max() < 1e-12
    assert 0.9 < path.attrs["on_plane"] <= 1
    left, right, bottom, top = plane.window
    assert path["x1"].between(left, right).all()
    assert path["x2"].between(bottom, top).all()


def test_a_random_plane_sees_next_to_nothing_of_a_training():
    model, weights, _ = trained()
    path = project_path(loss_slice(model, "cross_entropy", data(), seed=1), weights)
    assert path.attrs["on_plane"] < 0.05


def test_the_picture_is_drawn_from_fewer_points():
    plane = loss_slice(trained()[0], "cross_entropy", Data(data().x[:20], data().y[:20], ()))
    calls = []
    counted = plane.__class__(**{**vars(plane), "formula_of": lambda a, b: (calls.append(a.numel()), a * b)[1]})
    plot_paths(project_path(plane, trained()[1]), counted)
    assert calls == [41 * 41]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"directions": "best"}, "directions: 'best' is not accepted; use one of random, principal"),
        ({"directions": "principal"}, "weights: null is not accepted; use a list of at least 3 vectors"),
        ({"directions": "principal", "weights": [torch.ones(3)] * 3}, r"weights: number 1 is a tensor"),
        ({"directions": "principal", "weights": [torch.ones(610)] * 3}, "weights: lie on one line"),
        ({"directions": "principal", "weights": [torch.ones(610) / 0] * 3}, "weights: number 1 has numbers that"),
        ({"weights": [torch.ones(610)] * 3}, "weights: are for principal directions; leave them out"),
        ({"seed": -1}, "seed: -1 is not accepted"),
        ({"window": (0, 1)}, r"window: \[0, 1\] is not accepted; use four finite numbers"),
        ({"loss": "hinge"}, "loss: 'hinge' is not accepted; use one of cross_entropy, mse"),
        ({"model": 3}, "model: 3 is not accepted; use a module"),
        ({"data": 3}, "data: 3 is not accepted"),
        ({"loss": lambda outputs, y: outputs}, "loss: gave a tensor of shape"),
        ({"batch_size": 0}, "batch_size: 0 is not accepted"),
        ({"device": "cuda:99"}, "device: 'cuda:99' is not accepted"),
    ],
)  # fmt: skip
def test_what_makes_no_slice_is_refused_in_one_line(change, said):
    with pytest.raises(GradpathError, match=rf"^loss_slice\(\): {said}"):
        loss_slice(**({"model": network(), "loss": "cross_entropy", "data": data()} | change))


def test_what_cannot_be_laid_onto_a_slice_is_refused():
    with pytest.raises(GradpathError, match=r"^project_path\(\): slice: 'saddle' is not accepted; use a slice, as"):
        project_path("saddle", trained()[1])
    with pytest.raises(
        GradpathError, match=r"^project_path\(\): weights: 0 is not accepted; use a list of at least 1"
    ):
        project_path(principal(), [])
    with pytest.raises(
        GradpathError, match=r"^train_network\(\): keep_weights: 1 is not accepted; use true or false"
    ):
        train_network(network(), "cross_entropy", data(), epochs=1, keep_weights=1)


def test_both_languages_see_the_same_slice_and_path(r: R):
    said = r.run(
        "library(gradpath); d <- digits(dtype = 'float64')$train; d <- list(x = d$x[1:200, ], y = d$y[1:200]);"
        "m <- tanh_network(64, 8, seed = 0, dtype = 'float64');"
        "t <- train_network(m, 'cross_entropy', d, epochs = 6, optimizer = 'adam', lr = 0.02, batch_size = 50,"
        " keep_weights = TRUE, progress = FALSE); w <- attr(t, 'weights');"
        "for (s in list(loss_slice(m, 'cross_entropy', d, 'principal', w),"
        " loss_slice(m, 'cross_entropy', d, seed = 1)))"
        " { p <- project_path(s, w); cat(sprintf('%.17g', c(t(p[c('x1', 'x2', 'value', 'loss')]))), '') }"
    )
    theirs = torch.tensor([float(number) for number in said.split()], dtype=torch.float64).reshape(-1, 4)
    model, weights, _ = trained()
    ours = [
        torch.tensor(project_path(plane, weights)[["x1", "x2", "value", "loss"]].to_numpy())
        for plane in (principal(), loss_slice(model, "cross_entropy", data(), seed=1))
    ]
    torch.testing.assert_close(theirs, torch.cat(ours), rtol=1e-8, atol=1e-10)
