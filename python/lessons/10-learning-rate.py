# The learning rate over time: schedules. Run it from the
# project's folder, as a script or as a notebook.

# %% start
import math
import warnings

import torch

import gradpath


def show(rates, steps):
    """Print the rates at some steps."""
    print("   ".join(f"t {t:2d}: {rates[t]:.6f}" for t in steps))


# %% exponential
lr, gamma = 0.1, 0.9
by_hand = [lr * gamma**t for t in range(31)]
show(by_hand, [0, 1, 2, 10, 30])

# %% exponential-object
x = torch.zeros(1, requires_grad=True)
opt = torch.optim.SGD([x], lr=0.1)
scheduler = torch.optim.lr_scheduler.ExponentialLR(opt, gamma=0.9)
by_object = []
for _ in range(31):
    by_object.append(opt.param_groups[0]["lr"])
    opt.step()
    scheduler.step()
show(by_object, [0, 1, 2, 10, 30])

# %% gamma
gamma = gradpath.gamma_for(lr=0.1, lr_final=0.001, epochs=30)
print(
    f"gamma {gamma:.6f}, "
    f"rate after 30 epochs {gradpath.exponential_schedule(30, 0.1, gamma):.6f}"
)

# %% drops
step = [gradpath.step_schedule(t, lr=0.1, step_size=15, gamma=0.5) for t in range(61)]
multi_step = [
    gradpath.multi_step_schedule(t, lr=0.1, milestones=[20, 45], gamma=0.3) for t in range(61)
]
show(step, [0, 14, 15, 29, 30, 60])
show(multi_step, [0, 19, 20, 44, 45, 60])

# %% factor
factor = [gradpath.factor_schedule(t, lr=0.1, factor=0.9, lr_min=0.01) for t in range(61)]
show(factor, [0, 1, 10, 21, 22, 60])

# %% inverse-sqrt
inverse_sqrt = [gradpath.inverse_sqrt_schedule(t, lr=0.1) for t in range(61)]
show(inverse_sqrt, [0, 1, 3, 8, 15, 60])

# %% sums
# Do the rates add up without end, and their squares to something finite?
t = torch.arange(1, 1000001, dtype=torch.float64)
decays = {
    "0.1 / t^0.50": 0.1 / t**0.5,
    "0.1 / t^0.75": 0.1 / t**0.75,
    "0.1 / t": 0.1 / t,
    "0.1 * 0.95^t": 0.1 * 0.95**t,
}
for name, rates in decays.items():
    sums = "".join(f"{rates[:n].sum().item():8.2f}" for n in [100, 10000, 1000000])
    squares = "".join(f"{(rates[:n] ** 2).sum().item():8.4f}" for n in [100, 10000, 1000000])
    print(f"{name:12s}   sums{sums}   of squares{squares}")

# %% polynomial
for power in [0.5, 1, 2]:
    show(
        [gradpath.polynomial_schedule(t, lr=0.1, steps=50, power=power) for t in range(61)],
        [0, 10, 25, 49, 50, 60],
    )

# %% cosine
stays = [gradpath.cosine_schedule(t, lr=0.1, steps=20, lr_min=0.005) for t in range(61)]
rises = [
    gradpath.cosine_periodic_schedule(t, lr=0.1, half_period=20, lr_min=0.005)
    for t in range(61)
]
show(stays, [0, 10, 20, 30, 40, 60])
show(rises, [0, 10, 20, 30, 40, 60])

# %% troughs
for troughs in [1, 2, 3]:
    half_period = gradpath.half_period_for(steps=60, troughs=troughs)
    last = gradpath.cosine_periodic_schedule(60, lr=0.1, half_period=half_period, lr_min=0.005)
    print(
        f"{troughs} troughs in 60 steps: half period {half_period}, rate at the end {last:.3f}"
    )

# %% restarts
restarts = [
    gradpath.cosine_restarts_schedule(t, lr=0.1, steps=9, growth=2, lr_min=0.005)
    for t in range(61)
]
show(restarts, [0, 8, 9, 26, 27, 60])

# %% warmup
then = {"name": "cosine", "steps": 50}
warmup = [
    gradpath.warmup_schedule(t, lr=0.1, warmup=10, then=then, start_factor=0.1)
    for t in range(61)
]
show(warmup, [0, 1, 9, 10, 35, 60])

