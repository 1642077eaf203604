"""What several tests share: the project, its R, the figure table's end points."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

# Several workers share the cores: with a second thread each they would mostly wait for one another. Read by torch
# when it is loaded, here and in every process that a test starts.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from gradpath.r_process import R, ensure_r_package, find_r

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
