# All together: every optimizer on every surface. Run it
# from the project's folder, as a script or as a notebook.

# %% start
import torch

import gradpath

starts = {
    "isotropic_paraboloid": (6.0, 6.0),
    "anisotropic_paraboloid": (5.1, 2.3),
    "rosenbrock": (-1.5, 2.0),
    "himmelblau": (-4.0, -4.0),
    "beale": (1.0, 1.5),
    "rastrigin": (1.7, -1.3),
}
optimizers = gradpath.optimizer_names()
lowest = {
    name: gradpath.get_surface(name)(
        torch.tensor(gradpath.get_surface(name).minima[0], dtype=torch.float64)
    ).item()
    for name in starts
}
for name, start in starts.items():
    surface = gradpath.get_surface(name)
    height = surface(torch.tensor(start, dtype=torch.float64)).item() - lowest[name]
    print(
        f"{name:22s}   from ({start[0]:4.1f}, {start[1]:4.1f})   "
        f"{height:10.4f} above the minimum"
    )


# %% at-once
def all_at_once(surface, start, optimizer, steps, **hyper):
    """Return the points of many paths, as one tensor of shape (steps + 1, n, 2).

    The rows of the start, of shape (n, 2), are the starts. A hyperparameter is a number, or a
    tensor of shape (n, 1).
    """
    rule, state = gradpath.UPDATE_RULES[optimizer], {}
    x = start
    points = [x]
    for _ in range(steps):
        x.requires_grad_()
        (g,) = torch.autograd.grad(surface(x).sum(), x)
        with torch.no_grad():
            x, state = rule(x, g, state, **hyper)
        points.append(x.detach())
    return torch.stack(points).detach()


# %% one-rate
def end_of(path, surface):
    """Return how high above the minimum a path ends, or that it is not at rest there."""
    x1_from, x1_to, x2_from, x2_to = gradpath.get_surface(surface).window
    (x1, x2), last = path[-1].tolist(), gradpath.get_surface(surface)(path)[-10:]
    inside = x1_from <= x1 <= x1_to and x2_from <= x2 <= x2_to
    if not inside or last.max() - last.min() > 1:
        return "wild"
    height = last[-1].item() - lowest[surface]
    return f"{height:.4f}" if height >= 0.0001 else "there"


rates = [0.001, 0.01, 0.1]
lr = torch.tensor(rates, dtype=torch.float64).reshape(-1, 1)
ends = {}
for surface, start in starts.items():
    three = torch.tensor([start] * 3, dtype=torch.float64)
    for name in optimizers:
        points = all_at_once(gradpath.get_surface(surface), three, name, 200, lr=lr)
        for k, rate in enumerate(rates):
            ends[rate, surface, name] = end_of(points[:, k], surface)
for rate in rates:
    print(f"lr {rate:.3f}".ljust(22) + "".join(f"{name:>9s}" for name in optimizers))
    for surface in starts:
        print(
            f"{surface:22s}"
            + "".join(f"{ends[rate, surface, name]:>9s}" for name in optimizers)
        )

# %% best-rate
# 33 rates from 0.001 to 10, evenly spaced on a logarithmic scale.
rates = [10 ** (k / 8 - 3) for k in range(33)]
# AdamW pulls towards the origin, which happens to be
# where some of these minima are. So it takes no part.
judged = optimizers[:6]
print(" " * 22 + "".join(f"{name:>12s}" for name in judged))
for name, start in starts.items():
    row = []
    for optimizer in judged:
        counts = gradpath.steps_to_reach(name, start, optimizer, 200, lr=rates)
        best = counts.loc[counts.steps.idxmin()]
        row.append(f"{best.steps:3.0f} ({best.lr:.3f})" if best.status == "reached" else ".")
    print(f"{name:22s}" + "".join(f"{entry:>12s}" for entry in row))

# %% saddle
gaps = [0.1, 0.001, 0.000001, 0.0]
start = torch.tensor([[1.0, gap] for gap in gaps], dtype=torch.float64)
first = {}
for optimizer in optimizers:
    points = all_at_once(gradpath.get_surface("saddle"), start, optimizer, 200, lr=0.1)
    away = points[:, :, 1].abs() > 1
    for k, gap in enumerate(gaps):
        first[gap, optimizer] = away[:, k].tolist().index(True) if away[:, k].any() else "never"
