"""Checkpoints: a run that is killed and started again gives what it would have given; files are refused by name."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
import torch
from torch import nn

from gradpath import GradpathError, load_weights, optimizer_names, save_weights
from gradpath.data.datasets import Data
from gradpath.training.checkpoints import data_fingerprint, load_checkpoint, read_tensors, write_tensors
from tests.training.test_training import images_network, made_data, network, train

SCHEDULES = {
    "none": {},
    "cosine": {"schedule": {"name": "cosine", "steps": 6}},
    "per batch": {"schedule": {"name": "cosine_periodic", "half_period": 5}, "schedule_every": "batch"},
    "warmup": {"schedule": {"name": "warmup", "warmup": 2, "then": {"name": "step", "step_size": 2, "gamma": 0.5}}},
    "plateau": {
        "schedule": {"name": "plateau", "patience": 0, "factor": 0.5, "threshold": 0.2},
        "validation": made_data(30, seed=2),
    },
}


class Killed(BaseException):
    """Not an Exception: nothing may catch it, as nothing catches SIGKILL."""


def killed_in(file, batch, **settings):
    """Train until a batch of the run, and die there."""
    counter = itertools.count()

    def score(outputs, y):
        if next(counter) == batch:
            raise Killed
        return (outputs.argmax(1) == y).double().mean()

    with pytest.raises(Killed):
        train(scores={"accuracy": score}, checkpoint=file, **settings)


def without_seconds(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns="seconds")


@pytest.mark.parametrize("method", ["manual", "optim"])
@pytest.mark.parametrize("optimizer", optimizer_names())
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_going_on_gives_the_same_to_the_last_bit(tmp_path, method, optimizer, schedule):
    settings = {"method": method, "optimizer": optimizer, "lr": 0.05, "epochs": 6} | SCHEDULES[schedule]
    whole_model, again = network(dropout=0.3), network(dropout=0.3)
    whole = train(whole_model, **settings)
    file = tmp_path / "run.safetensors"
    for batch in (7, 2, 5):
        # Each attempt goes on from where the one before had got, and dies some batches later.
        killed_in(file, batch, **settings, model=network(dropout=0.3))
    table = train(again, checkpoint=file, **settings)
    pd.testing.assert_frame_equal(without_seconds(table), without_seconds(whole), check_exact=True)
    assert table.attrs["batch_losses"] == whole.attrs["batch_losses"]
    for p, q in zip(again.parameters(), whole_model.parameters(), strict=True):
        assert torch.equal(p, q)


def test_a_finished_run_is_not_run_again(tmp_path):
    file = tmp_path / "run.safetensors"
    first = train(checkpoint=file)
    stamp = file.stat().st_mtime_ns
    pd.testing.assert_frame_equal(train(checkpoint=file), first, check_exact=True)
    assert file.stat().st_mtime_ns == stamp


def test_more_epochs_go_on_from_fewer(tmp_path):
    file = tmp_path / "run.safetensors"
    train(checkpoint=file, epochs=2)
    pd.testing.assert_frame_equal(
        without_seconds(train(checkpoint=file, epochs=5)), without_seconds(train(epochs=5)), check_exact=True
    )
    with pytest.raises(GradpathError, match="epochs: 3 is not accepted; use a whole number >= 5, the epochs that"):
        train(checkpoint=file, epochs=3)


def test_batch_norm_travels_with_the_checkpoint(tmp_path):
    data, file = made_data(images=True), tmp_path / "run.safetensors"
    train(images_network(), data, checkpoint=file, epochs=2)
    resumed = train(images_network(), data, checkpoint=file, epochs=4)
    whole = train(images_network(), data, epochs=4)
    pd.testing.assert_frame_equal(without_seconds(resumed), without_seconds(whole), check_exact=True)


SCRIPT = """
import sys
from tests.training.test_training import made_data, network, train
data = made_data(4000)
table = train(network(dropout=0.2), data, epochs=12, lr=0.01, batch_size=16, validation=made_data(30, seed=2),
              schedule={"name": "plateau", "patience": 0, "threshold": 0.05}, checkpoint=sys.argv[1] or None,
              method=sys.argv[2])
