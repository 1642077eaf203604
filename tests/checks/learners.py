"""Rules as learners write them, right and with each classic mistake; the same in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

HERE = Path(__file__).parent


def planted(language: str) -> Iterator[tuple[str, str | None, str]]:
    """Give the rule, its mistake (None for the right one), and the source."""
    listed = YAML(typ="safe", pure=True).load((HERE / f"learners_{language}.yaml").read_text(encoding="utf-8"))
    for rule, known in listed.items():
        yield rule, None, known["code"]
        for mistake, lines in known["mistakes"].items():
            code = known["code"]
            for right, wrong in lines:
                assert code.count(right) >= 1, (rule, mistake, right)
                code = code.replace(right, wrong, 1)
            yield rule, mistake, code


def defined_in(code: str, name: str):
    """Return what a source defines under a name."""
    room: dict = {}
    exec(compile(code, f"{name}.py", "exec"), room)
    return room[name]
