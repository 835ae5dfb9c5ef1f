"""src/ as it is written: its modules, what runs while they are imported, their strings, the statements they name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tests.database import ROOT

SRC = ROOT / "src"

_STATEMENT = re.compile(r"[a-z_]+/[a-z_]+")
_DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Use(NamedTuple):
    """A statement that is named. parameters: how many it is given; None: it is named without any beside it."""

    name: str
    parameters: int | None
    place: str


class Room:
    """A module of src/. path: below src/."""

    def __init__(self, file: Path) -> None:
        self.path = file.relative_to(SRC).as_posix()
        self.tree = ast.parse(file.read_text("utf-8"), self.path)
        self._nodes = list(ast.walk(self.tree))

    def place(self, node: ast.expr) -> str:
        """Where something stands, as an editor finds it."""
        return f"{self.path}:{node.lineno}"

    def strings(self) -> Iterator[tuple[ast.expr, str]]:
        """Every string but docstrings; an f-string and a sum of strings also as a whole, with x for what is put in."""
        for node in self._nodes:
            if isinstance(node, ast.expr) and id(node) not in self._docstrings:
                text = _text(node)
                if text is not None:
                    yield node, text

    def at_import(self) -> Iterator[ast.AST]:
        """Whatever is evaluated while it is imported: its own level, class bodies, decorators, defaults, and the
        functions of its own that are called meanwhile.
        """
        functions = {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}
        waiting: list[ast.AST] = [self.tree]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += _evaluated(node)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in functions:
                waiting += functions.pop(node.func.id).body

    def full_name(self, node: ast.AST) -> str:
        """The dotted name of what an expression takes something from, as "datetime.datetime.now"; aliases resolved."""
        if isinstance(node, ast.Name):
            return self._imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self.full_name(node.value)}.{node.attr}"
        if isinstance(node, ast.Call):
            return self.full_name(node.func)
        return self.full_name(node.left) if isinstance(node, ast.BinOp) else ""

    def statements(self) -> Iterator[Use]:
        """The statements that it names: beside a tuple of their parameters, or in a call of `run`."""
        given: dict[int, int | None] = {}
        for node in self._nodes:
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                given[id(node.elts[0])] = self._length(node.elts[1])
            elif isinstance(node, ast.Call) and self.full_name(node) == "storage.database.run":
                given[id(node.args[1])] = self._length_of(node.args[2:])
        for node, text in self.strings():
            if _STATEMENT.fullmatch(text):
                yield Use(text, given.get(id(node)), self.place(node))

    def _length(self, node: ast.expr) -> int | None:
        """How many values a tuple has: written there, or under a name in the same function, or as a NamedTuple."""
        if isinstance(node, ast.Tuple):
            return self._length_of(node.elts)
        return self._lengths.get(id(node)) if isinstance(node, ast.Name) else None

    def _length_of(self, values: list[ast.expr]) -> int | None:
        lengths = [self._length(value.value) if isinstance(value, ast.Starred) else 1 for value in values]
        known = [length for length in lengths if length is not None]
        return sum(known) if len(known) == len(lengths) else None

    @cached_property
    def _lengths(self) -> dict[int, int]:
        """The lengths of the tuples that names in functions stand for, by the name's node."""
        fields = {
            node.name: sum(isinstance(field, ast.AnnAssign) for field in node.body)
            for node in self.tree.body
            if isinstance(node, ast.ClassDef) and "typing.NamedTuple" in map(self.full_name, node.bases)
        }
        lengths: dict[int, int] = {}
        for function in self._nodes:
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = list(ast.walk(function))
                known = {argument.arg: fields.get(_name(argument.annotation)) for argument in function.args.args}
                for node in inside:
                    if isinstance(node, ast.Assign):
                        known |= dict.fromkeys(map(_name, node.targets), _written_length(node.value))
                named = ((id(node), known.get(node.id)) for node in inside if isinstance(node, ast.Name))
                lengths |= {node: length for node, length in named if length is not None}
        return lengths

    @cached_property
    def _docstrings(self) -> set[int]:
        documented = (node for node in self._nodes if isinstance(node, _DOCUMENTED) and node.body)
        return {id(node.body[0].value) for node in documented if isinstance(node.body[0], ast.Expr)}

    @cached_property
    def _imported(self) -> dict[str, str]:
        names = {}
        for node in self._nodes:
            if isinstance(node, ast.Import):
                names |= {alias.asname: alias.name for alias in node.names if alias.asname}
            elif isinstance(node, ast.ImportFrom):
                names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return names


ROOMS = [Room(file) for file in sorted(SRC.rglob("*.py"))]


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "x" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        return None if left is None and right is None else f"{left or 'x'}{right or 'x'}"
    return None


def _name(node: ast.expr | None) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _written_length(node: ast.expr) -> int | None:
    """How many values a tuple has that is written out."""
    if not isinstance(node, ast.Tuple) or any(isinstance(value, ast.Starred) for value in node.elts):
        return None
    return len(node.elts)


def _evaluated(node: ast.AST) -> list[ast.AST]:
    """What is evaluated with a node; of a function only what belongs to its definition."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return list(ast.iter_child_nodes(node))
    defaults = [*node.args.defaults, *(default for default in node.args.kw_defaults if default)]
    return defaults if isinstance(node, ast.Lambda) else [*node.decorator_list, *defaults]
