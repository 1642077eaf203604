"""Reads ``experiments.yaml``, the declaration of every figure and path, and refuses what is wrong in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from gradpath.hyperparameters import ACCEPTED, check_hyperparameters, is_number
from gradpath.refusals import GradpathError, one_of, refusal
from gradpath.schedule_fields import check_path_schedule
from gradpath.schedules import schedule_parameters
from gradpath.surfaces import surface_names

_ID = re.compile(r"[a-z0-9]+([-.][a-z0-9]+)*")

# What each field takes, as a refusal says it. Fields of the table in hyperparameters.py are described there.
_FIELDS = {
    "figures": "a list of figures",
    "paths": "a list of paths",
    "id": "lower-case letters and digits, with '-' or '.' between them",
    "title": "a text",
    "label": "a text",
    "draw": "true or false",
    "surface": one_of(surface_names()),
    "label_at": "two finite numbers",
    "hyperparameters": "a mapping of names to values",
    "recorded_differs": "a mapping with reason, begins and at_most",
    "reason": "a text",
    "begins": "a whole number >= 1",
    "at_most": "a number > 0 and < 2, the largest that a relative difference can be",
}
# How large a known difference may be, relative: one that no difference can exceed would say nothing.
ACCEPTED_DIFFERENCE = (lambda value: is_number(value) and 0 < value < 2, _FIELDS["at_most"])


def _accepted(field: str) -> str:
    return ACCEPTED[field][1] if field in ACCEPTED else _FIELDS[field]


def _checked(field: str) -> AfterValidator:
    # pydantic only needs to know that the value was refused; the line is written from the field's name.
    def check(value: Any) -> Any:
        if not (value is None and field == "dtype") and not ACCEPTED[field][0](value):
            raise ValueError(field)
        return value

    return AfterValidator(check)


def is_id(value: Any) -> bool:
    """Say whether a value may name a figure, a path or a schedule."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _check_id(value: str) -> str:
    if not is_id(value):
        raise ValueError("id")
    return value


def _check_surface(value: str | None) -> str | None:
    if value is not None and value not in surface_names():
        raise ValueError("surface")
    return value


def _check_pair(value: Any) -> Any:
    if not ACCEPTED["start"][0](value):
        raise ValueError("pair")
    return (float(value[0]), float(value[1]))


def _check_difference(value: float) -> float:
    if not ACCEPTED_DIFFERENCE[0](value):
        raise ValueError("at_most")
    return value


def _check_step(value: int) -> int:
    if value < 1:
        raise ValueError("begins")
    return value


Id = Annotated[str, AfterValidator(_check_id)]
SurfaceName = Annotated[str | None, AfterValidator(_check_surface)]
Pair = Annotated[tuple[float, float], BeforeValidator(_check_pair)]
Dtype = Annotated[str, _checked("dtype")]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class KnownDifference(_Declared):
    """Why a recorded path is known to differ, from which step on, and by how much at most (relative)."""

    reason: str
    begins: Annotated[int, AfterValidator(_check_step)]
    at_most: Annotated[float, AfterValidator(_check_difference)]


class DeclaredPath(_Declared):
    """One path of a figure, as declared; surface, start and dtype are those of the figure where left out."""

    id: Id
    label: str | None = None
    optimizer: Annotated[str, _checked("optimizer")]
    steps: Annotated[int, _checked("steps")]
    hyperparameters: dict[str, Any] = {}
    surface: SurfaceName = None
    start: Pair | None = None
    dtype: Dtype | None = None
    label_at: Pair | None = None
    schedule: Any = None
    noise: Annotated[Any, _checked("noise")] = 0.0
    seed: Annotated[Any, _checked("seed")] = 0
    recorded_differs: KnownDifference | None = None


class Figure(_Declared):
    """One figure, as declared. After reading, every path has its surface, start, dtype and label."""

    id: Id
    title: str
    surface: SurfaceName = None
    start: Pair | None = None
    dtype: Dtype = "float64"
    draw: bool = True
    paths: list[DeclaredPath]


class _Experiments(_Declared):
    figures: list[Figure]


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
    data = read_yaml(Path(file))
    if not isinstance(data, dict):
        raise refusal(str(file), "figures", data, _FIELDS["figures"])
    try:
        declared = _Experiments.model_validate(data)
    except ValidationError as error:
        raise _one_line(str(file), data, error) from None
    figures = [_complete(str(file), figure) for figure in declared.figures]
    refuse_duplicates(str(file), "figure", [f.id for f in figures])
    return {f.id: f for f in figures}


def read_yaml(file: Path) -> Any:
    """Read a declaration, or refuse it in one line."""
    if not file.is_file():
        raise GradpathError(f"{file}: no such file; name a file of experiments")
    try:
        return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (MarkedYAMLError, UnicodeDecodeError):
        raise GradpathError(f"{file}: not readable as YAML; check its indentation, brackets and keys") from None


def _complete(file: str, figure: Figure) -> Figure:
    where = f"{file}: figure '{figure.id}'"
    refuse_duplicates(where, "path", [p.id for p in figure.paths])
    paths = []
    for path in figure.paths:
        place = f"{where}, path '{path.id}'"
        check_hyperparameters(place, path.optimizer, path.hyperparameters)
        inherited = {
            "surface": path.surface or figure.surface,
            "start": path.start or figure.start,
            "dtype": path.dtype or figure.dtype,
            "label": path.label or path.id,
            "schedule": check_path_schedule(place, path.schedule, path.steps, schedule_parameters()),
        }
        for field in ("surface", "start"):
            if inherited[field] is None:
                raise refusal(place, field, None, _accepted(field))
        paths.append(path.model_copy(update=inherited))
    return figure.model_copy(update={"paths": paths})


def refuse_duplicates(where: str, kind: str, ids: list[str]) -> None:
    """Refuse an id that occurs twice."""
    for i, name in enumerate(ids):
        if name in ids[:i]:
            raise refusal(where, f"{kind} id", name, f"an id that no other {kind} has")


def _one_line(file: str, data: dict[str, Any], error: ValidationError) -> GradpathError:
    first = error.errors()[0]
    where, here = file, data
    fields = [step for step in first["loc"]]
    names = {"figures": "figure", "paths": "path"}
    # Walk down to the entry that was refused, naming the figure and the path on the way.
    while len(fields) > 2 and fields[0] in names and isinstance(fields[1], int):
        kind, index = str(fields[0]), fields[1]
        here = here[kind][index]
        name = here.get("id") if isinstance(here, dict) else None
        label = f"'{name}'" if isinstance(name, str) else f"number {index + 1}"
        where += (": " if kind == "figures" else ", ") + f"{names[kind]} {label}"
        fields = fields[2:]
    if len(fields) == 2 and fields[0] in names:
        return refusal(where, f"{names[str(fields[0])]} number {int(fields[1]) + 1}", first["input"], "a mapping")
    field = str(fields[-1]) if isinstance(fields[-1], str) and fields[-1] in _FIELDS else str(fields[0])
    if first["type"] == "extra_forbidden":
        model = DeclaredPath if ", path " in where else Figure if ": figure " in where else _Experiments
        known = list(model.model_fields)
        return refusal(where, field, first["input"], f"only the fields {', '.join(known)}")
    if first["type"] == "missing":
        return GradpathError(f"{where}: {field}: is missing; use {_accepted(field)}")
    value = here.get(field, first["input"]) if isinstance(here, dict) else first["input"]
    return refusal(where, field, value, _accepted(field))
