# Starting well, staying stable. Run it from the project's folder, as a script or as a notebook.
#| reads: shared_figures/training/full/initialization.python.csv
#| reads: shared_figures/training/full/batch-norm.python.csv
#| reads: shared_figures/training/full/clipping.python.csv
#| reads: shared_figures/training/full/batch-size.python.csv
#| reads: shared_figures/training/full/depth.python.csv

# %% data
import math
import statistics
from pathlib import Path

import pandas as pd
import torch

import gradpath

parts = gradpath.digits(dtype="float64")
train, validation = gradpath.split_data(parts.train, 1137, seed=0)
x, y = train.x[:64], train.y[:64]


def fit(network, epochs=5, batch_size=64, **settings):
    """Train a network; return its loss and accuracy on the validation data at the end."""
    table = gradpath.train_network(
        network,
        "cross_entropy",
        train,
        validation,
        epochs=epochs,
        batch_size=batch_size,
        progress=False,
        **settings,
    )
    last = table.iloc[-1]
    return last.validation_loss, last.validation_accuracy


# %% zeros
network = gradpath.tanh_network(64, [4], init="zeros", dtype="float64")
torch.nn.functional.cross_entropy(network(x), y).backward()
names = ["hidden weights", "hidden biases", "output weights", "output biases"]
for name, parameter in zip(names, network.parameters(), strict=True):
    print(f"{name:14s}   largest slope {parameter.grad.abs().max().item():.6f}")
loss, accuracy = fit(network, optimizer="sgd", lr=0.1)
print(
    f"after five epochs: loss {loss:.4f}, accuracy {accuracy:.3f}; ln 10 is {math.log(10):.4f}"
)


# %% alike
def unlike(network):
    """Return the largest difference of any hidden unit's weights from the first one's."""
    weights = next(iter(network.parameters())).detach()
    return (weights - weights[:1]).abs().max().item()


network = gradpath.tanh_network(64, [4], seed=1, dtype="float64")
with torch.no_grad():
    for parameter in list(network.parameters())[:3]:
        parameter.fill_(0.05)
loss, accuracy = fit(network, optimizer="sgd", lr=0.5)
text = f"unlike by {unlike(network):.6f}, loss {loss:.4f}, accuracy {accuracy:.3f}"
print(f"four equal units:   {text}")
network = gradpath.tanh_network(64, [4], seed=1, dtype="float64")
loss, accuracy = fit(network, optimizer="sgd", lr=0.5)
text = f"unlike by {unlike(network):.6f}, loss {loss:.4f}, accuracy {accuracy:.3f}"
print(f"four units, drawn:  {text}")


# %% layers
def forward(inputs, deviation, activation, depth=20):
    """Send inputs through layers of 64 units, weights normal; return what each layer gives."""
    torch.manual_seed(1)
    outputs = []
    for _ in range(depth):
        weights = torch.randn(64, 64, dtype=torch.float64) * deviation
        inputs = activation(inputs @ weights)
        outputs.append(inputs)
    return outputs


def size(numbers):
    """Return the root of the mean square."""
    return numbers.pow(2).mean().sqrt().item()


# Each pixel in units of its own spread over the batch; those without any stay at zero.
pixels = x.reshape(64, 64)
pixels = (pixels - pixels.mean(0)) / (pixels.std(0) + 1e-6)
starts = {
    "too small": 0.01,
    "Xavier": math.sqrt(1 / 64),
    "He": math.sqrt(2 / 64),
    "too large": 0.5,
}
for activation in [torch.tanh, torch.relu]:
    for name, deviation in starts.items():
        outputs = forward(pixels, deviation, activation)
        sizes = "   ".join(
            f"{layer:2d}: {size(outputs[layer - 1]):.1e}" for layer in [1, 2, 5, 10, 20]
        )
        print(f"{activation.__name__}   {name:9s}   layer {sizes}")

# %% backwards
for activation in [torch.tanh, torch.relu]:
    for name, deviation in starts.items():
        inputs = pixels.clone().requires_grad_()
        outputs = forward(inputs, deviation, activation)
        (last,) = outputs[-1:]
        slopes = torch.autograd.grad(
            (last * last.detach().sign()).mean(), [outputs[18], outputs[9], inputs]
        )
        sizes = "   ".join(
            f"{at}: {size(slope):.1e}" for at, slope in zip([19, 10, 0], slopes, strict=True)
        )
        print(f"{activation.__name__}   {name:9s}   after layer {sizes}")

# %% factor
# By what a layer multiplies the mean square: 64 times the variance of its weights, and half.
for name, deviation in starts.items():
    outputs = forward(pixels, deviation, torch.relu)
    measured = (size(outputs[19]) / size(outputs[9])) ** (2 / 10)
    print(f"{name:9s}   expected {64 * deviation**2 / 2:7.4f}   measured {measured:7.4f}")

