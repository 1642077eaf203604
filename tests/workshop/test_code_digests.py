"""What code makes a result: what a function reaches, in both languages, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gradpath.workshop.code_digests import PARTS, code_digests, lesson_digests
from gradpath.workshop.running_code import Code, running_code
from gradpath.workshop.studies import STUDIES
from tests.conftest import PROJECT
from tests.small_project import plant


@pytest.fixture
def code(project, tmp_path) -> Path:
    """Copy the code of both languages, to be changed."""
    ignored = shutil.ignore_patterns("__pycache__", "site", "*.egg-info")
    shutil.copytree(project / "python" / "gradpath", tmp_path / "python" / "gradpath", ignore=ignored)
    for part in ("R", "inst"):
        shutil.copytree(project / "r" / part, tmp_path / "r" / part)
    return tmp_path


def copied(folder: Path) -> Code:
    return Code(folder / "python" / "gradpath", folder / "r", folder)


def changed(code: Path, language: str, root: str, file: str, right: str, wrong: str, engine: str = "") -> list[str]:
    """Say in which files the code that ``root`` reaches changed, when one place of one file changes."""
    before = code_digests(copied(code), language, [root], engine)
    plant(code / file, right, wrong)
    after = code_digests(copied(code), language, [root], engine)
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def test_every_study_names_functions_that_exist(project):
    for study in STUDIES:
        for roots in (study.makers, study.drawers):
            for by, names in roots.items():
                assert code_digests(running_code(project), "r" if by == "r" else "python", names), (study.name, by)


def test_a_root_that_is_gone_is_an_error(project):
    with pytest.raises(KeyError, match=r"no definition runs\.run_nothing"):
        code_digests(running_code(project), "python", ["runs.run_nothing"])


def test_a_path_is_made_by_rules_surfaces_and_the_loop_and_not_by_pictures_or_networks(project):
    parts = ["rules.adam", "surfaces.saddle"]
    python = set(code_digests(running_code(project), "python", ["workshop.runs.run_path", *parts]))
    r = {name.replace("-", ".") for name in code_digests(running_code(project), "r", ["run_path", *parts], "torch")}
    for reached in (python, r):
        used = {*parts, "rules", "rules.rule", "surfaces", "surfaces.surface", "paths.descent", "optimizers"}
        assert used | {"schedules.schedules", "paths.noise", "workshop.runs"} <= reached
        assert (
            not {"pictures.contours", "training.train_network", "networks", "workshop.agreement", "rules.sgd"}
            & reached
        )


def test_what_lies_in_files_of_its_own_is_what_the_packages_find(project):
    found = {
        file.parent.name for file in project.glob("python/gradpath/*/__init__.py") if "found_in" in file.read_text()
    }
    assert set(PARTS) == found


NEW = {
    "python/gradpath/rules/dawdle.py": (
        "import torch\nfrom gradpath.rules.rule import Rule, Step\n\n\ndef dawdle(x, g, state, lr=0.1):\n"
        "    return Step(x, state)\n\n\nRULE = Rule(dawdle, 2023, {}, torch.optim.SGD)\n"
    ),
    "python/gradpath/surfaces/bump.py": "import gradpath.surfaces.surface as s\n\nSURFACE = s.Surface('bump')\n",
    "r/R/rules-dawdle.R": "dawdle <- function(x, g, state, lr = 0.1) list(x = x - g$sign() * lr, state = state)\n\n"
    "RULE_DAWDLE <- new_rule('dawdle', dawdle, 2023, list(), 'optim_sgd')\n",
    "r/R/surfaces-bump.R": "SURFACE_BUMP <- new_surface('bump')\n",
}


def test_a_new_rule_and_a_new_surface_make_nothing_else_stale(code):
    def all_digests() -> list[dict[str, str]]:
        entries = [entry for study in STUDIES for entry in study.entries(PROJECT)]
        made = [
            code_digests(
                copied(code), "python" if lane == "python" else "r", [*entry.study.makers[by], *entry.parts], lane
            )
            for entry in entries
            for lane, by in (("python", "python"), ("torch", "r"))
        ]
        lessons = [*PROJECT.glob("python/lessons/*.py"), *PROJECT.glob("r/lessons/*.R")]
        return made + [
            lesson_digests(copied(code), "python" if lesson.suffix == ".py" else "r", lesson.read_text())
            for lesson in lessons
        ]

    before = all_digests()
    for file, text in NEW.items():
        (code / file).write_text(text)
    assert all_digests() == before
    assert "rules.dawdle" in code_digests(copied(code), "python", ["rules.dawdle"])
    assert "rules-dawdle" in lesson_digests(
        copied(code), "r", "library(gradpath)\ndescend('saddle', c(1, 1), 'dawdle', 3)\n"
    )


@pytest.mark.parametrize(
    ("language", "root", "file", "right", "wrong", "where"),
    [
        (
            "python",
            "rules.rmsprop",
            "rules/rmsprop.py",
            "v = v * alpha + g * g",
            "v = v * alpha + g * 2",
            "rules.rmsprop",
        ),
        ("r", "rules.momentum", "rules-momentum.R", "v <- v * momentum + g", "v <- g #", "rules-momentum"),
        (
            "python",
            "workshop.labs.train_run",
            "training/train_network.py",
            "order.split(batch_size)",
            "order.split(1)",
            "training.train_network",
        ),
        (
            "r",
            "train_run",
            "training-train_network.R",
            "torch_split(order, batch_size)",
            "torch_split(order, 1)",
            "training-train_network",
        ),
        (
            "python",
            "workshop.runs.plot_figure",
            "pictures/contours.py",
            "LEVELS = 14",
            "LEVELS = 15",
            "pictures.contours",
        ),
        (
            "r",
            "plot_figure",
            "pictures-contour_layers.R",
            "arrow_layer <- function(",
            "arrow_layer <- function(more, ",
            "pictures-contour_layers",
        ),
    ],
)
def test_another_number_in_the_code_is_seen(code, language, root, file, right, wrong, where):
    folder = "python/gradpath" if language == "python" else "r/R"
    assert changed(code, language, root, f"{folder}/{file}", right, wrong) == [where]


def test_words_are_not_code(code):
    for language, root, file in (
        ("python", "workshop.runs.run_path", "python/gradpath/paths/descent.py"),
        ("r", "run_path", "r/R/paths-descent.R"),
    ):
        before = code_digests(copied(code), language, [root])
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
        assert code_digests(copied(code), language, [root]) == before


def test_a_clearer_refusal_makes_no_number_stale(code):
    right = 'f"a whole number from 0 to {MAX_STEPS}"'
    assert (
        changed(code, "python", "workshop.runs.run_path", "python/gradpath/hyperparameters.py", right, "'a number'")
        == []
    )


def test_an_engine_counts_for_its_own_tables_only(code):
    printing = code / "r" / "R" / "engine-pytorch-modules.R"
    name = printing.read_text().split(" <- ")[0].splitlines()[-1]
    planted = (str(printing.relative_to(code)), f"\n{name} <- ", f"\nadded <- 1\n\n{name} <- ")
    torch = code_digests(copied(code), "r", ["run_path"], "torch")
    assert changed(code, "r", "run_path", *planted, "pytorch") == ["engine-pytorch-modules"]
    assert code_digests(copied(code), "r", ["run_path"], "torch") == torch
    assert not any(name.startswith(("engine-pytorch-", "engine-python")) for name in torch)


def test_a_lesson_is_made_by_what_it_calls(project):
    python = "import gradpath\nx = gradpath.descend('saddle', (1, 1), 'sgd', 3)\n"
    r = "library(gradpath)\nx <- descend('saddle', c(1, 1), 'sgd', 3)\n"
    for language, text in (("python", python), ("r", r)):
        plain = lesson_digests(running_code(project), language, text)
        rule = "rules.sgd" if language == "python" else "rules-sgd"
        join = rule[5]
        assert {f"paths{join}descent", rule} <= set(plain)
        assert rule.replace("sgd", "adam") not in plain
        assert not {f"pictures{join}contours", f"training{join}train_network"} & set(plain)
        drawn = (
            text.replace("descend(", "plot_paths(") if language == "r" else text.replace(".descend(", ".plot_paths(")
        )
        assert f"pictures{join}contours" in lesson_digests(running_code(project), language, drawn)
        assert lesson_digests(running_code(project), language, "# gradpath\n") == {}
