"""From declarations to checked pictures in a small project: what is done, what is left alone, what fails."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from gradpath.refusals import GradpathError
from gradpath.scratch import scratch_name, sweep
from gradpath.status import find_stale
from gradpath.tables import write_text
from gradpath.workshop.agreement import compare_all
from gradpath.workshop.comparison import expect_difference
from gradpath.workshop.drawing import draw_studies, read_drawn
from gradpath.workshop.freshness import is_fresh, why_stale
from gradpath.workshop.lanes import run_studies
from gradpath.workshop.r_process import R
from gradpath.workshop.studies import STUDIES
from tests.small_project import EXPERIMENTS, TRAINING, gradpath, make_small_project, plant

REGULAR = [study for study in STUDIES if not study.on_demand]


@pytest.fixture
def small(project, tmp_path, monkeypatch) -> Path:
    folder = make_small_project(project, tmp_path / "small")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="module")
def computed_once(project, tmp_path_factory) -> Path:
    """Compute Python's tables of a small project, once for all tests that begin with them."""
    folder = make_small_project(project, tmp_path_factory.mktemp("computed") / "small")
    before = Path.cwd()
    os.chdir(folder)
    try:
        run(folder)
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def computed(computed_once, tmp_path, monkeypatch) -> Path:
    """Copy it for a test that changes it: a clone is as fresh as what it was cloned from."""
    folder = tmp_path / "small"
    shutil.copytree(computed_once, folder, symlinks=True)
    monkeypatch.chdir(folder)
    return folder


def run(folder: Path, languages: tuple[str, ...] = ("python",), force: bool = False, **more) -> list[str]:
    tables = run_studies(folder, more.pop("studies", REGULAR), languages, force, lambda line: None, **more)
    return [str(table.relative_to(folder / "shared_figures")) for table in tables]


def draw(folder: Path, languages: tuple[str, ...] = ("python",)) -> tuple[set[str], list[str]]:
    written, refused = draw_studies(folder, STUDIES, languages, False, lambda line: None, compare_all(folder))
    return {str(file.relative_to(folder / "shared_figures")) for file in written}, refused


ALL_TABLES = ["bowl/python.csv", "ravine.2/python.csv", "schedules/python.csv", "training/quick/rates.2.python.csv"]


def test_only_what_changed_is_computed(small):
    assert run(small) == ALL_TABLES
    assert run(small) == []
    file = small / "shared_figures" / "experiments.yaml"
    file.write_text(EXPERIMENTS.replace("title: A bowl", "title: The bowl").replace("label: slow", "label: slower"))
    assert run(small) == []
    file.write_text(EXPERIMENTS.replace("steps: 4", "steps: 6"))
    assert run(small) == ["ravine.2/python.csv"]
    training = small / "shared_figures" / "training.yaml"
    training.write_text(TRAINING.replace("train: 200", "train: 250"))
    assert run(small) == ["training/quick/rates.2.python.csv"]
    assert run(small, force=True) == ALL_TABLES


def test_a_fresh_clone_computes_and_draws_nothing(computed, tmp_path, monkeypatch):
    drawn, refused = draw(computed)
    assert len(drawn) == 4 + 4 + 2 + 4
    assert refused == []
    clone = tmp_path / "clone"
    shutil.copytree(computed, clone, symlinks=True, ignore=shutil.ignore_patterns(".gradpath"))
    monkeypatch.chdir(clone)
    assert run(clone) == []
    assert draw(clone) == (set(), [])
    (clone / "shared_figures" / "bowl" / "python-light.svg").unlink()
    assert draw(clone)[0] == {f"bowl/python-{t}.{s}" for t in ("light", "dark") for s in ("svg", "png")}


def test_a_full_lab_is_computed_when_asked_for_and_leaves_no_checkpoints(small):
    full = [study for study in STUDIES if study.on_demand]
    assert run(small, studies=full) == ["training/full/rates.2.python.csv"]
    table = pd.read_csv(small / "shared_figures/training/full/rates.2.python.csv", comment="#")
    assert table.groupby(["run", "seed"]).size().to_dict() == {
        ("high", 0): 2, ("high", 1): 2, ("low", 0): 2, ("low", 1): 2,
    }  # fmt: skip
    # The test data were looked at once, when a run had ended.
    assert table["test_accuracy"].isna().tolist() == [True, False] * 4
    assert table["validation_accuracy"].notna().all()
    assert list((small / ".gradpath" / "checkpoints").iterdir()) == []
    assert list((small / ".gradpath" / "tmp").iterdir()) == []


