"""train_network() and evaluate_network() on what is none of theirs: one line each, the same in both languages."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import nn

from gradpath import GradpathError, evaluate_network, plot_schedules, plot_walks, schedule_rates, train_network
from gradpath.data.datasets import Data
from gradpath.training.guards import check_two
from gradpath.workshop.r_process import R

N = 40


def made_data() -> Data:
    """Make 40 samples of 6 numbers in 3 classes."""
    x = (torch.arange(N * 6, dtype=torch.float64).reshape(N, 6) % 7 - 3) / 3
    return Data(x, torch.arange(N) % 3, ())


def network() -> nn.Sequential:
    """Make a small network."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 3)).double()


class Gives(nn.Module):
    """A model that gives what a function makes of a network's outputs."""

    def __init__(self, change: Any) -> None:
        super().__init__()
        self.inner, self.change = network(), change

    def forward(self, x: Any) -> Any:
        """Return something else."""
        return self.change(self.inner(x))


class Mixed(nn.Module):
    """A model of two dtypes."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(6, 6).double(), nn.Linear(6, 3)

    def forward(self, x: Any) -> Any:
        """Never called."""
        raise AssertionError(x)


DATA = made_data()
Y = DATA.y


def with_targets(y: Any) -> Data:
    """Take other targets."""
    return Data(DATA.x, y, ())


def broken(value: float) -> Data:
    """Make one number of the samples another."""
    x = DATA.x.clone()
    x[3, 2] = value
    return Data(x, Y, ())


def failing(*given: Any) -> Any:
    """Fail as a reader's function may."""
    raise ZeroDivisionError("of the reader's own")


class Case(NamedTuple):
    """What is given in Python and in R, and the line that both say; ``r`` where R's is another."""

    settings: dict[str, Any]
    code: str
    line: str
    r: str = ""


ONE_ROW = "let it give one row for each sample"
A_MEAN = "let it give the mean over the samples, a tensor of one element"
INT64 = "cross_entropy takes int64 classes, one for each sample"
WORD = "a word of letters, digits and _, none of loss, epoch, seconds, lr, batch_losses"
TWO = "use one of two, outputs and targets"
NO_SCORE = "is not accepted; use one of accuracy, or functions by name"
RATE = "is not accepted; use a function that gives a finite number >= 0"
BACK = "autograd cannot follow back to"

