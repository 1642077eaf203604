"""Executes the lessons, each in its own language's kernel, and writes one include file per cell for the book.

R's output is what {torch} prints. Where {torch} is missing, what it printed stays as long as the lesson is the same;
a lesson that changed is shown as engine ``pytorch`` prints it, which its includes say. In an R lesson the lines that
another engine prints otherwise are marked (:mod:`gradpath.book.lesson_marks`); in both languages the header declares
the data that are read (:mod:`gradpath.book.lesson_reads`).
"""

from __future__ import annotations

import platform
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradpath.book.lesson_includes import include_text
from gradpath.book.lesson_marks import Mark, marks_of, without_marks
from gradpath.book.lesson_reads import OPENED, WATCH, check_reads, declared_files
from gradpath.pictures.colours import THEMES
from gradpath.refusals import GradpathError
from gradpath.workshop.code_digests import lesson_digests
from gradpath.workshop.fingerprints import fingerprint, fingerprint_files, read_digests, what_changed, write_digests
from gradpath.workshop.r_process import R, ensure_r_package
from gradpath.workshop.running_code import running_code

# A cell takes a minute at most; on a machine that is busy with other things, many times that.
SECONDS_PER_CELL = 1200
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# A cell that makes `pictures`, one per theme by its name, gets them saved; lessons themselves write no files.
_PICTURES = re.compile(r"^pictures (?:=|<-) ", re.MULTILINE)
_SAVE = {
    "python": "import gradpath, pathlib\n"
    "for theme, picture in pictures.items():\n"
    "    gradpath.save_plot(picture, pathlib.Path({folder!r}, f'{cell}.python-{{theme}}.svg'))",
    "r": "for (theme in names(pictures)) gradpath::save_plot(pictures[[theme]],"
    " file.path('{folder}', paste0('{cell}.r-', theme, '.svg')))",
}
# Asked of each kernel after the last cell, so that a page can say what made its output.
_ENGINE = {
    "python": "import torch; print('torch', torch.__version__)",
    "r": "with(gradpath::engine_info(), cat(paste0('r ', getRversion(), ', ', name, ' ', version)))",
}


@dataclass(frozen=True)
class Lesson:
    """One lesson script.

    Attributes
    ----------
    project, file : Path
    language : {"python", "r"}
    """

    project: Path
    file: Path
    language: str

    @property
    def name(self) -> str:
        """Its name without ending, the same in both languages: ``04-momentum``."""
        return self.file.stem

    @property
    def folder(self) -> Path:
        """Where its include files are."""
        return self.project / "book" / "_lessons" / self.name

    def made_from(self) -> dict[str, str]:
        """Return what its output depends on, versions apart: its text, the data it reads, the code that it calls."""
        # A mark says what another engine prints; a change of it leaves the output as it is.
        text = without_marks(self.file.read_text(encoding="utf-8"))
        reads = declared_files(self.project, self.file)
        return {
            "text": fingerprint(text),
            "data": fingerprint_files(reads) if reads else "none",
            "code": write_digests(lesson_digests(running_code(self.project), self.language, text)) or "none",
        }

    def made(self) -> dict[str, str]:
        """Return what its record says that its output was made from, and by; empty where there is none."""
        if not self.record().is_file():
            return {}
        lines = self.record().read_text(encoding="utf-8").splitlines()
        return {key: value for key, _, value in (line.partition(": ") for line in lines)}

    def cells(self) -> list[tuple[str, str]]:
        """Return its cells as (name, code), as readers see them.

        Raises
        ------
        GradpathError
            For a cell without a name, or a name that occurs twice.
        """
        return [(name, without_marks(code)) for name, code in self._cells()]

    def marks(self) -> dict[str, list[Mark]]:
        """Return, by cell, which of its printed lines another engine may print otherwise.

        Raises
        ------
        GradpathError
            For a mark that cannot be read.
        """
        return {name: marks_of(code, f"{self.file.name}: cell '{name}'") for name, code in self._cells()}

    def _cells(self) -> list[tuple[str, str]]:
        import jupytext

        form = "py:percent" if self.language == "python" else "R:percent"
        notebook = jupytext.reads(self.file.read_text(encoding="utf-8"), fmt=form)
        cells: list[tuple[str, str]] = []
        for cell in notebook.cells:
            name = cell.metadata.get("title", "")
            if cell.cell_type == "markdown" or (not name and not _is_code(cell.source)):
                continue
            if not _NAME.fullmatch(name) or name in [n for n, _ in cells]:
                raise GradpathError(
                    f"{self.file.name}: cell: '{name}' is not accepted; use a name of its own after '# %%',"
                    " in lower-case letters, digits and '-'"
                )
            cells.append((name, cell.source))
        return cells

    def include(self, cell: str) -> Path:
        """Return the include file of a cell."""
        return self.folder / f"{cell}.{self.language}.md"

    def pictures(self, cell: str) -> list[Path]:
        """Return the files of the pictures that a cell makes, one per theme."""
        return [self.folder / f"{cell}.{self.language}-{theme}.svg" for theme in THEMES]

    def record(self) -> Path:
        """Return the file that says what the includes were made from, in which language, by which engine."""
        return self.folder / f"made.{self.language}.txt"


