"""How gradpath refuses bad input: one line with the place, the field, the value, and what is accepted."""

from __future__ import annotations

import math
from typing import Any


class GradpathError(ValueError):
    """Bad input. Its text is one line; the command line prints it and exits with code 2."""


def show(value: Any) -> str:
    """Write a value as both languages' messages show it: 'text', 0.1, nan, true, null, [1, 2]."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        if math.isnan(value):
            return "nan"
        return ("inf" if value > 0 else "-inf") if math.isinf(value) else f"{value:.15g}"
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(show(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {show(v)}" for k, v in value.items()) + "}"
    return type(value).__name__


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


def one_of(names: list[str] | tuple[str, ...]) -> str:
    """Write a list of names as the end of a refusal."""
    return "one of " + ", ".join(names)
