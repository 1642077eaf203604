"""The command line: ``gradpath run | train | check | figures | lessons | book | build | doctor``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from gradpath.refusals import GradpathError, one_of

if TYPE_CHECKING:
    from gradpath.agreement import Comparison

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


def project_folder() -> Path:
    """Return the project around the current folder.

    Raises
    ------
    GradpathError
        Outside of a project.
    """
    for folder in [Path.cwd(), *Path.cwd().parents]:
        if (folder / "shared_figures" / "experiments.yaml").is_file() and (folder / "_quarto.yml").is_file():
            return folder
    raise GradpathError(f"{Path.cwd()}: no gradpath project here; run the command inside the cloned repository")


@app.command()
def run(language: Language = "both", force: Force = False) -> None:
    """Compute every declared path by hand and by optim, in Python and R."""
    from gradpath.first_epoch_lanes import run_first_epoch_lanes
    from gradpath.lanes import run_lanes
    from gradpath.schedule_lanes import run_schedule_lanes

    project, languages = project_folder(), _languages(language)
    lanes = (run_lanes, run_schedule_lanes, run_first_epoch_lanes)
    tables = [table for run in lanes for table in run(project, languages, force, _say)]
    out.print(f"{len(tables)} tables computed" if tables else "tables: nothing changed")


@app.command()
def train(
    size: Annotated[str, typer.Option(help="quick or full.")] = "quick",
    lab: Annotated[list[str] | None, typer.Option(help="A lab of training.yaml; all if left out.")] = None,
    language: Language = "both",
    force: Force = False,
) -> None:
    """Train the networks of the labs that changed, and draw them; the full size takes half an hour a language."""
    from gradpath.lab_declarations import SIZES
    from gradpath.training_lanes import draw_training_lanes, note_stale_full_labs, run_training_lanes

    _require_option("--size", size, SIZES)
    project, languages = project_folder(), _languages(language)
    tables = run_training_lanes(project, languages, force, _say, size, lab)
    pictures = draw_training_lanes(project, languages, False, _say, size)
    note_stale_full_labs(project, _say)
    done = f"{len(tables)} labs trained, {len(pictures)} pictures drawn"
    out.print(f"training, {size}: {done if tables or pictures else 'nothing changed'}")


@app.command()
def check() -> None:
    """Compare all lanes; exit with code 1 if one disagrees."""
    if not _check(project_folder(), verbose=True):
        raise typer.Exit(1)


@app.command()
def figures(language: Language = "both", force: Force = False) -> None:
    """Draw every figure in both languages, from the tables."""
    from gradpath.lanes import draw_lanes
    from gradpath.schedule_lanes import draw_schedule_lanes

    project, languages = project_folder(), _languages(language)
    pictures = draw_lanes(project, languages, force, _say) + draw_schedule_lanes(project, languages, force, _say)
    out.print(f"{len(pictures)} pictures drawn" if pictures else "pictures: nothing changed")


@app.command()
def lessons(force: Force = False) -> None:
    """Execute the lessons that changed and write their output for the book."""
    from gradpath.lesson_states import update_lessons
    from gradpath.r_process import INSTALL_R, find_r

    project = project_folder()
    executed, left_out = update_lessons(project, find_r(project), force, _say)
    out.print(f"{len(executed)} lessons executed" if executed else "lessons: nothing changed")
    if left_out:
        names = ", ".join(lesson.file.name for lesson in left_out)
        err.print(f"left out, no R with IRkernel here: {names}; {INSTALL_R}")


@app.command()
def book() -> None:
    """Render the book, with Quarto where it is installed and with pandoc otherwise."""
    from gradpath.book import render_book

    done = render_book(project_folder())
    if done.skipped:
        out.print(f"book: nothing changed, {done.folder}/index.html")
    else:
        out.print(f"book rendered by {done.renderer} {done.version}: {done.folder}/index.html")


@app.command()
def build() -> None:
    """Do all of it, as far as something changed: run, train, check, figures, lessons, book."""
    from gradpath.fingerprints import Stamps, fingerprint_files

    run()
    train()
    project = project_folder()
    # What the check reads; its own result would make it look changed.
    tables = set(project.glob("shared_figures/*/**/*.csv"))
    code = [*project.glob("shared_figures/*.yaml"), *project.glob("python/gradpath/*.py"), *project.glob("r/R/*.R")]
    now = fingerprint_files([*tables, *code])
    results = [project / "shared_figures" / "agreement.csv", project / "book" / "_checks" / "all.md"]
    if Stamps(project).fresh("check", now, results):
        out.print("check: nothing changed")
    elif _check(project, verbose=False):
        Stamps(project).done("check", now)
    else:
        raise typer.Exit(1)
    figures()
    lessons()
    book()


@app.command()
def doctor() -> None:
    """Print what this machine has: Python, torch, devices, R and its engine, renderer, dataset."""
    from gradpath.doctor import examine

    table = Table(show_header=False, box=None, pad_edge=False)
    for finding in examine(project_folder()):
        table.add_row("[green]yes[/]" if finding.there else "[yellow]no[/]", finding.what, finding.detail)
    out.print(table)


def main() -> None:
    """Run the command line; bad input ends in one line and exit code 2."""
    try:
        app()
    except GradpathError as error:
        print(f"gradpath: {error}", file=sys.stderr)
        sys.exit(2)


def _languages(language: str) -> tuple[str, ...]:
    from gradpath.r_process import INSTALL_R, find_r

    _require_option("--language", language, ["python", "r", "both"])
    chosen = ("python", "r") if language == "both" else (language,)
    if "r" in chosen and find_r(project_folder()) is None:
        if language == "r":
            raise GradpathError(f"R is not installed here; {INSTALL_R}")
        err.print(f"R is left out, it is not installed here; {INSTALL_R}")
    return chosen


def _require_option(option: str, value: str, names: Sequence[str]) -> None:
    if value not in names:
        # main() says in front of it whose option it is.
        raise GradpathError(f"{option}: '{value}' is not accepted; use {one_of(list(names))}")


def _say(line: str) -> None:
    err.print(line, style="dim", highlight=False)


def _check(project: Path, verbose: bool) -> bool:
    from gradpath.agreement import check_agreement, write_agreement
    from gradpath.check_pages import write_check_pages
    from gradpath.first_epoch_agreement import check_first_epochs
    from gradpath.labs_agreement import check_labs
    from gradpath.schedule_agreement import check_schedules

    checks = (check_agreement, check_schedules, check_first_epochs, check_labs)
    comparisons = [comparison for check in checks for comparison in check(project)]
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
        names = ", ".join(sorted({f"{c.figure} ({c.lane})" for c in comparisons if c.verdict == "stale"}))
        err.print(f"stale, made from other sources than these; run them again: {names}", highlight=False)
    out.print(
        f"{len(comparisons)} comparisons: {counts['agrees']} agree, {counts['known']} differ as known,"
        f" {counts['stale']} stale, {counts['differs']} differ"
    )
    return counts["differs"] == 0


def _agreement_table(comparisons: list[Comparison]) -> Table:
    from gradpath.agreement_summary import summarize

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
        colour = {"agrees": "green", "known": "cyan", "stale": "yellow"}.get(pair.verdict, "red")
        verdict = f"[{colour}]{pair.verdict}[/]" + (f", {pair.known} known" if pair.known else "")
        numbers = [str(pair.values), str(pair.bit_equal), f"{pair.max_rel:.0e}"]
        table.add_row(f"  {pair.lane} : {pair.reference}", *numbers, verdict)
    return table


if __name__ == "__main__":
    main()
