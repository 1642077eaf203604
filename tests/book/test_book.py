"""The rendered book: in its files, and in a real browser, as a reader would use it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gradpath import GradpathError
from gradpath.book.render import render_book
from gradpath.book.sources import read_chapters
from tests.conftest import CHROMIUM, PROJECT
from tests.rendered_book import served, small_sources

pytestmark = pytest.mark.xdist_group("browser")
in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def built(pandoc_book) -> Path:
    return pandoc_book


class Reader(HTMLParser):
    """Collects ids, links, pictures and headings of a page."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.text = file.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.ids += [values["id"]] if "id" in values else []
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in ("script", "img", "iframe", "source") and "src" in values:
            self.loads.append(values["src"])
        if tag == "link":
            self.loads.append(values["href"])
        if tag == "img":
            self.pictures.append(values)


@pytest.fixture(scope="module")
def pages(built) -> dict[str, Reader]:
    return {file.name: Reader(file) for file in sorted((built / "_book").glob("*.html"))}


def test_there_is_a_page_for_every_chapter(built, pages):
    names = {f"{chapter.identifier()}.html" for chapter in read_chapters(built)[1:]}
    assert set(pages) == names | {"index.html", "sec-references.html"}


def test_every_link_resolves(built, pages):
    outside = downloads = views = 0
    for name, page in pages.items():
        for link in page.links:
            if re.match(r"https?://", link):
                outside += 1
                continue
            file, _, anchor = link.partition("#")
            if file.endswith((".py", ".R", ".ipynb")):
                assert (built / "_book" / file).is_file(), (name, link)
                downloads += 1
                continue
            target = pages.get(file or name)
            assert target is not None, (name, link)
            if "=" in anchor:
                # A view of the explorer; which views there are, its own tests know.
                assert file == "sec-explorer.html", (name, link)
                views += 1
                continue
            assert not anchor or anchor in target.ids, (name, link)
    assert outside > 0
    assert views >= 8
    assert downloads == 4 * len(list((built / "python" / "lessons").glob("*.py")))


def test_ids_are_unique(pages):
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), (name, [i for i in page.ids if page.ids.count(i) > 1])


def test_every_picture_is_there_and_says_what_it_shows(built, pages):
    seen = 0
    for name, page in pages.items():
        for picture in page.pictures:
            assert (built / "_book" / picture["src"]).is_file(), (name, picture)
            assert len(picture.get("alt") or "") > 40, (name, picture)
            seen += 1
    assert seen >= 6 * 3 * 2


def test_every_figure_is_shown_in_both_languages_and_laid_over_each_other(pages):
    shown = {picture["src"] for page in pages.values() for picture in page.pictures}
    for figure in ("steepest-isotropic", "steepest-anisotropic", "momentum", "adagrad", "rmsprop", "adam"):
        for kind in ("python", "r", "overlay"):
            for theme in ("light", "dark"):
                assert f"shared_figures/{figure}/{kind}-{theme}.svg" in shown


def test_no_page_asks_another_host_for_anything(built, pages):
    for name, page in pages.items():
        assert [
            load
            for load in page.loads
            if not load.startswith(("site/", "shared_figures/", "book/_lessons/", "explorer/", "data:"))
        ] == [], name
    style = (built / "_book" / "site" / "book.css").read_text()
    assert "http" not in style
    assert "@import" not in style


def test_nothing_of_the_source_notation_is_left(pages):
    for name, page in pages.items():
        body = re.sub(r"<(pre|script)\b.*?</\1>", "", page.text, flags=re.DOTALL)
        for notation in ("{{&lt;", "{{<", ":::", "{#", "@fig-", "@eq-", "@sec-", "@tbl-", "??"):
            assert notation not in body, (name, notation)


def test_equations_are_mathml_with_numbers(pages):
    for name in ("sec-momentum.html", "sec-adam.html", "sec-adagrad.html", "sec-rmsprop.html"):
        assert '<math display="block"' in pages[name].text
        assert re.search(r'class="equation-number">\(\d+\.\d+\)', pages[name].text)