# %% starts
for init in ["zeros", "small", "default", "xavier", "he"]:
    network = gradpath.tanh_network(64, [32] * 8, init=init, seed=1, dtype="float64")
    loss, accuracy = fit(network, optimizer="sgd", lr=0.1)
    print(f"{init:7s}   loss {loss:.4f}, accuracy {accuracy:.3f}")


# %% recorded
def read_lab(lab, size):
    """Return what was recorded of a lab: how its runs ended, and its table."""
    file = Path(gradpath.find_table(f"training/{size}/{lab}.python.csv"))
    lines = [line for line in file.read_text().splitlines() if line.startswith("# status of ")]
    ended = dict(line.removeprefix("# status of ").split(": ", 1) for line in lines)
    return ended, pd.read_csv(file, comment="#")


def show_lab(lab, size):
    """Print how each run ended; in brackets the range of the last three validations."""
    ended, table = read_lab(lab, size)
    for key, status in ended.items():
        run_id, seed = key.split(", seed ")
        rows = table[(table["run"] == run_id) & (table["seed"] == int(seed))]
        if status == "finished":
            last, late = rows.iloc[-1], rows.validation_accuracy.tail(3)
            text = f"{last.validation_accuracy:.3f} ({late.min():.3f} to {late.max():.3f})"
            status = f"train {last.train_accuracy:.3f}   validation {text}"
            status += f"   test {last.test_accuracy:.3f}"
        print(f"{run_id:9s}   seed {seed}   {status}")


def mean_and_range(numbers):
    """Say the mean of the seeds' numbers, and their range if there are several."""
    mean = f"{statistics.mean(numbers.tolist()):.3f}"
    if len(numbers) == 1:
        return mean
    return f"{mean} ({numbers.min():.3f} to {numbers.max():.3f})"


def ends_of(lab, size):
    """Return the last rows of a lab's runs: by method, and by the number its runs differ in."""
    ended, table = read_lab(lab, size)
    ends, methods = table[table["test_accuracy"].notna()], {}
    for run_id in dict.fromkeys(key.split(", seed ")[0] for key in ended):
        method, _, number = run_id.rpartition("-")
        statuses = {status for key, status in ended.items() if key.startswith(f"{run_id}, ")}
        rows = ends[ends["run"] == run_id] if statuses == {"finished"} else None
        methods.setdefault(method, {})[number] = rows
    return methods


def show_against(lab, size):
    """Print validation at the end, the mean of the seeds: methods in rows, numbers across."""
    methods = ends_of(lab, size)
    (numbers, *_) = methods.values()
    print(f"{'validation':18s}" + "".join(f"{number:>9s}" for number in numbers))
    for method, ends in methods.items():
        text = f"{method:18s}"
        for rows in ends.values():
            if rows is None:
                text += " diverged"
            else:
                text += f"{statistics.mean(rows.validation_accuracy.tolist()):9.3f}"
        print(text)


def show_best(lab, size):
    """Print each method's number with the best mean validation, and the test of it only."""
    print("method               best   validation, and range     test, and range")
    for method, ends in ends_of(lab, size).items():
        means = {
            number: statistics.mean(rows.validation_accuracy.tolist())
            for number, rows in ends.items()
            if rows is not None
        }
        best = max(means, key=means.get)
        text = f"{method:18s} {best:>6s}   {mean_and_range(ends[best].validation_accuracy):22s}"
        print(f"{text}   {mean_and_range(ends[best].test_accuracy)}")


show_lab("initialization", "full")

# %% norm-by-hand
torch.manual_seed(1)
numbers = torch.randn(6, 3, dtype=torch.float64) * 4 + 10
norm = torch.nn.BatchNorm1d(3, dtype=torch.float64)
given = norm(numbers)
mean = numbers.mean(0)
variance = (numbers - mean).pow(2).mean(0)
by_hand = (numbers - mean) / (variance + 1e-5).sqrt()
print(f"in training: largest difference {(given - by_hand).abs().max().item():.12f}")
unbiased = variance * 6 / 5
running_mean = torch.zeros(3, dtype=torch.float64) * 0.9 + mean * 0.1
running_variance = torch.ones(3, dtype=torch.float64) * 0.9 + unbiased * 0.1
gap = max(
    (norm.running_mean - running_mean).abs().max().item(),
    (norm.running_var - running_variance).abs().max().item(),
)
print(f"what it keeps: largest difference {gap:.12f}")
norm.eval()
by_hand = (numbers - running_mean) / (running_variance + 1e-5).sqrt()
print(f"in evaluation: largest difference {(norm(numbers) - by_hand).abs().max().item():.12f}")

