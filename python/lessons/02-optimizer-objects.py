# Optimizer objects: what the library's optimizers do for you, and what they remember. Run it
# from the project's folder, as a script or as a notebook.
#| reads: shared_figures/recorded_torch/torch_network.csv

# %% start
import tempfile
from pathlib import Path

import pandas as pd
import torch

from gradpath import find_table

torch.manual_seed(42)
x = torch.randn(100, 3, dtype=torch.float64)
noise = torch.randn(100, 1, dtype=torch.float64)
y = x @ torch.tensor([[0.2], [-1.3], [-0.5]], dtype=torch.float64) + noise
after_the_data = torch.get_rng_state()


def fresh_network():
    """Return the network of the chapter before, with the same first weights at every call."""
    torch.set_rng_state(after_the_data)
    layers = torch.nn.Sequential(
        torch.nn.Linear(3, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1)
    )
    return layers.to(dtype=torch.float64)


def loss_of(network):
    """Return the mean squared error of a network."""
    return (network(x) - y).pow(2).mean()


print(f"loss of the network as drawn {loss_of(fresh_network()).item():.10f}")

# %% by-hand
network = fresh_network()
by_hand = []
for _ in range(201):
    loss = loss_of(network)
    by_hand.append(loss.item())
    loss.backward()
    with torch.no_grad():
        for w in network.parameters():
            w.sub_(w.grad * 0.05)
            w.grad.zero_()
print(f"step 200   loss {by_hand[200]:.10f}")

# %% object
network = fresh_network()
opt = torch.optim.SGD(network.parameters(), lr=0.05)
by_object = []
for _ in range(201):
    opt.zero_grad()
    loss = loss_of(network)
    by_object.append(loss.item())
    loss.backward()
    opt.step()
print(f"step 200   loss {by_object[200]:.10f}")
print(
    "largest difference on the way "
    f"{max(abs(a - b) for a, b in zip(by_hand, by_object, strict=True)):.12f}"
)


# %% train
def train(network, opt, steps):
    """Take that many steps; return the losses before each of them and after the last."""
    losses = []
    for _ in range(steps):
        opt.zero_grad()
        loss = loss_of(network)
        losses.append(loss.item())
        loss.backward()
        opt.step()
    return [*losses, loss_of(network).item()]


# %% swap
recorded = pd.read_csv(find_table("recorded_torch/torch_network.csv"), comment="#")
makers = {
    "sgd lr=0.05": lambda p: torch.optim.SGD(p, lr=0.05),
    "momentum lr=0.02 m=0.9": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9),
    "adagrad lr=0.1": lambda p: torch.optim.Adagrad(p, lr=0.1),
    "rmsprop lr=0.01": lambda p: torch.optim.RMSprop(p, lr=0.01),
    "adam lr=0.01": lambda p: torch.optim.Adam(p, lr=0.01),
    "adamw lr=0.01": lambda p: torch.optim.AdamW(p, lr=0.01),
}
for name, make in makers.items():
    network = fresh_network()
    losses = train(network, make(network.parameters()), 200)
    tape = recorded[(recorded.run == name) & (recorded.dtype == "float64")].loss
    gap = max(abs(a - b) for a, b in zip(losses, tape, strict=True))
    print(
        f"{name:22s}   loss {losses[20]:.4f} after 20, "
        f"{losses[200]:.4f} after 200   off {gap:.10f}"
    )

# %% object-zero-grad
network = fresh_network()
opt = torch.optim.SGD(network.parameters(), lr=0.05)
bias = list(network.parameters())[3]
print("before any backward():", bias.grad)
loss_of(network).backward()
print("after backward():     ", f"{bias.grad.item():.6f}")
opt.zero_grad()
print("after zero_grad():    ", bias.grad)

# %% two-halves
# The slope of the mean over all rows is the mean of the
# slopes of its two halves: they may simply add up.
network, halved = fresh_network(), fresh_network()
loss_of(network).backward()
for rows in [slice(0, 50), slice(50, 100)]:
    half = (halved(x[rows]) - y[rows]).pow(2).mean() * 0.5
    half.backward()
    print(f"half of the mean loss of fifty rows {half.item():.6f}")
