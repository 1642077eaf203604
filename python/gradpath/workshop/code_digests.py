"""What code makes a result: the definitions that a function reaches, in Python and in R, as short digests by file.

A table's record holds the digests of the code that made it. They are taken from definitions, not from files: a
function reaches what it names, and what that names, and so on. Comments, docstrings and annotations do not count,
and neither do functions that only refuse (see :data:`REFUSES`): a clearer error message makes no number stale.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from gradpath.workshop.running_code import Code

# Functions of these names, and those in these files, refuse what they are given or hand it on as it is, and nothing
# more; readers of declarations and tables hand on what is compared by itself.
REFUSING_FILES = {"refusals", "accepted", "hyperparameters", "declarations", "schedules.fields", "schedules-fields"}
REFUSES = re.compile(r"_*(check|require|refus|guard|describe|as_device|read_|TrainingProgress|training_progress)")

Digests = dict[str, str]
Name = tuple[str, str]  # file and definition

# Packages that list what lies in them (in R: files of that prefix). Nothing reaches one of these files by its name,
# so that a new one changes no other; who uses one says so.
PARTS = ("rules", "surfaces", "networks")

# R's engine 'pytorch'; {torch} does not go through it.
_ENGINE_FILE = re.compile(r"engine-python$|engine-pytorch-")


def code_digests(code: Code, language: str, roots: Iterable[str], engine: str = "") -> Digests:
    """Return the digests of the code that some functions reach, by file.

    Parameters
    ----------
    code : Code
        Is read; nothing is imported or run.
    language : {"python", "r"}
    roots : iterable of str
        ``"paths.descent.descend"`` for Python, module and name; ``"descend"`` for R; ``"rules.adam"`` in both for a
        whole file of :data:`PARTS`.
    engine : {"", "torch", "pytorch"}
        For R: only with ``"pytorch"`` does the code of that engine count, and then all of it.

    Returns
    -------
    dict of str to str
        File to eight hexadecimal digits, in alphabetical order: ``rules.adam``, in R ``rules-adam``.

    Raises
    ------
    KeyError
        For a root that does not exist: the list of roots is wrong.
    """
    definitions = _definitions(code, language)
    return _digests(code, definitions, [name for root in roots for name in definitions.find(root)], engine)


def lesson_digests(code: Code, language: str, text: str) -> Digests:
    """Return the digests of the code that a lesson reaches: of every function of the package that it names."""
    definitions = _definitions(code, language)
    named = _taken_from_gradpath(ast.parse(text)) if language == "python" else _r_names(_r_code(text))
    roots = [name for name in definitions.code if name[1] in named and name[0] != "__init__"]
    words = set(re.findall(r"\w+", text))
    roots += [name for name in definitions.code if _part_of(name[0]) in words]
    return _digests(code, definitions, roots, "")


def _taken_from_gradpath(tree: ast.AST) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "gradpath"
    } | {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gradpath"
        for alias in node.names
    }


def _digests(code: Code, definitions: _Definitions, roots: list[Name], engine: str) -> Digests:
    known = definitions.digests.get((engine, *roots))
    if known is None:
        known = definitions.digests[engine, *roots] = _computed(code, definitions, roots, engine)
    return dict(known)


def _computed(code: Code, definitions: _Definitions, roots: list[Name], engine: str) -> Digests:
    parts: dict[str, list[str]] = {}
    for (stem, name), text in _reach(definitions, roots).items():
        if not _ENGINE_FILE.match(stem):
            parts.setdefault(stem, []).append(f"{name}\n{text}")
    if engine == "pytorch":
        for file in [f for f in code.files("r") if _ENGINE_FILE.match(f.stem)]:
            parts[file.stem] = ["".join(_r_code(file.read_text(encoding="utf-8")).split())]
        for module in (code.r / "inst" / "python").glob("*.py"):
            parts[module.stem] = [ast.dump(_without_words(ast.parse(module.read_text(encoding="utf-8"))))]
    return {stem: _digest("\n".join(sorted(texts))) for stem, texts in sorted(parts.items())}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


class _Definitions:
    """The top-level definitions of one language: their code, and what they name."""

    def __init__(self) -> None:
        self.code: dict[Name, str] = {}
        self.names: dict[Name, set[Name]] = {}
        self.digests: dict[tuple[str | Name, ...], Digests] = {}  # computed once

    def find(self, root: str) -> list[Name]:
        folder, _, part = root.partition(".")
        if folder in PARTS:
            found = [name for name in self.code if name[0] in (root, f"{folder}-{part}")]
        else:
            found = [name for name in self.code if root in (name[1], ".".join(name))][:1]
        if not found:
            raise KeyError(f"no definition {root}")
        return found


def _part_of(file: str) -> str | None:
    """Return what a file of PARTS declares: ``adam`` for ``rules.adam`` and ``rules-adam``."""
    folder, _, part = file.replace("-", ".", 1).partition(".")
    return part if folder in PARTS and part else None


def _reach(definitions: _Definitions, roots: list[Name]) -> dict[Name, str]:
    waiting = list(roots)
    reached: dict[Name, str] = {}
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached[name] = definitions.code[name]
        waiting += [n for n in definitions.names[name] if not REFUSES.match(n[1]) and n[0] not in REFUSING_FILES]
    return reached


def _definitions(code: Code, language: str) -> _Definitions:
    # An editor may save a file while a long run goes on: what counts is what it says now.
    package, own = (_states(files) for files in (code.files(language), code.own_files(language)))
    return _parse(language, code.python if language == "python" else code.r / "R", package, own)


State = tuple[tuple[Path, int, int], ...]


def _states(files: Iterable[Path]) -> State:
    return tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files)


@cache
def _parse(language: str, folder: Path, package: State, own: State) -> _Definitions:
    names = {file: ".".join(file.relative_to(folder).with_suffix("").parts) for file, _, _ in package}
    texts = {name.removesuffix(".__init__"): file.read_text(encoding="utf-8") for file, name in names.items()}
    # A project's own surface is a file of PARTS like the package's.
    own_texts = {
        f"surfaces{'.' if language == 'python' else '-'}{file.stem}": file.read_text(encoding="utf-8")
        for file, _, _ in own
    }
    return (_of_python if language == "python" else _of_r)(texts, own_texts)


# Python: names are resolved through the imports of their module.


def _of_python(texts: dict[str, str], own: dict[str, str]) -> _Definitions:
    known, trees, exported = _Definitions(), {}, {}
    for module, text in (texts | own).items():
        trees[module] = tree = _without_words(ast.parse(text))
        exported[module] = {name: node for node in tree.body for name in _defined(node)}
    for module, tree in trees.items():
        imports = _imports(tree)
        for name, node in exported[module].items():
            known.code[module, name] = ast.dump(node)
            known.names[module, name] = found = set()
            for used in _used(node):
                source, original = imports.get(used, (module, used))
                if original in exported.get(source, {}):
                    found.add((source, original))
    for module in own:
        # Written as lessons are, with the package's public names.
        named = _taken_from_gradpath(trees[module])
        reached = {key for key in known.code if key[1] in named and key[0] in texts and key[0] != "__init__"}
        for name in exported[module]:
            known.names[module, name] |= reached
    return known


def _without_words(tree: ast.Module) -> ast.Module:
    # Docstrings and annotations say something to people and to type checkers only.
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and type(first.value.value) is str
            ):
                node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return tree


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = (
        node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    )
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]


def _imports(tree: ast.Module) -> dict[str, Name]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gradpath."):
            for alias in node.names:
                found[alias.asname or alias.name] = ((node.module or "").removeprefix("gradpath."), alias.name)
    return found


def _used(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


# R: a package is one room, so that a name is enough. A line that begins at its first column begins a definition.

_R_DEFINITION = re.compile(r"^`?([\w.%|&<>=!+*/^\[$@-]+)`? *(?:<-|=) *", re.MULTILINE)
_R_NAME = re.compile(r"[A-Za-z.][\w.]*")
# The names between the parentheses of `function(x, lr = 0.1)`; a default that is a call ends them early.
_R_ARGUMENTS = re.compile(r"\bfunction *\(([^()]*)")
_R_STRING = r"""r"[-]*\((?:.|\n)*?\)[-]*"|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
_R_COMMENT_OR_STRING = re.compile(f"#[^\n]*|{_R_STRING}")


