# Steepest descent: how far a step may go. Run it from the
# project's folder, as a script or as a notebook.

# %% start
import numpy as np
import torch

import gradpath


def bowl(x):
    """Return the value of a round bowl at x."""
    return x[0] ** 2 * 0.2 + x[1] ** 2 * 0.2 - 5


def ravine(x):
    """Return the value of a ravine at x: ten times steeper along x2 than along x1."""
    return x[0] ** 2 * 0.2 + x[1] ** 2 * 2 - 5


def show_point(step, x, value):
    """Print one point of a path."""
    print(f"step {step:2d}   x1 {x[0]:9.6f}   x2 {x[1]:9.6f}   value {value:9.6f}")


# %% rule
lr = 1.0
x = torch.tensor([6.0, 6.0], dtype=torch.float64, requires_grad=True)
by_hand = []
for step in range(15):
    value = bowl(x)
    by_hand.append(x.tolist())
    if step <= 4 or step == 14:
        show_point(step, x, value)
    value.backward()
    with torch.no_grad():
        x.sub_(x.grad * lr)
    x.grad.zero_()

# %% object
x = torch.tensor([6.0, 6.0], dtype=torch.float64, requires_grad=True)
opt = torch.optim.SGD([x], lr=1.0)
by_object = []
for step in range(15):
    value = bowl(x)
    by_object.append(x.tolist())
    if step == 14:
        show_point(step, x, value)
    opt.zero_grad()
    value.backward()
    opt.step()

