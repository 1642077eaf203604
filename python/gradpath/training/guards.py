"""The reader's own parts of a training run, called and checked: what they raise is shown as theirs, in one line.

What these functions return is what the reader's own returned, and nothing more.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gradpath.data.datasets import Data
from gradpath.refusals import GradpathError, user_failure

Loss = Callable[[Tensor, Tensor], Tensor]
Score = Callable[[Tensor, Tensor], Any]
Forward = Callable[[Tensor], Tensor]

_FOR_EACH = "let it give one row for each sample"
_A_MEAN = "let it give the mean over the samples, a tensor of one element"


def guard_model(where: str, model: nn.Module) -> Forward:
    """Return a model that is refused where it gives something else than a row for each sample."""

    def forward(x: Tensor) -> Tensor:
        outputs = _call(f"{where}: model", "your model failed", model, x)
        if not isinstance(outputs, Tensor):
            raise GradpathError(f"{where}: model: gave something else than a tensor; {_FOR_EACH}")
        if outputs.dim() == 0 or len(outputs) != len(x):
            raise GradpathError(f"{where}: model: gave {_shape(outputs)} for {len(x)} samples; {_FOR_EACH}")
        if model.training and not outputs.requires_grad:
            raise GradpathError(
                f"{where}: model: gave outputs that autograd cannot follow back to its parameters; detach nothing in"
                " it"
            )
        return outputs

    return forward


def guard_loss(where: str, name: str | None, loss: Loss, model: nn.Module, data: Mapping[str, Data]) -> Loss:
    """Return a loss that is refused where it gives something else than one number, or cannot take what it is given.

    ``name`` is that of one of :data:`gradpath.training.checks.LOSSES`, None for the reader's own.
    """
    largest = {
        part: int(given.y.max()) for part, given in data.items() if name == "cross_entropy" and _classes(given)
    }

    def guarded(outputs: Tensor, targets: Tensor) -> Tensor:
        if name is not None:
            _check_outputs(where, name, outputs, targets, largest)
        value = _call(f"{where}: loss", "your function failed", loss, outputs, targets)
        if not isinstance(value, Tensor):
            raise GradpathError(f"{where}: loss: gave something else than a tensor; {_A_MEAN}")
        if value.numel() != 1:
            raise GradpathError(f"{where}: loss: gave {_shape(value)}; {_A_MEAN}")
        if not value.is_floating_point():
            raise GradpathError(f"{where}: loss: gave a tensor of {_dtype(value)}; let it give a floating dtype")
        if model.training and not value.requires_grad:
            raise GradpathError(
                f"{where}: loss: gave a number that autograd cannot follow back to the outputs; compute it from"
                " them with tensor operations, detaching nothing"
            )
        return value

    return guarded


def leave_gradients(where: str, value: Tensor) -> None:
    """Leave the gradients of a batch's loss at the parameters, as the library's optimizers look for them.

    Raises
    ------
    GradpathError
        If autograd stops in the model or the loss.
    """
    try:
        value.backward()
    except Exception as error:
        what = "autograd cannot differentiate your model and your loss"
        raise user_failure(f"{where}: model", error, what) from error


def guard_score(where: str, name: str, score: Score) -> Score:
    """Return a score that is refused where it gives something else than one number."""

    def guarded(outputs: Tensor, targets: Tensor) -> Any:
        value = _call(f"{where}: scores: {name}", "your function failed", score, outputs, targets)
        alone = isinstance(value, Tensor) and value.numel() == 1 and not value.is_complex()
        if not alone and not isinstance(value, bool | int | float | np.bool_ | np.integer | np.floating):
            raise GradpathError(
                f"{where}: scores: {name}: gave something else than one number; return a tensor of one element"
            )
        return value

    return guarded


def check_two(where: str, field: str, function: Callable[..., Any]) -> None:
    """Refuse a function that cannot be called with outputs and targets."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        # Functions written in C do not always say what they take.
        return
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    takes_any = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    if len(required) > 2 or (len(positional) < 2 and not takes_any):
        count = len(required) if len(required) > 2 else len(positional)
        raise GradpathError(
            f"{where}: {field}: a function of {count} arguments is not accepted; use one of two, outputs and targets"
        )


def check_targets(where: str, name: str | None, part: str, data: Data) -> None:
    """Refuse targets that a loss of the library does not take; ``name`` as for :func:`guard_loss`."""
    y = data.y
    if name == "cross_entropy":
        shares = y.is_floating_point() and y.dim() == 2
        if not shares and not _classes(data):
            raise GradpathError(
                f"{where}: {part}: has targets of {_dtype(y)}, {_shape(y)}; cross_entropy takes int64 classes, one"
                " for each sample"
            )
        if not shares and int(y.min()) < 0:
            raise GradpathError(f"{where}: {part}: has a target of class {int(y.min())}; use classes from 0")
    if name == "mse" and y.dtype != data.x.dtype:
        raise GradpathError(
            f"{where}: {part}: has targets of {_dtype(y)} and samples of {_dtype(data.x)}; mse takes one dtype for"
            " both"
        )


def check_finite(where: str, part: str, data: Data) -> None:
    """Refuse samples and targets with numbers that are not finite."""
    for what, tensor in (("samples", data.x), ("targets", data.y)):
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            broken = int((~torch.isfinite(tensor)).reshape(len(tensor), -1).any(1).sum())
            raise GradpathError(
                f"{where}: {part}: has numbers that are not finite in {broken} of {len(tensor)} {what};"
                " use finite numbers"
            )


def _check_outputs(where: str, name: str, outputs: Tensor, targets: Tensor, largest: Mapping[str, int]) -> None:
    if name == "mse" or targets.is_floating_point():
        if outputs.shape != targets.shape:
            raise GradpathError(
                f"{where}: model: gave {_shape(outputs)} for targets of shape {_sizes(targets)}; {name} takes one"
                " shape for both"
            )
        return
    if outputs.dim() != 2:
        raise GradpathError(
            f"{where}: model: gave {_shape(outputs)}; cross_entropy takes a number for each sample and class"
        )
    for part, label in largest.items():
        if label >= outputs.shape[1]:
            raise GradpathError(
                f"{where}: {part}: has a target of class {label}; the model gives numbers for classes from 0 to"
                f" {outputs.shape[1] - 1}"
            )


def _call(where: str, what: str, function: Callable[..., Any], *given: Any) -> Any:
    try:
        return function(*given)
    except GradpathError:
        raise
    except Exception as error:
        raise user_failure(where, error, what) from error


def _classes(data: Data) -> bool:
    return data.y.dtype == torch.int64 and data.y.dim() == 1


def _shape(tensor: Tensor) -> str:
    return f"a tensor of shape {_sizes(tensor)}"


def _sizes(tensor: Tensor) -> str:
    # As Python writes a tuple; R writes the same.
    return str(tuple(tensor.shape))


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
