"""The development tasks of the R side: the lint step refuses what it should."""

from __future__ import annotations

import shutil
import subprocess

from gradpath.workshop.r_process import R
from gradpath.workshop.r_tools import TASKS


def test_the_lint_step_refuses_a_tensor_made_from_a_matrix(r: R, project, tmp_path):
    shutil.copytree(project / "r" / "tools", tmp_path / "r" / "tools")
    for name in ("DESCRIPTION", ".lintr"):
        shutil.copy(project / "r" / name, tmp_path / "r" / name)
    (tmp_path / "r" / "NAMESPACE").write_text("")
    unsafe = "truth <- torch_tensor(matrix(1:3, ncol = 1), dtype = torch_int32())\n"
    planted = [f"r/{folder}/planted.R" for folder in ("R", "lessons", "tests/testthat")]
    for file in planted:
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_text(unsafe)
    command = [r.rscript, "--no-save", "-e", TASKS["lint"]]
    done = subprocess.run(command, cwd=tmp_path, env=r.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("{torch} may not copy the memory of a matrix") == len(planted)
