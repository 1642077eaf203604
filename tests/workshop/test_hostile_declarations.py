"""Hundreds of malformed declarations: each ends in one line without control characters, the same in R."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradpath import GradpathError
from gradpath.workshop.experiments import read_experiments
from gradpath.workshop.first_epochs import read_first_epochs
from gradpath.workshop.lab_declarations import read_labs
from gradpath.workshop.r_process import R
from gradpath.workshop.schedule_runs import read_schedules

READERS = {
    "experiments": read_experiments,
    "schedules": read_schedules,
    "first_epochs": read_first_epochs,
    "labs": read_labs,
}
# One entry of each kind, with a place for one more field.
ENTRIES = {
    "experiments": "figures:\n  - {id: a, title: A, surface: beale, start: [1, 1],"
    " paths: [{id: p, optimizer: sgd, steps: 3, %s}]}\n",
    "schedules": "schedules:\n  - {id: a, title: A, lr: 0.1, steps: 3, schedule: {name: constant}, %s}\n",
    "first_epochs": "networks:\n  - {id: a, title: A, network: {name: lenet}, samples: 10, dtype: float32,"
    " settings: {optimizer: sgd, lr: 0.1}, bound: 1e-5, %s}\n",
    "labs": "labs:\n  - {id: a, title: A, data: digits, network: {name: lenet}, sizes: {quick: {train: 9, test: 9,"
    " epochs: 1}, full: {train: 9, test: 9, epochs: 1}}, runs: [{id: r, %s}]}\n",
}
FIGURE = (
    "figures:\n  - {id: %s, title: %s, surface: beale, start: [1, 1], paths: [{id: p, optimizer: sgd, steps: 3}]}\n"
)
PATH = "figures:\n  - {id: a, title: A, surface: beale, start: %s, paths: [{id: p, optimizer: sgd, %s}]}\n"
TOP = {"experiments": "figures", "schedules": "schedules", "first_epochs": "networks", "labs": "labs"}

DEEP = "[" * 20_000
LAUGHS = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{b}: &{b} [" + ", ".join([f"*{a}"] * 9) + "]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
# Bytes that are no declaration, whoever reads them.
FILES = {
    "empty": b"",
    "only-a-comment": b"# nothing\n",
    "a-text": b"hello\n",
    "a-list": b"- 1\n",
    "nul": b"figures: [\0]\n",
    "utf-16-without-mark": "figures: []\n".encode("utf-16-le"),
    "utf-16-with-mark": "figures: []\n".encode("utf-16"),
    "latin-1": "figures: é\n".encode("latin-1"),
    "escape-character": b"figures: '\x1b[31m'\n",
    "delete-character": b"figures: \x7f\n",
    "line-separator": "figures: a\u2028b\n".encode(),
    "deep-lists": f"a: {DEEP}".encode(),
    "deep-closed-lists": f"a: {DEEP}{']' * 20_000}".encode(),
    "deep-mappings": ("{a: " * 20_000).encode(),
    "anchor-in-itself": b"figures: &x [1, *x]\n",
    "anchor-in-itself-as-a-mapping": b"figures: &x {a: *x}\n",
    "unknown-anchor": b"figures: *nobody\n",
    "anchors-that-multiply": LAUGHS.encode(),
    "two-documents": b"figures: 1\n---\nfigures: 2\n",
    "version": b"%YAML 1.1\n---\nfigures: []\n",
    "merge": b"<<: {figures: []}\n",
    "key-twice": b"figures: 1\nfigures: 2\n",
    "a-list-as-a-key": b"? [a]\n: 3\n",
    "a-mapping-as-a-key": b"{a: 1}: 3\n",
    "python-object": b"figures: !!python/object/apply:os.system ['touch HERE']\n",
    "python-name": b"figures: !!python/name:os.system x\n",
    "r-expression": b"figures: !expr file.create('HERE')\n",
    "r-function": b"figures: !r_function 'function() file.create(\"HERE\")'\n",
    "a-tag-of-a-list": b"figures: !mine [1]\n",
    "escaped-nul": b'figures: "a\\0b"\n',
    "unknown-escape": b'figures: "\\q"\n',
    "escape-beyond-unicode": b'figures: "\\U99999999"\n',
    "tabs": b"figures:\n\t- 1\n",
    "open-quote": b"figures: 'a\n",
}
NUMBERS = ["1e400", "-1e400", "9" * 400, "-" + "9" * 400, "0x" + "f" * 400, ".inf", "-.inf", ".nan", "-0.0", "-1"]
WRONG = [
    "~",
    "yes",
    "true",
    "'1'",
    "1:30",
    "2020-01-01",
    "1_000",
    "[]",
    "{}",
    "[1]",
    "{a: 1}",
    "[[[[[[1]]]]]]",
    "'\\x1b'",
]
KEYS = ["5", "~", "null", "''", "1.5", "true", "yes", '"a\\nb"', '"\\e[31m"', "é", "id2"]
TEXTS = ['"a\\nb"', '"a\\rb"', '"\\e[31mred"', '"\\u2028"', '"\\x7f"', '"\\u202e"', "5", "~", "[a]", "true"]
IDS = [
    "con",
    "nul.1",
    "aux",
    "com1",
    "lpt9",
    "schedules",
    "training",
    "first_epoch",
    "A",
    "a b",
    "../a",
    "a/b",
    "-a",
    "a-",
]
IDS += ["''", '"a\\n"', "x" * 101, "5", "~", "[a]"]


def attacks() -> dict[str, tuple[str, bytes]]:
    table: dict[str, tuple[str, bytes]] = {}

    def add(reader: str, name: str, content: str | bytes) -> None:
        table[f"{reader}--{len(table):03}-{name}"] = (
            reader,
            content if isinstance(content, bytes) else content.encode(),
        )

    for reader, entry in ENTRIES.items():
        for name, content in FILES.items():
            add(reader, name, content)
        for name in ("", "[]", "~", "none", "{}", "[~]", "[5]", "[[]]"):
            add(reader, f"list-of-nothing-{len(name)}", f"{TOP[reader]}: {name}\n")
        for key in KEYS:
            add(reader, "key", entry % f"{key}: [1, 2]")
            add(reader, "top-key", entry % "" + f"{key}: 1\n")
    for text in TEXTS:
        add("experiments", "title", FIGURE % ("a", text))
        if text != "~":
            add("experiments", "label", ENTRIES["experiments"] % f"label: {text}")
            add("labs", "label", ENTRIES["labs"] % f"label: {text}")
        add("schedules", "recorded", ENTRIES["schedules"] % f"recorded: {text}")
    for name in IDS:
        add("experiments", "id", FIGURE % (name, "A"))
    for number in [*NUMBERS, *WRONG]:
        for field in ("noise", "seed", "hyperparameters: {lr", "schedule: {steps: 3, name: cosine, lr_min"):
            if (field, number) != ("seed", "-0.0"):
                add("experiments", "number", ENTRIES["experiments"] % f"{field}: {number}{'}' * ('{' in field)}")
        add("experiments", "steps", PATH % ("[1, 1]", f"steps: {number}"))
        if number not in ("-0.0", "-1"):
            add("experiments", "start", PATH % (f"[{number}, 1]", "steps: 3"))
        add("labs", "lr", ENTRIES["labs"] % f"settings: {{lr: {number}}}")
        add("labs", "x", ENTRIES["labs"] % f"x: {number}")
        if number not in ("-0.0", "{}"):
            add("first_epochs", "seed", ENTRIES["first_epochs"] % f"seed: {number}")
    return table


ATTACKS = attacks()


def line_of(reader: str, file: Path) -> str:
    with pytest.raises(GradpathError) as refused:
        READERS[reader](file)
    return str(refused.value)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("hostile")
    placed = {}
    for name, (_, content) in ATTACKS.items():
        placed[name] = folder / f"{name}.yaml"
        placed[name].write_bytes(content)
    return placed


def test_there_are_a_few_hundred():
    assert len(ATTACKS) > 400


@pytest.mark.parametrize("reader", READERS)
def test_every_one_ends_in_one_line_that_names_its_file(files, reader, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, file in files.items():
        if ATTACKS[name][0] == reader:
            line = line_of(reader, file)
            assert line.startswith(f"{file}: "), name
            assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202e]", line), name
            assert len(line) < 900, name
    assert list(tmp_path.iterdir()) == []


def test_r_refuses_each_with_the_same_line(files, r: R):
    said = r.run(
        "for (file in list.files(commandArgs(TRUE), full.names = TRUE)) {"
        " reader <- getExportedValue('gradpath', paste0('read_', sub('--.*', '', basename(file))));"
        " cat(tryCatch({reader(file); 'accepted'}, gradpath_error = conditionMessage,"
        " error = function(e) paste('RAW', gsub('\\n', ' ', conditionMessage(e)))), '\\n', sep = '') }",
        str(next(iter(files.values())).parent),
    ).split("\n")[:-1]
    expected = {name: line_of(ATTACKS[name][0], file) for name, file in files.items()}
    assert len(said) == len(expected)
    differ = {
        name: (line, there)
        for (name, line), there in zip(sorted(expected.items()), said, strict=True)
        if line != there
    }
    assert differ == {}


def test_nothing_is_written_and_the_line_stays_one_when_the_name_of_the_file_does_not(tmp_path):
    file = tmp_path / "a\x1b[31m\nb.yaml"
    file.write_text("figures: 1\n")
    assert line_of("experiments", file).startswith(f"{tmp_path}/a\\x1b[31m\\nb.yaml: figures: 1 is not accepted")


@pytest.mark.parametrize("file", [None, 5, ["a.yaml"], b"a.yaml"], ids=str)
def test_the_name_of_a_file_is_a_text(file):
    with pytest.raises(GradpathError, match=r"^declaration: file: .* is not accepted; use the name of a file$"):
        read_experiments(file)
