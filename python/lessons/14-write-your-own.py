# Write your own: a rule from a paper, drawn, checked and put to work. Run it from the
# project's folder, as a script or as a notebook.

# %% sign-descent
import statistics

import torch

import gradpath


def sign_descent(x, g, state, lr=0.1):
    """Step by the rate, downhill, in every coordinate."""
    return x - g.sign() * lr, state


ravine, start = "anisotropic_paraboloid", (5.1, 2.3)
path = gradpath.descend(ravine, start, sign_descent, steps=30, lr=0.4)
print(path.iloc[[0, 1, 2, 5, 6, 7, 27, 28, 29, 30]].to_string(index=False))

# %% sign-picture
title = "One rate, with and without the slope's size (Python)"
sgd = gradpath.descend(ravine, start, "sgd", steps=30, lr=0.4)
pictures = {
    theme: gradpath.plot_paths(
        [sgd, path], labels=["sgd", "sign descent"], title=title, theme=theme
    )
    for theme in ["light", "dark"]
}

# %% sign-falling
falling = {"name": "cosine", "steps": 30}
for name, schedule in [("constant", None), ("falling", falling)]:
    path = gradpath.descend(ravine, start, sign_descent, steps=30, lr=0.4, schedule=schedule)
    print(f"{name:8s} rate: the lowest of 30 steps is {path['value'].min():.4f}")


# %% lion
def lion(x, g, state, lr=1e-4, beta1=0.9, beta2=0.99, weight_decay=0.0):
    """Step as algorithm 2 of Chen et al. (2023) does."""
    m = state.get("m", torch.zeros_like(x))
    # c <- beta1 m + (1 - beta1) g
    mixed = m * beta1 + g * (1 - beta1)
    # x <- x - lr (sign(c) + lambda x)
    x = x - (mixed.sign() + x * weight_decay) * lr
    # m <- beta2 m + (1 - beta2) g
    return x, {"m": m * beta2 + g * (1 - beta2)}


path = gradpath.descend(ravine, start, lion, steps=30, lr=0.4)
print(path.iloc[[0, 1, 2, 28, 29, 30]].to_string(index=False))


# %% special-cases
def signum(x, g, state, lr=0.1, beta=0.9):
    """Step by the sign of an average."""
    m = state.get("m", torch.zeros_like(x)) * beta + g * (1 - beta)
    return x - m.sign() * lr, {"m": m}


def apart(one, other):
    """Return the largest difference between two paths."""
    return (one - other).abs().to_numpy().max()


one = gradpath.descend(ravine, start, lion, steps=60, lr=0.4, beta1=0)
other = gradpath.descend(ravine, start, sign_descent, steps=60, lr=0.4)
print(f"beta1 = 0, and sign descent:            {apart(one, other)} apart")
one = gradpath.descend(ravine, start, lion, steps=60, lr=0.4, beta1=0.9, beta2=0.9)
other = gradpath.descend(ravine, start, signum, steps=60, lr=0.4)
print(f"equal betas, and the sign of an average: {apart(one, other)} apart")
x = torch.tensor([5.1, 2.3], dtype=torch.float64)
shrunk, _ = lion(x, torch.zeros_like(x), {}, lr=0.1, weight_decay=0.5)
factors = ", ".join(f"{factor:.6f}" for factor in (shrunk / x).tolist())
print(f"no slope, lr 0.1 and decay 0.5: x is multiplied by {factors}")


# %% valley
def bent_valley(x):
    """Return the values at points, whose last dimension is x1, x2."""
    x1, x2 = x[..., 0], x[..., 1]
    return x1**2 * 0.1 + (x2 - torch.sin(x1)) ** 2


valley = gradpath.surface(bent_valley, "bent_valley", window=(-6, 6, -4, 4), minima=[(0, 0)])
rules = {"sgd": "sgd", "sign descent": sign_descent, "Lion": lion}
paths = {
    name: gradpath.descend(valley, (4, -3), rule, steps=40, lr=0.3)
    for name, rule in rules.items()
}
print("step  " + "".join(f"{name:>14s}" for name in paths))
for step in [0, 10, 20, 30, 37, 38, 39, 40]:
    values = [path["value"][step] for path in paths.values()]
    print(f"{step:4d}  " + "".join(f"{value:14.4f}" for value in values))

# %% valley-picture
title = "Three rules in a bent valley, rate 0.3 (Python)"
pictures = {
    theme: gradpath.plot_paths(
        list(paths.values()), valley, list(paths), title=title, theme=theme
    )
    for theme in ["light", "dark"]
}


