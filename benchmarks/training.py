"""Images per second when a network is trained: ours in Python and R, the usual loop, a bare loop; writes training.md.

Every lane is a process of its own, on all cores; the lanes take turns, so that a busy minute of the machine hits all
of them.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import sys
from pathlib import Path

import torch
from r_vs_python import engines, measure
from rich.progress import track

from gradpath.tables import write_text
from gradpath.workshop.r_process import ensure_r_package, find_r

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = Path(__file__).parent
PYTHON_LANES = ["ours, optim", "ours, by hand", "usual loop", "usual loop, 2 workers", "bare loop"]
IMAGES = {"tanh": 60_000, "lenet": 20_000}
# The first epoch warms up and is left out.
TURNS, EPOCHS = 3, 4
USUAL = ["usual loop", "usual loop, 2 workers"]


def command(lane: str, network: str, device: str, r) -> tuple[list[str], dict[str, str]]:
    """Return how to start a lane, and its environment."""
    rest = [network, str(IMAGES[network]), str(EPOCHS)]
    if lane.startswith("R, "):
        engine, _, method = lane.removeprefix("R, engine ").partition(", ")
        arguments = [{"by hand": "manual"}.get(method, method), *rest]
        return [r.rscript, str(FOLDER / "training_epochs.R"), *arguments], r.environment | {
            "GRADPATH_R_ENGINE": engine
        }
    return [sys.executable, str(FOLDER / "training_epochs.py"), lane, *rest, device], dict(os.environ)


def main() -> None:
    """Measure and write the table."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    r = find_r(PROJECT) if device == "cpu" else None
    lanes = list(PYTHON_LANES)
    if device == "cuda" or shutil.which("g++"):
        # On the CPU PyTorch's compiler writes C++ and needs someone to compile it.
        lanes.append("bare loop, compiled")
    if r:
        ensure_r_package(r)
        lanes += [f"R, engine {engine}, {method}" for engine in engines(r) for method in ("optim", "by hand")]
    rates: dict[tuple[str, str], list[float]] = {}
    runs = [(network, lane) for _ in range(TURNS) for network in IMAGES for lane in lanes]
    for network, lane in track(runs, description="training"):
        numbers, problem = measure(*command(lane, network, device, r))
        if problem:
            sys.exit(f"{lane}, {network}: {problem}")
        rates.setdefault((network, lane), []).extend(numbers)
    name = "training.md" if device == "cpu" else "training-cuda.md"
    write_text(FOLDER / name, report(rates, lanes, device))


def report(rates: dict[tuple[str, str], list[float]], lanes: list[str], device: str) -> str:
    """Write the table: medians, and the ratios that matter."""
    what = f"{platform.machine()}, {os.cpu_count()} cores" if device == "cpu" else torch.cuda.get_device_name()
    lines = [
        "# Speed of training",
        "",
        f"Fashion-MNIST, batches of 256, AdamW, float32, {device}. Images per second of an epoch, medians of {TURNS} "
        f"turns with {EPOCHS - 1} epochs each; every lane a process of its own, in turn, in one run of "
        f"`make benchmarks`. {what}, PyTorch {torch.__version__}. The usual loop is a Dataset that makes a tensor of "
        "one image at a time and a DataLoader; the bare loop has the data in memory and does nothing but train; "
        "compiled, its network has gone through `torch.compile`. Ours measures loss and accuracy besides. The last "
        "three columns divide a lane's images per second by those of the faster usual loop, of the bare "
        "loop, and of ours in Python by the same method.",
        "",
        "| network | lane | images per second | against usual | against bare | against Python |",
        "|:--|:--|--:|--:|--:|--:|",
    ]
    for network in IMAGES:
        middle = {lane: statistics.median(rates[network, lane]) for lane in lanes}
        usual = max(middle[lane] for lane in USUAL)
        for lane in lanes:
            python = middle["ours, by hand" if lane.endswith("by hand") else "ours, optim"]
            against = f"{middle[lane] / python:.2f}" if lane.startswith("R, ") else ""
            ratios = f"{middle[lane] / usual:.2f} | {middle[lane] / middle['bare loop']:.2f} | {against}"
            lines.append(f"| {network} | {lane} | {middle[lane]:,.0f} | {ratios} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
