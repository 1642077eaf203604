"""One lane of the training benchmark: trains some epochs and prints the images per second of each.

Arguments: lane, network, number of images, epochs.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from gradpath import train_network
from gradpath.data.datasets import Data, fashion_mnist, take_data
from gradpath.networks.lenet import lenet
from gradpath.networks.tanh_network import tanh_network

BATCH = 256
NETWORKS = {"tanh": tanh_network, "lenet": lenet}


class Samples(Dataset):
    """Images as they are usually handed out: one at a time, each turned into a tensor when it is asked for."""

    def __init__(self, data: Data) -> None:
        self._images = (data.x * 255).round().to(torch.uint8).squeeze(1).numpy()
        self._labels = data.y.tolist()

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        return torch.from_numpy(self._images[i].astype(np.float32)).div(255).unsqueeze(0), self._labels[i]


def usual(model: nn.Module, data: Data, epochs: int, workers: int, device: str) -> list[float]:
    """Train as most scripts do: a DataLoader, a loop, the loss and the right answers counted per batch."""
    loader = DataLoader(Samples(data), BATCH, shuffle=True, num_workers=workers)
    opt, loss = torch.optim.AdamW(model.to(device).parameters()), nn.CrossEntropyLoss()
    rates = []
    for _ in range(epochs):
        started, total, right = time.perf_counter(), 0.0, 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            opt.zero_grad()
            outputs = model(x)
            value = loss(outputs, y)
            value.backward()
            opt.step()
            total += value.item() * len(y)
            right += (outputs.argmax(1) == y).sum().item()
        rates.append(len(data.y) / (time.perf_counter() - started))
    return rates


def bare(model: nn.Module, data: Data, epochs: int, device: str, compiled: bool = False) -> list[float]:
    """Train with nothing but the arithmetic: data in memory, channels last, no table, no score."""
    model = model.to(device=device, memory_format=torch.channels_last)
    forward = torch.compile(model) if compiled else model
    x, y = data.x.to(device), data.y.to(device)
    # The plain step, which is the one that train_network() takes.
    opt = torch.optim.AdamW(model.parameters())
    rates = []
    for _ in range(epochs):
        started = time.perf_counter()
        for index in torch.randperm(len(y)).to(device).split(BATCH):
            batch = x.index_select(0, index).contiguous(memory_format=torch.channels_last)
            opt.zero_grad()
            nn.functional.cross_entropy(forward(batch), y.index_select(0, index)).backward()
            opt.step()
        if device == "cuda":
            torch.cuda.synchronize()
        rates.append(len(y) / (time.perf_counter() - started))
    return rates


def ours(model: nn.Module, data: Data, epochs: int, method: str, device: str) -> list[float]:
    """Train with train_network(), which counts loss and accuracy too."""
    settings = {"epochs": epochs, "batch_size": BATCH, "method": method, "device": device, "progress": False}
    return (len(data.y) / train_network(model, "cross_entropy", data, **settings)["seconds"]).tolist()


def main() -> None:
    """Run the lane that the arguments name."""
    lane, network, images, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    device = sys.argv[5] if len(sys.argv) > 5 else "cpu"
    model, data = NETWORKS[network](seed=0), take_data(fashion_mnist().train, images)
    run = {
        "ours, optim": lambda: ours(model, data, epochs, "optim", device),
        "ours, by hand": lambda: ours(model, data, epochs, "manual", device),
        "usual loop": lambda: usual(model, data, epochs, 0, device),
        "usual loop, 2 workers": lambda: usual(model, data, epochs, 2, device),
        "bare loop": lambda: bare(model, data, epochs, device),
        "bare loop, compiled": lambda: bare(model, data, epochs, device, compiled=True),
    }[lane]
    print(*run(), sep="\n")


if __name__ == "__main__":
    main()
