"""Labs: declarations, tables that come out the same again, in both languages; lanes that train what changed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gradpath import GradpathError, draw_labs, read_labs, run_labs
from gradpath.code_fingerprints import code_of
from gradpath.dataset_folders import find_fashion_mnist
from gradpath.lab_declarations import SIZES
from gradpath.lab_pictures import read_lab_table
from gradpath.labs import LAB_NUMBERS
from gradpath.labs_agreement import check_labs
from gradpath.r_process import R
from gradpath.tables import read_numbers, read_record
from gradpath.training_lanes import (
    LAB_PICTURES,
    draw_training_lanes,
    is_fresh,
    lab_tables,
    note_stale_full_labs,
    run_training_lanes,
)

MALFORMED = sorted((Path(__file__).parent / "malformed_training").glob("*.yaml"))
# One rounding of float32 is 6e-8; networks that train stably carry it on without making it much larger.
BOUND = 1e-5

SMALL = """
labs:
  - id: rates
    title: Two rates
    data: digits
    network: {name: tanh_network, hidden: [16]}
    sizes:
      quick: {train: 300, test: 100, epochs: 2, settings: {batch_size: 50}}
      full: {train: 600, test: 200, epochs: 3}
    settings: {optimizer: momentum, momentum: 0.9, lr: 0.1, batch_size: 100}
    runs:
      - {id: low, quick: {lr: 0.05}}
      - {id: high, label: high rate, settings: {optimizer: nesterov, lr: 0.5}, full: {lr: 0.4}}
  - id: widths
    title: Two widths
    data: digits
    network: {name: tanh_network, hidden: [4], init: xavier}
    seed: 3
    against: width
    sizes:
      quick: {train: 100, test: 100, epochs: 1}
      full: {train: 200, test: 100, epochs: 2}
    runs:
      - {id: four, group: AdamW, x: 4}
      - {id: eight, group: AdamW, x: 8, network: {hidden: [8]}}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    return file


def expected(file: Path) -> str:
    return file.read_text().partition("\n")[0].removeprefix("# expects: ").replace("FILE", str(file))


def test_there_are_many_malformed_declarations():
    assert len(MALFORMED) >= 50


@pytest.mark.parametrize("file", MALFORMED, ids=lambda f: f.stem)
def test_python_refuses_with_the_line(file, tmp_path):
    with pytest.raises(GradpathError) as refused:
        run_labs(file, tmp_path)
    assert str(refused.value) == expected(file)
    assert list(tmp_path.iterdir()) == []


def test_r_refuses_with_the_same_lines(r: R, tmp_path):
    said = r.run(
        "a <- commandArgs(trailingOnly = TRUE);"
        " for (f in a[-1]) cat(tryCatch({gradpath::run_labs(f, a[1]); 'accepted'}, error = conditionMessage), '\\n',"
        " sep = '')",
        *(str(tmp_path), *map(str, MALFORMED)),
    )
    assert said.splitlines() == [expected(f) for f in MALFORMED]
    assert list(tmp_path.iterdir()) == []


def test_what_is_closer_to_the_run_counts(small):
    labs = read_labs(small)
    low, high = labs["rates"].runs
    assert low.settings["quick"] == {"optimizer": "momentum", "momentum": 0.9, "lr": 0.05, "batch_size": 50}
    assert low.settings["full"] == {"optimizer": "momentum", "momentum": 0.9, "lr": 0.1, "batch_size": 100}
    assert (high.settings["quick"]["lr"], high.settings["full"]["lr"]) == (0.5, 0.4)
    assert (low.label, high.label) == ("low", "high rate")
    # The digits are 8 by 8, which a declaration need not say.
    assert labs["widths"].runs[1].network == {"name": "tanh_network", "hidden": [8], "init": "xavier", "inputs": 64}


def test_a_quick_lab_made_again_is_the_same_to_the_last_byte(small, tmp_path):
    once, again = (run_labs(small, tmp_path / name) for name in ("once", "again"))
    assert [f.name for f in once] == ["rates.python.csv", "widths.python.csv"]
    for a, b in zip(once, again, strict=True):
        assert a.read_bytes() == b.read_bytes()
    record, table = read_record(once[0]), read_numbers(once[0], LAB_NUMBERS)
    assert list(table.columns) == ["run", "epoch", *LAB_NUMBERS]
    assert record["status of low"] == record["status of high"] == "finished"
    assert {"language", "engine", "device", "dtype", "seed", "threads"} <= set(record)
    assert record["threads"] == "1"
    assert table.groupby("run")["epoch"].apply(list).tolist() == [[1, 2], [1, 2]]
    assert table["lr"].tolist() == [0.05, 0.05, 0.5, 0.5]


