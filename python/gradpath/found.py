"""Finds what is declared in the files of a package, so that adding one is adding its file."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TypeVar

Part = TypeVar("Part")


def found_in(package: str, kind: type[Part]) -> list[Part]:
    """Return what the modules of a package define of a kind, by module.

    Parameters
    ----------
    package : str
        Its full name.
    kind : type
    """
    folder = import_module(package).__path__
    modules = [import_module(f"{package}.{module.name}") for module in iter_modules(folder)]
    return [part for module in modules for part in vars(module).values() if isinstance(part, kind)]