def test_an_unknown_lab_is_refused_and_nothing_is_written(small):
    with pytest.raises(GradpathError, match=r"^labs, quick: id: 'depths' is not accepted; use one of rates\.2$"):
        run(small, studies=[STUDIES[3]], ids=["depths"])
    assert list((small / "shared_figures").glob("*/*.csv")) == list(
        (small / "shared_figures").glob("recorded_torch/*.csv")
    )


def test_why_a_table_is_stale(computed):
    bowl = STUDIES[0].entries(computed)[0]
    assert why_stale(computed, bowl, "python") is None
    table = computed / "shared_figures" / "bowl" / "python.csv"
    text = table.read_text()
    digest = text.partition("descent ")[2][:8]
    table.write_text(text.replace(f"descent {digest}", "descent 00000000"))
    assert why_stale(computed, bowl, "python") == "code changed: paths.descent"
    table.write_text(text.replace("# declaration: ", "# declaration: 0"))
    assert why_stale(computed, bowl, "python") == "its declaration in experiments.yaml changed"


def test_the_check_fails_for_a_stale_table_and_says_what_makes_it_fresh(computed):
    assert gradpath(computed, "check").returncode == 0
    (computed / "shared_figures" / "experiments.yaml").write_text(EXPERIMENTS.replace("lr: 1.0", "lr: 1.1"))
    done = gradpath(computed, "check")
    assert done.returncode == 1
    assert "gradpath: stale: bowl (python-manual, python-optim);" in done.stderr
    assert "'gradpath run' computes them" in done.stderr
    assert " 4 stale, 0 stale recordings, 0 differ" in done.stdout.replace("\n", " ")
    assert gradpath(computed, "run", "--language", "python").returncode == 0
    assert gradpath(computed, "check").returncode == 0


def test_without_a_table_of_pythons_the_check_says_so_in_one_line(computed):
    table = computed / "shared_figures" / "bowl" / "python.csv"
    shutil.copy(table, table.with_name("r-pytorch.csv"))
    table.unlink()
    done = gradpath(computed, "check")
    assert done.returncode == 2
    assert done.stderr == "gradpath: bowl/python.csv: no such table; 'gradpath run' makes it\n"


def test_nothing_is_drawn_from_tables_that_differ_or_are_stale(computed):
    table = computed / "shared_figures" / "bowl" / "python.csv"
    lines = table.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("quick,optim,3,"))
    cells = lines[at].split(",")
    cells[3] = repr(float(cells[3]) * (1 + 1e-9))
    table.write_text("\n".join([*lines[:at], ",".join(cells), *lines[at + 1 :]]) + "\n")
    done = gradpath(computed, "figures", "--language", "python")
    assert done.returncode == 1
    assert "not drawn, their tables differ or are stale: bowl;" in done.stderr
    assert not (computed / "shared_figures" / "bowl" / "python-light.svg").exists()
    assert (computed / "shared_figures" / "schedules" / "python-light.svg").exists()


def test_a_picture_of_rates_shows_the_table(computed):
    draw(computed)
    before = (computed / "shared_figures/schedules/cosine-python-light.svg").read_bytes()
    table = computed / "shared_figures" / "schedules" / "python.csv"
    rows = [line.split(",") for line in table.read_text().splitlines()]
    halved = [
        ",".join([*row[:3], repr(float(row[3]) / 2)]) if row[0] == "cosine" and row[2] == "4" else ",".join(row)
        for row in rows
    ]
    table.write_text("\n".join(halved) + "\n")
    assert "schedules/cosine-python-light.svg" in draw(computed)[0]
    assert (computed / "shared_figures/schedules/cosine-python-light.svg").read_bytes() != before