pairs = zip(network.parameters(), halved.parameters(), strict=True)
print(
    "largest difference of any slope "
    f"{max((a.grad - b.grad).abs().max().item() for a, b in pairs):.12f}"
)

# %% groups
network = fresh_network()
w1, b1, w2, b2 = network.parameters()
opt = torch.optim.SGD([{"params": [w1, b1], "lr": 0.005}, {"params": [w2, b2]}], lr=0.05)
first_weights = [w.detach().clone() for w in network.parameters()]
losses = train(network, opt, 200)
moved = [
    (w - v).abs().max().item() for w, v in zip(network.parameters(), first_weights, strict=True)
]
for group, way in zip(opt.param_groups, [moved[:2], moved[2:]], strict=True):
    print(
        f"{len(group['params'])} tensors with lr {group['lr']:.3f} "
        f"have moved by up to {max(way):.4f}"
    )
print(f"loss after 200 steps {losses[200]:.6f}")

# %% object-groups
for key, value in opt.param_groups[0].items():
    print(f"{key:15s} {[list(w.shape) for w in value] if key == 'params' else value}")

# %% change-rate
network = fresh_network()
opt = torch.optim.SGD(network.parameters(), lr=0.5)
fast = train(network, opt, 12)
opt.param_groups[0]["lr"] = 0.05
slow = train(network, opt, 12)
print("lr 0.50:  " + "  ".join(f"{loss:.3f}" for loss in fast[8:]))
print("lr 0.05:  " + "  ".join(f"{loss:.3f}" for loss in slow[1:6]))

# %% add-group
network = fresh_network()
w1, b1, w2, b2 = network.parameters()
opt = torch.optim.SGD([w2, b2], lr=0.05)
first_w1 = w1.detach().clone()
losses = train(network, opt, 100)
print(
    f"one group    loss {losses[100]:.6f}   "
    f"w1 moved by up to {(w1 - first_w1).abs().max().item():.4f}"
)
opt.add_param_group({"params": [w1, b1], "lr": 0.02})
losses = train(network, opt, 100)
print(
    f"two groups   loss {losses[100]:.6f}   "
    f"w1 moved by up to {(w1 - first_w1).abs().max().item():.4f}"
)

# %% state
for name in list(makers)[:5]:
    network = fresh_network()
    opt = makers[name](network.parameters())
    train(network, opt, 1)
    state = opt.state_dict()["state"]
    kept = {key for entry in state.values() for key in entry} - {"step"}
    numbers = sum(entry[key].numel() for entry in state.values() for key in kept)
    print(f"{name:22s}   {numbers:3d} numbers in {', '.join(sorted(kept)) or 'nothing'}")

# %% object-state
saved = opt.state_dict()
print("parts:", ", ".join(saved))
for number, entry in saved["state"].items():
    print(
        f"parameter {number}:",
        ", ".join(f"{key} {list(value.shape)}" for key, value in entry.items()),
    )
print("tensors of the first group:", saved["param_groups"][0]["params"])

# %% snapshot
network = fresh_network()
opt = torch.optim.Adam(network.parameters(), lr=0.01)
snapshot = network.state_dict()
copied = {name: w.clone() for name, w in snapshot.items()}
train(network, opt, 10)
for name, kept in [("snapshot", snapshot), ("copy", copied)]:
    gap = max(
        (w - v).abs().max().item()
        for w, v in zip(network.parameters(), kept.values(), strict=True)
    )
    print(f"{name:8s}   differs from the network of now by up to {gap:.4f}")

# %% without-a-break
network = fresh_network()
opt = torch.optim.Adam(network.parameters(), lr=0.01)
whole = train(network, opt, 120)
whole_weights = [w.detach().clone() for w in network.parameters()]
print(f"loss after 120 steps without a break {whole[120]:.10f}")

