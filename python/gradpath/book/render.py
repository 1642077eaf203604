"""Renders the book: with Quarto where it is installed, else with pandoc into a site of its own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradpath.book.folders import one_rendering, replace_folder
from gradpath.book.math_font import write_math_font
from gradpath.book.pages import finish_pages
from gradpath.book.sources import expand_includes, read_chapters, read_settings, source_files
from gradpath.refusals import GradpathError
from gradpath.workshop.fingerprints import Stamp, fingerprint_files

SITE = Path(__file__).parent / "site"
# What Quarto prints when a reference or an include cannot be resolved; it goes on all the same.
_QUARTO_PROBLEM = re.compile(r"Unable to resolve|could not find file|not found in|WARN.*(crossref|citation)", re.I)


@dataclass
class RenderedBook:
    """What came of it.

    Attributes
    ----------
    folder : Path
        Open its ``index.html``.
    renderer, version : str
        ``"Quarto"`` or ``"pandoc"``.
    seconds : float
    skipped : bool
        True if nothing had changed since the last time.
    """

    folder: Path
    renderer: str
    version: str
    seconds: float
    skipped: bool


def render_book(project: Path, quarto: bool | None = None) -> RenderedBook:
    """Render the book into ``_book`` if one of its sources changed.

    Parameters
    ----------
    project : Path
    quarto : bool, optional
        Use Quarto or not; if left out, use it where it is on the PATH.

    Raises
    ------
    GradpathError
        For a missing include, a reference that goes nowhere, an id that occurs twice, or if the renderer fails.
        The book that was there before stays.
    """
    began = time.perf_counter()
    command = shutil.which("quarto") if quarto is not False else None
    if quarto and not command:
        raise GradpathError("quarto is not on the PATH; install it, or render with pandoc")
    renderer = "Quarto" if command else "pandoc"
    folder = project / "_book"
    with one_rendering(project):
        stamp = Stamp(project, "book")
        now = f"{renderer} {fingerprint_files(source_files(project))}"
        if stamp.fresh(now, [folder / "index.html"]):
            return RenderedBook(folder, renderer, "", time.perf_counter() - began, True)
        with tempfile.TemporaryDirectory(dir=project, prefix=".book-") as temporary:
            made = Path(temporary) / "book"
            version = _with_quarto(project, command, made) if command else _with_pandoc(project, made)
            replace_folder(folder, made)
        stamp.done(now)
    return RenderedBook(folder, renderer, version, time.perf_counter() - began, False)


def _with_quarto(project: Path, quarto: str, made: Path) -> str:
    # Beside the style sheet that asks for it, so that a later `quarto render` without gradpath has it as well.
    write_math_font(project / "book" / "fonts" / "math.woff")
    # Beside the chapters, where `_quarto.yml` asks for it: the switch of languages and the slides of both renderers.
    shutil.copytree(SITE / "reading", project / "book" / "reading", dirs_exist_ok=True)
    version = subprocess.run([quarto, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    command = [quarto, "render", "--to", "html", "--no-execute", "--output-dir", str(made)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr).splitlines()
    problems = [line.strip() for line in said if _QUARTO_PROBLEM.search(line)]
    if done.returncode != 0 or problems:
        errors = problems or [line.strip() for line in said if "ERROR" in line] or said[-1:]
        raise GradpathError(f"quarto render: {errors[0] if errors else 'failed without a message'}")
    return version


def _with_pandoc(project: Path, made: Path) -> str:
    import pypandoc

    settings = read_settings(project)
    chapters = read_chapters(project)
    parts = [*(expand_includes(chapter.file) for chapter in chapters), *_references(project, settings)]
    text = "\n\n".join(parts)
    book = {"title": project.name, "subtitle": "", "author": "", "description": ""} | settings["book"]
    metadata = {
        "lang": settings.get("lang", "en"),
        "pagetitle": book["title"],
        "book-title": book["title"],
        "book-author": book["author"],
        "description": book["description"],
        "pandoc-version": str(pypandoc.get_pandoc_version()),
        "chapter-ids": {chapter.file.name: chapter.identifier() for chapter in chapters[1:]},
        "bibliography": settings.get("bibliography", []),
        "link-citations": True,
    }
    work = made.parent
    (work / "metadata.json").write_text(json.dumps(metadata))
    (work / "book.md").write_text(text, encoding="utf-8")
    options = ["--from=markdown", "--to=chunkedhtml", "--split-level=1", "--chunk-template=%i.html"]
    options += ["--number-sections", "--mathml", "--toc", f"--template={SITE / 'template.html'}"]
    options += [f"--metadata-file={work / 'metadata.json'}", f"--lua-filter={SITE / 'book.lua'}", "--citeproc"]
    command = [pypandoc.get_pandoc_path(), *options, f"--output={made}", str(work / "book.md")]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    problems = [line for line in done.stderr.splitlines() if re.match(r"book: |\[WARNING\]|Error", line)]
    if done.returncode != 0 or problems:
        raise GradpathError((problems or done.stderr.splitlines() or ["pandoc failed without a message"])[0])
    shutil.copytree(SITE, made / "site", ignore=shutil.ignore_patterns("*.lua", "template.html", "__pycache__"))
    write_math_font(made / "site" / "math.woff")
    for pattern in ("book/explorer/**/*.*", "book/_lessons/*/*.ipynb", "python/lessons/*.py", "r/lessons/*.R"):
        for file in project.glob(pattern):
            target = made / str(file.relative_to(project)).removeprefix("book/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    finish_pages(made, chapters, book)
    return metadata["pandoc-version"]


def _references(project: Path, settings: dict[str, Any]) -> list[str]:
    if "bibliography" not in settings:
        return []
    if not (project / settings["bibliography"]).is_file():
        raise GradpathError(
            f"_quarto.yml: bibliography: '{settings['bibliography']}' is no file; name one that exists"
        )
    return ["# References {#sec-references .unnumbered}\n\n::: {#refs}\n:::\n"]
