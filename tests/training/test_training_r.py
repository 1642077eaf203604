"""train_network() in R beside Python: the same losses batch by batch, the same files, the same refusals."""

from __future__ import annotations

import ast
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from gradpath import (
    GradpathError,
    evaluate_network,
    lenet,
    load_weights,
    optimizer_names,
    save_weights,
    small_cnn,
    tanh_network,
    train_network,
)
from gradpath.data.datasets import Data
from gradpath.workshop.r_process import R
from tests.conftest import PROJECT

ENGINES = ["pytorch", "torch"]
# What R needs to know to make the data and the networks of this file; {torch} and PyTorch draw the same numbers.
PREAMBLE = """
suppressMessages(library(gradpath))
torch_set_num_threads(1)
arguments <- commandArgs(trailingOnly = TRUE)
dtype_of <- function(name) if (name == "float64") torch_float64() else torch_float32()
made_data <- function(n, dtype) {
  torch_manual_seed(1)
  y <- torch_randint(0, 10, n, dtype = torch_int64())
  list(x = torch_rand(n, 1, 12, 12, dtype = dtype_of(dtype)), y = y + 1L)
}
networks <- list(
  tanh = function(dtype) tanh_network(144, c(16, 8), seed = 3, dtype = dtype),
  lenet = function(dtype) lenet(size = 12, seed = 3, dtype = dtype),
  cnn = function(dtype) small_cnn(size = 12, batch_norm = TRUE, dropout = 0.3, seed = 3, dtype = dtype)
)
exact <- function(numbers) I(sprintf("%.17g", numbers))
"""
NETWORKS: dict[str, Callable[[str], nn.Module]] = {
    "tanh": lambda dtype: tanh_network(144, (16, 8), seed=3, dtype=dtype),
    "lenet": lambda dtype: lenet(size=12, seed=3, dtype=dtype),
    "cnn": lambda dtype: small_cnn(size=12, batch_norm=True, dropout=0.3, seed=3, dtype=dtype),
}


def made_data(n: int, dtype: str) -> Data:
    torch.manual_seed(1)
    y = torch.randint(0, 10, (n,))
    return Data(torch.rand(n, 1, 12, 12, dtype=getattr(torch, dtype)), y, ())


