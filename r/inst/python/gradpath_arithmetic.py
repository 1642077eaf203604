"""Operators and positions for the R engine 'pytorch': the calls that a training step makes many times."""

import contextlib
import ctypes
import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

# Operators as functions, so that R fetches each of them once. Division and remainder of R's %/% and %% truncate,
# as {torch}'s do.
_new_bytes = 0


def _counted(function: Callable[[Any, Any], Tensor]) -> Callable[[Any, Any], Tensor]:
    def counted(a: Any, b: Any) -> Tensor:
        global _new_bytes
        made = function(a, b)
        _new_bytes += made.nbytes
        return made

    return counted


def under_pressure() -> bool:
    """Say whether arithmetic made more than 128 MB of tensors since this last said so.

    R does not see how large a tensor is, and would let dead ones pile up; this tells it when to collect them.
    """
    global _new_bytes
    if _new_bytes < 1 << 27:
        return False
    _new_bytes = 0
    return True


def count_bytes(size: int) -> None:
    """Count a tensor that was made elsewhere."""
    global _new_bytes
    _new_bytes += size


def count_outputs(model: nn.Module) -> Callable[[], None]:
    """Count what the layers of a model give, of which R sees nothing; return what ends this."""

    def count(module: nn.Module, given: Any, output: Any) -> None:
        if isinstance(output, Tensor):
            count_bytes(output.nbytes)

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


add, sub, mul, div = map(_counted, (operator.add, operator.sub, operator.mul, operator.truediv))
power = operator.pow
equal, unequal = operator.eq, operator.ne
less, less_equal, greater, greater_equal = operator.lt, operator.le, operator.gt, operator.ge
negative, invert = operator.neg, torch.logical_not
fmod = torch.fmod


def div_whole(a: Any, b: Any) -> Tensor:
    """Divide and drop the fraction: R's %/%, as {torch} has it."""
    return torch.div(a, b, rounding_mode="trunc")


def logical_and(a: Any, b: Any) -> Tensor:
    """Combine truth values: R's &."""
    return torch.logical_and(torch.as_tensor(a), torch.as_tensor(b))


def logical_or(a: Any, b: Any) -> Tensor:
    """Combine truth values: R's |."""
    return torch.logical_or(torch.as_tensor(a), torch.as_tensor(b))


def from_one(x: Tensor) -> Tensor:
    """Turn positions counted from 1 into Python's; negative ones count from the end in both."""
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


def index_select(x: Tensor, dim: int, index: Tensor) -> Tensor:
    """Return the rows, or what else a dimension has, at positions counted from 1."""
    global _new_bytes
    made = x.index_select(dim, from_one(index))
    _new_bytes += made.nbytes
    return made


def counting_from_one(function: Callable[..., Tensor], place: int) -> Callable[..., Tensor]:
    """Return a loss or a layer whose argument at ``place`` has classes or words counted from 1."""

    def counted(*values: Any, **named: Any) -> Tensor:
        if place < len(values):
            return function(*values[:place], from_one(values[place]), *values[place + 1 :], **named)
        name = "target" if "target" in named else "input"
        return function(*values, **named | {name: from_one(named[name])})

    return counted