# %% my-adam
def my_adam(x, g, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """Step as the equations in the chapter on Adam say."""
    t = state.get("t", 0) + 1
    m = state.get("m", torch.zeros_like(x)) * beta1 + g * (1 - beta1)
    v = state.get("v", torch.zeros_like(x)) * beta2 + g * g * (1 - beta2)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    x = x - m_hat * lr / (v_hat.sqrt() + eps)
    return x, {"t": t, "m": m, "v": v}


print(gradpath.check_rule(my_adam, like="adam"))


# %% eps-inside
def another_adam(x, g, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """Do almost the same."""
    t = state.get("t", 0) + 1
    m = state.get("m", torch.zeros_like(x)) * beta1 + g * (1 - beta1)
    v = state.get("v", torch.zeros_like(x)) * beta2 + g * g * (1 - beta2)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    x = x - m_hat * lr / (v_hat + eps).sqrt()
    return x, {"t": t, "m": m, "v": v}


one = gradpath.descend(ravine, start, my_adam, steps=50, lr=0.3)
other = gradpath.descend(ravine, start, another_adam, steps=50, lr=0.3)
print(f"after 50 steps in the ravine they are {apart(one, other):.1e} apart")

# %% eps-found
print(gradpath.check_rule(another_adam, like="adam"))

# %% eps-matters
x = torch.zeros((), dtype=torch.float64)
for size in [1, 1e-2, 1e-4, 1e-6, 1e-8]:
    g = torch.full_like(x, size)
    one, other = (rule(x, g, {}, lr=1)[0].item() for rule in (my_adam, another_adam))
    print(f"gradient {size:5g}   first step {-one:.6f}   with eps inside {-other:.6f}")


# %% uncorrected
def short_adam(x, g, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """Do it in fewer lines."""
    m = state.get("m", torch.zeros_like(x)) * beta1 + g * (1 - beta1)
    v = state.get("v", torch.zeros_like(x)) * beta2 + g * g * (1 - beta2)
    return x - m * lr / (v.sqrt() + eps), {"m": m, "v": v}


report = gradpath.check_rule(short_adam, like="adam")
print(report)

# %% uncorrected-picture
pictures = {theme: report.plot(theme) for theme in ["light", "dark"]}

# %% rates
parts = gradpath.digits(dtype="float64")
train, validation = gradpath.split_data(parts.train, 1137, seed=0)


def run(optimizer, lr, seed, schedule=None):
    """Train a small tanh network for ten epochs; return its loss on the validation data."""
    table = gradpath.train_network(
        gradpath.tanh_network(64, [32], seed=seed, dtype="float64"),
        "cross_entropy",
        train,
        validation,
        epochs=10,
        batch_size=64,
        optimizer=optimizer,
        lr=lr,
        schedule=schedule,
        seed=seed,
        progress=False,
    )
    return table["validation_loss"].iloc[-1]


schedules = {"constant": None, "cosine": {"name": "cosine", "steps": 10}}
grid = [
    ("Adam", "adam", [0.01, 0.03, 0.1, 0.3]),
    ("Lion", lion, [0.001, 0.003, 0.01, 0.03]),
]
best = {}
for schedule in schedules:
    for name, rule, rates in grid:
        means = [
            statistics.mean(run(rule, rate, seed, schedules[schedule]) for seed in [1, 2])
            for rate in rates
        ]
        best[schedule, name] = rates[means.index(min(means))]
        losses = "".join(f"   {r:g}: {mean:.4f}" for r, mean in zip(rates, means, strict=True))
        print(f"{schedule:8s}   {name}{losses}")

# %% seeds
for schedule in schedules:
    losses = {
        name: [
            run(rule, best[schedule, name], seed, schedules[schedule]) for seed in range(3, 9)
        ]
        for name, rule, _ in grid
    }
    gaps = [a - b for a, b in zip(losses["Lion"], losses["Adam"], strict=True)]
    error = statistics.stdev(gaps) / len(gaps) ** 0.5
    means = ", ".join(
        f"{name} at {best[schedule, name]:g} {statistics.mean(own):.4f}"
        for name, own in losses.items()
    )
    wins = sum(gap < 0 for gap in gaps)
    print(f"{schedule:8s}   {means}")
    print(
        f"   Lion minus Adam {statistics.mean(gaps):+.4f}, give or take {error:.4f};"
        f" Lion wins {wins} of {len(gaps)}"
    )

# %% loop
network = gradpath.tanh_network(64, [32], seed=1, dtype="float64")
opt = gradpath.as_optimizer(lion, network.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=10)
torch.manual_seed(1)
for epoch in range(1, 11):
    rate = opt.param_groups[0]["lr"]
    for batch in torch.randperm(len(train.y)).split(64):
        opt.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(train.x[batch]), train.y[batch])
        loss.backward()
        opt.step()
    scheduler.step()
    with torch.no_grad():
        loss = torch.nn.functional.cross_entropy(network(validation.x), validation.y)
    print(f"epoch {epoch:2d}   rate {rate:.5f}   validation loss {loss:.4f}")

# %% state
for number, state in opt.state_dict()["state"].items():
    m = state["m"]
    print(
        f"parameter {number}: m of shape {tuple(m.shape)}, largest number {m.abs().max():.6f}"
    )

# %% slice
network = gradpath.tanh_network(64, [32], seed=1, dtype="float64")
table = gradpath.train_network(
    network,
    "cross_entropy",
    train,
    validation,
    epochs=10,
    batch_size=64,
    optimizer=lion,
    lr=0.003,
    seed=1,
    progress=False,
    keep_weights=True,
)
weights = table.attrs["weights"]
plane = gradpath.loss_slice(network, "cross_entropy", train, "principal", weights=weights)
shadow = gradpath.project_path(plane, weights)
print(f"{len(weights)} times {len(weights[0])} weights")
along = " and ".join(f"{share:.1%}" for share in plane.explained)
print(f"of their variance lie along x1 and x2: {along}")
print(shadow.round(4).to_string(index=False))

# %% slice-picture
title = "A training with Lion, on its principal plane (Python)"
pictures = {
    theme: gradpath.plot_paths(shadow, plane, ["Lion"], title=title, theme=theme)
    for theme in ["light", "dark"]
}

# %% slice-random
random_plane = gradpath.loss_slice(network, "cross_entropy", train, "random", seed=1)
print(
    gradpath.project_path(random_plane, weights).iloc[[0, 5, 9]].round(4).to_string(index=False)
)

# %% random-walk
torch.manual_seed(1)
walk = torch.randn(11, 2410, dtype=torch.float64).cumsum(0)
aimless = gradpath.loss_slice(network, "cross_entropy", train, "principal", weights=list(walk))
along = " and ".join(f"{share:.1%}" for share in aimless.explained)
print(f"of the variance of a walk without an aim: {along}")

# %% solution-1
one = gradpath.descend(ravine, start, "adam", steps=60, lr=0.4, beta1=0, beta2=0, eps=0)
other = gradpath.descend(ravine, start, sign_descent, steps=60, lr=0.4)
print(f"Adam without memory, and sign descent: {apart(one, other):.1e} apart")


# %% solution-2
def friend(x, g, state, lr=0.01, alpha=0.99, eps=1e-8):
    """Step as a friend wrote RMSProp."""
    v = state.get("v", torch.zeros_like(x)) * (1 - alpha) + g * g * alpha
    return x - g * lr / (v.sqrt() + eps), {"v": v}


def corrected(x, g, state, lr=0.01, alpha=0.99, eps=1e-8):
    """Keep alpha of the old value, and take the rest of the new one."""
    v = state.get("v", torch.zeros_like(x)) * alpha + g * g * (1 - alpha)
    return x - g * lr / (v.sqrt() + eps), {"v": v}


print(gradpath.check_rule(friend, like="rmsprop"))
print()
print(gradpath.check_rule(corrected, like="rmsprop"))


# %% solution-3
def rate_inside(x, g, state, lr=0.001, momentum=0.9):
    """Step as the heavy ball of many texts."""
    v = state.get("v", torch.zeros_like(x)) * momentum + g * lr
    return x - v, {"v": v}


for name, schedule in [("constant", None), ("falling", {"name": "cosine", "steps": 40})]:
    one, other = (
        gradpath.descend(ravine, start, rule, steps=40, lr=0.1, momentum=0.7, schedule=schedule)
        for rule in ("momentum", rate_inside)
    )
    print(f"{name:8s} rate: {apart(one, other):.6f} apart")
print(gradpath.check_rule(rate_inside, like="momentum"))


# %% solution-4
def amsgrad(x, g, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """Step by the largest average of squares so far, corrected as the library does."""
    t = state.get("t", 0) + 1
    m = state.get("m", torch.zeros_like(x)) * beta1 + g * (1 - beta1)
    v = state.get("v", torch.zeros_like(x)) * beta2 + g * g * (1 - beta2)
    top = torch.maximum(state.get("top", torch.zeros_like(x)), v)
    m_hat, top_hat = m / (1 - beta1**t), top / (1 - beta2**t)
    x = x - m_hat * lr / (top_hat.sqrt() + eps)
    return x, {"t": t, "m": m, "v": v, "top": top}


def walk_down(make):
    """Take 60 steps down the ravine with an optimizer object; return the last point."""
    x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    opt = make(x)
    surface = gradpath.get_surface(ravine)
    for _ in range(60):
        opt.zero_grad()
        surface(x).backward()
        opt.step()
    return x.detach()


settings = {"lr": 0.6, "betas": (0.9, 0.9), "amsgrad": True}
mine = walk_down(lambda x: gradpath.as_optimizer(amsgrad, [x], lr=0.6, beta2=0.9))
theirs = walk_down(lambda x: torch.optim.Adam([x], **settings))
plain = walk_down(lambda x: torch.optim.Adam([x], **settings | {"amsgrad": False}))
print(f"mine and the library's: {(mine - theirs).abs().max():.1e} apart")
print(f"AMSGrad and Adam:       {(mine - plain).abs().max():.6f} apart")
