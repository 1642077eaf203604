# Training real networks: handwritten digits, by hand and in one call. Run it from the project's
# folder, as a script or as a notebook.

# %% data
import json
import math
import tempfile
from pathlib import Path

import torch
from matplotlib.figure import Figure

import gradpath

parts = gradpath.digits(dtype="float64")
for name, part in [("to learn from", parts.train), ("for the test", parts.test)]:
    shape = " x ".join(str(n) for n in part.x.shape)
    low, high = part.x.min().item(), part.x.max().item()
    print(f"{name:13s}   {shape}, numbers from {low:.2f} to {high:.2f}")

# %% pictures
shades = " .:-=+*#%@"
for row in range(8):
    line = ""
    for i in range(4):
        for number in parts.train.x[i, 0, row].tolist():
            line += 2 * shades[int(number * 9)]
    print(line)

# %% object-classes
print(parts.train.y[:4])
print([parts.train.classes[k] for k in parts.train.y[:4]])

# %% split
train, validation = gradpath.split_data(parts.train, 1137, seed=0)
for name, part in [("train", train), ("validation", validation), ("test", parts.test)]:
    counts = [(part.y == k).sum().item() for k in range(10)]
    text = " ".join(str(n) for n in counts)
    print(f"{name:10s}   {len(part.y):4d} pictures, of each digit {text}")


# %% network
def fresh_network():
    """Return a network of 64 pixels, 32 tanh units, 10 outputs, with the same first weights."""
    return gradpath.tanh_network(64, [32], seed=1, dtype="float64")


network = fresh_network()
print(f"{gradpath.count_parameters(network)} numbers to learn")

# %% batch
torch.manual_seed(0)
order = torch.randperm(len(train.y))
index = order[:64]
x, y = train.x.index_select(0, index), train.y.index_select(0, index)
outputs = network(x)
text = " ".join(f"{number:.2f}" for number in outputs[0].tolist())
print(f"outputs for the first picture: {text}")
print(f"its digit: {train.classes[y[0]]}")

# %% loss
log_shares = outputs.log_softmax(1)
of_the_right_class = log_shares.gather(1, y.unsqueeze(1))
loss = torch.nn.functional.cross_entropy(outputs, y)
print(f"by hand {-of_the_right_class.mean().item():.6f}, by the library {loss.item():.6f}")
print(f"for someone who gives every digit a tenth {math.log(10):.6f}")

# %% step
loss.backward()
with torch.no_grad():
    for w in network.parameters():
        w.sub_(w.grad * 0.5)
        w.grad.zero_()
    after = torch.nn.functional.cross_entropy(network(x), y)
print(f"loss of this batch before the step {loss.item():.6f}, after it {after.item():.6f}")


# %% epoch
def batches_of(data):
    """Return the positions of an epoch's batches: all samples in a new order, 64 at a time."""
    return torch.randperm(len(data.y)).split(64)


network = fresh_network()
torch.manual_seed(0)
by_hand = []
for _ in range(3):
    for index in batches_of(train):
        x, y = train.x.index_select(0, index), train.y.index_select(0, index)
        loss = torch.nn.functional.cross_entropy(network(x), y)
        by_hand.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for w in network.parameters():
                w.sub_(w.grad * 0.5)
                w.grad.zero_()
print(f"{len(by_hand) // 3} batches in an epoch, the last one of {len(index)}")
for batch in [1, 2, 3, 18, 36, 54]:
    print(f"batch {batch:2d}   loss {by_hand[batch - 1]:.6f}")

# %% optim
network = fresh_network()
opt = torch.optim.SGD(network.parameters(), lr=0.5)
torch.manual_seed(0)
by_optim = []
for _ in range(3):
    for index in batches_of(train):
        x, y = train.x.index_select(0, index), train.y.index_select(0, index)
        loss = torch.nn.functional.cross_entropy(network(x), y)
        by_optim.append(loss.item())
        opt.zero_grad()
        loss.backward()
        opt.step()
gap = max(abs(a - b) for a, b in zip(by_hand, by_optim, strict=True))
print(f"largest difference on the way {gap:.12f}")

# %% one-call
for method in ["manual", "optim"]:
    table = gradpath.train_network(
        fresh_network(),
        "cross_entropy",
        train,
        epochs=3,
        batch_size=64,
        optimizer="sgd",
        lr=0.5,
        seed=0,
        method=method,
        batch_losses=True,
        progress=False,
    )
    gap = max(abs(a - b) for a, b in zip(table.attrs["batch_losses"], by_hand, strict=True))
    print(f"{method:6s}   largest difference from the loop above {gap:.12f}")