print(f"{'x2 at the start':15s}" + "".join(f"{name:>9s}" for name in optimizers))
for gap in gaps:
    print(f"{gap:15.6f}" + "".join(f"{first[gap, optimizer]:>9}" for optimizer in optimizers))

# %% saddle-value
path = gradpath.descend("saddle", (1.0, 0.000001), "sgd", steps=90, lr=0.1)
for step in [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]:
    print(
        f"step {step:2d}   x1 {path.x1[step]:8.6f}   x2 {path.x2[step]:9.6f}   "
        f"value {path.value[step]:10.6f}"
    )


# %% ravine
def ravine(steepness):
    """Return a ravine that is that much steeper along x2 than along x1."""
    return lambda x: (x[..., 0] ** 2 + x[..., 1] ** 2 * steepness) * 0.5


def fewest_steps(surface, start):
    """Return each method's fewest steps, with the best of 97 rates from 0.0001 to 100."""
    rates = [10 ** (k / 16 - 4) for k in range(97)]
    line = ""
    for optimizer in judged:
        fewest = gradpath.steps_to_reach(
            surface, start, optimizer, 400, bottom=0.0, lr=rates
        ).steps.min()
        line += f"{fewest:9.0f}" if fewest <= 400 else "        ."
    return line


straight = {}
print(f"{'condition':9s}" + "".join(f"{name:>9s}" for name in judged))
for steepness in [10, 100, 1000]:
    straight[steepness] = fewest_steps(ravine(steepness), (5.0, 1.0))
    print(f"{steepness:9d}" + straight[steepness])


# %% turned
def turned(steepness):
    """Return the same ravine, turned by 45 degrees."""
    half = 0.5**0.5
    return lambda x: (
        (
            ((x[..., 0] + x[..., 1]) * half) ** 2
            + ((x[..., 0] - x[..., 1]) * half) ** 2 * steepness
        )
        * 0.5
    )


half = 0.5**0.5
print(f"{'':15s}" + "".join(f"{name:>9s}" for name in judged))
print("along the axes " + straight[100])
print("turned         " + fewest_steps(turned(100), (6 * half, 4 * half)))


# %% map
def show_best(counts, other):
    """Print what became of the runs of a map, and the fewest steps of all."""
    fates = [
        f"{(counts.status == status).sum()} {status}"
        for status in ["reached", "not reached", "diverged"]
    ]
    print(f"{len(counts)} runs: " + ", ".join(fates))
    best = counts.loc[counts.steps.idxmin()]
    print(
        f"fewest steps: {best.steps:.0f}, with lr {best.lr:.4f} and {other} {best[other]:.2f}"
    )


ravine_start = (5.1, 2.3)
rates = [10 ** (k / 12 - 2) for k in range(27)]
momenta = [k / 20 for k in range(20)]
counts = gradpath.steps_to_reach(
    "anisotropic_paraboloid", ravine_start, "momentum", 200, lr=rates, momentum=momenta
)
show_best(counts, "momentum")

# %% map-picture
title = "Momentum in the ravine (Python)"
pictures = {theme: gradpath.plot_steps(counts, title, theme) for theme in ["light", "dark"]}

# %% map-check
best = counts.loc[counts.steps.idxmin()]
path = gradpath.descend(
    "anisotropic_paraboloid", ravine_start, "momentum", 200, lr=best.lr, momentum=best.momentum
)
alone = int(path.step[path.value >= -4.99].max()) + 1
print(f"the best cell: {best.steps:.0f} steps on the map, {alone} steps of descend()")
for momentum in [0.0, 0.3, 0.6, 0.9]:
    row = counts[(counts.momentum == momentum) & (counts.lr > 0.02) & (counts.lr < 0.5)]
    print(
        f"momentum {momentum:.1f}, lr from 0.02 to 0.5: "
        f"{row.steps.min():3.0f} to {row.steps.max():3.0f} steps"
    )

# %% edge
# On the map, and by the formula 2 (1 + m) / L with L = 4.
fine = [k / 200 for k in range(1, 260)]
chosen = [0.0, 0.1, 0.2, 0.4, 0.6]
counts = gradpath.steps_to_reach(
    "anisotropic_paraboloid", ravine_start, "momentum", 600, lr=fine, momentum=chosen
)
for m in chosen:
    arrived = counts.lr[(counts.momentum == m) & (counts.status == "reached")]
    print(
        f"momentum {m:.1f}   largest rate that arrives {arrived.max():.3f}   "
        f"bound {2 * (1 + m) / 4:.3f}"
    )

