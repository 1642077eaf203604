"""How the book shows a declared figure: every word of it stands once, in the declaration."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradpath.workshop.figure_pages import figure_pages, write_figure_pages
from tests.small_project import plant

SAID = """figures:
  - id: bowl
    title: A bowl
    caption: One path.
    alt: >-
      Ellipses, and a path that is called
      "good" in the text.
    surface: anisotropic_paraboloid
    start: [5, 2]
    paths:
      - {id: one, optimizer: sgd, steps: 3, hyperparameters: {lr: 0.3}}
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "shared_figures").mkdir()
    (tmp_path / "shared_figures" / "experiments.yaml").write_text(SAID)
    return tmp_path


def test_a_figure_is_shown_in_both_languages_and_themes_with_the_same_words(course):
    [page] = write_figure_pages(course)
    text = page.read_text()
    assert page == course / "book" / "_figures" / "bowl.md"
    for language in ("python", "r"):
        assert f"::: {{#fig-bowl-{language}}}" in text
        for theme in ("light", "dark"):
            assert f"(../shared_figures/bowl/{language}-{theme}.svg){{.{theme}-only fig-alt=" in text
    assert text.count('fig-alt="Ellipses, and a path that is called &quot;good&quot; in the text."') == 4
    assert [line for line in text.splitlines() if line.startswith("One path.")] == [
        "One path. Computed and drawn in Python.",
        "One path. Computed and drawn in R.",
    ]
    assert "overlay" not in text
    assert write_figure_pages(course) == []


def test_what_is_declared_anew_is_shown_anew_and_what_is_gone_goes(course):
    [page] = write_figure_pages(course)
    plant(
        course / "shared_figures" / "experiments.yaml", "One path.", "One path.\n    overlay_alt: Rings and crosses."
    )
    write_figure_pages(course)
    assert "::: {#fig-bowl-overlay}" in page.read_text()
    assert 'bowl/overlay-dark.svg){.dark-only fig-alt="Rings and crosses."}' in page.read_text()
    plant(course / "shared_figures" / "experiments.yaml", "    caption: One path.\n", "")
    write_figure_pages(course)
    assert not page.exists()


def test_the_committed_pages_are_what_is_declared(project):
    pages = figure_pages(project)
    assert len(pages) > 30
    assert set(pages) == set((project / "book" / "_figures").glob("*.md"))
    for file, text in pages.items():
        assert file.read_text(encoding="utf-8") == text, file
