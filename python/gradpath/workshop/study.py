"""A study: what is declared in one file, computed by both languages, compared, and drawn.

There is one class for each kind (paths, sequences of rates, first epochs, labs). A kind says what is its own; that
tables are computed where something changed, compared, and drawn from what was compared, is written once, for all.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from gradpath.pictures.colours import THEMES
from gradpath.workshop.comparison import Comparison

Progress = Callable[[str], None]


@dataclass(frozen=True)
class BookFigure:
    """A figure of the book: the beginning of its pictures' names, and what is said of it, in words.

    ``caption`` stands below it; ``alt`` is for those who do not see it, ``overlay_alt`` for the picture in which both
    languages are laid over each other, and ``alt_dark`` for the dark theme where that looks different.
    """

    id: str
    stem: str
    caption: str
    alt: str
    overlay_alt: str | None = None
    alt_dark: str | None = None

    @classmethod
    def all(cls, *declared: tuple[str, str, Any]) -> list[BookFigure]:
        """Return the figures that are described: id, beginning of the names, and where caption and text are."""
        return [
            cls(name, stem, said.caption, said.alt, getattr(said, "overlay_alt", None))
            for name, stem, said in declared
            if said.caption and said.alt
        ]


@dataclass(frozen=True)
class Entry:
    """What has a table of its own in each lane.

    Attributes
    ----------
    study : Study
    id : str
        As declared.
    name : str
        As the comparisons, the check pages and messages call it.
    table_name : str
        Its file below ``shared_figures``, with ``{lane}`` where the lane stands.
    declared : Any
        What decides its numbers.
    parts : list of str
        The rules, surfaces and networks that it uses: ``"rules.adam"``.
    look : Any
        What else its pictures show; None if it is not drawn.
    pictures : dict of str to list of str
        For each language, the files below ``shared_figures`` that are drawn from its tables.
    figures : list of BookFigure
        How the book shows them.
    """

    study: Study
    id: str
    name: str
    table_name: str
    declared: Any
    parts: Sequence[str] = ()
    look: Any = None
    pictures: dict[str, list[str]] = field(default_factory=dict)
    figures: list[BookFigure] = field(default_factory=list)

    def table(self, folder: Path, lane: str) -> Path:
        """Return the file of a lane's table, ``"python"``, ``"r-torch"`` or ``"r-pytorch"``, in a folder."""
        return folder / self.table_name.format(lane=lane)


_READ: dict[tuple[str, Path, int, int], list[Entry]] = {}


class Study(ABC):
    """One kind of study; see :data:`gradpath.workshop.studies.STUDIES` for all of them."""

    name: ClassVar[str]
    declaration: ClassVar[str]  # the file in shared_figures
    # The functions that compute one entry, and those that draw it: what they reach is what a result was made by.
    makers: ClassVar[Mapping[str, Sequence[str]]]
    drawers: ClassVar[Mapping[str, Sequence[str]]] = MappingProxyType({})
    # Computed when somebody asks for it, not by every build.
    on_demand: ClassVar[bool] = False

    def file(self, project: Path) -> Path:
        """Return the declaration, named as a reader in the project's folder would."""
        file = project / "shared_figures" / self.declaration
        return Path(os.path.relpath(file)) if file.is_relative_to(Path.cwd()) else file

    def entries(self, project: Path) -> list[Entry]:
        """Return what is declared; a project may declare nothing of a kind."""
        file = self.file(project)
        if not file.is_file():
            return []
        # Every step of a build asks; the declaration is read again only if it changed.
        state = file.stat()
        key = (self.name, file.absolute(), state.st_mtime_ns, state.st_size)
        if key not in _READ:
            _READ[key] = self.read(file)
        return list(_READ[key])

    @abstractmethod
    def read(self, file: Path) -> list[Entry]:
        """Read the declaration."""

    def missing_data(self, entries: Sequence[Entry]) -> str | None:
        """Say why the data that these entries learn from are not on this machine, or return None."""
        return None

    @abstractmethod
    def compute(self, file: Path, folder: Path, ids: list[str], progress: Progress, kept: Path | None) -> None:
        """Compute Python's tables of these entries into a folder; ``kept`` holds checkpoints, if the kind has any."""

    @abstractmethod
    def compute_in_r(self, file: Path, folder: Path, ids: list[str], kept: Path | None) -> tuple[str, list[str]]:
        """Return the expression that does the same in R, and its arguments."""

    def confirms(self, project: Path, entry: Entry) -> list[Entry]:
        """Return entries on demand that the same functions make as this one, only larger.

        Where changed code computes this entry to the same bytes as before, they stay as they are.
        """
        return []

    def draw(self, file: Path, folder: Path, ids: list[str]) -> None:
        """Draw Python's pictures of these entries from the tables in a folder, into it; a kind may have none."""
        return

    def draw_in_r(self, file: Path, folder: Path, ids: list[str]) -> tuple[str, list[str]]:
        """Return the expression that does the same in R, and its arguments."""
        return "NULL", []

    @abstractmethod
    def compare(self, project: Path) -> list[Comparison]:
        """Compare the tables of all entries."""


def themed(stem: str, suffixes: Sequence[str] = ("svg", "png")) -> list[str]:
    """Return the names of a picture in both themes: ``<stem>-light.svg`` and so on."""
    return [f"{stem}-{theme}.{suffix}" for theme in THEMES for suffix in suffixes]
