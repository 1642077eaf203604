"""Reads declarations, YAML files that both languages read to the same values, and refuses what is wrong in them.

The rules are those of YAML 1.2's core schema and no others: ``010`` is ten, ``0o11`` nine, ``1e-3`` a number;
``yes``, ``1_000``, ``1:30`` and a date are texts, and so is everything in quotes. No tag makes an object.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeGuard, TypeVar

from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from gradpath.accepted import Accepted
from gradpath.refusals import GradpathError, is_one_of, one_of, printable, refusal

_WHOLE = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], None),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
    **dict.fromkeys([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], math.inf),
    **dict.fromkeys(["-.inf", "-.Inf", "-.INF"], -math.inf),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], math.nan),
}
# What no declaration has: control characters, and line ends that only some versions of YAML know.
_NOT_YAML = re.compile("[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
# Whole numbers up to here are whole in every language; longer ones are floats, and may be infinite.
_DIGITS = 15
MAX_DEPTH, MAX_VALUES = 50, 20_000
_SCALAR_TAGS = tuple(f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null", "timestamp"))
_TEXT_TAG, _LIST_TAG, _MAPPING_TAG = (f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))

_ID = re.compile(r"[a-z0-9]+([-.][a-z0-9]+)*")
MAX_ID = 100
# The folders beside those of the figures; each belongs to a study with a declaration or recordings of its own.
STUDY_FOLDERS = ("schedules", "first_epoch", "training", "recorded_torch", "published")
DEVICES = ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))

A_LINE = "a text of one line"


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Entry = TypeVar("Entry", bound=_Named)


class _Unreadable(Exception):
    """What was read is no declaration."""


def read_yaml(file: Any) -> Any:
    """Read a declaration, or refuse it in one line.

    Parameters
    ----------
    file : str or Path

    Returns
    -------
    dict, list, str, int, float, bool or None
        Keys are texts, as they are written.

    Raises
    ------
    GradpathError
        If there is no such file, or it is not YAML; one line.
    """
    if not isinstance(file, str | os.PathLike):
        raise refusal("declaration", "file", file, "the name of a file")
    path = Path(file)
    try:
        there = path.is_file()
        content = path.read_bytes() if there else b""
    except (OSError, ValueError):
        raise GradpathError(f"{file}: cannot be read; name a file that can") from None
    if not there:
        raise GradpathError(f"{file}: no such file; name a file of experiments")
    try:
        # What one caller changes in it, another does not see.
        return deepcopy(_read(content))
    except (_Unreadable, YAMLError, ValueError, OverflowError):
        line = f"{file}: not readable as YAML; check its indentation, brackets and keys"
        raise GradpathError(line) from None


# Every step of a build reads the same few files.
@lru_cache(maxsize=8)
def _read(content: bytes) -> Any:
    text = content.decode("utf-8").removeprefix("\ufeff")
    if _NOT_YAML.search(text):
        raise _Unreadable
    tree = _Tree()
    for event in YAML(typ="safe", pure=True).parse(text):
        tree.take(event)
    return tree.root.values[0] if tree.root.values else None


@dataclass
class _Part:
    # A list or mapping that is being read; keys is None for a list.
    anchor: str | None = None
    keys: list[str] | None = None
    values: list[Any] = field(default_factory=list)
    size: int = 1

    def value(self) -> Any:
        return self.values if self.keys is None else dict(zip(self.keys, self.values, strict=True))


class _Tree:
    # Built from the parser's events, one by one: nothing is called by name, and nothing calls itself, however deep.
    def __init__(self) -> None:
        self.root = _Part()
        self._open = [self.root]
        self._anchors: dict[str, tuple[Any, int, str | None]] = {}
        self._documents = 0

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1 or event.version or event.tags:
                raise _Unreadable
        elif isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                # Unknown, or of the list or mapping that it stands in.
                raise _Unreadable
            self._add(*self._anchors[event.anchor])
        elif isinstance(event, ScalarEvent):
            self._add_scalar(event)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            mapping = isinstance(event, MappingStartEvent)
            if event.tag not in (None, "!", _MAPPING_TAG if mapping else _LIST_TAG) or len(self._open) > MAX_DEPTH:
                raise _Unreadable
            self._open.append(_Part(event.anchor, [] if mapping else None))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            part = self._open.pop()
            self._add(part.value(), part.size, None, part.anchor)

    def _add_scalar(self, event: ScalarEvent) -> None:
        text, tag, plain = event.value, event.tag, event.style is None
        if "\0" in text or (plain and text == "<<") or tag not in (None, "!", _TEXT_TAG, *_SCALAR_TAGS):
            raise _Unreadable
        unquoted = (plain and tag != _TEXT_TAG) or tag in _SCALAR_TAGS
        self._add(resolve_scalar(text) if unquoted else text, 1, text, event.anchor)

    def _add(self, value: Any, size: int, text: str | None, anchor: str | None = None) -> None:
        part = self._open[-1]
        part.size += size
        if part.size > MAX_VALUES:
            raise _Unreadable
        if anchor is not None:
            self._anchors[anchor] = (value, size, text)
        if part.keys is not None and len(part.keys) == len(part.values):
            if text is None or text in part.keys:
                raise _Unreadable
            part.keys.append(text)
        else:
            part.values.append(value)


def resolve_scalar(text: str) -> Any:
    """Return what an unquoted word of a declaration means by YAML 1.2's core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if _OCTAL.fullmatch(text):
        return _whole(int(text[2:], 8))
    if _HEXADECIMAL.fullmatch(text):
        return _whole(int(text[2:], 16))
    if _WHOLE.fullmatch(text) and len(text.lstrip("+-0")) <= _DIGITS:
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def _whole(number: int) -> int | float:
    if number < 10**_DIGITS:
        return number
    try:
        return float(number)
    except OverflowError:
        return math.inf