def test_an_edited_path_gets_a_new_picture_in_r_though_an_old_recording_lies_there(small, r: R):
    """An edited and an added path: R draws what R computed now, not what {torch} recorded before."""
    run(small, ("python", "r"))
    lane = next(f.stem for f in (small / "shared_figures" / "bowl").glob("r-*.csv"))
    old = small / "shared_figures" / "bowl" / "r-torch.csv"
    if lane != "r-torch":
        shutil.copy(small / "shared_figures" / "bowl" / f"{lane}.csv", old)
        plant(old, "# engine: pytorch ", "# engine: torch ")
        text = old.read_text()
        # As {torch} would have recorded it: without the files of the other engine.
        names = [p for p in text.partition("# sources: ")[2].partition("\n")[0].split(", ")]
        kept = [p for p in names if not p.startswith(("engine-pytorch-", "engine-python", "gradpath_"))]
        old.write_text(text.replace(", ".join(names), ", ".join(kept)))
    entry = STUDIES[0].entries(small)[0]
    assert is_fresh(small, entry, "r-torch")
    draw(small, ("python", "r"))
    picture = small / "shared_figures" / "bowl" / "r-light.svg"
    before = picture.read_bytes()
    added = "      - {id: more, label: more, optimizer: adam, steps: 5, hyperparameters: {lr: 0.5}}\n"
    edited = EXPERIMENTS.replace("lr: 1.0", "lr: 0.8").replace("  - id: ravine.2", f"{added}  - id: ravine.2")
    (small / "shared_figures" / "experiments.yaml").write_text(edited)
    assert "bowl/python.csv" in run(small, ("python", "r"))
    drawn, refused = draw(small, ("python", "r"))
    assert refused == []
    assert {"bowl/r-light.svg", "bowl/overlay-dark.png", "bowl/python-light.svg"} <= drawn
    assert picture.read_bytes() != before
    assert read_drawn(small)["bowl", "r"]


def test_a_run_added_to_a_recorded_lab_is_stale_and_no_crash(computed):
    python = computed / "shared_figures" / "training" / "quick" / "rates.2.python.csv"
    shutil.copy(python, python.with_name("rates.2.r-pytorch.csv"))
    added = TRAINING + "      - {id: new, settings: {lr: 0.1}}\n"
    (computed / "shared_figures" / "training.yaml").write_text(added)
    rows = [c for c in compare_all(computed) if c.figure == "training-rates.2"]
    assert {c.path for c in rows} == {"low, seed 0", "high, seed 0", "new, seed 0"}
    assert {c.verdict for c in rows} == {"stale"}


def plain(verdict: str, first: int | None, max_rel: float) -> dict:
    return {"verdict": verdict, "first_step": first, "max_rel": max_rel, "detail": "x1"}


def test_a_known_difference_must_be_there_where_and_as_large_as_declared():
    known = ("a reason", 3, 0.01)
    assert expect_difference(plain("differs", 3, 0.009), *known)["verdict"] == "known"
    assert expect_difference(plain("differs", 5, 0.01), *known)["detail"] == "a reason"
    for result, said in (
        (plain("differs", 3, 0.011), "declared to differ by at most 0.01: a reason"),
        (plain("differs", 2, 0.001), "declared to differ from step 3 on: a reason"),
        (plain("differs", 3, float("nan")), "declared to differ by at most 0.01: a reason"),
        (plain("agrees", None, 0.0), "declared to differ, and does not: a reason; take the declaration away"),
    ):
        found = expect_difference(result, *known)
        assert (found["verdict"], found["detail"]) == ("differs", said)


def test_status_names_what_is_stale_and_why(small):
    assert {one.what for one in find_stale(small)} >= {"shared_figures/bowl/python.csv"}
    run(small)
    draw(small)
    gradpath(small, "check")
    (small / "shared_figures" / "experiments.yaml").write_text(EXPERIMENTS.replace("lr: 1.0", "lr: 1.1"))
    done = gradpath(small, "status")
    assert done.returncode == 1
    said = "shared_figures/bowl/python.csv: its declaration in experiments.yaml changed; gradpath build"
    assert said in done.stdout.splitlines()
    run(small)
    stale = {one.what: one.why for one in find_stale(small)}
    assert stale["pictures of bowl (python)"] == "its tables changed"
    assert "shared_figures/agreement.csv" in stale


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_writes_is_not(small):
    place = small / ".gradpath" / "tmp"
    place.mkdir(parents=True)
    mine = scratch_name(small / "shared_figures", ".svg")
    assert mine.parent == place
    mine.write_text("half")
    (place / ".999999999-dead.svg").write_text("half")
    (place / ".999999999-dead").mkdir()
    (place / ".999999999-dead" / "x.csv").write_text("half")
    sweep(small)
    assert list(place.iterdir()) == [mine]


def test_a_file_has_the_permissions_of_the_umask(small):
    before = os.umask(0o027)
    try:
        write_text(small / "shared_figures" / "new.txt", "text")
    finally:
        os.umask(before)
    assert (small / "shared_figures" / "new.txt").stat().st_mode & 0o777 == 0o640


