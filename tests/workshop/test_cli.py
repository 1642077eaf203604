"""The command line: help, refusals, a second run that does nothing, the doctor."""

from __future__ import annotations

import platform
import re
import subprocess
import sys

import pytest
import torch

from gradpath.cli import app, project_folder


def gradpath(folder, *arguments):
    command = [sys.executable, "-m", "gradpath.cli", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_help_lists_every_command(project):
    said = gradpath(project, "--help").stdout
    for command in app.registered_commands:
        assert command.callback.__name__ in said


def test_outside_of_a_project_one_line_says_so(tmp_path):
    done = gradpath(tmp_path, "check")
    assert done.returncode == 2
    line = "no gradpath project here; run the command inside a course or make one with gradpath new"
    assert done.stderr == f"gradpath: {tmp_path}: {line}\n"


def test_an_unknown_language_is_refused(project):
    done = gradpath(project, "run", "--language", "julia")
    assert done.returncode == 2
    assert done.stderr == "gradpath: --language: 'julia' is not accepted; use one of python, r, both\n"


def test_an_unknown_option_is_refused(project):
    assert gradpath(project, "run", "--quickly").returncode == 2


def test_a_project_is_found_from_a_folder_inside_it(project, monkeypatch):
    monkeypatch.chdir(project / "tests")
    assert project_folder() == project


def test_a_fresh_copy_computes_nothing(project, tmp_path):
    """The committed records prove every table of Python's fresh, wherever the project lies."""
    import shutil

    for part in ("python/gradpath", "shared_figures"):
        shutil.copytree(project / part, tmp_path / part, ignore=shutil.ignore_patterns("*.svg", "*.png"))
    shutil.copy(project / "_quarto.yml", tmp_path)
    done = gradpath(tmp_path, "run", "--language", "python")
    assert (done.returncode, done.stdout) == (0, "tables: nothing changed\n"), done.stderr


def test_doctor_says_what_is_there(project):
    done = gradpath(project, "doctor")
    assert done.returncode == 0
    # Each on a line of its own: "R" alone would be found in any text with a capital R.
    lines = dict(re.findall(r"^(?:yes|no) +(\S+(?: engine)?) {2,}(\S.*?) *$", done.stdout, flags=re.MULTILINE))
    for what in ("Python", "torch", "CUDA", "R", "Quarto", "browser", "Fashion-MNIST", "CIFAR-10", "digits"):
        assert what in lines, (what, done.stdout)
    assert lines["Python"] == platform.python_version()
    assert lines["torch"] == torch.__version__


@pytest.mark.parametrize("target", ["book", "test", "setup", "r-torch", "py-test", "r-test", "figures"])
def test_make_help_lists_the_targets(project, target):
    said = subprocess.run(["make", "help"], cwd=project, capture_output=True, text=True, check=True).stdout
    assert f"  make {target} " in said