# %% object-table
print(table.drop(columns="seconds"))
print(table.attrs["status"])

# %% weighted
losses = [table.attrs["batch_losses"][k] for k in range(18)]
sizes = [64] * 17 + [49]
mean = sum(losses) / 18
weighted = sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / 1137
print(f"mean of the batches {mean:.6f}, of the samples {weighted:.6f}")
print(f"in the table {table.train_loss[0]:.6f}")


# %% validation
def confidence(outputs, targets):
    """Return the share that the network gives to the right class, on average."""
    return (
        torch.nn.functional.cross_entropy(outputs, targets, reduction="none").neg().exp().mean()
    )


def show(table):
    """Print a table of training and validation."""
    for row in table.itertuples():
        print(
            f"epoch {row.epoch:2d}   rate {row.lr:.5f}"
            f"   train {row.train_loss:.4f} {row.train_accuracy:.3f}"
            f"   validation {row.validation_loss:.4f} {row.validation_accuracy:.3f}"
        )


network = fresh_network()
table = gradpath.train_network(
    network,
    "cross_entropy",
    train,
    validation,
    scores={"accuracy": gradpath.accuracy, "confidence": confidence},
    epochs=20,
    batch_size=64,
    lr=0.01,
    schedule={"name": "cosine", "steps": 20},
    progress=False,
)
show(table)
print(f"confidence on the validation data {table.validation_confidence.iloc[-1]:.4f}")


# %% curves
def draw_curves(paper, ink, colours):
    """Draw loss and accuracy against the epoch, on training and on validation data."""
    figure = Figure(figsize=(7.2, 3), layout="constrained", facecolor=paper)
    for axes, measure in zip(figure.subplots(1, 2), ["loss", "accuracy"], strict=True):
        for part, colour, line in zip(
            ["train", "validation"], colours, ["solid", "dashed"], strict=True
        ):
            axes.plot(
                table.epoch,
                table[f"{part}_{measure}"],
                color=colour,
                linestyle=line,
                label=part,
            )
        axes.set_facecolor(paper)
        axes.set_xlabel("epoch", color=ink)
        axes.set_title(measure, color=ink)
        axes.tick_params(colors=ink)
        axes.legend(facecolor=paper, labelcolor=ink)
    return figure


pictures = {
    "light": draw_curves("#ffffff", "#1f2933", ["#0072b2", "#c14a00"]),
    "dark": draw_curves("#14181d", "#e6ebf0", ["#6cc3f5", "#ffa23f"]),
}

# %% test-once
tested = gradpath.evaluate_network(network, "cross_entropy", parts.test)
print(f"test loss {tested['loss']:.4f}, accuracy {tested['accuracy']:.4f}")

# %% plateau
plateau = {"name": "plateau", "factor": 0.3, "patience": 1}
table = gradpath.train_network(
    fresh_network(),
    "cross_entropy",
    train,
    validation,
    epochs=20,
    batch_size=64,
    lr=0.03,
    schedule=plateau,
    progress=False,
)
show(table)

# %% refuse
try:
    gradpath.train_network(
        fresh_network(),
        "cross_entropy",
        train,
        validation,
        parts.test,
        lr=0.03,
        schedule=plateau,
        watch="test_loss",
    )
except gradpath.GradpathError as error:
    print(error)


# %% whole
def run(network, epochs, checkpoint=None):
    """Train with AdamW and a cosine meant for six epochs, and stop after some of them."""
    return gradpath.train_network(
        network,
        "cross_entropy",
        train,
        validation,
        epochs=epochs,
        batch_size=64,
        lr=0.01,
        schedule={"name": "cosine", "steps": 6},
        checkpoint=checkpoint,
        progress=False,
    )


never_stopped = fresh_network()
whole = run(never_stopped, 6)
print(f"validation loss after six epochs {whole.validation_loss[5]:.10f}")

# %% resume
folder = tempfile.TemporaryDirectory()
file = Path(folder.name) / "digits.safetensors"
run(fresh_network(), 3, file)
network = gradpath.tanh_network(64, [32], seed=99, dtype="float64")
rest = run(network, 6, file)
equal = sum((rest[name] == whole[name]).sum() for name in whole.columns if name != "seconds")
same = sum(
    (a == b).sum().item()
    for a, b in zip(network.parameters(), never_stopped.parameters(), strict=True)
)
print(
    f"{equal} of {6 * (len(whole.columns) - 1)} numbers of the table are equal to the last bit"
)
print(f"{same} of {gradpath.count_parameters(network)} weights are equal to the last bit")

# %% inside
with file.open("rb") as opened:
    length = int.from_bytes(opened.read(8), "little")
    header = json.loads(opened.read(length))
