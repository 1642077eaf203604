"""Where tensors live: the device names that are accepted, checked against what this machine has."""

from __future__ import annotations

import torch

from gradpath.refusals import is_one_of, refusal


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
    known = ["cpu", "cpu:0"]
    if torch.cuda.is_available():
        known += ["cuda", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
    if not is_one_of(device, known):
        raise refusal(where, "device", device, accepted)
    return torch.device(device)