def test_each_panel_holds_code_of_its_own_language(pages):
    panels = 0
    for name, page in pages.items():
        for title, content in re.findall(
            r'<div class="tab-panel"\s+data-tab="(\w+)">(.*?)(?=<div class="tab-panel"|\Z)', page.text, re.DOTALL
        ):
            other = {"Python": "sourceCode r", "R": "sourceCode python"}[title]
            own = {"Python": "sourceCode python", "R": "sourceCode r"}[title]
            first = re.search(r"sourceCode (python|r)\b", content)
            assert first is None or first.group(0) == own, (name, title)
            panels += 1
            if "</main>" not in content:
                assert other not in content, (name, title)
    assert panels >= 40


def test_a_second_rendering_does_nothing_and_a_change_is_noticed(project, tmp_path):
    built = small_sources(project, tmp_path)
    assert not render_book(built, quarto=False).skipped
    assert render_book(built, quarto=False).skipped
    with (built / "book" / "04-momentum.qmd").open("a") as file:
        file.write("\nOne more word.\n")
    done = render_book(built, quarto=False)
    assert not done.skipped
    assert "One more word." in (built / "_book" / "sec-momentum.html").read_text()


@pytest.mark.parametrize(
    ("addition", "line"),
    [
        (
            "{{< include _lessons/no-such.md >}}\n",
            r"04-momentum\.qmd: line \d+: include '_lessons/no-such\.md' does not exist",
        ),
        ("See @fig-nowhere.\n", "book: the reference @fig-nowhere goes nowhere"),
        ("See @sec-nowhere.\n", "book: the reference @sec-nowhere goes nowhere"),
        ("![alt](../shared_figures/none.svg)\n", r"shared_figures/none\.svg not found"),
        ("Says [@nobody1999].\n", "nobody1999"),
        ("[there](nowhere.qmd)\n", "a link goes to 'nowhere.qmd', which is no chapter"),
    ],
)
def test_what_goes_nowhere_is_refused_and_the_old_book_stays(project, tmp_path, addition, line):
    folder = small_sources(project, tmp_path)
    (folder / "_book").mkdir()
    (folder / "_book" / "index.html").write_text("old")
    with (folder / "book" / "04-momentum.qmd").open("a") as file:
        file.write("\n" + addition)
    with pytest.raises(GradpathError, match=line) as refused:
        render_book(folder, quarto=False)
    assert "\n" not in str(refused.value)
    assert (folder / "_book" / "index.html").read_text() == "old"
    assert not list(folder.glob(".book-*"))


def test_quarto_renders_the_same_sources(quarto_book):
    text = (quarto_book / "_book" / "book" / "04-momentum.html").read_text()
    assert 'class="nav nav-tabs"' in text
    assert "quarto-unresolved-ref" not in text
    # A dark page has its pictures too.
    light, dark = (re.findall(f'<img[^>]*class="{theme}-only', text) for theme in ("light", "dark"))
    assert len(light) == len(dark) > 0
    # Quarto adds what it wants ignored; a clone must stay as it was.
    assert (quarto_book / ".gitignore").read_bytes() == (PROJECT / ".gitignore").read_bytes()


# ---- in a browser ----


@pytest.fixture(scope="module")
def site(built):
    with served(built / "_book") as address:
        yield address


@pytest.fixture
def context(browser):
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


@in_a_browser
def test_no_page_fails_requests_or_complains(context, site, pages):
    complaints, requests = [], []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
    for name in pages:
        # Until the pictures that load late are there: the next page would break them off.
        page.goto(f"{site}/{name}", wait_until="networkidle")
    assert complaints == []
    assert [url for url in requests if not url.startswith((site, "data:"))] == []
    assert len(requests) > 20


