"""How gradpath refuses bad input: one line with the place, the field, the value, and what is accepted.

Whatever a line is made of, a name of a file, a key, a value, the message of somebody else's error, it stays one line
and cannot steer a terminal: control characters are written as escapes, the same ones in both languages.
"""

from __future__ import annotations

import math
import re
import sys
import traceback
from pathlib import Path
from typing import Any, TypeGuard

# Control characters, line and paragraph separators, what changes the direction of writing or takes no room.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}
# How much of a value is shown: characters of a text, items of a list, lists in lists, characters in all.
_CHARACTERS, _ITEMS, _DEPTH, _IN_ALL = 100, 10, 4, 300


class GradpathError(ValueError):
    """Bad input. Its text is one line; the command line prints it and exits with code 2."""

    def __init__(self, text: str) -> None:
        super().__init__(printable(text))


def printable(text: str) -> str:
    r"""Write control characters as escapes: ``\n``, ``\x1b``, ``\u2028``."""
    return _UNSEEN.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:
        # A byte of a file's name that is no UTF-8; Python keeps it as half a character.
        code -= 0xDC00
    return _SHORT.get(found[0]) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def show(value: Any) -> str:
    """Write a value as both languages' messages show it: 'text', 0.1, nan, true, null, [1, 2].

    A long one is cut, and says so.
    """
    shown = _shown(value, 1)
    return shown if len(shown) <= _IN_ALL else shown[:_IN_ALL] + "..."


def _shown(value: Any, depth: int) -> str:
    if value is None:
        return "null"
    if isinstance(value, (bool, *_numpy("bool_"))):
        return "true" if value else "false"
    if isinstance(value, (int, float, *_numpy("integer", "floating"))):
        return _shown_number(value)
    if isinstance(value, str):
        # The method of texts themselves, whatever a subclass says.
        text = str.__str__(value)
        cut = f"{text[:_CHARACTERS]}... ({len(text)} characters)" if len(text) > _CHARACTERS else text
        return f"'{printable(cut)}'"
    if isinstance(value, _numpy("ndarray")) and value.ndim > 0:
        return _shown(list(value), depth)
    if isinstance(value, list | tuple):
        items = [_shown(v, depth + 1) for v in value[:_ITEMS]] if depth <= _DEPTH else ["..."]
        return "[" + ", ".join(items + _more(value, depth)) + "]"
    if isinstance(value, dict):
        first = list(value.items())[:_ITEMS] if depth <= _DEPTH else []
        items = [f"{printable(str(k))}: {_shown(v, depth + 1)}" for k, v in first] if depth <= _DEPTH else ["..."]
        return "{" + ", ".join(items + _more(value, depth)) + "}"
    return printable(type(value).__name__)


def _numpy(*names: str) -> tuple[Any, ...]:
    # Who has a value of NumPy's has loaded it; the command line, which says only what is wrong, need not wait for it.
    numpy = sys.modules.get("numpy")
    return tuple(getattr(numpy, name) for name in names) if numpy else ()


def _shown_number(value: Any) -> str:
    try:
        number = float(value)
    except OverflowError:
        # A whole number that no float holds; R reads it as infinite.
        number = math.inf if value > 0 else -math.inf
    if math.isnan(number):
        return "nan"
    return ("inf" if number > 0 else "-inf") if math.isinf(number) else f"{number:.15g}"


def _more(values: Any, depth: int) -> list[str]:
    return [f"... ({len(values)} in all)"] if len(values) > _ITEMS and depth <= _DEPTH else []


def refusal(where: str, field: str, value: Any, accepted: str) -> GradpathError:
    """Build the error for one bad field.

    Parameters
    ----------
    where : str
        The place: ``"descend()"``, or file, figure and path.
    field : str
        The name of the field or argument.
    value : Any
        What was given.
    accepted : str
        What would be accepted, as a noun phrase.
    """
    return GradpathError(f"{where}: {field}: {show(value)} is not accepted; use {accepted}")


def user_failure(where: str, error: Exception, what: str = "your function failed") -> GradpathError:
    """Build the error for a function of the reader's own that raised one: named as theirs, with their line.

    Parameters
    ----------
    where : str
        The place: ``"descend(): surface"``.
    error : Exception
        What it raised.
    what : str
        What failed.
    """
    said = printable(str(error))
    if len(said) > _IN_ALL:
        said = said[:_IN_ALL] + "..."
    place = _line_of(error)
    return GradpathError(
        f"{where}: {what}: {type(error).__name__}" + (f": {said}" if said else "") + (f" ({place})" if place else "")
    )


def _line_of(error: Exception) -> str | None:
    # The deepest line that is neither ours nor a library's: the reader's own, even where the library raised.
    ours = str(Path(__file__).resolve().parent)
    theirs = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((ours, "<frozen"))
        and not {"site-packages", "dist-packages"} & set(Path(frame.filename).parts)
    ]
    return f"{Path(theirs[-1].filename).name}, line {theirs[-1].lineno}" if theirs else None


def is_one_of(value: Any, names: list[str] | tuple[str, ...]) -> TypeGuard[str]:
    """Say whether a value is one of these words: a text, whatever other objects say to ``==``."""
    return isinstance(value, str) and any(str.__eq__(value, name) for name in names)


def one_of(names: list[str] | tuple[str, ...]) -> str:
    """Write a list of names as the end of a refusal."""
    return "one of " + ", ".join(names)
