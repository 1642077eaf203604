"""Compares the lanes: by hand against optim, Python against R, both against exact and recorded paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gradpath.closed_form import closed_form_path, has_closed_form
from gradpath.experiments import DeclaredPath, Figure, read_experiments
from gradpath.fingerprints import fingerprint, python_sources, r_sources
from gradpath.tables import read_numbers, read_table, select_path, write_text

# float64: 1e-12 relative at every step. float32: 24 bits are 6e-8, and a path of some hundred steps may lose
# two digits of them. A path agrees if it is within its bound at every step before it diverges.
BOUNDS = {"float64": 1e-12, "float32": 1e-5}
NUMBERS = ["x1", "x2", "value"]


@dataclass
class Comparison:
    """One path of one lane against another.

    Attributes
    ----------
    figure, path : str
    lane, reference : str
        For example ``"r-optim (pytorch)"`` and ``"python-optim"``.
    verdict : str
        ``"agrees"``; ``"differs"``; ``"known"`` for a declared difference that is there; ``"stale"`` for a
        recording of sources that have changed since.
    values, bit_equal : int
        How many numbers were compared, and how many are equal to the last bit.
    max_abs, max_rel, bound : float
        The largest differences, and the relative one that is allowed.
    first_step : int or None
        Where the bound is first exceeded.
    left, right : float or None
        The two numbers there, of lane and reference.
    detail : str
        Which number, or why the verdict is what it is.
    engines : str
        What computed the two.
    """

    figure: str
    path: str
    lane: str
    reference: str
    verdict: str
    values: int
    bit_equal: int
    max_abs: float
    max_rel: float
    bound: float
    first_step: int | None
    left: float | None
    right: float | None
    detail: str
    engines: str


@dataclass
class Lane:
    """A lane's table, with the name that messages give it and what made it."""

    name: str
    table: pd.DataFrame
    made_by: str
    stale: bool = False

    def of(self, path: str, method: str) -> pd.DataFrame:
        """Return one path."""
        return select_path(self.table, path, method)


def relative_differences(lane: pd.DataFrame, reference: pd.DataFrame) -> np.ndarray:
    """Return the relative difference of every number of two paths of equal length; shape (points, 3).

    A coordinate is measured against the larger of the point and the point before it (the numbers that the
    step was computed from), the value against the larger of 1 and itself.
    """
    a, b = lane[NUMBERS].to_numpy(), reference[NUMBERS].to_numpy()
    size = np.maximum(np.abs(a), np.abs(b))
    point = size[:, :2].max(axis=1)
    before = np.concatenate([point[:1], point[:-1]])
    scale = np.stack([np.maximum(point, before)] * 2 + [np.maximum(1.0, size[:, 2])], axis=1)
    return np.abs(a - b) / np.where(scale > 0, scale, 1.0)


def compare(lane: pd.DataFrame, reference: pd.DataFrame, bound: float) -> dict[str, Any]:
    """Compare two paths; return the fields of :class:`Comparison` that follow from the numbers."""
    points = min(len(lane), len(reference))
    a, b = lane.iloc[:points], reference.iloc[:points]
    relative = relative_differences(a, b)
    absolute = np.abs(a[NUMBERS].to_numpy() - b[NUMBERS].to_numpy())
    result: dict[str, Any] = {
        "verdict": "agrees",
        "values": int(absolute.size),
        "bit_equal": int((a[NUMBERS].to_numpy() == b[NUMBERS].to_numpy()).sum()),
        "max_abs": float(absolute.max(initial=0.0)),
        "max_rel": float(relative.max(initial=0.0)),
        "bound": bound,
        "first_step": None,
        "left": None,
        "right": None,
        "detail": "",
    }
    beyond = np.argwhere(~(relative <= bound))
    if len(beyond):
        row, column = map(int, beyond[0])
        name = NUMBERS[column]
        result |= {
            "verdict": "differs",
            "first_step": int(a["step"].iloc[row]),
            "left": float(a[name].iloc[row]),
            "right": float(b[name].iloc[row]),
            "detail": name,
        }
    elif len(lane) != len(reference):
        result |= {
            "verdict": "differs",
            "first_step": points,
            "detail": f"one path ends after step {points - 1}, the other goes on",
        }
    return result


