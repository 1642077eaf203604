"""Functions of the reader's own, as descend() calls them: what they give is checked, what they raise named theirs."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from gradpath.refusals import GradpathError, user_failure

Objective = Callable[[Tensor], Tensor]
_WHERE = "descend(): surface"


def value_at(objective: Objective, x: Tensor, differentiable: bool) -> Tensor:
    """Return the value of a surface at a point, checked: one real number that autograd can follow back to the point.

    Raises
    ------
    GradpathError
        If the function raises, changes the point, or gives something else; one line.
    """
    before = x.tolist()
    try:
        value = objective(x)
    except Exception as error:
        raise _changed() if _in_place(error) else user_failure(_WHERE, error) from error
    if x.shape != (2,) or (x.tolist() != before and all(map(math.isfinite, before))):
        raise _changed()
    if not isinstance(value, Tensor) or value.numel() != 1:
        got = f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
        raise GradpathError(f"{_WHERE}: returned {got}; return a tensor of one element")
    if value.layout != torch.strided or not value.is_floating_point() or value.device.type == "meta":
        raise GradpathError(f"{_WHERE}: returned {_kind(value)}; return a dense tensor of one real number")
    if differentiable and not value.requires_grad:
        raise _no_gradient()
    return value.reshape(())


def gradient_at(value: Tensor, x: Tensor) -> Tensor:
    """Return the gradient of a surface's value at a point.

    Raises
    ------
    GradpathError
        If there is none; one line.
    """
    try:
        (g,) = torch.autograd.grad(value, x, allow_unused=True)
    except Exception as error:
        raise user_failure(_WHERE, error, "autograd cannot differentiate your function") from error
    if g is None:
        raise _no_gradient()
    return g if g.layout == torch.strided else g.to_dense()


def leave_gradient(value: Tensor, x: Tensor) -> None:
    """Leave the gradient of a surface's value at the point, as the library's optimizers look for it.

    Raises
    ------
    GradpathError
        If there is none; one line.
    """
    try:
        value.backward()
    except Exception as error:
        raise user_failure(_WHERE, error, "autograd cannot differentiate your function") from error
    if x.grad is None:
        raise _no_gradient()


def _kind(value: Tensor) -> str:
    if value.layout != torch.strided:
        return "a sparse tensor"
    if value.is_complex():
        return "a complex tensor"
    return "a tensor without numbers" if value.device.type == "meta" else "a tensor that is not of floating point"


def _in_place(error: Exception) -> bool:
    # What PyTorch says where the point itself would be changed while autograd watches it.
    return isinstance(error, RuntimeError) and "in-place" in str(error) and "leaf" in str(error)


def _changed() -> GradpathError:
    return GradpathError(f"{_WHERE}: your function changes the point that it is given; let it work on a clone")


def _no_gradient() -> GradpathError:
    return GradpathError(
        f"{_WHERE}: returned a value that does not depend on the point for autograd; compute it from the point with"
        " tensor operations, detaching nothing"
    )
