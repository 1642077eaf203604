"""loss_slice(): a plane through the loss of a network, as a surface; project_path(): a training laid onto it.

What such a picture hides. A network has thousands of weights and the plane has two coefficients, so almost every
direction is left out: a valley on the plane may be a ridge beside it, and the other way round. A training does not
happen on the plane: its points are shadows of the real weights (:func:`project_path` says how much of their distance
lies on the plane), its steps followed the gradient of all weights and of one batch, and the loss at a shadow is not
the loss at the weights. Random directions see next to nothing of a training (Li et al., section 7); principal
directions are chosen to show as much of this one as two can, and say little about other directions.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn
from torch.func import functional_call

from gradpath.data.datasets import Data
from gradpath.devices import as_device
from gradpath.hyperparameters import require
from gradpath.refusals import GradpathError, is_one_of, one_of, refusal
from gradpath.surfaces.own_surface import check_window, window_around
from gradpath.surfaces.surface import Surface
from gradpath.training.checks import LOSSES, Loss, check_evaluation, check_model
from gradpath.training.evaluation import as_batch, measure
from gradpath.training.kept_weights import flat_weights

DIRECTIONS = ("random", "principal")
# How many points a picture of a slice has on each side: each is a pass over all data.
SLICE_GRID = 41
# How much of what a training reaches on its principal plane is left free on each side.
SLICE_MARGIN = 0.25


@dataclass(frozen=True)
class LossSlice(Surface):
    """A plane through the loss of a network: ``centre + x1 * directions[0] + x2 * directions[1]``.

    Attributes
    ----------
    centre : Tensor
        Shape (n,), float64: all parameters end to end, where x1 and x2 are 0.
    directions : Tensor
        Shape (2, n), float64.
    loss_of : callable
        Takes any weights, a vector of shape (n,), gives the loss there.
    explained : tuple of float, optional
        For principal directions: how much of the variance of the training's weights lies along each, as shares.
    grid : int
        How many points a picture takes on each side.
    """

    centre: Tensor = field(default_factory=lambda: torch.zeros(0))
    directions: Tensor = field(default_factory=lambda: torch.zeros(2, 0))
    loss_of: Callable[[Tensor], Tensor] = torch.sum
    explained: tuple[float, float] | None = None
    grid: int = SLICE_GRID


def loss_slice(
    model: nn.Module,
    loss: str | Loss,
    data: Data,
    directions: str = "random",
    weights: Sequence[Tensor] | None = None,
    seed: int = 0,
    window: Sequence[float] | None = None,
    batch_size: int = 1000,
    device: str = "cpu",
) -> LossSlice:
    """Return a slice through the loss of a network: a surface whose two coordinates move all of its weights.

    The plane goes through the model's weights as they are now, at (0, 0). The loss is that over all of ``data``, in
    evaluation mode: dropout is off, and batch norm keeps the averages that the model has now, also where the weights
    are others. Pictures of it, and what they hide: see the top of this file.

    Parameters
    ----------
    model, loss, data
        As :func:`gradpath.train_network` takes them. The model is copied; a few thousand samples make a picture in
        seconds.
    directions : {"random", "principal"}
        Two normal directions, *filter-normalised*: the part of a direction that belongs to one unit of a layer, or to
        one filter of a convolution, is as long as the weights there, and biases and batch norm stay (Li et al.,
        section 4). Or the two *principal* directions of a training's weights, orthogonal and of length 1 (section 7).
    weights : list of Tensor, optional
        For principal directions: a training's weights, at least three, each a vector of all parameters, as
        ``train_network(..., keep_weights=True)`` keeps them in ``attrs["weights"]`` and :func:`flat_weights` gives
        them.
    seed : int
        Of the random directions; the same directions in both languages.
    window : (x1 from, x1 to, x2 from, x2 to), optional
        For drawing. If left out: from -1 to 1 in both random directions; what the training reaches in principal ones.
    batch_size : int
        How many samples go through the network at once where no gradient is asked for.
    device : str
        ``"cpu"``, ``"cuda"`` or ``"cuda:N"``, where the network computes.

    Returns
    -------
    LossSlice
        A :class:`gradpath.Surface` named ``loss_slice`` with ``centre``, ``directions`` and ``explained`` (the shares
        of the variance of ``weights`` along each principal direction). :func:`gradpath.descend` goes down it too: by
        the gradient in the two coefficients, for which what the network computes of all ``data`` stays in memory.

    Raises
    ------
    GradpathError
        Bad input; one line.

    References
    ----------
    Li, Xu, Taylor, Studer, Goldstein: Visualizing the Loss Landscape of Neural Nets. NeurIPS 2018.
    """
    where = "loss_slice()"
    check_model(where, model)
    model = copy.deepcopy(model).eval()
    forward, loss_function, _, data = check_evaluation(where, model, loss, data, (), batch_size)
    if not is_one_of(directions, DIRECTIONS):
        raise refusal(where, "directions", directions, one_of(list(DIRECTIONS)))
    require(where, "seed", seed)
    if window is not None:
        window = check_window(where, window)
    place = as_device(where, device)
    centre = flat_weights(model).double()
    explained = None
    if directions == "principal":
        moved = check_weights(where, weights, centre, least=3) - centre
        plane, explained = _principal(where, moved)
        reached = torch.cat([_coefficients(plane, moved), torch.zeros(1, 2, dtype=torch.float64)])
        window = window or window_around(reached.T.tolist(), SLICE_MARGIN)
    else:
        if weights is not None:
            raise GradpathError(f"{where}: weights: are for principal directions; leave them out for random ones")
        plane = _random(model, int(seed))
        if not plane.any():
            raise GradpathError(
                f"{where}: model: has no layer with weights; use one with a linear layer or a convolution"
            )
    model.to(place)
    data = Data(data.x.to(place), data.y.to(place), data.classes)
    # What model and loss do wrong is refused here, at the centre.
    measure(model, forward, loss_function, data, {}, int(batch_size))
    loss_of = _loss_of(model, LOSSES[loss] if isinstance(loss, str) else loss, data, int(batch_size))

    def formula_of(x1: Tensor, x2: Tensor) -> Tensor:
        a, b = (x.reshape(-1, 1).to(centre) for x in torch.broadcast_tensors(x1, x2))
        # One at a time: all weights of all points together may not fit into memory.
        values = [loss_of(centre + p * plane[0] + q * plane[1]) for p, q in zip(a, b, strict=True)]
        return torch.stack(values).to(x1).reshape(torch.broadcast_shapes(x1.shape, x2.shape))

    return LossSlice(
        "loss_slice",
        "",
        formula_of,
        (),
        check_window(where, window or (-1.0, 1.0, -1.0, 1.0)),
        "Li et al. (2018), Visualizing the Loss Landscape of Neural Nets",
        centre=centre,
        directions=plane,
        loss_of=loss_of,
        explained=explained,
    )


def project_path(slice: LossSlice, weights: Sequence[Tensor]) -> pd.DataFrame:
    """Lay the weights of a training onto a slice, each at the nearest point of its plane.

    Parameters
    ----------
    slice : LossSlice
        What :func:`loss_slice` gave.
    weights : list of Tensor
        Vectors of all parameters, as ``attrs["weights"]`` of ``train_network(..., keep_weights=True)`` holds them.

    Returns
    -------
    pandas.DataFrame
        One row per vector, as :func:`gradpath.plot_paths` draws them: ``step`` (int), ``x1``, ``x2``, ``value`` (the
        loss at the shadow on the plane), and beside them ``loss``, that at the weights themselves, and ``on_plane``,
        how much of the squared distance from the centre lies on the plane: 1 for weights on it, near 0 for weights
        of which the picture shows nothing, NaN at the centre. ``attrs`` has surface, explained, and on_plane over all
        rows together.

    Raises
    ------
    GradpathError
        For something else than a slice, or weights of another network; one line.
    """
    where = "project_path()"
    if not isinstance(slice, LossSlice):
        raise refusal(where, "slice", slice, "a slice, as loss_slice() gives it")
    moved = check_weights(where, weights, slice.centre, least=1) - slice.centre
    at = _coefficients(slice.directions, moved)
    shadows = at @ slice.directions
    length, left = moved.square().sum(1), shadows.square().sum(1)
    with torch.no_grad():
        value = slice(at)
        loss = torch.stack([slice.loss_of(slice.centre + own) for own in moved])
    path = pd.DataFrame({"x1": at[:, 0].numpy(), "x2": at[:, 1].numpy(), "value": value.numpy()})
    path.insert(0, "step", range(len(path)))
    path["loss"] = loss.numpy()
    path["on_plane"] = (left / length).numpy()
    path.attrs = {
        "surface": slice.name,
        "explained": slice.explained,
        "on_plane": float(left.sum() / length.sum()),
        "status": "finished",
    }
    return path


def check_weights(where: str, weights: Any, like: Tensor, least: int) -> Tensor:
    """Return weights as one tensor of shape (count, n), float64; refuse those of another network."""
    accepted = (
        f"a list of at least {least} vectors of {len(like)} numbers, as train_network(keep_weights=True) keeps them"
    )
    given = list(weights) if isinstance(weights, list | tuple | Tensor) else None
    if given is None or len(given) < least:
        raise refusal(where, "weights", weights if given is None else len(given), accepted)
    for number, own in enumerate(given, 1):
        if not isinstance(own, Tensor) or own.shape != like.shape:
            got = f"a tensor of shape {tuple(own.shape)}" if isinstance(own, Tensor) else type(own).__name__
            raise GradpathError(f"{where}: weights: number {number} is {got}; use {accepted}")
        if not torch.isfinite(own).all():
            raise GradpathError(f"{where}: weights: number {number} has numbers that are not finite; leave it out")
    return torch.stack([own.detach().double().cpu() for own in given])


def _loss_of(model: nn.Module, loss: Loss, data: Data, batch_size: int) -> Callable[[Tensor], Tensor]:
    names, sizes, shapes, kinds = zip(
        *((name, p.numel(), p.shape, p.dtype) for name, p in model.named_parameters()), strict=True
    )

    def loss_of(weights: Tensor) -> Tensor:
        parts = weights.to(data.x.device).split(sizes)
        own = {
            name: part.reshape(shape).to(kind)
            for name, part, shape, kind in zip(names, parts, shapes, kinds, strict=True)
        }
        total = torch.zeros((), dtype=torch.float64, device=data.x.device)
        for x, y in zip(data.x.split(batch_size), data.y.split(batch_size), strict=True):
            value = loss(functional_call(model, own, (as_batch(x),)), y)
            total = total + value.reshape(()).double() * len(y)
        return (total / len(data.y)).cpu()

    return loss_of


def _random(model: nn.Module, seed: int) -> Tensor:
    # Drawn on the CPU in float64: the same on every device, and in both languages.
    generator = torch.Generator().manual_seed(seed)
    return torch.stack(
        [
            torch.cat([_like_filters(p.detach().double().cpu(), generator) for p in model.parameters()])
            for _ in range(2)
        ]
    )


def _like_filters(weights: Tensor, generator: torch.Generator) -> Tensor:
    drawn = torch.randn(weights.shape, dtype=torch.float64, generator=generator)
    if weights.dim() < 2:
        return torch.zeros(weights.numel(), dtype=torch.float64)
    # One row for each filter, or unit of a linear layer.
    rows, own = drawn.reshape(len(drawn), -1), weights.reshape(len(weights), -1)
    return (rows / rows.norm(dim=1, keepdim=True) * own.norm(dim=1, keepdim=True)).reshape(-1)


def _principal(where: str, moved: Tensor) -> tuple[Tensor, tuple[float, float]]:
    _, lengths, rows = torch.linalg.svd(moved - moved.mean(0), full_matrices=False)
    shares = lengths.square() / lengths.square().sum()
    if not shares[1] > 1e-12:
        raise GradpathError(f"{where}: weights: lie on one line; use those of a training that turns")
    plane = rows[:2]
    # An axis may point either way: let its largest number be positive, so that both languages choose the same.
    largest = plane.gather(1, plane.abs().argmax(1, keepdim=True))
    return plane * largest.sign(), (float(shares[0]), float(shares[1]))


def _coefficients(plane: Tensor, moved: Tensor) -> Tensor:
    # Random directions are not quite orthogonal.
    return torch.linalg.solve(plane @ plane.T, plane @ moved.T).T
