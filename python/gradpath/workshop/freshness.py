"""Whether a table is what its declaration and its code would make now: its record says.

Freshness is a property of the files, not of a machine: a fresh clone computes nothing that its records prove fresh.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradpath.tables import read_record, write_text
from gradpath.workshop.code_digests import Digests, code_digests
from gradpath.workshop.study import Entry

LANES = ("python", "r-torch", "r-pytorch")


def fingerprint(value: Any) -> str:
    """Return a short fingerprint of a value that JSON can write."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fingerprint_files(files: Iterable[Path]) -> str:
    """Return a fingerprint of the contents and names of files, in any order."""
    return fingerprint(sorted((f.name, hashlib.sha256(f.read_bytes()).hexdigest()) for f in files))


def language_of(lane: str) -> str:
    """Return the language of a lane."""
    return lane.partition("-")[0]


def sources_of(project: Path, entry: Entry, lane: str) -> Digests:
    """Return the digests of the code that makes a lane's table."""
    language, _, engine = lane.partition("-")
    return code_digests(project, language, [*entry.study.makers[language], *entry.parts], engine)


def record_lines(project: Path, entry: Entry, lane: str) -> str:
    """Return what stands above a table that is made now: its declaration, and the digests of its code."""
    sources = write_digests(sources_of(project, entry, lane))
    return f"# declaration: {fingerprint(entry.declared)}\n# sources: {sources}\n"


def write_digests(digests: Digests) -> str:
    """Write digests in one line."""
    return ", ".join(f"{file} {digest}" for file, digest in digests.items())


def read_digests(text: str) -> Digests:
    """Read what :func:`write_digests` wrote."""
    pairs = (part.partition(" ") for part in text.split(", ") if part)
    return {file: digest for file, _, digest in pairs}


def why_stale(project: Path, entry: Entry, lane: str) -> str | None:
    """Say what changed since a lane's table was made, or return None if nothing did; the table must be there."""
    record = read_record(entry.table(project / "shared_figures", lane))
    if record.get("declaration") != fingerprint(entry.declared):
        return f"its declaration in {entry.study.declaration} changed"
    return what_changed(read_digests(record.get("sources", "")), sources_of(project, entry, lane))


def what_changed(then: Digests, now: Digests) -> str | None:
    """Say in which files code changed, or return None."""
    changed = sorted({file for file in {*then, *now} if then.get(file) != now.get(file)})
    return f"code changed: {', '.join(changed)}" if changed else None


def is_fresh(project: Path, entry: Entry, lane: str) -> bool:
    """Say whether a lane's table is there and was made from what the project is now."""
    return entry.table(project / "shared_figures", lane).is_file() and why_stale(project, entry, lane) is None


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
