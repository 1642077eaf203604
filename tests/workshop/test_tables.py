"""Tables on disk: whole or not at all, and back to the last bit."""

from __future__ import annotations

import pandas as pd
import pytest

from gradpath.tables import read_table, select_path, whole_file, write_table, write_text


def test_numbers_come_back_to_the_last_bit(tmp_path):
    numbers = [0.1 + 0.2, 1e-300, -1.7976931348623157e308, 5e-324, 1 / 3]
    table = pd.DataFrame({"path": "p", "method": "optim", "step": range(5), "x1": numbers, "x2": 0.0, "value": 1.0})
    file = tmp_path / "new" / "t.csv"
    write_table(file, table, {"engine": "torch 2", "device": "cpu: it"})
    back = read_table(file)
    assert back.x1.tolist() == numbers
    assert back.attrs == {"engine": "torch 2", "device": "cpu: it"}
    assert select_path(back, "p", "manual").empty


def test_nothing_half_written_is_left(tmp_path):
    file = tmp_path / "t.txt"
    file.write_text("before")
    with pytest.raises(RuntimeError), whole_file(file) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_an_unchanged_file_is_left_alone(tmp_path):
    file = tmp_path / "t.txt"
    assert write_text(file, "same")
    before = file.stat().st_mtime_ns
    assert not write_text(file, "same")
    assert file.stat().st_mtime_ns == before
