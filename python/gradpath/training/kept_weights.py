"""The weights of a network as one vector, and those of a training, kept."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def flat_weights(model: nn.Module) -> Tensor:
    """Return a copy of all parameters of a network, end to end.

    Parameters
    ----------
    model : torch.nn.Module

    Returns
    -------
    Tensor
        Shape (n,), on the CPU, in the dtype of the parameters, each in the order of its indices; what a batch norm
        keeps beside its parameters is not among them.

    Examples
    --------
    >>> flat_weights(nn.Linear(2, 1)).shape
    torch.Size([3])
    """
    return torch.cat([parameter.detach().reshape(-1).cpu() for parameter in model.parameters()])


class KeptWeights(list[Tensor]):
    """Vectors of weights in a table's ``attrs``: pandas copies and compares these with every slice of a table."""

    def __eq__(self, other: Any) -> bool:
        return self is other

    __hash__ = None

    def __deepcopy__(self, memo: Any) -> KeptWeights:
        return self
