"""Development tasks of the R side: ``python -m gradpath.workshop.r_tools test | lint | document | check | torch``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from gradpath.refusals import GradpathError, one_of, refusal
from gradpath.workshop.project import project_folder
from gradpath.workshop.r_process import R, ensure_r_package, find_r, install_r

# Expressions of ours, run with the project's library first and the project as working folder.
TASKS = {
    "test": "testthat::test_dir('r/tests/testthat', package = 'gradpath', load_package = 'installed',"
    " reporter = 'summary', stop_on_failure = TRUE)",
    "lint": "found <- c(lintr::lint_package('r'), lintr::lint_dir('r/lessons', parse_settings = FALSE,"
    " linters = lintr::linters_with_defaults(line_length_linter = lintr::line_length_linter(96),"
    " object_usage_linter = NULL)));"
    # The transcripts of {torch} are what they are, and make no tensor that keeps R's memory.
    " source('r/tools/memory_linter.R');"
    " for (folder in c('r/R', 'r/lessons', 'r/tests/testthat')) found <- c(found, lintr::lint_dir(folder,"
    " parse_settings = FALSE, linters = list(memory_linter = memory_linter()), exclusions = list('recorded')));"
    " for (one in found) print(one); quit(status = length(found) > 0)",
    "document": "roxygen2::roxygenise('r', load_code = roxygen2::load_installed)",
}

# A new file has to stand in the order of loading before the package can be installed.
COLLATE = "roxygen2::update_collate('r')"

# {torch} comes from CRAN, and then downloads its native library from a site of its own.
TORCH = (
    "options(timeout = 600); utils::chooseCRANmirror(graphics = FALSE, ind = 1); install.packages('torch');"
    " if (!requireNamespace('torch', quietly = TRUE)) stop('CRAN is out of reach, or torch did not build');"
    " torch::install_torch(); if (!torch::torch_is_installed()) stop('its native library could not be downloaded')"
)


def run_task(project: Path, r: R, task: str) -> int:
    """Run one task; return the exit code of R."""
    if task == "document":
        _evaluate(project, r, COLLATE)
    ensure_r_package(r)
    if task == "check":
        return _check(project, r)
    code = _evaluate(project, r, TORCH if task == "torch" else TASKS[task])
    if task == "torch":
        print(
            "{torch} is installed: R uses it from now on"
            if code == 0
            else "{torch} could not be installed here, see above; R goes on with PyTorch through reticulate"
        )
    return code


def _evaluate(project: Path, r: R, expression: str) -> int:
    command = [r.rscript, "--no-save", "-e", expression]
    return subprocess.run(command, cwd=project, env=r.environment, check=False).returncode


def _check(project: Path, r: R) -> int:
    with tempfile.TemporaryDirectory() as folder:
        for command in (["build", str(project / "r")], ["check", "--no-manual", "--no-vignettes", "*.tar.gz"]):
            arguments = [str(next(Path(folder).glob(a))) if a.startswith("*") else a for a in command]
            environment = r.environment | {"_R_CHECK_FORCE_SUGGESTS_": "false"}
            code = subprocess.run(["R", "CMD", *arguments], cwd=folder, env=environment, check=False).returncode
            if code != 0:
                return code
    return 0


def main(arguments: list[str]) -> int:
    """Run the task that the command line names."""
    names = [*TASKS, "check", "torch"]
    try:
        if len(arguments) != 1 or arguments[0] not in names:
            raise refusal("gradpath.r_tools", "task", " ".join(arguments), one_of(names))
        project = project_folder()
        r = find_r(project)
        if r is None:
            print(f"R is left out, it is not installed here; {install_r()}")
            return 0 if arguments[0] in ("test", "lint") else 2
        return run_task(project, r, arguments[0])
    except GradpathError as error:
        print(f"gradpath: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
