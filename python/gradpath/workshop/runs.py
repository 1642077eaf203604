"""Runs and draws the declared experiments in this language; its twin does the same in R."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure as Plot

from gradpath.declarations import choose_entries
from gradpath.paths.descent import descend
from gradpath.pictures.canvas import save_plot
from gradpath.pictures.colours import THEMES
from gradpath.pictures.contours import plot_paths
from gradpath.tables import COLUMNS, read_table, select_path, write_table
from gradpath.workshop.experiments import DeclaredPath, Figure, read_experiments
from gradpath.workshop.made_by import made_by

METHODS = ("manual", "optim")


def run_experiments(
    file: str | Path,
    folder: str | Path,
    figures: Iterable[str] | None = None,
    device: str = "cpu",
    progress: Callable[[str], None] | None = None,
) -> list[Path]:
    """Compute every declared path by both methods and write one table per figure.

    Parameters
    ----------
    file : str or Path
        The declaration, as :func:`gradpath.read_experiments` reads it.
    folder : str or Path
        Gets ``<figure>/python.csv``: path, method, step, x1, x2, value, under a record of versions.
    figures : iterable of str, optional
        Ids; all figures if left out.
    device : str
        As in :func:`gradpath.descend`.
    progress : callable, optional
        Called with the id of each figure that is done.

    Returns
    -------
    list of Path
        The tables.

    Raises
    ------
    GradpathError
        For a bad declaration or an unknown figure; nothing is written then.
    """
    chosen = choose_entries("figures", read_experiments(file), figures)
    written = []
    for figure in chosen:
        parts = [run_path(path, method, device) for path in figure.paths for method in METHODS]
        record = {
            **made_by(device),
            "seed": seeds_of(figure),
        }
        target = Path(folder) / figure.id / "python.csv"
        write_table(target, pd.concat(parts), record)
        written.append(target)
        if progress:
            progress(figure.id)
    return written


def run_path(path: DeclaredPath, method: str, device: str) -> pd.DataFrame:
    """Compute one declared path by one method."""
    assert path.surface and path.start and path.dtype  # read_experiments fills them in
    points = descend(
        path.surface,
        path.start,
        path.optimizer,
        path.steps,
        method,
        path.dtype,
        device,
        path.schedule,
        path.noise,
        path.seed,
        **path.hyperparameters,
    )
    return points.assign(path=path.id, method=method)[COLUMNS]


def draw_experiments(
    file: str | Path,
    folder: str | Path,
    figures: Iterable[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[Path]:
    """Draw every declared figure from its table, light and dark, as SVG and PNG.

    Parameters are those of :func:`run_experiments`. ``folder`` must hold the tables, and gets
    ``<figure>/python-light.svg`` and so on. The paths by ``optim`` are drawn.

    Returns
    -------
    list of Path
        The pictures.
    """
    written = []
    for figure in choose_entries("figures", read_experiments(file), figures):
        if not figure.draw:
            continue
        table = read_table(Path(folder) / figure.id / "python.csv")
        for theme in THEMES:
            plot = plot_figure(figure, table, theme)
            for suffix in ("svg", "png"):
                target = Path(folder) / figure.id / f"python-{theme}.{suffix}"
                save_plot(plot, target)
                written.append(target)
        if progress:
            progress(figure.id)
    return written


def plot_figure(figure: Figure, table: pd.DataFrame, theme: str) -> Plot:
    """Draw one declared figure from its table."""
    return plot_paths(
        [select_path(table, path.id, "optim") for path in figure.paths],
        figure.surface,
        labels=[path.label or path.id for path in figure.paths],
        label_at=[path.label_at for path in figure.paths],
        title=f"{figure.title} (Python)",
        theme=theme,
    )


def seeds_of(figure: Figure) -> str:
    """Say what a figure's random draws start from."""
    seeds = {path.seed for path in figure.paths if path.noise > 0}
    return ", ".join(f"{seed:.15g}" for seed in sorted(seeds)) or "none, nothing is drawn at random"
