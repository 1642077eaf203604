"""A valley that runs aslant: a surface of this course's own, the same in r/surfaces/valley.R."""

from gradpath.surfaces.surface import Surface


def valley(x1, x2):
    """Return the values; constants stand on the right, as R's {torch} needs them to keep their digits."""
    return x1**2 * 0.1 + (x2 - x1 * 0.5) ** 2


SURFACE = Surface(
    name="valley",
    formula=r"f(x_1, x_2) = 0.1\,x_1^2 + (x_2 - 0.5\,x_1)^2",
    formula_of=valley,
    minima=((0.0, 0.0),),
    window=(-6.0, 6.0, -4.0, 4.0),
    source="this course",
)