@pytest.fixture(autouse=True)
def one_thread():
    """Add sums in one order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Engine:
    """R with one of its engines, and scripts for it."""

    def __init__(self, r: R, name: str, folder: Path) -> None:
        self._r, self.name, self._folder = r, name, folder

    def command(self, code: str, *arguments: Any) -> tuple[list[str], dict[str, str]]:
        file = self._folder / "script.R"
        file.write_text(PREAMBLE + code, encoding="utf-8")
        environment = self._r.environment | {"GRADPATH_R_ENGINE": self.name, "OMP_NUM_THREADS": "1"}
        return [self._r.rscript, str(file), *map(str, arguments)], environment

    def run(self, code: str, *arguments: Any) -> str:
        command, environment = self.command(code, *arguments)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout


@pytest.fixture(params=ENGINES)
def engine(request, r: R, tmp_path) -> Engine:
    made = Engine(r, request.param, tmp_path)
    if request.param == "torch":
        command, environment = made.command('cat(engine_info()$name == "torch")')
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)
        if done.stdout != "TRUE":
            pytest.skip("{torch} is not installed in this R")
    return made


LOSSES = """
data <- made_data(250, arguments[[1]])
part <- list(x = data$x[1:60], y = data$y[1:60])
found <- list()
for (network in names(networks)) for (method in c("manual", "optim")) for (optimizer in optimizer_names()) {
  for (clip in if (optimizer == "momentum") list(NULL, list(norm = 0.5), list(value = 0.001)) else list(NULL)) {
    table <- train_network(
      networks[[network]](arguments[[1]]), "cross_entropy", data, validation = part, epochs = 2, batch_size = 64,
      optimizer = optimizer, lr = 0.01, weight_decay = 0.01, clip = clip, method = method, batch_losses = TRUE,
      schedule = list(name = "cosine", steps = 8), schedule_every = "batch"
    )
    run <- paste(c(network, method, optimizer, names(clip)), collapse = " ")
    means <- unlist(table[names(table) != "seconds"], use.names = FALSE)
    found[[run]] <- exact(c(attr(table, "batch_losses"), means))
  }
}
cat(jsonlite::toJSON(found))
"""


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_batch_has_the_loss_that_it_has_in_python(engine, dtype):
    there = {run: np.array(numbers, float) for run, numbers in json.loads(engine.run(LOSSES, dtype)).items()}
    data = made_data(250, dtype)
    part = Data(data.x[:60], data.y[:60], ())
    equal = total = 0
    for run, numbers in there.items():
        network, method, optimizer, *clip = run.split()
        table = train_network(
            *(NETWORKS[network](dtype), "cross_entropy", data),
            validation=part,
            epochs=2,
            batch_size=64,
            optimizer=optimizer,
            lr=0.01,
            weight_decay=0.01,
            clip={"norm": {"norm": 0.5}, "value": {"value": 0.001}}[clip[0]] if clip else None,
            method=method,
            batch_losses=True,
            schedule={"name": "cosine", "steps": 8},
            schedule_every="batch",
        )
        means = table.drop(columns="seconds").to_numpy().T.ravel()
        ours = np.array([*table.attrs["batch_losses"], *means])
        np.testing.assert_allclose(numbers, ours, rtol=1e-9 if dtype == "float64" else 1e-4, err_msg=run)
        equal, total = equal + int((ours == numbers).sum()), total + ours.size
    assert len(there) == len(NETWORKS) * 2 * (len(optimizer_names()) + 2)
    print(f"{engine.name}, {dtype}: {equal} of {total} numbers equal to the last bit")
    # The same library computes with engine pytorch; {torch} has an older one.
    assert equal == total if engine.name == "pytorch" else equal > 0.9 * total


WRITE = """
model <- networks$cnn("float32")
data <- made_data(100, "float32")
if (arguments[[1]] == "save") {
  train_network(model, "cross_entropy", data, epochs = 1, batch_size = 32, progress = FALSE)
  save_weights(model, arguments[[2]])
} else {
  load_weights(model, arguments[[2]])
}
cat(exact(unlist(evaluate_network(model, "cross_entropy", data))))
"""


def test_weights_travel_between_the_languages(engine, tmp_path):
    file, data = tmp_path / "weights.safetensors", made_data(100, "float32")
    said = engine.run(WRITE, "save", file).split()
    model = load_weights(NETWORKS["cnn"]("float32"), file)
    assert model.state_dict()["1.num_batches_tracked"].item() == 4
    np.testing.assert_allclose(
        np.array(said, float), [*evaluate_network(model, "cross_entropy", data).values()], 1e-6
    )
    train_network(model, "cross_entropy", data, epochs=1, batch_size=32, progress=False)
    save_weights(model, file)
    said = engine.run(WRITE, "load", file).split()
    np.testing.assert_allclose(
        np.array(said, float), [*evaluate_network(model, "cross_entropy", data).values()], 1e-6
    )


RESUME = """
table <- train_network(
  networks$cnn("float64"), "cross_entropy", made_data(100, "float64"), epochs = as.numeric(arguments[[2]]),
  batch_size = 32, checkpoint = arguments[[1]], progress = FALSE, method = arguments[[3]], clip = list(norm = 0.5),
  schedule = list(name = "cosine", steps = 6), lr = 1 / 3, optimizer = "adamw"
)
cat(exact(unlist(table[names(table) != "seconds"], use.names = FALSE)))
"""


@pytest.mark.parametrize("method", ["manual", "optim"])
def test_a_run_goes_on_in_the_other_language(engine, tmp_path, method):
    def go_on(file: Path | None, epochs: int) -> np.ndarray:
        table = train_network(
            *(NETWORKS["cnn"]("float64"), "cross_entropy", made_data(100, "float64")),
            epochs=epochs,
            batch_size=32,
            checkpoint=file,
            progress=False,
            method=method,
            clip={"norm": 0.5},
            schedule={"name": "cosine", "steps": 6},
            lr=1 / 3,
            optimizer="adamw",
        )
        return table.drop(columns="seconds").to_numpy().T.ravel()

    whole, file = go_on(None, 4), tmp_path / "run.safetensors"
    # There and back again.
    go_on(file, 1)
    engine.run(RESUME, file, 2, method)
    go_on(file, 3)
    last = np.array(engine.run(RESUME, file, 4, method).split(), float)
    if engine.name == "pytorch":
        np.testing.assert_array_equal(last, whole)
    else:
        np.testing.assert_allclose(last, whole, rtol=1e-9)


KILLED = """
settings <- if (arguments[[2]] == "manual") {
  list(optimizer = "adamw", lr = 0.01, schedule = list(name = "cosine", steps = 10))
} else {
  list(optimizer = "momentum", lr = 0.05, schedule = list(name = "plateau", patience = 0, threshold = 0.05))
}
torch_manual_seed(0)
model <- nn_sequential(nn_flatten(), nn_linear(144, 16), nn_tanh(), nn_dropout(0.2), nn_linear(16, 10))
table <- do.call(train_network, c(
  list(model, "cross_entropy", made_data(4000, "float32"), validation = made_data(100, "float32"), epochs = 10,
       batch_size = 16, checkpoint = if (nzchar(arguments[[1]])) arguments[[1]], method = arguments[[2]]), settings
))
writeLines(exact(unlist(table[names(table) != "seconds"])), arguments[[3]])
"""


@pytest.mark.parametrize("method", ["manual", "optim"])
def test_a_killed_r_starts_again_and_ends_alike(engine, tmp_path, method):
    def start(checkpoint: Any, table: Path) -> subprocess.Popen[bytes]:
        command, environment = engine.command(KILLED, checkpoint, method, table)
        return subprocess.Popen(command, env=environment)

    assert start("", tmp_path / "whole.txt").wait(timeout=200) == 0
    file, kills = tmp_path / "run.safetensors", 0
    for attempt in range(30):
        process = start(file, tmp_path / "again.txt")
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
        else:
            assert process.wait(timeout=200) == 0
            break
    assert kills > 0
    assert (tmp_path / "again.txt").read_text() == (tmp_path / "whole.txt").read_text()
    assert len((tmp_path / "whole.txt").read_text().split()) == 60


# What is refused, in both languages' words.
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "optimizer": ({"optimizer": "lion"}, 'optimizer = "lion"'),
    "seed": ({"seed": -1}, "seed = -1"),
    "half a seed": ({"seed": 1.5}, "seed = 1.5"),
    "method": ({"method": "hand"}, 'method = "hand"'),
    "epochs": ({"epochs": 0}, "epochs = 0"),
    "no epochs": ({"epochs": None}, "epochs = NULL"),
    "batch_size": ({"batch_size": 2.5}, "batch_size = 2.5"),
    "batch sizes": ({"batch_size": [8, 16]}, "batch_size = c(8, 16)"),
    "schedule_every": ({"schedule_every": "hour"}, 'schedule_every = "hour"'),
    "lr": ({"lr": -1}, "lr = -1"),
    "a flag for lr": ({"lr": True}, "lr = TRUE"),
    "momentum of sgd": ({"optimizer": "sgd", "momentum": 0.9}, 'optimizer = "sgd", momentum = 0.9'),
    "bias_correction": ({"bias_correction": "yes"}, 'bias_correction = "yes"'),
    "clip": ({"clip": {"norm": 0}}, "clip = list(norm = 0)"),
    "a number for checkpoint": ({"checkpoint": 5}, "checkpoint = 5"),
    "clip by two": ({"clip": {"norm": 1, "value": 1}}, "clip = list(norm = 1, value = 1)"),
    "loss": ({"loss": "hinge"}, 'loss = "hinge"'),
    "a number for loss": ({"loss": 3}, "loss = 3"),
    "scores": ({"scores": "f1"}, 'scores = "f1"'),
    "one of the scores": ({"scores": ["accuracy", "f1"]}, 'scores = c("accuracy", "f1")'),
    "a score": ({"scores": {"a": 1}}, "scores = list(a = 1)"),
    "a score called loss": ({"scores": {"loss": lambda o, y: 1}}, "scores = list(loss = function(o, y) 1)"),
    "train": ({"train": 3}, "train = 3"),
    "train without y": ({"train": {"x": 1}}, "train = list(x = 1)"),
    "validation": ({"validation": "fashion"}, 'validation = "fashion"'),
    "lengths": ({"test": (90, 3)}, "test = list(x = data$x, y = data$y[1:3])"),
    "empty": ({"test": (0, 0)}, "test = list(x = torch_zeros(0, 1, 12, 12), y = torch_zeros(0))"),
    "dtype": ({"test": "float64"}, 'test = made_data(90, "float64")'),
    "test watched": ({"watch": "test_loss"}, 'watch = "test_loss"'),
    "watch": ({"watch": "train_loss"}, 'watch = "train_loss"'),
    "watch without scores": ({"scores": [], "watch": 5}, "scores = list(), watch = 5"),
    "schedule": ({"schedule": {"name": "lunar"}}, 'schedule = list(name = "lunar")'),
    "schedule without steps": ({"schedule": {"name": "cosine"}}, 'schedule = list(name = "cosine")'),
    "long warmup": (
        {"schedule": {"name": "warmup", "warmup": 11, "then": {"name": "constant"}}},
        'schedule = list(name = "warmup", warmup = 11, then = list(name = "constant"))',
    ),
    "plateau": ({"schedule": {"name": "plateau"}}, 'schedule = list(name = "plateau")'),
    "plateau per batch": (
        {"schedule": {"name": "plateau"}, "validation": "float32", "schedule_every": "batch"},
        'schedule = list(name = "plateau"), validation = data, schedule_every = "batch"',
    ),
    "device": ({"device": "tpu"}, 'device = "tpu"'),
    "a rate below zero": (
        {"method": "manual", "schedule": lambda t: -1},
        'method = "manual", schedule = function(t) -1',
    ),
    "model": ({"model": nn.Flatten()}, "model = nn_flatten()"),
}


def python_settings(settings: dict[str, Any], data: Data) -> dict[str, Any]:
    """Write a case's short names of data out."""
    for part in ("validation", "test"):
        given = settings.get(part)
        if isinstance(given, tuple):
            settings = settings | {part: Data(data.x[: given[0]], data.y[: given[1]], ())}
        elif given in ("float32", "float64"):
            settings = settings | {part: made_data(90, given)}
    return settings


