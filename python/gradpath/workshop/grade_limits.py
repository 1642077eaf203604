"""What a submission may use, and what is said when it used more, or ended before it had an answer."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass, field
from typing import Any

from gradpath.refusals import printable

# How long a process may take to load torch, or R its engine, before the submission's own time begins.
LOADING_SECONDS = 300
# So much of what a submission prints is kept.
OUTPUT_CHARACTERS = 4000
_NO_MEMORY = re.compile(r"MemoryError|can't allocate|[Cc]annot allocate|bad_alloc|not enough memory|out of memory")
_PLACE = re.compile(r" \([^()]*line \d+\)$")


@dataclass(frozen=True)
class Limits:
    """Seconds and megabytes that a submission may use."""

    seconds: float
    megabytes: int


@dataclass
class Kept:
    """The first part of what a submission printed; what comes then is taken too, so that it does not wait."""

    parts: list[bytes] = field(default_factory=list)
    room: int = OUTPUT_CHARACTERS

    def add(self, part: bytes) -> bool:
        """Take a part; say whether it was not the empty one at the end."""
        self.parts.append(part[: self.room])
        self.room -= len(self.parts[-1])
        return bool(part)

    def text(self) -> str:
        """Return what was kept."""
        return b"".join(self.parts).decode("utf-8", "replace")


def too_slow(limits: Limits) -> dict[str, Any]:
    """Say that a submission took too long."""
    return {"verdict": "too slow", "first": f"takes longer than {limits.seconds:g} seconds"}


def ended(code: int, output: str) -> dict[str, Any]:
    """Say how a process ended that gave no answer, and the last thing that it printed."""
    how = f"with exit code {code}"
    if code < 0:
        how = f"by {signal.Signals(-code).name}" if -code in signal.valid_signals() else f"by signal {-code}"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = f": {lines[-1][:200]}" if lines else ""
    return {"verdict": "stopped", "first": printable(f"its process ended {how}{last}")}


def or_too_large(found: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Return what was found, in plain words where it is that there was no more memory."""
    first = found.get("first") or ""
    if found["verdict"] not in ("fails", "stopped", "does not load") or not _NO_MEMORY.search(first):
        return found
    place = _PLACE.search(first)
    said = f"needs more than {limits.megabytes} MB of memory{place[0] if place else ''}"
    return {"verdict": "too large", "first": said, "output": found["output"]}
