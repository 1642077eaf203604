# Which optimizer, which schedule? Run it from the project's folder, as a script or a notebook.
#| reads: shared_figures/training/full/schedules.python.csv
#| reads: shared_figures/training/full/optimizers.python.csv
#| reads: shared_figures/training/full/cosine.python.csv
#| reads: shared_figures/training/full/cnn.python.csv
#| reads: shared_figures/published/lenet-schedules.csv

# %% data
import math
import statistics
from pathlib import Path

import pandas as pd
import torch

import gradpath

parts = gradpath.digits(dtype="float64")
train, validation = gradpath.split_data(parts.train, 1137, seed=0)
print(f"{len(train.y)} pictures to learn from, {len(validation.y)} to decide with")


# %% run
def run(optimizer, lr, schedule=None, seed=1, epochs=10):
    """Train a small tanh network; return its loss on the validation data at the end."""
    table = gradpath.train_network(
        gradpath.tanh_network(64, [32], seed=seed, dtype="float64"),
        "cross_entropy",
        train,
        validation,
        epochs=epochs,
        batch_size=64,
        optimizer=optimizer,
        lr=lr,
        schedule=schedule,
        seed=seed,
        progress=False,
    )
    return table.validation_loss.iloc[-1]


print(f"SGD with a rate of 0.1, ten epochs: validation loss {run('sgd', 0.1):.4f}")

# %% rates
grid = {
    "sgd": [0.03, 0.1, 0.3, 1],
    "momentum": [0.003, 0.01, 0.03, 0.1],
    "nesterov": [0.003, 0.01, 0.03, 0.1],
    "adamw": [0.001, 0.003, 0.01, 0.03],
}
best = {}
for name, rates in grid.items():
    losses = [run(name, rate) for rate in rates]
    best[name] = rates[losses.index(min(losses))]
    print(
        f"{name:8s}"
        + "".join(f"   {rate:g}: {loss:.4f}" for rate, loss in zip(rates, losses, strict=True))
    )

# %% seeds
by_seed = {name: [run(name, best[name], seed=seed) for seed in range(1, 7)] for name in grid}
for name, losses in by_seed.items():
    spread = f"from {min(losses):.4f} to {max(losses):.4f}"
    text = (
        f"mean {statistics.mean(losses):.4f}, standard deviation {statistics.stdev(losses):.4f}"
    )
    print(f"{name:8s}   rate {best[name]:4g}   {text}, {spread}")

# %% pairs
for one, other in [("sgd", "momentum"), ("momentum", "nesterov"), ("momentum", "adamw")]:
    gaps = [a - b for a, b in zip(by_seed[one], by_seed[other], strict=True)]
    error = statistics.stdev(gaps) / math.sqrt(len(gaps))
    wins = sum(gap > 0 for gap in gaps)
    mean = f"{statistics.mean(gaps):+.4f}, give or take {error:.4f}"
    print(f"{one} minus {other}: {mean}; {other} wins {wins} of 6")

# %% counting
# If a network is right with probability p: the standard error of its share of n pictures.
for n, p in [(300, 0.97), (1000, 0.8), (10000, 0.89)]:
    print(f"{n:5d} pictures, {p:.0%} right: give or take {math.sqrt(p * (1 - p) / n):.4f}")

# %% cosine
cosine = {"name": "cosine", "steps": 10}
for name, rate in [("momentum", 0.1), ("adamw", 0.03), ("adamw", 0.1)]:
    text = f"{name:8s} {rate:4g}"
    for schedule in [None, cosine]:
        losses = [run(name, rate, schedule, seed=seed) for seed in range(1, 7)]
        mean, deviation = statistics.mean(losses), statistics.stdev(losses)
        text += f"   {'cosine' if schedule else 'constant'} {mean:.4f} ({deviation:.4f})"
    print(text)

# %% published
# Fifty runs of the same code, none of them seeded, printed over three years in two editions
# of a book. What it calls multi-step was trained at a constant 0.125; why, see below.
published = pd.read_csv(gradpath.find_table("published/lenet-schedules.csv"), comment="#")
for column in ["train_accuracy", "test_accuracy"]:
    print(f"{column:14s}   English   Chinese   fifty runs: mean, deviation, range")
    for name in ["constant", "inverse-sqrt", "multi-step", "cosine", "warmup-cosine"]:
        rows = published[published["run"] == name]
        english = rows[rows["version"] == "1.0.3"][column].iloc[0]
        chinese = rows[rows["version"] == "2.0.0-beta1"][column].iloc[0]
        fifty = rows[column].tolist()
        text = f"{statistics.mean(fifty):.3f}   {statistics.stdev(fifty):.4f}"
        text += f"   {min(fifty):.3f} to {max(fifty):.3f}"
        print(f"{name:14s}   {english:.3f}     {chinese:.3f}     {text}")


# %% ours
def read_lab(lab, size):
    """Return what was recorded of a lab: how its runs ended, and its table."""
    file = Path(gradpath.find_table(f"training/{size}/{lab}.python.csv"))
    lines = [line for line in file.read_text().splitlines() if line.startswith("# status of ")]
    ended = dict(line.removeprefix("# status of ").split(": ", 1) for line in lines)
    return ended, pd.read_csv(file, comment="#")


def mean_and_range(numbers):
    """Say the mean of the seeds' numbers, and their range if there are several."""
    mean = f"{statistics.mean(numbers.tolist()):.3f}"
    if len(numbers) == 1:
        return mean
    return f"{mean} ({numbers.min():.3f} to {numbers.max():.3f})"


