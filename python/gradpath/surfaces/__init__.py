"""The 2-D functions that the optimizers descend: one file per function.

Formulas are written with their constants on the right (``x1**2 * 0.2``) so that both languages perform
the same floating-point operations in the same order: in R's torch a scalar on the left is a float32.
"""

from __future__ import annotations

from gradpath.found import found_in
from gradpath.refusals import is_one_of, one_of, refusal
from gradpath.surfaces.surface import Surface

SURFACES = {s.name: s for s in sorted(found_in(__name__, Surface), key=lambda s: s.place)}


def surface_names() -> list[str]:
    """Return the names that :func:`get_surface` knows."""
    return list(SURFACES)


def get_surface(name: str) -> Surface:
    """Return the surface of that name.

    Raises
    ------
    GradpathError
        If there is none.
    """
    if not is_one_of(name, surface_names()):
        raise refusal("get_surface()", "name", name, one_of(surface_names()))
    return SURFACES[name]
