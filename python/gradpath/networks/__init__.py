"""The networks that the lessons train: one file per network."""

from __future__ import annotations

from torch import nn

from gradpath.found import found_in
from gradpath.networks.network import Network

NETWORKS = {n.name: n for n in sorted(found_in(__name__, Network), key=lambda n: n.place)}


def count_parameters(model: nn.Module) -> int:
    """Return how many numbers a network learns.

    Parameters
    ----------
    model : torch.nn.Module
    """
    return sum(parameter.numel() for parameter in model.parameters())
