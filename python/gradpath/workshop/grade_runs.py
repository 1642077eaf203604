"""Runs one submission in a process of its own, with limits on time and memory.

It is no sandbox: a submission can read and write what the person who grades it can. Its time begins, and its memory
counts, when its process has loaded what it is checked with.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

from gradpath.refusals import GradpathError, printable
from gradpath.workshop.project import project_folder
from gradpath.workshop.r_process import INSTALL_R, R, ensure_r_package, find_r

# How long a process may take to load torch, or R its engine, before the submission's own time begins.
LOADING_SECONDS = 300
# So much of what a submission prints is kept.
OUTPUT_CHARACTERS = 4000
_NO_MEMORY = re.compile(r"MemoryError|can't allocate|[Cc]annot allocate|bad_alloc|not enough memory|out of memory")
_NO_PACKAGE = "R is installed without the package gradpath; run R CMD INSTALL r in the cloned repository"


@dataclass(frozen=True)
class Limits:
    """Seconds and megabytes that a submission may use."""

    seconds: float
    megabytes: int


def run_submission(file: Path, rule: str, name: str, limits: Limits) -> dict[str, Any]:
    """Check a submission; return what was found, with what it printed as ``output``.

    Raises
    ------
    GradpathError
        If it is in R, and R or its package is missing; one line.
    """
    command, environment = _r_command() if file.suffix in (".R", ".r") else _python_command()
    with tempfile.TemporaryDirectory(prefix="gradpath-grade-") as folder:
        place = Path(folder)
        (place / "work").mkdir()
        process = subprocess.Popen(
            [*command, str(file.resolve()), rule, name, folder],
            cwd=place / "work", env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        kept: list[bytes] = []
        reader = threading.Thread(target=_read, args=(process.stdout, kept), daemon=True)
        reader.start()
        try:
            found = _watch(process, place, limits)
        finally:
            _end(process)
        reader.join(5)
        result = place / "result.json"
        if not found and result.is_file():
            found = json.loads(result.read_text(encoding="utf-8"))
    output = b"".join(kept).decode("utf-8", "replace")
    if not found:
        found = {"verdict": "stopped", "first": _last_word(process.returncode, output)}
    if _NO_MEMORY.search(found.get("first") or ""):
        place_named = re.search(r" \(([^()]*line \d+)\)$", found["first"])
        where = f" ({place_named[1]})" if place_named else ""
        found = {"verdict": "too large", "first": f"needs more than {limits.megabytes} MB of memory{where}"}
    return found | {"output": output}


def _watch(process: subprocess.Popen[bytes], place: Path, limits: Limits) -> dict[str, Any]:
    ready = place / "ready"
    if not _wait(process, LOADING_SECONDS, ready):
        return {}
    _limit_memory(int(ready.read_text()), limits.megabytes)
    (place / "go").touch()
    if not _wait(process, limits.seconds):
        return {"verdict": "too slow", "first": f"takes longer than {limits.seconds:g} seconds"}
    return {}


def _wait(process: subprocess.Popen[bytes], seconds: float, file: Path | None = None) -> bool:
    """Wait until there is a file, or until the process has ended; say whether that came in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if file is not None and file.is_file() and file.stat().st_size:
            return True
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        return file is None
    return False


def _limit_memory(process: int, megabytes: int) -> None:
    # Linux alone can limit another process; elsewhere there is a limit on time only.
    if not sys.platform.startswith("linux"):
        return
    import resource

    pages = int(Path(f"/proc/{process}/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + megabytes * 2**20
    resource.prlimit(process, resource.RLIMIT_AS, (most, most))
    resource.prlimit(process, resource.RLIMIT_CORE, (0, 0))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read(stream: IO[bytes], kept: list[bytes]) -> None:
    # What is beyond the first part is read, so that the submission does not wait, and dropped.
    room = OUTPUT_CHARACTERS
    while chunk := stream.read1(65536):  # type: ignore[attr-defined]
        kept.append(chunk[:room])
        room -= len(kept[-1])


def _last_word(code: int, output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
    if code < 0 and -code in signal.valid_signals():
        how = f"by {signal.Signals(-code).name}"
    return printable(f"its process ended {how}" + (f": {lines[-1][:200]}" if lines else ""))


def _python_command() -> tuple[list[str], dict[str, str]]:
    # One thread: more would share the same core with other submissions, and take memory for their stacks.
    return [sys.executable, "-m", "gradpath.workshop.grade_child"], os.environ | {"OMP_NUM_THREADS": "1"}


@cache
def _r_command() -> tuple[list[str], dict[str, str]]:
    rscript = shutil.which("Rscript")
    if rscript is None:
        raise GradpathError(f"R is not installed here; {INSTALL_R}")
    environment = {"RETICULATE_PYTHON": sys.executable} | os.environ | {"OMP_NUM_THREADS": "1"}
    r = _project_r()
    if r is not None:
        ensure_r_package(r)
        environment |= r.environment
    asked = [rscript, "-e", "cat(requireNamespace('gradpath', quietly = TRUE))"]
    said = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False).stdout
    if not said.endswith("TRUE"):
        raise GradpathError(_NO_PACKAGE)
    # Written by us; the names of files and functions reach it as arguments.
    expression = "suppressMessages(library(gradpath)); gradpath:::grade_child()"
    return [rscript, "--no-save", "--no-restore", "-e", expression], environment


def _project_r() -> R | None:
    """Return the R of the project around the current folder, or of the clone that this package is part of."""
    try:
        return find_r(project_folder())
    except GradpathError:
        clone = Path(__file__).resolve().parents[3]
        return find_r(clone) if (clone / "r" / "DESCRIPTION").is_file() else None
