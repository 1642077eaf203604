"""The process in which one submission in Python is checked.

It is forked from one that has loaded torch already; it limits itself, and only then it touches the submission.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import resource
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch

from gradpath.checks.check_rule import check_rule, hyperparameters_taken
from gradpath.refusals import GradpathError, printable, user_failure
from gradpath.rules import UPDATE_RULES

WHERE = "grade"
STATM = Path("/proc/self/statm")


def check_submission(
    file: Path, rule: str, name: str, megabytes: int, work: Path, output: Connection, answer: Connection
) -> None:
    """Check a submission: say ``ready``, then what was found, as JSON.

    Parameters
    ----------
    file : Path
    rule, name : str
    megabytes : int
        How much memory it may use beyond what is loaded already, on Linux.
    work : Path
        The folder that it runs in.
    output : Connection
        Takes what it prints.
    answer : Connection
    """
    # A group of its own, so that it can be ended together with all that it starts.
    os.setsid()
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    for stream in (1, 2):
        os.dup2(output.fileno(), stream)
    os.chdir(work)
    sys.path.insert(0, str(file.parent))
    # One thread: more would take memory for their stacks.
    torch.set_num_threads(1)
    check_rule(UPDATE_RULES[rule], rule, steps=2)
    _limit_memory(megabytes)
    answer.send("ready")
    answer.send(json.dumps(_graded(file, rule, name)))
    sys.stdout.flush()


def _limit_memory(megabytes: int) -> None:
    if STATM.is_file():
        most = int(STATM.read_text().split()[0]) * resource.getpagesize() + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _graded(file: Path, rule: str, name: str) -> dict[str, Any]:
    try:
        known = _load(file)
    except BaseException as error:
        said = str(user_failure(file.name, _as_exception(error), "does not load"))
        return {"verdict": "does not load", "first": said.removeprefix(f"{file.name}: does not load: ")}
    try:
        chosen = _chosen(known, rule, name)
        return check_rule(known[chosen], rule, name=chosen).as_dict()
    except GradpathError as refused:
        return {"verdict": "no rule", "first": str(refused).removeprefix("check_rule(): ")}
    except BaseException as error:
        # Such as sys.exit(), which is no Exception.
        said = str(user_failure(WHERE, _as_exception(error), "failed"))
        return {"verdict": "fails", "first": said.removeprefix(f"{WHERE}: ")}


def _load(file: Path) -> dict[str, Any]:
    # Its name is the file's, so that what is meant to run when it is called as a script does not.
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return vars(module)


def _as_exception(error: BaseException) -> Exception:
    if isinstance(error, Exception):
        return error
    return RuntimeError(f"{type(error).__name__} {error}".strip()).with_traceback(error.__traceback__)


def _chosen(known: dict[str, Any], rule: str, name: str) -> str:
    if name:
        if name not in known:
            raise GradpathError(f"defines no '{printable(name)}'")
        return name
    if callable(known.get(rule)):
        return rule
    found = [key for key, value in known.items() if _may_be_rule(key, value, known["__name__"], rule)]
    if len(found) != 1:
        others = f"; it has {', '.join(found)}: say which with --name" if found else ""
        raise GradpathError(f"defines no function '{rule}' of x, g, state and hyperparameters{others}")
    return found[0]


def _may_be_rule(key: str, value: Any, module: str, rule: str) -> bool:
    if key.startswith("_") or inspect.isclass(value) or not callable(value):
        return False
    # What it imported is not its own.
    if getattr(value, "__module__", None) != module:
        return False
    try:
        hyperparameters_taken(WHERE, value, rule)
    except GradpathError:
        return False
    return True