def test_both_languages_give_the_same_table(small, tmp_path, r: R):
    tables = run_labs(small, tmp_path)
    said = r.run(
        "a <- commandArgs(trailingOnly = TRUE); writeLines(gradpath::run_labs(a[1], a[2]))",
        *(str(small), str(tmp_path)),
    )
    for python, other in zip(tables, map(Path, said.splitlines()), strict=True):
        ours, theirs = (read_numbers(file, LAB_NUMBERS) for file in (python, other))
        assert ours[["run", "epoch"]].equals(theirs[["run", "epoch"]])
        np.testing.assert_allclose(theirs[LAB_NUMBERS], ours[LAB_NUMBERS], rtol=BOUND)


def test_a_full_lab_goes_on_where_it_was_stopped(small, tmp_path):
    class Stopped(Exception):
        pass

    def stop_after_the_first_run(line: str) -> None:
        raise Stopped(line)

    kept = tmp_path / "checkpoints"
    with pytest.raises(Stopped, match="rates, low: finished"):
        run_labs(small, tmp_path / "stopped", "full", ["rates"], stop_after_the_first_run, kept)
    assert not (tmp_path / "stopped").exists()
    checkpoint = kept / "full" / "rates" / "low.python.safetensors"
    before = checkpoint.stat().st_mtime_ns
    [resumed] = run_labs(small, tmp_path / "stopped", "full", ["rates"], None, kept)
    assert checkpoint.stat().st_mtime_ns == before
    [whole] = run_labs(small, tmp_path / "whole", "full", ["rates"])
    ours, theirs = (read_numbers(file, LAB_NUMBERS) for file in (resumed, whole))
    assert (ours["seconds"] > 0).all()
    pd.testing.assert_frame_equal(ours.drop(columns="seconds"), theirs.drop(columns="seconds"), check_exact=True)


def test_a_run_that_diverges_is_kept_with_its_status(small, tmp_path):
    small.write_text(SMALL.replace("{id: low, quick: {lr: 0.05}}", "{id: low, quick: {lr: 1e38}}"))
    [table] = run_labs(small, tmp_path, labs=["rates"])
    assert read_record(table)["status of low"].startswith("diverged in epoch 1, batch ")
    low, high = read_lab_table(table, ["low", "high"])
    assert len(low) == 0
    assert len(high) == 2
    assert len(draw_labs(small, tmp_path, labs=["rates"])) == 4


def test_what_does_not_exist_is_refused(small, tmp_path):
    with pytest.raises(GradpathError, match=r"^labs: id: 'depths' is not accepted; use one of rates, widths$"):
        run_labs(small, tmp_path, labs=["depths"])
    with pytest.raises(GradpathError, match=r"^run_labs\(\): size: 'huge' is not accepted; use one of quick, full$"):
        run_labs(small, tmp_path, "huge")
    with pytest.raises(GradpathError, match=r"rates\.python\.csv: no such file; run run_labs\(\) first$"):
        draw_labs(small, tmp_path)
    small.write_text(SMALL.replace("train: 300", "train: 3000"))
    with pytest.raises(GradpathError, match=r"^take_data\(\): n: 3000 is not accepted; use a whole number from 1 to"):
        run_labs(small, tmp_path)
    assert list(tmp_path.iterdir()) == [small]


# The project's own labs.


def test_every_question_has_its_lab(project):
    labs = read_labs(project / "shared_figures" / "training.yaml")
    asked = "schedules optimizers cosine cnn initialization batch-norm clipping batch-size depth"
    assert list(labs) == asked.split()
    assert {lab.data for lab in labs.values()} == {"fashion_mnist"}
    assert all(lab.sizes["full"].train == 60000 and lab.sizes["full"].test == 10000 for lab in labs.values())
    assert {run.x for run in labs["batch-size"].runs} == {1, 2, 4, 8, 16, 32, 64, 128}
    assert {len(run.network["hidden"]) for run in labs["depth"].runs} == {1, 2, 4, 8, 16, 24}
    assert all(len(run.network["hidden"]) == run.x for run in labs["depth"].runs)