class Field(NamedTuple):
    """One field of an entry: what it takes, also in words; whether it must be there, whether it may be null."""

    accepts: Callable[[Any], bool]
    accepted: str
    required: bool = False
    null: bool = False


def needed(rule: Accepted) -> Field:
    """Return a field that must be there."""
    return Field(*rule[:2], required=True)


def optional(rule: Accepted, null: bool = False) -> Field:
    """Return a field that may be left out; ``null`` says the same where it is taken."""
    return Field(*rule[:2], null=null)


def among(names: Iterable[str]) -> Accepted:
    """Return what a field takes that names one of several things."""
    known = list(names)
    return (lambda value: is_one_of(value, known), one_of(known))


def mapping(accepted: str) -> Accepted:
    """Return what a field takes that is a mapping, described in words."""
    return (lambda value: isinstance(value, dict), accepted)


def list_of(accepted: str) -> Accepted:
    """Return what a field takes that is a list of one or more things."""
    return (is_filled, f"a list of one or more {accepted}")


def read_entries(
    file: str | Path,
    section: str,
    kind: str,
    complete: Callable[[str, dict[str, Any]], Entry],
    taken: Iterable[str] = (),
    beside: Mapping[str, Field] = MappingProxyType({}),
) -> dict[str, Entry]:
    """Read a declaration: a list of entries under one name, each with an id of its own.

    Parameters
    ----------
    file : str or Path
    section : str
        The name under which the list stands, such as ``"figures"``.
    kind : str
        What one entry is called, such as ``"figure"``.
    complete : callable
        Checks an entry, given its place and its fields, and returns it with what it inherits filled in; it has an
        attribute ``id``.
    taken : iterable of str
        Ids that are not free, since their folders belong to something else.
    beside : dict of str to Field
        What else the file may have.

    Returns
    -------
    dict
        By id, in the order of the file.

    Raises
    ------
    GradpathError
        For the first thing that is wrong: file, entry, field, value, what is accepted; one line.
    """
    data = read_yaml(file)
    fields = {section: needed(list_of(section)), **beside}
    if not isinstance(data, dict):
        raise refusal(str(file), section, data, fields[section].accepted)
    check_entry(str(file), data, fields)
    entries = [complete(where, entry) for where, entry in check_places(str(file), data[section], kind, ": ")]
    ids = [entry.id for entry in entries]
    refuse_duplicates(str(file), kind, ids)
    refuse_names(str(file), kind, ids, taken)
    return {entry.id: entry for entry in entries}


