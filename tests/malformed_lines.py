"""The line that a malformed declaration says it is refused with, in its first line."""

from __future__ import annotations

from pathlib import Path

from gradpath import optimizer_names, surface_names
from gradpath.networks import NETWORKS

# What stands for lists that grow with the toolkit.
LISTS = {"OPTIMIZERS": optimizer_names(), "SURFACES": surface_names(), "NETWORKS": list(NETWORKS)}


def expected(file: Path) -> str:
    """Return the line, with the file's name and today's lists in their places."""
    line = file.read_text().partition("\n")[0].removeprefix("# expects: ").replace("FILE", str(file))
    for name, values in LISTS.items():
        line = line.replace(f"one of {name}", f"one of {', '.join(values)}")
    return line
