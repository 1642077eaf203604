"""train_network(): a network, its data, and any optimizer and schedule of the toolkit, by hand or by optim."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from gradpath.data.datasets import Data
from gradpath.devices import as_device
from gradpath.rules.own_rule import OwnRule
from gradpath.training.checkpoints import data_fingerprint
from gradpath.training.checks import Checked, Loss, Score, check_training, describe
from gradpath.training.evaluation import Means, as_batch, measure
from gradpath.training.guards import leave_gradients
from gradpath.training.progress import TrainingProgress
from gradpath.training.run import TrainingRun
from gradpath.training.updates import Schedule, Updates, make_updates

WHERE = "train_network()"


def train_network(
    model: nn.Module,
    loss: str | Loss,
    train: Data,
    validation: Data | None = None,
    test: Data | None = None,
    scores: str | Sequence[str] | Mapping[str, Score] = ("accuracy",),
    epochs: int = 10,
    batch_size: int = 256,
    optimizer: str | Callable[..., Any] = "adamw",
    schedule: Schedule | None = None,
    clip: Mapping[str, float] | None = None,
    device: str = "cpu",
    seed: int = 0,
    checkpoint: str | Path | None = None,
    progress: bool = True,
    method: str = "optim",
    schedule_every: str = "epoch",
    watch: str = "validation_loss",
    batch_losses: bool = False,
    fused: bool = False,
    keep_weights: bool = False,
    **hyperparameters: Any,
) -> pd.DataFrame:
    """Train a network and return one row per epoch. The model is trained in place.

    Parameters
    ----------
    model : torch.nn.Module
        With parameters of the data's dtype. It is moved to ``device`` before the optimizer is made.
    loss : str or callable
        ``"cross_entropy"``, ``"mse"``, or a function of outputs and targets that gives the mean over the samples of
        a batch as a tensor of one element.
    train : Data
        ``x`` of shape (n, ...) and ``y`` with n targets, such as :func:`gradpath.fashion_mnist` gives.
    validation, test : Data, optional
        Measured after each epoch, in evaluation mode. Only validation may decide anything.
    scores : str, list of str or mapping of str to callable
        What is measured beside the loss: names of :data:`gradpath.SCORES`, or functions of outputs and targets that
        give the mean over the samples of a batch. An error in one of them ends the run.
    epochs, batch_size : int
        At least 1. The last batch of an epoch may be smaller.
    optimizer : str or callable
        One of :func:`gradpath.optimizer_names`, or a rule of one's own, as :func:`gradpath.descend` takes it. It is
        called once for each parameter; a look at what it gives makes a GPU wait each time.
    schedule : mapping or callable, optional
        As :func:`gradpath.descend` takes it, starting from ``lr``; t counts epochs, or batches, from 0.
    clip : mapping, optional
        ``{"norm": 1.0}`` or ``{"value": 0.5}``: the gradients are clipped before each update.
    device : str
        ``"cpu"``, ``"cuda"`` or ``"cuda:N"``. The data moves there once, as a whole.
    seed : int
        Of the order of the data and of dropout. The initial weights are the model's own.
    checkpoint : str or Path, optional
        A file that is written after each epoch, whole or not at all. If it exists the run goes on from it, and
        gives what it would have given without the interruption, on the CPU to the last bit.
    progress : bool
        Show a bar with loss and rate, where standard error is a terminal.
    method : {"optim", "manual"}
        The library's optimizer object, or the update rule written out; for a rule of one's own the object is that
        of :func:`gradpath.as_optimizer`.
    schedule_every : {"epoch", "batch"}
        When the schedule goes on.
    watch : str
        What a plateau watches: ``"validation_loss"``, or ``"validation_"`` and the name of a score.
    batch_losses : bool
        Keep the loss of every batch, in ``attrs["batch_losses"]``.
    fused : bool
        Take each step of the library's object in one pass over the numbers: faster, with other last digits. Only
        by method ``"optim"``, and not for rmsprop.
    keep_weights : bool
        Keep the weights before the first epoch and after each one, in ``attrs["weights"]``: a list of vectors as
        :func:`gradpath.flat_weights` gives them, for :func:`gradpath.project_path`.
    **hyperparameters
        ``lr``, ``momentum``, ..., as the optimizer has them.

    Returns
    -------
    pandas.DataFrame
        Columns ``epoch`` (from 1), ``seconds``, ``lr`` (the rate of the epoch's first update; nan for a rule of
        one's own without ``lr``), ``train_loss`` and the
        training scores (means over the epoch's batches, weighted by their samples, as they were met, while the
        weights changed), then ``validation_loss``, ``test_loss`` and their scores. ``attrs`` has the settings,
        language, engine, engine_version and status: ``"finished"`` or ``"diverged in epoch k, batch b"``; the table
        then ends before that epoch. With a rule of one's own, optimizer is the function's name, and ``rule_source``
        as in :func:`gradpath.descend`; a checkpoint of a rule with another source is one of other settings.

    Raises
    ------
    GradpathError
        Bad input; one line. Asking a plateau to watch the test data is refused.
    """
    # Everything that may be refused is refused here, and nothing in it makes a number.
    given = check_training(
        WHERE,
        model=model,
        loss=loss,
        train=train,
        validation=validation,
        test=test,
        scores=scores,
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer,
        schedule=schedule,
        clip=clip,
        seed=seed,
        checkpoint=checkpoint,
        progress=progress,
        method=method,
        schedule_every=schedule_every,
        watch=watch,
        batch_losses=batch_losses,
        fused=fused,
        keep_weights=keep_weights,
        hyperparameters=hyperparameters,
    )
    epochs, batch_size, seed = int(epochs), int(batch_size), int(seed)
    batches = -(-len(train.y) // batch_size)
    steps_per_epoch = batches if schedule_every == "batch" else 1
    where = as_device(WHERE, device)

    prints = {
        f"{part} data": data_fingerprint(own.x, own.y)
        for part, own in given.data.items()
        if given.checkpoint is not None
    }
    model.to(where)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stubs lack this overload
    data = {part: Data(own.x.to(where), own.y.to(where), own.classes) for part, own in given.data.items()}
    given = given._replace(data=data)
    updates = make_updates(WHERE, model, method, given.rule, given.hyperparameters, given.schedule, clip, fused)
    settings: dict[Any, Any] = {
        "optimizer": given.rule.name,
        **({"rule_source": given.rule.source} if isinstance(given.rule, OwnRule) else {}),
        **given.hyperparameters,
        "schedule": describe(given.schedule),
        "schedule_every": schedule_every,
        "watch": watch,
        "clip": clip,
        "loss": describe(loss),
        "scores": list(given.scores),
        "batch_size": batch_size,
        "batch_losses": batch_losses,
        "method": method,
        "fused": fused,
        "keep_weights": keep_weights,
        "seed": seed,
        "device": where.type,
        "dtype": str(train.x.dtype).removeprefix("torch."),
        **{f"{part} samples": len(own.y) for part, own in data.items()},
    }
    measures = [f"{part}_{name}" for part in data for name in ("loss", *given.scores)]
    run = TrainingRun(WHERE, given.checkpoint, settings | prints, model, updates, where, measures)

    with torch.random.fork_rng([where] if where.type == "cuda" else []):
        torch.manual_seed(seed)
        done = run.resume(watch, steps_per_epoch, epochs)
        with TrainingProgress(progress, done, epochs, batches) as bar:
            for epoch in range(done + 1, epochs + 1):
                started = time.perf_counter()
                row: dict[str, float] = {"epoch": epoch, "seconds": 0.0, "lr": updates.lr}
                # A schedule goes on only where an update follows: it may have as many rates as there are updates.
                follows = batches if epoch < epochs else batches - 1
                schedule_steps = follows if schedule_every == "batch" else 0
                measured, losses = _epoch(model, given, updates, batch_size, schedule_steps, bar)
                if batch_losses:
                    run.batch_losses += losses.tolist()
                if run.is_broken(epoch, losses):
                    break
                row |= {f"train_{name}": mean for name, mean in measured.items()} | _measure_others(model, given)
                row["seconds"] = time.perf_counter() - started
                run.add(row)
                if schedule_every == "epoch" and epoch < epochs:
                    updates.step_schedule(row.get(watch))
                run.save()

    known = {"language": "python", "engine": "torch", "engine_version": str(torch.__version__), "device": device}
    return run.table(settings | known, batch_losses)


def _epoch(
    model: nn.Module, given: Checked, updates: Updates, batch_size: int, schedule_steps: int, bar: TrainingProgress
) -> tuple[dict[str, float], Tensor]:
    model.train()
    data, sums = given.data["train"], Means(given.scores)
    # Drawn on the CPU: the same order on every device, and in both languages.
    order = torch.randperm(len(data.y)).to(data.y.device)
    for number, index in enumerate(order.split(batch_size), 1):
        x, y = as_batch(data.x.index_select(0, index)), data.y.index_select(0, index)
        outputs = given.forward(x)
        value = given.loss(outputs, y)
        model.zero_grad()
        leave_gradients(WHERE, value)
        updates.step()
        sums.add(value, outputs, y)
        bar.batch(value, updates.lr)
        if number <= schedule_steps:
            updates.step_schedule(None)
    return sums.means()


def _measure_others(model: nn.Module, given: Checked) -> dict[str, float]:
    # Everything of all data but those for training.
    parts = {part: data for part, data in given.data.items() if part != "train"}
    return {
        f"{part}_{name}": mean
        for part, data in parts.items()
        for name, mean in measure(model, given.forward, given.loss, data, given.scores).items()
    }
