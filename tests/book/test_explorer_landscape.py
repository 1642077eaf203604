"""The explorer's landscape, in a browser that draws in three dimensions by itself; and in one that does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.book.explorer_page import state, view, write_pages
from tests.conftest import CHROMIUM, QUIET
from tests.rendered_book import served

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
BY_ITSELF = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WITHOUT = ["--disable-gpu", "--disable-3d-apis"]


@pytest.fixture(scope="module")
def site(project, tmp_path_factory) -> Iterator[str]:
    with served(write_pages(project, tmp_path_factory.mktemp("explorer"))) as address:
        yield address


@pytest.fixture
def open_with(site) -> Iterator[Callable[[list[str]], Any]]:
    """Open the explorer in a Chromium with flags of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:

        def opening(flags: list[str]) -> Any:
            given = [*(flag for flag in QUIET if flag != "--disable-gpu"), *flags]
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=given)
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(f"{site}/explorer.html")
            page.wait_for_function("window.gradpath?.app")
            return page

        yield opening


def picture(page) -> list[int]:
    """How many pixels of the landscape have each of some colours, as a fingerprint of what is drawn."""
    return page.evaluate(
        """() => {
          const from = document.querySelector('.ex-3d canvas'), to = document.createElement('canvas');
          [to.width, to.height] = [120, 100];
          const context = to.getContext('2d');
          context.drawImage(from, 0, 0, 120, 100);
          const counts = new Array(8).fill(0);
          const { data } = context.getImageData(0, 0, 120, 100);
          for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3] > 0) counts[(data[i] >> 7) * 4 + (data[i + 1] >> 7) * 2 + (data[i + 2] >> 7)] += 1;
          }
          return counts;
        }"""
    )


def test_the_landscape_is_drawn_turned_and_left(open_with):
    page = open_with(BY_ITSELF)
    assert page.evaluate("window.THREE") is None  # loaded only when it is asked for
    page.get_by_label("Show the surface as a landscape").click()
    page.wait_for_function("document.querySelector('.ex-3d').dataset.state === 'drawn'", timeout=60000)
    drawn = picture(page)
    assert sum(drawn) > 2000
    canvas = page.locator(".ex-3d canvas")
    assert canvas.get_attribute("aria-label").startswith("Landscape. ravine, from (5.1, 2.3).")
    canvas.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    turned = picture(page)
    assert turned != drawn
    page.get_by_label("To the start").click()
    assert picture(page) != turned
    view(page, "surface=saddle&mode=3d&run=sgd;lr:0.3;steps:100")
    assert sum(picture(page)) > 2000
    page.get_by_label("Show the surface as a landscape").click()
    assert not page.locator(".ex-3d").is_visible()
    assert page.locator(".ex-map").is_visible()


def test_without_webgl_one_line_says_so_and_the_rest_works(open_with):
    page = open_with(WITHOUT)
    page.get_by_label("Show the surface as a landscape").click()
    page.wait_for_function("document.querySelector('.ex-3d').dataset.state === 'failed'", timeout=60000)
    assert "needs WebGL" in page.locator(".ex-3d").inner_text()
    page.get_by_label("One step back").click()
    assert state(page)["step"] == 39
