"""Writes what the book says about the cross-check: one line per figure, and the table of all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from gradpath.tables import write_pages
from gradpath.workshop.agreement_summary import summarize
from gradpath.workshop.comparison import Comparison


def check_pages(project: Path, comparisons: list[Comparison]) -> dict[Path, str]:
    """Return the text of ``book/_checks/<figure>.md`` for every figure, and of ``book/_checks/all.md``."""
    folder = project / "book" / "_checks"
    figures = list(dict.fromkeys(c.figure for c in comparisons))
    how = _MEASURED if _tells_how(project) else ""
    pages = {folder / f"{name}.md": _line([c for c in comparisons if c.figure == name], how) for name in figures}
    return pages | {folder / "all.md": _table(comparisons)}


def write_check_pages(project: Path, comparisons: list[Comparison]) -> list[Path]:
    """Write the pages that changed; remove those of figures that are gone."""
    return write_pages(project / "book" / "_checks", check_pages(project, comparisons))


_MEASURED = " How this is measured: @sec-agreement."


def _tells_how(project: Path) -> bool:
    # A reference needs a place to go: the chapter that a book may have on its check.
    chapters = [*project.glob("*.qmd"), *project.glob("book/*.qmd")]
    return any("{#sec-agreement" in chapter.read_text(encoding="utf-8") for chapter in chapters)


def _line(rows: list[Comparison], measured: str) -> str:
    live = [c for c in rows if c.verdict in ("agrees", "differs")]
    known = [c for c in rows if c.verdict == "known"]
    if not live:
        why = next((c.detail for c in known), "the tables were made from something else than the project is now")
        return f"::: {{.check-line}}\nNot compared: {why}.{measured}\n:::\n"
    values, equal = sum(c.values for c in live), sum(c.bit_equal for c in live)
    if equal == values:
        how = "all equal to the last bit"
    else:
        worst = max(live, key=lambda c: c.max_rel)
        how = (
            f"of which {equal:,} are equal to the last bit; the largest relative difference is {worst.max_rel:.1e},"
            f" where {worst.bound:.0e} is allowed ({worst.lane} against {worst.reference}, *{worst.path}*)"
        )
    verdicts = Counter(c.verdict for c in rows)
    parts = ["These lanes **disagree**" if verdicts["differs"] else "Checked"]
    if known:
        parts.append(f"{len(known)} that are known to differ left out")
    stale = verdicts["stale"] + verdicts["stale recording"]
    if stale:
        parts.append(f"{stale} that were made from something else left out")
    return (
        f"::: {{.check-line}}\n{', '.join(parts)}: {len(live)} comparisons, {values:,} numbers, {how}."
        f" Computed by {_makers(live)}.{measured}\n:::\n"
    )


def _makers(rows: list[Comparison]) -> str:
    return "; ".join(sorted({made for c in rows for made in (c.lane_computed, c.reference_computed)}))


def _table(comparisons: list[Comparison]) -> str:
    head = (
        "| figure | lane | against | numbers | bit-equal | largest relative difference | allowed | verdict |\n"
        "|:--|:--|:--|--:|--:|--:|--:|:--|\n"
    )
    lines = []
    for pair in summarize(comparisons):
        verdict = pair.verdict + (f"; {pair.known} known to differ" if pair.known else "")
        share = f"{pair.bit_equal / max(1, pair.values):.0%}"
        largest, allowed = f"{pair.max_rel:.1e}", f"{pair.bound:.0e}"
        cells = [pair.figure, pair.lane, pair.reference, f"{pair.values:,}", share, largest, allowed, verdict]
        lines.append("| " + " | ".join(cells) + " |\n")
    where = sorted(
        {(c.lane, c.lane_computed) for c in comparisons} | {(c.reference, c.reference_computed) for c in comparisons}
    )
    made = "| lane | what was computed where |\n|:--|:--|\n" + "".join(
        f"| {lane} | {text} |\n" for lane, text in where
    )
    return (
        head
        + "".join(lines)
        + "\n: Every comparison, by figure and pair of lanes; of paths with several bounds the widest is named"
        + " {#tbl-agreement}\n\n"
        + made
        + "\n: What each lane computes, and where {#tbl-lanes}\n"
    )
