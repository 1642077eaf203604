"""The book's sources keep to what Quarto can render: rules that can be checked without it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradpath.book.sources import expand_includes, read_chapters, read_settings
from gradpath.workshop.comparison import BOUNDS
from gradpath.workshop.first_epochs import read_first_epochs
from gradpath.workshop.study_labs import LAB_BOUND
from gradpath.workshop.study_schedules import RATE_BOUND
from tests.conftest import PROJECT

CHAPTERS = [chapter.file for chapter in read_chapters(PROJECT)]
ID = {"ids": lambda file: file.stem}
PREFIXES = ("fig-", "tbl-", "eq-", "sec-")


def without_code(text: str) -> str:
    """Take out fenced code, raw blocks and comments, line by line kept."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    return re.sub(r"^(`{3,})[^\n]*\n.*?^\1\s*$", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture(params=CHAPTERS, **ID)
def chapter(request) -> tuple[Path, str, str]:
    """Give a chapter as its file, its own text and its text with includes, both without code."""
    own = request.param.read_text(encoding="utf-8")
    return request.param, without_code(own), without_code(expand_includes(request.param))


def test_the_project_is_a_book_that_quarto_knows():
    settings = read_settings(PROJECT)
    assert settings["project"]["type"] == "book"
    assert settings["project"]["output-dir"] == "_book"
    assert set(settings) <= {"project", "lang", "bibliography", "link-citations", "book", "format"}
    assert CHAPTERS[0] == PROJECT / "index.qmd"


def test_every_chapter_file_is_in_the_book():
    assert {f for f in CHAPTERS if f.parent.name == "book"} == set((PROJECT / "book").glob("*.qmd"))


def test_divs_are_balanced(chapter):
    _, _, text = chapter
    depth = 0
    for line in text.splitlines():
        if re.match(r"^:{3,}\s*\{.*\}\s*$", line):
            depth += 1
        elif re.match(r"^:{3,}\s*$", line):
            depth -= 1
        assert depth >= 0
    assert depth == 0


def tabsets(text: str) -> list[str]:
    """Cut out the content of every tabset."""
    found, lines = [], text.splitlines()
    for start, line in enumerate(lines):
        if "panel-tabset" not in line:
            continue
        depth = 0
        for end in range(start, len(lines)):
            depth += bool(re.match(r"^:{3,}\s*\{", lines[end])) - bool(re.match(r"^:{3,}\s*$", lines[end]))
            if depth == 0:
                found.append("\n".join(lines[start : end + 1]))
                break
    return found


def test_tabs_are_python_and_r_in_this_order_and_never_empty(chapter):
    file, text, _ = chapter
    for tabset in tabsets(text):
        assert 'group="language"' in tabset.splitlines()[0], file
        titles = re.findall(r"^## (.*)$", tabset, flags=re.MULTILINE)
        assert titles == ["Python", "R"], (file, titles)
        for panel in re.split(r"^## (?:Python|R)$", tabset, flags=re.MULTILINE)[1:]:
            assert panel.replace(":::", "").strip(), file


def test_each_panel_includes_its_own_language(chapter):
    file, text, _ = chapter
    for tabset in tabsets(text):
        _, python, r = re.split(r"^## (?:Python|R)$", tabset, flags=re.MULTILINE)
        assert ".r.md" not in python, file
        assert ".python.md" not in r, file
        assert re.findall(r"(\S+)\.python\.md", python) == re.findall(r"(\S+)\.r\.md", r), file
        assert not re.search(r"\bin R\b", python), file
        assert not re.search(r"\bin Python\b", r.replace("drawn in Python", "")), file


def test_every_picture_has_an_alternative_text(chapter):
    file, _, text = chapter
    for picture in re.findall(r"!\[[^\]]*\]\([^)]*\)(?:\{[^}]*\})?", text):
        alt = re.search(r'fig-alt="([^"]+)"', picture)
        assert alt and len(alt.group(1)) > 40, (file, picture)


def test_figures_have_captions(chapter):
    file, _, text = chapter
    for block in re.findall(r"^::: \{#fig-[\w-]+[^}]*\}\n(.*?)^:::$", text, flags=re.DOTALL | re.MULTILINE):
        caption = block.strip().split("\n\n")[-1]
        assert not caption.startswith("!["), (file, block)


def test_ids_are_unique_and_well_prefixed():
    seen: dict[str, Path] = {}
    for file in CHAPTERS:
        text = without_code(expand_includes(file))
        for name in re.findall(r"\{#([\w-]+)", text):
            assert name.startswith(PREFIXES), (file, name)
            assert name not in seen, (file, seen.get(name), name)
            seen[name] = file
    assert len(seen) > 20


def test_every_reference_has_its_target():
    texts = {file: without_code(expand_includes(file)) for file in CHAPTERS}
    targets = {name for text in texts.values() for name in re.findall(r"\{#([\w-]+)", text)}
    keys = set(re.findall(r"@\w+\{([^,]+),", (PROJECT / "book" / "references.bib").read_text(encoding="utf-8")))
    used = 0
    for file, text in texts.items():
        for name in re.findall(r"(?<![\w`])@([a-z][\w-]*)", text):
            assert name in targets or name in keys, (file, name)
            used += 1
    assert used > 20


def test_only_shortcodes_that_quarto_knows(chapter):
    file, text, _ = chapter
    assert set(re.findall(r"\{\{<\s*(\w+)", text)) <= {"include", "video", "pagebreak"}, file


