# Adam: momentum and RMSProp in one. Run it from the
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
lr, beta1, beta2, eps = 3, 0.1, 0.999, 0.0
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
m = torch.zeros(2, dtype=torch.float64)
v = torch.zeros(2, dtype=torch.float64)
by_hand = []
for t in range(1, 10):
    value = ravine(x)
    by_hand.append(x.tolist())
    show_point(t - 1, x, value)
    value.backward()
    with torch.no_grad():
        g = x.grad
        m = m * beta1 + g * (1 - beta1)
        v = v * beta2 + g * g * (1 - beta2)
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        x.sub_(m_hat * lr / (torch.sqrt(v_hat) + eps))
    x.grad.zero_()

# %% rule-from-gradient
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
m = v = None
as_drawn = []
for t in range(1, 10):
    value = ravine(x)
    as_drawn.append(x.tolist())
    show_point(t - 1, x, value)
    value.backward()
    with torch.no_grad():
        g = x.grad
        if m is None:
            m, v = g, g * g
        m = m * beta1 + g * (1 - beta1)
        v = v * beta2 + g * g * (1 - beta2)
        x.sub_(m * lr / (torch.sqrt(v) + eps))
    x.grad.zero_()

# %% object
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
opt = torch.optim.Adam([x], lr=3, betas=(0.1, 0.999), eps=0)
by_object = []
for step in range(9):
    value = ravine(x)
    by_object.append(x.tolist())
    if step == 8:
        show_point(step, x, value)
    opt.zero_grad()
    value.backward()
    opt.step()

# %% object-state
# What Adam remembers of each parameter: how many steps it took, and both averages.
for name, entry in opt.state_dict()["state"][0].items():
    print(f"{name}: {entry.tolist()}")

# %% seeded-state
# The start as drawn, through the object: both averages are set to the first gradient and its
# square, and the step so high that 1 - beta^step is 1, which switches the correction off.
x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
opt = gradpath.make_optimizer("adam", [x], lr=3, beta1=0.1, beta2=0.999, eps=0)
seeded = []
for step in range(9):
    value = ravine(x)
    seeded.append(x.tolist())
    if step == 8:
        show_point(step, x, value)
    opt.zero_grad()
    value.backward()
    if step == 0:
        gradpath.seed_state(opt, init="gradient", bias_correction=False)
    opt.step()

# %% descend
paths = {}
for init, bias_correction in [("gradient", False), ("zero", True)]:
    for method in ["manual", "optim"]:
        path = gradpath.descend(
            "anisotropic_paraboloid",
            start=(5.1, 2.3),
            optimizer="adam",
            steps=8,
            method=method,
            lr=3,
            beta1=0.1,
            beta2=0.999,
            eps=0,
            init=init,
            bias_correction=bias_correction,
        )
        paths[init, method] = path
        print(f"{init:8s} {method:6s}  ends at ({path.x1[8]:.12f}, {path.x2[8]:.12f})")


# %% comparison
def difference(points, path):
    """Return the largest difference between points and a path, in any coordinate."""
    return np.abs(np.array(points) - path[["x1", "x2"]].to_numpy()).max()


print(
    "written out, against descend() by hand:      "
    f"{difference(by_hand, paths['zero', 'manual']):.12f}"
)
print(
    "as drawn, against descend() by hand:         "
    f"{difference(as_drawn, paths['gradient', 'manual']):.12f}"
)
print(
    "the object, against descend() by optim:      "
    f"{difference(by_object, paths['zero', 'optim']):.12f}"
)
print(
    "the seeded object, against descend():        "
    f"{difference(seeded, paths['gradient', 'optim']):.12f}"
)

# %% plot
sgd = gradpath.descend("anisotropic_paraboloid", (5.1, 2.3), "sgd", steps=40, lr=0.4)
figure = gradpath.plot_paths(
    [sgd, paths["gradient", "optim"], paths["zero", "optim"]],
    labels=["sgd, lr 0.4", "averages from the first gradient", "averages from zero, corrected"],
)

# %% correction
# How long is each of the first steps, in units of lr, when the gradient is always the same?
for beta1, beta2 in [(0.9, 0.999), (0.1, 0.999)]:
    for corrected in [True, False]:
        m = v = 0.0
        lengths = []
        for t in range(1, 2001):
            m = m * beta1 + (1 - beta1)
            v = v * beta2 + (1 - beta2)
            length = (
                (m / (1 - beta1**t)) / (v / (1 - beta2**t)) ** 0.5 if corrected else m / v**0.5
            )
            if t in (1, 2, 5, 10, 100, 2000):
                lengths.append(f"{length:7.3f}")
        print(
            f"beta1 {beta1:.1f}, {'corrected' if corrected else 'without  '}   "
            + "".join(lengths)
        )

# %% correction-path
for corrected in [True, False]:
    path = gradpath.descend(
        "anisotropic_paraboloid", (5.1, 2.3), "adam", steps=4, lr=0.1, bias_correction=corrected
    )
    moved = ", ".join(f"{a - b:.4f}" for a, b in zip(path.x2[:-1], path.x2[1:], strict=True))
    print(f"{'corrected' if corrected else 'without  '}   x2 moves by {moved}")

