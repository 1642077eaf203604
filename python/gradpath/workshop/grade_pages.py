"""What a grade looks like: a page for a submission, and the formats that other programs read."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from gradpath.refusals import printable

if TYPE_CHECKING:
    from gradpath.workshop.grade import Graded

SOURCE_CHARACTERS = 20_000
STYLE = """\
:root { color-scheme: light dark; --ink: #1d2433; --paper: #ffffff; --ground: #f2f4f8; --line: #c9d0dc; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9f0; --paper: #161a22; --ground: #222834; --line: #414a5c; }
}
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 46rem;
  margin: 2rem auto; padding: 0 1rem; }
pre { background: var(--ground); border: 1px solid var(--line); border-radius: .4rem; padding: .8rem;
  overflow-x: auto; }
dt { font-weight: 600; } dd { margin: 0 0 .6rem 0; }
"""


def page_of(one: Graded, most: float, book: Path | None, folder: Path) -> str:
    """Return the page of a submission, one file that needs nothing beside it.

    Parameters
    ----------
    one : Graded
    most : float
        The points for a right one.
    book : Path or None
        A rendered book to link to.
    folder : Path
        Where the page will lie.
    """
    name, see = escape(printable(one.file.name)), _link(one.see, book, folder)
    items = [("Verdict", escape(one.verdict)), ("Points", f"{one.points:g} of {most:g}"), ("Rule", escape(one.rule))]
    if one.mistake:
        items.append(("Classic mistake", escape(one.mistake)))
    if see:
        items.append(("In the book", see))
    facts = "\n".join(f"<dt>{term}</dt><dd>{text}</dd>" for term, text in items)
    parts = [f"<h1>{name}</h1>", f"<dl>\n{facts}\n</dl>", _block("Report", "\n".join(one.lines))]
    if one.output.strip():
        parts.append(_block("What it printed, its beginning", _plain(one.output)))
    parts.append(_block("Source", one.file.read_bytes().decode("utf-8", "replace")[:SOURCE_CHARACTERS]))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _block(title: str, text: str) -> str:
    return f'<h2>{title}</h2>\n<pre tabindex="0">{escape(text)}</pre>'


def _plain(output: str) -> str:
    return "\n".join(printable(line) for line in output.splitlines())


def _link(see: str | None, book: Path | None, folder: Path) -> str | None:
    if see is None:
        return None
    anchor = see.partition("#")[2]
    # Quarto and pandoc name the pages in their own ways.
    pages = sorted(book.glob("**/*.html")) if book else []
    page = next((page for page in pages if f'id="{anchor}"' in page.read_text(encoding="utf-8")), None)
    if page is None:
        return f"<code>{escape(see)}</code>"
    address = os.path.relpath(page, folder).replace(os.sep, "/")
    return f'<a href="{escape(address)}#{escape(anchor)}">{escape(see)}</a>'


def as_json(graded: Sequence[Graded]) -> str:
    """Return the rows as JSON."""
    return json.dumps([one.row() for one in graded], indent=2)


def as_text(graded: Sequence[Graded], most: float) -> str:
    """Return two lines for each submission: its grade, and its first difference."""
    lines = []
    for one in graded:
        mistake = f" ({one.mistake})" if one.mistake else ""
        lines.append(f"{printable(one.file.name)}: {one.verdict}{mistake}, {one.points:g} of {most:g} points")
        if one.first:
            lines.append(f"  {one.first}")
    return "\n".join(lines)


def as_junit(graded: Sequence[Graded]) -> str:
    """Return JUnit's XML: a failure where a rule differs, an error where it did not come to that."""
    failures = sum(one.verdict == "differs" for one in graded)
    errors = sum(one.verdict not in ("agrees", "differs") for one in graded)
    counts = {"tests": str(len(graded)), "failures": str(failures), "errors": str(errors)}
    suite = ElementTree.Element("testsuite", {"name": "gradpath grade", **counts})
    for one in graded:
        case = ElementTree.SubElement(
            suite, "testcase", {"classname": one.rule, "name": printable(one.file.name), "time": "0"}
        )
        if one.verdict != "agrees":
            kind = "failure" if one.verdict == "differs" else "error"
            about = {"type": one.mistake or one.verdict, "message": one.first or one.verdict}
            ElementTree.SubElement(case, kind, about).text = "\n".join(one.lines)
    ElementTree.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suite, encoding="unicode")
