# Momentum: a step that remembers. Run it from the
# project's folder, as a script or as a notebook.

# %% start
import numpy as np
import torch

import gradpath


def ravine(x):
    """Return the value of a ravine at x: ten times steeper along x2 than along x1."""
    return x[0] ** 2 * 0.2 + x[1] ** 2 * 2 - 5


def show_point(step, x, value):
    """Print one point of a path."""
    print(f"step {step:2d}   x1 {x[0]:9.6f}   x2 {x[1]:9.6f}   value {value:9.6f}")


# %% rule
lr, momentum = 0.5, 0.1
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
v = torch.zeros(2, dtype=torch.float64)
by_hand = []
for step in range(19):
    value = ravine(x)
    by_hand.append(x.tolist())
    if step <= 4 or step == 18:
        show_point(step, x, value)
    value.backward()
    with torch.no_grad():
        v = v * momentum + x.grad
        x.sub_(v * lr)
    x.grad.zero_()

# %% object
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
opt = torch.optim.SGD([x], lr=0.5, momentum=0.1)
by_object = []
for step in range(19):
    value = ravine(x)
    by_object.append(x.tolist())
    if step == 18:
        show_point(step, x, value)
    opt.zero_grad()
    value.backward()
    opt.step()

# %% descend
manual = gradpath.descend(
    "anisotropic_paraboloid",
    start=(5.1, 2.3),
    optimizer="momentum",
    steps=18,
    method="manual",
    lr=0.5,
    momentum=0.1,
)
optim = gradpath.descend(
    "anisotropic_paraboloid",
    start=(5.1, 2.3),
    optimizer="momentum",
    steps=18,
    method="optim",
    lr=0.5,
    momentum=0.1,
)
for name, path in [("manual", manual), ("optim", optim)]:
    print(f"{name:6s}  ends at ({path.x1.iloc[-1]:.12f}, {path.x2.iloc[-1]:.12f})")


# %% comparison
def difference(points, path):
    """Return the largest difference between points and a path, in any coordinate."""
    return np.abs(np.array(points) - path[["x1", "x2"]].to_numpy()).max()


print(f"written out, against descend() by hand:  {difference(by_hand, manual):.12f}")
print(f"the object, against descend() by optim:  {difference(by_object, optim):.12f}")
print(
    f"descend() by optim, against by hand:     {difference(optim[['x1', 'x2']], manual):.12f}"
)

# %% plot
sgd = gradpath.descend("anisotropic_paraboloid", (5.1, 2.3), "sgd", steps=40, lr=0.4)
figure = gradpath.plot_paths([sgd, optim], labels=["sgd, lr 0.4", "momentum 0.1, lr 0.5"])

# %% one-rate
# The same rate for both. What momentum 0.2 adds to the slope is what it remembers.
velocity = np.zeros(2)
one_rate = gradpath.descend(
    "anisotropic_paraboloid", (5.1, 2.3), "momentum", steps=12, lr=0.45, momentum=0.2
)
plain = gradpath.descend("anisotropic_paraboloid", (5.1, 2.3), "sgd", steps=18, lr=0.45)
for step in range(6):
    g = one_rate[["x1", "x2"]].to_numpy()[step] * np.array([0.4, 4.0])
    memory = velocity * 0.2
    velocity = memory + g
    print(
        f"step {step}   sgd ({plain.x1[step]:.2f}, {plain.x2[step]:5.2f})   "
        f"momentum ({one_rate.x1[step]:.2f}, {one_rate.x2[step]:5.2f})   "
        f"slope ({g[0]:.2f}, {g[1]:5.2f})   memory ({memory[0]:.2f}, {memory[1]:5.2f})"
    )


# %% same-rate
def steps_to(path, goal):
    """Return the first step at which a path's value is down to the goal, or a dash."""
    return int((path.value <= goal).idxmax()) if path.value.min() <= goal else "-"


