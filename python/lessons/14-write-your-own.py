# Write your own: a rule from a paper, drawn, checked and put to work. Run it from the
# project's folder, as a script or as a notebook.

# %% sign-descent
import pandas as pd
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
schedules = {"constant": None, "falling": {"name": "cosine", "steps": 30}}
lowest = {
    name: gradpath.descend(ravine, start, sign_descent, 30, lr=0.4, schedule=schedule)[
        "value"
    ].min()
    for name, schedule in schedules.items()
}
table = pd.DataFrame({"rate": list(lowest), "lowest": list(lowest.values())})
print(table.round(4).to_string(index=False))


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
print(f"beta1 = 0, and sign descent:            {apart(one, other):g} apart")
one = gradpath.descend(ravine, start, lion, steps=60, lr=0.4, beta1=0.9, beta2=0.9)
other = gradpath.descend(ravine, start, signum, steps=60, lr=0.4)
print(f"equal betas, and the sign of an average: {apart(one, other):g} apart")
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
values = pd.DataFrame(
    {"step": range(41)} | {name: path["value"] for name, path in paths.items()}
)
print(values.iloc[[0, 10, 20, 30, 37, 38, 39, 40]].round(4).to_string(index=False))

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
powers = [0, -2, -4, -6, -8]


def first_step(rule):
    """Return how far the first step goes, in units of the rate."""
    x = torch.zeros(5, dtype=torch.float64)
    g = torch.tensor([10.0**power for power in powers], dtype=torch.float64)
    return -rule(x, g, {}, lr=1)[0].numpy()


table = pd.DataFrame({"power_of_ten": powers})
table["eps_outside"] = first_step(my_adam)
table["eps_inside"] = first_step(another_adam)
print(table.round(6).to_string(index=False))


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


rules = {"Adam": "adam", "Lion": lion}
schedules = {"constant": None, "cosine": {"name": "cosine", "steps": 10}}
grid = {
    ("constant", "Adam"): [0.003, 0.01, 0.03, 0.1],
    ("constant", "Lion"): [0.0003, 0.001, 0.003, 0.01],
    ("cosine", "Adam"): [0.01, 0.03, 0.1, 0.3],
    ("cosine", "Lion"): [0.001, 0.003, 0.01, 0.03],
}
tried = pd.DataFrame(
    [(*case, rate) for case, rates in grid.items() for rate in rates],
    columns=["schedule", "rule", "lr"],
)
tried["loss"] = [
    sum(run(rules[row.rule], row.lr, seed, schedules[row.schedule]) for seed in [1, 2]) / 2
    for row in tried.itertuples()
]
print(tried.round(4).to_string(index=False))

# %% seeds
best = tried.loc[tried.groupby(["schedule", "rule"])["loss"].idxmin()]
by_seed = pd.DataFrame(
    {
        (row.schedule, row.rule): [
            run(rules[row.rule], row.lr, seed, schedules[row.schedule]) for seed in range(3, 9)
        ]
        for row in best.itertuples()
    }
)
best = best.assign(loss=by_seed.mean().to_numpy())
print(best.round(4).to_string(index=False))
gaps = by_seed.xs("Lion", axis=1, level=1) - by_seed.xs("Adam", axis=1, level=1)
table = pd.DataFrame(
    {
        "schedule": list(gaps),
        "Lion_minus_Adam": gaps.mean().to_numpy(),
        "give_or_take": gaps.sem().to_numpy(),
        "Lion_wins": (gaps < 0).sum().to_numpy(),
        "of": len(gaps),
    }
)
print(table.round(4).to_string(index=False))

# %% loop
network = gradpath.tanh_network(64, [32], seed=1, dtype="float64")
opt = gradpath.as_optimizer(lion, network.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=10)
torch.manual_seed(1)
history = []
for epoch in range(1, 11):
    rate = opt.param_groups[0]["lr"]
    for batch in torch.randperm(len(train.y)).split(64):
        opt.zero_grad()
        outputs = network(train.x[batch])
        torch.nn.functional.cross_entropy(outputs, train.y[batch]).backward()
        opt.step()
    scheduler.step()
    with torch.no_grad():
        loss = torch.nn.functional.cross_entropy(network(validation.x), validation.y)
    history.append((epoch, rate, loss.item()))
table = pd.DataFrame(history, columns=["epoch", "rate", "validation_loss"])
print(table.round(5).to_string(index=False))

# %% state
states = [state["m"] for state in opt.state_dict()["state"].values()]
table = pd.DataFrame({"parameter": range(1, len(states) + 1)})
table["shape_of_m"] = [" x ".join(map(str, m.shape)) for m in states]
table["largest_number"] = [m.abs().max().item() for m in states]
print(table.round(6).to_string(index=False))


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
print(gradpath.check_rule(corrected, like="rmsprop"))


# %% solution-3
def rate_inside(x, g, state, lr=0.001, momentum=0.9):
    """Step as the heavy ball of many texts."""
    v = state.get("v", torch.zeros_like(x)) * momentum + g * lr
    return x - v, {"v": v}


schedules = {"constant": None, "falling": {"name": "cosine", "steps": 40}}
gaps = []
for schedule in schedules.values():
    one, other = (
        gradpath.descend(ravine, start, rule, 40, lr=0.1, momentum=0.7, schedule=schedule)
        for rule in ("momentum", rate_inside)
    )
    gaps.append(apart(one, other))
table = pd.DataFrame({"rate": list(schedules), "apart": gaps})
print(table.round(6).to_string(index=False))
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
print(f"AMSGrad and Adam:       {(mine - plain).abs().max():.5f} apart")
