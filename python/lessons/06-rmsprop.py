# RMSProp: forget old gradients. Run it from the project's folder, as a script or as a notebook.

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
lr, alpha, eps = 3, 0.9, 1e-6
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
v = torch.zeros(2, dtype=torch.float64)
for step in range(8):
    value = ravine(x)
    show_point(step, x, value)
    value.backward()
    with torch.no_grad():
        g = x.grad
        v = v * alpha + g * g * (1 - alpha)
        x.sub_(g * lr / (torch.sqrt(v) + eps))
    x.grad.zero_()

# %% rule-from-gradient
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
v = None
by_hand = []
for step in range(8):
    value = ravine(x)
    by_hand.append(x.tolist())
    show_point(step, x, value)
    value.backward()
    with torch.no_grad():
        g = x.grad
        if v is None:
            v = g * g
        v = v * alpha + g * g * (1 - alpha)
        x.sub_(g * lr / (torch.sqrt(v) + eps))
    x.grad.zero_()

# %% object
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
opt = torch.optim.RMSprop([x], lr=3, alpha=0.9, eps=1e-6)
by_object = []
for step in range(8):
    value = ravine(x)
    by_object.append(x.tolist())
    if step == 7:
        show_point(step, x, value)
    opt.zero_grad()
    value.backward()
    opt.step()

# %% object-state
# What the optimizer remembers, parameter by parameter: the average of the squared gradients.
for name, entry in opt.state_dict()["state"][0].items():
    print(f"{name}: {entry.tolist()}")

# %% seeded-state
# The object has no option for the other start, but its
# state is ours to set: after the first backward().
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
opt = gradpath.make_optimizer("rmsprop", [x], lr=3, alpha=0.9, eps=1e-6)
seeded = []
for step in range(8):
    value = ravine(x)
    seeded.append(x.tolist())
    if step == 7:
        show_point(step, x, value)
    opt.zero_grad()
    value.backward()
    if step == 0:
        gradpath.seed_state(opt, init="gradient")
    opt.step()

# %% descend
paths = {}
for init in ["gradient", "zero"]:
    for method in ["manual", "optim"]:
        path = gradpath.descend(
            "anisotropic_paraboloid",
            start=(5.1, 2.3),
            optimizer="rmsprop",
            steps=7,
            method=method,
            lr=3,
            alpha=0.9,
            eps=1e-6,
            init=init,
        )
        paths[init, method] = path
        print(f"{init:8s} {method:6s}  ends at ({path.x1[7]:.12f}, {path.x2[7]:.12f})")


# %% comparison
def difference(points, path):
    """Return the largest difference between points and a path, in any coordinate."""
    return np.abs(np.array(points) - path[["x1", "x2"]].to_numpy()).max()


print(
    "written out, against descend() by hand:      "
    f"{difference(by_hand, paths['gradient', 'manual']):.12f}"
)
print(
    "the seeded object, against descend():        "
    f"{difference(seeded, paths['gradient', 'optim']):.12f}"
)
print(
    "the object from zero, against descend():     "
    f"{difference(by_object, paths['zero', 'optim']):.12f}"
)

# %% plot
sgd = gradpath.descend("anisotropic_paraboloid", (5.1, 2.3), "sgd", steps=40, lr=0.4)
figure = gradpath.plot_paths(
    [sgd, paths["gradient", "optim"], paths["zero", "optim"]],
    labels=["sgd, lr 0.4", "average from the first gradient", "average from zero"],
)

# %% first-steps
for alpha in [0.9, 0.99]:
    for init in ["zero", "gradient"]:
        path = gradpath.descend(
            "anisotropic_paraboloid",
            (5.1, 2.3),
            "rmsprop",
            steps=1,
            lr=0.01,
            alpha=alpha,
            eps=1e-8,
            init=init,
        )
        moved = (path.x1[0] - path.x1[1]) / 0.01
        print(
            f"alpha {alpha:.2f}, average from {init:8s}   "
            f"the first step is {moved:7.4f} lr long"
        )
    print(f"alpha {alpha:.2f}: 1 / sqrt(1 - alpha) = {1 / (1 - alpha) ** 0.5:.4f}")

