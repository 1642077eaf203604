"""A rule of one's own: any function of x, g, state and hyperparameters, wherever a method's name is taken.

Its hyperparameters and their defaults are those of its signature. Each of its steps is checked: what it does wrong is
one line that names it and the step, and what it raises is shown with its own line. Our own rules do not go through
these checks.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import math
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from gradpath.accepted import NOT_NEGATIVE, Accepted, is_number
from gradpath.refusals import GradpathError, is_one_of, one_of, printable, refusal, user_failure
from gradpath.rules.rule import Rule, State, Step

ANY_VALUE: Accepted = (
    lambda value: is_number(value) or isinstance(value, bool | str),
    "a finite number, a text, or true or false",
)
_PAIR = "let it give the next x and the next state"


class OwnStep:
    """One step of a rule of the reader's own, checked, with a count of the steps taken."""

    def __init__(self, where: str, name: str, function: Callable[..., Any]) -> None:
        self.__name__ = name
        self._where, self._function, self._taken = where, function, 0

    def again(self) -> OwnStep:
        """Return the same step with a count of its own: for another parameter."""
        return OwnStep(self._where, self.__name__, self._function)

    def __call__(self, x: Tensor, g: Tensor, state: State, **hyperparameters: Any) -> Step:
        """Take the step, and refuse what the rule does wrong in it."""
        self._taken += 1
        before = x._version, g._version
        try:
            made = self._function(x, g, state, **hyperparameters)
        except GradpathError:
            raise
        except Exception as error:
            raise user_failure(self._place(), error) from error
        if (x._version, g._version) != before:
            changed = "x" if x._version != before[0] else "gradient"
            raise self._wrong(f"changes the {changed} that it is given in place; let it make a new tensor")
        self._check(made, x, g, state)
        return Step(*made)

    def _check(self, made: Any, x: Tensor, g: Tensor, state: State) -> None:
        if not isinstance(made, tuple | list) or len(made) != 2:
            raise self._wrong(f"gave no pair; {_PAIR}")
        new, kept = made
        if not isinstance(new, Tensor):
            raise self._wrong(f"gave an x that is no tensor; {_PAIR}")
        if not isinstance(kept, Mapping):
            raise self._wrong(f"gave no state that holds its parts by name; {_PAIR}")
        if new.shape != x.shape:
            shapes = f"gave an x of shape {tuple(new.shape)} for one of shape {tuple(x.shape)}"
            raise self._wrong(f"{shapes}; let it keep the shape")
        if new.dtype != x.dtype:
            theirs, given = (str(tensor.dtype).removeprefix("torch.") for tensor in (new, x))
            raise self._wrong(f"gave an x of {theirs} for one of {given}; let it keep the dtype")
        if new.device != x.device:
            raise self._wrong(f"gave an x on {new.device} for one on {x.device}; let it keep the device")
        # One sum says whether there may be a nan; only then is every number looked at.
        if math.isnan(new.sum().item()) and bool(torch.isnan(new).any()) and _are_finite([x, g, *state.values()]):
            raise self._wrong("gave nan from finite numbers; look for 0/0 or the root of a negative number in it")

    def _wrong(self, what: str) -> GradpathError:
        return GradpathError(f"{self._place()}: {what}")

    def _place(self) -> str:
        return f"{self._where}: optimizer: {self.__name__}, step {self._taken}"


def _are_finite(values: list[Any]) -> bool:
    # A path that overflows may give nan: that is its divergence, not the rule's fault.
    tensors = [value for value in values if isinstance(value, Tensor) and value.is_floating_point()]
    numbers = [value for value in values if isinstance(value, float)]
    return all(bool(torch.isfinite(tensor).all()) for tensor in tensors) and all(map(math.isfinite, numbers))


@dataclass(frozen=True)
class OwnRule(Rule):
    """A rule of the reader's own.

    Attributes
    ----------
    defaults : dict
        Of those hyperparameters that have one.
    source : str or None
        The first 16 hexadecimal digits of the SHA-256 of its source text; None where that cannot be had, as in an
        interactive session. What a function takes from around it, or an object holds, is not in it.
    """

    defaults: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None


