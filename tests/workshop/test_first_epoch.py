"""The first epoch of real networks: by hand against optim, Python against R, every batch."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

import gradpath
from gradpath import GradpathError
from gradpath.data.datasets import fashion_mnist
from gradpath.networks import NETWORKS
from gradpath.tables import read_numbers
from gradpath.workshop.first_epochs import read_first_epochs, run_first_epochs
from gradpath.workshop.r_process import R
from gradpath.workshop.study_first_epochs import FirstEpochs

GOOD = "id: a, title: A, network: {name: lenet}, samples: 9, dtype: float32, settings: {}, bound: 0.1"
IDS = "lower-case letters and digits, with '-' or '.' between them"
ONLY = "id, title, network, samples, dtype, settings, bound, seed"
MALFORMED = {
    "rows: []": "FILE: networks: is missing; use a list of one or more networks",
    "networks: [3]": "FILE: network number 1: 3 is not accepted; use a mapping",
    f"networks: [{{{GOOD}}}, {{{GOOD}}}]": None,
    f"networks: [{{{GOOD}, speed: 3}}]": f"FILE: network 'a': speed: 3 is not accepted; use only the fields {ONLY}",
    f"networks: [{{{GOOD.replace('id: a', 'id: A b')}}}]": (
        f"FILE: network 'A b': id: 'A b' is not accepted; use {IDS}"
    ),
    f"networks: [{{{GOOD.replace('lenet', 'resnet')}}}]": (
        "FILE: network 'a': network: {name: 'resnet'} is not accepted; use a mapping with a name, one of"
        f" {', '.join(NETWORKS)}, and its arguments"
    ),
    f"networks: [{{{GOOD.replace('samples: 9', 'samples: 0')}}}]": (
        "FILE: network 'a': samples: 0 is not accepted; use a whole number >= 1"
    ),
    f"networks: [{{{GOOD.replace('float32', 'half')}}}]": (
        "FILE: network 'a': dtype: 'half' is not accepted; use one of float64, float32"
    ),
    f"networks: [{{{GOOD.replace('settings: {}', 'settings: fast')}}}]": (
        "FILE: network 'a': settings: 'fast' is not accepted; use a mapping of arguments of train_network()"
    ),
    f"networks: [{{{GOOD.replace('bound: 0.1', 'bound: -1')}}}]": (
        "FILE: network 'a': bound: -1 is not accepted; use a finite number > 0"
    ),
    f"networks: [{{{GOOD}, seed: -1}}]": (
        "FILE: network 'a': seed: -1 is not accepted; use a whole number from 0 to 2147483647"
    ),
    f"networks: [{{{GOOD.replace(', bound: 0.1', '')}}}]": (
        "FILE: network 'a': bound: is missing; use a finite number > 0"
    ),
}


def test_malformed_declarations_get_the_same_line_in_both_languages(r: R, tmp_path):
    expected, files = [], []
    for k, (text, line) in enumerate(MALFORMED.items()):
        file = tmp_path / f"{k}.yaml"
        file.write_text(text)
        files.append(file)
        with pytest.raises(GradpathError) as refused:
            run_first_epochs(file, tmp_path / "out")
        expected.append(str(refused.value))
        if line is not None:
            assert expected[-1] == line.replace("FILE", str(file))
    assert "'a'" in expected[2]
    said = r.run(
        "for (f in commandArgs(trailingOnly = TRUE)) cat(tryCatch({gradpath::read_first_epochs(f); 'accepted'},"
        " error = conditionMessage), '\\n', sep = '')",
        *map(str, files),
        quiet=True,
    )
    assert said.splitlines() == expected
    assert not (tmp_path / "out").exists()


@pytest.fixture
def tables(project, tmp_path):
    """Copy what the check of first epochs reads."""
    shared = project / "shared_figures"
    (tmp_path / "shared_figures").mkdir()
    shutil.copytree(shared / "first_epoch", tmp_path / "shared_figures" / "first_epoch")
    shutil.copy(shared / "first_epoch.yaml", tmp_path / "shared_figures")
    for name in ("python", "r"):
        (tmp_path / name).symlink_to(project / name)
    return tmp_path


def test_the_lanes_agree_in_every_batch(project):
    comparisons = FirstEpochs().compare(project)
    bounds = {
        entry.id: entry.bound for entry in read_first_epochs(project / "shared_figures/first_epoch.yaml").values()
    }
    assert {c.path for c in comparisons} == set(bounds)
    for c in comparisons:
        assert c.verdict == "agrees", c
        assert c.max_rel <= bounds[c.path]
    # The same operations in the same library: R through PyTorch is to be the same to the last bit.
    same = [
        c for c in comparisons if c.lane in ("r-manual (pytorch)", "r-optim (pytorch)") and "python" in c.reference
    ]
    assert len(same) == 2 * len(bounds)
    for c in same:
        assert c.bit_equal == c.values, c
    assert all(c.max_rel < 1e-9 for c in comparisons if c.path.endswith("float64"))


def test_a_planted_difference_is_located(tables):
    file = tables / "shared_figures" / "first_epoch" / "r-pytorch.csv"
    lines = file.read_text().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith("tanh-float64,optim,17,"))
    loss = float(lines[at].rpartition(",")[2])
    lines[at] = f"tanh-float64,optim,17,{loss * (1 + 1e-8):.17g}\n"
    file.write_text("".join(lines))
    found = [c for c in FirstEpochs().compare(tables) if c.path == "tanh-float64" and c.first_step is not None]
    assert {(c.lane, c.reference) for c in found} == {
        ("r-optim (pytorch)", "python-optim"),
        ("r-optim (pytorch)", "r-manual (pytorch)"),
    }
    assert {c.first_step for c in found} == {17}
    assert found[0].right == loss
    assert {(c.verdict, c.detail) for c in found} == {("differs", "loss")}


def test_training_again_gives_the_committed_numbers(project, tmp_path):
    try:
        fashion_mnist()
    except GradpathError as missing:
        pytest.skip(str(missing))
    declared = project / "shared_figures" / "first_epoch.yaml"
    text = declared.read_text()
    start, end = text.index("  - id: tanh-float64"), text.index("  - id: lenet-float64")
    (tmp_path / "one.yaml").write_text("networks:\n" + text[start:end])
    again = read_numbers(gradpath.run_first_epochs(tmp_path / "one.yaml", tmp_path), ["loss"])
    before = read_numbers(project / "shared_figures" / "first_epoch" / "python.csv", ["loss"])
    before = before[before["network"] == "tanh-float64"].reset_index(drop=True)
    pd.testing.assert_frame_equal(again.drop(columns="loss"), before.drop(columns="loss"))
    # Another processor may add in another order; to the last bit on the machine that made them.
    np.testing.assert_allclose(again["loss"], before["loss"], rtol=1e-12)