@pytest.mark.parametrize("language", ["python", "r"])
def test_the_committed_quick_tables_are_up_to_date(project, language):
    for lab in read_labs(project / "shared_figures" / "training.yaml").values():
        tables = lab_tables(project, lab.id, "quick", language)
        assert tables, lab.id
        assert any(is_fresh(project, lab, "quick", table) for table in tables), lab.id


def test_every_table_has_every_picture(project):
    for lab in read_labs(project / "shared_figures" / "training.yaml"):
        for size in SIZES:
            for language in ("python", "r"):
                if lab_tables(project, lab, size, language):
                    folder = project / "shared_figures" / "training" / size
                    missing = [p for p in LAB_PICTURES if not (folder / f"{lab}-{language}-{p}").is_file()]
                    assert not missing, (size, lab, language)


def test_the_committed_tables_of_both_languages_agree(project):
    for lab in read_labs(project / "shared_figures" / "training.yaml").values():
        [python] = lab_tables(project, lab.id, "quick", "python")
        r_table = next(t for t in lab_tables(project, lab.id, "quick", "r") if "pytorch" in t.name)
        names = [run.id for run in lab.runs]
        for run, ours, theirs in zip(
            names, read_lab_table(python, names), read_lab_table(r_table, names), strict=True
        ):
            assert ours.attrs["status"] == theirs.attrs["status"], (lab.id, run)
            np.testing.assert_allclose(theirs[LAB_NUMBERS], ours[LAB_NUMBERS], rtol=BOUND, err_msg=f"{lab.id}, {run}")


def final(project: Path, lab: str, size: str, column: str = "test_accuracy") -> dict[str, float]:
    declared = read_labs(project / "shared_figures" / "training.yaml")[lab]
    [table] = lab_tables(project, lab, size, "python")
    names = [run.id for run in declared.runs]
    tables = read_lab_table(table, names)
    return {run: t[column].iloc[-1] if len(t) else float("nan") for run, t in zip(names, tables, strict=True)}


@pytest.mark.parametrize("size", SIZES)
def test_the_labs_show_what_they_teach(project, size):
    ends = {lab: final(project, lab, size) for lab in read_labs(project / "shared_figures" / "training.yaml")}
    assert np.isnan(ends["clipping"]["unclipped"])
    assert min(ends["clipping"]["by-value"], ends["clipping"]["by-norm"]) > 0.7
    assert max(ends["initialization"]["zeros"], ends["initialization"]["small"]) < 0.15
    assert min(ends["initialization"]["xavier"], ends["initialization"]["he"]) > 0.6
    assert ends["schedules"]["cosine"] > ends["schedules"]["constant"]
    assert ends["optimizers"]["adamw"] > ends["optimizers"]["sgd"]
    assert ends["cnn"]["adam-1e-3"] > ends["cnn"]["adam-1e-4"] > ends["cnn"]["sgd"]
    assert ends["depth"]["sgd-24"] < 0.15 < ends["depth"]["adamw-8"]
    assert ends["batch-size"]["same-2"] > ends["batch-size"]["same-128"]
    assert ends["batch-size"]["scaled-32"] > ends["batch-size"]["same-32"]


# Lanes: a project of its own with one small lab.


@pytest.fixture
def lab_project(project, tmp_path) -> Path:
    for name in ("python", "r"):
        (tmp_path / name).symlink_to(project / name)
    (tmp_path / "shared_figures").mkdir()
    (tmp_path / "shared_figures" / "training.yaml").write_text(SMALL)
    return tmp_path


def test_the_check_finds_a_number_that_is_off(lab_project, monkeypatch):
    tables = run_training_lanes(lab_project, ("python",), False, print)
    for table in tables:
        shutil.copy(table, table.with_name(table.name.replace("python", "r-pytorch")))
    assert {c.verdict for c in check_labs(lab_project)} == {"stale"}
    monkeypatch.setattr("gradpath.labs_agreement.is_fresh", lambda *anything: True)
    assert {c.verdict for c in check_labs(lab_project)} == {"agrees"}
    lines = tables[0].read_text().splitlines()
    cells = lines[-1].split(",")
    cells[4] = repr(float(cells[4]) * 1.001)
    for engine, verdict in {"pytorch": "differs", "torch": "known"}.items():
        changed = tables[0].with_name(f"rates.r-{engine}.csv")
        changed.write_text("\n".join([*lines[:-1], ",".join(cells)]) + "\n")
        [found] = [c for c in check_labs(lab_project) if c.verdict == verdict]
        assert (found.figure, found.path, found.lane) == ("training-rates", "high", f"r ({engine})")
        assert found.first_step == 2
        assert found.detail == "train_accuracy" if verdict == "differs" else "from epoch 2 on" in found.detail
    changed.unlink()
    assert sum(c.verdict == "agrees" for c in check_labs(lab_project)) == 3


