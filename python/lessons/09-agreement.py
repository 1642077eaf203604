# Do the languages agree? Run it from the project's folder, as a script or as a notebook.
#| reads: shared_figures/recorded_torch/torch_paths.csv
#| reads: shared_figures/recorded_torch/torch_seeds.csv

# %% start
import gc

import numpy as np
import pandas as pd
import torch

import gradpath

recorded = pd.read_csv(gradpath.find_table("recorded_torch/torch_paths.csv"), comment="#")
print(f"{recorded.id.nunique()} paths recorded with R's torch, {len(recorded)} points")


def points(path):
    """Return the points of a path as an array with two columns."""
    return path[["x1", "x2"]].to_numpy()


def taped(name):
    """Return the points of a recorded path."""
    return points(recorded[recorded.id == name])


def distance(a, b):
    """Return the largest difference between two paths, in any coordinate at any step."""
    return np.abs(a - b).max()


# %% by-hand-and-optim
cases = {
    "sgd": {"lr": 0.001},
    "momentum": {"lr": 0.0005, "momentum": 0.9},
    "nesterov": {"lr": 0.0005, "momentum": 0.9},
    "adagrad": {"lr": 0.5},
    "rmsprop": {"lr": 0.01},
    "adam": {"lr": 0.1},
    "adamw": {"lr": 0.1},
}
for name, hyper in cases.items():
    manual = gradpath.descend(
        "rosenbrock", (-1.5, 2), name, steps=100, method="manual", **hyper
    )
    optim = gradpath.descend("rosenbrock", (-1.5, 2), name, steps=100, method="optim", **hyper)
    print(
        f"{name:9s} by hand and by optim differ by "
        f"{distance(points(manual), points(optim)):.10f}"
    )

# %% recorded
live = {
    "rosenbrock-adam": ("rosenbrock", (-1.5, 2), "adam", 200, {"lr": 0.1}),
    "himmelblau-rmsprop": ("himmelblau", (-4, -4), "rmsprop", 100, {"lr": 0.05}),
    "beale-momentum": ("beale", (1, 1.5), "momentum", 150, {"lr": 0.005, "momentum": 0.9}),
    "anisotropic-adagrad": (
        "anisotropic_paraboloid",
        (5.1, 2.3),
        "adagrad",
        7,
        {"lr": 3.7, "eps": 1e-6},
    ),
}
for name, (surface, start, optimizer, steps, hyper) in live.items():
    path = gradpath.descend(surface, start, optimizer, steps=steps, method="optim", **hyper)
    print(
        f"{name:20s} recorded and computed now differ by "
        f"{distance(taped(name), points(path)):.10f}"
    )

# %% object-scalar-left
x = torch.tensor([1.0, 2.0], dtype=torch.float64)
left, right = 3.7 * x, x * 3.7
print(f"scalar on the left: {left[0]:.16f}, on the right: {right[0]:.16f}")
difference = 1 - x[1]
print(difference.dtype)
print("engine:", torch.__name__)

# %% float32-scalar
# What {torch} makes of a scalar on the left can be
# written in either language: a float32 tensor.
x = torch.tensor([1.0, 2.0], dtype=torch.float64)
scalar = torch.tensor([3.7])
print(f"the scalar 3.7 as float32, times 1: {(scalar * x)[0]:.16f}")
one = torch.tensor([1.0])
x = torch.tensor([5.1, 2.3], dtype=torch.float64)
print(f"1 as float32, minus 5.1: {(one - x[0]).item():.16f}")
print(f"5.1 * -1 + 1:            {(x[0] * -1 + 1).item():.16f}")

# %% scalar-cost
# Adagrad with lr = 3.7 as a float32 number: how far from the path is the last point?
exact = gradpath.descend(
    "anisotropic_paraboloid", (5.1, 2.3), "adagrad", steps=7, lr=3.7, eps=1e-6
)
rounded_lr = torch.tensor(3.7).item()
rounded = gradpath.descend(
    "anisotropic_paraboloid", (5.1, 2.3), "adagrad", steps=7, lr=rounded_lr, eps=1e-6
)
print(f"lr {rounded_lr:.16f}")
print(f"largest difference on the path: {distance(points(exact), points(rounded)):.2e}")

