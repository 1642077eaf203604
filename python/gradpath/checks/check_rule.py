"""check_rule(): the reader's rule beside ours, the first number where they part, and the mistake it equals."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

from gradpath.accepted import is_number
from gradpath.checks.differences import (
    TOLERANCE,
    Difference,
    distances,
    distances_of_x,
    equal_mistakes,
    first_difference,
    shared_entries,
)
from gradpath.checks.mistakes import IN_PLACE, NO_STATE, SINGLE
from gradpath.checks.rule_cases import Case, draw_cases, taken_by
from gradpath.checks.rule_report import RuleReport
from gradpath.checks.rule_runs import Change, Run, run_rule, run_steps
from gradpath.hyperparameters import require
from gradpath.refusals import GradpathError, is_one_of, one_of, refusal
from gradpath.rules import UPDATE_RULES, default_hyperparameters, optimizer_names

BITS = {"float64": 53, "float32": 24}
MAX_STEPS = 1000
OPTIONS = ("init", "bias_correction")
# Up to here a difference in float64 may come from a number that was rounded to float32 on the way.
SINGLE_PRECISION = 1e-4


def check_rule(
    rule: Callable[..., Any], like: str, name: str | None = None, steps: int = 50, seed: int = 0
) -> RuleReport:
    """Check an update rule of your own against ours, and say which classic mistake it equals if it is wrong.

    Both get the same gradients over eight seeded cases: shapes from () to (3, 4), float64 and float32, random
    hyperparameters, gradients that are ordinary, tiny, zero, huge and of many sizes, a rate that halves on the way.
    They agree where every number of x stays within 1e-9 (float64) and 1e-4 (float32) of ours, relative to the largest
    that it has been: so a rule may do its sums in another order, and keep its state as it likes.

    Parameters
    ----------
    rule : callable
        Takes ``x``, ``g``, ``state`` (an empty dict at first) and hyperparameters by the names that ours has, and
        returns the next ``x`` and ``state``, in any shape and floating dtype. Hyperparameters that it does not take
        are held at our defaults. A function, or an object that can be called.
    like : str
        Ours: one of :func:`gradpath.optimizer_names`.
    name : str, optional
        What the report calls the rule; the function's own name if left out.
    steps : int
        Of each case; 1 to 1000.
    seed : int
        Where the cases are drawn from.

    Returns
    -------
    RuleReport
        Prints itself; ``.agrees``, ``.mistake``, ``.plot()``. What the rule does wrong, an error that it raises among
        it, is in the report.

    Raises
    ------
    GradpathError
        If ``rule`` cannot be called with x, g, state and hyperparameters of ours, or another argument is bad; one
        line.

    Examples
    --------
    >>> def mine(x, g, state, lr):
    ...     return x + g * lr, state
    >>> check_rule(mine, like="sgd").mistake
    'sign wrong'
    """
    where = "check_rule()"
    if not is_one_of(like, optimizer_names()):
        raise refusal(where, "like", like, one_of(optimizer_names()))
    if not is_number(steps) or steps != int(steps) or not 1 <= steps <= MAX_STEPS:
        raise refusal(where, "steps", steps, f"a whole number from 1 to {MAX_STEPS}")
    require(where, "seed", seed)
    taken = hyperparameters_taken(where, rule, like)
    cases = draw_cases(like, taken, int(steps), int(seed))
    runs: list[Run] = []
    for case in cases:
        runs.append(run_rule(rule, case, taken))
        if runs[-1].problem:
            # One that fails is not asked again.
            break
    run_cases = cases[: len(runs)]
    ours = [run_steps(_reference(like, case), case) for case in run_cases]
    return RuleReport(
        name=name_of(rule) if name is None else name,
        like=like,
        **_judge(like, run_cases, runs, ours),
        cases=len(cases),
        steps=int(steps),
        held=tuple(h for h in default_hyperparameters(like) if h not in taken),
        rule=rule,
        taken=tuple(taken),
    )


def hyperparameters_taken(where: str, rule: Any, like: str) -> list[str]:
    """Return which hyperparameters of a reference a rule takes.

    Raises
    ------
    GradpathError
        If it is no function of x, g, state and such hyperparameters; one line.
    """
    known = list(default_hyperparameters(like))
    wanted = f"a function of x, g, state and hyperparameters of {like}: {', '.join(known)}"
    if not callable(rule) or isinstance(rule, type):
        raise refusal(where, "rule", rule, wanted)
    try:
        parameters = list(inspect.signature(rule).parameters.values())
    except (TypeError, ValueError):
        # Functions written in C do not always say what they take.
        return known
    plain = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(plain) < 3 or any(p.name in known for p in plain[:3]):
        got = ", ".join(p.name for p in parameters) or "nothing"
        raise GradpathError(f"{where}: rule: a function of {got} is not accepted; use {wanted}")
    others = [p for p in parameters if p not in plain[:3] and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    for p in others:
        if p.default is p.empty and p.name not in known:
            raise GradpathError(f"{where}: rule: takes '{p.name}', which {like} does not have; use {wanted}")
    named = [p.name for p in others]
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        # Options have to be named: whatever takes anything may well not know them.
        named += [name for name in known if name not in OPTIONS]
    return taken_by(like, named)


def name_of(rule: Any) -> str:
    """Return what a rule is called."""
    name = str(getattr(rule, "__name__", type(rule).__name__))
    return "the rule" if name == "<lambda>" else name


def _reference(like: str, case: Case) -> Callable[..., Any]:
    return lambda x, g, state, number: UPDATE_RULES[like](x, g, state, **case.at_step(number))


def _judge(like: str, cases: Sequence[Case], runs: Sequence[Run], ours: Sequence[Run]) -> dict[str, Any]:
    together = list(zip(cases, runs, ours, strict=True))
    worst = {
        dtype: max((distances_of_x(*one).max(initial=0.0) for one in together if one[0].dtype == dtype), default=0.0)
        for dtype in BITS
    }
    first = next(filter(None, (first_difference(*one) for one in together)), None)
    broken = next((one for one in together if one[1].problem), None)
    changes = [
        (case, what, change) for case, run in zip(cases, runs, strict=True) for what, change in run.changed.items()
    ]
    given = next((one for one in changes if one[1] in ("x", "g")), None)
    notes = []
    found: dict[str, Any] = {"verdict": "agrees", "mistake": None, "problem": None, "difference": first}

    if broken:
        case, run, _ = broken
        found |= {"verdict": "fails", "problem": f"case {case.number} ({case.words()}), {run.problem}"}
        found["mistake"] = NO_STATE if run.gives_no_state else None
    elif first:
        equal = equal_mistakes(like, cases, runs)
        found |= {"verdict": "differs", "mistake": equal[0] if len(equal) == 1 else None}
        if len(equal) > 1:
            notes.append(f"several classic mistakes give these numbers: {', '.join(equal)}")
        if not equal and worst["float64"] <= SINGLE_PRECISION and worst["float32"] <= TOLERANCE["float32"]:
            found["mistake"] = SINGLE
    elif given:
        found |= {"verdict": "differs", "mistake": IN_PLACE, "difference": _as_difference(*given)}
    else:
        odd = _odd_entries(together)
        if odd:
            notes.append(f"its state holds other numbers than ours as {', '.join(odd)}; its x is right all the same")
    if given and found["mistake"] != IN_PLACE:
        notes.append(f"it changes the {given[1]} that it is given; work on a clone")
    others = [what for _, what, _ in changes if what not in ("x", "g")]
    if others:
        notes.append(f"it changes the {others[0]} in place: a state that was kept for later changes with it")
    agrees = found["verdict"] == "agrees"
    bits = {dtype: _bits(worst[dtype], most) if agrees else None for dtype, most in BITS.items()}
    return found | {"bits": bits["float64"], "bits32": bits["float32"], "notes": tuple(notes)}


def _as_difference(case: Case, what: str, change: Change) -> Difference:
    return Difference(
        case.number, case.words(), change.step, f"the given {what}", change.number, change.size, change.after,
        change.before, change.step, change.after, change.before,
    )  # fmt: skip


def _odd_entries(together: Sequence[tuple[Case, Run, Run]]) -> list[str]:
    odd: dict[str, None] = {}
    for case, run, own in together:
        for name, entries in shared_entries(run, own).items():
            if (distances(*entries) > TOLERANCE[case.dtype]).any():
                odd[name] = None
    return list(odd)


def _bits(worst: float, most: int) -> int:
    return most if worst == 0 else min(most, math.floor(-math.log2(worst)))