# %% published-picture
# As they stand in the source of the published picture,
# resources/rmsprop.tex in the book's repository, rounded to six digits.
drawn_x1 = [5.1, 0.840001, 0.323993, 0.114520, 0.036490, 0.010283, 0.002498, 0.000505]
drawn_last_x2 = -0.002315
path = paths["gradient", "manual"]
for step, drawn in enumerate(drawn_x1):
    x1 = path.x1[step]
    print(f"step {step}   x1 {x1:9.6f}   0.4 x1 {x1 * 0.4:9.6f}   drawn {drawn:9.6f}")
print(f"last x2: {path.x2[7]:.6f} by the rule, {drawn_last_x2:.6f} drawn")

# %% burst
path = gradpath.descend(
    "anisotropic_paraboloid",
    (5.1, 2.3),
    "rmsprop",
    steps=26,
    lr=3,
    alpha=0.9,
    eps=1e-6,
    init="gradient",
)
for step in [7, 9, 12, 15, 18, 19, 20, 21, 22, 24, 26]:
    print(f"step {step:2d}   x2 {path.x2[step]:9.6f}   value {path.value[step]:10.6f}")

# %% burst-cause
# The rate that RMSProp applies to x2 at each step, times
# the curvature 4 there. Above 2, x2 grows.
g = path.x2.to_numpy() * 4
v = g[0] ** 2
products = []
for step in range(27):
    v = v * 0.9 + g[step] ** 2 * 0.1
    products.append(3 / (v**0.5 + 1e-6) * 4)
for step in [0, 4, 8, 9, 12, 15, 18, 20, 22]:
    verdict = "grows" if products[step] > 2 else "shrinks"
    print(
        f"step {step:2d}   effective rate times curvature {products[step]:8.3f}   x2 {verdict}"
    )

# %% floor
# However long it runs, it does not settle: the step cannot become much smaller than lr.
for lr in [3, 0.3, 0.03]:
    path = gradpath.descend(
        "anisotropic_paraboloid", (5.1, 2.3), "rmsprop", steps=300, lr=lr, alpha=0.9, eps=1e-6
    )
    late = path.value[201:]
    print(
        f"lr {lr:4.2f}   values of the last 100 steps: {late.min():10.6f} to {late.max():10.6f}"
    )

# %% against-adagrad
# A gradient that is large for 20 steps and small for 80: who notices?
s = v = 0.0
for t in range(1, 101):
    g = 10.0 if t <= 20 else 0.1
    s = s + g * g
    v = v * 0.9 + g * g * 0.1
    if t in (1, 20, 40, 60, 80, 100):
        print(
            f"step {t:3d}   gradient {g:4.1f}   step of Adagrad {g / s**0.5:.4f} lr, "
            f"of RMSProp {g / v**0.5:.4f} lr"
        )

# %% solution-1
# Which lr brings the value to -4.99 soonest, and which keeps it there for 300 steps?
for lr in [3.0, 1.0, 0.3, 0.1, 0.03]:
    path = gradpath.descend(
        "anisotropic_paraboloid", (5.1, 2.3), "rmsprop", steps=300, lr=lr, alpha=0.9, eps=1e-6
    )
    reached = int((path.value <= -4.99).idxmax())
    rises = int((path.value[reached:] > -4.99).sum())
    print(
        f"lr {lr:.2f}   first at step {reached:3d}, above it again at {rises:3d} later points"
    )

# %% solution-2
# The same lr, but falling like 1 / t.
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
v = torch.zeros(2, dtype=torch.float64)
for t in range(1, 301):
    value = ravine(x)
    if t in (1, 11, 51, 101, 201, 300):
        show_point(t - 1, x, value)
    value.backward()
    with torch.no_grad():
        v = v * 0.9 + x.grad * x.grad * (1 - 0.9)
        x.sub_(x.grad * (3 / t) / (torch.sqrt(v) + 1e-6))
    x.grad.zero_()
