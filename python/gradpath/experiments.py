"""Reads ``experiments.yaml``, the declaration of every figure and path, and refuses what is wrong in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from gradpath.declarations import (
    A_LINE,
    STUDY_FOLDERS,
    Field,
    check_entry,
    check_places,
    is_filled,
    is_id,
    is_line,
    read_yaml,
    refuse_duplicates,
    refuse_names,
    refuse_unknown,
)
from gradpath.hyperparameters import ACCEPTED, check_hyperparameters, is_number
from gradpath.refusals import is_one_of, one_of, refusal
from gradpath.schedule_fields import A_SCHEDULE, check_path_schedule, is_whole
from gradpath.schedules import schedule_parameters
from gradpath.surfaces import surface_names

Pair = tuple[float, float]

# How large a known difference may be, relative: one that no difference can exceed would say nothing.
ACCEPTED_DIFFERENCE = (
    lambda value: is_number(value) and 0 < value < 2,
    "a number > 0 and < 2, the largest that a relative difference can be",
)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict)


# The fields in the order in which they are checked.
_IDENTIFIER = Field(is_id, "lower-case letters and digits, with '-' or '.' between them", required=True)
_SURFACE = Field(lambda value: is_one_of(value, surface_names()), one_of(surface_names()), null=True)
_START = Field(*ACCEPTED["start"], null=True)

_PATH_FIELDS = {
    "id": _IDENTIFIER,
    "label": Field(is_line, A_LINE, null=True),
    "optimizer": Field(*ACCEPTED["optimizer"], required=True),
    "steps": Field(*ACCEPTED["steps"], required=True),
    "hyperparameters": Field(_is_mapping, "a mapping of names to values"),
    "surface": _SURFACE,
    "start": _START,
    "dtype": Field(*ACCEPTED["dtype"], null=True),
    "label_at": _START,
    "schedule": Field(lambda value: True, A_SCHEDULE, null=True),
    "noise": Field(*ACCEPTED["noise"]),
    "seed": Field(*ACCEPTED["seed"]),
    "recorded_differs": Field(_is_mapping, "a mapping with reason, begins and at_most", null=True),
}
_FIGURE_FIELDS = {
    "id": _IDENTIFIER,
    "title": Field(is_line, A_LINE, required=True),
    "surface": _SURFACE,
    "start": _START,
    "dtype": Field(*ACCEPTED["dtype"]),
    "draw": Field(lambda value: isinstance(value, bool), "true or false"),
    "paths": Field(is_filled, "a list of one or more paths", required=True),
}
_DIFFERENCE_FIELDS = {
    "reason": Field(is_line, A_LINE, required=True),
    "begins": Field(lambda value: is_whole(value, 1), "a whole number >= 1", required=True),
    "at_most": Field(*ACCEPTED_DIFFERENCE, required=True),
}
_FILE_FIELDS = {"figures": Field(is_filled, "a list of one or more figures", required=True)}


class _Declared(BaseModel):
    # What these hold was checked when it was read.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class KnownDifference(_Declared):
    """Why a recorded path is known to differ, from which step on, and by how much at most (relative)."""

    reason: str
    begins: int
    at_most: float


class DeclaredPath(_Declared):
    """One path of a figure, as declared; surface, start and dtype are those of the figure where left out."""

    id: str
    label: str | None = None
    optimizer: str
    steps: int
    hyperparameters: dict[str, Any] = {}
    surface: str | None = None
    start: Pair | None = None
    dtype: str | None = None
    label_at: Pair | None = None
    schedule: Any = None
    noise: Any = 0.0
    seed: Any = 0
    recorded_differs: KnownDifference | None = None


class Figure(_Declared):
    """One figure, as declared. After reading, every path has its surface, start, dtype and label."""

    id: str
    title: str
    surface: str | None = None
    start: Pair | None = None
    dtype: str = "float64"
    draw: bool = True
    paths: list[DeclaredPath]


def read_experiments(file: str | Path) -> dict[str, Figure]:
    """Read and check a declaration of experiments.

    Parameters
    ----------
    file : str or Path
        A YAML file; ``shared_figures/experiments.yaml`` is the project's own.

    Returns
    -------
    dict of str to Figure
        By id, in the order of the file.

    Raises
    ------
    GradpathError
        For the first thing that is wrong: file, figure, path, field, value, what is accepted; one line.
    """
    data = read_yaml(file)
    if not isinstance(data, dict):
        raise refusal(str(file), "figures", data, _FILE_FIELDS["figures"].accepted)
    check_entry(str(file), data, _FILE_FIELDS)
    placed = check_places(str(file), data["figures"], "figure", ": ")
    for where, entry in placed:
        _check_figure(where, entry)
    refuse_unknown(str(file), data, _FILE_FIELDS)
    figures = [_complete(where, entry) for where, entry in placed]
    ids = [f.id for f in figures]
    refuse_duplicates(str(file), "figure", ids)
    refuse_names(str(file), "figure", ids, STUDY_FOLDERS)
    return {f.id: f for f in figures}


def _check_figure(where: str, figure: dict[str, Any]) -> None:
    check_entry(where, figure, _FIGURE_FIELDS)
    for place, path in check_places(where, figure["paths"], "path", ", "):
        check_entry(place, path, _PATH_FIELDS)
        if path.get("recorded_differs") is not None:
            check_entry(place, path["recorded_differs"], _DIFFERENCE_FIELDS)
            refuse_unknown(place, path["recorded_differs"], _DIFFERENCE_FIELDS)
        refuse_unknown(place, path, _PATH_FIELDS)
    refuse_unknown(where, figure, _FIGURE_FIELDS)


def _complete(where: str, entry: dict[str, Any]) -> Figure:
    refuse_duplicates(where, "path", [path["id"] for path in entry["paths"]])
    own = entry | {"start": _as_pair(entry.get("start"))}
    dtype = entry.get("dtype", "float64")
    paths = [_complete_path(f"{where}, path '{path['id']}'", own | {"dtype": dtype}, path) for path in entry["paths"]]
    return Figure(**(own | {"paths": paths}))


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
    for field in ("surface", "start"):
        if inherited[field] is None:
            raise refusal(place, field, None, _PATH_FIELDS[field].accepted)
    differs = path.get("recorded_differs")
    known = {"recorded_differs": None if differs is None else _known_difference(differs)}
    return DeclaredPath(**(path | inherited | known))


def _known_difference(entry: dict[str, Any]) -> KnownDifference:
    return KnownDifference(reason=entry["reason"], begins=int(entry["begins"]), at_most=float(entry["at_most"]))


def _as_pair(value: Any) -> Pair | None:
    return None if value is None else (float(value[0]), float(value[1]))
