"""What this machine has, for ``gradpath doctor``."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from gradpath.refusals import GradpathError
from gradpath.workshop.r_process import ensure_r_package, find_r, install_r


@dataclass
class Finding:
    """One line of the doctor: whether it is there, what, and the detail or what to do."""

    there: bool
    what: str
    detail: str


def examine(project: Path) -> list[Finding]:
    """Look at Python, torch, devices, R, its engine and packages, the renderer, browser and dataset."""
    import torch

    findings = [
        Finding(True, "Python", platform.python_version()),
        Finding(True, "torch", str(torch.__version__)),
        _cuda(torch.cuda),
        *_r(project),
        _renderer(),
    ]
    browser = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    findings.append(Finding(bool(browser), "browser", browser or "none; the book's browser tests are skipped"))
    return [*findings, *_datasets()]


def _datasets() -> list[Finding]:
    from gradpath.data.folders import find_cifar10, find_digits, find_fashion_mnist

    places: dict[str, Callable[[], Path]] = {
        "Fashion-MNIST": lambda: next(iter(find_fashion_mnist().values())).parent,
        "CIFAR-10": lambda: find_cifar10()[0].parent,
        "digits": lambda: find_digits().parent,
    }
    findings = []
    for name, find in places.items():
        try:
            findings.append(Finding(True, name, str(find())))
        except GradpathError as missing:
            findings.append(Finding(False, name, str(missing)))
    return findings


def _cuda(cuda) -> Finding:  # type: ignore[no-untyped-def]
    if not cuda.is_available():
        return Finding(False, "CUDA", "no device; everything runs on the CPU")
    names = [cuda.get_device_name(i) for i in range(cuda.device_count())]
    return Finding(True, "CUDA", ", ".join(names))


def _r(project: Path) -> list[Finding]:
    r = find_r(project)
    if r is None:
        return [Finding(False, "R", install_r())]
    findings = [Finding(True, "R", r.rscript)]
    try:
        ensure_r_package(r)
        said = r.run(
            "with(gradpath::engine_info(), cat(name, ' ', version, ', because ', reason, sep = ''))", quiet=True
        )
        findings.append(Finding(True, "R engine", said))
    except GradpathError as error:
        findings.append(Finding(False, "R engine", str(error)))
    return findings


def _renderer() -> Finding:
    quarto = shutil.which("quarto")
    if quarto:
        found = subprocess.run([quarto, "--version"], capture_output=True, text=True, check=False).stdout.strip()
        return Finding(True, "Quarto", found)
    return Finding(False, "Quarto", f"the book is rendered by pandoc (pypandoc_binary {version('pypandoc_binary')})")
