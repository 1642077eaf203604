"""The agreement of all lanes: by hand against optim, Python against R, both against exact and recorded numbers."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pandas as pd

from gradpath.tables import write_text
from gradpath.workshop.comparison import Comparison
from gradpath.workshop.studies import STUDIES


def compare_all(project: Path) -> list[Comparison]:
    """Compare the tables of every study, in the order of the declarations. Nothing is written."""
    return [comparison for study in STUDIES for comparison in study.compare(project)]


def agreement_text(comparisons: list[Comparison]) -> str:
    """Write comparisons as CSV, one row each."""
    table = pd.DataFrame([asdict(c) for c in comparisons], columns=list(Comparison.__dataclass_fields__))
    table = table.astype({"first_step": "Int64"})
    return table.to_csv(index=False, float_format="%.17g", lineterminator="\n")


def write_agreement(project: Path, comparisons: list[Comparison]) -> Path:
    """Write ``shared_figures/agreement.csv``: one row per comparison."""
    file = project / "shared_figures" / "agreement.csv"
    write_text(file, agreement_text(comparisons))
    return file
