"""Tables of paths on disk: CSV with a record above it of what made the numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from gradpath.scratch import scratch_name

COLUMNS = ["path", "method", "step", "x1", "x2", "value"]


@contextmanager
def whole_file(file: Path) -> Iterator[Path]:
    """Hand out a temporary name; rename it to ``file`` if all goes well, delete it if not."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = scratch_name(file.parent, file.suffix)
    # Made anew, with the permissions that the umask gives to every new file.
    temporary.touch(exist_ok=False)
    try:
        yield temporary
        os.replace(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(file: Path, text: str) -> bool:
    """Write a file whole or not at all; leave it alone, and return False, if it already says just this."""
    if file.is_file() and file.read_bytes() == text.encode():
        return False
    with whole_file(file) as temporary:
        temporary.write_bytes(text.encode())
    return True


def write_pages(folder: Path, pages: Mapping[Path, str]) -> list[Path]:
    """Write the Markdown files of a folder, and remove those that are not among them; return those that changed."""
    for file in set(folder.glob("*.md")) - set(pages):
        file.unlink()
    return [file for file, text in pages.items() if write_text(file, text)]


def write_table(file: Path, table: pd.DataFrame, record: dict[str, str]) -> bool:
    """Write a table with its record, one ``# key: value`` line each; numbers with 17 significant digits."""
    head = "".join(f"# {key}: {value}\n" for key, value in record.items())
    return write_text(file, head + table.to_csv(index=False, float_format="%.17g", lineterminator="\n"))


def read_record(file: Path) -> dict[str, str]:
    """Read the record above a table."""
    record = {}
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("# "):
                break
            key, _, value = line[2:].rstrip("\n").partition(": ")
            record[key] = value
    return record


def read_numbers(file: Path, columns: list[str]) -> pd.DataFrame:
    """Read a CSV file with a record; the numbers of these columns come back to the last bit, empty ones as NaN."""
    # Python's float() reads every digit; the reader of pandas does so only from version 3 on.
    return pd.read_csv(file, comment="#", converters=dict.fromkeys(columns, _number))


def _number(text: str) -> float:
    return float(text) if text else float("nan")


def read_table(file: Path) -> pd.DataFrame:
    """Read a table; numbers come back to the last bit. ``attrs`` holds the record."""
    table = read_numbers(file, ["x1", "x2", "value"]).astype({"path": str, "method": str})
    table.attrs = {key: value for key, value in read_record(file).items()}
    return table


def select_path(table: pd.DataFrame, path: str, method: str) -> pd.DataFrame:
    """Return the rows of one path by one method, as :func:`gradpath.descend` returns them."""
    rows = table[(table["path"] == path) & (table["method"] == method)]
    return rows[["step", "x1", "x2", "value"]].reset_index(drop=True)


def split_paths(table: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """Return every path of a table by its id and method, as :func:`select_path` does one."""
    parts = table.groupby(["path", "method"], sort=False)[["step", "x1", "x2", "value"]]
    return {(str(path), str(method)): rows.reset_index(drop=True) for (path, method), rows in parts}
