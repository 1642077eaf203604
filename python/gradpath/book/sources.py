"""The book's sources: which chapters there are, with their includes in place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradpath.refusals import GradpathError

_INCLUDE = re.compile(r"^\{\{<\s*include\s+(\S+)\s*>\}\}\s*$")
_HEADING = re.compile(r"^# (?P<title>.+?)\s*(?:\{(?P<attributes>[^}]*)\})?\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """One chapter: its file, and the part of the book that it belongs to (None at the top)."""

    file: Path
    part: str | None

    def title(self) -> str:
        """Return the text of its first heading."""
        return self._heading().group("title")

    def identifier(self) -> str:
        """Return the id of its first heading, without which nothing can refer to it."""
        found = re.search(r"#([\w-]+)", self._heading().group("attributes") or "")
        if not found:
            raise GradpathError(f"{self.file}: heading: has no id; write it as '# Title {{#sec-name}}'")
        return found.group(1)

    def _heading(self) -> re.Match[str]:
        found = _HEADING.search(self.file.read_text(encoding="utf-8"))
        if not found:
            raise GradpathError(f"{self.file}: heading: is missing; begin with '# Title {{#sec-name}}'")
        return found


def read_settings(project: Path) -> dict[str, Any]:
    """Read ``_quarto.yml``."""
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load((project / "_quarto.yml").read_text(encoding="utf-8"))


def read_chapters(project: Path) -> list[Chapter]:
    """Return the chapters in the order of ``_quarto.yml``, the preface first.

    Raises
    ------
    GradpathError
        For a chapter whose file is missing.
    """
    chapters: list[Chapter] = []
    for entry in read_settings(project)["book"]["chapters"]:
        part = entry["part"] if isinstance(entry, dict) else None
        for name in entry["chapters"] if isinstance(entry, dict) else [entry]:
            file = project / name
            if not file.is_file():
                raise GradpathError(f"_quarto.yml: chapters: '{name}' is no file; name one that exists")
            chapters.append(Chapter(file, part))
    return chapters


def expand_includes(file: Path, seen: tuple[Path, ...] = ()) -> str:
    """Return a chapter's text with its includes, and theirs, in place.

    Raises
    ------
    GradpathError
        For an include that is missing or includes itself; file and line are named.
    """
    lines = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        found = _INCLUDE.match(line)
        if not found:
            lines.append(line)
            continue
        target = (file.parent / found.group(1)).resolve()
        if not target.is_file() or target in seen:
            why = (
                "includes itself"
                if target in seen
                else "does not exist; 'gradpath lessons', 'gradpath check' and 'gradpath figures' write them"
            )
            raise GradpathError(f"{file}: line {number}: include '{found.group(1)}' {why}")
        lines.append(expand_includes(target, (*seen, file.resolve())))
    return "\n".join(lines) + "\n"


def source_files(project: Path) -> list[Path]:
    """Return every file that the rendered book depends on."""
    patterns = ("book/**/*.*", "shared_figures/**/*.svg")
    # A name with a dot in front is a file that somebody is writing just now.
    files = [f for pattern in patterns for f in project.glob(pattern) if f.is_file() and f.name[0] != "."]
    made = [project / "book" / "fonts", project / "book" / "reading"]  # while rendering
    files = [f for f in files if f.parent not in made]
    renderer = [f for f in Path(__file__).parent.rglob("*.*") if f.is_file() and f.suffix != ".pyc"]
    lessons = [*project.glob("python/lessons/*.py"), *project.glob("r/lessons/*.R")]
    return [project / "_quarto.yml", project / "index.qmd", *files, *lessons, *renderer]
