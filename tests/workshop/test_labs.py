"""Labs: declarations, tables that come out the same again, in both languages; lanes that train what changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from gradpath import GradpathError, digits, draw_labs, read_labs, run_labs
from gradpath.data.folders import find_fashion_mnist
from gradpath.tables import read_numbers, read_record
from gradpath.workshop.freshness import why_stale
from gradpath.workshop.lab_declarations import SIZES
from gradpath.workshop.lab_pictures import over_seeds, read_lab_table
from gradpath.workshop.labs import LAB_NUMBERS, TEST_NUMBERS, take_parts
from gradpath.workshop.r_process import R
from gradpath.workshop.study_labs import LAB_BOUND, Labs
from tests.malformed_lines import expected

MALFORMED = sorted((Path(__file__).parent / "malformed_training").glob("*.yaml"))

SMALL = """
labs:
  - id: rates
    title: Two rates
    data: digits
    network: {name: tanh_network, hidden: [16]}
    sizes:
      quick: {train: 300, validation: 100, test: 100, epochs: 2, settings: {batch_size: 50}}
      full: {train: 600, validation: 100, test: 200, epochs: 3, seeds: [0, 5]}
    settings: {optimizer: momentum, momentum: 0.9, lr: 0.1, batch_size: 100}
    runs:
      - {id: low, quick: {lr: 0.05}}
      - {id: high, label: high rate, settings: {optimizer: nesterov, lr: 0.5}, full: {lr: 0.4}}
  - id: widths
    title: Two widths
    data: digits
    network: {name: tanh_network, hidden: [4], init: xavier}
    against: width
    sizes:
      quick: {train: 100, validation: 100, test: 100, epochs: 1, seeds: [3]}
      full: {train: 200, validation: 100, test: 100, epochs: 2, seeds: [3]}
    runs:
      - {id: four, group: AdamW, x: 4}
      - {id: eight, group: AdamW, x: 8, network: {hidden: [8]}}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    return file


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
    assert (labs["rates"].sizes["full"].seeds, labs["widths"].sizes["quick"].seeds) == ((0, 5), (3,))
    # The digits are 8 by 8, which a declaration need not say.
    assert labs["widths"].runs[1].network == {"name": "tanh_network", "hidden": [8], "init": "xavier", "inputs": 64}


def test_a_quick_lab_made_again_is_the_same_to_the_last_byte(small, tmp_path):
    once, again = (run_labs(small, tmp_path / name) for name in ("once", "again"))
    assert [f.name for f in once] == ["rates.python.csv", "widths.python.csv"]
    for a, b in zip(once, again, strict=True):
        assert a.read_bytes() == b.read_bytes()
    record, table = read_record(once[0]), read_numbers(once[0], LAB_NUMBERS)
    assert list(table.columns) == ["run", "seed", "epoch", *LAB_NUMBERS]
    assert record["status of low, seed 0"] == record["status of high, seed 0"] == "finished"
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
        assert ours[["run", "seed", "epoch"]].equals(theirs[["run", "seed", "epoch"]])
        np.testing.assert_allclose(theirs[LAB_NUMBERS], ours[LAB_NUMBERS], rtol=LAB_BOUND)


def test_a_full_lab_goes_on_where_it_was_stopped(small, tmp_path):
    class Stopped(Exception):
        pass

    def stop_after_the_first_run(line: str) -> None:
        raise Stopped(line)

    kept = tmp_path / "checkpoints"
    with pytest.raises(Stopped, match="rates, low, seed 0: finished"):
        run_labs(small, tmp_path / "stopped", "full", ["rates"], stop_after_the_first_run, kept)
    assert not (tmp_path / "stopped").exists()
    checkpoint = kept / "full" / "rates" / "low-0.python.safetensors"
    before = checkpoint.stat().st_mtime_ns
    [resumed] = run_labs(small, tmp_path / "stopped", "full", ["rates"], None, kept)
    assert checkpoint.stat().st_mtime_ns == before
    [whole] = run_labs(small, tmp_path / "whole", "full", ["rates"])
    ours, theirs = (read_numbers(file, LAB_NUMBERS) for file in (resumed, whole))
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    assert ours.groupby(["run", "seed"]).size().tolist() == [3, 3, 3, 3]