def find_lessons(project: Path) -> list[Lesson]:
    """Return all lessons, in the order of their numbers, Python's before R's."""
    python = [Lesson(project, f, "python") for f in (project / "python" / "lessons").glob("*.py")]
    r = [Lesson(project, f, "r") for f in (project / "r" / "lessons").glob("*.R")]
    return sorted(python + r, key=lambda lesson: (lesson.name, lesson.language))


def is_fresh(lesson: Lesson) -> bool:
    """Say whether a lesson's include files are all there and made from what the lesson is now."""
    return why_stale(lesson) is None


def why_stale(lesson: Lesson) -> str | None:
    """Say which input of a lesson's output changed, or return None if none did."""
    then, now = lesson.made(), lesson.made_from()
    if not then:
        return "was never executed"
    if then.get("text") != now["text"]:
        return "the lesson changed since it was executed"
    if then.get("data") != now["data"]:
        return "the data that it reads changed since it was executed"
    changed = what_changed(*(read_digests("" if m["code"] == "none" else m["code"]) for m in (then, now)))
    if changed:
        return f"{changed} since it was executed"
    return None if _expected(lesson) == written_files(lesson) else "an include or a picture of it is not there"


def write_record(made: Mapping[str, str]) -> str:
    """Write what an output was made from and by, one line each."""
    return "".join(f"{key}: {value}\n" for key, value in made.items())


