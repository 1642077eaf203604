"""Every declared figure of paths is a view of the explorer, and its page leads there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gradpath.status import find_stale
from gradpath.workshop.explorer_presets import explorer_presets, write_explorer_presets
from gradpath.workshop.figure_pages import figure_pages, write_figure_pages

DECLARED = """figures:
  - id: bowl
    title: A bowl
    caption: Two paths.
    alt: Ellipses, and two paths over them.
    surface: anisotropic_paraboloid
    start: [5, 2]
    paths:
      - {id: one, label: first, optimizer: sgd, steps: 3, hyperparameters: {lr: 0.3}}
      - {id: two, optimizer: sgd, steps: 4, schedule: {name: cosine, steps: 4}, noise: 1, seed: 5}
  - id: many
    title: Many grounds
    draw: false
    paths:
      - {id: one, optimizer: sgd, steps: 3, surface: saddle, start: [1, 1]}
      - {id: two, optimizer: sgd, steps: 3, surface: rosenbrock, start: [0, 1]}
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "shared_figures").mkdir()
    (tmp_path / "shared_figures" / "experiments.yaml").write_text(DECLARED)
    (tmp_path / "book" / "explorer").mkdir(parents=True)
    (tmp_path / "book" / "explorer.qmd").write_text("# Explorer {#sec-explorer}\n")
    (tmp_path / "book" / "04-bowls.qmd").write_text("# Bowls {#sec-bowls}\n\n{{< include _figures/bowl.md >}}\n")
    return tmp_path


def presets(course: Path) -> list[dict]:
    write_explorer_presets(course)
    text = (course / "book" / "explorer" / "presets.js").read_text(encoding="utf-8")
    return json.loads(text[text.index("[") : text.rindex("]") + 1])


def test_a_view_says_everything_of_its_paths(course):
    bowl, *others = presets(course)
    assert (bowl["id"], bowl["chapter"], bowl["title"]) == ("bowl", "4 Bowls", "A bowl")
    assert (bowl["surface"], bowl["start"]) == ("anisotropic_paraboloid", [5, 2])
    assert bowl["runs"] == [
        {"label": "first", "optimizer": "sgd", "steps": 3, "hyperparameters": {"lr": 0.3}}
        | {"schedule": None, "noise": 0, "seed": 0},
        {"label": "two", "optimizer": "sgd", "steps": 4, "hyperparameters": {}}
        | {"schedule": {"name": "cosine", "steps": 4, "lr_min": 0}, "noise": 1, "seed": 5},
    ]
    assert [(one["id"], one["surface"]) for one in others] == [
        ("many--saddle", "saddle"),
        ("many--rosenbrock", "rosenbrock"),
    ]


def test_the_page_of_a_figure_leads_to_its_view_where_there_is_an_explorer(course):
    [page] = write_figure_pages(course)
    assert page.read_text().endswith("[Open these paths in the explorer](explorer.qmd#preset=bowl)\n:::\n")
    (course / "book" / "explorer.qmd").unlink()
    write_figure_pages(course)
    assert "explorer" not in page.read_text()


def test_every_link_of_the_committed_pages_names_a_view(project):
    [text] = explorer_presets(project).values()
    linked = [
        page.partition("explorer.qmd#preset=")[2].partition(")")[0]
        for page in figure_pages(project).values()
        if "explorer.qmd#preset=" in page
    ]
    assert len(linked) >= 8
    for name in linked:
        assert f'"id": "{name}"' in text


def test_a_course_without_an_explorer_gets_no_script(course):
    (course / "book" / "explorer").rmdir()
    assert explorer_presets(course) == {}


def test_status_names_a_view_that_is_stale(course, project):
    recorded = "shared_figures/recorded_torch"
    shutil.copytree(project / recorded, course / recorded)
    write_explorer_presets(course)
    declaration = course / "shared_figures" / "experiments.yaml"

    def stale() -> list[str]:
        return [one.command for one in find_stale(course) if one.what == "book/explorer/presets.js"]

    assert stale() == []
    declaration.write_text(declaration.read_text().replace("lr: 0.3", "lr: 0.2"))
    assert stale() == ["gradpath figures"]
    write_explorer_presets(course)
    assert stale() == []
