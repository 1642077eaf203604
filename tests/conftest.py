"""What several tests share: the project, its R, the figure table's end points."""

from __future__ import annotations

from pathlib import Path

import pytest

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
