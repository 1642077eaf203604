"""The font in which browsers draw the book's formulas: without one, hats and roots are lost."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from gradpath.refusals import GradpathError
from gradpath.tables import whole_file

# What formulas are made of: letters with their marks, Greek, operators, arrows, brackets, letters of mathematics.
_RANGES = (
    (0x20, 0x7E),
    (0xA0, 0xFF),
    (0x2B0, 0x3FF),
    (0x2000, 0x206F),
    (0x20D0, 0x20FF),
    (0x2100, 0x23FF),
    (0x27C0, 0x27FF),
    (0x1D400, 0x1D7FF),
)


def write_math_font(file: Path) -> None:
    """Write STIX Two Math as a web font, cut down to the signs of formulas; the same font gives the same bytes.

    Parameters
    ----------
    file : Path
        Ends in ``.woff``.

    Raises
    ------
    GradpathError
        If the package that brings the font is not installed.
    """
    from fontTools import subset

    options = subset.Options()
    options.flavor = "woff"
    options.layout_features = ["*"]  # among them the smaller forms of letters in exponents
    options.name_IDs = ["*"]  # authors and licence stay in the font
    options.hinting = False
    options.recalc_timestamp = False
    # Looked up, not imported: only a file of the package is wanted.
    package = find_spec("ziamath")
    if package is None or package.origin is None:
        raise GradpathError(
            "the font of the formulas comes with the package ziamath, which is not installed; run 'make setup'"
        )
    source = Path(package.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    with subset.load_font(source, options) as font, whole_file(file) as temporary:
        cut = subset.Subsetter(options)
        cut.populate(unicodes=[code for first, last in _RANGES for code in range(first, last + 1)])
        cut.subset(font)
        subset.save_font(font, temporary, options)