# %% adamw-recorded
path = gradpath.descend(
    "rosenbrock", (-1.5, 2), "adamw", steps=200, method="optim", lr=0.1, weight_decay=0.01
)
for name in ["rosenbrock-ignite-adamw", "rosenbrock-adamw"]:
    print(
        f"{name:24s} recorded and computed now differ by "
        f"{distance(taped(name), points(path)):.10f}"
    )


# %% adamw-count
def corrections(t):
    """Return Adam's correction of the squares after t steps, counted in float64 and float32."""
    exact = 1 - 0.999**t
    count = torch.tensor([float(t)])
    counted = (torch.pow(torch.tensor([0.999]), count) * -1 + 1).item()
    return exact, counted


for t in [1, 2, 5, 10, 100, 1000]:
    exact, counted = corrections(t)
    print(f"step {t:4d}   1 - 0.999^t = {exact:.12f}   counted in float32 {counted:.12f}")

# %% adamw-explained
# The whole recorded path, by hand, with the corrections computed in float32.
x = torch.tensor([-1.5, 2.0], dtype=torch.float64, requires_grad=True)
m = torch.zeros(2, dtype=torch.float64)
v = torch.zeros(2, dtype=torch.float64)
rosenbrock = gradpath.get_surface("rosenbrock")
counted_path = [x.tolist()]
for t in range(1, 201):
    rosenbrock(x).backward()
    with torch.no_grad():
        count = torch.tensor([float(t)])
        c1 = torch.pow(torch.tensor([0.9]), count) * -1 + 1
        c2 = torch.pow(torch.tensor([0.999]), count) * -1 + 1
        step_size = (torch.tensor([0.1]) / c1).item()
        m = m * 0.9 + x.grad * (1 - 0.9)
        v = v * 0.999 + x.grad * x.grad * (1 - 0.999)
        x.copy_(x * (1 - 0.1 * 0.01))
        x.sub_(m / (torch.sqrt(v) / torch.sqrt(c2).item() + 1e-8) * step_size)
    x.grad.zero_()
    counted_path.append(x.tolist())
print(
    "difference from the recorded path: "
    f"{distance(np.array(counted_path), taped('rosenbrock-adamw')):.7f}"
)

# %% decay-recorded
cases = {"anisotropic-sgd-weight-decay": "sgd", "anisotropic-rmsprop-weight-decay": "rmsprop"}
for name, optimizer in cases.items():
    path = gradpath.descend(
        "anisotropic_paraboloid",
        (5.1, 2.3),
        optimizer,
        steps=20,
        method="optim",
        lr=0.1,
        weight_decay=0.1,
    )
    ignite = name.replace("anisotropic", "anisotropic-ignite")
    print(
        f"{optimizer:8s} the R-written object is off by "
        f"{distance(taped(name), points(path)):.6f},"
        f" ignite by {distance(taped(ignite), points(path)):.10f}"
    )

# %% decay-explained
# The recorded path of optim_sgd() is reproduced by adding the number 1, the parameter's
# position in its group, where the parameter itself belongs.
x = torch.tensor([5.1, 2.3], dtype=torch.float64)
curvature = torch.tensor([0.4, 4.0], dtype=torch.float64)
wrong = [x.tolist()]
for _ in range(20):
    g = x * curvature
    x = x - (g + 1 * 0.1) * 0.1
    wrong.append(x.tolist())
print(
    "difference from the recorded path: "
    f"{distance(np.array(wrong), taped('anisotropic-sgd-weight-decay')):.10f}"
)
print(f"it ends at ({x[0]:.6f}, {x[1]:.6f})")

# %% decay-positions
# Two parameters of 10, gradients of zero, lr 1, weight decay 0.1: right, and by position.
for position in [1, 2]:
    print(
        f"parameter {position}   decayed rightly {10 - 10 * 0.1:.1f}, "
        f"by its position {10 - position * 0.1:.1f}"
    )

# %% zero-or-none
# A parameter gets one gradient, and then none. With momentum, a gradient of zero lets it roll
# on; a gradient that is absent leaves it where it is.
for missing in ["zero", "absent"]:
    x, v, walk = 1.0, 0.0, []
    for step in range(5):
        g = 1.0 if step == 0 else 0.0
        if step == 0 or missing == "zero":
            v = v * 0.9 + g
            x = x - v * 0.1
        walk.append(f"{x:.4f}")
    print(f"gradient {missing:6s}   " + "  ".join(walk))

