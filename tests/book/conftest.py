"""The explorer in a browser, for the tests that use its page."""

from __future__ import annotations

import pytest

from tests.book.explorer_page import view, write_pages
from tests.rendered_book import served


@pytest.fixture(scope="module")
def explorer_site(project, tmp_path_factory):
    """Serve a page with the explorer, and a chapter with a small one."""
    with served(write_pages(project, tmp_path_factory.mktemp("explorer"))) as address:
        yield address


@pytest.fixture(scope="module")
def explorer_page(browser, explorer_site):
    """Open the explorer once for all tests of a file."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{explorer_site}/explorer.html")
    page.wait_for_function("window.gradpath?.app")
    yield page
    page.close()


@pytest.fixture
def page(explorer_page):
    """Begin with the view that the explorer opens with, on a small projector."""
    explorer_page.set_viewport_size({"width": 1280, "height": 720})
    explorer_page.mouse.move(2, 2)
    view(explorer_page)
    return explorer_page
