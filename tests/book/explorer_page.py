"""The explorer's page, as its chapter makes it, for the tests that use it in a browser."""

from __future__ import annotations

from pathlib import Path

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Explorer</title>
<link rel="stylesheet" href="explorer/explorer.css"><link rel="icon" href="data:,"></head>
<body style="margin: 0; background: white"><main><h1>Explorer</h1>
<div id="explorer" class="explorer"></div>
<noscript><p>It needs JavaScript.</p></noscript><script src="explorer/load.js"></script>
<div class="explorer-guide"><p>What there is to know.</p></div></main></body></html>"""
EMBED = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Chapter</title>
<link rel="icon" href="data:,"></head><body style="background: white"><main><h1>Chapter</h1>
<div class="explorer-embed" data-view="run=sgd;lr:0.45;steps:40&amp;run=momentum;lr:0.45;momentum:0.2;steps:40"
 data-sliders="steps lr momentum"><p><a href="explorer.html#preset=momentum">In the explorer</a></p></div>
<script src="explorer/load.js"></script></main></body></html>"""


def write_pages(project: Path, folder: Path) -> Path:
    """Write a page with the explorer and one with a small one into a folder, beside its scripts."""
    (folder / "explorer").symlink_to(project / "book" / "explorer")
    (folder / "explorer.html").write_text(PAGE)
    (folder / "chapter.html").write_text(EMBED)
    return folder


def view(page, address: str = "") -> None:
    """Show what an address describes, as if it had been opened, and wait until the page is at rest."""
    page.evaluate(
        "text => { const app = gradpath.app; delete app.root.dataset.settled; location.hash = '#' + text;"
        " window.dispatchEvent(new HashChangeEvent('hashchange')); }",
        address,
    )
    settle(page)


def settle(page) -> None:
    """Wait until the address says what is shown."""
    page.evaluate("gradpath.app.root.dataset.settled = ''; gradpath.app.draw()")
    page.wait_for_function("gradpath.app.root.dataset.settled")


def state(page) -> dict:
    """Return what the explorer shows."""
    return page.evaluate("JSON.parse(JSON.stringify(gradpath.app.state))")


def place(page, point) -> tuple[float, float]:
    """Where on the screen a point of the surface lies."""
    return tuple(
        page.evaluate(
            """([a, b]) => {
              const [l, r, b0, t] = gradpath.app.window, [w, h] = gradpath.app.pixels;
              const canvas = document.querySelector('.ex-map canvas').getBoundingClientRect();
              return [canvas.left + (a - l) / (r - l) * w, canvas.top + (t - b) / (t - b0) * h];
            }""",
            list(point),
        )
    )
