"""A project of a few seconds: two figures, one sequence, one lab with two runs; the package's own code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

EXPERIMENTS = """\
figures:
  - id: bowl
    title: A bowl
    surface: isotropic_paraboloid
    start: [6, 6]
    paths:
      - {id: slow, label: slow, optimizer: sgd, steps: 5, hyperparameters: {lr: 1.0}}
      - {id: quick, label: quick, optimizer: momentum, steps: 5, hyperparameters: {lr: 0.5, momentum: 0.1}}
  - id: ravine.2
    title: A ravine
    draw: false
    surface: anisotropic_paraboloid
    start: [5.1, 2.3]
    paths:
      - {id: adam, optimizer: adam, steps: 4, hyperparameters: {lr: 0.5}}
"""
SCHEDULES = """\
schedules:
  - {id: cosine, title: Cosine, lr: 0.1, steps: 9, schedule: {name: cosine, steps: 8}}
"""
TRAINING = """\
labs:
  - id: rates.2
    title: Two rates
    data: digits
    network: {name: tanh_network, hidden: [4]}
    sizes:
      quick: {train: 200, validation: 50, test: 50, epochs: 2, settings: {batch_size: 50}}
      full: {train: 300, validation: 50, test: 50, epochs: 2, seeds: [0, 1], settings: {batch_size: 50}}
    settings: {optimizer: momentum, momentum: 0.9}
    runs:
      - {id: low, settings: {lr: 0.05}}
      - {id: high, settings: {lr: 0.2}}
"""


def make_small_project(project: Path, folder: Path, copied: tuple[str, ...] = ()) -> Path:
    """Make it in a folder; the code is linked, or copied where a test is going to change it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("python", "r"):
        if name in copied:
            ignored = shutil.ignore_patterns("__pycache__", "man", "tests", "lessons", "*.egg-info")
            shutil.copytree(project / name, folder / name, ignore=ignored)
        else:
            (folder / name).symlink_to(project / name)
    shared = folder / "shared_figures"
    shared.mkdir()
    shutil.copytree(project / "shared_figures" / "recorded_torch", shared / "recorded_torch")
    (shared / "experiments.yaml").write_text(EXPERIMENTS)
    (shared / "schedules.yaml").write_text(SCHEDULES)
    (shared / "training.yaml").write_text(TRAINING)
    (folder / "_quarto.yml").write_text("project:\n  type: book\n")
    return folder


def gradpath(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a project, with the project's own code."""
    env = os.environ | {"PYTHONPATH": str(folder / "python"), "COLUMNS": "200"} | environment
    command = [sys.executable, "-m", "gradpath.cli", *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def plant(file: Path, right: str, wrong: str) -> None:
    """Change one place of a file, which must be there just once."""
    text = file.read_text()
    assert text.count(right) == 1, f"{right!r} stands {text.count(right)} times in {file}"
    file.write_text(text.replace(right, wrong))
