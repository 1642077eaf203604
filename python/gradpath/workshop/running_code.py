"""Which code computes: the package that is running, the R package that belongs to it, and what a project adds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gradpath.refusals import GradpathError

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Code:
    """Where the code of both languages lies.

    Attributes
    ----------
    python : Path
        The package's folder.
    r : Path
        The source of the R package: DESCRIPTION, NAMESPACE, R, inst.
    project : Path
        May have surfaces of its own.
    """

    python: Path
    r: Path
    project: Path

    def files(self, language: str) -> list[Path]:
        """Return the files of the package in one language."""
        return sorted(self.python.rglob("*.py") if language == "python" else (self.r / "R").glob("*.R"))

    def own_files(self, language: str) -> list[Path]:
        """Return the files of the project's own surfaces in one language."""
        pattern = "python/surfaces/*.py" if language == "python" else "r/surfaces/*.R"
        return sorted(self.project.glob(pattern))

    def all_files(self) -> Iterator[Path]:
        """Return every file of code that a result may depend on."""
        for language in ("python", "r"):
            yield from self.files(language)
            yield from self.own_files(language)
        yield from (self.r / "inst" / "python").glob("*.py")


def running_code(project: Path) -> Code:
    """Return the code that computes for a project on this machine."""
    return Code(_PACKAGE, r_source(), project)


def r_source() -> Path:
    """Return the source of the R package that belongs to the running Python package.

    An installed package carries it; in the repository both lie side by side.

    Raises
    ------
    GradpathError
        If it is in neither place.
    """
    for place in (_PACKAGE / "r_package", _PACKAGE.parents[1] / "r"):
        if (place / "DESCRIPTION").is_file():
            return place
    raise GradpathError(f"{_PACKAGE}: has no source of the R package; install gradpath again, from its wheel")