def test_the_test_data_are_looked_at_once_and_validation_is_held_out(small, tmp_path):
    [table] = run_labs(small, tmp_path, "full", ["rates"])
    rows = read_numbers(table, LAB_NUMBERS)
    assert rows[TEST_NUMBERS].notna().all(axis=1).tolist() == [False, False, True] * 4
    assert rows["validation_loss"].notna().all()
    lab = read_labs(small)["rates"]
    parts = take_parts(digits(), lab, "full")
    assert [len(parts[name].y) for name in ("train", "validation", "test")] == [600, 100, 200]
    whole = digits().train
    assert torch.equal(parts["validation"].x, whole.x[-100:])
    assert torch.equal(parts["train"].x, whole.x[:600])


def test_runs_of_several_seeds_become_a_mean_and_its_range(small, tmp_path):
    [table] = run_labs(small, tmp_path, "full", ["rates"])
    [by_seed, _] = read_lab_table(table, ["low", "high"])
    mean = over_seeds(by_seed)
    values = np.stack([one["train_loss"] for one in by_seed])
    np.testing.assert_allclose(mean["train_loss"], values.mean(axis=0), rtol=1e-14)
    np.testing.assert_array_equal(mean["train_loss_low"], values.min(axis=0))
    np.testing.assert_array_equal(mean["train_loss_high"], values.max(axis=0))
    by_seed[1].attrs["status"] = "diverged in epoch 2, batch 1"
    by_seed[1] = by_seed[1].iloc[:1]
    by_seed[1].attrs = {"status": "diverged in epoch 2, batch 1"}
    assert over_seeds(by_seed).attrs["status"] == "diverged in epoch 2, batch 1"
    assert len(over_seeds(by_seed)) == 1
    assert "train_loss_low" not in over_seeds(by_seed[:1])


def test_a_run_that_diverges_is_kept_with_its_status(small, tmp_path):
    small.write_text(SMALL.replace("{id: low, quick: {lr: 0.05}}", "{id: low, quick: {lr: 1e38}}"))
    [table] = run_labs(small, tmp_path, labs=["rates"])
    assert read_record(table)["status of low, seed 0"].startswith("diverged in epoch 1, batch ")
    [low], [high] = read_lab_table(table, ["low", "high"])
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


ASKED = "schedules optimizers cosine cnn initialization batch-norm clipping batch-size depth"


def test_every_question_has_its_lab(project):
    declared = read_labs(project / "shared_figures" / "training.yaml")
    # Others may be declared beside them.
    labs = {name: declared[name] for name in ASKED.split()}
    assert {lab.data for lab in labs.values()} == {"fashion_mnist"}
    assert {run.x for run in labs["batch-size"].runs} == {1, 2, 4, 8, 16, 32, 64, 128}
    assert {len(run.network["hidden"]) for run in labs["depth"].runs} == {1, 2, 4, 8, 16, 24}
    assert all(len(run.network["hidden"]) == run.x for run in labs["depth"].runs)
    # One seed is one draw. The explosion needs the one with which the loss itself overflows.
    full = {name: lab.sizes["full"] for name, lab in labs.items()}
    assert all(len(size.seeds) >= 3 for name, size in full.items() if name != "clipping")


def test_methods_are_compared_over_their_own_rates_and_one_thing_changes_at_a_time(project):
    for name in ("optimizers", "cosine", "cnn", "batch-norm"):
        lab = read_labs(project / "shared_figures" / "training.yaml")[name]
        for size in lab.sizes:
            groups: dict[str, list] = {}
            for run in lab.runs:
                groups.setdefault(run.group, []).append(run)
                assert run.settings[size]["lr"] == run.x
            for runs in groups.values():
                assert len(runs) >= 3
                others = [
                    {k: v for k, v in run.settings[size].items() if k != "lr"} | {"network": run.network}
                    for run in runs
                ]
                assert others == others[:1] * len(runs)
            assert len({run.settings[size].get("batch_size") for run in lab.runs}) == 1


@pytest.mark.parametrize("name", ["optimizers", "cosine", "cnn", "batch-norm"])
def test_in_the_full_size_no_methods_best_rate_stands_at_an_end_of_its_list(project, name):
    ends = final(project, name, "full")
    for group in {run.rpartition("-")[0] for run in ends}:
        rates = [value for run, value in ends.items() if run.rpartition("-")[0] == group]
        assert 0 < int(np.nanargmax(rates)) < len(rates) - 1, group


