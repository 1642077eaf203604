"""The book's sources in a folder of their own, and a server for what was rendered from them."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What is not in a clone: pictures for slides, and what rendering puts beside the chapters.
MADE = shutil.ignore_patterns("*.png", "__pycache__", "fonts", "reading")


def sources(project: Path, folder: Path) -> Path:
    """Copy what the book is rendered from."""
    for part in ("book", "shared_figures", "python/lessons", "r/lessons"):
        shutil.copytree(project / part, folder / part, ignore=MADE)
    for name in ("_quarto.yml", "index.qmd"):
        shutil.copy(project / name, folder)
    return folder


SMALL = """\
project: {type: book, output-dir: _book}
lang: en
bibliography: book/references.bib
book:
  title: Small
  subtitle: Two pages
  author: nobody
  description: What a test needs of a book.
  chapters: [index.qmd, book/04-momentum.qmd]
"""


def small_sources(project: Path, folder: Path) -> Path:
    """Write a book of two pages, for what is the same in a book of any size."""
    (folder / "book").mkdir()
    shutil.copytree(project / "book" / "explorer", folder / "book" / "explorer")
    for name in ("references.bib", "styles.css"):
        shutil.copy(project / "book" / name, folder / "book")
    (folder / "_quarto.yml").write_text(SMALL)
    (folder / "index.qmd").write_text("# Preface {#sec-preface .unnumbered}\n\nTo @sec-momentum.\n")
    (folder / "book" / "04-momentum.qmd").write_text("# Momentum {#sec-momentum}\n\nA ball [@polyak1964].\n")
    return folder


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone; hand out its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


# Which fixture renders the book, and how it names the chapter that tests look at.
BOTH_RENDERERS = {
    "pandoc": ("pandoc_book", "sec-momentum.html"),
    "Quarto": ("quarto_book", "book/04-momentum.html"),
}


def serious_violations(page) -> set[tuple[str, str]]:
    """Return what axe-core finds on a page, as (rule, beginning of the element)."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    serious = [violation for violation in found if violation["impact"] in ("serious", "critical")]
    # Quarto writes the address of the page into its links; which language is shown makes no other of them.
    return {
        (violation["id"], re.sub(r'\?[^#"]*', "", node["html"])[:120])
        for violation in serious
        for node in violation["nodes"]
    }
