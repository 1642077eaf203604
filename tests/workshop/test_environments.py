"""Environments that people have: folders with letters beyond ASCII, plain locales, strict warnings, odd backends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gradpath.workshop.r_process import R


@pytest.fixture(scope="module")
def elsewhere(r: R, tmp_path_factory) -> Path:
    """Make a folder with letters beyond ASCII that has the R package and a virtual environment."""
    folder = tmp_path_factory.mktemp("prüfung ☃")
    shutil.copytree(r.project / ".r-library" / "gradpath", folder / "library" / "gradpath")
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "xx_YY.UTF-8"},
        {"LC_ALL": "POSIX", "PYTHONWARNINGS": "error"},
    ],
    ids=str,
)
def test_the_engine_starts_wherever_the_project_is(r: R, elsewhere, environment):
    before = os.environ.get("R_LIBS")
    environment = os.environ | environment | {"GRADPATH_R_ENGINE": "pytorch"}
    environment["R_LIBS"] = str(elsewhere / "library") + (os.pathsep + before if before else "")
    environment["RETICULATE_PYTHON"] = str(elsewhere / ".venv" / "bin" / "python")
    # Its own files are still found afterwards, and what starts from here has the variables that were set.
    code = (
        "library(gradpath); cat(dirname(system.file(package = 'gradpath')), torch_tensor(2.5)$item(),"
        " Sys.getenv(c('PYTHONWARNINGS', 'LC_ALL')))"
    )
    done = subprocess.run([r.rscript, "-e", code], env=environment, cwd=elsewhere, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode().strip()
    assert said == f"{elsewhere / 'library'} 2.5 {environment.get('PYTHONWARNINGS', '')} {environment['LC_ALL']}"


def test_a_python_that_does_not_start_is_said_with_its_reason(r: R, elsewhere):
    environment = r.environment | {"GRADPATH_R_ENGINE": "pytorch", "LC_ALL": "C", "LANGUAGE": "en"}
    environment["RETICULATE_PYTHON"] = "/nonexistent/python"
    code = "gradpath::engine_info()"
    done = subprocess.run([r.rscript, "-e", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "no Python with PyTorch was found (" in done.stderr
    assert "/nonexistent/python" in done.stderr


def test_a_backend_that_matplotlib_does_not_know_is_not_asked_for(tmp_path, project):
    code = (
        "import sys; sys.argv = ['gradpath', 'doctor'];"
        "from gradpath import cli; cli.app = lambda: __import__('gradpath.pictures.contours');"
        "cli.main(); import matplotlib; print(matplotlib.get_backend(auto_select=False))"
    )
    for backend in ("nope", "TkAgg"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"MPLBACKEND": backend, "PYTHONPATH": str(project / "python")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout.strip()) == (0, "None"), done.stderr