def choose_entries(section: str, declared: Mapping[str, Entry], ids: Iterable[str] | None) -> list[Entry]:
    """Return the entries of these ids, or all.

    Raises
    ------
    GradpathError
        For an id that is not declared.
    """
    chosen = list(declared) if ids is None else list(ids)
    for name in chosen:
        if name not in declared:
            raise refusal(section, "id", name, one_of(list(declared)))
    return [declared[name] for name in chosen]


def check_entry(where: str, entry: Mapping[str, Any], fields: Mapping[str, Field]) -> None:
    """Refuse the first field, in the order of the table, that is missing or wrong; then a field that is not in it."""
    for name, rule in fields.items():
        if name not in entry:
            if rule.required:
                raise GradpathError(f"{where}: {name}: is missing; use {rule.accepted}")
        elif not (entry[name] is None and rule.null) and not rule.accepts(entry[name]):
            raise refusal(where, name, entry[name], rule.accepted)
    for name, value in entry.items():
        if name not in fields:
            raise refusal(where, name, value, f"only the fields {', '.join(fields)}")


def check_places(where: str, entries: list[Any], kind: str, separator: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the entries with their places, by id where they have one; an entry that is no mapping is refused."""
    placed = []
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            raise refusal(where, f"{kind} number {number}", entry, "a mapping")
        name = f"'{entry['id']}'" if isinstance(entry.get("id"), str) else f"number {number}"
        placed.append((f"{where}{separator}{kind} {name}", entry))
    return placed


def is_id(value: Any) -> bool:
    """Say whether a value may name a figure, a path or a schedule."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_line(value: Any) -> bool:
    """Say whether a value is a text without line ends and control characters."""
    return isinstance(value, str) and printable(value) == value


def is_filled(value: Any) -> TypeGuard[list[Any]]:
    """Say whether a value is a list of one or more things."""
    return isinstance(value, list) and len(value) > 0


# What fields of several declarations take.
IDENTIFIER = (is_id, "lower-case letters and digits, with '-' or '.' between them")
LINE = (is_line, A_LINE)
# What the book says of a picture: below it, and to those who do not see it.
PICTURE = {"caption": optional(LINE), "alt": optional(LINE)}


def refuse_duplicates(where: str, kind: str, ids: list[str]) -> None:
    """Refuse an id that occurs twice."""
    seen = set()
    for name in ids:
        if name in seen:
            raise refusal(where, f"{kind} id", name, f"an id that no other {kind} has")
        seen.add(name)


def refuse_names(where: str, kind: str, ids: list[str], taken: Iterable[str] = ()) -> None:
    """Refuse an id that cannot name a file or folder everywhere, or whose folder belongs to something else."""
    names = list(taken)
    for name in ids:
        if len(name) > MAX_ID:
            raise refusal(where, f"{kind} id", name, f"an id of at most {MAX_ID} characters")
        if name.partition(".")[0] in DEVICES:
            accepted = "an id that is no device of Windows: con, prn, aux, nul, com1 to com9, lpt1 to lpt9"
            raise refusal(where, f"{kind} id", name, accepted)
        if name in names:
            accepted = f"an id whose folder belongs to nothing else: none of {', '.join(names)}"
            raise refusal(where, f"{kind} id", name, accepted)