for name, hyper in [
    ("sgd", {"lr": 0.45}),
    ("momentum", {"lr": 0.45, "momentum": 0.2}),
    ("sgd", {"lr": 0.45 / (1 - 0.2)}),
]:
    path = gradpath.descend("anisotropic_paraboloid", (5.1, 2.3), name, steps=60, **hyper)
    setting = ", ".join(f"{key} {value:.4f}" for key, value in hyper.items())
    print(f"{name:8s} {setting:26s}   steps to -4.99: {steps_to(path, -4.99)}")


# %% weights
# An exponentially weighted average gives the value that
# is k steps old the weight (1 - beta) beta^k.
for beta in [0.5, 0.9, 0.98]:
    weights = (1 - beta) * beta ** np.arange(1000)
    first = "  ".join(f"{w:.4f}" for w in weights[:5])
    print(f"beta {beta:.2f}   weights {first} ...   sum of 1000: {weights.sum():.4f}")

# %% effective-length
for beta in [0.5, 0.9, 0.98]:
    length = 1 / (1 - beta)
    weights = (1 - beta) * beta ** np.arange(1000)
    mean_age = (weights * np.arange(1000)).sum()
    newest = weights[: round(length)].sum()
    print(
        f"beta {beta:.2f}   effective length {length:4.1f}   mean age {mean_age:5.2f} steps   "
        f"the newest {round(length):2d} values weigh {newest:.3f}"
    )

# %% first-steps
# The average of a series that is always 10, started at zero: far too small at first.
for beta in [0.5, 0.9, 0.98]:
    average = 0.0
    shown = []
    for t in range(1, 51):
        average = average * beta + 10 * (1 - beta)
        if t in (1, 2, 5, 10, 20, 50):
            shown.append(f"{average:6.3f} ({average / (1 - beta**t):.3f})")
    print(f"beta {beta:.2f}   " + "  ".join(shown))

# %% velocity
# PyTorch's v is no average but a sum: its weights are beta^k, without the factor 1 - beta.
for beta in [0.1, 0.5, 0.9]:
    v = 0.0
    for _ in range(200):
        v = v * beta + 1.0
    print(f"momentum {beta:.1f}   a constant gradient of 1 ends as a velocity of {v:.4f}")


# %% conventions
def heavy_ball(rates, momentum, inside):
    """Run a convention: lr inside the velocity, as in the literature, or outside."""
    x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
    v = torch.zeros(2, dtype=torch.float64)
    points = [x.tolist()]
    for lr in rates:
        ravine(x).backward()
        with torch.no_grad():
            if inside:
                v = v * momentum + x.grad * lr
                x.sub_(v)
            else:
                v = v * momentum + x.grad
                x.sub_(v * lr)
        x.grad.zero_()
        points.append(x.tolist())
    return np.array(points)


constant = [0.3] * 12
drops = [0.3] * 4 + [0.03] * 8
for name, rates in [("constant lr", constant), ("lr drops after step 4", drops)]:
    inside, outside = heavy_ball(rates, 0.8, True), heavy_ball(rates, 0.8, False)
    print(f"{name:21s}   largest difference {np.abs(inside - outside).max():.6f}")

# %% conventions-steps
for step in range(2, 9):
    print(
        f"step {step}   x1: lr inside {inside[step, 0]:9.6f}   "
        f"lr outside {outside[step, 0]:9.6f}"
    )

# %% gain
for name, hyper in [
    ("sgd", {"lr": 0.4}),
    ("momentum", {"lr": 0.5, "momentum": 0.1}),
    ("momentum", {"lr": 0.577, "momentum": 0.27}),
]:
    path = gradpath.descend("anisotropic_paraboloid", (5.1, 2.3), name, steps=60, **hyper)
    setting = ", ".join(f"{key} {value:.3f}" for key, value in hyper.items())
    print(f"{name:9s} {setting:25s} {steps_to(path, -4.99):3d} steps to -4.99")

# %% best-ball
# Polyak's best lr and momentum for curvatures mu (flat) and L (steep).
flat, steep = 0.4, 4.0
best_lr = 4 / (steep**0.5 + flat**0.5) ** 2
best_momentum = ((steep**0.5 - flat**0.5) / (steep**0.5 + flat**0.5)) ** 2
print(f"lr {best_lr:.4f}, momentum {best_momentum:.4f}")
print(
    "steepest descent at its best shrinks the error by "
    f"{(steep - flat) / (steep + flat):.4f} a step"
)
print(f"the heavy ball at its best, in the long run, by   {best_momentum**0.5:.4f} a step")

