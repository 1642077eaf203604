"""The include file of a lesson's cell: its code, what that printed, and which engine if it is not the usual one."""

from __future__ import annotations

import re

# In R the lessons are written for {torch}, and readers have it; another engine says so where its output stands.
_LABEL = "::: {{.made-by}}\nPrinted by engine {engine}, for want of {{torch}}, which may print it differently.\n:::\n"
_UNEXECUTED = "::: {.made-by}\nNot executed: R is not installed where this page was made.\n:::\n"
_OUTPUT = re.compile(r"^::: \{\.cell-output \.cell-output-stdout\}\n```\n(.*?)\n```\n:::$", re.DOTALL | re.MULTILINE)


def include_text(head: str, language: str, code: str, printed: str, engine: str) -> str:
    """Write the include of one cell.

    Parameters
    ----------
    head : str
        Where the code comes from; a comment that no page shows.
    language : {"python", "r"}
    code, printed : str
    engine : str
        Name and version of what computed.
    """
    text = _code_text(head, language, code)
    if printed.strip():
        text += f"\n::: {{.cell-output .cell-output-stdout}}\n```\n{printed.rstrip()}\n```\n:::\n"
        if is_other_engine(language, engine):
            text += "\n" + _LABEL.format(engine=engine)
    return text + ":::\n"


def unexecuted_text(head: str, language: str, code: str) -> str:
    """Write the include of a cell that was never executed: its code, and that it has printed nothing yet."""
    return _code_text(head, language, code) + "\n" + _UNEXECUTED + ":::\n"


def _code_text(head: str, language: str, code: str) -> str:
    return f"<!-- {head} -->\n\n::: {{.cell}}\n``` {{.{language} .cell-code}}\n{code.rstrip()}\n```\n"


def is_other_engine(language: str, engine: str) -> bool:
    """Say whether R's output comes from another engine than the {torch} that its readers have."""
    return language == "r" and not engine.startswith("torch ")


def code_shown(include: str) -> str:
    """Return what an include has above the output: the code and where it comes from."""
    return include.partition("\n::: {.cell-output")[0].removesuffix(":::\n")


def lines_shown(include: str) -> list[str]:
    """Return the lines of output that an include shows."""
    found = _OUTPUT.search(include)
    return found.group(1).split("\n") if found else []