def test_a_full_lab_stays_where_changed_code_computes_its_quick_size_to_the_same_bytes(project, tmp_path):
    folder = make_small_project(project, tmp_path, copied=("python",))
    code = folder / "python/gradpath/training/train_network.py"
    full = folder / "shared_figures" / "training" / "full" / "rates.2.python.csv"
    assert gradpath(folder, "run", "--language", "python").returncode == 0
    assert gradpath(folder, "train", "--size", "full", "--language", "python").returncode == 0
    made = full.read_text().splitlines()
    plant(code, "order.split(batch_size)", "order.split(int(batch_size))")
    assert "rates.2.python.csv: code changed: training.train_network" in gradpath(folder, "status").stdout
    assert gradpath(folder, "run", "--language", "python").returncode == 0
    stays = full.read_text().splitlines()
    assert "full/rates.2.python.csv" not in gradpath(folder, "status").stdout
    confirmed = [line for line in stays if line.startswith("# confirmed: ")]
    assert len(confirmed) == 1
    assert [line for line in stays if not line.startswith(("# sources: ", "# confirmed: "))] == [
        line for line in made if not line.startswith("# sources: ")
    ]
    plant(code, "order.split(int(batch_size))", "order.split(batch_size - 1)")
    assert gradpath(folder, "run", "--language", "python").returncode == 0
    assert full.read_text().splitlines() == stays
    assert "full/rates.2.python.csv: code changed: training.train_network" in gradpath(folder, "status").stdout


def test_a_planted_error_in_a_rule_of_pythons_is_caught_and_located(project, tmp_path):
    folder = make_small_project(project, tmp_path, copied=("python",))
    plant(
        folder / "python/gradpath/rules/momentum.py",
        "v = v * momentum + g\n    # x <- x - lr v",
        "v = v * momentum + g * 1.01\n    # x",
    )
    assert gradpath(folder, "run", "--language", "python").returncode == 0
    done = gradpath(folder, "check")
    assert done.returncode == 1
    first = next(line for line in done.stderr.splitlines() if line.startswith("gradpath: figure"))
    assert first.startswith("gradpath: figure 'bowl', path 'quick': python-optim and python-manual differ")
    assert "differ first at step 1, x1: " in first
    assert "allowed 1e-12" in first
    written = pd.read_csv(folder / "shared_figures" / "agreement.csv")
    assert set(written.loc[written.verdict == "differs", "figure"]) == {"bowl"}
    assert set(written.loc[written.figure == "schedules", "verdict"]) == {"agrees"}


def test_a_planted_error_in_a_rule_of_rs_is_caught_and_located(project, r: R, tmp_path):
    folder = make_small_project(project, tmp_path, copied=("r",))
    plant(
        folder / "r/R/rules-momentum.R",
        "v <- v * momentum + g\n  # x <- x - lr v\n",
        "v <- v * momentum + g * 1.01\n  #\n",
    )
    (folder / "shared_figures" / "training.yaml").unlink()
    ran = gradpath(folder, "run")
    assert ran.returncode == 0, ran.stderr
    done = gradpath(folder, "check")
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("gradpath: figure")]
    assert lines[0].startswith("gradpath: figure 'bowl', path 'quick': r-manual (")
    assert "differ first at step 1" in lines[0]


def test_the_check_pages_say_what_was_compared_and_go_with_their_figure(computed):
    done = gradpath(computed, "check")
    assert done.returncode == 0
    page = computed / "book" / "_checks" / "bowl.md"
    said = page.read_text()
    # Two paths of six points and three numbers, by optim and in exact arithmetic.
    assert said.startswith("::: {.check-line}\nChecked: 4 comparisons, 72 numbers, ")
    assert "rules and loops in python 3." in said
    assert "exact rational arithmetic" in said
    table = (computed / "book" / "_checks" / "all.md").read_text()
    assert "| bowl | python-optim | python-manual | 36 | " in table
    assert "| 1e-12 | agrees |" in table
    assert "| closed form | exact rational arithmetic |" in table
    (computed / "shared_figures" / "experiments.yaml").write_text(EXPERIMENTS.replace("id: bowl", "id: bowls"))
    run(computed)
    gradpath(computed, "check")
    assert not page.exists()
    assert (computed / "book" / "_checks" / "bowls.md").is_file()


def test_the_build_stops_where_lanes_differ_and_draws_nothing(computed):
    table = computed / "shared_figures" / "bowl" / "python.csv"
    plant(table, "slow,optim,1,", "slow,optim,1,1")
    done = gradpath(computed, "build")
    assert done.returncode == 1
    assert (
        "gradpath: figure 'bowl', path 'slow': python-optim and python-manual differ first at step 1" in done.stderr
    )
    assert not list((computed / "shared_figures" / "bowl").glob("*.svg"))