def test_only_what_changed_is_trained_and_drawn(lab_project):
    said: list[str] = []
    again = (lab_project, ("python",), False, said.append)
    assert [t.name for t in run_training_lanes(*again)] == ["rates.python.csv", "widths.python.csv"]
    assert len(draw_training_lanes(*again)) == 8
    assert run_training_lanes(*again) == []
    assert draw_training_lanes(*again) == []
    declaration = lab_project / "shared_figures" / "training.yaml"
    declaration.write_text(SMALL.replace("title: Two rates", "title: Rates"))
    assert run_training_lanes(*again) == []
    assert {p.name.partition("-")[0] for p in draw_training_lanes(*again)} == {"rates"}
    declaration.write_text(SMALL.replace("seed: 3", "seed: 4"))
    assert [t.name for t in run_training_lanes(*again)] == ["widths.python.csv"]
    assert {p.name.partition("-")[0] for p in draw_training_lanes(*again)} == {"rates", "widths"}
    assert [t.name for t in run_training_lanes(*again, labs=["rates"])] == []
    assert len(run_training_lanes(lab_project, ("python",), True, said.append)) == 2


def test_full_tables_are_made_on_demand_and_noted_when_they_are_stale(lab_project):
    said: list[str] = []
    assert note_stale_full_labs(lab_project, said.append) == []
    run_training_lanes(lab_project, ("python",), False, said.append, "full", ["widths"])
    assert note_stale_full_labs(lab_project, said.append) == []
    assert not list((lab_project / ".gradpath" / "training").iterdir())
    declaration = lab_project / "shared_figures" / "training.yaml"
    declaration.write_text(SMALL.replace("train: 200", "train: 250"))
    said.clear()
    assert note_stale_full_labs(lab_project, said.append) == ["widths (python)"]
    assert "made before something changed: widths (python)" in said[0]


def test_without_the_data_everything_stays_as_it_is(lab_project, monkeypatch):
    def nowhere() -> None:
        raise GradpathError("fashion_mnist(): the data set is not on this machine")

    declaration = lab_project / "shared_figures" / "training.yaml"
    declaration.write_text(SMALL.replace("data: digits", "data: fashion_mnist"))
    monkeypatch.setattr("gradpath.dataset_folders.find_fashion_mnist", nowhere)
    said: list[str] = []
    assert run_training_lanes(lab_project, ("python",), True, said.append) == []
    assert said == ["training: left as it is; fashion_mnist(): the data set is not on this machine"]


def test_comments_do_not_change_the_code_and_numbers_do(project, tmp_path):
    for source in ("python/gradpath/training_updates.py", "r/R/training_updates.R"):
        file = tmp_path / Path(source).name
        shutil.copy(project / source, file)
        before = code_of(file)
        assert len(before) > 1000
        text = file.read_text()
        file.write_text(f"# A comment.\n\n{text.replace('Go on to the next rate.', 'Go on.')}\n# Another.\n")
        assert code_of(file) == before
        file.write_text(text + "\nadded = 1\n")
        assert code_of(file) != before


def test_the_command_line_refuses_an_unknown_size(project):
    command = [sys.executable, "-m", "gradpath.cli", "train", "--size", "huge"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "gradpath: --size: 'huge' is not accepted; use one of quick, full\n"


@pytest.mark.parametrize("lab", ["clipping"])
def test_a_committed_quick_table_comes_out_again(project, tmp_path, lab):
    try:
        find_fashion_mnist()
    except GradpathError as missing:
        pytest.skip(str(missing))
    [fresh] = run_labs(project / "shared_figures" / "training.yaml", tmp_path, labs=[lab])
    [committed] = lab_tables(project, lab, "quick", "python")
    ours, theirs = (read_numbers(file, LAB_NUMBERS) for file in (fresh, committed))
    assert read_record(fresh)["status of unclipped"] == read_record(committed)["status of unclipped"]
    assert ours[["run", "epoch"]].equals(theirs[["run", "epoch"]])
    # Another processor adds in another order; after some hundred steps of a network of ReLUs that shows.
    np.testing.assert_allclose(ours[LAB_NUMBERS], theirs[LAB_NUMBERS], atol=0.1)
