"""Python, R or both beside each other: in the pages of pandoc and in those of Quarto, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import CHROMIUM
from tests.rendered_book import BOTH_RENDERERS, serious_violations, served

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module", params=BOTH_RENDERERS)
def chapter(request) -> str:
    """Yield the address of a chapter, as each of the renderers makes it."""
    fixture, name = BOTH_RENDERERS[request.param]
    with served(request.getfixturevalue(fixture) / "_book") as address:
        yield f"{address}/{name}"


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def choose(page, name: str) -> None:
    page.get_by_role("radiogroup", name="Language of the code").get_by_text(name, exact=True).click()


def shown(page) -> set[str]:
    """Return the languages whose panels one sees; every tabset must show the same."""
    every = page.evaluate(
        """[...document.querySelectorAll(".language-panels")].filter(panels => panels.checkVisibility()).map(panels =>
             [...panels.querySelectorAll(":scope > .language-panel")].filter(panel => panel.checkVisibility())
               .map(panel => panel.dataset.language).join(" "))"""
    )
    assert len(every) > 10
    assert len(set(every)) == 1, every
    return set(every[0].split())


# Each pair of cells of a tabset: left, top, and the tops of its code and output, in both languages.
PAIRS = """[...document.querySelectorAll(".language-panels")].filter(panels => panels.checkVisibility()).map(panels =>
  [...panels.querySelectorAll(":scope > .language-panel")].map(panel =>
    [...panel.querySelectorAll(".tab-title, .cell, .cell > *, figure")].map(part => {
      const { left, right, top } = part.getBoundingClientRect();
      return { left, right, top: top + scrollY };
    })))"""


def test_both_stand_beside_each_other_cell_by_cell(page, chapter):
    page.goto(f"{chapter}?lang=both")
    assert shown(page) == {"Python", "R"}
    cells = 0
    for python, r in page.evaluate(PAIRS):
        assert len(python) == len(r) > 1
        for left, right in zip(python, r, strict=True):
            assert abs(left["top"] - right["top"]) <= 2, (python, r)
            assert left["right"] <= right["left"]
            cells += 1
    assert cells > 50
    # The tabs would say that only one of them is shown.
    assert page.locator('[role="tab"]:visible').count() == 0
    assert page.get_by_role("group", name="Python", exact=True).count() > 10


def test_below_each_other_on_a_phone_each_with_its_name(page, chapter):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{chapter}?lang=both")
    for python, r in page.evaluate(PAIRS):
        assert r[0]["top"] > python[-1]["top"]
        assert r[0]["left"] == python[0]["left"]
    for language in ("Python", "R"):
        assert (
            page.locator(f'.language-panel[data-language="{language}"] > .tab-title').first.inner_text() == language
        )
        assert page.locator(f'.language-panel[data-language="{language}"] > .tab-title').first.is_visible()


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_no_page_scrolls_sideways(page, chapter, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{chapter}?lang=both")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = page.evaluate(
        """[...document.querySelectorAll(".language-panel pre.sourceCode")]
             .filter(pre => pre.scrollWidth > pre.clientWidth + 1).map(pre => pre.innerText.slice(0, 60))"""
    )
    assert beyond == []


def test_the_choice_sticks_and_is_in_the_address(page, chapter):
    page.goto(chapter)
    assert shown(page) == {"Python"}
    choose(page, "Both")
    assert shown(page) == {"Python", "R"}
    assert page.url.endswith("?lang=both")
    page.goto(chapter)
    assert shown(page) == {"Python", "R"}
    assert page.url.endswith("?lang=both")
    choose(page, "R")
    assert page.url.endswith("?lang=r")
    page.reload()
    assert shown(page) == {"R"}


def test_the_address_wins_and_is_remembered_at_once(page, chapter):
    page.goto(f"{chapter}?lang=r")
    assert shown(page) == {"R"}
    page.goto(f"{chapter}?lang=both#the-rule")
    assert shown(page) == {"Python", "R"}
    assert page.url.endswith("?lang=both#the-rule")
    page.goto(chapter)
    assert shown(page) == {"Python", "R"}
    page.goto(f"{chapter}?lang=perl")
    assert shown(page) == {"Python", "R"}


def test_it_is_kept_from_page_to_page(page, chapter):
    page.goto(f"{chapter}?lang=both")
    page.get_by_role("link", name=re.compile("Adagrad")).first.click()
    page.wait_for_url(re.compile("adagrad"))
    assert shown(page) == {"Python", "R"}
    assert "lang=both" in page.url


def test_the_choice_is_a_group_of_radios_that_keys_move(page, chapter):
    page.goto(chapter)
    group = page.get_by_role("radiogroup", name="Language of the code")
    assert group.get_by_role("radio").count() == 3
    group.get_by_role("radio", name="Python").focus()
    page.keyboard.press("ArrowRight")
    assert shown(page) == {"R"}
    page.keyboard.press("ArrowRight")
    assert shown(page) == {"Python", "R"}
    assert group.get_by_role("radio", name="Both").is_checked()


def test_a_tab_chooses_as_the_switch_does(page, chapter):
    page.goto(chapter)
    page.get_by_role("tab", name="R", exact=True).nth(2).click()
    assert shown(page) == {"R"}
    expect(page.get_by_role("radio", name="R", exact=True)).to_be_checked()
    page.keyboard.press("ArrowLeft")
    assert shown(page) == {"Python"}
    expect(page.get_by_role("radio", name="Python")).to_be_checked()
    selected = page.locator('[data-group="language"] [role="tab"][aria-selected="true"]').all_text_contents()
    assert set(selected) == {"Python"}


def test_both_are_printed_below_each_other(page, chapter):
    page.goto(f"{chapter}?lang=both")
    page.emulate_media(media="print")
    assert shown(page) == {"Python", "R"}
    for python, r in page.evaluate(PAIRS):
        assert r[0]["top"] > python[-1]["top"]
    assert page.locator(".tab-title").first.is_visible()
    assert not page.locator(".language-switch").first.is_visible()
    assert not page.locator(".present-button").is_visible()


def test_without_javascript_nothing_is_lost(browser, chapter):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{chapter}?lang=both")
    assert page.locator('[data-tab="Python"], .tab-pane.active').first.is_visible()
    assert page.locator('[data-tab="R"], [role="tab"]:text-is("R")').first.is_visible()
    assert not page.locator(".language-switch").is_visible()
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_more_than_with_one_language(browser, chapter, theme, width):
    context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": 900})
    page = context.new_page()
    before = set()
    for language in ("python", "r"):
        page.goto(f"{chapter}?lang={language}")
        before |= serious_violations(page)
    page.goto(f"{chapter}?lang=both")
    assert serious_violations(page) - before == set()
    if "/book/" not in chapter:
        assert before == set()
    context.close()
