"""What the explorer opens with: every declared figure of paths as a view, written as a script that its page loads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gradpath.tables import write_text
from gradpath.workshop.experiments import DeclaredPath, Figure, read_experiments

_HEAD = "/* From shared_figures/experiments.yaml; 'gradpath figures' writes this file. */\n"
_ELSEWHERE = "More declared paths"


def explorer_presets(project: Path) -> dict[Path, str]:
    """Return the script of the explorer's views, by file; nothing where a project has no explorer or no figures."""
    declared = project / "shared_figures" / "experiments.yaml"
    folder = project / "book" / "explorer"
    if not declared.is_file() or not folder.is_dir():
        return {}
    chapters = _chapters(project)
    presets = [
        preset
        for figure in read_experiments(declared).values()
        for preset in _presets(figure, chapters.get(figure.id, _ELSEWHERE))
    ]
    # One view a line, so that a change of a figure is a change of a line.
    lines = ",\n".join("  " + json.dumps(preset, ensure_ascii=False) for preset in presets)
    return {folder / "presets.js": f"{_HEAD}(window.gradpath ??= {{}}).presets = [\n{lines}\n];\n"}


def write_explorer_presets(project: Path) -> None:
    """Write the script if it changed."""
    for file, text in explorer_presets(project).items():
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            write_text(file, text)


def _presets(figure: Figure, chapter: str) -> Iterator[dict[str, Any]]:
    grounds: dict[tuple[Any, ...], list[DeclaredPath]] = {}
    for path in figure.paths:
        grounds.setdefault((path.surface, path.start), []).append(path)
    for (surface, start), paths in grounds.items():
        more = "" if len(grounds) == 1 else f"--{surface.replace('_', '-')}"
        yield {
            "id": figure.id + more,
            "chapter": chapter,
            "title": figure.title + (f": {surface.replace('_', ' ')}" if more else ""),
            "surface": surface,
            "start": list(start),
            "runs": [_run(path) for path in paths],
        }


def _run(path: DeclaredPath) -> dict[str, Any]:
    return {
        "label": path.label,
        "optimizer": path.optimizer,
        "steps": path.steps,
        "hyperparameters": path.hyperparameters,
        "schedule": path.schedule,
        "noise": float(path.noise),
        "seed": int(path.seed),
    }


def _chapters(project: Path) -> dict[str, str]:
    """Return the chapter that shows a figure, as '4 Momentum', by the figure's id."""
    found: dict[str, str] = {}
    for file in sorted((project / "book").glob("[0-9]*.qmd")):
        text = file.read_text(encoding="utf-8")
        title = re.search(r"^# (.+?)\s*(?:\{|$)", text, re.MULTILINE)
        name = f"{int(file.name.partition('-')[0])} {title.group(1) if title else file.stem}"
        found |= dict.fromkeys(re.findall(r"_figures/([\w.-]+)\.md", text), name)
    return found