# %% modes
before, after = numbers.mean().item(), abs(given.mean().item())
print(f"a batch of mean {before:.2f} comes out with mean {after:.2f} in training")
print(f"and with mean {norm(numbers).mean().item():.2f} in evaluation, after one batch")
norm.train()
for batches in [1, 10, 100]:
    for _ in range(batches):
        norm(torch.randn(6, 3, dtype=torch.float64) * 4 + 10)
    kept = norm.running_mean.mean().item(), norm.running_var.mean().item()
    print(f"{batches:3d} batches more: it keeps mean {kept[0]:.2f} and variance {kept[1]:.2f}")

# %% companions
others = torch.randn(5, 3, dtype=torch.float64) * 4 + 30
for training in [True, False]:
    norm.train(training)
    first = norm(numbers)[0].tolist()
    second = norm(torch.cat([numbers[:1], others]))[0].tolist()
    name = "in training:" if training else "in evaluation:"
    text = "   ".join(f"{a:6.3f} or {b:6.3f}" for a, b in zip(first, second, strict=True))
    print(f"the same row, {name:14s}   {text}")


# %% norm
def relu_network(batch_norm):
    """Return a network of six hidden layers of 32 ReLU units, with or without batch norm."""
    torch.manual_seed(1)
    layers = [torch.nn.Flatten()]
    for width in [64, 32, 32, 32, 32, 32]:
        layers.append(torch.nn.Linear(width, 32))
        if batch_norm:
            layers.append(torch.nn.BatchNorm1d(32))
        layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers, torch.nn.Linear(32, 10)).double()


for rate in [0.02, 0.05, 0.2]:
    for name, batch_norm in [("plain", False), ("batch norm", True)]:
        loss, accuracy = fit(relu_network(batch_norm), optimizer="sgd", lr=rate)
        print(f"rate {rate:4.2f}   {name:10s}   loss {loss:.2f}, accuracy {accuracy:.2f}")

# %% larger
for name, batch_norm in [("plain", False), ("batch norm", True)]:
    network = gradpath.small_cnn(size=8, batch_norm=batch_norm, seed=1, dtype="float64")
    numbers = x
    for layer in list(network.children())[:-3]:
        numbers = layer(numbers)
    print(f"{name:10s}   size {size(numbers):.4f}")

# %% batch-norm-lab
show_against("batch-norm", "full")
show_best("batch-norm", "full")

# %% clip-by-hand
network = gradpath.tanh_network(64, [4], seed=1, dtype="float64")
parameters = list(network.parameters())
torch.nn.functional.cross_entropy(network(x), y).backward()
gradient = torch.cat([parameter.grad.reshape(-1) for parameter in parameters])
print(f"norm {gradient.norm().item():.6f}, largest number {gradient.abs().max().item():.6f}")
for name, by_hand, clip in [
    ("by value", gradpath.clip_by_value(gradient, 0.05), {"value": 0.05}),
    ("by norm", gradpath.clip_by_norm(gradient, 0.1), {"norm": 0.1}),
]:
    network.zero_grad()
    torch.nn.functional.cross_entropy(network(x), y).backward()
    gradpath.clip_gradients(parameters, clip)
    clipped = torch.cat([parameter.grad.reshape(-1) for parameter in parameters])
    cosine = (torch.dot(by_hand, gradient) / by_hand.norm() / gradient.norm()).item()
    gap = (clipped - by_hand).abs().max().item()
    text = f"norm {by_hand.norm().item():.4f}, cosine {cosine:.6f}"
    print(f"{name:8s}   {text}, by hand and library {gap:.12f} apart")


# %% cliff
def descend_cliff(clip):
    """Walk down the error of v * w^20, which should be 1, from a point behind a cliff."""
    w = torch.tensor([1.3, 0.5], dtype=torch.float64, requires_grad=True)
    for step in range(41):
        error = (w[1] * w[0] ** 20 - 1) ** 2
        if not error.isfinite():
            print(f"   step {step:2d}   beyond all numbers")
            return
        if step in (0, 1, 2, 10, 40):
            at = f"w {w[0].item():10.3f}   v {w[1].item():10.3f}"
            print(f"   step {step:2d}   {at}   error {error.item():.3e}")
        (g,) = torch.autograd.grad(error, [w])
        if clip is not None:
            g = clip(g)
        with torch.no_grad():
            w.sub_(g * 0.1)


for name, clip in [
    ("not clipped", None),
    ("by value, 0.1", lambda g: gradpath.clip_by_value(g, 0.1)),
    ("by norm, 0.1", lambda g: gradpath.clip_by_norm(g, 0.1)),
]:
    print(name)
    descend_cliff(clip)

