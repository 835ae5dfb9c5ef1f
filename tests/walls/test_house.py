"""Rules of src/ that no linter knows, read off its source."""

from __future__ import annotations

import ast
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import ROOT, SQL, SqliteDatabase

SRC = ROOT / "src"
MODULES = sorted(path for path in SRC.rglob("*.py"))
STATEMENTS = sorted(path for path in SQL.rglob("*.sql"))
# What must not be called while a module is imported: production forbids it, or freezes its value into every isolate.
AT_IMPORT = re.compile(
    r"(time|random|secrets|uuid|socket|subprocess|urllib\.request|js|pyodide)\."
    r"|os\.(urandom|environ|getenv|getrandom)|datetime\.(datetime|date)\.(now|utcnow|today)|(builtins\.)?(open|print|input)$"
    r"|pathlib\.Path.*\.(read_text|read_bytes|open|stat|exists|iterdir|glob|rglob|write_text)$"
)
SQL_TEXT = re.compile(
    r"\b(select\b.*\bfrom|insert\s+(or\s+\w+\s+)?into|update\b.*\bset|delete\s+from|create\s+(table|index|view|trigger)"
    r"|drop\s+table|alter\s+table|pragma|with\b.*\bas\s*\()\b",
    re.IGNORECASE | re.DOTALL,
)


def name_of(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: path.relative_to(SQL).as_posix())
def test_a_statement_fits_the_schema(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("-- "), "it says what it is for"
    statement = re.sub(r"--.*", "", text)
    parameters = max((int(number) for number in re.findall(r"\?(\d)", statement)), default=0)
    database = SqliteDatabase()
    try:
        database.connection.execute(f"EXPLAIN {text}", [None] * parameters)
    except sqlite3.Error as error:
        pytest.fail(f"{path.relative_to(ROOT)}: {error}")


def test_every_statement_is_used_and_every_used_one_exists() -> None:
    there = {path.relative_to(SQL).with_suffix("").as_posix() for path in STATEMENTS}
    subjects = "|".join(sorted(path.name for path in SQL.iterdir()))
    used = {
        node.value
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(rf"({subjects})/\w+", node.value)
    }
    assert used == there


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_sql_stands_in_python(path: Path) -> None:
    tree = tree_of(path)
    described = {id(text) for text in docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
            assert not SQL_TEXT.search(node.value), f"{name_of(path)}:{node.lineno} is SQL: it belongs below sql/"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_happens_at_import(path: Path) -> None:
    tree = tree_of(path)
    names = imported(tree)
    for node in run_at_import(tree):
        if isinstance(node, (ast.Call, ast.Subscript)):
            called = dotted(node.func if isinstance(node, ast.Call) else node.value, names)
            assert not AT_IMPORT.match(called), f"{name_of(path)}:{node.lineno}: {called} runs while it is imported"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is(path: Path) -> None:
    said = ast.get_docstring(tree_of(path))
    assert said
    if path.name == "__init__.py":
        assert len(path.read_text().splitlines()) == 1, "a wing's face is its docstring"


def test_no_module_has_a_name_of_the_standard_library() -> None:
    for path in SRC.iterdir():
        assert path.stem not in sys.stdlib_module_names, f"{path.name} is shadowed in production"


def docstrings(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(
            node
        ):
            first = node.body[0]
            assert isinstance(first, ast.Expr)
            yield first.value


def imported(tree: ast.Module) -> dict[str, str]:
    """What names stand for: {"now": "datetime.datetime.now", …} of imports and plain aliases at module level."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Attribute, ast.Name)):
            value = dotted(node.value, names)
            names |= {target.id: value for target in node.targets if isinstance(target, ast.Name)}
    return names


def dotted(node: ast.AST, names: dict[str, str]) -> str:
    """The full name of what an expression calls, as far as it can be read off."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value, names)}.{node.attr}"
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Call):
        return f"{dotted(node.func, names)}()"
    if isinstance(node, ast.BinOp):
        return dotted(node.left, names)
    return ""


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs while a module is imported: everything but the bodies of functions and lambdas."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        arguments = node.args
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        for child in (*arguments.defaults, *(it for it in arguments.kw_defaults if it), *decorators):
            yield from run_at_import(child)
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from run_at_import(child)
