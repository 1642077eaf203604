"""What computes on this machine, as the records above the tables name it."""

from __future__ import annotations

import platform

import torch


def made_by(device: str = "cpu") -> dict[str, str]:
    """Return language, engine and device, as every record begins."""
    return {
        "language": f"python {platform.python_version()}",
        "engine": f"torch {torch.__version__}",
        "device": device,
    }
