"""Whether a table is what its declaration and its code would make now: its record says.

Freshness is a property of the files, not of a machine: a fresh clone computes nothing that its records prove fresh.
"""

from __future__ import annotations

from pathlib import Path

from gradpath.tables import read_record
from gradpath.workshop.code_digests import Digests, code_digests
from gradpath.workshop.fingerprints import fingerprint, read_digests, what_changed, write_digests
from gradpath.workshop.running_code import running_code
from gradpath.workshop.study import Entry

LANES = ("python", "r-torch", "r-pytorch")


def language_of(lane: str) -> str:
    """Return the language of a lane."""
    return lane.partition("-")[0]


def sources_of(project: Path, entry: Entry, lane: str) -> Digests:
    """Return the digests of the code that makes a lane's table."""
    language, _, engine = lane.partition("-")
    return code_digests(running_code(project), language, [*entry.study.makers[language], *entry.parts], engine)


def record_lines(project: Path, entry: Entry, lane: str) -> str:
    """Return what stands above a table that is made now: its declaration, and the digests of its code."""
    sources = write_digests(sources_of(project, entry, lane))
    return f"# declaration: {fingerprint(entry.declared)}\n# sources: {sources}\n"


def why_stale(project: Path, entry: Entry, lane: str) -> str | None:
    """Say what changed since a lane's table was made, or return None if nothing did; the table must be there."""
    record = read_record(entry.table(project / "shared_figures", lane))
    if record.get("declaration") != fingerprint(entry.declared):
        return f"its declaration in {entry.study.declaration} changed"
    return what_changed(read_digests(record.get("sources", "")), sources_of(project, entry, lane))


def is_fresh(project: Path, entry: Entry, lane: str) -> bool:
    """Say whether a lane's table is there and was made from what the project is now."""
    return entry.table(project / "shared_figures", lane).is_file() and why_stale(project, entry, lane) is None
