"""Fingerprints of what a result depends on, so that a second run does only what changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gradpath.tables import write_text

# The files whose text decides the numbers of a path, as names without ending: the same in both languages.
NUMBER_MAKERS = (
    "surfaces",
    "update_rules",
    "optimizers",
    "schedules",
    "schedulers",
    "plateau",
    "noise",
    "descent",
    "runs",
)

# Those of a trained network: a change of the training loop leaves the paths as they are, and the other way round.
TRAINING_MAKERS = (
    "update_rules",
    "optimizers",
    "schedules",
    "schedulers",
    "plateau",
    "idx_files",
    "datasets",
    "networks",
    "initializations",
    "clipping",
    "scores",
    "training_updates",
    "training_checks",
    "evaluation",
    "training",
)


def fingerprint(value: Any) -> str:
    """Return a short fingerprint of a value that JSON can write."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fingerprint_files(files: Iterable[Path]) -> str:
    """Return a fingerprint of the contents and names of files, in any order."""
    return fingerprint(sorted((f.name, hashlib.sha256(f.read_bytes()).hexdigest()) for f in files))


def python_sources(project: Path, makers: tuple[str, ...] = NUMBER_MAKERS) -> str:
    """Return the fingerprint of the Python files that decide the numbers."""
    return fingerprint_files(project / "python" / "gradpath" / f"{name}.py" for name in makers)


def r_sources(project: Path, makers: tuple[str, ...] = NUMBER_MAKERS) -> str:
    """Return the fingerprint of the R files that decide the numbers, the engine layer included."""
    folder = project / "r" / "R"
    engine = [
        *folder.glob("engine*.R"),
        *folder.glob("pytorch*.R"),
        *(project / "r" / "inst").glob("python/*.py"),
    ]
    return fingerprint_files([*(folder / f"{name}.R" for name in makers), *engine])


class Stamps:
    """What was done on this machine, by name, with the fingerprint of what it was done from.

    Kept in ``.gradpath/stamps.json``, outside of version control: a fresh clone does everything once.
    """

    def __init__(self, project: Path) -> None:
        self._file = project / ".gradpath" / "stamps.json"
        self._known: dict[str, str] = json.loads(self._file.read_text()) if self._file.is_file() else {}

    def fresh(self, name: str, now: str, results: Iterable[Path]) -> bool:
        """Say whether ``name`` was done from just this, and all its results are there."""
        return self._known.get(name) == now and all(r.is_file() for r in results)

    def done(self, name: str, now: str) -> None:
        """Remember that ``name`` was done from this."""
        self._known[name] = now
        write_text(self._file, json.dumps(self._known, indent=1, sort_keys=True))
