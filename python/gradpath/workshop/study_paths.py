"""The study of paths: every figure of ``experiments.yaml``, by hand and by optim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gradpath.tables import read_numbers, read_table, select_path, split_paths
from gradpath.workshop.comparison import BOUNDS, Comparison, Lane, compare_paths, expect_difference
from gradpath.workshop.experiments import DeclaredPath, Figure, read_experiments
from gradpath.workshop.lane_tables import read_lanes
from gradpath.workshop.study import BookFigure, Entry, Progress, Study, themed

# What decides no number.
_DRAWING = {"label", "label_at", "recorded_differs"}


class Paths(Study):
    """Figures: each has paths over one surface, and a picture of them per language."""

    name = "paths"
    declaration = "experiments.yaml"
    makers = MappingProxyType({"python": ["workshop.runs.run_path"], "r": ["run_path"]})
    drawers = MappingProxyType(
        {"python": ["workshop.runs.plot_figure"], "r": ["plot_figure"], "overlay": ["workshop.overlays.plot_overlay"]}
    )

    def read(self, file: Path) -> list[Entry]:
        """Read the figures."""
        return [self._entry(figure) for figure in read_experiments(file).values()]

    def _entry(self, figure: Figure) -> Entry:
        kinds = ("python", "r", "overlay") if figure.draw else ()
        return Entry(
            self,
            figure.id,
            figure.id,
            f"{figure.id}/{{lane}}.csv",
            [{k: v for k, v in asdict(path).items() if k not in _DRAWING} for path in figure.paths],
            _parts(figure),
            [figure.title, figure.surface, [[path.id, path.label, path.label_at] for path in figure.paths]],
            {kind: themed(f"{figure.id}/{kind}") for kind in kinds},
            BookFigure.all((figure.id, f"{figure.id}/", figure)),
        )

    def compute(self, file: Path, folder: Path, ids: list[str], progress: Progress, kept: Path | None) -> None:
        """Compute the tables of these figures."""
        from gradpath.workshop.runs import run_experiments

        run_experiments(file, folder, ids, progress=lambda name: progress(f"{name}: python"))

    def compute_in_r(self, file: Path, folder: Path, ids: list[str], kept: Path | None) -> tuple[str, list[str]]:
        """Return R's run_experiments()."""
        call = "gradpath::run_experiments(a[1], a[2], a[-(1:2)], progress = message)"
        return call, [str(file), str(folder), *ids]

    def draw(self, file: Path, folder: Path, ids: list[str]) -> None:
        """Draw these figures."""
        from gradpath.workshop.runs import draw_experiments

        draw_experiments(file, folder, ids)

    def draw_in_r(self, file: Path, folder: Path, ids: list[str]) -> tuple[str, list[str]]:
        """Return R's draw_experiments()."""
        return "gradpath::draw_experiments(a[1], a[2], a[-(1:2)])", [str(file), str(folder), *ids]

    def compare(self, project: Path) -> list[Comparison]:
        """Compare every lane of every path: by hand with optim, R with Python, both with exact and recorded paths."""
        recorded = _read_recorded(project / "shared_figures" / "recorded_torch" / "torch_paths.csv")
        comparisons = []
        entries = self.entries(project)
        figures = read_experiments(self.file(project)) if entries else {}
        for entry in entries:
            lanes = read_lanes(project, entry, read_table)
            # A table is searched once for all of its paths.
            paths = {name: split_paths(lane.table) for name, lane in lanes.items()}
            for path in figures[entry.id].paths:
                for lane, reference in _pairs(path, lanes, recorded):
                    left, right = (_rows(side, path.id, paths) for side in (lane, reference))
                    if reference.lane == "closed form":
                        # The exact path goes on where a lane has diverged; it is compared as far as the lane went.
                        right = right.iloc[: len(left)]
                    result = compare_paths(left, right, BOUNDS[path.dtype or "float64"])
                    if lane.lane == "recorded {torch}" and path.recorded_differs:
                        known = path.recorded_differs
                        result = expect_difference(result, known.reason, known.begins, known.at_most)
                    comparisons.append(Comparison.of(entry.name, path.id, lane, reference, result))
        return comparisons


def _parts(figure: Figure) -> list[str]:
    used = {f"rules.{path.optimizer}" for path in figure.paths} | {
        f"surfaces.{path.surface}" for path in figure.paths
    }
    return sorted(used | ({f"surfaces.{figure.surface}"} if figure.surface else set()))


def _rows(lane: Lane, path: str, paths: Mapping[str, Mapping[tuple[str, str], Any]]) -> Any:
    found = paths.get(lane.lane, {}).get((path, lane.method))
    return found if found is not None else select_path(lane.table, path, lane.method)


def _pairs(path: DeclaredPath, lanes: dict[str, Lane], recorded: Lane | None) -> Iterator[tuple[Lane, Lane]]:
    from gradpath.workshop.closed_form import closed_form_path, has_closed_form

    by_hand, by_optim = lanes["python"].by("manual"), lanes["python"].by("optim")
    yield by_optim, by_hand
    for name, r in lanes.items():
        if name != "python":
            yield r.by("manual"), by_hand
            yield r.by("optim"), by_optim
            yield r.by("optim"), r.by("manual")
    if has_closed_form(path):
        exact = closed_form_path(path).assign(path=path.id, method="exact")
        yield by_hand, Lane("closed form", exact, "exact rational arithmetic", method="exact")
    if recorded is not None and path.id in set(recorded.table["path"]):
        yield recorded, by_optim


def _read_recorded(file: Path) -> Lane | None:
    if not file.is_file():
        return None
    table = read_numbers(file, ["x1", "x2", "value"]).rename(columns={"id": "path"}).assign(method="optim")
    made_by = file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# recorded with ")
    return Lane("recorded {torch}", table, made_by, method="optim")
