# Adagrad: a rate of its own for every coordinate. Run it
# from the project's folder, as a script or notebook.

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
lr, eps = 3.7, 1e-6
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
s = torch.zeros(2, dtype=torch.float64)
by_hand = []
for step in range(8):
    value = ravine(x)
    by_hand.append(x.tolist())
    show_point(step, x, value)
    value.backward()
    with torch.no_grad():
        g = x.grad
        s = s + g * g
        x.sub_(g * lr / (torch.sqrt(s) + eps))
    x.grad.zero_()

# %% object
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
opt = torch.optim.Adagrad([x], lr=3.7, eps=1e-6)
by_object = []
for step in range(8):
    value = ravine(x)
    by_object.append(x.tolist())
    if step == 7:
        show_point(step, x, value)
    opt.zero_grad()
    value.backward()
    opt.step()

# %% descend
manual = gradpath.descend(
    "anisotropic_paraboloid",
    start=(5.1, 2.3),
    optimizer="adagrad",
    steps=7,
    method="manual",
    lr=3.7,
    eps=1e-6,
)
optim = gradpath.descend(
    "anisotropic_paraboloid",
    start=(5.1, 2.3),
    optimizer="adagrad",
    steps=7,
    method="optim",
    lr=3.7,
    eps=1e-6,
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
figure = gradpath.plot_paths([sgd, optim], labels=["sgd, lr 0.4", "adagrad, lr 3.7"])


# %% effective-rate
def effective_rates(path, curvatures, lr, eps):
    """Return what Adagrad multiplies each coordinate of the gradient with, step by step."""
    g = path[["x1", "x2"]].to_numpy() * np.array(curvatures)
    return lr / (np.sqrt(np.cumsum(g * g, axis=0)) + eps)


rates = effective_rates(manual, [0.4, 4.0], lr=3.7, eps=1e-6)
for step in range(7):
    print(
        f"step {step}   effective rate along x1 {rates[step, 0]:.4f}, "
        f"along x2 {rates[step, 1]:.4f}"
    )

# %% balance
# Steepest descent tolerates a rate of 2 / curvature. What share of it does Adagrad use?
for step in [0, 1, 2, 6]:
    share = rates[step] * np.array([0.4, 4.0]) / 2
    print(f"step {step}   share of the bound along x1 {share[0]:.3f}, along x2 {share[1]:.3f}")


# %% scale-free
def adagrad_on(a1, a2, steps):
    """Run Adagrad by hand on a1 x1^2 + a2 x2^2 and return the last point."""
    x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
    s = torch.zeros(2, dtype=torch.float64)
    for _ in range(steps):
        (x[0] ** 2 * a1 + x[1] ** 2 * a2).backward()
        with torch.no_grad():
            g = x.grad
            s = s + g * g
            x.sub_(g * 3.7 / (torch.sqrt(s) + 1e-6))
        x.grad.zero_()
    return x.tolist()


for a2 in [0.2, 2.0, 200.0]:
    x1, x2 = adagrad_on(0.2, a2, steps=7)
    print(f"0.2 x1^2 + {a2:5.1f} x2^2   after 7 steps: x1 {x1:9.6f}, x2 {x2:9.6f}")

# %% first-step
# The first step divides the gradient by itself: lr in every coordinate, whatever the slope.
for lr in [0.1, 1.0, 3.7]:
    path = gradpath.descend("anisotropic_paraboloid", (5.1, 2.3), "adagrad", steps=1, lr=lr)
    print(
        f"lr {lr:.1f}   moves x1 by {path.x1[0] - path.x1[1]:.6f}, "
        f"x2 by {path.x2[0] - path.x2[1]:.6f}"
    )

# %% running-dry
for lr in [0.01, 0.4, 1.0, 3.7]:
    path = gradpath.descend(
        "anisotropic_paraboloid", (5.1, 2.3), "adagrad", steps=200, lr=lr, eps=1e-6
    )
    rates = effective_rates(path, [0.4, 4.0], lr=lr, eps=1e-6)
    reached = (
        f"{int((path.value <= -4.99).idxmax()):3d} steps"
        if path.value.min() <= -4.99
        else "not in 200"
    )
    print(
        f"lr {lr:4.2f}   to -4.99: {reached:10s}   "
        f"effective rate along x2 {rates[0, 1]:.4f} at first, {rates[200, 1]:.4f} at last"
    )

# %% why-slow
# The default rate: are the first squares to blame, or is the rate itself a short distance?
path = gradpath.descend(
    "anisotropic_paraboloid", (5.1, 2.3), "adagrad", steps=200, lr=0.01, eps=1e-6
)
g = path.x1.to_numpy() * 0.4
share = (g[:5] ** 2).sum() / (g**2).sum()
print(f"the first five squares are {share:.1%} of the sum after 200 steps")
print(f"the gradient along x1 has gone from {g[0]:.4f} to {g[200]:.4f}")
for t in [1, 10, 50, 200]:
    print(
        f"after {t:3d} steps x1 has moved by {path.x1[0] - path.x1[t]:.4f}; "
        f"2 * 0.01 * sqrt({t}) is {0.02 * t**0.5:.4f}"
    )
print(f"at this pace, to move by 5.1 takes (5.1 / 0.02)^2 = {(5.1 / 0.02) ** 2:.0f} steps")

# %% noise
# With gradients that never vanish, the sum grows without
# end: the effective rate falls like 1 / sqrt(t).
s = 0.0
for t in range(1, 10001):
    s = s + 1.0
    if t in (1, 10, 100, 1000, 10000):
        print(f"after {t:5d} gradients of size 1: effective rate {3.7 / (s**0.5 + 1e-6):.4f}")

# %% solution-1
# Adagrad with a sum that does not start at zero: the first steps become shorter.
for first in [0.0, 1.0, 100.0]:
    x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
    opt = torch.optim.Adagrad([x], lr=3.7, eps=1e-6, initial_accumulator_value=first)
    for _ in range(7):
        opt.zero_grad()
        ravine(x).backward()
        opt.step()
    print(f"sum starts at {first:5.1f}   after 7 steps: x1 {x[0]:9.6f}, x2 {x[1]:9.6f}")

# %% solution-2
# How many steps to -4.99, over a wide range of lr?
for lr in [1.0, 2.0, 3.7, 5.0, 10.0, 20.0]:
    path = gradpath.descend(
        "anisotropic_paraboloid", (5.1, 2.3), "adagrad", steps=60, lr=lr, eps=1e-6
    )
    highest = path.value.max()
    print(
        f"lr {lr:4.1f}   {int((path.value <= -4.99).idxmax()):2d} steps, "
        f"highest value on the way {highest:9.3f}"
    )

# %% solution-3
# Turn the ravine by 45 degrees and Adagrad's advantage is
# gone: it scales coordinates, not directions.
for name, turned in [("along the axes", False), ("turned by 45 degrees", True)]:
    x = torch.tensor([5.1, 2.3], dtype=torch.float64)
    if turned:
        x = torch.stack([x[0] - x[1], x[0] + x[1]]) * 0.5**0.5
    x.requires_grad_()
    s = torch.zeros(2, dtype=torch.float64)
    for _ in range(7):
        along = (x[0] + x[1]) * 0.5**0.5 if turned else x[0]
        across = (x[1] - x[0]) * 0.5**0.5 if turned else x[1]
        value = along**2 * 0.2 + across**2 * 2 - 5
        value.backward()
        with torch.no_grad():
            g = x.grad
            s = s + g * g
            x.sub_(g * 3.7 / (torch.sqrt(s) + 1e-6))
        x.grad.zero_()
    print(f"{name:20s}   value after 6 steps {value:9.6f}")