def entries(project):
    return [(size, entry) for size in SIZES for entry in Labs(size).entries(project)]


def test_every_committed_table_is_up_to_date_and_r_is_recorded_with_torch(project):
    for _, entry in entries(project):
        for lane in ("python", "r-torch"):
            assert entry.table(project / "shared_figures", lane).is_file(), (entry.name, lane)
            assert why_stale(project, entry, lane) is None, (entry.name, lane)


def test_every_table_has_every_picture(project):
    for _, entry in entries(project):
        for names in entry.pictures.values():
            for name in names:
                assert (project / "shared_figures" / name).stat().st_size > 10_000, name


def test_the_committed_tables_of_both_languages_agree(project):
    for size in SIZES:
        rows = Labs(size).compare(project)
        assert {c.verdict for c in rows} <= {"agrees", "known"}, [c for c in rows if c.verdict == "differs"]
        by_torch = [c for c in rows if "(torch)" in c.lane]
        labs = read_labs(project / "shared_figures" / "training.yaml").values()
        assert len(by_torch) == sum(len(lab.runs) * len(lab.sizes[size].seeds) for lab in labs if size in lab.sizes)


def final(project: Path, lab: str, size: str, column: str = "validation_accuracy") -> dict[str, float]:
    """Return each run's number at the end, its mean over the seeds; NaN if one diverged."""
    declared = read_labs(project / "shared_figures" / "training.yaml")[lab]
    table = project / "shared_figures" / "training" / size / f"{lab}.python.csv"
    names = [run.id for run in declared.runs]
    means = [over_seeds(tables) for tables in read_lab_table(table, names)]
    good = [m.attrs["status"] == "finished" for m in means]
    return {
        run: float(mean[column].iloc[-1]) if ok else float("nan")
        for run, mean, ok in zip(names, means, good, strict=True)
    }


def best(ends: dict[str, float], group: str) -> float:
    return max(value for run, value in ends.items() if run.rpartition("-")[0] == group and not np.isnan(value))


@pytest.mark.parametrize("size", SIZES)
def test_the_labs_show_what_they_teach(project, size):
    labs = read_labs(project / "shared_figures" / "training.yaml")
    ends = {lab: final(project, lab, size) for lab in labs if size in labs[lab].sizes}
    # In the quick size the loss itself overflows, in the full one the network stays at chance.
    assert np.isnan(ends["clipping"]["unclipped"]) if size == "quick" else ends["clipping"]["unclipped"] < 0.15
    assert min(ends["clipping"]["by-value"], ends["clipping"]["by-norm"]) > 0.7
    assert max(ends["initialization"]["zeros"], ends["initialization"]["small"]) < 0.15
    assert min(ends["initialization"]["xavier"], ends["initialization"]["he"]) > 0.6
    if size == "quick":
        assert ends["cnn"]["adam-0.001"] > ends["cnn"]["adam-0.0001"]
        assert ends["depth"]["sgd-0.1-depth-24"] < 0.15 < ends["depth"]["adamw-0.001-depth-8"]
        assert ends["batch-size"]["same-2"] > ends["batch-size"]["same-128"]
        assert ends["batch-size"]["scaled-32"] > ends["batch-size"]["same-32"]
    # Each at its own best rate, the optimizers are closer together than one of them over its rates.
    of = {group: best(ends["optimizers"], group) for group in ("sgd", "momentum", "nesterov", "adamw")}
    of_momentum = [value for run, value in ends["optimizers"].items() if run.startswith("momentum")]
    assert max(of.values()) - min(of.values()) < max(of_momentum) - min(of_momentum)


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
    committed = project / "shared_figures" / "training" / "quick" / f"{lab}.python.csv"
    ours, theirs = (read_numbers(file, LAB_NUMBERS) for file in (fresh, committed))
    said = "status of unclipped, seed 55"
    assert read_record(fresh)[said] == read_record(committed)[said]
    assert ours[["run", "seed", "epoch"]].equals(theirs[["run", "seed", "epoch"]])
    # Another processor adds in another order; after some hundred steps of a network of ReLUs that shows.
    np.testing.assert_allclose(ours[LAB_NUMBERS], theirs[LAB_NUMBERS], atol=0.1)
