"""Compares the labs run by run, epoch by epoch: R against Python, in both sizes."""

from __future__ import annotations

from pathlib import Path

from gradpath.agreement import Comparison
from gradpath.lab_declarations import SIZES, Lab, read_labs
from gradpath.lab_pictures import read_lab_table
from gradpath.labs import LAB_NUMBERS
from gradpath.series_agreement import compare_series
from gradpath.tables import read_record
from gradpath.training_lanes import is_fresh, lab_tables, training_file

# The engine 'pytorch' calls the same operations: what is left is how a rate was rounded on its way.
BOUND = 1e-5
# Not so {torch}: it has another build of the library and other optimizer objects.
GROWS = "float32 roundings grow while a network trains"


def check_labs(project: Path) -> list[Comparison]:
    """Compare R's tables in ``shared_figures/training`` with Python's.

    Returns
    -------
    list of Comparison
        Under the figure ``"training-<lab>"``, or ``"training-full-<lab>"`` for the full size, the run's id as path,
        epochs as steps. {torch}'s tables beyond the bound differ as known: the detail says from which epoch on.
        Empty where nothing is declared.
    """
    if not training_file(project).is_file():
        return []
    return [
        comparison
        for size in SIZES
        for lab in read_labs(training_file(project)).values()
        for python in lab_tables(project, lab.id, size, "python")
        for other in lab_tables(project, lab.id, size, "r")
        for comparison in _compare(project, lab, size, other, python)
    ]


def _compare(project: Path, lab: Lab, size: str, lane: Path, reference: Path) -> list[Comparison]:
    records = [read_record(file) for file in (lane, reference)]
    made_by = " | ".join(f"{record['language']}, {record['engine']}" for record in records)
    engine = lane.name.split(".")[-2].removeprefix("r-")
    fresh = all(is_fresh(project, lab, size, file) for file in (lane, reference))
    ids = [run.id for run in lab.runs]
    comparisons = []
    for run, left, right in zip(ids, read_lab_table(lane, ids), read_lab_table(reference, ids), strict=True):
        numbers = [table[LAB_NUMBERS].to_numpy().ravel() for table in (left, right)]
        result = compare_series(numbers[0], numbers[1], "", BOUND)
        if result["verdict"] == "agrees" and left.attrs["status"] != right.attrs["status"]:
            ends = f"ended as '{left.attrs['status']}' and '{right.attrs['status']}'"
            result |= {"verdict": "differs", "first_step": len(right) + 1, "detail": ends}
        elif result["verdict"] == "differs":
            epoch, column = divmod(result["first_step"], len(LAB_NUMBERS))
            what = result["detail"] or LAB_NUMBERS[column]
            result |= {"first_step": epoch + 1, "detail": what}
        if result["verdict"] == "differs" and engine == "torch":
            result |= {
                "verdict": "known",
                "detail": f"{GROWS}: beyond the bound from epoch {result['first_step']} on",
            }
        if not fresh:
            result |= {"verdict": "stale", "detail": "computed from other sources; run it again"}
        figure = f"training-{lab.id}" if size == "quick" else f"training-{size}-{lab.id}"
        comparisons.append(Comparison(figure, run, f"r ({engine})", "python", engines=made_by, **result))
    return comparisons
