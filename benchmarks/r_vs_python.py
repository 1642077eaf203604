"""Adam steps per second in Python and in R, with every engine that is here; writes benchmarks/results.md.

Every lane is a process of its own; the lanes take turns, so that a busy minute of the machine hits all of them.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

from rich.progress import track

from gradpath.tables import write_text
from gradpath.workshop.r_process import ensure_r_package, find_r

PROJECT = Path(__file__).resolve().parents[1]
SIZES = {2: 1500, 1_000_000: 60}
TURNS, ROUNDS = 3, 2


def measure(command: list[str], environment: dict[str, str]) -> tuple[list[float], str]:
    """Run one lane once; return its steps per second, without the first round, which warms up."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return [], done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "failed"
    return [float(line) for line in done.stdout.split()][1:], ""


def engines(r) -> list[str]:
    """Return the R engines that start here."""
    found = []
    for engine in ("torch", "pytorch"):
        code = "invisible(gradpath::engine_info())"
        ran = subprocess.run(
            [r.rscript, "-e", code],
            env=r.environment | {"GRADPATH_R_ENGINE": engine},
            capture_output=True,
            check=False,
        )
        found += [engine] if ran.returncode == 0 else []
    return found


def main() -> None:
    """Measure and write the table."""
    r = find_r(PROJECT)
    lanes = {"Python": None}
    if r:
        ensure_r_package(r)
        lanes |= {f"R, engine {name}": name for name in engines(r)}
    runs = [(m, n, lane) for _ in range(TURNS) for n in SIZES for m in ("manual", "optim") for lane in lanes]
    rates: dict[tuple[str, int, str], list[float]] = {}
    for method, n, lane in track(runs, description="measuring"):
        arguments = [method, str(n), str(SIZES[n]), str(ROUNDS)]
        folder = Path(__file__).parent
        if lanes[lane] is None:
            command, environment = [sys.executable, str(folder / "adam_steps.py"), *arguments], dict(os.environ)
        else:
            command = [r.rscript, str(folder / "adam_steps.R"), *arguments]
            environment = r.environment | {"GRADPATH_R_ENGINE": lanes[lane]}
        # One thread: with more, a second busy process decides the result, not the language.
        numbers, problem = measure(command, environment | {"OMP_NUM_THREADS": "1"})
        if problem:
            sys.exit(f"{lane}, {method}, {n} elements: {problem}")
        rates.setdefault((method, n, lane), []).extend(numbers)
    text = report(rates, list(lanes))
    for lane, engine in lanes.items():
        if engine:
            text += profile(r, lane, engine)
    write_text(PROJECT / "benchmarks" / "results.md", text)


def profile(r, lane: str, engine: str) -> str:
    """Return a sentence on where R's time goes at 2 elements, by R's own profiler."""
    command = [r.rscript, str(Path(__file__).parent / "adam_profile.R"), "3000"]
    environment = r.environment | {"GRADPATH_R_ENGINE": engine, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    parts = [line.partition(" ") for line in done.stdout.splitlines()]
    names = ", ".join(f"`{name}` {share} %" for share, _, name in parts)
    return f"\n{lane}, by hand, 2 elements: of R's time, {names}.\n"


def report(rates: dict[tuple[str, int, str], list[float]], lanes: list[str]) -> str:
    """Write the table: medians, and each lane's time as a multiple of Python's in the same run."""
    import torch

    lines = [
        "# Speed",
        "",
        "Adam, float32, gradients by autograd, on vectors of 2 and of 1,000,000 elements. Medians of "
        f"{TURNS} turns; every lane a process of its own, on one thread, in turn, in one run of `make benchmarks`. "
        f"{platform.machine()}, {os.cpu_count()} cores, PyTorch {torch.__version__}.",
        "",
        "| elements | method | lane | steps per second | time against Python |",
        "|--:|:--|:--|--:|--:|",
    ]
    for n in SIZES:
        for method in ("manual", "optim"):
            base = statistics.median(rates[method, n, lanes[0]])
            for lane in lanes:
                rate = statistics.median(rates[method, n, lane])
                lines.append(f"| {n:,} | {method} | {lane} | {rate:,.0f} | {base / rate:.2f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
