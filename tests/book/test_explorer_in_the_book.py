"""The explorer inside of the book, as both renderers make it."""

from __future__ import annotations

import pytest

from tests.conftest import CHROMIUM
from tests.rendered_book import served

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(params=["pandoc", "quarto"])
def book(request):
    """Serve a rendered book; hand out where its pages are, and the names of two of them."""
    folder = request.getfixturevalue(f"{request.param}_book") / "_book"
    with served(folder) as site:
        pages = ("sec-explorer", "sec-momentum") if request.param == "pandoc" else ("explorer", "04-momentum")
        yield site if request.param == "pandoc" else f"{site}/book", *(f"{name}.html" for name in pages)


def test_it_is_one_screen_and_the_chapters_are_at_hand(browser, book):
    folder, explorer, _ = book
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{folder}/{explorer}")
    page.wait_for_function("window.gradpath?.app?.root.dataset.settled")
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        1280,
        720,
    ]
    for part in (".ex-head", ".ex-stage", ".ex-player", ".ex-left", ".ex-right"):
        box = page.locator(part).first.bounding_box()
        assert 0 <= box["y"] <= box["y"] + box["height"] <= 720.5, part
    stage = page.locator(".ex-stage").bounding_box()
    assert stage["width"] > 550
    assert stage["height"] > 500
    page.get_by_label("Chapters of the book").click()
    assert page.locator("nav a", has_text="Momentum").first.is_visible()
    page.get_by_label("Chapters of the book").click()
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_a_chapter_has_a_small_one_and_its_figures_lead_to_their_views(browser, book):
    folder, _, chapter = book
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{folder}/{chapter}")
    page.locator(".explorer-embed").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.explorer-embed').dataset.settled")
    embed = page.locator(".explorer-embed")
    assert "momentum, lr 0.45: reaches the goal in 12 steps" in embed.inner_text()
    assert embed.locator(".ex-map").bounding_box()["width"] > 300
    page.get_by_role("link", name="Open these paths in the explorer").first.click()
    page.wait_for_function("window.gradpath?.app?.state.preset === 'momentum'")
    assert page.evaluate("gradpath.app.runs.map(r => r.run.steps)") == [40, 18]
    assert complaints == []
    page.close()