def test_both_languages_refuse_with_the_same_line(engine):
    calls = "".join(f"said[[{json.dumps(name)}]] <- refused({code})\n" for name, (_, code) in BAD.items())
    script = f"""
data <- made_data(90, "float32")
said <- list()
refused <- function(...) {{
  given <- list(...)
  usual <- list(model = networks$tanh("float32"), loss = "cross_entropy", train = data, progress = FALSE)
  arguments <- c(usual[setdiff(names(usual), names(given))], given)
  tryCatch(
    {{
      do.call(train_network, arguments, quote = TRUE)
      "nothing was refused"
    }},
    gradpath_error = conditionMessage
  )
}}
{calls}
cat(jsonlite::toJSON(said, auto_unbox = TRUE))
"""
    there = json.loads(engine.run(script))
    data = made_data(90, "float32")
    for name, (settings, code) in BAD.items():
        usual = {"model": NETWORKS["tanh"]("float32"), "loss": "cross_entropy", "train": data, "progress": False}
        with pytest.raises(GradpathError) as refused:
            train_network(**usual | python_settings(settings, data))
        assert there[name] == str(refused.value), (name, code)
        assert "\n" not in there[name]


# What a rule or a loop of training cannot do without. `autograd_grad` of gradpath_verbs.py is a verb;
# a rule takes roots and a loop goes backward and steps.
OF_TRAINING = {"backward", "step", "zero_grad", "sqrt", "rsqrt", "cross_entropy", "addcdiv", "addcmul", "lerp"}


