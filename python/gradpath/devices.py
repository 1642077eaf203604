"""Where tensors live: the device names that are accepted, checked against what this machine has."""

from __future__ import annotations

import torch

from gradpath.refusals import refusal


def as_device(where: str, device: str) -> torch.device:
    """Return the device of a name.

    Parameters
    ----------
    where : str
        The place, for the refusal.
    device : str
        ``"cpu"``, ``"cuda"`` or ``"cuda:N"``.

    Raises
    ------
    GradpathError
        For another name, and for a CUDA device that is not there.
    """
    accepted = "cpu" + (", cuda" if torch.cuda.is_available() else " (no CUDA device is available here)")
    kind, _, index = device.partition(":") if isinstance(device, str) else ("", "", "")
    usable = kind == "cpu" or (kind == "cuda" and torch.cuda.is_available())
    if not usable or (index and not (index.isdigit() and int(index) < max(1, torch.cuda.device_count()))):
        raise refusal(where, "device", device, accepted)
    return torch.device(device)
