"""The study of learning-rate sequences: every schedule of ``schedules.yaml``, by hand and by the library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

from gradpath.declarations import PICTURE, read_yaml
from gradpath.refusals import refusal
from gradpath.tables import read_numbers
from gradpath.workshop.comparison import Comparison, Lane, compare_series, pairs_of_lanes, series_of
from gradpath.workshop.lane_tables import read_lanes
from gradpath.workshop.schedule_runs import RateSequence, read_schedules
from gradpath.workshop.study import BookFigure, Entry, Progress, Study, themed

RECORDED = "shared_figures/recorded_torch/torch_schedules.csv"
# Relative to the rate itself, at every step, live and recorded.
RATE_BOUND = 1e-12


class Schedules(Study):
    """Sequences of rates, all in one table; each has a picture, and one shows them all."""

    name = "schedules"
    declaration = "schedules.yaml"
    makers = MappingProxyType({"python": ["workshop.schedule_runs.declared_rates"], "r": ["declared_rates"]})
    drawers = MappingProxyType({"python": ["pictures.schedules.plot_schedules"], "r": ["plot_schedules"]})

    def read(self, file: Path) -> list[Entry]:
        """Read the sequences."""
        sequences = read_schedules(file).values()
        together = SimpleNamespace(**{field: read_yaml(file).get(field) for field in PICTURE})
        shown = [sequence for sequence in sequences if sequence.draw]
        pictures = {
            language: [
                *themed(f"schedules/{language}"),
                *(name for one in shown for name in themed(f"schedules/{one.id}-{language}", ["svg"])),
            ]
            for language in ("python", "r")
        }
        entry = Entry(
            self,
            "schedules",
            "schedules",
            "schedules/{lane}.csv",
            [_deciding(sequence) for sequence in sequences],
            [],
            [[sequence.id, sequence.title] for sequence in shown],
            pictures,
            BookFigure.all(
                ("schedules", "schedules/", together),
                *((f"schedule-{one.id}", f"schedules/{one.id}-", one) for one in shown),
            ),
        )
        return [entry]

    def compute(self, file: Path, folder: Path, ids: list[str], progress: Progress, kept: Path | None) -> None:
        """Compute the table."""
        from gradpath.workshop.schedule_runs import run_schedules

        run_schedules(file, folder)
        progress("schedules: python")

    def compute_in_r(self, file: Path, folder: Path, ids: list[str], kept: Path | None) -> tuple[str, list[str]]:
        """Return R's run_schedules()."""
        return "gradpath::run_schedules(a[1], a[2])", [str(file), str(folder)]

    def draw(self, file: Path, folder: Path, ids: list[str]) -> None:
        """Draw the sequences."""
        from gradpath.workshop.schedule_runs import draw_schedules

        draw_schedules(file, folder)

    def draw_in_r(self, file: Path, folder: Path, ids: list[str]) -> tuple[str, list[str]]:
        """Return R's draw_schedules()."""
        return "gradpath::draw_schedules(a[1], a[2])", [str(file), str(folder)]

    def compare(self, project: Path) -> list[Comparison]:
        """Compare every lane of every sequence: by hand with the library, R with Python, both with recordings."""
        comparisons = []
        recorded = _read_recorded(project / RECORDED)
        for entry in self.entries(project):
            lanes = read_lanes(project, entry, partial(read_numbers, columns=["lr"]))
            for sequence in read_schedules(self.file(project)).values():
                for lane, reference, key in _pairs(sequence, lanes, recorded):
                    left, right = (
                        series_of(lane, "schedule", key, "lr"),
                        series_of(reference, "schedule", sequence.id, "lr"),
                    )
                    result = compare_series(left, right, "lr", RATE_BOUND)
                    comparisons.append(Comparison.of(entry.name, sequence.id, lane, reference, result))
        return comparisons


def _deciding(sequence: RateSequence) -> dict[str, object]:
    return {k: v for k, v in asdict(sequence).items() if k not in ("title", "draw", "recorded", *PICTURE)}


def _pairs(sequence: RateSequence, lanes: dict[str, Lane], recorded: Lane | None) -> Iterator[tuple[Lane, Lane, str]]:
    for lane, reference in pairs_of_lanes(lanes):
        yield lane, reference, sequence.id
    if sequence.recorded is not None:
        if recorded is None:
            where = f"schedules: sequence '{sequence.id}'"
            raise refusal(where, "recorded", sequence.recorded, f"null where there is no {RECORDED}")
        yield recorded, lanes["python"].by("optim"), sequence.recorded


def _read_recorded(file: Path) -> Lane | None:
    if not file.is_file():
        return None
    made_by = file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# recorded with ")
    table = read_numbers(file, ["lr"]).assign(method="optim")
    return Lane("recorded {torch}", table, made_by, method="optim")