def check_agreement(project: Path) -> list[Comparison]:
    """Compare every lane of every declared path, from the tables in ``shared_figures``.

    Returns
    -------
    list of Comparison
        In the order of the declaration. Nothing is written; see :func:`write_agreement`.
    """
    folder = project / "shared_figures"
    recorded = read_recorded(folder / "recorded_torch" / "torch_paths.csv")
    comparisons = []
    for figure in read_experiments(folder / "experiments.yaml").values():
        python, *r_lanes = read_lanes(project, figure)
        for path in figure.paths:
            for lane, reference, left, right in _pairs(path, python, r_lanes, recorded):
                stale = lane.stale or reference.stale
                result = compare(left, right, BOUNDS[path.dtype or "float64"])
                if lane.name == "recorded {torch}" and path.recorded_differs:
                    result = _expect_difference(result, path)
                elif stale:
                    result |= {"verdict": "stale", "detail": "recorded from other sources; record it again"}
                comparisons.append(
                    Comparison(
                        figure.id,
                        path.id,
                        lane.name,
                        reference.name,
                        engines=f"{lane.made_by} | {reference.made_by}",
                        **result,
                    )
                )
    return comparisons


def read_lanes(project: Path, figure: Figure) -> list[Lane]:
    """Read the tables of a figure: Python's first, then one per R engine that is there."""
    folder = project / "shared_figures" / figure.id
    lanes = []
    for file in [folder / "python.csv", folder / "r-pytorch.csv", folder / "r-torch.csv"]:
        if not file.is_file():
            continue
        table = read_table(file)
        record = table.attrs
        language = file.stem.partition("-")[0]
        engine = f" ({file.stem.partition('-')[2]})" if language == "r" else ""
        sources = r_sources(project) if language == "r" else python_sources(project)
        stale = [record.get("sources"), record.get("declaration")] != [sources, declaration(figure)]
        lanes.append(Lane(language + engine, table, f"{record['language']}, {record['engine']}", stale))
    return lanes


def declaration(figure: Figure) -> str:
    """Return the fingerprint of what decides a figure's numbers: not its titles and labels."""
    drawing = {"label", "label_at", "recorded_differs"}
    return fingerprint([path.model_dump(exclude=drawing) for path in figure.paths])


def read_recorded(file: Path) -> pd.DataFrame:
    """Read the paths that were recorded with R's {torch}."""
    table = read_numbers(file, NUMBERS)
    table.attrs["made_by"] = file.read_text().partition("\n")[0].removeprefix("# recorded with ")
    return table.rename(columns={"id": "path"}).assign(method="optim")


def write_agreement(project: Path, comparisons: list[Comparison]) -> Path:
    """Write ``shared_figures/agreement.csv``: one row per comparison."""
    file = project / "shared_figures" / "agreement.csv"
    table = pd.DataFrame([asdict(c) for c in comparisons]).astype({"first_step": "Int64"})
    write_text(file, table.to_csv(index=False, float_format="%.17g", lineterminator="\n"))
    return file


def _pairs(
    path: DeclaredPath, python: Lane, r_lanes: list[Lane], recorded: pd.DataFrame
) -> Iterator[tuple[Lane, Lane, pd.DataFrame, pd.DataFrame]]:
    by_hand = Lane("python-manual", python.table, python.made_by, python.stale)
    by_optim = Lane("python-optim", python.table, python.made_by, python.stale)
    manual, optim = python.of(path.id, "manual"), python.of(path.id, "optim")
    yield by_optim, by_hand, optim, manual
    for r in r_lanes:
        suffix = r.name.removeprefix("r")
        r_hand = Lane(f"r-manual{suffix}", r.table, r.made_by, r.stale)
        r_optim = Lane(f"r-optim{suffix}", r.table, r.made_by, r.stale)
        yield r_hand, by_hand, r.of(path.id, "manual"), manual
        yield r_optim, by_optim, r.of(path.id, "optim"), optim
        yield r_optim, r_hand, r.of(path.id, "optim"), r.of(path.id, "manual")
    if has_closed_form(path):
        exact = Lane("closed form", python.table, "exact rational arithmetic")
        # The exact path goes on where a lane has diverged; it is compared as far as the lane went.
        yield by_hand, exact, manual, closed_form_path(path).iloc[: len(manual)]
    if path.id in set(recorded["path"]):
        tape = Lane("recorded {torch}", recorded, recorded.attrs["made_by"])
        yield tape, by_optim, tape.of(path.id, "optim"), optim


def _expect_difference(result: dict[str, Any], path: DeclaredPath) -> dict[str, Any]:
    known = path.recorded_differs
    assert known is not None
    if result["verdict"] == "differs" and result["max_rel"] <= known.at_most:
        return result | {"verdict": "known", "detail": known.reason}
    return result | {"verdict": "differs", "detail": f"expected this difference: {known.reason}"}
