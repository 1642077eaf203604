"""Fingerprints of code without comments and docstrings: a result that took minutes is not stale for a word."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

from gradpath.fingerprints import fingerprint


def code_sources(project: Path, language: str, makers: tuple[str, ...]) -> str:
    """Return the fingerprint of the code that decides numbers in one language.

    Parameters
    ----------
    project : Path
    language : {"python", "r"}
        For R the engine layer is included, as in :func:`gradpath.fingerprints.r_sources`.
    makers : tuple of str
        Files as names without ending.
    """
    if language == "python":
        files = [project / "python" / "gradpath" / f"{name}.py" for name in makers]
    else:
        folder = project / "r" / "R"
        named = [folder / f"{name}.R" for name in makers]
        engine = [*folder.glob("engine*.R"), *folder.glob("pytorch*.R")]
        files = [*named, *engine, *(project / "r" / "inst" / "python").glob("*.py")]
    return fingerprint(sorted((file.name, code_of(file)) for file in files))


def code_of(file: Path) -> str:
    """Return the lines of a file of Python or R that say something to the computer."""
    text = file.read_text(encoding="utf-8")
    lines = _python_lines(text) if file.suffix == ".py" else _r_lines(text)
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _python_lines(text: str) -> list[str]:
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(text)):
        documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if documented and ast.get_docstring(node) is not None:  # type: ignore[arg-type]
            said = node.body[0]  # type: ignore[attr-defined]
            lines[said.lineno - 1 : said.end_lineno] = [""] * (said.end_lineno - said.lineno + 1)
    return lines


def _r_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.lstrip().startswith("#")]