# %% one-cycle
one_cycle = [gradpath.one_cycle_schedule(t, lr=0.1, steps=61) for t in range(61)]
show(one_cycle, [0, 9, 17, 18, 40, 60])

# %% chained
schedules = [
    {"name": "step", "step_size": 20, "gamma": 0.5},
    {"name": "exponential", "gamma": 0.98},
]
chained = [gradpath.chained_schedule(t, lr=0.1, schedules=schedules) for t in range(61)]
show(chained, [0, 19, 20, 40, 60])


# %% lambda
def saw(t):
    """Fall from 1 to 0.2 in five steps, and start again."""
    return 1 - (t % 5) / 5


show([gradpath.lambda_schedule(t, lr=0.1, lr_lambda=saw) for t in range(11)], [0, 1, 4, 5, 10])

# %% lambda-picture
rates = [gradpath.lambda_schedule(t, lr=0.1, lr_lambda=saw) for t in range(61)]
title = "Lambda, a saw of five steps (Python)"
pictures = {
    theme: gradpath.plot_schedules([rates], title=title, theme=theme)
    for theme in ["light", "dark"]
}

# %% groups
for t in [0, 1, 10]:
    rates = gradpath.group_lambda_schedule(
        t, lrs=[0.1, 0.001], lr_lambdas=[lambda t: 0.9**t, lambda t: 1 / (t + 1)]
    )
    print(f"t {t:2d}: new layers {rates[0]:.6f}, old layers {rates[1]:.6f}")

# %% plateau
plateau = gradpath.plateau_schedule(lr=0.1, factor=0.5, patience=2, threshold=0.01)
losses = [1.00, 0.80, 0.70, 0.699, 0.70, 0.698, 0.65, 0.66, 0.65, 0.66, 0.65]
for epoch, loss in enumerate(losses):
    used = plateau.lr
    plateau.step(loss)
    print(
        f"epoch {epoch:2d}   rate {used:.4f}   validation loss {loss:.3f}   "
        f"bad epochs {plateau.bad_steps}"
    )

# %% agree
cases = {
    "exponential": {"name": "exponential", "gamma": 0.95},
    "multi-step": {"name": "multi_step", "milestones": [20, 45], "gamma": 0.3},
    "polynomial": {"name": "polynomial", "steps": 500, "power": 2},
    "periodic cosine": {"name": "cosine_periodic", "half_period": 20, "lr_min": 0.005},
    "restarts": {"name": "cosine_restarts", "steps": 9, "growth": 2},
    "warmup": {"name": "warmup", "warmup": 10, "then": {"name": "inverse_sqrt"}},
    "one cycle": {"name": "one_cycle", "steps": 500},
}
for name, schedule in cases.items():
    by_hand = gradpath.schedule_rates(schedule, 0.1, 500, method="manual")
    built_in = gradpath.schedule_rates(schedule, 0.1, 500, method="optim")
    apart = max(abs(a - b) for a, b in zip(by_hand, built_in, strict=True))
    print(f"{name:16s} by hand and built in, 500 steps: largest difference {apart:.12f}")

# %% noisy
decaying = {"name": "cosine", "steps": 200}
for name, schedule in [("constant", None), ("decaying", decaying)]:
    excess = []
    for seed in range(10):
        path = gradpath.descend(
            "isotropic_paraboloid",
            (6, 6),
            "sgd",
            200,
            lr=0.8,
            noise=1.5,
            seed=seed,
            schedule=schedule,
        )
        excess.append(path.value.iloc[-20:].mean() + 5)
    print(
        f"{name} rate: {sum(excess) / len(excess):.4f} above the minimum, "
        "over the last 20 steps of 10 runs"
    )

# %% expected
# Where steps of rate lr on curvature c, with noise s,
# come to rest: a balance of shrinking and shaking.
c, s = 0.4, 1.5
for lr in [0.8, 0.4, 0.2, 0.1]:
    variance = lr**2 * s**2 / (1 - (1 - lr * c) ** 2)
    print(f"rate {lr:.1f}: {2 * c / 2 * variance:.4f} above the minimum in the long run")

# %% data
torch.manual_seed(1)
inputs = torch.randn(240, 20, dtype=torch.float64)
weights = torch.randn(20, dtype=torch.float64)
targets = torch.mv(inputs, weights) + torch.randn(240, dtype=torch.float64)
# 120 rows to train on, 60 to decide with, and 60 that no decision may depend on.
rows = {
    "train": torch.arange(0, 120),
    "validation": torch.arange(120, 180),
    "test": torch.arange(180, 240),
}


