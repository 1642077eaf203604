"""Reads ``experiments.yaml``, the declaration of every figure and path, and refuses what is wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradpath.accepted import TRUE_OR_FALSE, is_number
from gradpath.declarations import (
    IDENTIFIER,
    LINE,
    PICTURE,
    STUDY_FOLDERS,
    Field,
    among,
    check_entry,
    check_places,
    list_of,
    mapping,
    needed,
    optional,
    read_entries,
    refuse_duplicates,
)
from gradpath.hyperparameters import ACCEPTED, check_hyperparameters
from gradpath.refusals import refusal
from gradpath.schedules.fields import A_SCHEDULE, check_path_schedule, is_whole
from gradpath.schedules.schedules import schedule_parameters
from gradpath.surfaces import surface_names
from gradpath.workshop.course_surfaces import read_course_surfaces

Pair = tuple[float, float]

# Why numbers are known to differ, from which step or epoch on, and how far at most (relative): a bound that no
# difference can exceed would say nothing.
DIFFERENCE_FIELDS = {
    "reason": needed(LINE),
    "begins": needed((lambda value: is_whole(value, 1), "a whole number >= 1")),
    "at_most": needed(
        (
            lambda value: is_number(value) and 0 < value < 2,
            "a number > 0 and < 2, the largest that a relative difference can be",
        )
    ),
}
DIFFERENCE = mapping("a mapping with reason, begins and at_most")


# The fields in the order in which they are checked; asked for when a declaration is read, for a project may have
# surfaces of its own.
def _path_fields() -> dict[str, Field]:
    return {
        "id": needed(IDENTIFIER),
        "label": optional(LINE, null=True),
        "optimizer": needed(ACCEPTED["optimizer"]),
        "steps": needed(ACCEPTED["steps"]),
        "hyperparameters": optional(mapping("a mapping of names to values")),
        "surface": optional(among(surface_names()), null=True),
        "start": optional(ACCEPTED["start"], null=True),
        "dtype": optional(ACCEPTED["dtype"], null=True),
        "label_at": optional(ACCEPTED["start"], null=True),
        "schedule": Field(lambda value: True, A_SCHEDULE, null=True),
        "noise": optional(ACCEPTED["noise"]),
        "seed": optional(ACCEPTED["seed"]),
        "recorded_differs": optional(DIFFERENCE, null=True),
    }


def _figure_fields() -> dict[str, Field]:
    return {
        "id": needed(IDENTIFIER),
        "title": needed(LINE),
        **PICTURE,
        "overlay_alt": optional(LINE),
        "surface": optional(among(surface_names()), null=True),
        "start": optional(ACCEPTED["start"], null=True),
        "dtype": optional(ACCEPTED["dtype"]),
        "draw": optional(TRUE_OR_FALSE),
        "paths": needed(list_of("paths")),
    }


@dataclass(frozen=True)
class KnownDifference:
    """Why a recorded path is known to differ, from which step on, and by how much at most (relative)."""

    reason: str
    begins: int
    at_most: float


@dataclass(frozen=True)
class DeclaredPath:
    """One path of a figure, as declared; surface, start and dtype are those of the figure where left out."""

    id: str
    optimizer: str
    steps: int
    surface: str
    start: Pair
    label: str
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    dtype: str = "float64"
    label_at: Pair | None = None
    schedule: Any = None
    noise: Any = 0.0
    seed: Any = 0
    recorded_differs: KnownDifference | None = None


@dataclass(frozen=True)
class Figure:
    """One figure, as declared; what its pictures show is said in ``caption`` and ``alt``, for the book."""

    id: str
    title: str
    paths: list[DeclaredPath]
    surface: str | None = None
    start: Pair | None = None
    dtype: str = "float64"
    draw: bool = True
    caption: str | None = None
    alt: str | None = None
    overlay_alt: str | None = None


def read_experiments(file: str | Path) -> dict[str, Figure]:
    """Read and check a declaration of experiments.

    Parameters
    ----------
    file : str or Path
        A YAML file; ``shared_figures/experiments.yaml`` is the project's own, and may name the project's own
        surfaces, see :func:`gradpath.load_surfaces`.

    Returns
    -------
    dict of str to Figure
        By id, in the order of the file.

    Raises
    ------
    GradpathError
        For the first thing that is wrong: file, figure, path, field, value, what is accepted; one line.
    """
    read_course_surfaces(file)
    return read_entries(file, "figures", "figure", _read_figure, STUDY_FOLDERS)


def _read_figure(where: str, entry: dict[str, Any]) -> Figure:
    check_entry(where, entry, _figure_fields())
    placed = check_places(where, entry["paths"], "path", ", ")
    fields = _path_fields()
    for place, path in placed:
        check_entry(place, path, fields)
        if path.get("recorded_differs") is not None:
            check_entry(place, path["recorded_differs"], DIFFERENCE_FIELDS)
    refuse_duplicates(where, "path", [path["id"] for _, path in placed])
    own = {"dtype": "float64"} | entry | {"start": _as_pair(entry.get("start"))}
    return Figure(**(own | {"paths": [_complete_path(place, own, path) for place, path in placed]}))


def _complete_path(place: str, figure: dict[str, Any], path: dict[str, Any]) -> DeclaredPath:
    check_hyperparameters(place, path["optimizer"], path.get("hyperparameters", {}))
    inherited = {
        "steps": int(path["steps"]),
        "surface": path.get("surface") or figure.get("surface"),
        "start": _as_pair(path.get("start")) or figure["start"],
        "dtype": path.get("dtype") or figure["dtype"],
        "label": path["id"] if path.get("label") is None else path["label"],
        "label_at": _as_pair(path.get("label_at")),
        "schedule": check_path_schedule(place, path.get("schedule"), path["steps"], schedule_parameters()),
    }
    for name in ("surface", "start"):
        if inherited[name] is None:
            raise refusal(place, name, None, _path_fields()[name].accepted)
    differs = path.get("recorded_differs")
    known = {"recorded_differs": None if differs is None else _known_difference(differs)}
    return DeclaredPath(**(path | inherited | known))


def _known_difference(entry: dict[str, Any]) -> KnownDifference:
    return KnownDifference(reason=entry["reason"], begins=int(entry["begins"]), at_most=float(entry["at_most"]))


def _as_pair(value: Any) -> Pair | None:
    return None if value is None else (float(value[0]), float(value[1]))
