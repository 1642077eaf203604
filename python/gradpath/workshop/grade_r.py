"""Runs a submission in R in an R process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import IO, Any

from gradpath.refusals import GradpathError
from gradpath.workshop.grade_limits import LOADING_SECONDS, Kept, Limits, ended, too_slow
from gradpath.workshop.project import project_folder
from gradpath.workshop.r_process import INSTALL_R, R, ensure_r_package, find_r

_NO_PACKAGE = "R is installed without the package gradpath; run R CMD INSTALL r in the cloned repository"
# Written by us; the names of files and functions reach it as arguments.
_EXPRESSION = "suppressMessages(library(gradpath)); gradpath:::grade_child()"


def run_r(file: Path, rule: str, name: str, limits: Limits, work: Path) -> dict[str, Any]:
    """Check a submission in R; return what was found, with what it printed as ``output``.

    The process says in a file that it is ready, and waits for another file until its limits are set.

    Raises
    ------
    GradpathError
        If R or its package is missing; one line.
    """
    rscript, environment = r_command()
    place = work.with_name("answers")
    place.mkdir()
    process = subprocess.Popen(
        [rscript, "--no-save", "--no-restore", "-e", _EXPRESSION, str(file.resolve()), rule, name, str(place)],
        cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    kept = Kept()
    reader = threading.Thread(target=_read, args=(process.stdout, kept), daemon=True)
    reader.start()
    try:
        found = _await(process, place, limits)
    finally:
        _end(process)
    reader.join(5)
    return (found or ended(process.returncode, kept.text())) | {"output": kept.text()}


def _await(process: subprocess.Popen[bytes], place: Path, limits: Limits) -> dict[str, Any] | None:
    ready, result = place / "ready", place / "result.json"
    if not _wait(process, LOADING_SECONDS, ready):
        return None
    _limit_memory(int(ready.read_text()), limits.megabytes)
    (place / "go").touch()
    if not _wait(process, limits.seconds, result):
        return None if process.poll() is not None else too_slow(limits)
    return json.loads(result.read_text(encoding="utf-8"))


def _wait(process: subprocess.Popen[bytes], seconds: float, file: Path) -> bool:
    """Wait until there is a file; say whether it came before the time was over or the process ended."""
    end = time.monotonic() + seconds
    while not file.is_file() and time.monotonic() < end:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            break
    return file.is_file()


def _limit_memory(process: int, megabytes: int) -> None:
    # R cannot limit itself, and only Linux can limit another process; elsewhere there is a limit on time alone.
    if not sys.platform.startswith("linux"):
        return
    import resource

    pages = int(Path(f"/proc/{process}/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + megabytes * 2**20
    resource.prlimit(process, resource.RLIMIT_AS, (most, most))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read(stream: IO[bytes], kept: Kept) -> None:
    while kept.add(os.read(stream.fileno(), 65536)):
        pass


@cache
def r_command() -> tuple[str, dict[str, str]]:
    """Return Rscript and the environment in which it finds the package.

    Raises
    ------
    GradpathError
        If there is no R, or no package; one line.
    """
    rscript = shutil.which("Rscript")
    if rscript is None:
        raise GradpathError(f"R is not installed here; {INSTALL_R}")
    environment = {"RETICULATE_PYTHON": sys.executable} | os.environ | {"OMP_NUM_THREADS": "1"}
    r = project_r()
    if r is not None:
        ensure_r_package(r)
        environment |= r.environment
    asked = [rscript, "-e", "cat(requireNamespace('gradpath', quietly = TRUE))"]
    said = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False).stdout
    if not said.endswith("TRUE"):
        raise GradpathError(_NO_PACKAGE)
    return rscript, environment


def project_r() -> R | None:
    """Return the R of the project around the current folder, or of the clone that this package is part of."""
    try:
        return find_r(project_folder())
    except GradpathError:
        clone = Path(__file__).resolve().parents[3]
        return find_r(clone) if (clone / "r" / "DESCRIPTION").is_file() else None