# %% nesterov
lr, momentum = 0.3, 0.4
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
v = torch.zeros(2, dtype=torch.float64)
for step in range(11):
    value = ravine(x)
    if step <= 3 or step == 10:
        show_point(step, x, value)
    value.backward()
    with torch.no_grad():
        v = v * momentum + x.grad
        x.sub_((x.grad + v * momentum) * lr)
    x.grad.zero_()

# %% look-ahead
# The form of the papers: look ahead along the velocity, and take the gradient there.
y = torch.tensor([5.1, 2.3], dtype=torch.float64)
v = torch.zeros(2, dtype=torch.float64)
for step in range(11):
    ahead = (y + v * momentum).requires_grad_()
    value = ravine(ahead)
    if step <= 3 or step == 10:
        show_point(step, ahead, value)
    value.backward()
    with torch.no_grad():
        v = v * momentum - ahead.grad * lr
        y = y + v

# %% nesterov-object
path = gradpath.descend(
    "anisotropic_paraboloid",
    (5.1, 2.3),
    "nesterov",
    steps=10,
    method="optim",
    lr=0.3,
    momentum=0.4,
)
print(f"the object ends at ({path.x1[10]:.6f}, {path.x2[10]:.6f}), value {path.value[10]:.6f}")

# %% bounds
# How far the rate may go on curvature L: 2 / L, 2 (1 + m) / L, and 2 (1 + m) / ((1 + 2 m) L).
m = 0.1
limits = {
    "sgd": 2 / steep,
    "momentum": 2 * (1 + m) / steep,
    "nesterov": 2 * (1 + m) / ((1 + 2 * m) * steep),
}
for name, limit in limits.items():
    hyper = {} if name == "sgd" else {"momentum": m}
    ends = []
    for lr in [limit * 0.99, limit * 1.01]:
        path = gradpath.descend(
            "anisotropic_paraboloid", (5.1, 2.3), name, steps=400, lr=lr, **hyper
        )
        ends.append(f"{path.value[400]:.3e}")
    print(
        f"{name:9s} bound {limit:.4f}   value after 400 steps, "
        f"1 % below and above: {ends[0]}, {ends[1]}"
    )

# %% solution-1
# A velocity of beta = 0.9 is worth 10 gradients: divide
# lr by 10 and the steps are alike in size.
for lr, m in [(0.04, 0.0), (0.04, 0.9), (0.004, 0.9)]:
    path = gradpath.descend(
        "anisotropic_paraboloid", (5.1, 2.3), "momentum", steps=1000, lr=lr, momentum=m
    )
    print(f"lr {lr:.3f}, momentum {m:.1f}   {steps_to(path, -4.99):3d} steps to -4.99")

# %% solution-2
# Count the steps after which the value is down to -4.99
# for good, over a grid of rates and momenta.
counts = {}
for lr in range(41, 67, 4):
    for m in range(9, 48, 6):
        path = gradpath.descend(
            "anisotropic_paraboloid",
            (5.1, 2.3),
            "momentum",
            steps=40,
            lr=lr / 100,
            momentum=m / 100,
        )
        counts[lr, m] = int((path.value > -4.99).to_numpy().nonzero()[0][-1]) + 1
for lr in range(41, 67, 4):
    row = "".join(
        f"{counts[lr, m]:4d}" if counts[lr, m] <= 40 else "   -" for m in range(9, 48, 6)
    )
    print(f"lr {lr / 100:.2f}, momentum 0.09, 0.15, ... 0.45:{row}")
print(f"fewest: {min(counts.values())}")

# %% solution-3
# The value need not fall at every step: a ball has inertia.
path = gradpath.descend(
    "anisotropic_paraboloid", (5.1, 2.3), "momentum", steps=60, lr=0.1, momentum=0.9
)
rises = int((path.value.diff() > 0).sum())
print(
    f"lr 0.1, momentum 0.9: the value rises at {rises} of 60 steps, "
    f"and is {path.value[60]:.4f} at the end"
)