# %% clip
for name, clip in [
    ("not clipped", None),
    ("by value", {"value": 0.01}),
    ("by norm", {"norm": 0.5}),
]:
    network = gradpath.small_cnn(size=8, init="he", seed=1, dtype="float64")
    loss, accuracy = fit(network, optimizer="sgd", lr=2, clip=clip)
    print(f"{name:11s}   loss {loss:.2f}, accuracy {accuracy:.2f}")

# %% clipping-full
show_lab("clipping", "full")
weights = sum(p.numel() for p in gradpath.small_cnn().parameters())
print(f"at a rate of 2, with {weights:,} weights, the longest possible step:")
print(f"by value {2 * 0.005 * math.sqrt(weights):.2f}   by norm {2 * 0.25:.2f}")

# %% noise
network = gradpath.tanh_network(64, [8], seed=1, dtype="float64")
parameters = list(network.parameters())
slopes = []
for i in range(len(train.y)):
    loss = torch.nn.functional.cross_entropy(network(train.x[i : i + 1]), train.y[i : i + 1])
    slopes.append(
        torch.cat([slope.reshape(-1) for slope in torch.autograd.grad(loss, parameters)])
    )
slopes = torch.stack(slopes)
full = slopes.mean(0)
n = len(slopes)
spread = (slopes - full).pow(2).sum().item() / (n - 1)
one = slopes.norm(dim=1).mean().item()
print(f"length of the full gradient {full.norm().item():.4f}, of one picture's {one:.4f}")
torch.manual_seed(1)
for size_of_batch in [1, 2, 4, 8, 16, 32, 64, 128]:
    apart = 0.0
    for _ in range(100):
        batch = torch.randperm(n)[:size_of_batch]
        apart += (slopes.index_select(0, batch).mean(0) - full).pow(2).sum().item() / 100
    expected = math.sqrt(spread / size_of_batch * (1 - size_of_batch / n))
    print(
        f"batch of {size_of_batch:3d}   off by {math.sqrt(apart):.4f}, expected {expected:.4f}"
    )

# %% batch-size
for batch_size in [1, 4, 16, 64]:
    same, scaled = (
        fit(
            gradpath.tanh_network(64, [32], seed=1, dtype="float64"),
            3,
            batch_size,
            optimizer="sgd",
            lr=rate,
        )
        for rate in [0.02, 0.02 * batch_size]
    )
    print(
        f"batch of {batch_size:2d}   {3 * math.ceil(n / batch_size):4d} steps"
        f"   rate 0.02: loss {same[0]:.3f}   rate {0.02 * batch_size:.2f}: loss {scaled[0]:.3f}"
    )

# %% batch-size-lab
show_against("batch-size", "full")
show_best("batch-size", "full")

# %% depth
for depth in [1, 2, 4, 8]:
    network = gradpath.tanh_network(64, [32] * depth, seed=1, dtype="float64")
    sgd, _ = fit(network, optimizer="sgd", lr=0.1)
    network = gradpath.tanh_network(64, [32] * depth, seed=1, dtype="float64")
    adamw, _ = fit(network, optimizer="adamw", lr=0.003)
    print(f"{depth:2d} hidden layers   SGD: loss {sgd:.3f}   AdamW: loss {adamw:.3f}")

# %% depth-lab
show_against("depth", "full")
show_best("depth", "full")

# %% solution-1
for gain in [1, 1.2, 5 / 3, 2]:
    outputs = forward(pixels, gain / 8, torch.tanh)
    sizes = "   ".join(
        f"{layer:2d}: {size(outputs[layer - 1]):.3f}" for layer in [1, 5, 10, 20]
    )
    print(f"gain {gain:.2f}   layer {sizes}")

# %% solution-2
torch.manual_seed(2)
weights, inputs = (
    torch.randn(3, 3, dtype=torch.float64),
    torch.randn(64, 3, dtype=torch.float64),
)
norm = torch.nn.BatchNorm1d(3, dtype=torch.float64)
for factor in [1, 10, 1000]:
    gap = (norm(inputs @ (weights * factor)) - norm(inputs @ weights)).abs().max().item()
    print(f"weights times {factor:4d}: the output changes by {gap:.6f} at most")

# %% solution-3
for init in ["default", "xavier"]:
    for depth in [8, 16]:
        network = gradpath.tanh_network(64, [32] * depth, init=init, seed=1, dtype="float64")
        loss, _ = fit(network, optimizer="sgd", lr=0.1)
        print(f"{depth:2d} hidden layers, {init:7s}   SGD: loss {loss:.3f}")
