"""Fingerprints of values, files and code: what a result was made from, short enough to stand beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradpath.tables import write_text
from gradpath.workshop.code_digests import Digests


def fingerprint(value: Any) -> str:
    """Return a short fingerprint of a value that JSON can write."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fingerprint_files(files: Iterable[Path]) -> str:
    """Return a fingerprint of the contents and names of files, in any order."""
    return fingerprint(sorted((f.name, hashlib.sha256(f.read_bytes()).hexdigest()) for f in files))


def write_digests(digests: Digests) -> str:
    """Write digests in one line."""
    return ", ".join(f"{file} {digest}" for file, digest in digests.items())


def read_digests(text: str) -> Digests:
    """Read what :func:`write_digests` wrote."""
    pairs = (part.partition(" ") for part in text.split(", ") if part)
    return {file: digest for file, _, digest in pairs}


def what_changed(then: Digests, now: Digests) -> str | None:
    """Say in which files code changed, or return None."""
    changed = sorted({file for file in {*then, *now} if then.get(file) != now.get(file)})
    return f"code changed: {', '.join(changed)}" if changed else None


@dataclass(frozen=True)
class Stamp:
    """What was done on this machine, and from what: for results that are not committed, such as the rendered book."""

    project: Path
    name: str

    @property
    def _file(self) -> Path:
        return self.project / ".gradpath" / "stamps" / f"{self.name}.txt"

    def fresh(self, now: str, results: Iterable[Path]) -> bool:
        """Say whether it was done from just this, and all its results are there."""
        return self._file.is_file() and self._file.read_text() == now and all(r.is_file() for r in results)

    def done(self, now: str) -> None:
        """Remember that it was done from this."""
        write_text(self._file, now)