for name in sorted(header):
    if name.startswith(("model/", "results/")):
        shape = " x ".join(str(n) for n in header[name]["shape"])
        print(f"{name:29s} {header[name]['dtype']}  {shape}")
others = {name.partition("/")[0] for name in header} - {"model", "results", "__metadata__"}
print("and the tensors of " + ", ".join(sorted(others)))

# %% other-settings
try:
    gradpath.train_network(
        fresh_network(), "cross_entropy", train, validation, checkpoint=file, lr=0.02
    )
except gradpath.GradpathError as error:
    print(str(error).replace(str(file), "FILE"))

# %% weights
file = Path(folder.name) / "weights.safetensors"
gradpath.save_weights(never_stopped, file)
network = gradpath.load_weights(gradpath.tanh_network(64, [32], seed=99, dtype="float64"), file)
with torch.no_grad():
    gap = (network(parts.test.x) - never_stopped(parts.test.x)).abs().max().item()
print(f"largest difference of any output {gap:.12f}")

# %% doubled
# LeNet needs pictures of 12 by 12 at least: each pixel becomes a square of four.
doubled = train._replace(x=train.x.repeat_interleave(2, 2).repeat_interleave(2, 3))
candidates = {
    "tanh network": (
        lambda: gradpath.tanh_network(64, [32], init="xavier", seed=1, dtype="float64"),
        train,
    ),
    "LeNet, biases 0": (
        lambda: gradpath.lenet(size=16, init="xavier", seed=1, dtype="float64"),
        doubled,
    ),
    "LeNet, biases drawn": (lambda: gradpath.lenet(size=16, seed=1, dtype="float64"), doubled),
}
for name, (make, _) in candidates.items():
    print(f"{name:19s}   {gradpath.count_parameters(make()):5d} numbers to learn")


# %% nudge
def nudged(network):
    """Add 1e-7 to the first bias of the first layer; return the network."""
    with torch.no_grad():
        list(network.parameters())[1][:1].add_(1e-7)
    return network


def slopes(network, data):
    """Return the gradient of the loss of the first 64 samples, as one long vector."""
    torch.nn.functional.cross_entropy(network(data.x[:64]), data.y[:64]).backward()
    return torch.cat([w.grad.reshape(-1) for w in network.parameters()])


for name, (make, data) in candidates.items():
    before, after = slopes(make(), data), slopes(nudged(make()), data)
    change = ((after - before).norm() / before.norm()).item()
    print(f"{name:19s}   the gradient changes by {change:.0e}")

# %% corner
for name in list(candidates)[1:]:
    make, data = candidates[name]
    with torch.no_grad():
        before_the_relu = make()[0](data.x[:64])
    share = (before_the_relu == 0).double().mean().item()
    print(f"{name:19s}   {share:.1%} of the numbers before the first ReLU are 0")


# %% grow
def largest_so_far(one, other):
    """Return the largest relative difference of two lists of losses up to every batch."""
    largest, gaps = 0.0, []
    for a, b in zip(one, other, strict=True):
        largest = max(largest, abs(a - b) / abs(a))
        gaps.append(largest)
    return gaps


def batch_losses(network, data, method="optim", lr=0.2, epochs=4):
    """Train with SGD; return the loss of every batch."""
    table = gradpath.train_network(
        network,
        "cross_entropy",
        data,
        epochs=epochs,
        batch_size=64,
        optimizer="sgd",
        lr=lr,
        method=method,
        batch_losses=True,
        progress=False,
    )
    return table.attrs["batch_losses"]


growth = {
    name: largest_so_far(batch_losses(make(), data), batch_losses(nudged(make()), data))
    for name, (make, data) in candidates.items()
}
for name, gaps in growth.items():
    at = "  ".join(f"{batch}: {gaps[batch - 1]:.0e}" for batch in [1, 3, 10, 30, 70])
    print(f"{name:19s}   batch {at}")


# %% growth
def draw_growth(paper, ink, colours):
    """Draw the largest difference so far against the batch."""
    figure = Figure(figsize=(7.2, 3.6), layout="constrained", facecolor=paper)
    axes = figure.subplots()
    for (name, gaps), colour, line in zip(
        growth.items(), colours, ["solid", "dashed", "dotted"], strict=True
    ):
        axes.semilogy(range(1, len(gaps) + 1), gaps, color=colour, linestyle=line, label=name)
    axes.set_facecolor(paper)
    axes.set_xlabel("batch", color=ink)
    axes.set_ylabel("largest relative difference so far", color=ink)
    axes.tick_params(colors=ink, which="both")
    axes.legend(facecolor=paper, labelcolor=ink)
    return figure


