"""The command line: ``gradpath new | run | train | check | figures | lessons | book | build | grade | ...``."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from gradpath.refusals import GradpathError, one_of
from gradpath.workshop.project import project_folder

if TYPE_CHECKING:
    from gradpath.workshop.comparison import Comparison

app = typer.Typer(
    help="The optimizers of deep learning, by hand and by optim, in Python and R, cross-checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console()
err = Console(stderr=True)

Force = Annotated[bool, typer.Option("--force", help="Do everything again, changed or not.")]
Language = Annotated[str, typer.Option(help="python, r or both.")]


@app.command()
def new(folder: Annotated[str, typer.Argument(help="The course's folder, which is made.")]) -> None:
    """Begin a course of your own: a small folder with figures, a lesson and a chapter, which works at once."""
    from gradpath.workshop.course import new_course

    made = new_course(folder)
    out.print(f"{made} is a course; in it, 'gradpath build' makes {made}/_book/index.html", highlight=False)


@app.command()
def run(language: Language = "both", force: Force = False) -> None:
    """Compute what is declared and changed: paths, schedules, first epochs, and labs of the quick size."""
    from gradpath.workshop.lanes import run_studies
    from gradpath.workshop.studies import STUDIES

    project, languages = project_folder(), _languages(language)
    regular = [study for study in STUDIES if not study.on_demand]
    tables = run_studies(project, regular, languages, force, _say)
    out.print(f"{len(tables)} tables computed" if tables else "tables: nothing changed")


@app.command()
def train(
    size: Annotated[str, typer.Option(help="quick or full.")] = "quick",
    lab: Annotated[list[str] | None, typer.Option(help="A lab of training.yaml; all if left out.")] = None,
    language: Language = "both",
    force: Force = False,
) -> None:
    """Train the networks of the labs that changed; the full size takes half an hour a language and more."""
    from gradpath.workshop.lab_declarations import SIZES
    from gradpath.workshop.lanes import run_studies
    from gradpath.workshop.study_labs import Labs

    _require_option("--size", size, SIZES)
    project, languages = project_folder(), _languages(language)
    tables = run_studies(project, [Labs(size)], languages, force, _say, lab)
    out.print(f"labs, {size}: {len(tables)} tables computed" if tables else f"labs, {size}: nothing changed")


@app.command()
def check() -> None:
    """Compare all lanes; exit with code 1 if one disagrees or is stale."""
    if not _check(project_folder(), verbose=True):
        raise typer.Exit(1)


@app.command()
def figures(language: Language = "both", force: Force = False) -> None:
    """Draw every figure in both languages, from tables that agree; exit with code 1 if some do not."""
    from gradpath.workshop.agreement import compare_all

    project = project_folder()
    _draw(project, _languages(language), force, compare_all(project))


@app.command()
def status() -> None:
    """Say what is stale and why; exit with code 1 if something is that this machine can make."""
    from gradpath.status import find_stale

    stale = find_stale(project_folder())
    for one in stale:
        out.print(f"{one.what}: {one.why}; {one.command}", highlight=False, markup=False, soft_wrap=True)
    live = [one for one in stale if not one.recording]
    recordings = len(stale) - len(live)
    if recordings:
        out.print(f"{recordings} recordings made with {{torch}} are stale; this machine has none to record them with")
    out.print(f"{len(live)} results are stale" if live else "nothing is stale", highlight=False)
    if live:
        raise typer.Exit(1)


@app.command()
def lessons(force: Force = False) -> None:
    """Execute the lessons that changed and write their output for the book."""
    from gradpath.book.lesson_states import update_lessons
    from gradpath.workshop.r_process import find_r, install_r

    project = project_folder()
    executed, left_out = update_lessons(project, find_r(project), force, _say)
    out.print(f"{len(executed)} lessons executed" if executed else "lessons: nothing changed")
    if left_out:
        names = ", ".join(lesson.file.name for lesson in left_out)
        err.print(f"left out, no R with IRkernel here: {names}; {install_r()}")


@app.command()
def book() -> None:
    """Render the book, with Quarto where it is installed and with pandoc otherwise."""
    from gradpath.book.render import render_book

    done = render_book(project_folder())
    if done.skipped:
        out.print(f"book: nothing changed, {done.folder}/index.html")
    else:
        out.print(f"book rendered by {done.renderer} {done.version}: {done.folder}/index.html")


@app.command()
def build() -> None:
    """Do all of it, as far as something changed: run, check, figures, lessons, book."""
    from gradpath.workshop.fingerprints import Stamp, fingerprint_files
    from gradpath.workshop.running_code import running_code

    run()
    project = project_folder()
    shared = project / "shared_figures"
    # What the check reads; its own results, and what is drawn after it, would make it look changed.
    read = {*shared.glob("**/*.csv"), *shared.glob("*.yaml"), *running_code(project).all_files()}
    results = [shared / "agreement.csv", project / "book" / "_checks" / "all.md"]
    stamp, now = (
        Stamp(project, "check"),
        fingerprint_files(read - {shared / "agreement.csv", shared / "pictures.csv"}),
    )
    if stamp.fresh(now, results):
        out.print("check: nothing changed")
    elif _check(project, verbose=False):
        stamp.done(now)
    else:
        raise typer.Exit(1)
    # All tables agree, or it would have ended above.
    _draw(project, _languages("both"), False, [])
    lessons()
    book()


@app.command()
def grade(
    path: Annotated[Path, typer.Argument(help="A .py or .R file, or a folder of them.")],
    rule: Annotated[str, typer.Option(help="What it is to be: adam, sgd, ...")],
    name: Annotated[
        str,
        typer.Option(help="Its function; if left out, the one named like the rule, or the only one that may be it."),
    ] = "",
    points: Annotated[float, typer.Option(min=0, help="For a right one.")] = 10,
    format: Annotated[str, typer.Option(help="What to print: text, json or junit.")] = "text",
    time_limit: Annotated[float, typer.Option(min=0.1, help="Seconds for each submission.")] = 60,
    memory_limit: Annotated[int, typer.Option(min=16, help="Megabytes for each, on Linux.")] = 1024,
    to: Annotated[Path, typer.Option("--out", help="Where grades.csv and the pages go.")] = Path("grades"),
) -> None:
    """Check submissions against a rule, each in a process of its own; write a table and a page for each.

    A right rule gets all points, one that differs by exactly one classic mistake half, any other none. The limits
    keep a mistake from stopping the others; they are no sandbox: a submission runs with your rights, reads your files
    and reaches your network. Run code that you do not trust in a container or on a machine of its own.
    """
    from gradpath.workshop import grade_pages
    from gradpath.workshop.grade import grade as grade_all
    from gradpath.workshop.grade import write_grades
    from gradpath.workshop.grade_limits import Limits

    _require_option("--format", format, ["text", "json", "junit"])
    if to.exists() and not to.is_dir():
        raise GradpathError(f"--out: {to} is a file; name a folder")
    graded = grade_all(path, rule, name, points, Limits(time_limit, memory_limit), _say)
    write_grades(to, graded, points, _rendered_book())
    if format == "text":
        print(grade_pages.as_text(graded, points))
    else:
        print(grade_pages.as_json(graded) if format == "json" else grade_pages.as_junit(graded))


@app.command()
def doctor() -> None:
    """Print what this machine has: Python, torch, devices, R and its engine, renderer, dataset."""
    from gradpath.workshop.doctor import examine

    table = Table(show_header=False, box=None, pad_edge=False)
    for finding in examine(project_folder()):
        table.add_row("[green]yes[/]" if finding.there else "[yellow]no[/]", finding.what, finding.detail)
    out.print(table)


def main() -> None:
    """Run the command line; bad input ends in one line and exit code 2."""
    # Pictures are only written, never shown: whatever window it names is not needed, and matplotlib stops at import
    # for a name that it does not know.
    os.environ.pop("MPLBACKEND", None)
    try:
        app()
    except GradpathError as error:
        print(f"gradpath: {error}", file=sys.stderr)
        sys.exit(2)


def _languages(language: str) -> tuple[str, ...]:
    from gradpath.workshop.r_process import find_r, install_r

    _require_option("--language", language, ["python", "r", "both"])
    chosen = ("python", "r") if language == "both" else (language,)
    if "r" in chosen and find_r(project_folder()) is None:
        if language == "r":
            raise GradpathError(f"R is not installed here; {install_r()}")
        err.print(f"R is left out, it is not installed here; {install_r()}")
    return chosen


def _rendered_book() -> Path | None:
    try:
        folder = project_folder() / "_book"
    except GradpathError:
        return None
    return folder if folder.is_dir() else None


def _require_option(option: str, value: str, names: Sequence[str]) -> None:
    if value not in names:
        # main() says in front of it whose option it is.
        raise GradpathError(f"{option}: '{value}' is not accepted; use {one_of(list(names))}")


def _say(line: str) -> None:
    err.print(line, style="dim", highlight=False)


def _draw(project: Path, languages: Sequence[str], force: bool, comparisons: Sequence[Comparison]) -> None:
    from gradpath.workshop.drawing import draw_studies
    from gradpath.workshop.figure_pages import write_figure_pages
    from gradpath.workshop.studies import STUDIES

    pictures, refused = draw_studies(project, STUDIES, languages, force, _say, comparisons)
    write_figure_pages(project)
    out.print(f"{len(pictures)} pictures drawn" if pictures else "pictures: nothing changed")
    if refused:
        print(
            f"gradpath: not drawn, their tables differ or are stale: {', '.join(refused)};"
            " 'gradpath check' says where, 'gradpath run' computes them",
            file=sys.stderr,
        )
        raise typer.Exit(1)


def _check(project: Path, verbose: bool) -> bool:
    from gradpath.workshop.agreement import compare_all, write_agreement
    from gradpath.workshop.check_pages import write_check_pages

    comparisons = compare_all(project)
    (project / ".gradpath").mkdir(exist_ok=True)
    write_agreement(project, comparisons)
    write_check_pages(project, comparisons)
    if verbose:
        out.print(_agreement_table(comparisons))
    counts = Counter(c.verdict for c in comparisons)
    for c in comparisons:
        if c.verdict == "differs":
            at = f"step {c.first_step}" if c.first_step is not None else "no step"
            numbers = "" if c.left is None else f" {c.left!r} against {c.right!r};"
            print(
                f"gradpath: figure '{c.figure}', path '{c.path}': {c.lane} and {c.reference} differ first at {at},"
                f" {c.detail}:{numbers} largest relative difference {c.max_rel:.3g}, allowed {c.bound:g}",
                file=sys.stderr,
            )
    if counts["stale"]:
        print(f"gradpath: stale: {_names(comparisons, 'stale')}; 'gradpath run' computes them", file=sys.stderr)
    if counts["stale recording"]:
        names = _names(comparisons, "stale recording")
        err.print(
            f"stale recordings made with {{torch}}, which is not here: {names}", highlight=False, soft_wrap=True
        )
    out.print(
        f"{len(comparisons)} comparisons: {counts['agrees']} agree, {counts['known']} differ as known,"
        f" {counts['stale']} stale, {counts['stale recording']} stale recordings, {counts['differs']} differ"
    )
    return counts["differs"] == counts["stale"] == 0


def _names(comparisons: list[Comparison], verdict: str) -> str:
    lanes: dict[str, set[str]] = {}
    for c in comparisons:
        if c.verdict == verdict:
            # The detail says which of the two lanes it is.
            lanes.setdefault(c.figure, set()).update(c.detail.partition(": ")[2].split(", "))
    return ", ".join(f"{figure} ({', '.join(sorted(found))})" for figure, found in lanes.items())


def _agreement_table(comparisons: list[Comparison]) -> Table:
    from gradpath.workshop.agreement_summary import summarize

    table = Table(box=None, pad_edge=False, caption="one row per path: shared_figures/agreement.csv")
    table.add_column("lane : against")
    for name in ("numbers", "bit-equal", "max rel"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    figure = None
    for pair in summarize(comparisons):
        if pair.figure != figure:
            figure = pair.figure
            table.add_row(f"[bold]{figure}[/]")
        colour = {"agrees": "green", "known": "cyan", "stale recording": "yellow"}.get(pair.verdict, "red")
        verdict = f"[{colour}]{pair.verdict}[/]" + (f", {pair.known} known" if pair.known else "")
        numbers = [str(pair.values), str(pair.bit_equal), f"{pair.max_rel:.0e}"]
        table.add_row(f"  {pair.lane} : {pair.reference}", *numbers, verdict)
    return table


if __name__ == "__main__":
    main()