# %% map-adam
rates = [10 ** (k / 12 - 2) for k in range(37)]
counts = gradpath.steps_to_reach(
    "anisotropic_paraboloid", ravine_start, "adam", 200, lr=rates, beta1=momenta
)
show_best(counts, "beta1")
for beta1 in [0.0, 0.3, 0.5, 0.7, 0.9]:
    row = counts[counts.beta1 == beta1]
    best = row.loc[row.steps.idxmin()]
    print(f"beta1 {beta1:.1f}   fewest steps {best.steps:3.0f}, with lr {best.lr:.3f}")

# %% map-adam-picture
title = "Adam in the ravine (Python)"
pictures = {theme: gradpath.plot_steps(counts, title, theme) for theme in ["light", "dark"]}

# %% map-rosenbrock
rates = [10 ** (k / 16 - 4) for k in range(28)]
counts = gradpath.steps_to_reach(
    "rosenbrock", (-1.5, 2.0), "momentum", 1200, lr=rates, momentum=[*momenta, 0.98]
)
show_best(counts, "momentum")
# The cell with the fewest steps, and those around it.
best = counts.loc[counts.steps.idxmin()]
around = counts[
    ((counts.momentum - best.momentum).abs() < 0.06) & (abs(counts.lr / best.lr - 1) < 0.2)
]
for momentum, row in around.groupby("momentum"):
    cells = "".join(f"{steps:8.0f}" if steps <= 1200 else "       ." for steps in row.steps)
    print(f"momentum {momentum:.2f}" + cells)

# %% map-rosenbrock-picture
title = "Momentum on Rosenbrock's function (Python)"
pictures = {theme: gradpath.plot_steps(counts, title, theme) for theme in ["light", "dark"]}

# %% solution-1
rates = [10 ** (k / 12 - 2) for k in range(27)]
counts = gradpath.steps_to_reach(
    "anisotropic_paraboloid", ravine_start, "nesterov", 200, lr=rates, momentum=momenta
)
show_best(counts, "momentum")
for momentum in [0.0, 0.3, 0.6, 0.9]:
    arrived = counts[(counts.momentum == momentum) & (counts.status == "reached")]
    print(
        f"momentum {momentum:.1f}   fewest steps {arrived.steps.min():3.0f}   "
        f"largest rate {arrived.lr.max():.3f}"
    )

# %% solution-1-picture
title = "Nesterov's method in the ravine (Python)"
pictures = {theme: gradpath.plot_steps(counts, title, theme) for theme in ["light", "dark"]}

# %% solution-2
# Starts on a grid of 20 by 20 over Rastrigin's window,
# all at once: the rules do not mind the shape.
line = torch.arange(20, dtype=torch.float64) * 0.25 - 2.375
grid = torch.stack([line.repeat_interleave(20), line.repeat(20)], dim=1)
rastrigin = gradpath.get_surface("rastrigin")
for optimizer, hyper in [
    ("sgd", {"lr": 0.004}),
    ("momentum", {"lr": 0.002, "momentum": 0.9}),
    ("momentum", {"lr": 0.004, "momentum": 0.95}),
    ("adagrad", {"lr": 1.0}),
    ("rmsprop", {"lr": 0.03}),
    ("adam", {"lr": 0.1}),
    ("adam", {"lr": 0.5}),
]:
    x, state = grid.clone(), {}
    for _ in range(300):
        x.requires_grad_()
        (g,) = torch.autograd.grad(rastrigin(x).sum(), x)
        with torch.no_grad():
            x, state = gradpath.UPDATE_RULES[optimizer](x, g, state, **hyper)
    found = (rastrigin(x) < 0.5).sum().item()
    print(
        f"{optimizer:8s} lr {hyper['lr']:.3f}   "
        f"{found:3d} of 400 starts end at the lowest minimum"
    )

# %% solution-3
# On the ridge, with a little noise on the gradient.
for noise in [0.0, 0.000001, 0.001, 0.1]:
    path = gradpath.descend("saddle", (1.0, 0.0), "sgd", steps=200, lr=0.1, noise=noise, seed=1)
    away = path.step[path.x2.abs() > 1]
    print(f"noise {noise:.6f}   " + (f"{away.iloc[0]} steps" if len(away) else "never"))
