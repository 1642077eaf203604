"""What code makes a result: what a function reaches, in both languages, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gradpath.code_digests import code_digests, lesson_digests
from gradpath.studies import STUDIES
from tests.small_project import plant


@pytest.fixture
def code(project, tmp_path) -> Path:
    """Copy the code of both languages, to be changed."""
    ignored = shutil.ignore_patterns("__pycache__", "site", "*.egg-info")
    shutil.copytree(project / "python" / "gradpath", tmp_path / "python" / "gradpath", ignore=ignored)
    for part in ("R", "inst"):
        shutil.copytree(project / "r" / part, tmp_path / "r" / part)
    return tmp_path


def changed(code: Path, language: str, root: str, file: str, right: str, wrong: str, engine: str = "") -> list[str]:
    """Say in which files the code that ``root`` reaches changed, when one place of one file changes."""
    before = code_digests(code, language, [root], engine)
    plant(code / file, right, wrong)
    after = code_digests(code, language, [root], engine)
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def test_every_study_names_functions_that_exist(project):
    for study in STUDIES:
        for roots in (study.makers, study.drawers):
            for by, names in roots.items():
                assert code_digests(project, "r" if by == "r" else "python", names), (study.name, by)


def test_a_root_that_is_gone_is_an_error(project):
    with pytest.raises(KeyError, match=r"no definition runs\.run_nothing"):
        code_digests(project, "python", ["runs.run_nothing"])


def test_a_path_is_made_by_rules_surfaces_and_the_loop_and_not_by_pictures_or_networks(project):
    python = set(code_digests(project, "python", ["runs.run_path"]))
    r = set(code_digests(project, "r", ["run_path"], "torch"))
    for reached in (python, r):
        assert {"update_rules", "surfaces", "descent", "optimizers", "schedules", "noise", "runs"} <= reached
        assert not {"contours", "training", "networks", "lab_pictures", "agreement"} & reached


@pytest.mark.parametrize(
    ("language", "root", "file", "right", "wrong", "where"),
    [
        (
            "python",
            "runs.run_path",
            "update_rules.py",
            "v = v * alpha + g * g",
            "v = v * alpha + g * 2",
            "update_rules",
        ),
        ("r", "run_path", "update_rules.R", "v <- v * momentum + g\n  # x <- x - lr v", "v <- g #", "update_rules"),
        ("python", "labs.train_run", "training.py", "order.split(batch_size)", "order.split(1)", "training"),
        ("r", "train_run", "training.R", "torch_split(order, batch_size)", "torch_split(order, 1)", "training"),
        ("python", "runs.plot_figure", "contours.py", "LEVELS = 14", "LEVELS = 15", "contours"),
        (
            "r",
            "plot_figure",
            "contour_layers.R",
            "arrow_layer <- function(",
            "arrow_layer <- function(more, ",
            "contour_layers",
        ),
    ],
)
def test_another_number_in_the_code_is_seen(code, language, root, file, right, wrong, where):
    folder = "python/gradpath" if language == "python" else "r/R"
    assert changed(code, language, root, f"{folder}/{file}", right, wrong) == [where]


def test_words_are_not_code(code):
    for language, root, file in (
        ("python", "runs.run_path", "python/gradpath/descent.py"),
        ("r", "run_path", "r/R/descent.R"),
    ):
        before = code_digests(code, language, [root])
        source = code / file
        text = source.read_text()
        said = '"""Descend a surface from a starting point and return the path.'
        text = (
            text.replace(said, '"""Go down.')
            if language == "python"
            else text.replace("#' @return A data", "#' @return Data")
        )
        assert text != source.read_text()
        source.write_text(f'# A comment.\n\n{text}\n# Another, with a "quote.\n')
        assert code_digests(code, language, [root]) == before


def test_a_clearer_refusal_makes_no_number_stale(code):
    right = 'f"a whole number from 0 to {MAX_STEPS}"'
    assert changed(code, "python", "runs.run_path", "python/gradpath/hyperparameters.py", right, "'a number'") == []


def test_an_engine_counts_for_its_own_tables_only(code):
    printing = code / "r" / "R" / "pytorch-print.R"
    name = printing.read_text().split(" <- ")[0].splitlines()[-1]
    planted = (str(printing.relative_to(code)), f"\n{name} <- ", f"\nadded <- 1\n\n{name} <- ")
    torch = code_digests(code, "r", ["run_path"], "torch")
    assert changed(code, "r", "run_path", *planted, "pytorch") == ["pytorch-print"]
    assert code_digests(code, "r", ["run_path"], "torch") == torch
    assert not any(name.startswith(("pytorch-", "engine-python")) for name in torch)


def test_a_lesson_is_made_by_what_it_calls(project):
    python = "import gradpath\nx = gradpath.descend('saddle', (1, 1), 'sgd', 3)\n"
    r = "library(gradpath)\nx <- descend('saddle', c(1, 1), 'sgd', 3)\n"
    for language, text in (("python", python), ("r", r)):
        plain = lesson_digests(project, language, text)
        assert {"descent", "update_rules"} <= set(plain)
        assert not {"contours", "training"} & set(plain)
        drawn = (
            text.replace("descend(", "plot_paths(") if language == "r" else text.replace(".descend(", ".plot_paths(")
        )
        assert "contours" in lesson_digests(project, language, drawn)
        assert lesson_digests(project, language, "# gradpath\n") == {}