table.drop(columns="seconds").to_csv(sys.argv[3], index=False, float_format="%.17g")
"""


@pytest.mark.parametrize("method", ["manual", "optim"])
def test_a_killed_process_starts_again_and_ends_alike(tmp_path, project, method):
    def start(checkpoint, table):
        command = [sys.executable, "-c", SCRIPT, str(checkpoint), method, str(table)]
        return subprocess.Popen(command, cwd=project)

    assert start("", tmp_path / "whole.csv").wait(timeout=200) == 0
    file, kills = tmp_path / "run.safetensors", 0
    for attempt in range(30):
        process = start(file, tmp_path / "again.csv")
        # Die a little after a checkpoint has been written, at another moment each time; then let the last one end.
        seen, end = file.stat().st_mtime_ns if file.exists() else 0, time.monotonic() + 100
        while kills < 3 and process.poll() is None and time.monotonic() < end:
            if file.exists() and file.stat().st_mtime_ns != seen:
                time.sleep(0.037 * attempt)
                break
            time.sleep(0.005)
        if kills < 3 and process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
            assert [f.name for f in tmp_path.glob("*.safetensors")] == [file.name]
        else:
            assert process.wait(timeout=200) == 0
            break
    assert kills > 0
    assert (tmp_path / "again.csv").read_text() == (tmp_path / "whole.csv").read_text()


def test_other_settings_are_refused_by_name(tmp_path):
    file = tmp_path / "run.safetensors"
    train(checkpoint=file, lr=0.1)
    for settings, field, made, now in [
        ({"lr": 0.2}, "lr", "0.1", "0.2"),
        ({"lr": 0.1, "optimizer": "sgd"}, "optimizer", "'adamw'", "'sgd'"),
        ({"lr": 0.1, "batch_size": 16}, "batch_size", "32", "16"),
        ({"lr": 0.1, "clip": {"norm": 1.0}}, "clip", "null", "{norm: 1}"),
        ({"lr": 0.1, "data": made_data(91)}, "train samples", "90", "91"),
    ]:
        with pytest.raises(GradpathError) as refused:
            train(checkpoint=file, **settings)
        assert str(refused.value) == (
            f"train_network(): checkpoint: '{file}' was made with {field} {made}, this run has {now};"
            " use the same settings, or another file"
        )


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"\x80\x04cposix\nsystem\n"])
def test_another_file_is_refused(tmp_path, content):
    file = tmp_path / "run.safetensors"
    file.write_bytes(content)
    with pytest.raises(GradpathError) as refused:
        train(checkpoint=file)
    assert str(refused.value) == (
        f"train_network(): checkpoint: '{file}' is damaged, or not a checkpoint of gradpath;"
        " delete it or use another file"
    )
    assert file.read_bytes() == content


def test_the_real_cause_is_said_when_a_file_cannot_be_read(tmp_path):
    def line(file):
        with pytest.raises(GradpathError) as refused:
            load_checkpoint(file, {})
        return str(refused.value).removeprefix(f"train_network(): checkpoint: '{file}' ")

    file = tmp_path / "run.safetensors"
    advice = "use a file that can be read, or another name"
    assert line(tmp_path) == f"cannot be read: it is a folder; {advice}"
    assert line(file) == f"cannot be read: there is no such file; {advice}"
    save_weights(network(), file)
    assert line(file) == "holds tensors, but is not a checkpoint of gradpath; use another file"
    file.chmod(0)
    # Root may read everything: then somebody else tries.
    change = os.geteuid() == 0
    folders = [f for f in tmp_path.parents if f.name.startswith("pytest")] + [tmp_path]
    modes = {folder: folder.stat().st_mode for folder in folders}
    try:
        if change:
            for folder in folders:
                folder.chmod(0o755)
            os.seteuid(65534)
        assert line(file) == f"cannot be read: permission is denied; {advice}"
    finally:
        if change:
            os.seteuid(0)
            for folder, mode in modes.items():
                folder.chmod(mode)


def test_a_truncated_checkpoint_is_refused(tmp_path):
    file = tmp_path / "run.safetensors"
    train(checkpoint=file)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(GradpathError, match="is damaged, or not a checkpoint of gradpath; delete it"):
        train(checkpoint=file)


def test_weights_go_and_come_back(tmp_path):
    file = tmp_path / "weights.safetensors"
    model, other = images_network(seed=1), images_network(seed=2)
    train(model, made_data(images=True))
    save_weights(model, file)
    assert load_weights(other, file) is other
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name])


def test_weights_of_another_network_are_refused(tmp_path):
    file = tmp_path / "weights.safetensors"
    save_weights(network(), file)
    model = nn.Sequential(nn.Linear(6, 9)).double()
    before = model[0].weight.detach().clone()
    with pytest.raises(GradpathError) as refused:
        load_weights(model, file)
    assert str(refused.value) == (
        f"load_weights(): file: '{file}' has 0.weight of shape [8, 6], the model has [9, 6];"
        " use a file that was saved from such a model"
    )
    assert torch.equal(model[0].weight, before)
    with pytest.raises(GradpathError, match="cannot be read: there is no such file; use a whole safetensors file"):
        load_weights(model, tmp_path / "none.safetensors")


def test_texts_travel_beside_tensors(tmp_path):
    file = tmp_path / "some.safetensors"
    tensors = {"a": torch.rand(2, 3, dtype=torch.float64), "n": torch.tensor(7)}
    write_tensors(file, tensors, {"settings": json.dumps({"lr": 0.1})})
    read, texts = read_tensors(file)
    assert all(torch.equal(read[name], tensors[name]) for name in tensors)
    assert json.loads(texts["settings"]) == {"lr": 0.1}


@pytest.mark.parametrize("method", ["manual", "optim"])
@pytest.mark.parametrize("every", ["epoch", "batch"])
def test_a_finished_run_goes_on_with_the_rates_of_more_epochs(tmp_path, method, every):
    per_epoch = 3 if every == "batch" else 1

    def rates(epochs):
        numbers = [0.1 / (t + 1) for t in range(epochs * per_epoch)]
        return {"method": method, "schedule": lambda t: numbers[t], "schedule_every": every, "epochs": epochs}

    whole = train(**rates(4))
    file = tmp_path / "run.safetensors"
    train(checkpoint=file, **rates(2))
    # Finished: nothing is left to do, and nothing is asked.
    assert train(checkpoint=file, **rates(2)).lr.tolist() == whole.lr.tolist()[:2]
    again = train(checkpoint=file, **rates(4))
    assert again.attrs["batch_losses"] == whole.attrs["batch_losses"]
    pd.testing.assert_frame_equal(without_seconds(again), without_seconds(whole), check_exact=True)


def test_data_are_told_apart_exactly_and_whatever_the_threads_and_the_layout(tmp_path):
    # So many numbers that a sum of them depends on the threads that share it.
    generator = torch.Generator().manual_seed(0)
    x, y = torch.rand(20000, 2, 6, 6, generator=generator), torch.randint(0, 3, (20000,), generator=generator)
    prints, threads = set(), torch.get_num_threads()
    try:
        for number in (1, 2, 3):
            torch.set_num_threads(number)
            prints |= {data_fingerprint(x, y), data_fingerprint(x.to(memory_format=torch.channels_last), y)}
            prints.add(data_fingerprint(x.permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0), y))
    finally:
        torch.set_num_threads(threads)
    assert len(prints) == 1
    other = x.clone()
    other[0, 0, 0, 0] = torch.nextafter(other[0, 0, 0, 0], torch.tensor(2.0))
    swapped = x.clone()
    swapped[[0, 1]] = x[[1, 0]]
    labels = y.clone()
    labels[0] = (labels[0] + 1) % 3
    for another in ((other, y), (swapped, y), (x, labels)):
        assert data_fingerprint(*another) not in prints


def test_other_data_are_refused(tmp_path):
    file, data = tmp_path / "run.safetensors", made_data()
    train(data=data, checkpoint=file, lr=0.1)
    flipped = Data(data.x.flip(0), data.y.flip(0), data.classes)
    with pytest.raises(GradpathError, match="was made with train data '"):
        train(data=flipped, checkpoint=file, lr=0.1)


def test_the_fused_step_belongs_to_the_settings(tmp_path):
    file = tmp_path / "run.safetensors"
    train(checkpoint=file, lr=0.1)
    with pytest.raises(GradpathError, match="was made with fused false, this run has true;"):
        train(checkpoint=file, lr=0.1, fused=True)
