"""What check_rule() found, as text, as a page's part, and as a picture."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradpath.checks.differences import TOLERANCE, Difference
from gradpath.checks.mistakes import MISTAKES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VERDICTS = {"agrees": "it agrees", "differs": "it differs", "fails": "it fails"}


@dataclass(frozen=True)
class RuleReport:
    """What :func:`gradpath.check_rule` found.

    Attributes
    ----------
    name, like : str
        The rule, and ours.
    verdict : {"agrees", "differs", "fails"}
        A rule fails if it raises an error or returns no step.
    mistake : str or None
        The classic mistake that gives the same numbers, a name of :data:`gradpath.MISTAKES`.
    problem : str or None
        How it fails, in one line.
    difference : Difference or None
        The first number that is not ours: case, step, quantity, got, expected.
    bits, bits32 : int or None
        How many of the 53 bits of a float64, and the 24 of a float32, agree in the worst number, if it agrees.
    notes : tuple of str
        What else there is to say.
    cases, steps : int
        How many were run.
    held : tuple of str
        Hyperparameters that the rule does not take, held at our defaults.
    rule : callable
    taken : tuple of str
        Hyperparameters that it takes.
    """

    name: str
    like: str
    verdict: str
    mistake: str | None
    problem: str | None
    difference: Difference | None
    bits: int | None
    bits32: int | None
    notes: tuple[str, ...]
    cases: int
    steps: int
    held: tuple[str, ...]
    rule: Callable[..., Any] = field(repr=False)
    taken: tuple[str, ...] = field(repr=False)

    @property
    def agrees(self) -> bool:
        """Whether the rule is right."""
        return self.verdict == "agrees"

    def lines(self) -> list[str]:
        """Return the report as lines of text, the verdict first."""
        return [f"{self.name} against {self.like}: {VERDICTS[self.verdict]}", *self._findings(), *self._remarks()]

    def first_difference(self) -> str | None:
        """Say in one line where it differs, or how it fails."""
        d = self.difference
        if self.problem or d is None:
            return self.problem
        got, expected = in_digits(d.got, d.expected)
        where = f"case {d.case} ({d.case_is}), step {d.step}"
        return f"{where}: {d.quantity} is {got} in place of {expected} (number {d.number} of {d.size})"

    def as_dict(self) -> dict[str, Any]:
        """Return what was found as plain values, for JSON."""
        mistake = MISTAKES.get(self.mistake or "")
        return {
            "name": self.name, "like": self.like, "verdict": self.verdict, "mistake": self.mistake,
            "why": mistake.why if mistake else None, "see": mistake.see if mistake else None,
            "first": self.first_difference(), "bits": self.bits, "bits32": self.bits32, "notes": list(self.notes),
            "held": list(self.held), "lines": self.lines(),
        }  # fmt: skip

    def _findings(self) -> list[str]:
        if self.agrees:
            return [
                f"  {self.cases} cases of {self.steps} steps: every x within {TOLERANCE['float64']:g} (float64) and"
                f" {TOLERANCE['float32']:g} (float32) of ours, relative to the largest that it has been",
                f"  in the worst number {self.bits} of 53 bits agree in float64, {self.bits32} of 24 in float32",
            ]
        found = [f"  first in {self.first_difference()}" if not self.problem else f"  {self.problem}"]
        d = self.difference
        if not self.problem and d and d.quantity != "x" and not d.quantity.startswith("the given "):
            got, expected = in_digits(d.x_got, d.x_expected)
            found.append(f"  and x from step {d.x_step} on: {got} in place of {expected}")
        mistake = MISTAKES.get(self.mistake or "")
        if mistake:
            found += [f"  a classic mistake: {mistake.name}", f"  {mistake.why}", f"  see {mistake.see}"]
        elif self.verdict == "differs":
            found.append("  no single classic mistake gives these numbers")
        return found

    def _remarks(self) -> list[str]:
        held = f"  not taken, held at the defaults of {self.like}: {', '.join(self.held)}"
        return [*(f"  note: {note}" for note in self.notes), *([held] if self.held else [])]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        first, *others = (html.escape(line.strip(), quote=False) for line in self.lines())
        return f"<p><strong>{first}</strong></p>\n<ul>\n" + "".join(f"<li>{line}</li>\n" for line in others) + "</ul>"

    def plot(self, theme: str = "light") -> Figure:
        """Draw the path of the rule over that of ours, down a bowl that is ten times steeper along one axis.

        Parameters
        ----------
        theme : {"light", "dark"}
        """
        from gradpath.checks.rule_pictures import plot_rule

        return plot_rule(self.rule, self.like, self.name, self.taken, theme)


def in_digits(got: float, expected: float) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to tell them apart, and six at least."""
    for digits in range(6, 18):
        texts = _in(got, digits), _in(expected, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _in(number: float, digits: int) -> str:
    if math.isnan(number):
        return "nan"
    return ("inf" if number > 0 else "-inf") if math.isinf(number) else f"{number:.{digits}g}"