def execute_lesson(lesson: Lesson, r: R | None) -> dict[Path, str]:
    """Execute a lesson in a fresh kernel; return the text of its includes, pictures and record. Nothing is written.

    Raises
    ------
    GradpathError
        If a cell fails (lesson, cell, its error), if it reads other data than it declares, for a mark that cannot be
        read, or if the kernel of the language is not installed.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError
    from traitlets.config import Config

    cells = lesson.cells()
    # Read before anything runs: one that cannot be read is an error here, not only where it is needed.
    lesson.marks()
    kernel = "python3" if lesson.language == "python" else "ir"
    environment = _environment(lesson, r)
    with tempfile.TemporaryDirectory() as private:
        # After a cell that makes pictures comes one, which no page shows, that saves them.
        sources = [("watching what it reads", WATCH[lesson.language])]
        for name, code in cells:
            sources.append((name, code))
            if _PICTURES.search(code):
                sources.append((f"{name}, its pictures", _SAVE[lesson.language].format(folder=private, cell=name)))
        sources.append(("what it read", OPENED[lesson.language]))
        sources.append(("engine", _ENGINE[lesson.language]))
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for _, code in sources])
        try:
            # Sockets in a private folder instead of ports on the network. What a kernel writes beside its cells is
            # chatter of its own; a cell's error comes through the notebook.
            settings = Config({"KernelManager": {"transport": "ipc", "ip": f"{private}/kernel"}})
            place = {"metadata": {"path": str(lesson.project)}}
            # On a busy machine what a cell printed may come late: waited for, not given up silently.
            client = NotebookClient(
                notebook,
                timeout=SECONDS_PER_CELL,
                iopub_timeout=SECONDS_PER_CELL,
                raise_on_iopub_timeout=True,
                kernel_name=kernel,
                resources=place,
                config=settings,
            )
            client.execute(env=environment, stderr=subprocess.DEVNULL)
        except CellExecutionError as error:
            failed = next(i for i, c in enumerate(notebook.cells) if _error(c))
            line = _error(notebook.cells[failed]) or str(error)
            raise GradpathError(f"{lesson.file.name}: cell '{sources[failed][0]}': {line}") from None
        except CellTimeoutError:
            name = sources[client.code_cells_executed - 1][0]
            line = f"was not done after {SECONDS_PER_CELL} seconds; repeat when the machine is less busy"
            raise GradpathError(f"{lesson.file.name}: cell '{name}': {line}") from None
        drawn = {lesson.folder / f.name: f.read_text(encoding="utf-8") for f in sorted(Path(private).glob("*.svg"))}
    engine = _printed(notebook.cells[-1]).strip()
    language = f"python {platform.python_version()}" if lesson.language == "python" else engine.partition(", ")[0]
    engine = engine if lesson.language == "python" else engine.partition(", ")[2]
    shown = {name: _printed(cell) for (name, _), cell in zip(sources, notebook.cells, strict=True)}
    check_reads(lesson.project, lesson.file, shown["what it read"].splitlines())
    texts = {}
    for name, code in cells:
        source = lesson.file.relative_to(lesson.project).as_posix()
        head = f"{source}, cell {name}, as run by what {lesson.record().name} says"
        texts[lesson.include(name)] = include_text(head, lesson.language, code, shown[name], engine)
    texts |= drawn
    texts[lesson.record()] = write_record(lesson.made_from() | {"language": language, "engine": engine})
    return texts


def written_files(lesson: Lesson) -> set[Path]:
    """Return the include files and pictures of a lesson that are there now."""
    return {*lesson.folder.glob(f"*.{lesson.language}.md"), *lesson.folder.glob(f"*.{lesson.language}-*.svg")}


def can_run_r(r: R | None) -> bool:
    """Say whether R lessons can be executed: R is there, and IRkernel has registered its kernel."""
    from jupyter_client.kernelspec import KernelSpecManager

    return r is not None and "ir" in KernelSpecManager().find_kernel_specs()


def _expected(lesson: Lesson) -> set[Path]:
    cells = lesson.cells()
    drawn = {file for name, code in cells if _PICTURES.search(code) for file in lesson.pictures(name)}
    return {lesson.include(name) for name, _ in cells} | drawn


# With more threads sums are added in another order: the last digits of an output would depend on the machine's cores.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}


def _environment(lesson: Lesson, r: R | None) -> dict[str, str]:
    import os

    if lesson.language == "python":
        return os.environ | {"PYTHONHASHSEED": "0"} | ONE_THREAD
    assert r is not None
    ensure_r_package(r)
    return r.environment | ONE_THREAD


def _is_code(source: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in source.splitlines())


def _printed(cell: Any) -> str:
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            parts.append(output.text)
        elif output.output_type in ("execute_result", "display_data"):
            data = output.data
            # A picture's text is only its size; the chapter shows the picture itself.
            if not any(kind.startswith("image/") for kind in data) and "text/plain" in data:
                parts.append(data["text/plain"] + "\n")
    return "".join(parts)


def _error(cell: Any) -> str | None:
    for output in cell.outputs:
        if output.output_type == "error":
            return re.sub(r"\s+", " ", f"{output.ename}: {output.evalue}").strip()
    return None
