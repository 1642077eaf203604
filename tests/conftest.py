"""What several tests share: the project, its R, the figure table's end points."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

# Several workers share the cores: with a second thread each they would mostly wait for one another. Read by torch
# when it is loaded, here and in every process that a test starts.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from gradpath.book.render import render_book
from gradpath.workshop.r_process import R, ensure_r_package, find_r
from tests.rendered_book import sources

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def r() -> R:
    """R with the project's package installed; the test is skipped where there is no R."""
    found = find_r(PROJECT)
    if found is None:
        pytest.skip("Rscript is not installed on this machine")
    ensure_r_package(found)
    return found


@pytest.fixture(scope="session")
def pandoc_book(project, tmp_path_factory) -> Path:
    """Render a copy of the book's sources with pandoc; the pages are in its ``_book``."""
    folder = sources(project, tmp_path_factory.mktemp("pandoc"))
    assert render_book(folder, quarto=False).renderer == "pandoc"
    return folder


@pytest.fixture(scope="session")
def quarto_book(project, tmp_path_factory) -> Path:
    """Render a copy of the book's sources with Quarto, in a repository as a clone is one."""
    if shutil.which("quarto") is None:
        pytest.skip("Quarto is not on the PATH")
    folder = sources(project, tmp_path_factory.mktemp("quarto"))
    shutil.copy(project / ".gitignore", folder)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    assert render_book(folder, quarto=True).renderer == "Quarto"
    return folder


CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# A browser that asks nobody but the page it is shown.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="module")
def browser():
    """Open the machine's own Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()
