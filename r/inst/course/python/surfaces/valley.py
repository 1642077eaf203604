"""A valley that runs aslant: a surface of this course's own, the same in r/surfaces/valley.R."""

from gradpath import surface


def valley(x):
    """Return the values; constants stand on the right, as R's {torch} needs them to keep their digits."""
    x1, x2 = x.unbind(-1)
    return x1**2 * 0.1 + (x2 - x1 * 0.5) ** 2


SURFACE = surface(
    valley,
    name="valley",
    window=(-6, 6, -4, 4),
    minima=[(0, 0)],
    source="this course",
    formula=r"f(x_1, x_2) = 0.1\,x_1^2 + (x_2 - 0.5\,x_1)^2",
)