# %% descend
start = (6, 6)
manual = gradpath.descend(
    "isotropic_paraboloid", start, optimizer="sgd", steps=14, method="manual", lr=1.0
)
optim = gradpath.descend(
    "isotropic_paraboloid", start, optimizer="sgd", steps=14, method="optim", lr=1.0
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

# %% one-step
one = gradpath.descend("isotropic_paraboloid", start, optimizer="sgd", steps=1, lr=2.5)
for k in range(2):
    print(
        f"step {k}   |x1| {abs(one.x1[k]):.6f}   |x2| {abs(one.x2[k]):.6f}   "
        f"value {one.value[k]:.6f}"
    )

# %% plot-bowl
figure = gradpath.plot_paths([manual, one], labels=["lr 1.0", "lr 2.5"])

# %% curvature
# The gradient of a quadratic bowl grows in proportion to the distance
# from its minimum. Along an axis, the factor is the curvature there; at
# distance 1 it can be read off the gradient itself.
x = torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
ravine(x).backward()
flat, steep = x.grad.tolist()
print(f"curvature along x1: {flat:.1f}, along x2: {steep:.1f}")
print(f"condition number {steep / flat:.0f}")
print(
    f"bound on the learning rate, 2 / L: {2 / steep:.2f} for both, "
    f"{2 / flat:.2f} if there were x1 alone"
)
best = 2 / (flat + steep)
print(
    f"best rate, 2 / (L + mu): {best:.4f}, "
    f"with factors {1 - best * flat:.4f} and {1 - best * steep:.4f}"
)

# %% rates
# One step multiplies x1 by 1 - lr * 0.4, and x2 by 1 - lr * 4.
ravine_start = (5.1, 2.3)
for lr in [0.05, 0.2, 0.4, 0.495, 0.51]:
    path = gradpath.descend(
        "anisotropic_paraboloid", ravine_start, optimizer="sgd", steps=40, lr=lr
    )
    factors = f"x1 by {1 - lr * flat:6.3f}, x2 by {1 - lr * steep:6.3f}"
    print(
        f"lr {lr:5.3f}   a step multiplies {factors}   "
        f"value after 40 steps {path.value[40]:9.5f}"
    )

# %% edge
for lr in [0.499, 0.5, 0.501]:
    path = gradpath.descend(
        "anisotropic_paraboloid", ravine_start, optimizer="sgd", steps=500, lr=lr
    )
    print(
        f"lr {lr:.3f}   |x2| at the start {abs(path.x2[0]):.3f}, "
        f"after 500 steps {abs(path.x2[500]):7.3f}"
    )

# %% zig-zag
path = gradpath.descend(
    "anisotropic_paraboloid", ravine_start, optimizer="sgd", steps=200, lr=0.495
)
for step in [0, 1, 2, 3, 20, 21, 172, 173]:
    print(
        f"step {step:3d}   x1 {path.x1[step]:9.6f}   x2 {path.x2[step]:9.6f}   "
        f"value {path.value[step]:9.6f}"
    )
reached = int((path.value <= -4.99).idxmax())
print(f"the value first reaches -4.99 at step {reached}")

# %% plot-ravine
rates = [(0.4, 40), (0.495, 21), (0.51, 8)]
paths = [
    gradpath.descend(
        "anisotropic_paraboloid", ravine_start, optimizer="sgd", steps=steps, lr=lr
    )
    for lr, steps in rates
]
figure = gradpath.plot_paths(paths, labels=["lr 0.4", "lr 0.495", "lr 0.51"])

# %% parabola
# y = 4 x^2 has the gradient 8 x, so a step multiplies x by 1 - 8 lr.
for lr in [0.1, 0.125, 0.2, 0.25, 0.3]:
    x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    walk = []
    for _ in range(7):
        walk.append(f"{x.item():9.5f}")
        y = x**2 * 4
        y.backward()
        with torch.no_grad():
            x.sub_(x.grad * lr)
        x.grad.zero_()
    print(f"lr {lr:.3f}:" + "".join(walk))

# %% parabola-slow-motion
lr = 0.3
x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
for _ in range(5):
    y = x**2 * 4
    y.backward()
    before, slope = x.item(), x.grad.item()
    with torch.no_grad():
        x.sub_(x.grad * lr)
    x.grad.zero_()
    print(
        f"x {before:7.4f}   y {y:8.4f}   slope {slope:9.4f}   "
        f"step {-lr * slope:8.4f}   to {x:7.4f}"
    )


# %% scenes
def walk_down(curve, x, lr, steps, noise=0.0):
    """Descend a curve of one variable; return the points, and the slopes of the steps."""
    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    points, slopes = [x.item()], []
    for _ in range(steps):
        curve(x).backward()
        with torch.no_grad():
            slope = x.grad + torch.randn(1, dtype=torch.float64)[0] * noise
            x.sub_(slope * lr)
        x.grad.zero_()
        points.append(x.item())
        slopes.append(slope.item())
    return points, slopes


def show_walk(name, points, slopes):
    """Print the first, the fifth and the last slope of a walk, and where it ends."""
    first, fifth, last = slopes[0], slopes[4], slopes[-1]
    print(
        f"{name:9s}  slopes {first:.2e}, {fifth:.2e} ... {last:.2e}   "
        f"ends at x = {points[-1]:.4e}"
    )


# %% scene-good
good = walk_down(lambda x: x**2, 3.0, lr=0.1, steps=40)
show_walk("good", *good)

# %% scene-noisy
torch.manual_seed(1)
noisy = walk_down(lambda x: x**2, 3.0, lr=0.1, steps=40, noise=2.0)
show_walk("noisy", *noisy)
late = torch.tensor(noisy[0][-20:], dtype=torch.float64)
print(f"over its last 20 points it wanders between {late.min():.3f} and {late.max():.3f}")

# %% scene-exploding
exploding = walk_down(lambda x: x**4, 3.0, lr=0.1, steps=5)
show_walk("exploding", *exploding)

# %% scene-vanishing
vanishing = walk_down(lambda x: torch.sigmoid(x), 12.0, lr=0.1, steps=200)
show_walk("vanishing", *vanishing)
print(f"after 200 steps it has moved by {12.0 - vanishing[0][-1]:.6f}")

# %% scenes-picture
curves = [lambda x: x**2, lambda x: x**2, lambda x: x**4, torch.sigmoid]
walks = [good[0], noisy[0], exploding[0], vanishing[0]]
windows = [(-3.5, 3.5), (-3.5, 3.5), (-9, 9), (-16, 16)]
labels = ["good", "noisy", "exploding", "vanishing"]
title = "Four scenes (Python)"
pictures = {
    theme: gradpath.plot_walks(curves, walks, windows, labels, title, theme)
    for theme in ["light", "dark"]
}

# %% solution-1
# Which rate is best for the ravine? Count the steps to -4.99 for many.
counts = {}
for hundredths in range(30, 50):
    path = gradpath.descend(
        "anisotropic_paraboloid", ravine_start, "sgd", steps=200, lr=hundredths / 100
    )
    counts[hundredths] = int((path.value <= -4.99).idxmax())
for hundredths in [30, 35, 40, 42, 43, 44, 45, 46, 48, 49]:
    print(f"lr {hundredths / 100:.2f}   {counts[hundredths]:3d} steps")
fewest = min(counts, key=counts.get)
print(f"fewest: {counts[fewest]} steps, first at lr {fewest / 100:.2f}")

# %% solution-2
# On the axis x2 = 0 nothing pulls along x2, and only the
# curvature of x1 sets a bound: 2 / 0.4 = 5.
for lr in [0.51, 2.5, 4.9, 5.1]:
    path = gradpath.descend("anisotropic_paraboloid", (5.1, 0), "sgd", steps=50, lr=lr)
    print(
        f"lr {lr:.2f}   |x1| after 50 steps {abs(path.x1[50]):10.6f}   "
        f"x2 {abs(path.x2[50]):.6f}"
    )

# %% solution-3
# Halve the rate until a step lowers the value by at least
# a share of what the slope promises, lr |g|^2.
for share in [0.0, 0.5]:
    lr = 4.0
    x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
    for _ in range(40):
        value = ravine(x)
        value.backward()
        with torch.no_grad():
            g = x.grad
            while ravine(x - g * lr) > value - (g * g).sum() * (lr * share):
                lr = lr / 2
            x.sub_(g * lr)
        x.grad.zero_()
    print(f"share {share:.1f}   ends with lr {lr:.3f}   value after 40 steps {ravine(x):.6f}")
