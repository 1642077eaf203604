"""Lessons taken along find the recorded tables that they read, or say in one line what they need."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from gradpath import GradpathError, find_table
from gradpath.workshop.r_process import R

NAME = "recorded_torch/torch_network.csv"
NEEDED = (
    f"find_table(): name: '{NAME}' is not accepted; use a table that is here: "
    f"copy shared_figures/{NAME} of the project into this folder, or run in the project's"
)


def lesson_files(project):
    return sorted([*project.glob("python/lessons/*.py"), *project.glob("r/lessons/*.R")])


def test_no_lesson_reads_a_file_by_a_path_that_holds_in_the_project_alone(project):
    named = 0
    for file in lesson_files(project):
        lines = file.read_text(encoding="utf-8").splitlines()
        # The header declares what is read; the code finds it.
        text = "\n".join(line for line in lines if not line.startswith("#| reads: "))
        assert "shared_figures" not in text, file.name
        for name in re.findall(r'find_table\(f?"([^"]+)"', text):
            found = sorted((project / "shared_figures").glob(re.sub(r"\{\w+\}|%s", "*", name)))
            assert found, (file.name, name)
            named += 1
    assert named >= 8


def test_a_lesson_runs_in_an_empty_folder(project, tmp_path):
    script = project / "python" / "lessons" / "01-descent-by-hand.py"
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "losses, the last recorded as" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_lesson_runs_in_an_empty_folder_in_r(project, r: R, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = r.run("cat(basename(gradpath::find_table(commandArgs(trailingOnly = TRUE)[1])))", NAME, quiet=True)
    assert said.splitlines()[-1] == "torch_network.csv"


def test_python_and_r_say_alike_what_is_missing(project, r: R, tmp_path, monkeypatch):
    # The package without the project around it, as somebody has it who installed it elsewhere.
    shutil.copytree(project / "python" / "gradpath", tmp_path / "python" / "lib" / "gradpath")
    shutil.copytree(project / ".r-library" / "gradpath", tmp_path / "r" / "lib" / "gradpath")
    empty = tmp_path / "empty"
    empty.mkdir()
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'python' / 'lib')!r})\n"
    code += f"from gradpath import find_table; find_table({NAME!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=empty, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"gradpath.refusals.GradpathError: {NEEDED}"
    library = str(tmp_path / "r" / "lib")
    code = f'library(gradpath, lib.loc = "{library}"); find_table("{NAME}")'
    done = subprocess.run([r.rscript, "-e", code], cwd=empty, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Error: {NEEDED}" in " ".join(done.stderr.split())


def test_a_table_beside_the_script_is_found(project, tmp_path, monkeypatch):
    import gradpath.workshop.recorded_tables as module

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "_PROJECT", tmp_path / "elsewhere")
    with pytest.raises(GradpathError, match=re.escape(NEEDED)):
        find_table(NAME)
    (tmp_path / "torch_network.csv").write_text("loss\n")
    assert find_table(NAME) == "torch_network.csv"


def test_a_name_that_is_no_text_is_refused():
    with pytest.raises(GradpathError, match=r"^find_table\(\): name: 3 is not accepted; use the name of a table"):
        find_table(3)
