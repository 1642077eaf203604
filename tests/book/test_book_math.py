"""Formulas on a machine that has no font for them: hats, roots and indices are in place, in both renderers."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import CHROMIUM, QUIET
from tests.rendered_book import served

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
# Its formulas have all of it: hats, in a small size too, a root over a fraction, indices.
CHAPTERS = {
    "pandoc": ("", "sec-adam.html", "sec-which-optimizer.html"),
    "quarto": ("book/", "07-adam.html", "12-which-optimizer.html"),
}
SHARPNESS = 4  # pixels per pixel of the page


@pytest.fixture(scope="module")
def plain_browser(tmp_path_factory):
    """Open Chromium with the letters that every machine has, and no font of mathematics."""
    from playwright.sync_api import sync_playwright

    folder = tmp_path_factory.mktemp("fonts")
    for name in ("DejaVuSans", "DejaVuSerif", "DejaVuSansMono"):
        found = next(Path("/usr/share/fonts").rglob(f"{name}.ttf"), None)
        if found is None:
            pytest.skip("the fonts of fonts-dejavu-core are not installed")
        (folder / found.name).symlink_to(found)
    settings = folder / "fonts.conf"
    settings.write_text(f"<fontconfig><dir>{folder}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>")
    with sync_playwright() as playwright:
        environment = {**os.environ, "FONTCONFIG_FILE": str(settings)}
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, env=environment)
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=["pandoc", "quarto"])
def rendered(request) -> tuple[Path, str]:
    return request.getfixturevalue(f"{request.param}_book") / "_book", request.param


@pytest.fixture(scope="module")
def address(rendered):
    with served(rendered[0]) as address:
        yield address


def ink(page, element) -> np.ndarray:
    """Return where an element of a page has ink, as an array of truth values."""
    box = element.bounding_box()
    clip = {"x": box["x"] - 2, "y": box["y"] - 8, "width": box["width"] + 4, "height": box["height"] + 12}
    picture = np.asarray(Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("L"), dtype=int)
    return abs(picture - int(np.median(picture))) > 60


def visible(page, name: str) -> list:
    """Return the elements of a kind that can be seen; of those that look alike, the first."""
    found = {}
    for element in page.query_selector_all(f"main {name}"):
        if element.is_visible() and element.bounding_box()["width"] > 0:
            found.setdefault((element.text_content(), round(element.bounding_box()["height"], 1)), element)
    return list(found.values())


def rows(mask: np.ndarray) -> np.ndarray:
    return np.flatnonzero(mask.any(axis=1))


def alone(page, element) -> None:
    """Make everything but one element invisible, and bring it into view."""
    page.evaluate(
        """element => {
          const style = document.createElement('style');
          style.textContent = '* { visibility: hidden !important }'
            + '.alone, .alone * { visibility: visible !important }';
          document.head.append(style);
          document.querySelectorAll('.alone').forEach(e => e.classList.remove('alone'));
          element.classList.add('alone');
          element.scrollIntoView({ block: 'center', behavior: 'instant' });
        }""",
        element,
    )


def faults_of(page) -> list[str]:
    """Return what is wrong with the hats, roots and indices of a page, as its pixels show it."""
    faults, seen = [], 0
    for hat in visible(page, "mover"):
        seen += 1
        alone(page, hat)
        base, accent = hat.query_selector_all(":scope > *")
        hatted = len(rows(ink(page, hat)))
        accent.evaluate("e => e.style.setProperty('visibility', 'hidden', 'important')")
        bare = len(rows(ink(page, hat)))
        if not (bare > 0 and hatted >= 1.15 * bare):
            faults.append(f"hat of {base.text_content()}: {hatted} against {bare} rows of ink")
    for root in visible(page, "msqrt"):
        seen += 1
        alone(page, root)
        mask = ink(page, root)
        root.evaluate(
            "e => e.querySelectorAll('*').forEach(c => c.style.setProperty('visibility', 'hidden', 'important'))"
        )
        sign = ink(page, root)
        inside = mask & ~sign
        # The bar is the longest line of the sign; it stands above what it covers, from end to end.
        longest = int(sign.sum(axis=1).argmax())
        columns = np.flatnonzero(inside.any(axis=0))
        covered = sign[longest, columns].mean() if len(columns) else 0
        tall = len(rows(sign)) >= 0.9 * len(rows(inside))
        if not (len(columns) and covered > 0.98 and longest <= rows(inside)[0] and tall):
            faults.append(f"root of {root.text_content()}: covers {covered:.2f}, tall enough: {tall}")
    for index in visible(page, "msub"):
        base, small = index.query_selector_all(":scope > *")
        lowest = []
        for part in (base, small):
            alone(page, part)
            mask = ink(page, index)
            lowest.append(rows(mask)[-1] if mask.any() else -1)
        if not lowest[1] >= lowest[0] + SHARPNESS:
            faults.append(f"index of {index.text_content()}: ends at {lowest[1]}, its letter at {lowest[0]}")
    assert seen
    return faults


def fonts_of(context, page) -> dict[str, str]:
    """Return which font draws each different sign of a page's formulas; '' where it is not the book's own."""
    page.evaluate(
        """() => {
          const seen = new Set();
          for (const sign of document.querySelectorAll('main math :is(mi, mo, mn, mtext)')) {
            const key = sign.localName + sign.textContent + sign.closest('[display]')?.getAttribute('display');
            // What takes no room has no glyph: the invisible sign of a function's application.
            const glyphs = /[\\p{L}\\p{N}\\p{S}\\p{P}]/u.test(sign.textContent);
            if (seen.has(key) || !glyphs || !sign.checkVisibility()) continue;
            seen.add(key);
            sign.dataset.sign = '';
          }
        }"""
    )
    session = context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    top = session.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": top, "selector": "[data-sign]"})["nodeIds"]
    signs = page.evaluate("[...document.querySelectorAll('[data-sign]')].map(e => e.textContent)")
    found = {}
    for node, sign in zip(nodes, signs, strict=True):
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        found[sign] = " + ".join(
            font["familyName"] + ("" if font["isCustomFont"] else " of the machine") for font in fonts
        )
    return found


@pytest.fixture
def shown(plain_browser):
    context = plain_browser.new_context(device_scale_factor=SHARPNESS, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(120_000)
    yield context
    context.close()


@pytest.mark.parametrize("chapter", [1, 2])
def test_hats_roots_and_indices_are_there_in_the_books_own_font(shown, address, rendered, chapter):
    page = shown.new_page()
    folder, *names = CHAPTERS[rendered[1]]
    page.goto(f"{address}/{folder}{names[chapter - 1]}")
    fonts = fonts_of(shown, page)
    assert len(fonts) > 10
    assert set(fonts.values()) == {"STIX Two Math"}, fonts
    assert faults_of(page) == []


def test_the_test_sees_it_when_the_font_is_missing(shown, address, rendered):
    page = shown.new_page()
    page.route("**/math.woff", lambda route: route.abort())
    folder, _, name = CHAPTERS[rendered[1]]
    page.goto(f"{address}/{folder}{name}")
    assert not any("STIX" in font for font in fonts_of(shown, page).values())
    assert any(fault.startswith("root") for fault in faults_of(page))


def test_formulas_and_pages_fit_a_phone_and_code_fits_a_screen(plain_browser, address, rendered):
    pages = sorted(rendered[0].glob("*.html")) + sorted(rendered[0].glob("book/*.html"))
    measured = dict.fromkeys(("formulas", "code"), 0)
    for width in (390, 1280):
        page = plain_browser.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(120_000)
        for file in pages:
            page.goto(f"{address}/{file.relative_to(rendered[0])}")
            # Every tab and every solution, as a reader may open them.
            page.evaluate(
                """() => {
                  document.querySelectorAll('details').forEach(e => { e.open = true; });
                  document.querySelectorAll('.callout-collapse').forEach(e => e.classList.add('show'));
                  document.querySelectorAll('.tab-panel, .tab-pane').forEach(e => {
                    e.hidden = false; e.classList.add('active', 'show'); e.style.display = 'block';
                  });
                }"""
            )
            if width == 390:
                assert page.evaluate("document.documentElement.scrollWidth") <= width, file.name
                beyond = page.evaluate(
                    "[...document.querySelectorAll('main math')].map(e => e.closest('.equation') ?? e)"
                    ".filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.textContent)"
                )
                assert beyond == [], file.name
                measured["formulas"] += page.locator("main math").count()
            else:
                wide = page.evaluate(
                    "[...document.querySelectorAll('div.sourceCode pre')].filter(e => e.offsetParent)"
                    ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText.slice(0, 60))"
                )
                assert wide == [], file.name
                measured["code"] += page.locator("div.sourceCode pre:visible").count()
        page.close()
    assert measured["formulas"] > 50
    assert measured["code"] > 500