pictures = {
    "light": draw_growth("#ffffff", "#1f2933", ["#0072b2", "#c14a00", "#00734f"]),
    "dark": draw_growth("#14181d", "#e6ebf0", ["#6cc3f5", "#ffa23f", "#35d6a4"]),
}

# %% lanes
for name, (make, data) in candidates.items():
    gap = largest_so_far(
        batch_losses(make(), data, "manual"), batch_losses(make(), data, "optim")
    )[-1]
    print(f"{name:19s}   by hand and by optim, never more than {gap:.10f} apart")

# %% precision
# The same first weights and pictures in both; only the rounding differs.
for name, (make, data) in candidates.items():
    in_float32 = data._replace(x=data.x.float())
    wide = batch_losses(make(), data, lr=0.3, epochs=6)
    narrow = batch_losses(make().float(), in_float32, lr=0.3, epochs=6)
    off = "more" if largest_so_far(wide, narrow)[-1] > 0.001 else "less"
    print(f"{name:19s}   float32 is {off} than a thousandth off")


# %% clothes
def train_on_clothes():
    """Train LeNet on 50,000 pictures, which takes minutes; return the table, and the test."""
    parts = gradpath.fashion_mnist(download=True)
    train, validation = gradpath.split_data(parts.train, 50000, seed=0)
    network = gradpath.lenet(seed=0)
    table = gradpath.train_network(
        network,
        "cross_entropy",
        train,
        validation,
        epochs=10,
        schedule={"name": "cosine", "steps": 10},
        checkpoint="clothes.safetensors",
    )
    return table, gradpath.evaluate_network(network, "cross_entropy", parts.test)


# %% solution-1
# The same number of epochs, and more or fewer updates.
for size in [1137, 256, 64, 16]:
    table = gradpath.train_network(
        fresh_network(),
        "cross_entropy",
        train,
        validation,
        epochs=5,
        batch_size=size,
        optimizer="sgd",
        lr=0.5,
        progress=False,
    )
    last = table.iloc[-1]
    updates = 5 * math.ceil(1137 / size)
    print(
        f"batches of {size:4d}   {updates:3d} updates   validation {last.validation_loss:.4f}"
    )

# %% solution-2
# For each digit: how many pictures are taken for another one, and for which most often.
with torch.no_grad():
    taken_for = never_stopped(parts.test.x).argmax(1)
for k in range(10):
    counts = torch.bincount(taken_for[parts.test.y == k], minlength=10)
    wrong = counts.clone()
    wrong[k] = 0
    missed, most = wrong.sum().item(), wrong.argmax().item()
    if missed > 0:
        seen, taken = counts.sum().item(), wrong[most].item()
        print(f"{k}: {missed:2d} of {seen} wrong, {taken} of them taken for {most}")

# %% solution-3
# All 1,797 pictures in one pile, and parts of the same sizes drawn from it at random.
pile = parts.train._replace(
    x=torch.cat([parts.train.x, parts.test.x]),
    y=torch.cat([parts.train.y, parts.test.y]),
)
for seed in range(3):
    first, mixed_test = gradpath.split_data(pile, 1437, seed=seed)
    mixed_train, mixed_validation = gradpath.split_data(first, 1137, seed=seed)
    network = fresh_network()
    table = gradpath.train_network(
        network,
        "cross_entropy",
        mixed_train,
        mixed_validation,
        epochs=20,
        batch_size=64,
        lr=0.01,
        schedule={"name": "cosine", "steps": 20},
        progress=False,
    )
    tested = gradpath.evaluate_network(network, "cross_entropy", mixed_test)
    last = table.validation_accuracy.iloc[-1]
    print(f"pile {seed}   validation {last:.3f}   test {tested['accuracy']:.3f}")

# %% solution-4
# Only the weights are kept: the optimizer, the rate and the order of the data begin anew.
network = fresh_network()
run(network, 3)
half = run(network, 3)
for epoch in [4, 5, 6]:
    kept, lost = whole.validation_loss[epoch - 1], half.validation_loss[epoch - 4]
    print(f"epoch {epoch}   never stopped {kept:.6f}   only the weights kept {lost:.6f}")

# %% solution-5
for init in ["xavier", "default"]:
    one, other = (
        gradpath.lenet(size=16, activation="tanh", init=init, seed=1, dtype="float64")
        for _ in range(2)
    )
    gaps = largest_so_far(batch_losses(one, doubled), batch_losses(nudged(other), doubled))
    at = "  ".join(f"{batch}: {gaps[batch - 1]:.0e}" for batch in [1, 3, 10, 30, 70])
    print(f"tanh, {init:7s}   batch {at}")