CASES = {
    # Labels.
    "label -100": Case(
        {"train": with_targets(torch.where(Y == 2, -100, Y))},
        "train = targets(torch_where(data$y == 3L, torch_full_like(data$y, -100L), data$y))",
        "train: has a target of class -100; use classes from 0",
        "train: has a target of class -100; use classes from 1",
    ),
    "label below the first": Case(
        {"validation": with_targets(Y - 1)},
        "validation = targets(data$y - 1L)",
        "validation: has a target of class -1; use classes from 0",
        "validation: has a target of class 0; use classes from 1",
    ),
    "label beyond the last": Case(
        {"train": with_targets(Y + 1)},
        "train = targets(data$y + 1L)",
        "train: has a target of class 3; the model gives numbers for classes from 0 to 2",
        "train: has a target of class 4; the model gives numbers for classes from 1 to 3",
    ),
    "label beyond the last, in the test part": Case(
        {"test": with_targets(Y + 1)},
        "test = targets(data$y + 1L)",
        "test: has a target of class 3; the model gives numbers for classes from 0 to 2",
        "test: has a target of class 4; the model gives numbers for classes from 1 to 3",
    ),
    "labels that are floats": Case(
        {"train": with_targets(Y.double())},
        "train = targets(data$y$to(dtype = torch_float64()))",
        f"train: has targets of float64, a tensor of shape (40,); {INT64}",
    ),
    "int32 labels": Case(
        {"train": with_targets(Y.int())},
        "train = targets(data$y$to(dtype = torch_int32()))",
        f"train: has targets of int32, a tensor of shape (40,); {INT64}",
    ),
    "boolean labels": Case(
        {"test": with_targets(Y > 1)},
        "test = targets(data$y > 1L)",
        f"test: has targets of bool, a tensor of shape (40,); {INT64}",
    ),
    "labels in two dimensions": Case(
        {"train": with_targets(Y.reshape(-1, 1))},
        "train = targets(data$y$reshape(c(-1, 1)))",
        f"train: has targets of int64, a tensor of shape (40, 1); {INT64}",
    ),
    "shares of another shape": Case(
        {"train": with_targets(torch.ones(N, 2, dtype=torch.float64) / 2), "scores": []},
        "train = targets(torch_ones(40, 2, dtype = torch_float64()) / 2), scores = list()",
        "model: gave a tensor of shape (16, 3) for targets of shape (16, 2); cross_entropy takes one shape for both",
    ),
    "mse and classes": Case(
        {"loss": "mse", "scores": []},
        'loss = "mse", scores = list()',
        "train: has targets of int64 and samples of float64; mse takes one dtype for both",
    ),
    "mse of a column and a row": Case(
        {"loss": "mse", "scores": [], "train": with_targets(Y.double())},
        'loss = "mse", scores = list(), train = targets(data$y$to(dtype = torch_float64()))',
        "model: gave a tensor of shape (16, 3) for targets of shape (16,); mse takes one shape for both",
    ),
    # Samples.
    "nan": Case(
        {"train": broken(float("nan"))},
        "train = broken(NaN)",
        "train: has numbers that are not finite in 1 of 40 samples; use finite numbers",
    ),
    "inf in the validation part": Case(
        {"validation": broken(float("inf"))},
        "validation = broken(Inf)",
        "validation: has numbers that are not finite in 1 of 40 samples; use finite numbers",
    ),
    "targets that are not finite": Case(
        {"loss": "mse", "scores": [], "train": with_targets(torch.full((N, 3), torch.nan, dtype=torch.float64))},
        'loss = "mse", scores = list(), train = targets(torch_full(c(40, 3), NaN, dtype = torch_float64()))',
        "train: has numbers that are not finite in 40 of 40 targets; use finite numbers",
    ),
    "samples without a dimension": Case(
        {"train": Data(torch.tensor(1.0, dtype=torch.float64), torch.tensor(1), ())},
        "train = list(x = torch_scalar_tensor(1, dtype = torch_float64()), y = torch_scalar_tensor(1L))",
        "train: has 0 samples and 0 targets; use as many, and at least one",
    ),
    "no training data": Case(
        {"train": None},
        "train = NULL",
        "train: null is not accepted; use data with tensors x and y, such as fashion_mnist() gives",
    ),
    # Models.
    "a number for a model": Case(
        {"model": 3}, "model = 3", "model: 3 is not accepted; use a module, such as lenet() gives"
    ),
    "a function for a model": Case(
        {"model": failing},
        "model = function(x) x",
        "model: function is not accepted; use a module, such as lenet() gives",
    ),
    "no model": Case(
        {"model": None}, "model = NULL", "model: null is not accepted; use a module, such as lenet() gives"
    ),
    "a tuple from the model": Case(
        {"model": Gives(lambda out: (out, out))},
        "model = gives(function(out) list(out, out))",
        f"model: gave something else than a tensor; {ONE_ROW}",
    ),
    "half the rows": Case(
        {"model": Gives(lambda out: out[::2])},
        "model = gives(function(out) out[1:8, ])",
        f"model: gave a tensor of shape (8, 3) for 16 samples; {ONE_ROW}",
    ),
    "one number from the model": Case(
        {"model": Gives(lambda out: out.sum())},
        "model = gives(function(out) out$sum())",
        f"model: gave a tensor of shape () for 16 samples; {ONE_ROW}",
    ),
    "a third dimension": Case(
        {"model": Gives(lambda out: out[..., None]), "scores": []},
        "model = gives(function(out) out$unsqueeze(3)), scores = list()",
        "model: gave a tensor of shape (16, 3, 1); cross_entropy takes a number for each sample and class",
    ),
    "detached outputs": Case(
        {"model": Gives(lambda out: out.detach())},
        "model = gives(function(out) out$detach())",
        f"model: gave outputs that {BACK} its parameters; detach nothing in it",
    ),
    "two dtypes": Case(
        {"model": Mixed()},
        "model = mixed()",
        "model: has parameters of float64 and float32; use one dtype for all",
    ),
    "an error of the model": Case(
        {"model": Gives(failing)},
        'model = gives(function(out) stop("of the reader\'s own"))',
        r"model: your model failed: ZeroDivisionError: of the reader's own (test_hostile_training.py, line ",
        "model: your model failed: of the reader's own (in change(self$inner(x)))",
    ),
    "samples of another width": Case(
        {"train": Data(DATA.x[:, :4], Y, ())},
        "train = list(x = data$x[, 1:4], y = data$y)",
        "model: your model failed: RuntimeError: mat1 and mat2 shapes cannot be multiplied (16x4 and 6x3)",
        "model: your model failed: ",
    ),
    # Losses.
    "a number from the loss": Case(
        {"loss": lambda out, y: 3.0},
        "loss = function(out, y) 3",
        f"loss: gave something else than a tensor; {A_MEAN}",
    ),
    "a vector from the loss": Case(
        {"loss": lambda out, y: out.mean(1)},
        "loss = function(out, y) out$mean(dim = 2)",
        f"loss: gave a tensor of shape (16,); {A_MEAN}",
    ),
    "a detached loss": Case(
        {"loss": lambda out, y: out.detach().mean()},
        "loss = function(out, y) out$detach()$mean()",
        f"loss: gave a number that {BACK} the outputs; compute it from them with tensor operations, detaching"
        " nothing",
    ),
    "a whole number from the loss": Case(
        {"loss": lambda out, y: y.sum()},
        "loss = function(out, y) y$sum()",
        "loss: gave a tensor of int64; let it give a floating dtype",
    ),
    "a loss of one argument": Case(
        {"loss": lambda out: out.mean()},
        "loss = function(out) out$mean()",
        f"loss: a function of 1 arguments is not accepted; {TWO}",
    ),
    "a loss of three arguments": Case(
        {"loss": lambda out, y, w: out.mean()},
        "loss = function(out, y, w) out$mean()",
        f"loss: a function of 3 arguments is not accepted; {TWO}",
    ),
    "an error of the loss": Case(
        {"loss": lambda out, y: failing()},
        'loss = function(out, y) stop("of the reader\'s own")',
        r"loss: your function failed: ZeroDivisionError: of the reader's own (test_hostile_training.py, line ",
        "loss: your function failed: of the reader's own (in loss(outputs, targets))",
    ),
    # Scores.
    "no scores": Case({"scores": None}, "scores = NULL", f"scores: null {NO_SCORE}"),
    "a number for scores": Case({"scores": 5}, "scores = 5", f"scores: 5 {NO_SCORE}"),
    "a function for scores": Case({"scores": failing}, "scores = function(o, y) 1", f"scores: function {NO_SCORE}"),
    "a score that gives a vector": Case(
        {"scores": {"many": lambda out, y: out}},
        "scores = list(many = function(out, y) out)",
        "scores: many: gave something else than one number; return a tensor of one element",
    ),
    "a score that gives a text": Case(
        {"scores": {"text": lambda out, y: "high"}},
        'scores = list(text = function(out, y) "high")',
        "scores: text: gave something else than one number; return a tensor of one element",
    ),
    "a score called epoch": Case(
        {"scores": {"epoch": lambda out, y: 1.0}},
        "scores = list(epoch = function(out, y) 1)",
        f"scores, name: 'epoch' is not accepted; use {WORD}",
    ),
    "a score called loss": Case(
        {"scores": {"loss": lambda out, y: 1.0}},
        "scores = list(loss = function(out, y) 1)",
        f"scores, name: 'loss' is not accepted; use {WORD}",
    ),
    "a score without a name": Case(
        {"scores": {"": lambda out, y: 1.0, "a": lambda out, y: 1.0}},
        "scores = list(function(out, y) 1, a = function(out, y) 1)",
        f"scores, name: '' is not accepted; use {WORD}",
    ),
    "a score with a line break": Case(
        {"scores": {"a\nb": lambda out, y: 1.0}},
        'scores = list("a\\nb" = function(out, y) 1)',
        rf"scores, name: 'a\nb' is not accepted; use {WORD}",
    ),
    "a score of one argument": Case(
        {"scores": {"a": lambda out: 1.0}},
        "scores = list(a = function(out) 1)",
        f"scores, 'a': a function of 1 arguments is not accepted; {TWO}",
    ),
    "an error of a score": Case(
        {"scores": {"a": failing}},
        'scores = list(a = function(out, y) stop("of the reader\'s own"))',
        r"scores: a: your function failed: ZeroDivisionError: of the reader's own (test_hostile_training.py, line ",
        "scores: a: your function failed: of the reader's own (in score(outputs, targets))",
    ),
    # Schedules.
    "a rate below zero by hand": Case(
        {"schedule": lambda t: -1, "method": "manual"},
        'schedule = function(t) -1, method = "manual"',
        f"schedule gave: -1 {RATE}",
    ),
    "a rate below zero by optim": Case(
        {"schedule": lambda t: -1}, "schedule = function(t) -1", f"schedule gave: -1 {RATE}"
    ),
    "a rate below zero later": Case(
        {"schedule": lambda t: 0.1 - t},
        "schedule = function(t) 0.1 - t",
        f"schedule gave: -0.9 {RATE}",
    ),
    "a factor below zero by hand": Case(
        {"schedule": {"name": "lambda", "lr_lambda": lambda t: -1}, "method": "manual"},
        'schedule = list(name = "lambda", lr_lambda = function(t) -1), method = "manual"',
        f"lr_lambda gave: -1 {RATE}",
    ),
    "a factor below zero by optim": Case(
        {"schedule": {"name": "lambda", "lr_lambda": lambda t: -1}},
        'schedule = list(name = "lambda", lr_lambda = function(t) -1)',
        f"lr_lambda gave: -1 {RATE}",
    ),
    "a text for a rate": Case(
        {"schedule": lambda t: "fast"}, 'schedule = function(t) "fast"', f"schedule gave: 'fast' {RATE}"
    ),
    "an error of the schedule": Case(
        {"schedule": failing},
        'schedule = function(t) stop("of the reader\'s own")',
        r"schedule: your function failed: ZeroDivisionError: of the reader's own (test_hostile_training.py, line ",
        "schedule: your function failed: of the reader's own (in schedule(t))",
    ),
    # Words and flags.
    "a word for progress": Case(
        {"progress": "yes"}, 'progress = "yes"', "progress: 'yes' is not accepted; use true or false"
    ),
    "a number for batch_losses": Case(
        {"batch_losses": 1}, "batch_losses = 1", "batch_losses: 1 is not accepted; use true or false"
    ),
    "an empty index of a device": Case(
        {"device": "cpu:"},
        'device = "cpu:"',
        "device: 'cpu:' is not accepted; use cpu (no CUDA device is available here)",
    ),
    "half an epoch": Case({"epochs": 1.5}, "epochs = 1.5", "epochs: 1.5 is not accepted; use a whole number >= 1"),
    "a text for the batch size": Case(
        {"batch_size": "16"}, 'batch_size = "16"', "batch_size: '16' is not accepted; use a whole number >= 1"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_none_of_its_own_is_refused_with_one_line(name):
    if name.endswith("of a device") and torch.cuda.is_available():
        pytest.skip("a CUDA device is here, and the line names it")
    case = CASES[name]
    usual = {"model": network(), "loss": "cross_entropy", "train": DATA, "epochs": 2, "batch_size": 16}
    with pytest.raises(GradpathError) as refused:
        train_network(**usual | {"progress": False} | case.settings)
    assert str(refused.value).startswith(f"train_network(): {case.line}")
    assert "\n" not in str(refused.value)


SCRIPT = """
suppressMessages(library(gradpath))
data <- list(
  x = ((torch_arange(0, 239, dtype = torch_float64())$reshape(c(40, 6)) %% 7) - 3) / 3,
  y = torch_tensor(rep(1:3, 14)[1:40])
)
network <- function() {
  torch_manual_seed(0)
  in_double(nn_sequential(nn_linear(6, 3)))
}
in_double <- function(model) {
  model$to(dtype = torch_float64())
  model
}
gives <- function(change) {
  nn_module(
    "gives",
    initialize = function() self$inner <- network(),
    forward = function(x) change(self$inner(x))
  )()
}
mixed <- nn_module("mixed", initialize = function() {
  self$first <- in_double(nn_linear(6, 6))
  self$second <- nn_linear(6, 3)
}, forward = function(x) x)
targets <- function(y) list(x = data$x, y = y)
broken <- function(value) {
  x <- data$x$clone()
  x[4, 3] <- value
  list(x = x, y = data$y)
}
said <- list()
refused <- function(...) {
  given <- list(...)
  usual <- list(
    model = network(), loss = "cross_entropy", train = data, progress = FALSE, epochs = 2, batch_size = 16
  )
  arguments <- c(usual[setdiff(names(usual), names(given))], given)
  tryCatch(
    {
      do.call(train_network, arguments, quote = TRUE)
      "nothing was refused"
    },
    gradpath_error = conditionMessage,
    error = function(e) paste("a raw error:", conditionMessage(e))
  )
}
"""


def test_r_refuses_with_the_same_lines(r: R):
    calls = "".join(f"said[[{json.dumps(name)}]] <- refused({case.code})\n" for name, case in CASES.items())
    there = json.loads(r.run(SCRIPT + calls + "cat(jsonlite::toJSON(said, auto_unbox = TRUE))", quiet=True))
    wrong = {}
    for name, case in CASES.items():
        line = f"train_network(): {case.r or case.line}"
        if there[name] != line and not (case.r and there[name].startswith(line)):
            wrong[name] = there[name]
        assert "\n" not in there[name]
    assert not wrong


def test_evaluation_refuses_under_its_own_name():
    for settings, line in [
        ({"model": 3}, "model: 3 is not accepted; use a module"),
        ({"data": with_targets(Y + 1)}, "data: has a target of class 3; the model gives numbers for classes from 0"),
        ({"data": broken(float("nan"))}, "data: has numbers that are not finite in 1 of 40 samples"),
        ({"loss": lambda out, y: 3.0}, "loss: gave something else than a tensor"),
        ({"scores": {"a": failing}}, "scores: a: your function failed: ZeroDivisionError"),
    ]:
        with pytest.raises(GradpathError, match=re.escape(f"evaluate_network(): {line}")):
            evaluate_network(**{"model": network(), "loss": "cross_entropy", "data": DATA} | settings)


def test_whole_floats_and_numbers_of_numpy_are_numbers():
    def run(**settings: Any) -> list[float]:
        usual = {"epochs": 2, "batch_size": 16, "lr": 0.25, "seed": 1}
        table = train_network(network(), "cross_entropy", DATA, progress=False, batch_losses=True, **usual | settings)
        return table.attrs["batch_losses"]

    whole = run()
    assert run(epochs=2.0, batch_size=16.0, seed=1.0) == whole
    assert run(epochs=np.int64(2), batch_size=np.int32(16), lr=np.float64(0.25)) == whole
    assert run(schedule=lambda t: np.float64(0.25)) == run(schedule=lambda t: 0.25)
    assert evaluate_network(network(), "cross_entropy", DATA, batch_size=16.0) == evaluate_network(
        network(), "cross_entropy", DATA, batch_size=16
    )
    assert schedule_rates({"name": "step", "step_size": 2.0}, 0.1, 5.0) == schedule_rates(
        {"name": "step", "step_size": 2}, 0.1, 5
    )


def test_shares_of_classes_are_targets_too():
    shares = nn.functional.one_hot(Y, 3).double()
    soft = train_network(network(), "cross_entropy", with_targets(shares), scores=[], epochs=1, progress=False)
    hard = train_network(network(), "cross_entropy", DATA, scores=[], epochs=1, progress=False)
    np.testing.assert_allclose(soft.train_loss, hard.train_loss, rtol=1e-12)


def test_functions_of_two_arguments_in_any_form_are_taken():
    class Called:
        def __call__(self, outputs: Any, targets: Any) -> Any:
            return outputs.mean()

    for function in (
        *(lambda o, y: 1, lambda o, y, w=1: 1, lambda *given: 1, lambda o, *more: 1, lambda o, y, **more: 1),
        *(Called(), nn.CrossEntropyLoss(), nn.functional.cross_entropy, max),
    ):
        check_two("here", "loss", function)


def test_pictures_of_nothing_are_refused_with_one_line():
    with pytest.raises(GradpathError) as refused:
        plot_schedules([])
    assert str(refused.value) == (
        "plot_schedules(): rates: [] is not accepted; use one sequence of rates per picture, each with a rate"
    )
    for walk, shown in (([5.0, 1.0], "5"), ([], "null"), ([float("nan")], "nan")):
        with pytest.raises(GradpathError) as refused:
            plot_walks([lambda x: x**2], [walk], [(-3, 3)])
        assert str(refused.value) == (
            f"plot_walks(): walks: {shown} is not accepted; use a start in its window, from -3 to 3"
        )


def test_what_autograd_cannot_differentiate_is_named_in_one_line(tmp_path):
    class Backwards(torch.autograd.Function):
        """Goes forward, and fails on the way back."""

        @staticmethod
        def forward(context: Any, x: Any) -> Any:
            return x * 1

        @staticmethod
        def backward(context: Any, g: Any) -> Any:  # type: ignore[override]
            raise RuntimeError("no way back")

    for method in ("manual", "optim"):
        with pytest.raises(GradpathError) as refused:
            train_network(Gives(Backwards.apply), "cross_entropy", DATA, epochs=1, method=method, progress=False)
        assert str(refused.value).startswith(
            "train_network(): model: autograd cannot differentiate your model and your loss: RuntimeError: no way"
        )
