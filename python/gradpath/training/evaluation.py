"""evaluate_network(): the loss and the scores of a network on some data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from gradpath.data.datasets import Data
from gradpath.devices import as_device
from gradpath.training.checks import Forward, Loss, Score, check_evaluation


@torch.no_grad()
def evaluate_network(
    model: nn.Module,
    loss: str | Loss,
    data: Data,
    scores: str | Sequence[str] | Mapping[str, Score] = ("accuracy",),
    batch_size: int = 1000,
    device: str = "cpu",
) -> dict[str, float]:
    """Return the loss and the scores of a model on some data, in evaluation mode, without gradients.

    Parameters
    ----------
    model, loss, data, scores, device
        As :func:`gradpath.train_network` takes them.
    batch_size : int
        How many samples go through the network at once. Means are weighted by sample, so it changes the result by
        rounding at most.

    Returns
    -------
    dict of str to float
        ``loss``, then the scores.

    Raises
    ------
    GradpathError
        Bad input; one line.
    """
    place = "evaluate_network()"
    forward, loss_function, score_functions, data = check_evaluation(place, model, loss, data, scores, batch_size)
    where = as_device(place, device)
    data = Data(data.x.to(where), data.y.to(where), data.classes)
    return measure(model.to(where), forward, loss_function, data, score_functions, int(batch_size))


@torch.no_grad()
def measure(
    model: nn.Module,
    forward: Forward,
    loss_function: Loss,
    data: Data,
    scores: Mapping[str, Score],
    batch_size: int = 1000,
) -> dict[str, float]:
    """Return loss and scores of what was checked, on the device of the data."""
    training = model.training
    model.eval()
    try:
        sums = Means(scores)
        for bx, by in zip(data.x.split(batch_size), data.y.split(batch_size), strict=True):
            outputs = forward(as_batch(bx))
            sums.add(loss_function(outputs, by), outputs, by)
        return sums.means()[0]
    finally:
        model.train(training)


class Means:
    """Means over batches, weighted by their samples.

    What the batches give stays on the device until :meth:`means` is called: asking for one number would wait for it.
    """

    def __init__(self, scores: Mapping[str, Score]) -> None:
        self._scores, self._counts = scores, []  # type: ignore[var-annotated]
        self._values: dict[str, list[Any]] = {name: [] for name in ("loss", *scores)}

    def add(self, loss: Tensor, outputs: Tensor, targets: Tensor) -> None:
        """Add a batch."""
        self._counts.append(len(targets))
        self._values["loss"].append(loss.detach())
        for name, score in self._scores.items():
            self._values[name].append(score(outputs.detach(), targets))

    def means(self) -> tuple[dict[str, float], Tensor]:
        """Return the means by name, and the losses of the batches in float64."""
        counts = torch.tensor(self._counts, dtype=torch.float64)
        columns = {
            name: torch.stack([torch.as_tensor(v).reshape(()) for v in values]).double().cpu()
            for name, values in self._values.items()
        }
        means = {name: float((column * counts).sum() / counts.sum()) for name, column in columns.items()}
        return means, columns["loss"]


def as_batch(x: Tensor) -> Tensor:
    """Lay a batch out for the network: images with the channels of a pixel side by side, which is faster."""
    return x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 else x