def loss_on(chosen, w):
    """Return the mean squared error on some rows."""
    errors = torch.mv(inputs.index_select(0, chosen), w) - targets.index_select(0, chosen)
    return errors.pow(2).mean()


# %% split
def train(watch, chosen=rows["train"]):
    """Train on batches of two rows for 41 epochs; if told to, lower a stalling rate."""
    w = torch.zeros(20, dtype=torch.float64, requires_grad=True)
    opt = torch.optim.SGD([w], lr=0.05)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.3, patience=3)
    for epoch in range(41):
        used = opt.param_groups[0]["lr"]
        order = torch.randperm(len(chosen))
        for batch in range(len(chosen) // 2):
            opt.zero_grad()
            loss_on(chosen.index_select(0, order.narrow(0, 2 * batch, 2)), w).backward()
            opt.step()
        validation = loss_on(rows["validation"], w).item()
        if watch:
            scheduler.step(validation)
        if epoch % 10 == 0:
            print(f"epoch {epoch:2d}   rate {used:.6f}   validation loss {validation:.4f}")
    return w


torch.manual_seed(2)
constant = train(watch=False)
torch.manual_seed(2)
watched = train(watch=True)

# %% test-once
print(f"constant rate:      test loss {loss_on(rows['test'], constant).item():.4f}")
print(f"reduced on plateau: test loss {loss_on(rows['test'], watched).item():.4f}")

# %% least-squares
# The weights that fit the training rows best, computed from these rows alone.
x, y = inputs.index_select(0, rows["train"]), targets.index_select(0, rows["train"])
fitted = torch.linalg.solve(torch.mm(x.t(), x), torch.mv(x.t(), y))
for name, w in [
    ("reduced on plateau", watched),
    ("least squares", fitted),
    ("the true weights", weights),
]:
    losses = [loss_on(rows[part], w).item() for part in ["train", "validation", "test"]]
    text = f"train {losses[0]:.4f}   validation {losses[1]:.4f}   test {losses[2]:.4f}"
    print(f"{name:18s}   {text}")

# %% choosing
# A hundred models, each the fitted weights with a bit of
# noise on them. Keep the one with the lowest validation loss.
torch.manual_seed(3)
models = [fitted + torch.randn(20, dtype=torch.float64) * 0.1 for _ in range(100)]
validation = [loss_on(rows["validation"], w).item() for w in models]
# What each is worth on new data: the noise, and its distance from the truth.
new_data = [1 + (w - weights).pow(2).sum().item() for w in models]
best = validation.index(min(validation))
for name, losses in [("validation", validation), ("new data", new_data)]:
    mean = sum(losses) / len(losses)
    print(f"{name:10s}   mean of all {mean:.4f}   the chosen one {losses[best]:.4f}")

# %% per-batch
for name, per_batch in [("per epoch", False), ("per batch", True)]:
    x = torch.zeros(1, requires_grad=True)
    opt = torch.optim.SGD([x], lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(opt, step_size=10, gamma=0.1)
    rates = []
    for _ in range(5):
        rates.append(opt.param_groups[0]["lr"])
        for _ in range(12):
            opt.step()
            if per_batch:
                scheduler.step()
        if not per_batch:
            scheduler.step()
    print(f"stepped {name}: " + "  ".join(f"{rate:.1e}" for rate in rates))

# %% order
for name, too_early in [("after the optimizer", False), ("before the optimizer", True)]:
    x = torch.zeros(1, requires_grad=True)
    opt = torch.optim.SGD([x], lr=0.1)
    scheduler = torch.optim.lr_scheduler.LambdaLR(opt, lambda t: 0.5**t)
    used = []
    for _ in range(4):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if too_early:
                scheduler.step()
        used.append(opt.param_groups[0]["lr"])
        opt.step()
        if not too_early:
            scheduler.step()
    print(f"scheduler {name:21s}" + "  ".join(f"{rate:.4f}" for rate in used))

# %% object-warning
opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
scheduler = torch.optim.lr_scheduler.LambdaLR(opt, lambda t: 0.5**t)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    scheduler.step()
    opt.step()
for warning in caught:
    print(f"{warning.category.__name__}:")
    print("\n".join(str(warning.message).replace("  ", " ").split(". ")))

# %% resume
opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(opt, step_size=4, gamma=0.5)
for _ in range(6):
    opt.step()
    scheduler.step()
saved = {"optimizer": opt.state_dict(), "scheduler": scheduler.state_dict()}

opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(opt, step_size=4, gamma=0.5)
opt.load_state_dict(saved["optimizer"])
scheduler.load_state_dict(saved["scheduler"])
rates = []
for _ in range(6):
    rates.append(opt.param_groups[0]["lr"])
    opt.step()
    scheduler.step()
print("steps 6 to 11: " + "  ".join(f"{rate:.4f}" for rate in rates))

# %% plot
figure = gradpath.plot_schedules(
    [stays, rises, restarts], labels=["stays", "rises", "restarts"]
)

# %% refusals
for schedule in [
    {"name": "cosine", "steps": 0},
    {"name": "exponential", "gamma": 1.2},
    {"name": "multi_step", "milestones": [30, 10]},
    {"name": "warmup", "warmup": 50, "then": {"name": "cosine", "steps": 40}},
]:
    try:
        gradpath.make_schedule(schedule, lr=0.1)
    except gradpath.GradpathError as error:
        print(error)

# %% solution-1
# The rate at which a bounce is just allowed: the excess must be below 0.01.
c, s = 0.4, 1.5
for lr in [0.1, 0.01, 0.005, 0.004]:
    print(f"rate {lr:.3f}: excess {c * lr**2 * s**2 / (1 - (1 - lr * c) ** 2):.5f}")

# %% solution-2
# One descent against three troughs on the noisy bowl, from the same noise.
for name, schedule in [
    ("one descent", {"name": "cosine", "steps": 200}),
    ("three troughs", {"name": "cosine_periodic", "half_period": 40}),
]:
    ends = []
    for seed in range(10):
        path = gradpath.descend(
            "isotropic_paraboloid",
            (6, 6),
            "sgd",
            200,
            lr=0.8,
            noise=1.5,
            seed=seed,
            schedule=schedule,
        )
        ends.append(path.value[200] + 5)
    print(f"{name:13s} ends {sum(ends) / len(ends):.4f} above the minimum, mean of 10 runs")

# %% solution-3
# Reaching a hundredth of the rate in 40 epochs: three ways, and where each is half-way.
for name, schedule in [
    ("exponential", {"name": "exponential", "gamma": gradpath.gamma_for(0.1, 0.001, 40)}),
    ("cosine", {"name": "cosine", "steps": 40, "lr_min": 0.001}),
    ("polynomial", {"name": "polynomial", "steps": 40, "power": 1}),
]:
    rate = gradpath.make_schedule(schedule, 0.1)
    total = math.fsum(rate(t) for t in range(40))
    print(f"{name:11s} rate at epoch 20: {rate(20):.4f}, sum of 40 rates: {total:.4f}")

# %% solution-4
for gamma in [0.91201, gradpath.gamma_for(lr=1, lr_final=0.1, epochs=50)]:
    print(f"gamma {gamma:.6f}: after 50 epochs {gamma**50:.6f} of the rate")
print(f"to a hundredth: gamma {gradpath.gamma_for(lr=1, lr_final=0.01, epochs=50):.6f}")

# %% solution-5
for epochs in [10, 20, 50, 100]:
    half_period = epochs // 3
    rates = [
        gradpath.cosine_periodic_schedule(t, lr=0.1, half_period=half_period, lr_min=0.0001)
        for t in range(epochs)
    ]
    print(
        f"{epochs:3d} epochs, half period {half_period:2d}: "
        f"rate {rates[3 * half_period]:.5f} in epoch {3 * half_period:2d}, "
        f"{rates[-1]:.5f} in the last, epoch {epochs - 1:2d}"
    )

# %% solution-6
torch.manual_seed(2)
both = train(watch=True, chosen=torch.cat([rows["train"], rows["validation"]]))
for name, w in [("apart", watched), ("among the training rows", both)]:
    losses = [loss_on(rows[part], w).item() for part in ["validation", "test"]]
    print(f"validation rows {name:23s}   validation {losses[0]:.4f}   test {losses[1]:.4f}")
print(f"the true weights: validation {loss_on(rows['validation'], weights).item():.4f}")
