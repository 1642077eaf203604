# Descent by hand: a small network, trained without an optimizer. Run it from the project's
# folder, as a script or as a notebook.
#| reads: shared_figures/recorded_torch/torch_network.csv

# %% data
import math

import pandas as pd
import torch

from gradpath import find_table

torch.manual_seed(42)
x = torch.randn(100, 3, dtype=torch.float64)
noise = torch.randn(100, 1, dtype=torch.float64)
truth = torch.tensor([[0.2], [-1.3], [-0.5]], dtype=torch.float64)
y = x @ truth + noise
for i in range(3):
    x1, x2, x3 = x[i].tolist()
    print(f"row {i + 1}   x {x1:7.4f} {x2:7.4f} {x3:7.4f}   y {y[i].item():7.4f}")

# %% weights
# The library's linear layers draw their first weights;
# all that we take from them is the numbers.
first, second = torch.nn.Linear(3, 32), torch.nn.Linear(32, 1)
drawn = [
    w.detach().to(torch.float64) for w in (first.weight, first.bias, second.weight, second.bias)
]


def fresh_weights():
    """Return the first weights again, as tensors that collect a gradient."""
    return [w.clone().requires_grad_() for w in drawn]


w1, b1, w2, b2 = fresh_weights()
for name, w in [("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2)]:
    print(
        f"{name}   "
        f"{w.numel():2d} numbers between {w.min().item():7.4f} and {w.max().item():7.4f}"
    )
print(f"together {w1.numel() + b1.numel() + w2.numel() + b2.numel()}")

# %% forward
hidden = (x @ w1.T + b1).clamp(min=0)
prediction = hidden @ w2.T + b2
for i in range(3):
    print(f"row {i + 1}   prediction {prediction[i].item():7.4f}   target {y[i].item():7.4f}")
off = (hidden == 0).to(torch.float64).mean().item()
print(f"share of hidden values that the ReLU set to zero: {off:.4f}")

# %% loss
loss = (prediction - y).pow(2).mean()
print(f"loss of the network as drawn    {loss.item():.6f}")
print(f"loss of predicting always zero  {y.pow(2).mean().item():.6f}")
print(f"loss of the true coefficients   {noise.pow(2).mean().item():.6f}")

# %% gradient
loss.backward()
for name, w in [("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2)]:
    print(f"{name}   {w.grad.numel():2d} slopes, the steepest {w.grad.abs().max().item():.6f}")


# %% nudge
def loss_with(b2):
    """Return the loss of the network as drawn, but with another b2."""
    return ((hidden @ w2.T + b2) - y).pow(2).mean().item()


b = b2.item()
print(f"slope along b2, from backward()            {b2.grad.item():.6f}")
print(
    "slope along b2, "
    f"from nudging b2 to and fro {(loss_with(b + 1e-4) - loss_with(b - 1e-4)) / 2e-4:.6f}"
)
print(f"slope along b2, from the chain rule        {2 * (prediction - y).mean().item():.6f}")

# %% one-step
learning_rate = 0.05
with torch.no_grad():
    for w in [w1, b1, w2, b2]:
        w.sub_(w.grad * learning_rate)
hidden = (x @ w1.T + b1).clamp(min=0)
after = (hidden @ w2.T + b2 - y).pow(2).mean()
print(f"before the step {loss.item():.6f}   after it {after.item():.6f}")

# %% object-without-no-grad
try:
    w1.sub_(w1.grad * learning_rate)
except RuntimeError as error:
    print(error)

# %% add-up
# The gradients of before are still there. backward() adds to them.
old = b2.grad.item()
after.backward()
together = b2.grad.item()
b2.grad.zero_()
loss = ((x @ w1.T + b1).clamp(min=0) @ w2.T + b2 - y).pow(2).mean()
loss.backward()
new = b2.grad.item()
print(f"slope of the first round {old:.6f}, of the second {new:.6f}")
print(f"after a second backward() {together:.6f}, which is their sum {old + new:.6f}")

# %% loop
learning_rate = 0.05
w1, b1, w2, b2 = fresh_weights()
losses = []
for step in range(201):
    # Forward: the prediction, and how wrong it is.
    hidden = (x @ w1.T + b1).clamp(min=0)
    prediction = hidden @ w2.T + b2
    loss = (prediction - y).pow(2).mean()
    losses.append(loss.item())
    if step in (0, 1, 2, 3, 10, 50, 100, 200):
        print(f"step {step:3d}   loss {loss.item():.10f}")
    # Backward: the slope of the loss along each of the weights.
    loss.backward()
    # Update: a small step down each slope, and the slopes back to zero for the next round.
    with torch.no_grad():
        w1.sub_(w1.grad * learning_rate)
        b1.sub_(b1.grad * learning_rate)
        w2.sub_(w2.grad * learning_rate)
        b2.sub_(b2.grad * learning_rate)
        w1.grad.zero_()
        b1.grad.zero_()
        w2.grad.zero_()
        b2.grad.zero_()

# %% recorded
recorded = pd.read_csv(find_table("recorded_torch/torch_network.csv"), comment="#")
tape = recorded[
    (recorded.run == "sgd by hand lr=0.05") & (recorded.dtype == "float64")
].loss.tolist()
gaps = [abs(ours - theirs) for ours, theirs in zip(losses, tape, strict=True)]
print(
    f"{len(tape)} losses, the last recorded as {tape[-1]:.10f}, "
    f"computed now as {losses[-1]:.10f}"
)
print(f"largest difference {max(gaps):.12f}")

# %% learned
with torch.no_grad():
    for j, name in enumerate(["x1", "x2", "x3"]):
        # From -1 to 1 along one input, the others at 0.
        ends = torch.zeros(2, 3, dtype=torch.float64)
        ends[0, j], ends[1, j] = -1, 1
        low, high = ((ends @ w1.T + b1).clamp(min=0) @ w2.T + b2).flatten().tolist()
        print(
            f"{name}   mean slope of the network {(high - low) / 2:7.4f}   "
            f"true {truth[j].item():4.1f}"
        )
print(f"loss of the network             {losses[-1]:.6f}")
print(f"loss of the true coefficients   {noise.pow(2).mean().item():.6f}")


# %% train
def train(weights, learning_rate, steps, zero=True):
    """Train by hand; return the losses. Without zero, slopes pile up from step to step."""
    w1, b1, w2, b2 = weights
    losses = []
    for _ in range(steps + 1):
        loss = ((x @ w1.T + b1).clamp(min=0) @ w2.T + b2 - y).pow(2).mean()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for w in weights:
                w.sub_(w.grad * learning_rate)
                if zero:
                    w.grad.zero_()
    return losses


# %% not-zeroed
zeroed = train(fresh_weights(), 0.01, 60)
piled_up = train(fresh_weights(), 0.01, 60, zero=False)
for step in [0, 1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60]:
    print(f"step {step:2d}   zeroed {zeroed[step]:.4f}   not zeroed {piled_up[step]:.4f}")

# %% piled-up-momentum
# Slopes that pile up are a velocity that never fades: v <- 1 v + g.
weights = fresh_weights()
velocities = [torch.zeros_like(w) for w in weights]
gaps = []
for step in range(61):
    w1, b1, w2, b2 = weights
    loss = ((x @ w1.T + b1).clamp(min=0) @ w2.T + b2 - y).pow(2).mean()
    gaps.append(abs(loss.item() - piled_up[step]))
    loss.backward()
    with torch.no_grad():
        for w, v in zip(weights, velocities, strict=True):
            v.add_(w.grad)
            w.sub_(v * 0.01)
            w.grad.zero_()
print(f"momentum 1, with zeroing, differs from not zeroing by {max(gaps):.10f}")


# %% solution-1
def in_words(loss):
    """Return a loss as text; it may have grown beyond all numbers."""
    if math.isnan(loss):
        return "not a number"
    return f"{loss:.4f}" if loss < 10 else "over 10"


for learning_rate in [0.001, 0.01, 0.05, 0.1, 0.2, 0.8]:
    losses = train(fresh_weights(), learning_rate, 200)
    at = [in_words(losses[k]) for k in (5, 50, 200)]
    print(
        f"learning rate {learning_rate:.3f}   loss after 5 steps {at[0]}, "
        f"after 50 {at[1]}, after 200 {at[2]}"
    )

# %% solution-2
# The chain rule, from the loss back to the first layer.
w1, b1, w2, b2 = weights = fresh_weights()
before = x @ w1.T + b1
hidden = before.clamp(min=0)
prediction = hidden @ w2.T + b2
(prediction - y).pow(2).mean().backward()
with torch.no_grad():
    to_prediction = (prediction - y) * (2 / 100)
    to_hidden = to_prediction @ w2
    to_before = to_hidden * (before > 0)
    by_hand = [
        to_before.T @ x,
        to_before.sum(0),
        to_prediction.T @ hidden,
        to_prediction.sum(0),
    ]
    for name, w, g in zip(["w1", "b1", "w2", "b2"], weights, by_hand, strict=True):
        print(
            f"{name}   largest difference from backward(): "
            f"{(w.grad - g).abs().max().item():.12f}"
        )

# %% solution-3
# Ten rows at a time, in order: 20 rounds of 10 steps in place of 200 steps over all rows.
w1, b1, w2, b2 = weights = fresh_weights()
for step in range(200):
    rows = slice(step % 10 * 10, step % 10 * 10 + 10)
    loss = ((x[rows] @ w1.T + b1).clamp(min=0) @ w2.T + b2 - y[rows]).pow(2).mean()
    if step in (0, 1, 2, 197, 198, 199):
        print(f"step {step:3d}   loss of its ten rows {loss.item():.4f}")
    loss.backward()
    with torch.no_grad():
        for w in weights:
            w.sub_(w.grad * 0.05)
            w.grad.zero_()
with torch.no_grad():
    whole = ((x @ w1.T + b1).clamp(min=0) @ w2.T + b2 - y).pow(2).mean().item()
print(f"loss of all rows in the end {whole:.4f}")
