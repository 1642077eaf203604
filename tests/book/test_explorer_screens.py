"""The explorer on a projector, on a phone, in the dark, read aloud, from a folder, and small in a chapter."""

from __future__ import annotations

import pytest

from tests.book.explorer_page import view, write_pages
from tests.conftest import CHROMIUM

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
SMALL = {"width": 390, "height": 800}


# ---- screens, themes, readers ----


@pytest.mark.parametrize(
    "address", ["", "panel=map", "preset=scheduled--anisotropic-paraboloid", "surface=own&run=adamw"]
)
def test_everything_is_on_one_screen(page, address):
    view(page, address)
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        1280,
        720,
    ]
    for part in (".ex-head", ".ex-stage", ".ex-player", ".ex-curve", ".ex-left", ".ex-right", ".ex-right .ex-tabs"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 720.5, part
        assert box["x"] + box["width"] <= 1280.5, part
    assert page.evaluate("(e => e.scrollHeight - e.clientHeight)(document.querySelector('.ex-left'))") <= 1
    assert page.locator(".ex-stage").bounding_box()["width"] > 500


def test_a_phone_does_not_scroll_sideways(page):
    page.set_viewport_size(SMALL)
    for address in ("", "preset=adam&panel=inside", "panel=map", "surface=own"):
        view(page, address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_a_dark_page_gets_a_dark_picture(page):
    light = page.locator(".ex-until").first.get_attribute("stroke")
    page.evaluate("document.body.style.background = '#111'; document.body.className = 'dark'")
    page.wait_for_function("gradpath.app.root.dataset.look === 'dark'")
    assert page.locator(".ex-until").first.get_attribute("stroke") != light
    pixel = "(c => [...c.getContext('2d').getImageData(5, 5, 1, 1).data])(document.querySelector('.ex-map canvas'))"
    assert sum(page.evaluate(pixel)[:3]) < 200
    page.evaluate("document.body.style.background = 'white'; document.body.className = ''")
    page.wait_for_function("gradpath.app.root.dataset.look === 'light'")


def test_what_is_seen_is_also_said(page):
    said = page.locator(".ex-live").text_content()
    assert said.startswith("ravine, from (5.1, 2.3). sgd, lr 0.4: reaches the goal in 18 steps, ends at -5.")
    assert page.locator(".ex-paths").get_attribute("aria-label") == said
    assert page.locator(".ex-live").get_attribute("role") == "status"


def test_the_guide_is_a_dialog(page):
    guide = page.locator(".ex-guide")
    assert not guide.is_visible()
    page.get_by_label("About the explorer, and things to try").click()
    assert guide.get_by_text("What there is to know.").is_visible()
    page.keyboard.press("Escape")
    assert not guide.is_visible()


def test_full_screen_can_be_had_and_left(page):
    page.get_by_label("Full screen").click()
    page.wait_for_function("document.fullscreenElement?.id === 'explorer'")
    page.get_by_label("Full screen").click()
    page.wait_for_function("document.fullscreenElement === null")


@pytest.mark.parametrize("theme", ["#ffffff", "#14181d"])
@pytest.mark.parametrize("address", ["", "panel=inside&step=4", "panel=map", "surface=own"])
def test_axe_finds_nothing(page, theme, address):
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate("colour => { document.body.style.background = colour; }", theme)
    view(page, address)
    found = Axe().run(page, context="#explorer").response["violations"]
    page.evaluate("document.body.style.background = 'white'")
    assert [(v["id"], v["nodes"][0]["html"][:150]) for v in found] == []


def test_it_works_from_a_folder_and_asks_nobody(browser, project, tmp_path):
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((write_pages(project, tmp_path) / "explorer.html").as_uri() + "#preset=momentum&panel=map")
    page.wait_for_function("document.querySelector('.ex-rate-map')?.dataset.state === 'done'", timeout=60000)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    assert len(asked) > 25
    page.close()


def test_without_javascript_the_page_says_what_there_would_be(browser, explorer_site):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(f"{explorer_site}/explorer.html")
    for text in ("It needs JavaScript.", "What there is to know.", "Explorer"):
        place = page.get_by_text(text, exact=True)
        assert place.is_visible()
        assert place.bounding_box()["y"] < 400
    context.close()


# ---- a small one in a chapter ----


def test_a_small_explorer_is_moved_by_hand_and_leads_to_the_large_one(browser, explorer_site):
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{explorer_site}/chapter.html")
    embed = page.locator(".explorer-embed.ex-made")
    embed.wait_for()
    assert embed.locator("input[type=range]").count() == 4
    embed.get_by_label("momentum", exact=True).focus()
    page.keyboard.press("End")
    embed.get_by_label("learning rate", exact=True).focus()
    page.keyboard.press("ArrowRight")
    runs = page.evaluate("document.querySelector('.explorer-embed').explorer.state.runs.map(r => r.settings)")
    assert runs[1]["momentum"] == 0.99
    assert runs[0]["lr"] == runs[1]["lr"] > 0.45
    page.wait_for_function("document.querySelector('.explorer-embed a').hash.includes('momentum:0.99')")
    assert "diverges" in embed.locator(".ex-said-now").inner_text() or "not reach" in embed.inner_text()
    embed.locator(".ex-play").click()
    page.wait_for_function("document.querySelector('.explorer-embed').explorer.step > 0")
    embed.get_by_text("reset", exact=True).click()
    assert page.evaluate("document.querySelector('.explorer-embed').explorer.state.runs[1].settings.momentum") == 0.2
    page.set_viewport_size(SMALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    embed.get_by_role("link").click()
    page.wait_for_function("window.gradpath?.app?.state.runs.length === 2")
    page.close()
