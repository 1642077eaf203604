"""A chapter as slides: in the pages of pandoc and in those of Quarto, in a real browser."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlparse

import pytest

from tests.conftest import CHROMIUM
from tests.rendered_book import BOTH_RENDERERS, serious_violations, served

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
ROOM = {"width": 1280, "height": 720}


@pytest.fixture(scope="module", params=BOTH_RENDERERS)
def chapter(request) -> str:
    """Yield the address of a chapter, as each of the renderers makes it."""
    fixture, name = BOTH_RENDERERS[request.param]
    with served(request.getfixturevalue(fixture) / "_book") as address:
        yield f"{address}/{name}"


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport=ROOM)
    yield context.new_page()
    context.close()


def slide(page) -> str | None:
    """Return what the address says."""
    return parse_qs(urlparse(page.url).query).get("present", [None])[0]


def count(page) -> list[int]:
    return [int(n) for n in page.locator(".present-bar .counter").inner_text().split("/")]


# What one sees of the chapter: its blocks, as text.
SEEN = """[...document.querySelectorAll("main :is(h1, h2, h3, p, li:not([role]), pre, figcaption)")]
  .filter(block => block.checkVisibility() && !block.closest(".downloads")).map(block => block.textContent.trim())"""


def test_the_button_and_the_key_begin_and_escape_leaves(page, chapter):
    page.goto(chapter)
    page.get_by_role("button", name="Present", exact=True).click()
    assert slide(page) == "sec-momentum"
    assert count(page)[0] == 1
    page.keyboard.press("Escape")
    assert slide(page) is None
    assert page.locator(".present-bar").count() == 0
    assert page.locator(".off-slide").count() == 0
    assert page.evaluate("document.activeElement.className") == "present-button"
    page.keyboard.press("p")
    assert slide(page) == "sec-momentum"
    page.get_by_role("button", name="Leave the slides").click()
    assert slide(page) is None


def test_the_key_is_a_letter_where_one_writes(page, chapter):
    page.goto(chapter)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input id=here>')")
    page.locator("#here").fill("a")
    page.keyboard.press("p")
    assert page.locator("#here").input_value() == "ap"
    assert slide(page) is None


def test_keys_and_buttons_go_from_slide_to_slide(page, chapter):
    page.goto(f"{chapter}?present=")
    at, last = count(page)
    assert at == 1
    for key, goal in [
        ("ArrowRight", 2), ("Space", 3), ("PageDown", 4), ("ArrowLeft", 3), ("PageUp", 2), ("Shift+Space", 1),
        ("ArrowLeft", 1), ("End", last), ("ArrowRight", last), ("Home", 1),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert count(page) == [goal, last], key
    page.get_by_role("button", name="Next slide").click()
    assert count(page)[0] == 2
    # The keys are the slides' again after a click, also one on the switch of languages.
    page.locator(".present-bar").get_by_text("Python", exact=True).click()
    page.wait_for_function("document.activeElement.tagName === 'MAIN'")
    page.keyboard.press("ArrowLeft")
    assert count(page)[0] == 1
    assert page.get_by_role("button", name="Previous slide").get_attribute("aria-disabled") == "true"


def test_the_address_leads_to_the_slide(page, chapter):
    page.goto(f"{chapter}?present=at-one-rate")
    assert "At one rate" in page.locator("main h2:visible").inner_text()
    assert slide(page) == "at-one-rate"
    page.keyboard.press("ArrowRight")
    here = page.url
    assert slide(page) == "at-one-rate.2"
    seen = page.evaluate(SEEN)
    page.goto(chapter)
    page.goto(here)
    assert page.evaluate(SEEN) == seen
    # A part that a window of this size does not have: the section's last.
    page.goto(f"{chapter}?present=at-one-rate.99")
    assert re.fullmatch(r"at-one-rate\.\d+", slide(page))
    page.goto(f"{chapter}?present=no-such-place")
    assert count(page)[0] == 1


def test_back_leaves_and_forward_returns(page, chapter):
    page.goto(chapter)
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    page.go_back()
    page.wait_for_function("!document.documentElement.dataset.presenting")
    assert slide(page) is None
    page.go_forward()
    page.wait_for_function("document.documentElement.dataset.presenting")
    assert count(page)[0] == 2


@pytest.mark.parametrize("language", ["python", "both"])
def test_every_block_is_on_a_slide_and_none_is_lost(page, chapter, language):
    page.goto(f"{chapter}?lang={language}")
    whole = page.evaluate(SEEN)
    assert len(whole) > 60
    page.goto(f"{chapter}?lang={language}&present=")
    seen: list[str] = []
    for _ in range(count(page)[1]):
        seen += [text for text in page.evaluate(SEEN) if text not in seen]
        page.keyboard.press("ArrowRight")
    missing = [text for text in whole if text not in seen]
    assert missing == []


@pytest.mark.parametrize("language", ["python", "r", "both"])
def test_code_can_be_read_from_the_last_row_and_stays_on_the_slide(page, chapter, language):
    page.goto(f"{chapter}?lang={language}&present=")
    blocks = 0
    for _ in range(count(page)[1]):
        for size, beyond, text in page.evaluate(
            """[...document.querySelectorAll("main :is(pre, code)")].filter(it => it.checkVisibility()).map(code =>
                 [parseFloat(getComputedStyle(code).fontSize),
                  code.matches("pre.sourceCode") ? code.scrollWidth - code.clientWidth : 0, code.innerText])"""
        ):
            assert size >= 20, text
            assert beyond <= 1, text
            blocks += 1
        assert page.evaluate("document.querySelector('main').scrollWidth") <= ROOM["width"]
        page.keyboard.press("ArrowRight")
    assert blocks > 20


def test_both_languages_stand_beside_each_other_on_a_slide(page, chapter):
    page.goto(f"{chapter}?lang=both&present=the-rule.2")
    boxes = page.evaluate(
        """[...document.querySelectorAll("main .cell")].filter(cell => cell.checkVisibility())
             .map(cell => cell.getBoundingClientRect()).map(({ left, top, right }) => [left, top, right])"""
    )
    assert len(boxes) == 2
    assert abs(boxes[0][1] - boxes[1][1]) <= 2
    assert boxes[0][2] <= boxes[1][0]
    page.locator(".present-bar").get_by_text("R", exact=True).click()
    assert page.locator("main .cell:visible").count() == 1
    assert "lang=r" in page.url
    assert slide(page).startswith("the-rule")


def test_a_figure_fills_the_slide(page, chapter):
    page.goto(f"{chapter}?lang=python&present=")
    figures = 0
    for _ in range(count(page)[1]):
        pictures = page.evaluate(
            """[...document.querySelectorAll("main figure")].filter(f => f.checkVisibility()).map(figure => {
                 const picture = [...figure.querySelectorAll("img")].find(img => img.checkVisibility());
                 const bar = document.querySelector(".present-bar").getBoundingClientRect().top;
                 const checks = [...document.querySelectorAll("main .check-line")];
                 const alone = checks.every(line => !line.checkVisibility());
                 return [picture.getBoundingClientRect().height, figure.getBoundingClientRect().bottom, bar, alone];
               })"""
        )
        for height, bottom, bar, alone in pictures:
            assert bottom <= bar
            assert height >= (0.55 if alone else 0.38) * ROOM["height"]
            figures += 1
        page.keyboard.press("ArrowRight")
    assert figures >= 4


def test_leaving_goes_to_where_the_slide_was(page, chapter):
    page.goto(f"{chapter}?present=at-one-rate")
    page.keyboard.press("Escape")
    assert page.url.endswith("#at-one-rate")
    heading = page.get_by_role("heading", name="At one rate")
    page.wait_for_timeout(300)
    assert 0 <= heading.bounding_box()["y"] < 200
    # And begins again where one is.
    page.keyboard.press("p")
    assert slide(page) == "at-one-rate"


def test_the_view_of_the_explorer_stays_in_its_address(page, chapter):
    explorer = chapter.replace("04-momentum", "explorer").replace("sec-momentum", "sec-explorer")
    view = "surface=rosenbrock"
    page.goto(f"{explorer}?present=#{view}")
    assert count(page)[0] == 1
    assert page.url.partition("#")[2].startswith(view)
    page.keyboard.press("Escape")
    assert page.url.partition("#")[2].startswith(view)


def test_what_lies_behind_the_slide_is_out_of_reach(page, chapter):
    page.goto(f"{chapter}?lang=both&present=the-rule.2")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('main, .present-bar')"
        )
    assert page.locator("[inert]").count() > 0
    page.keyboard.press("Escape")
    assert page.locator("[inert]").count() == 0


def test_on_paper_a_page_stays_a_page(page, chapter):
    page.goto(f"{chapter}?present=the-rule")
    page.emulate_media(media="print")
    assert page.locator("main h2:visible").count() > 4
    assert not page.locator(".present-bar").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_slides(browser, chapter, theme):
    context = browser.new_context(color_scheme=theme, viewport=ROOM)
    page = context.new_page()
    page.goto(f"{chapter}?lang=both")
    before = serious_violations(page)
    for name in ("sec-momentum", "the-rule.2", "at-one-rate.2", "at-one-rate.4", "exercises"):
        page.goto(f"{chapter}?lang=both&present={name}")
        assert serious_violations(page) - before == set(), name
    context.close()
