"""Writes what the book says about the cross-check: one line per figure, and the table of all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from gradpath.agreement import Comparison
from gradpath.agreement_summary import summarize
from gradpath.tables import write_text


def write_check_pages(project: Path, comparisons: list[Comparison]) -> list[Path]:
    """Write ``book/_checks/<figure>.md`` and ``book/_checks/all.md``; remove pages of figures that are gone."""
    folder = project / "book" / "_checks"
    figures = list(dict.fromkeys(c.figure for c in comparisons))
    pages = {folder / f"{name}.md": _line([c for c in comparisons if c.figure == name]) for name in figures}
    pages[folder / "all.md"] = _table(comparisons)
    for file, text in pages.items():
        write_text(file, text)
    for file in set(folder.glob("*.md")) - set(pages):
        file.unlink()
    return list(pages)


def _line(rows: list[Comparison]) -> str:
    live = [c for c in rows if c.verdict in ("agrees", "differs")]
    if not live:
        why = next((c.detail for c in rows if c.verdict == "known"), "the tables were computed from other sources")
        return f"::: {{.check-line}}\nNot compared: {why}. How this is measured: @sec-agreement.\n:::\n"
    values, equal = sum(c.values for c in live), sum(c.bit_equal for c in live)
    if equal == values:
        how = "all equal to the last bit"
    else:
        worst = max(live, key=lambda c: c.max_rel)
        how = (
            f"of which {equal:,} are equal to the last bit; the largest relative difference is {worst.max_rel:.1e}"
            f" ({worst.lane} against {worst.reference}, path *{worst.path}*)"
        )
    verdicts = Counter(c.verdict for c in rows)
    parts = ["These lanes **disagree**" if verdicts["differs"] else "Checked"]
    if verdicts["known"]:
        parts.append(f"{verdicts['known']} that are known to differ left out")
    if verdicts["stale"]:
        parts.append(f"{verdicts['stale']} that were computed from other sources left out")
    engines = sorted({made for c in live for made in c.engines.split(" | ")})
    return (
        f"::: {{.check-line}}\n{', '.join(parts)}: {len(live)} comparisons, {values:,} numbers, {how}."
        f" Computed by {'; '.join(engines)}. How this is measured: @sec-agreement.\n:::\n"
    )


def _table(comparisons: list[Comparison]) -> str:
    head = (
        "| figure | lane | against | numbers | equal to the last bit | largest relative difference | verdict |\n"
        "|:--|:--|:--|--:|--:|--:|:--|\n"
    )
    lines = []
    for pair in summarize(comparisons):
        verdict = pair.verdict + (f"; {pair.known} known to differ" if pair.known else "")
        share = f"{pair.bit_equal / max(1, pair.values):.0%}"
        cells = [pair.figure, pair.lane, pair.reference, f"{pair.values:,}", share, f"{pair.max_rel:.1e}", verdict]
        lines.append("| " + " | ".join(cells) + " |\n")
    return head + "".join(lines) + "\n: Every comparison, by figure and pair of lanes {#tbl-agreement}\n"
