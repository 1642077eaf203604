"""How the book shows a declared figure: every word of it stands once, in the declaration."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradpath.refusals import GradpathError
from gradpath.workshop.figure_pages import figure_pages, read_lesson_pictures, write_figure_pages
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


PICTURES = """pictures:
  - id: map
    lesson: 08-all-together
    cell: map-picture
    caption: Many paths.
    alt: Dark cells for few steps.
    alt_dark: Bright cells for few steps.
"""


def test_what_a_lesson_draws_is_shown_like_every_figure_and_may_look_different_in_the_dark(course):
    (course / "book").mkdir()
    (course / "book" / "lesson_pictures.yaml").write_text(PICTURES)
    write_figure_pages(course)
    text = (course / "book" / "_figures" / "map.md").read_text()
    for language in ("python", "r"):
        stem = f"![](_lessons/08-all-together/map-picture.{language}"
        assert f'{stem}-light.svg){{.light-only fig-alt="Dark cells for few steps."}}' in text
        assert f'{stem}-dark.svg){{.dark-only fig-alt="Bright cells for few steps."}}' in text
    assert "Many paths. Computed and drawn in R." in text


def test_a_picture_of_a_lesson_has_a_name_of_its_own_and_all_its_fields(course):
    file = course / "book" / "lesson_pictures.yaml"
    file.parent.mkdir()
    for right, wrong, said in (
        ("id: map", "id: bowl", "picture id: 'bowl'"),
        ("    caption: Many paths.\n", "", "picture 'map': caption"),
        ("alt_dark", "alt_night", "picture 'map': alt_night"),
    ):
        file.write_text(PICTURES.replace(right, wrong))
        with pytest.raises(GradpathError, match=said):
            figure_pages(course)


def test_every_picture_that_a_lesson_draws_is_described_and_every_described_one_is_there(project):
    drawn = {str(f.relative_to(project / "book")) for f in (project / "book" / "_lessons").glob("*/*-light.svg")}
    described = {
        f"{figure.stem}{language}-light.svg"
        for figure in read_lesson_pictures(project)
        for language in ("python", "r")
    }
    assert drawn == described
