"""What the R engine 'pytorch' does in one call where a training step would take a dozen: batches, files, warnings."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable
from typing import Any

import gradpath_arithmetic
import torch
from gradpath_arithmetic import from_one
from torch import Tensor, nn


class BatchTrainer:
    """Trains on batches with cross entropy and, if ``scored``, measures accuracy; classes count from 1 in ``y``."""

    def __init__(self, model: nn.Module, x: Tensor, y: Tensor, scored: bool) -> None:
        self._model, self._x, self._y = model, x, from_one(y)
        self._scored, self._images = scored, x.dim() == 4
        self._losses: list[Tensor] = []
        self._scores: list[Tensor] = []

    def train(self, index: Tensor) -> None:
        """Compute the gradients of the batch at these positions, counted from 1."""
        rows = index - 1
        x, y = self._x.index_select(0, rows), self._y.index_select(0, rows)
        if self._images:
            x = x.contiguous(memory_format=torch.channels_last)
        outputs = self._model(x)
        loss = nn.functional.cross_entropy(outputs, y)
        self._model.zero_grad()
        loss.backward()
        self._losses.append(loss.detach())
        if self._scored:
            self._scores.append((outputs.detach().argmax(1) == y).to(torch.float64).mean())

    def last_loss(self) -> Tensor:
        """Return the loss of the last batch."""
        return self._losses[-1]

    def measured(self) -> list[Tensor]:
        """Return what was measured since this was last asked, one tensor per measure."""
        columns = [torch.stack(values) for values in (self._losses, self._scores) if values]
        self._losses, self._scores = [], []
        return columns


class EndToEnd:
    """Parameters as one tensor: their values, their gradients, and the way back.

    R's update rule on it is a list of operations that R wrote down. A step has a name and the places of its operands:
    the values are 1, the gradient 2, the parts of the rule's state follow, then what the steps make; numbers count
    backwards from -1; 0 is no operand.
    """

    def __init__(self, parameters: list[Tensor]) -> None:
        self._parameters = parameters
        self._sizes = [p.numel() for p in parameters]
        self._held: list[Tensor] = []
        self._steps: list[tuple[Callable[..., Tensor], int, int]] = []
        self._wanted: list[int] = []
        self._x = self.values()

    def values(self) -> Tensor:
        """Return a copy of the values."""
        return torch.cat([p.detach().reshape(-1) for p in self._parameters])

    def backward(self, loss: Tensor) -> None:
        """Compute new gradients."""
        for p in self._parameters:
            p.grad = None
        loss.backward()

    def gradient(self) -> Tensor:
        """Return a copy of the gradients; where there is none, zeros."""
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in self._parameters]
        return torch.cat([g.reshape(-1) for g in gradients])

    def held(self) -> list[Tensor]:
        """Return the tensors of the rule's state."""
        return self._held

    def take(self, x: Tensor, held: list[Tensor]) -> None:
        """Take over new values and a new state."""
        self._x, self._held = x, held
        with torch.no_grad():
            for p, new in zip(self._parameters, x.split(self._sizes), strict=True):
                p.copy_(new.view(p.shape))

    def write_down(self, names: list[str], left: list[int], right: list[int], wanted: list[int]) -> None:
        """Take the steps of the rule, and the places of the new values and the new state."""
        self._steps = [(OPERATIONS[name], a, b) for name, a, b in zip(names, left, right, strict=True)]
        self._wanted = [place - 1 for place in wanted]

    def run(self, numbers: list[float], gradient: Tensor | None = None) -> None:
        """Carry the steps out with these numbers."""
        made = [self._x, self.gradient() if gradient is None else gradient, *self._held]
        for operation, a, b in self._steps:
            first = made[a - 1] if a > 0 else numbers[-a - 1]
            if b == 0:
                made.append(operation(first))
            else:
                made.append(operation(first, made[b - 1] if b > 0 else numbers[-b - 1]))
        x, *held = (made[place] for place in self._wanted)
        self.take(x, held)


OPERATIONS: dict[str, Callable[..., Tensor]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "sqrt": torch.sqrt,
}


def count_outputs(model: nn.Module) -> Callable[[], None]:
    """Count what the layers of a model give among the tensors that R may have to collect; return what ends this."""

    def count(module: nn.Module, given: Any, output: Any) -> None:
        if isinstance(output, Tensor):
            gradpath_arithmetic.count_bytes(output.nbytes)

    hooks = [layer.register_forward_hook(count) for layer in model.modules() if not list(layer.children())]

    def end() -> None:
        for hook in hooks:
            hook.remove()

    return end


def write_tensors(file: str, tensors: dict[str, Tensor], texts: dict[str, str]) -> None:
    """Write a safetensors file."""
    from safetensors.torch import save_file

    save_file({name: tensor.clone() for name, tensor in tensors.items()}, file, metadata=texts or None)


def read_tensors(file: str) -> list[dict[str, Any]]:
    """Read a safetensors file: its tensors and its texts."""
    from safetensors import safe_open

    with safe_open(file, framework="pt") as opened:
        # A copy: what is read must not stay tied to a file that may be replaced.
        return [{name: opened.get_tensor(name).clone() for name in opened.keys()}, opened.metadata() or {}]  # noqa: SIM118


def ignore_order_of_steps() -> Any:
    """Stop the warning about a schedule that goes on before its optimizer; return what brings it back."""
    caught = warnings.catch_warnings()
    caught.__enter__()
    warnings.filterwarnings("ignore", "Detected call of `lr_scheduler.step", UserWarning)
    return lambda: caught.__exit__(None, None, None)
