"""Trains the declared first epochs in both languages, as far as something changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gradpath.fingerprints import TRAINING_MAKERS
from gradpath.refusals import GradpathError
from gradpath.table_lanes import update_tables

Progress = Callable[[str], None]


def run_first_epoch_lanes(project: Path, languages: tuple[str, ...], force: bool, progress: Progress) -> list[Path]:
    """Compute the tables of batch losses that are not up to date; return them.

    A project may declare none. Where Fashion-MNIST is missing a line says so, and the tables stay as they are.
    """
    file = project / "shared_figures" / "first_epoch.yaml"
    if not file.is_file():
        return []
    from gradpath.datasets import fashion_mnist
    from gradpath.first_epoch import run_first_epochs
    from gradpath.first_epoch_agreement import first_epoch_declaration

    how = ("first_epoch", file, first_epoch_declaration(file), TRAINING_MAKERS, languages, force, run_first_epochs)
    try:
        written = update_tables(project, *how, "run_first_epochs")
    except GradpathError:
        # Looked for only now: a run that finds nothing to do must not read 60,000 images.
        try:
            fashion_mnist()
        except GradpathError as missing:
            progress(f"first epochs: left as they are; {missing}")
            return []
        raise
    for table in written:
        progress(f"first_epoch: {table.stem}")
    return written