def test_callouts_are_quartos(chapter):
    _, _, text = chapter
    kinds = set(re.findall(r"\.callout-(\w+)", text))
    assert kinds <= {"note", "tip", "important", "warning", "caution"}


def test_code_on_a_page_comes_from_a_lesson(chapter):
    file, _, _ = chapter
    own = file.read_text(encoding="utf-8")
    assert re.findall(r"^```+\s*\{?\.?(python|r)\b", own, flags=re.MULTILINE) == [], file


def test_nothing_is_executed_by_quarto(chapter):
    file, _, _ = chapter
    assert not re.search(r"^```+\{(python|r)\}", expand_includes(file), flags=re.MULTILINE), file


AGREEMENT = PROJECT / "book" / "09-agreement.qmd"


def figures_of(file: Path) -> list[tuple[str, list[str], str]]:
    """List a chapter's figures: id, pictures (from the project's root), what follows up to the next heading."""
    # The figures that are declared stand in files of their own; the check lines are told by their includes.
    own = re.sub(
        r"^\{\{< include (_figures/\S+) >\}\}$",
        lambda include: (file.parent / include.group(1)).read_text(encoding="utf-8"),
        file.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    text = without_code(own)
    found = []
    for block in re.finditer(r"^::: \{#(fig-[\w-]+)[^}]*\}\n(.*?)^:::$", text, flags=re.DOTALL | re.MULTILINE):
        pictures = [
            str((file.parent / picture).resolve().relative_to(PROJECT))
            for picture in re.findall(r"\]\(([^)]+\.svg)\)", block.group(2))
        ]
        after = re.split(r"^##+ (?!(?:Python|R)$)", text[block.end() :], flags=re.MULTILINE)[0]
        found.append((block.group(1), pictures, after))
    return found


def check_page_of(picture: str) -> str | None:
    """Return the name of the check page of a picture; None for a picture that a lesson drew itself."""
    if lab := re.fullmatch(
        r"shared_figures/training/(quick|full)/([\w-]+)-(?:python|r)-(?:light|dark)\.svg", picture
    ):
        return f"training-{'full-' if lab.group(1) == 'full' else ''}{lab.group(2)}"
    folder = re.match(r"shared_figures/([\w-]+)/", picture)
    return folder.group(1) if folder else None


def figures_without_a_line(file: Path) -> set[str]:
    """Return the figures of a chapter that have no check line between themselves and the next heading.

    Several figures of a chapter that come from one declaration share the line under the first of them.
    """
    missing: set[str] = set()
    had_theirs: set[str | None] = set()
    for name, pictures, after in figures_of(file):
        pages = {check_page_of(picture) for picture in pictures}
        assert len(pages) == 1, (file, name, pictures)
        page = pages.pop()
        if page and re.search(rf"\{{\{{< include \S*_checks/{re.escape(page)}\.md >\}}\}}", after):
            had_theirs.add(page)
        elif page is None or page not in had_theirs:
            missing.add(name)
    return missing


def exempt_figures() -> set[str]:
    """Return the figures that the chapter on agreement names as those without a line of their own."""
    section = AGREEMENT.read_text(encoding="utf-8").split("## Figures without a line of their own\n")[1]
    return set(re.findall(r"@(fig-[\w-]+)", re.split(r"^## ", section, flags=re.MULTILINE)[0]))


@pytest.mark.parametrize("file", CHAPTERS, **ID)
def test_every_figure_has_its_check_line_or_is_named_as_one_without(file):
    own = {name for name, _, _ in figures_of(file)}
    assert figures_without_a_line(file) == exempt_figures() & own


def test_every_figure_named_as_one_without_a_line_exists():
    assert exempt_figures() <= {name for file in CHAPTERS for name, _, _ in figures_of(file)}
    assert len(exempt_figures()) > 10


@pytest.mark.parametrize("file", CHAPTERS, **ID)
def test_every_figure_is_there_in_both_languages(file):
    figures = {name: pictures for name, pictures, _ in figures_of(file)}
    for name, pictures in figures.items():
        drawn_by = {re.search(r"(?:^|[/.-])(python|r|overlay)-(?:light|dark)\.svg$", p).group(1) for p in pictures}
        assert len(drawn_by) == 1, (name, pictures)
        language = drawn_by.pop()
        if language == "overlay":
            continue
        other = {"python": "r", "r": "python"}[language]
        twin = figures.get(re.sub(rf"-{language}$", f"-{other}", name))
        assert twin == [re.sub(rf"{language}(-(?:light|dark)\.svg)$", rf"{other}\1", p) for p in pictures], name


def test_the_bounds_of_the_chapter_on_agreement_are_those_of_the_check():
    text = AGREEMENT.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([^|]+?) \| 10\^−(\d+)\^ \|", text, flags=re.MULTILINE))
    stated = {name: float(f"1e-{power}") for name, power in rows.items()}
    first = read_first_epochs(PROJECT / "shared_figures" / "first_epoch.yaml")
    expected = {
        "paths in float64": BOUNDS["float64"],
        "paths in float32": BOUNDS["float32"],
        "rates of schedules": RATE_BOUND,
        "labs": LAB_BOUND,
    } | {f"first epoch, {entry.title}": float(entry.bound) for entry in first.values()}
    assert stated == expected
