# All together: every optimizer on every surface. Run it from the project's folder, as a script or as a
# notebook.

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
    name: gradpath.get_surface(name)(torch.tensor(gradpath.get_surface(name).minima[0], dtype=torch.float64)).item()
    for name in starts
}
for name, start in starts.items():
    surface = gradpath.get_surface(name)
    height = surface(torch.tensor(start, dtype=torch.float64)).item() - lowest[name]
    print(f"{name:22s}   from ({start[0]:4.1f}, {start[1]:4.1f})   {height:10.4f} above the minimum")


# %% one-rate
def end_of(path, surface):
    """Return how high above the minimum a path ends, or that it has not come to rest in the window."""
    x1_from, x1_to, x2_from, x2_to = gradpath.get_surface(surface).window
    x1, x2, last = path.x1.iloc[-1], path.x2.iloc[-1], path.value.iloc[-10:]
    inside = x1_from <= x1 <= x1_to and x2_from <= x2 <= x2_to
    if path.attrs["status"] != "finished" or not inside or last.max() - last.min() > 1:
        return "wild"
    height = last.iloc[-1] - lowest[surface]
    return f"{height:.4f}" if height >= 0.0001 else "there"


for lr in [0.001, 0.01, 0.1]:
    print(f"lr {lr:.3f}".ljust(22) + "".join(f"{name:>9s}" for name in optimizers))
    for surface, start in starts.items():
        ends = []
        for name in optimizers:
            path = gradpath.descend(surface, start, name, steps=200, lr=lr)
            ends.append(f"{end_of(path, surface):>9s}")
        print(f"{surface:22s}" + "".join(ends))


# %% at-once
def steps_to_stay(surface, start, optimizer, steps, bottom, **hyper):
    """Return after how many steps the value is within 0.01 of the bottom for good, for all settings at once.

    The hyperparameters are tensors of shape (n, 1, 1) or (1, m, 1), or numbers; the result has shape (n, m).
    Where the value is not there after the last step, it is that step's number plus 1.
    """
    rule, state = gradpath.UPDATE_RULES[optimizer], {}
    shapes = [h.shape for h in hyper.values() if isinstance(h, torch.Tensor)]
    n, m = max(shape[0] for shape in shapes), max(shape[1] for shape in shapes)
    x = torch.tensor(start, dtype=torch.float64).repeat(n, m, 1)
    count = torch.zeros(n, m, dtype=torch.float64)
    for step in range(steps + 1):
        x.requires_grad_()
        value = surface(x)
        # What is no number is not below anything, so it counts as not there.
        there = (value - bottom) < 0.01
        count = torch.where(there, count, torch.full_like(count, step + 1))
        (g,) = torch.autograd.grad(value.sum(), x)
        with torch.no_grad():
            x, state = rule(x, g, state, **hyper)
    return count


def down(values):
    """Return values as a tensor of shape (n, 1, 1): they go down the rows of a map."""
    return torch.tensor(values, dtype=torch.float64).reshape(-1, 1, 1)


def across(values):
    """Return values as a tensor of shape (1, m, 1): they go across the columns of a map."""
    return torch.tensor(values, dtype=torch.float64).reshape(1, -1, 1)


# %% best-rate
# 33 rates from 0.001 to 10, evenly spaced on a logarithmic scale.
rates = [10 ** (k / 8 - 3) for k in range(33)]
# AdamW pulls towards the origin, which happens to be where some of these minima are. So it takes no part.
judged = optimizers[:6]
print(" " * 22 + "".join(f"{name:>12s}" for name in judged))
for name, start in starts.items():
    row = []
    for optimizer in judged:
        surface = gradpath.get_surface(name)
        counts = steps_to_stay(surface, start, optimizer, 200, lowest[name], lr=down(rates)).flatten().tolist()
        fewest = min(counts)
        row.append("." if fewest > 200 else f"{fewest:3.0f} ({rates[counts.index(fewest)]:.3f})")
    print(f"{name:22s}" + "".join(f"{entry:>12s}" for entry in row))

# %% saddle
print(f"{'x2 at the start':15s}" + "".join(f"{name:>9s}" for name in optimizers))
for x2 in [0.1, 0.001, 0.000001, 0.0]:
    row = []
    for optimizer in optimizers:
        path = gradpath.descend("saddle", (1.0, x2), optimizer, steps=200, lr=0.1)
        away = path.step[path.x2.abs() > 1]
        row.append(f"{away.iloc[0]:9d}" if len(away) else f"{'never':>9s}")
    print(f"{x2:15.6f}" + "".join(row))

# %% saddle-value
path = gradpath.descend("saddle", (1.0, 0.000001), "sgd", steps=90, lr=0.1)
for step in [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]:
    print(f"step {step:2d}   x1 {path.x1[step]:8.6f}   x2 {path.x2[step]:9.6f}   value {path.value[step]:10.6f}")


# %% ravine
def ravine(steepness):
    """Return a ravine that is that much steeper along x2 than along x1."""
    return lambda x: (x[..., 0] ** 2 + x[..., 1] ** 2 * steepness) * 0.5