# %% interrupt
network = fresh_network()
opt = torch.optim.Adam(network.parameters(), lr=0.01)
train(network, opt, 60)
folder = tempfile.TemporaryDirectory()
file = Path(folder.name) / "after-60-steps.pt"
torch.save({"network": network.state_dict(), "optimizer": opt.state_dict()}, file)

# %% resume
torch.manual_seed(7)
layers = torch.nn.Sequential(torch.nn.Linear(3, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1))
network = layers.to(dtype=torch.float64)
opt = torch.optim.Adam(network.parameters(), lr=0.5)
print(f"loss of a network drawn anew {loss_of(network).item():.6f}")
saved = torch.load(file)
network.load_state_dict(saved["network"])
opt.load_state_dict(saved["optimizer"])
rest = train(network, opt, 60)
equal = sum(a == b for a, b in zip(rest, whole[60:], strict=True))
same = sum(
    (a == b).sum().item() for a, b in zip(network.parameters(), whole_weights, strict=True)
)
print(f"{equal} of {len(rest)} losses are equal to the last bit")
print(f"{same} of 161 weights are equal to the last bit")

# %% without-the-state
network = fresh_network()
network.load_state_dict(saved["network"])
opt = torch.optim.Adam(network.parameters(), lr=0.01)
forgetful = train(network, opt, 60)
for step in [60, 61, 62, 63, 65, 70, 80, 120]:
    print(
        f"step {step:3d}   resumed {rest[step - 60]:.6f}   "
        f"with an optimizer that forgot {forgetful[step - 60]:.6f}"
    )

# %% solution-1
# Weights decay, biases do not.
for decay in [0.0, 0.1]:
    network = fresh_network()
    w1, b1, w2, b2 = network.parameters()
    opt = torch.optim.SGD(
        [
            {"params": [w1, w2], "weight_decay": decay},
            {"params": [b1, b2], "weight_decay": 0.0},
        ],
        lr=0.05,
    )
    losses = train(network, opt, 200)
    sizes = [
        torch.cat([a.flatten(), b.flatten()]).abs().mean().item()
        for a, b in [(w1, w2), (b1, b2)]
    ]
    print(
        f"decay {decay:.1f}   loss {losses[200]:.4f}   mean size of weights {sizes[0]:.4f}, "
        f"of biases {sizes[1]:.4f}"
    )

# %% solution-2
opt = torch.optim.Adam(fresh_network().parameters(), lr=0.5)
print(f"lr before loading {opt.param_groups[0]['lr']:.2f}")
opt.load_state_dict(saved["optimizer"])
print(f"lr after loading {opt.param_groups[0]['lr']:.2f}")


# %% solution-3
class HandMade:
    """Momentum with the two methods that a training loop asks for."""

    def __init__(self, params, lr, momentum):
        self.params, self.lr, self.momentum = list(params), lr, momentum
        self.velocities = [torch.zeros_like(w) for w in self.params]

    def zero_grad(self):
        """Forget the slopes."""
        for w in self.params:
            w.grad = None

    def step(self):
        """Let each velocity fade, add the slope, and move along."""
        with torch.no_grad():
            for w, v in zip(self.params, self.velocities, strict=True):
                v.mul_(self.momentum).add_(w.grad)
                w.sub_(v * self.lr)


network = fresh_network()
ours = train(network, HandMade(network.parameters(), lr=0.02, momentum=0.9), 200)
network = fresh_network()
theirs = train(network, torch.optim.SGD(network.parameters(), lr=0.02, momentum=0.9), 200)
print(f"loss after 200 steps {ours[200]:.10f}")
gap = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
print(f"largest difference from the library's object {gap:.10f}")

# %% solution-4
for name in list(makers)[:5:2]:
    network = fresh_network()
    opt = makers[name](network.parameters())
    first = loss_of(network).item()
    for _ in range(200):
        loss_of(network).backward()
        opt.zero_grad()
        opt.step()
    print(f"{name:15s}   loss {first:.10f}, 200 rounds later {loss_of(network).item():.10f}")
