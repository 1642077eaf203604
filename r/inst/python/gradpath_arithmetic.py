"""Operators and positions for the R engine 'pytorch': the calls that a training step makes many times."""

import contextlib
import ctypes
import operator
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

_new_bytes = 0


def _count(made: Any) -> Any:
    global _new_bytes
    if isinstance(made, Tensor):
        _new_bytes += made.nbytes
    return made


def under_pressure() -> bool:
    """Say whether arithmetic made more than 128 MB of tensors since this last said so.

    R does not see how large a tensor is, and would let dead ones pile up; this tells it when to collect them.
    """
    global _new_bytes
    if _new_bytes < 1 << 27:
        return False
    _new_bytes = 0
    return True


def count_outputs(model: nn.Module) -> Callable[[], None]:
    """Count what the layers of a model give, of which R sees nothing; return what ends this."""

    def count(module: nn.Module, given: Any, output: Any) -> None:
        _count(output)

    hooks = [layer.register_forward_hook(count) for layer in model.modules() if not list(layer.children())]

    def end() -> None:
        for hook in hooks:
            hook.remove()

    return end


def keep_freed_memory() -> None:
    """Let the allocator of Linux keep what is freed: tensors die in heaps here, and new ones come at once."""
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for setting in (-1, -3):  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h
            mallopt(setting, 1 << 30)


def _counted(function: Callable[[Any, Any], Tensor]) -> Callable[[Any, Any], Tensor]:
    def counted(a: Any, b: Any) -> Tensor:
        global _new_bytes
        made = function(a, b)
        _new_bytes += made.nbytes
        return made

    return counted


def _of_tensors(function: Callable[[Any, Any], Tensor]) -> Callable[[Any, Any], Tensor]:
    return lambda a, b: function(torch.as_tensor(a), torch.as_tensor(b))


# R's operators by their names there. Division and remainder of R's %/% and %% truncate, as {torch}'s do.
OPERATORS = SimpleNamespace(**{
    "+": _counted(operator.add), "-": _counted(operator.sub), "*": _counted(operator.mul),
    "/": _counted(operator.truediv), "^": operator.pow, "%%": torch.fmod,
    "%/%": lambda a, b: torch.div(a, b, rounding_mode="trunc"), "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "!": torch.logical_not,
    "&": _of_tensors(torch.logical_and), "|": _of_tensors(torch.logical_or), "negative": operator.neg,
})  # fmt: skip


def from_one(value: Any) -> Any:
    """Turn positions counted from 1 into Python's; negative ones count from the end in both."""
    if isinstance(value, list):
        return [from_one(place) for place in value]
    if isinstance(value, Tensor):
        return _tensor_from_one(value)
    if value == 0:
        raise IndexError("Indexing starts at 1 but found a 0.")
    return int(value) - (value > 0)


def _tensor_from_one(x: Tensor) -> Tensor:
    if x.is_floating_point() or x.dtype == torch.bool:
        return x
    if x.is_cuda:
        # To look for a 0 would make R wait for the GPU; as -1 it is out of range for a class or a row.
        return x - (x >= 0).to(x.dtype)
    if x.numel() and x.min() > 0:
        return x - 1
    if bool((x == 0).any()):
        raise IndexError("Indexing starts at 1 but found a 0.")
    return x - (x > 0).to(x.dtype)


def index_select(self: Tensor, dim: int, index: Any) -> Tensor:
    """Return the rows, or what else a dimension has, at positions counted from 1."""
    index = torch.as_tensor(index).to(device=self.device) if not isinstance(index, Tensor) else index
    index = index.to(dtype=torch.int64) if index.is_floating_point() else index
    return _count(self.index_select(from_one(dim), from_one(index).reshape(-1)))
