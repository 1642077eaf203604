"""The progress bar of a training run."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor

# Ten times a second is often enough for an eye, and seldom enough to cost nothing.
SECONDS_BETWEEN = 0.1


class TrainingProgress:
    """A bar over all batches of all epochs, with epoch, loss and rate; nothing where there is no terminal."""

    def __init__(self, shown: bool, done: int, epochs: int, batches: int) -> None:
        console = Console(stderr=True)
        self._batches, self._count, self._shown_at = batches, done * batches, 0.0
        self._epochs, self._visible = epochs, shown and console.is_terminal
        columns = (TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"), BarColumn())
        numbers = TextColumn("loss {task.fields[loss]}  lr {task.fields[lr]}")
        self._progress = Progress(
            *columns, numbers, TimeRemainingColumn(), console=console, transient=True, disable=not self._visible
        )
        fields: dict[str, Any] = {"epoch": done + 1, "epochs": epochs, "loss": "", "lr": ""}
        self._task = self._progress.add_task("", total=epochs * batches, completed=self._count, **fields)

    def batch(self, loss: Tensor, lr: float) -> None:
        """Count a batch; show its loss and rate now and then."""
        self._count += 1
        if not self._visible or time.monotonic() - self._shown_at < SECONDS_BETWEEN:
            return
        self._shown_at = time.monotonic()
        epoch = min(self._epochs, (self._count - 1) // self._batches + 1)
        # On a GPU the loss is not known yet, and asking for it would wait.
        text = f"{loss.item():.4f}" if loss.device.type == "cpu" else "…"
        self._progress.update(self._task, completed=self._count, epoch=epoch, loss=text, lr=f"{lr:.3g}")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