rates = [10 ** (k / 16 - 4) for k in range(97)]
print(f"{'condition':9s}" + "".join(f"{name:>9s}" for name in judged))
for steepness in [10, 100, 1000]:
    row = []
    for optimizer in judged:
        counts = steps_to_stay(ravine(steepness), (5.0, 1.0), optimizer, 400, 0.0, lr=down(rates))
        fewest = counts.min().item()
        row.append(f"{fewest:9.0f}" if fewest <= 400 else f"{'.':>9s}")
    print(f"{steepness:9d}" + "".join(row))


# %% turned
def turned(steepness):
    """Return the same ravine, turned by 45 degrees."""
    half = 0.5**0.5
    return lambda x: (((x[..., 0] + x[..., 1]) * half) ** 2 + ((x[..., 0] - x[..., 1]) * half) ** 2 * steepness) * 0.5


half = 0.5**0.5
settings = [("along the axes", ravine(100), (5.0, 1.0)), ("turned", turned(100), (6 * half, 4 * half))]
print(f"{'':15s}" + "".join(f"{name:>9s}" for name in judged))
for name, surface, start in settings:
    row = []
    for optimizer in judged:
        fewest = steps_to_stay(surface, start, optimizer, 400, 0.0, lr=down(rates)).min().item()
        row.append(f"{fewest:9.0f}" if fewest <= 400 else f"{'.':>9s}")
    print(f"{name:15s}" + "".join(row))


# %% map
def show_map(counts, steps, rows, columns):
    """Print a map: a row for each rate, a column for each value of the other hyperparameter."""
    print("    lr" + "".join(f"{c:6.2f}" for c in columns))
    for rate, row in zip(rows, counts.tolist(), strict=True):
        print(f"{rate:6.4f}" + "".join(f"{c:6.0f}" if c <= steps else "     ." for c in row))


surface = gradpath.get_surface("anisotropic_paraboloid")
rates = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.45, 0.48, 0.52, 0.6, 0.7, 0.8, 0.9]
momenta = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
counts = steps_to_stay(surface, (5.1, 2.3), "momentum", 200, -5.0, lr=down(rates), momentum=across(momenta))
show_map(counts, 200, rates, momenta)

# %% map-check
path = gradpath.descend("anisotropic_paraboloid", (5.1, 2.3), "momentum", steps=200, lr=0.3, momentum=0.4)
alone = int(path.step[path.value > -4.99].max()) + 1
print(f"lr 0.30, momentum 0.40: {counts[4, 4]:.0f} steps on the map, {alone} steps of descend()")
print(f"{counts.numel()} runs of 200 steps, fewest steps {counts.min():.0f}")

# %% edge
# On the map, and by the formula 2 (1 + m) / L with L = 4.
fine = [k / 200 for k in range(1, 260)]
chosen = [0.0, 0.1, 0.2, 0.4, 0.6]
counts = steps_to_stay(surface, (5.1, 2.3), "momentum", 600, -5.0, lr=down(fine), momentum=across(chosen))
for j, m in enumerate(chosen):
    arrived = [rate for rate, c in zip(fine, counts[:, j].tolist(), strict=True) if c <= 600]
    print(f"momentum {m:.1f}   largest rate that arrives {max(arrived):.3f}   bound {2 * (1 + m) / 4:.3f}")

# %% map-adam
rates = [0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 6.0]
betas = [0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99]
counts = steps_to_stay(surface, (5.1, 2.3), "adam", 200, -5.0, lr=down(rates), beta1=across(betas))
show_map(counts, 200, rates, betas)

# %% map-rosenbrock
rates = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005]
momenta = [0.0, 0.5, 0.8, 0.9, 0.95, 0.98]
surface = gradpath.get_surface("rosenbrock")
counts = steps_to_stay(surface, (-1.5, 2.0), "momentum", 1200, 0.0, lr=down(rates), momentum=across(momenta))
show_map(counts, 1200, rates, momenta)

# %% solution-1
surface = gradpath.get_surface("anisotropic_paraboloid")
rates = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.45, 0.48, 0.52, 0.6]
momenta = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
counts = steps_to_stay(surface, (5.1, 2.3), "nesterov", 200, -5.0, lr=down(rates), momentum=across(momenta))
show_map(counts, 200, rates, momenta)

# %% solution-2
# Starts on a grid of 20 by 20 over Rastrigin's window, all at once: the rules do not mind the shape.
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
    print(f"{optimizer:8s} lr {hyper['lr']:.3f}   {found:3d} of 400 starts end at the lowest minimum")

# %% solution-3
# On the ridge, with a little noise on the gradient.
for noise in [0.0, 0.000001, 0.001, 0.1]:
    path = gradpath.descend("saddle", (1.0, 0.0), "sgd", steps=200, lr=0.1, noise=noise, seed=1)
    away = path.step[path.x2.abs() > 1]
    print(f"noise {noise:.6f}   " + (f"{away.iloc[0]} steps" if len(away) else "never"))