def _of_r(texts: dict[str, str], own: dict[str, str]) -> _Definitions:
    known = _Definitions()
    for file, text in (texts | own).items():
        for name, code in _r_definitions(_r_code(text)):
            known.code[file, name] = " ".join(code.split())
    by_name = {name: (file, name) for file, name in known.code if file in texts}
    for key, code in known.code.items():
        # A project's own file is a room beside the package's: it is seen from nowhere else.
        here = (
            by_name | {name: (file, name) for file, name in known.code if file == key[0]}
            if key[0] in own
            else by_name
        )
        known.names[key] = {here[name] for name in _r_names(code) if name in here}
    return known


def _r_names(code: str) -> set[str]:
    """Return what R code names that is not its own: no argument, field, local variable or word in a string."""
    code = _R_COMMENT_OR_STRING.sub('""', code)
    own = {name for found in _R_ARGUMENTS.findall(code) for name in _R_NAME.findall(found)}
    own |= set(re.findall(r"([A-Za-z.][\w.]*) *<<?-", code.partition("<-")[2]))
    return set(_R_NAME.findall(re.sub(r"[$@] *[\w.]+|[A-Za-z.][\w.]* *=(?!=)", " ", code))) - own


def _r_code(text: str) -> str:
    """Return R code without its comments."""
    return _R_COMMENT_OR_STRING.sub(lambda found: "" if found[0].startswith("#") else found[0], text)


def _r_definitions(code: str) -> Iterable[tuple[str, str]]:
    parts = re.split(r"\n(?=[^\s})\]])", "\n" + code)
    for part in parts:
        found = _R_DEFINITION.match(part)
        if found:
            yield found[1], part