# %% object-zero-or-none
x = torch.tensor([1.0], requires_grad=True)
opt = torch.optim.SGD([x], lr=0.1, momentum=0.9)
walk = []
for step in range(5):
    opt.zero_grad()
    if step == 0:
        (x * 1).sum().backward()
    opt.step()
    walk.append(f"{x.item():.4f}")
print("zero_grad() then step():", "  ".join(walk))

# %% object-memory
# An array of one column, and a tensor made from it by the function that shares its memory.
# Something is added to the tensor; the array is not touched.
values = [0.2, -1.3, -0.5]
column = np.array(values).reshape(3, 1)
x = torch.from_numpy(column)
x.add_(10)
print("after adding 10 to the tensor, the array has", *(f"{c:.1f}" for c in column.flat))


def count_lost(make):
    """Return how many of 500 tensors hold other numbers once garbage is collected."""
    made = [make() for _ in range(500)]
    gc.collect()
    return sum(x.flatten().tolist() != values for x in made)


lost = count_lost(lambda: torch.from_numpy(np.array(values).reshape(3, 1)))
print("made from an array:", "all keep" if lost == 0 else "many lose", "their numbers")


# %% memory-safe
# torch.tensor() copies, whatever it is given.
def safe():
    """Return a tensor whose memory is its own."""
    return torch.tensor(np.array(values).reshape(3, 1))


lost = count_lost(safe)
print("made by a copy:", "all keep" if lost == 0 else "many lose", "their numbers")

# %% float32-path
for surface, start, name, steps, hyper in [
    ("anisotropic_paraboloid", (5.1, 2.3), "adagrad", 7, {"lr": 3.7, "eps": 1e-6}),
    ("rosenbrock", (-1.5, 2), "adam", 100, {"lr": 0.1}),
    ("beale", (1, 1.5), "adagrad", 100, {"lr": 0.5}),
]:
    wide = gradpath.descend(surface, start, name, steps=steps, **hyper)
    narrow = gradpath.descend(surface, start, name, steps=steps, dtype="float32", **hyper)
    gap = np.abs(points(wide) - points(narrow)).max(axis=1)
    print(
        f"{surface:23s} {name:8s} step 1: {gap[1]:.0e}   "
        f"largest of {steps:3d} steps: {gap.max():.0e}"
    )

# %% object-first-tensor
# What a literal becomes: in Python, 6.0 is a float and 6
# is an integer. A dtype that is written down is sure.
print(torch.tensor([6.0, 6.0]).dtype)
print(torch.tensor([6, 6]).dtype)
print(torch.tensor(1.0).shape)
print(torch.tensor([6.0, 6.0], dtype=torch.float64).dtype)

# %% seeds
seeds = pd.read_csv(gradpath.find_table("recorded_torch/torch_seeds.csv"), comment="#")
for seed in [1, 42, 2024]:
    torch.manual_seed(seed)
    drawn = torch.randn(5, dtype=torch.float64).numpy()
    tape = seeds[(seeds.seed == seed) & (seeds.draw == "randn(5) float64")].value.to_numpy()
    first = ", ".join(f"{d:.6f}" for d in drawn[:2])
    print(
        f"seed {seed:4d}   drawn {first} ...   "
        f"off the recording by {distance(drawn, tape):.10f}"
    )

# %% solution-1
# The same numbers in another order: addition of floating-point numbers is not associative.
print(f"{(0.1 + 0.2) + 0.3:.17f}, {0.1 + (0.2 + 0.3):.17f}")

# %% solution-2
# Two starts that differ in the last bit, in a double
# well, at a rate that is far too large to settle.
walks = []
for x0 in [0.5, 0.5 + 2**-53]:
    x = torch.tensor([x0], dtype=torch.float64, requires_grad=True)
    walk = []
    for _ in range(100):
        walk.append(x.item())
        (x**4 * 0.25 - x**2 * 0.5).sum().backward()
        with torch.no_grad():
            x.sub_(x.grad * 1.95)
        x.grad.zero_()
    walks.append(walk)
gap = np.abs(np.array(walks[0]) - np.array(walks[1]))
for limit in [1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1e-1]:
    print(f"the difference exceeds {limit:.0e} from step {int((gap > limit).argmax()):2d} on")