# What we call it, and what the edition calls a run of these rates.
alike = {
    "constant": "constant",
    "inverse-sqrt": "inverse-sqrt",
    "constant-0.125": "multi-step",
    "cosine": "cosine",
    "warmup-cosine": "warmup-cosine",
}
_, table = read_lab("schedules", "full")
ends = table[table["test_accuracy"].notna()]
for column in ["train_accuracy", "test_accuracy"]:
    print(f"{column:14s}   ours: mean, range         fifty runs   apart, in deviations")
    for name, published_as in alike.items():
        numbers = ends[ends["run"] == name][column]
        fifty = published[published["run"] == published_as][column].tolist()
        mean, deviation = statistics.mean(fifty), statistics.stdev(fifty)
        apart = (statistics.mean(numbers.tolist()) - mean) / deviation
        print(f"{name:14s}   {mean_and_range(numbers)}   {mean:.3f}        {apart:+.1f}")

# %% used-up
opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
scheduler = torch.optim.lr_scheduler.MultiStepLR(opt, milestones=[15, 30], gamma=0.5)


def rates_of_30_epochs():
    """Return the rates of 30 epochs; a real loop would train in between."""
    rates = []
    for _ in range(30):
        rates.append(opt.param_groups[0]["lr"])
        opt.step()
        scheduler.step()
    return rates


for purpose in ["for the picture", "for the training"]:
    rates = rates_of_30_epochs()
    text = "   ".join(f"{epoch}: {rates[epoch]:.3f}" for epoch in [0, 14, 15, 29])
    print(f"{purpose:16s}   epoch {text}")

# %% late
then = {"name": "cosine", "steps": 15, "lr_min": 0.01}
schedule = gradpath.make_schedule(
    {"name": "warmup", "warmup": 5, "start_factor": 0, "then": then}, lr=0.3
)
rate, used = 0.3, []
for epoch in range(8):
    used.append(rate)
    rate = schedule(epoch)
print("meant: " + "  ".join(f"{schedule(epoch):.3f}" for epoch in range(8)))
print("used:  " + "  ".join(f"{rate:.3f}" for rate in used))


# %% recorded
def ends_of(lab, size):
    """Return the last rows of a lab's runs: by method, and by rate."""
    ended, table = read_lab(lab, size)
    ends, methods = table[table["test_accuracy"].notna()], {}
    for run_id in dict.fromkeys(key.split(", seed ")[0] for key in ended):
        method, _, rate = run_id.rpartition("-")
        statuses = {status for key, status in ended.items() if key.startswith(f"{run_id}, ")}
        rows = ends[ends["run"] == run_id] if statuses == {"finished"} else None
        methods.setdefault(method, {})[rate] = rows
    return methods


def show_best(lab, size):
    """Print each method's rate with the best mean validation, and the test of that one only."""
    print("method            rates            best   validation, and range     test, and range")
    for method, ends in ends_of(lab, size).items():
        means = {
            rate: statistics.mean(rows.validation_accuracy.tolist())
            for rate, rows in ends.items()
            if rows is not None
        }
        best, tried = max(means, key=means.get), list(ends)
        text = f"{method:15s}   {f'{tried[0]} to {tried[-1]}':14s} {best:>6s}"
        text += f"   {mean_and_range(ends[best].validation_accuracy):22s}"
        print(f"{text}   {mean_and_range(ends[best].test_accuracy)}")


# %% optimizers
show_best("optimizers", "full")

# %% restless
_, table = read_lab("optimizers", "full")
for run_id in ["sgd-0.03", "sgd-0.1", "sgd-0.3", "sgd-1", "momentum-0.03", "adamw-0.001"]:
    rows = table[table["run"] == run_id]
    train_end = statistics.mean(rows[rows["epoch"] == 15].train_accuracy.tolist())
    late = rows[rows["epoch"] > 10].validation_accuracy
    text = f"train {train_end:.3f}   validation {late.min():.3f} to {late.max():.3f}"
    print(f"{run_id:13s}   {text}")

# %% cosine-lab
show_best("cosine", "full")

# %% cnn-lab
show_best("cnn", "full")

# %% solution-1
# One rate further on for each of them.
for name, rate in [("sgd", 2), ("momentum", 0.3), ("nesterov", 0.3), ("adamw", 0.1)]:
    losses = [run(name, rate, seed=seed) for seed in range(1, 7)]
    text = f"mean {statistics.mean(losses):.2f}, from {min(losses):.2f} to {max(losses):.2f}"
    print(f"{name:8s}   rate {rate:3g}   {text}")

# %% solution-2
warmup = {
    "name": "warmup",
    "warmup": 2,
    "start_factor": 0.1,
    "then": {"name": "cosine", "steps": 8},
}
for name, schedule in [("cosine", cosine), ("warmup, then cosine", warmup)]:
    losses = [run("adamw", 0.1, schedule, seed=seed) for seed in range(1, 7)]
    mean, deviation = statistics.mean(losses), statistics.stdev(losses)
    print(f"{name:19s}   mean {mean:.4f}, standard deviation {deviation:.4f}")

# %% solution-3
# With n runs of each a difference is found in four of five cases, wrongly seen in one of 20.
deviation = statistics.stdev(by_seed["momentum"])
for difference in [0.02, 0.01, 0.005, 0.001]:
    n = math.ceil(2 * (1.96 + 0.84) ** 2 * deviation**2 / difference**2)
    print(f"to tell a difference of {difference:.3f}: {n} runs of each")
