"""One training run as far as it has come: what was measured, how it stands, and its checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from gradpath.refusals import refusal
from gradpath.training.checkpoints import (
    Checkpoint,
    load_checkpoint,
    put_weights,
    rng_state,
    save_checkpoint,
    set_rng_state,
)
from gradpath.training.kept_weights import KeptWeights, flat_weights
from gradpath.training.updates import Updates


class TrainingRun:
    """A run, from its first epoch or from where its checkpoint left it.

    Attributes
    ----------
    status : str
        ``"finished"``, or where it diverged.
    batch_losses : list of float
        Of every batch, if they are kept.
    weights : list of Tensor
        Before the first epoch and after each one, if they are kept.
    """

    def __init__(
        self,
        where: str,
        file: Path | None,
        known: Mapping[str, Any],
        model: nn.Module,
        updates: Updates,
        device: torch.device,
        measures: Sequence[str],
    ) -> None:
        self._where, self._file, self._known = where, file, dict(known)
        self._model, self._updates, self._device = model, updates, device
        self._columns: dict[str, list[float]] = {name: [] for name in ("epoch", "seconds", "lr", *measures)}
        self.batch_losses: list[float] = []
        self.weights = KeptWeights()
        self.status = "finished"

    def resume(self, watch: str, steps_per_epoch: int, epochs: int) -> int:
        """Go on from the checkpoint, if there is one; return how many epochs are done.

        Raises
        ------
        GradpathError
            If the checkpoint is of other settings, or has more epochs than are asked for.
        """
        if self._file is None or not self._file.exists():
            self._keep_weights()
            return 0
        checkpoint = load_checkpoint(self._file, self._known)
        put_weights(self._model, checkpoint.model, self._where, self._file)
        self.weights += list(checkpoint.results.pop("weights", ()))
        columns = {name: column.tolist() for name, column in checkpoint.results.items()}
        self.batch_losses = columns.pop("batch_losses")
        watched = columns.get(watch, [None] * len(columns["epoch"]))
        # The last update of all has no step of the schedule after it, unless more epochs are asked for.
        metrics = [metric for metric in watched for _ in range(steps_per_epoch)][: epochs * steps_per_epoch - 1]
        self._updates.resume(checkpoint.updates, metrics)
        set_rng_state(checkpoint.rng, self._device)
        self._columns = {name: columns[name] for name in self._columns}
        done = len(self._columns["epoch"])
        if done > epochs:
            accepted = f"a whole number >= {done}, the epochs that the checkpoint has"
            raise refusal(self._where, "epochs", epochs, accepted)
        return done

    def add(self, row: Mapping[str, float]) -> None:
        """Add what was measured of an epoch."""
        for name, number in row.items():
            self._columns[name].append(number)
        self._keep_weights()

    def _keep_weights(self) -> None:
        if self._known["keep_weights"]:
            self.weights.append(flat_weights(self._model))

    def is_broken(self, epoch: int, losses: Tensor) -> bool:
        """Say whether a loss is no longer finite; the status then says where."""
        broken = torch.nonzero(~torch.isfinite(losses))
        if len(broken):
            self.status = f"diverged in epoch {epoch}, batch {int(broken[0]) + 1}"
        return len(broken) > 0

    def save(self) -> None:
        """Write the checkpoint, if there is to be one."""
        if self._file is None:
            return
        columns = self._columns | {"batch_losses": self.batch_losses}
        results = {name: torch.tensor(values, dtype=torch.float64) for name, values in columns.items()}
        if self.weights:
            results["weights"] = torch.stack(self.weights)
        state = self._updates.state()
        save_checkpoint(
            self._file, Checkpoint(self._known, self._model.state_dict(), state, rng_state(self._device), results)
        )

    def table(self, known: Mapping[Any, Any], batch_losses: bool) -> pd.DataFrame:
        """Return one row per epoch, with the settings and the status in ``attrs``."""
        table = pd.DataFrame(self._columns).astype({"epoch": int})
        table.attrs = {**known, "status": self.status}
        if batch_losses:
            table.attrs["batch_losses"] = self.batch_losses
        if self.weights:
            table.attrs["weights"] = self.weights
        return table
