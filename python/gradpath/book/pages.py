"""Finishes the pages that pandoc wrote: sidebar, contents of the page, previous and next, search."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path

from gradpath.book.sources import Chapter


@dataclass
class Page:
    """One rendered page: its file name, title as pandoc numbered it, part, and sections as (id, title)."""

    name: str
    title: str
    part: str | None
    sections: list[tuple[str, str]] = field(default_factory=list)


def finish_pages(folder: Path, chapters: list[Chapter], book: dict[str, str]) -> None:
    """Complete every page of a folder in place, and write the search index."""
    parts = {chapter.identifier(): chapter.part for chapter in chapters[1:]}
    branches = json.loads((folder / "sitemap.json").read_text(encoding="utf-8"))["subsections"]
    (folder / "sitemap.json").unlink()
    pages = []
    for branch in branches:
        path = branch["section"]["path"].partition("#")[0]
        pages.append(Page(path, _plain(branch["section"]["title"]), parts.get(Path(path).stem)))
    # The first chapter is the page that a reader opens first; pandoc's own top page is empty.
    preface = pages[0].name
    (folder / preface).replace(folder / "index.html")
    pages[0].name = "index.html"
    index: list[dict[str, str]] = []
    for i, page in enumerate(pages):
        file = folder / page.name
        text = file.read_text(encoding="utf-8").replace(f'href="{preface}', 'href="index.html')
        if i == 0:
            text = _with_book_title(text, book)
        page.sections = _sections(text)
        text = text.replace("<!--sidebar-->", _sidebar(pages, page))
        text = text.replace("<!--toc-->", _contents(page))
        text = text.replace("<!--turn-->", _turn(pages, i))
        head, _, rest = text.partition("<title>")
        text = f"{head}<title>{escape(_bare(page.title))} · {escape(book['title'])}{rest[rest.index('</title>') :]}"
        file.write_text(text, encoding="utf-8")
        index += _search_entries(page, text)
    script = "window.gradpathSearch = " + json.dumps(index, ensure_ascii=False).replace("</", "<\\/") + ";\n"
    (folder / "site" / "search-index.js").write_text(script, encoding="utf-8")


def _with_book_title(text: str, book: dict[str, str]) -> str:
    before, after = text[: text.index("<h1")], text[text.index("</h1>") + len("</h1>") :]
    title = f'<h1 class="title">{escape(book["title"])}</h1>\n<p class="subtitle">{escape(book["subtitle"])}</p>'
    return before + title + after


def _sections(text: str) -> list[tuple[str, str]]:
    found = re.findall(r'<h2[^>]*? id="([^"]+)"[^>]*>(.*?)</h2>', text, re.DOTALL)
    return [(identifier, _plain(title)) for identifier, title in found]


def _sidebar(pages: list[Page], current: Page) -> str:
    lines, part = ["<ul>"], None
    for page in pages:
        if page.part != part:
            part = page.part
            if part:
                lines.append(f'<li class="part">{escape(part)}</li>')
        here = ' aria-current="page"' if page is current else ""
        lines.append(f'<li><a href="{page.name}"{here}>{escape(page.title)}</a></li>')
    return "\n".join([*lines, "</ul>"])


def _contents(page: Page) -> str:
    if len(page.sections) < 2:
        return ""
    links = "\n".join(f'<li><a href="#{i}">{escape(_bare(title))}</a></li>' for i, title in page.sections)
    return f'<nav class="page-toc" aria-label="On this page"><p>On this page</p><ul>\n{links}\n</ul></nav>'


def _turn(pages: list[Page], i: int) -> str:
    links = []
    if i > 0:
        links.append(f'<a rel="prev" href="{pages[i - 1].name}">← {escape(pages[i - 1].title)}</a>')
    if i + 1 < len(pages):
        links.append(f'<a rel="next" href="{pages[i + 1].name}">{escape(pages[i + 1].title)} →</a>')
    return "\n".join(links)


class _Text(HTMLParser):
    """Collects the text of a page, cut at its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[str, list[str]]] = [("", [])]
        self._skip = 0
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "main":
            self._inside = True
        if tag in ("script", "style", "nav", "math"):
            self._skip += 1
        if tag == "h2" and self._inside:
            self.parts.append((values.get("id") or "", []))

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._inside = False
        if tag in ("script", "style", "nav", "math"):
            self._skip -= 1

    def handle_data(self, data: str) -> None:
        if self._inside and not self._skip:
            self.parts[-1][1].append(data)


def _search_entries(page: Page, text: str) -> list[dict[str, str]]:
    parser = _Text()
    parser.feed(text)
    titles = dict(page.sections)
    entries = []
    for identifier, words in parser.parts:
        content = re.sub(r"\s+", " ", "".join(words)).strip()
        if content:
            url = page.name + (f"#{identifier}" if identifier else "")
            entries.append({"url": url, "page": page.title, "section": titles.get(identifier, ""), "text": content})
    return entries


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html))).strip()


def _bare(title: str) -> str:
    return re.sub(r"^[\d.]+\s+", "", title)
