"""Times Adam steps by hand or by optim on a vector of n elements: ``adam_steps.py METHOD N STEPS ROUNDS``.

Prints steps per second, one number per round. Its twin is adam_steps.R.
"""

import sys
import time

import torch

from gradpath import adam, make_optimizer

method, n, steps, rounds = sys.argv[1], *map(int, sys.argv[2:5])


def by_hand(x: torch.Tensor) -> None:
    """Take the steps by the update rule written out."""
    state: dict = {}
    for _ in range(steps):
        value = (x * x).sum()
        (g,) = torch.autograd.grad(value, x)
        with torch.no_grad():
            x, state = adam(x, g, state, lr=1e-3)
        x.requires_grad_()


def by_optim(x: torch.Tensor) -> None:
    """Take the steps by the library's object."""
    opt = make_optimizer("adam", [x], lr=1e-3)
    for _ in range(steps):
        opt.zero_grad()
        (x * x).sum().backward()
        opt.step()


for _ in range(rounds):
    start = torch.ones(n, dtype=torch.float32, requires_grad=True)
    began = time.perf_counter()
    (by_hand if method == "manual" else by_optim)(start)
    print(steps / (time.perf_counter() - began))
