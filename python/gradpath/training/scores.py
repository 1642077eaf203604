"""How well a classifier does, batch by batch."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gradpath.refusals import GradpathError


def accuracy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the share of samples whose largest output is that of their class.

    Parameters
    ----------
    outputs : Tensor
        Shape (batch, classes).
    targets : Tensor
        Shape (batch,), int64; classes count from 0 (in R from 1).

    Returns
    -------
    Tensor
        Shape (), float64, on the device of ``outputs``: nothing waits for a GPU.

    Raises
    ------
    GradpathError
        If the shapes do not belong together.

    Examples
    --------
    >>> accuracy(torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([0, 0])).item()
    0.5
    """
    if outputs.dim() != 2 or targets.shape != outputs.shape[:1]:
        got = f"{list(outputs.shape)} and {list(targets.shape)}"
        raise GradpathError(f"accuracy(): shapes of outputs and targets: {got}; use [batch, classes] and [batch]")
    return (outputs.argmax(1) == targets).to(torch.float64).mean()


# A score by its name: a function of outputs and targets that gives a tensor of one number.
SCORES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"accuracy": accuracy}
