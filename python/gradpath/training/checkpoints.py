"""Weights and checkpoints on disk, as safetensors: tensors and text, nothing that could run when it is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from gradpath.refusals import GradpathError, show
from gradpath.tables import whole_file

FORMAT = "gradpath checkpoint 1"


def save_weights(model: nn.Module, file: str | Path) -> None:
    """Write the parameters and buffers of a model, whole or not at all.

    Parameters
    ----------
    model : torch.nn.Module
    file : str or Path
        Usually ``*.safetensors``. The other language reads it too.
    """
    write_tensors(Path(file), model.state_dict(), {})


def load_weights(model: nn.Module, file: str | Path) -> nn.Module:
    """Read parameters and buffers into a model; return the model.

    Raises
    ------
    GradpathError
        If the file is not a safetensors file, or its names or shapes are not the model's; the model is left alone.
    """
    tensors, _ = read_tensors(Path(file))
    put_weights(model, tensors, "load_weights()", Path(file))
    return model


def put_weights(model: nn.Module, tensors: Mapping[str, Tensor], where: str, file: Path) -> None:
    """Copy tensors into a model of the same names and shapes."""
    own = {name: list(tensor.shape) for name, tensor in model.state_dict().items()}
    given = {name: list(tensor.shape) for name, tensor in tensors.items()}
    for name in [*own, *given]:
        if own.get(name) != given.get(name):
            raise GradpathError(
                f"{where}: file: '{file}' has {name} of shape {show(given.get(name))}, the model has"
                f" {show(own.get(name))}; use a file that was saved from such a model"
            )
    model.load_state_dict(dict(tensors))


def write_tensors(file: Path, tensors: Mapping[str, Tensor], texts: dict[str, str]) -> None:
    """Write tensors by name, and texts beside them."""
    # A channels-last parameter is stored in the order of its indices, which every reader expects.
    stored = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    with whole_file(file) as temporary:
        save_file(stored, temporary, metadata=texts or None)


def read_tensors(file: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Read what :func:`write_tensors` wrote.

    Raises
    ------
    GradpathError
        If it cannot be read as a safetensors file.
    """
    if problem := _read_problem(file):
        raise GradpathError(f"{file}: cannot be read: {problem}; use a whole safetensors file")
    try:
        with safe_open(file, framework="pt") as opened:
            # A copy: what is read must not stay tied to a file that may be replaced.
            return {name: opened.get_tensor(name).clone() for name in opened.keys()}, opened.metadata() or {}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise GradpathError(f"{file}: cannot be read; use a whole safetensors file") from error


def _read_problem(file: Path) -> str | None:
    # Why the bytes of a file cannot be read, whatever they are.
    try:
        with file.open("rb") as opened:
            opened.read(1)
    except FileNotFoundError:
        return "there is no such file"
    except IsADirectoryError:
        return "it is a folder"
    except PermissionError:
        return "permission is denied"
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


class Checkpoint(NamedTuple):
    """Where a training run stands after an epoch.

    Attributes
    ----------
    settings : dict
        What the run was started with: everything that its numbers depend on.
    model, updates, rng : dict of str to Tensor
        Parameters and buffers; the optimizer's state; the states of the random number generators, from which the
        order of the data and dropout follow.
    results : dict of str to Tensor
        The columns of the table so far, in float64.
    """

    settings: dict[str, Any]
    model: dict[str, Tensor]
    updates: dict[str, Tensor]
    rng: dict[str, Tensor]
    results: dict[str, Tensor]


_PARTS = ("model", "updates", "rng", "results")


def save_checkpoint(file: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint over the last one, whole or not at all."""
    tensors = {f"{part}/{name}": t for part in _PARTS for name, t in getattr(checkpoint, part).items()}
    texts = {"format": FORMAT, "settings": json.dumps(checkpoint.settings)}
    write_tensors(file, tensors, texts)


def load_checkpoint(file: Path, settings: dict[str, Any]) -> Checkpoint:
    """Read a checkpoint of a run with these settings.

    Raises
    ------
    GradpathError
        If the file is no checkpoint, or one of a run with other settings: the first of them that differs is named.
    """
    where = f"train_network(): checkpoint: '{file}'"
    settings = json.loads(json.dumps(settings))
    if problem := _read_problem(file):
        raise GradpathError(f"{where} cannot be read: {problem}; use a file that can be read, or another name")
    try:
        tensors, texts = read_tensors(file)
    except GradpathError as error:
        raise GradpathError(
            f"{where} is damaged, or not a checkpoint of gradpath; delete it or use another file"
        ) from error
    try:
        known = json.loads(texts.get("settings", "null"))
    except json.JSONDecodeError:
        known = None
    # Somebody's weights, perhaps: nothing to delete.
    if texts.get("format") != FORMAT or not isinstance(known, dict):
        raise GradpathError(f"{where} holds tensors, but is not a checkpoint of gradpath; use another file")
    for field in [*settings, *known]:
        if known.get(field) != settings.get(field):
            made, now = show(known.get(field)), show(settings.get(field))
            raise GradpathError(
                f"{where} was made with {field} {made}, this run has {now}; use the same settings, or another file"
            )
    parts: dict[str, dict[str, Tensor]] = {part: {} for part in _PARTS}
    for name, tensor in tensors.items():
        part, _, rest = name.partition("/")
        parts.setdefault(part, {})[rest] = tensor
    return Checkpoint(known, *(parts[part] for part in _PARTS))


def data_fingerprint(x: Tensor, y: Tensor) -> str:
    """Return what tells these data from others: a hash of the bytes of samples and targets.

    It is exact, and the same for every layout, device and number of threads; in R too, where classes count from 1.
    """
    # Bytes in the order of the indices.
    stored = (tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy() for tensor in (x, y))
    return " ".join(hashlib.sha256(tensor.tobytes()).hexdigest()[:16] for tensor in stored)


def rng_state(device: torch.device) -> dict[str, Tensor]:
    """Return the states of the generators that a run on this device draws from."""
    cuda = {"cuda": torch.cuda.get_rng_state(device)} if device.type == "cuda" else {}
    return {"cpu": torch.get_rng_state()} | cuda


def set_rng_state(states: Mapping[str, Tensor], device: torch.device) -> None:
    """Go on drawing from these states."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states["cuda"], device)