@in_a_browser
@pytest.mark.parametrize("width", [360, 1280])
def test_no_horizontal_scroll(context, site, pages, width):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    for name in pages:
        page.goto(f"{site}/{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@in_a_browser
def test_code_fits_beside_the_margins_of_a_screen(context, site, pages):
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    measured = 0
    for name in pages:
        page.goto(f"{site}/{name}")
        for language in ("Python", "R"):
            page.locator(".language-switch").get_by_text(language, exact=True).click()
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
            widths = page.evaluate(
                "[...document.querySelectorAll('div.sourceCode pre')].filter(pre => pre.offsetParent)"
                ".map(pre => [pre.scrollWidth - pre.clientWidth, pre.innerText.slice(0, 60)])"
            )
            assert [text for beyond, text in widths if beyond > 1] == [], (name, language)
            measured += len(widths)
    assert measured > 100


@in_a_browser
def test_the_language_follows_the_reader_and_survives_a_reload(context, site):
    page = context.new_page()
    page.goto(f"{site}/sec-momentum.html")
    assert page.locator('.tab-panel[data-tab="Python"]').first.is_visible()
    page.locator(".language-switch").get_by_text("R", exact=True).click()
    for _ in range(2):
        assert page.locator('.tab-panel[data-tab="R"]').first.is_visible()
        assert not page.locator('.tab-panel[data-tab="Python"]').first.is_visible()
        page.reload()
    page.goto(f"{site}/sec-adam.html")
    assert page.locator('.tab-panel[data-tab="R"]').first.is_visible()
    tab = page.locator('[role="tab"]', has_text="Python").first
    tab.click()
    assert page.locator('[role="tab"][aria-selected="true"]', has_text="R").count() == 0


@in_a_browser
def test_tabs_work_by_keyboard(context, site):
    page = context.new_page()
    page.goto(f"{site}/sec-momentum.html")
    page.locator('[role="tab"][aria-selected="true"]').first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "R"
    assert page.locator('.tab-panel[data-tab="R"]').first.is_visible()


@in_a_browser
def test_dark_pages_show_dark_pictures_and_stay_dark(context, site):
    page = context.new_page()
    page.goto(f"{site}/sec-momentum.html")
    assert not page.locator("img.dark-only").first.is_visible()
    page.locator(".theme-button").click()
    for _ in range(2):
        # Pictures load when they come into view, so look at what would be shown, not at what is loaded.
        shown = "kind => getComputedStyle(document.querySelector(`img.${kind}-only`)).display"
        assert page.evaluate(shown, "dark") != "none"
        assert page.evaluate(shown, "light") == "none"
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert sum(map(int, re.findall(r"\d+", dark)[:3])) < 150
        page.reload()


@in_a_browser
def test_the_system_theme_is_taken_at_first(browser, site):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{site}/index.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    context.close()


@in_a_browser
def test_search_finds_a_word_of_a_chapter(context, site):
    page = context.new_page()
    page.goto(f"{site}/index.html")
    page.locator("#search").fill("heavy ball")
    hits = page.locator("#search-results a")
    assert hits.count() >= 1
    assert any("sec-momentum.html" in hits.nth(i).get_attribute("href") for i in range(hits.count()))
    page.locator("#search").fill("xyzzy")
    assert "Nothing found" in page.locator("#search-results").inner_text()


@in_a_browser
def test_code_can_be_copied(browser, site):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site}/sec-momentum.html")
    block = page.locator(".tab-panel:visible div.sourceCode").first
    block.hover()
    block.locator(".copy").click()
    assert page.evaluate("navigator.clipboard.readText()").strip() == block.locator("code").inner_text().strip()
    context.close()


def test_a_notebook_is_the_lesson(project):
    import nbformat

    from gradpath.book.lessons import find_lessons

    for lesson in find_lessons(project):
        file = lesson.folder / f"{lesson.name}.{lesson.language}.ipynb"
        notebook = nbformat.read(file, as_version=4)
        nbformat.validate(notebook)
        assert [(cell.id, cell.source) for cell in notebook.cells] == lesson.cells(), file.name


@in_a_browser
def test_without_javascript_both_languages_follow_each_other(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/sec-momentum.html")
    for language in ("Python", "R"):
        assert page.locator(f'.tab-panel[data-tab="{language}"]').first.is_visible()
        assert page.locator(f'.tab-panel[data-tab="{language}"] > .tab-title').first.is_visible()
    assert not page.locator(".language-switch").is_visible()
    context.close()


@in_a_browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_violation(browser, site, pages, theme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=theme)
    page = context.new_page()
    for name in pages:
        page.goto(f"{site}/{name}")
        found = Axe().run(page).response["violations"]
        serious = [(v["id"], v["nodes"][0]["html"][:150]) for v in found if v["impact"] in ("serious", "critical")]
        assert serious == [], name
    context.close()
