"""What a network is to a declaration, and what all of them check before their weights are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from gradpath.declarations import Field
from gradpath.hyperparameters import require
from gradpath.initializations import check_initialization
from gradpath.refusals import refusal
from gradpath.schedules.fields import is_whole

DTYPES = {"float64": torch.float64, "float32": torch.float32}


@dataclass(frozen=True)
class Network:
    """A network, as its file declares it.

    Attributes
    ----------
    make : callable
        Takes the arguments, ``seed`` and ``dtype``; gives a module.
    place : int
        Where it stands in lists.
    fields : dict of str to Field
        The arguments that a declaration may give.
    from_data : dict of str to dict
        What follows from the data, where they are other than those that its defaults are made for.
    """

    make: Callable[..., nn.Module]
    place: int
    fields: Mapping[str, Field]
    from_data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As declarations have it."""
        return self.make.__name__


def whole(where: str, field: str, value: Any, least: int) -> int:
    """Return a whole number, or refuse what is none or is too small."""
    if not is_whole(value, least):
        raise refusal(where, field, value, f"a whole number >= {least}")
    return int(value)


def check_start(where: str, outputs: Any, init: Any, seed: Any, dtype: Any) -> int:
    """Check what all networks check last; then the weights may be drawn, from the seed if there is one."""
    outputs = whole(where, "outputs", outputs, 1)
    check_initialization(where, init)
    require(where, "dtype", dtype)
    if seed is not None:
        require(where, "seed", seed)
        torch.manual_seed(int(seed))
    return outputs
