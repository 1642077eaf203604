"""Runs a submission in Python in a process of its own, forked from one that has loaded torch once for all."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from gradpath.workshop.grade_child import check_submission
from gradpath.workshop.grade_limits import LOADING_SECONDS, Kept, Limits, ended, too_slow


def run_python(file: Path, rule: str, name: str, limits: Limits, work: Path) -> dict[str, Any]:
    """Check a submission in Python; return what was found, with what it printed as ``output``."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["gradpath.workshop.grade_child"])
    output, its_output = server.Pipe(duplex=False)
    answer, its_answer = server.Pipe(duplex=False)
    arguments = (file.resolve(), rule, name, limits.megabytes, work, its_output, its_answer)
    process = server.Process(target=check_submission, args=arguments)
    process.start()
    # The process has them now; here, they would keep the pipes open when it has ended.
    its_output.close()
    its_answer.close()
    kept = Kept()
    reader = threading.Thread(target=_read, args=(output, kept), daemon=True)
    reader.start()
    try:
        found = _await(answer, limits)
    finally:
        _end(process)
    reader.join(5)
    return (found or ended(process.exitcode or 0, kept.text())) | {"output": kept.text()}


def _await(answer: Connection, limits: Limits) -> dict[str, Any] | None:
    with contextlib.suppress(EOFError, ConnectionResetError):
        if answer.poll(LOADING_SECONDS) and answer.recv() == "ready":
            return json.loads(answer.recv()) if answer.poll(limits.seconds) else too_slow(limits)
    return None


def _read(output: Connection, kept: Kept) -> None:
    with contextlib.suppress(OSError):
        while kept.add(os.read(output.fileno(), 65536)):
            pass


def _end(process: BaseProcess) -> None:
    """End the process and all that it started."""
    process.join(0.2)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()