def as_rule(where: str, rule: Any) -> Rule:
    """Return the rule of a name, or make one of a function.

    Parameters
    ----------
    where : str
        The place, for refusals: ``"descend()"``.
    rule : str or callable
        A name of :func:`gradpath.optimizer_names`; or a function, or an object that can be called, of ``x``, ``g``,
        ``state`` and hyperparameters, which gives the next ``x`` and the next ``state``.

    Returns
    -------
    Rule
        Of a name, the one in :data:`gradpath.rules.RULES`, as it is. Of a function, an :class:`OwnRule` whose step
        is checked.

    Raises
    ------
    GradpathError
        For another name, and for a function that takes something else; one line.
    """
    # Its package finds the files in it: this one is there before the list is complete.
    from gradpath.rules import RULES

    if is_one_of(rule, list(RULES)):
        return RULES[str.__str__(rule)]
    if not callable(rule):
        raise refusal(where, "optimizer", rule, one_of(list(RULES)) + ", or a function of x, g, state")
    name = name_of(rule)
    hyperparameters = _hyperparameters_of(where, name, rule)
    return OwnRule(
        OwnStep(where, name, rule),
        year=0,
        fields={p: NOT_NEGATIVE if p == "lr" else ANY_VALUE for p in hyperparameters},
        # The library has none; as_optimizer() makes one.
        optim=torch.optim.Optimizer,
        defaults={p: default for p, default in hyperparameters.items() if default is not inspect.Parameter.empty},
        source=_source_of(rule),
    )


def name_of(function: Callable[..., Any]) -> str:
    """Return what a function is called: ``"function"`` if it has no name, the class of an object."""
    while isinstance(function, functools.partial):
        function = function.func
    name = getattr(function, "__name__", type(function).__name__)
    return printable(name) if isinstance(name, str) and name != "<lambda>" else "function"


def _hyperparameters_of(where: str, name: str, function: Callable[..., Any]) -> dict[str, Any]:
    accepted = "use one of x, g, state and hyperparameters by name"
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        raise GradpathError(f"{where}: optimizer: {name} does not say what it takes; {accepted}") from None
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        raise GradpathError(f"{where}: optimizer: {name} takes any arguments; {accepted}")
    by_position = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(by_position) < 3 or any(p.kind is p.POSITIONAL_ONLY for p in by_position[3:]):
        count = f"a function of {len(parameters)} arguments"
        raise GradpathError(f"{where}: optimizer: {count} is not accepted; {accepted}")
    return {p.name: p.default for p in parameters if p not in by_position[:3]}


def _source_of(function: Any) -> str | None:
    while isinstance(function, functools.partial):
        function = function.func
    written = function if hasattr(function, "__code__") or hasattr(function, "__func__") else type(function)
    try:
        text = textwrap.dedent(inspect.getsource(written))
    except (OSError, TypeError):
        return None
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def state_as_tensors(where: str, name: str, state: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return the state of an own rule as tensors by name, fit for a file.

    Raises
    ------
    GradpathError
        For a part that is neither a tensor nor a number.
    """
    stored = {}
    for key, value in state.items():
        if isinstance(value, Tensor):
            stored[key] = value
        elif isinstance(value, bool | int | float):
            kind = torch.float64 if isinstance(value, float) else None
            stored[f"{key}{_NUMBER}"] = torch.tensor(value, dtype=kind)
        else:
            raise GradpathError(
                f"{where}: optimizer: {name} keeps '{key}', neither a tensor nor a number, in its state; a checkpoint"
                " holds only those"
            )
    return stored


def state_from_tensors(stored: Mapping[str, Tensor], device: torch.device) -> State:
    """Return the state that :func:`state_as_tensors` stored, its tensors on a device."""
    return {
        key.removesuffix(_NUMBER): value.item() if key.endswith(_NUMBER) else value.to(device)
        for key, value in stored.items()
    }


_NUMBER = " (number)"
