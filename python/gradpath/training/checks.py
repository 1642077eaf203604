"""What train_network() accepts: losses, scores, data, schedules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor, nn

from gradpath.data.datasets import Data
from gradpath.hyperparameters import check_has_rate, check_hyperparameters, require
from gradpath.refusals import GradpathError, is_one_of, one_of, refusal, show
from gradpath.rules.own_rule import as_rule
from gradpath.rules.rule import Rule
from gradpath.schedules.fields import check_path_schedule, is_whole
from gradpath.schedules.library import guard_schedule
from gradpath.schedules.schedules import schedule_parameters
from gradpath.training.clipping import check_clip
from gradpath.training.guards import (
    Forward,
    Loss,
    Score,
    check_finite,
    check_targets,
    check_two,
    guard_loss,
    guard_model,
    guard_score,
)
from gradpath.training.scores import SCORES

LOSSES: dict[str, Loss] = {"cross_entropy": nn.functional.cross_entropy, "mse": nn.functional.mse_loss}


class Checked(NamedTuple):
    """What train_network() was given, checked: functions and data as the training loop uses them."""

    forward: Forward
    loss: Loss
    scores: dict[str, Score]
    data: dict[str, Data]
    schedule: Any
    checkpoint: Path | None
    hyperparameters: dict[str, Any]
    rule: Rule


def check_training(
    where: str,
    model: nn.Module,
    loss: Any,
    train: Any,
    validation: Any,
    test: Any,
    scores: Any,
    epochs: Any,
    batch_size: Any,
    optimizer: Any,
    schedule: Any,
    clip: Any,
    seed: Any,
    checkpoint: Any,
    progress: Any,
    method: Any,
    schedule_every: Any,
    watch: Any,
    batch_losses: Any,
    fused: Any,
    keep_weights: Any,
    hyperparameters: dict[str, Any],
) -> Checked:
    """Refuse what :func:`gradpath.train_network` does not take."""
    rule = as_rule(where, optimizer)
    for field, value in (("seed", seed), ("method", method)):
        require(where, field, value)
    for field, count in (("epochs", epochs), ("batch_size", batch_size)):
        require_count(where, field, count)
    require_choice(where, "schedule_every", schedule_every, ("epoch", "batch"))
    for field, flag in (("progress", progress), ("batch_losses", batch_losses), ("keep_weights", keep_weights)):
        require_flag(where, field, flag)
    check_fused(where, fused, method, optimizer)
    checked = check_hyperparameters(where, rule, hyperparameters)
    check_has_rate(where, rule, schedule)
    check_clip(where, clip)
    file = check_checkpoint(where, checkpoint)
    loss_function, score_functions = as_loss(where, loss), as_scores(where, scores)
    check_model(where, model)
    data = {"train": check_data(where, "train", train, model)}
    for part, given in (("validation", validation), ("test", test)):
        if given is not None:
            data[part] = check_data(where, part, given, model)
    batches = -(-len(data["train"].y) // int(batch_size))
    steps = int(epochs) * (batches if schedule_every == "batch" else 1)
    schedule = check_training_schedule(
        where, schedule, schedule_every, steps, watch, score_functions, validation is not None
    )
    guarded = check_functions(where, model, loss, loss_function, score_functions, data)
    return Checked(*guarded, data, schedule, file, checked, rule)


def check_evaluation(
    where: str, model: nn.Module, loss: Any, data: Any, scores: Any, batch_size: Any
) -> tuple[Forward, Loss, dict[str, Score], Data]:
    """Refuse what :func:`gradpath.evaluate_network` does not take."""
    require_count(where, "batch_size", batch_size)
    loss_function, score_functions = as_loss(where, loss), as_scores(where, scores)
    check_model(where, model)
    checked = check_data(where, "data", data, model)
    guarded = check_functions(where, model, loss, loss_function, score_functions, {"data": checked})
    return *guarded, checked


def check_functions(
    where: str, model: nn.Module, loss: Any, function: Loss, scores: Mapping[str, Score], data: Mapping[str, Data]
) -> tuple[Forward, Loss, dict[str, Score]]:
    """Return model, loss and scores so that what they do wrong is refused when it happens."""
    name = loss if isinstance(loss, str) else None
    for part, given in data.items():
        check_targets(where, name, part, given)
    guarded = {called: guard_score(where, called, score) for called, score in scores.items()}
    return guard_model(where, model), guard_loss(where, name, function, model, data), guarded


def check_model(where: str, model: Any) -> None:
    """Refuse what is no module, or one whose parameters do not go together."""
    if not isinstance(model, nn.Module):
        raise refusal(where, "model", model, "a module, such as lenet() gives")
    dtypes = {str(p.dtype).removeprefix("torch."): None for p in model.parameters() if p.is_floating_point()}
    if len(dtypes) > 1:
        raise GradpathError(f"{where}: model: has parameters of {' and '.join(dtypes)}; use one dtype for all")


def require_flag(where: str, field: str, value: Any) -> None:
    """Refuse what is neither true nor false."""
    if not isinstance(value, bool):
        raise refusal(where, field, value, "true or false")


def require_count(where: str, field: str, value: Any) -> None:
    """Refuse what is not a whole number from 1 on."""
    if not is_whole(value, 1):
        raise refusal(where, field, value, "a whole number >= 1")


def require_choice(where: str, field: str, value: Any, names: Sequence[str]) -> None:
    """Refuse what is not one of some names."""
    if not is_one_of(value, list(names)):
        raise refusal(where, field, value, one_of(list(names)))


# Whose objects can take a step in one pass over the numbers.
FUSED = ("sgd", "momentum", "nesterov", "adagrad", "adam", "adamw")


def check_fused(where: str, fused: Any, method: str, optimizer: Any) -> None:
    """Refuse a fused step where there is none."""
    require_flag(where, "fused", fused)
    if fused and (method != "optim" or not is_one_of(optimizer, FUSED)):
        raise refusal(where, "fused", fused, f"false, or method optim with {one_of(FUSED)}")


def check_checkpoint(where: str, checkpoint: Any) -> Path | None:
    """Return the path of a file, or None."""
    if checkpoint is not None and (not isinstance(checkpoint, (str, Path)) or Path(checkpoint).is_dir()):
        raise refusal(where, "checkpoint", checkpoint, "the path of a file")
    return None if checkpoint is None else Path(checkpoint)


def as_loss(where: str, loss: Any) -> Loss:
    """Return the function of a loss given by name or as a function."""
    if callable(loss):
        check_two(where, "loss", loss)
        return loss
    if not is_one_of(loss, list(LOSSES)):
        raise refusal(where, "loss", loss, one_of(list(LOSSES)) + ", or a function of outputs and targets")
    return LOSSES[loss]


# What other columns of a table, and of a checkpoint, are called.
TAKEN = ("loss", "epoch", "seconds", "lr", "batch_losses")
_SCORE_NAME = re.compile("[A-Za-z][A-Za-z0-9_]*")


def as_scores(where: str, scores: Any) -> dict[str, Score]:
    """Return the score functions by name."""
    given = [scores] if isinstance(scores, str) else scores
    if isinstance(given, Mapping):
        for name, score in given.items():
            if not isinstance(name, str) or not _SCORE_NAME.fullmatch(name) or name in TAKEN:
                raise refusal(
                    where, "scores, name", name, f"a word of letters, digits and _, none of {', '.join(TAKEN)}"
                )
            if not callable(score):
                raise refusal(where, f"scores, '{name}'", score, "a function of outputs and targets")
            check_two(where, f"scores, '{name}'", score)
        return dict(given)
    for name in given if isinstance(given, list | tuple) else [given]:
        if not is_one_of(name, list(SCORES)):
            raise refusal(where, "scores", name, one_of(list(SCORES)) + ", or functions by name")
    return {name: SCORES[name] for name in given}


def check_data(where: str, part: str, data: Any, model: nn.Module) -> Data:
    """Return data whose samples and targets belong together and fit the model's dtype."""
    x, y = getattr(data, "x", None), getattr(data, "y", None)
    if not isinstance(x, Tensor) or not isinstance(y, Tensor):
        raise refusal(where, part, data, "data with tensors x and y, such as fashion_mnist() gives")
    samples, targets = (len(tensor) if tensor.dim() else 0 for tensor in (x, y))
    if samples != targets or targets == 0:
        raise GradpathError(
            f"{where}: {part}: has {samples} samples and {targets} targets; use as many, and at least one"
        )
    first = next((p for p in model.parameters() if p.is_floating_point()), None)
    if first is not None and x.dtype != first.dtype:
        theirs, ours = (str(t.dtype).removeprefix("torch.") for t in (x, first))
        raise GradpathError(f"{where}: {part}: is {theirs} and the model is {ours}; use the same dtype for both")
    checked = Data(x, y, getattr(data, "classes", ()))
    check_finite(where, part, checked)
    return checked


def check_training_schedule(
    where: str,
    schedule: Any,
    schedule_every: str,
    steps: int,
    watch: Any,
    scores: Mapping[str, Score],
    has_validation: bool,
) -> Any:
    """Return the schedule, checked; a plateau may watch validation only, once per epoch."""
    watchable = [f"validation_{name}" for name in ("loss", *scores)]
    if isinstance(watch, str) and watch.startswith("test"):
        raise refusal(where, "watch", watch, f"{one_of(watchable)}; what the test data say may not decide anything")
    require_choice(where, "watch", watch, watchable)
    checked = check_path_schedule(where, schedule, steps, schedule_parameters())
    if checked is not None and not callable(checked) and checked["name"] == "plateau":
        if not has_validation:
            raise GradpathError(
                f"{where}: validation: is missing; a plateau watches validation data, not training or test data"
            )
        if schedule_every != "epoch":
            raise refusal(where, "schedule_every", schedule_every, "epoch; a plateau goes on once per epoch")
    return guard_schedule(checked, where)


def describe(value: Any) -> Any:
    """Write a setting for a record: functions by what they are, mappings and lists as they are."""
    if callable(value):
        return "a function"
    if isinstance(value, Mapping):
        return {key: describe(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [describe(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool | None) else show(value)