# %% usual-beta1
for beta1 in [0.1, 0.9]:
    path = gradpath.descend(
        "anisotropic_paraboloid",
        (5.1, 2.3),
        "adam",
        steps=60,
        lr=3,
        beta1=beta1,
        eps=0,
        init="gradient",
        bias_correction=False,
    )
    values = "".join(f"{v:9.4f}" for v in path.value[[2, 4, 5, 8, 20, 40, 60]])
    print(
        f"beta1 {beta1:.1f}   x1 goes as far as {path.x1.min():8.4f}   "
        f"highest value {path.value.max():7.4f}"
    )
    print(f"    values at steps 2, 4, 5, 8, 20, 40, 60: {values}")

# %% continued
# The path from zero, with corrected averages, when it is
# continued beyond the 8 steps of the figure.
path = gradpath.descend(
    "anisotropic_paraboloid", (5.1, 2.3), "adam", steps=30, lr=3, beta1=0.1, eps=0
)
for step in [4, 6, 8, 10, 11, 12, 14]:
    print(
        f"step {step:2d}   x1 {path.x1[step]:9.6f}   x2 {path.x2[step]:9.6f}   "
        f"value {path.value[step]:9.6f}"
    )

# %% decay-flat
# Weight decay alone: a loss that does not depend on x at all, and a weight of 10.
for name in ["adam", "adamw"]:
    for weight_decay in [0.01, 0.1, 1.0]:
        path = gradpath.descend(
            lambda x: (x * 0).sum(), (10, 10), name, steps=3, lr=0.1, weight_decay=weight_decay
        )
        walk = "  ".join(f"{x:.5f}" for x in path.x1)
        print(f"{name:5s}  weight decay {weight_decay:.2f}   {walk}")

# %% decay-noise
# Weights of 1 whose gradients are pure noise, 400 with
# loud noise, 400 with quiet. Which does decay shrink?
for name in ["adam", "adamw"]:
    torch.manual_seed(1)
    x = torch.ones(400, 2, dtype=torch.float64, requires_grad=True)
    loudness = torch.tensor([10.0, 0.1], dtype=torch.float64)
    make = torch.optim.AdamW if name == "adamw" else torch.optim.Adam
    opt = make([x], lr=0.01, weight_decay=0.1)
    for _ in range(400):
        opt.zero_grad()
        (x * torch.randn(400, 2, dtype=torch.float64) * loudness).sum().backward()
        opt.step()
    mean = x.detach().mean(dim=0)
    print(f"{name:5s}  mean weight after 400 steps: loud {mean[0]:6.3f}, quiet {mean[1]:6.3f}")
print(f"(1 - lr * weight_decay)^400 = {(1 - 0.01 * 0.1) ** 400:.3f}")


# %% wrong-way
def drift(beta2, steps, amsgrad):
    """Minimize slopes 4, -1, -1, 4, -1, -1 ... on the interval -1 to 1; x = -1 is best."""
    x, v, v_max = 0.0, 0.0, 0.0
    for t in range(1, steps + 1):
        g = 4.0 if t % 3 == 1 else -1.0
        v = v * beta2 + g * g * (1 - beta2)
        v_max = max(v_max, v)
        used = v_max if amsgrad else v
        x = x - (0.5 / t**0.5) * g / used**0.5
        x = min(1.0, max(-1.0, x))
    return x


for name, amsgrad in [("Adam without momentum", False), ("the same, largest v kept", True)]:
    ends = [drift(1 / 17, steps, amsgrad) for steps in (30, 300, 3000)]
    print(f"{name:25s} x after 30, 300, 3000 steps: " + "".join(f"{x:8.4f}" for x in ends))

# %% solution-1
# Where does eps matter? A gradient of 1e-4 is as good as
# one of 1; one of the size of eps is not.
for size in [1.0, 1e-4, 1e-8, 1e-9]:
    x = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    opt = torch.optim.Adam([x], lr=1.0, eps=1e-8)
    (x * size).sum().backward()
    opt.step()
    print(f"gradient {size:.0e}   first step {x[0].abs():.4f}")

# %% solution-2
# Adam with beta1 = 0 and no correction, started at the first gradient, is RMSProp.
left = gradpath.descend(
    "anisotropic_paraboloid",
    (5.1, 2.3),
    "adam",
    steps=20,
    lr=0.1,
    beta1=0,
    beta2=0.9,
    init="gradient",
    bias_correction=False,
)
right = gradpath.descend(
    "anisotropic_paraboloid",
    (5.1, 2.3),
    "rmsprop",
    steps=20,
    lr=0.1,
    alpha=0.9,
    init="gradient",
)
print(f"largest difference {difference(left[['x1', 'x2']], right):.12f}")

# %% solution-3
# Coupled decay on plain sgd is the same as decoupled decay; on Adam it is not.
for lr in [0.1, 0.2]:
    coupled = gradpath.descend(
        "anisotropic_paraboloid", (5.1, 2.3), "sgd", steps=30, lr=lr, weight_decay=0.1
    )
    x = torch.tensor([5.1, 2.3], dtype=torch.float64, requires_grad=True)
    points = [x.tolist()]
    for _ in range(30):
        ravine(x).backward()
        with torch.no_grad():
            x.copy_(x * (1 - lr * 0.1) - x.grad * lr)
        x.grad.zero_()
        points.append(x.tolist())
    adam, adamw = (
        gradpath.descend(
            "anisotropic_paraboloid", (5.1, 2.3), name, steps=30, lr=lr, weight_decay=0.1
        )
        for name in ("adam", "adamw")
    )
    print(
        f"lr {lr:.1f}   sgd, both ways: {difference(points, coupled):.6f}   adam and adamw: "
        f"{difference(adam[['x1', 'x2']], adamw):.6f}"
    )