def words_of_training(source: str) -> set[str]:
    """Return which of these a module asks the library, or an object of it, for."""
    return {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)} & OF_TRAINING


def test_the_python_of_the_r_package_has_neither_a_rule_nor_a_loop():
    loop = "for x in batches:\n loss = nn.functional.cross_entropy(model(x), y)\n loss.backward()\n opt.step()"
    assert words_of_training(loop) == {"cross_entropy", "backward", "step"}
    assert words_of_training("def adam(x, m, v): return x - m / (torch.sqrt(v) + eps)") == {"sqrt"}
    files = sorted((PROJECT / "r" / "inst" / "python").glob("*.py"))
    assert len(files) >= 3
    for file in files:
        words = words_of_training(file.read_text(encoding="utf-8"))
        assert not words, f"{file.name} has {words}: training belongs into R"


BAR = """
options(cli.progress_show_after = 0)
train_network(networks$tanh("float32"), "cross_entropy", made_data(10000, "float32"), epochs = 4, batch_size = 8,
              progress = arguments[[1]] == "shown")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are of Unix")
@pytest.mark.parametrize("shown", [True, False], ids=["shown", "not shown"])
def test_a_terminal_sees_a_bar_with_loss_and_rate(engine, shown):
    command, environment = engine.command(BAR, "shown" if shown else "not")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, env=environment | {"TERM": "xterm"}, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            said += os.read(ours, 4096)
        except OSError:
            break
    assert process.wait(timeout=200) == 0
    if not shown:
        assert said == b""
        return
    text = said.decode()
    assert "epoch 2/4" in text
    assert "lr 0.001" in text
    # Ten times a second at most.
    assert 2 < text.count("loss ") < 1000
