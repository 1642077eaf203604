"""R as a process of its own: finds it, keeps the R package installed for this project, runs expressions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from filelock import FileLock

from gradpath.refusals import GradpathError
from gradpath.tables import write_text
from gradpath.workshop.fingerprints import fingerprint_files
from gradpath.workshop.running_code import r_source


def install_r() -> str:
    """Say how R is installed, for a line that says that it is missing."""
    packages = r_source() / "packages-debian.txt"
    return f"install R 4.2 or newer with the packages of {packages} (Debian: apt-get install), then repeat"


@dataclass
class R:
    """An R that can run gradpath's R side.

    Attributes
    ----------
    rscript : str
        The command.
    project : Path
        Its ``.r-library`` holds the installed R package.
    """

    rscript: str
    project: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of R processes: the project's library first, and this Python for reticulate."""
        library = str(self.project / ".r-library")
        before = os.environ.get("R_LIBS")
        return os.environ | {
            "R_LIBS": library + (os.pathsep + before if before else ""),
            "RETICULATE_PYTHON": sys.executable,
        }

    def run(self, expression: str, *arguments: str, quiet: bool = False, engine: str = "") -> str:
        """Run one R expression, written by us, in a new process; return what it printed.

        ``arguments`` reach it as ``commandArgs(trailingOnly = TRUE)``; nothing is pasted into the code. ``engine``
        is the one to use; if empty, the environment or R decides.

        Raises
        ------
        GradpathError
            If R fails: its own error message, on one line.
        """
        command = [self.rscript, "--no-save", "--no-restore", "-e", expression, *arguments]
        environment = self.environment | ({"GRADPATH_R_ENGINE": engine} if engine else {})
        done = subprocess.run(command, env=environment, cwd=self.project, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise GradpathError(_error_line(done.stderr))
        if not quiet:
            sys.stderr.write(done.stderr)
        return done.stdout


def find_r(project: Path) -> R | None:
    """Return the R of this machine, or None."""
    rscript = shutil.which("Rscript")
    return R(rscript, project) if rscript else None


@cache
def r_engines(project: Path) -> tuple[str, ...]:
    """Return the engines that R can use here, {torch} first; none without R.

    Where ``GRADPATH_R_ENGINE`` names one, it is the only one.
    """
    r = find_r(project)
    if r is None:
        return ()
    forced = os.environ.get("GRADPATH_R_ENGINE", "")
    if forced:
        return (forced,)
    # {torch} without its native library would offer to download it: only a person may start that.
    asked = "cat(requireNamespace('torch', quietly = TRUE) && torch::torch_is_installed())"
    command = [r.rscript, "--no-save", "--no-restore", "-e", asked]
    environment = r.environment | {"TORCH_INSTALL": "0", "TORCH_VERIFY_LOAD": "FALSE"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return ("torch", "pytorch") if done.stdout.endswith("TRUE") else ("pytorch",)


def can_compute(project: Path, lane: str) -> bool:
    """Say whether this machine can compute a lane: Python always, R with the engines that are here."""
    language, _, engine = lane.partition("-")
    return language == "python" or engine in r_engines(project)


def ensure_r_package(r: R) -> bool:
    """Install the R package of the running code into the project's ``.r-library`` if its source changed.

    Returns
    -------
    bool
        Whether it did.

    Raises
    ------
    GradpathError
        If R CMD INSTALL fails; the last lines of its output.
    """
    sources = r_source()
    library = r.project / ".r-library"
    stamp = library / "gradpath.fingerprint"
    inside = [file for file in sources.glob("inst/**/*") if file.is_file() and "__pycache__" not in file.parts]
    now = fingerprint_files([sources / "DESCRIPTION", sources / "NAMESPACE", *sources.glob("R/*.R"), *inside])
    library.mkdir(exist_ok=True)
    # Several processes may ask at once; one installs, the others wait and find it done.
    with FileLock(library / "gradpath.lock"):
        if stamp.is_file() and stamp.read_text() == now and (library / "gradpath").is_dir():
            return False
        _install(r, sources, library)
        write_text(stamp, now)
    return True


def _install(r: R, sources: Path, library: Path) -> None:
    # R leaves its own lock behind when it is killed; ours is held, so nobody is using it.
    for left in library.glob("00LOCK*"):
        shutil.rmtree(left)
    command = [
        str(Path(r.rscript).with_name("R")) if os.sep in r.rscript else "R",
        *("CMD", "INSTALL", "--no-docs", "--no-test-load", f"--library={library}", str(sources)),
    ]
    done = subprocess.run(command, env=r.environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise GradpathError(f"r: R CMD INSTALL failed: {_error_line(done.stderr)}")


def _error_line(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    for i, line in enumerate(lines):
        if line.startswith(("Error", "ERROR")):
            head, _, rest = line.partition(": ")
            return rest or (lines[i + 1] if i + 1 < len(lines) else head)
    return lines[-1] if lines else "R stopped without a message"
