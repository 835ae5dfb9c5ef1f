"""What holds for every module of src/ and every statement, whoever adds them."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests.database import ROOT, SQL, SqliteDatabase
from tests.walls.source import ROOMS, SRC, Room

STATEMENTS = sorted(file.relative_to(SQL).with_suffix("").as_posix() for file in SQL.rglob("*.sql"))
USES = [use for room in ROOMS if room.path.startswith("storage/") for use in room.statements()]
WINGS = {path.name for path in SRC.iterdir() if list(path.glob("*.py"))}

SQL_TEXT = re.compile(
    r"""
    \bselect\b.+\bfrom\b
    | \b(insert|replace)\s+(or\s+\w+\s+)?into\b
    | \bupdate\s+\S+\s+set\b
    | \bdelete\s+from\b
    | \b(create|drop|alter)\s+(\w+\s+)?(table|view|index|trigger)\b
    | \bpragma\s+\w
    | \bwith\s+(recursive\s+)?\w+\s+as\s*\(
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
# The clock, chance, the runtime, and what reads, writes or asks: production freezes, refuses or forgets it at import.
NOT_AT_IMPORT = re.compile(
    r"(time|random|secrets|uuid|socket|subprocess|urllib\.request|js|pyodide|workers)\..+"
    r"|datetime\.(datetime|date)\.(now|utcnow|today)"
    r"|os\.(urandom|getrandom|getenv)"
    r"|((builtins|io)\.)?(open|print|input)"
    r"|.*\.(open|read_text|read_bytes|write_text|write_bytes|iterdir|glob|rglob|exists|stat)"
)


def test_every_statement_has_its_file_and_every_file_is_used() -> None:
    assert {use.name for use in USES} == set(STATEMENTS)


def test_no_other_wing_names_a_statement() -> None:
    others = [room for room in ROOMS if not room.path.startswith("storage/")]
    assert [use for room in others for use in room.statements() if use.name in STATEMENTS] == []


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_is_one_that_the_migrated_schema_takes(name: str) -> None:
    """With as many parameters as every call gives it: SQLite refuses any other number."""
    text = (SQL / f"{name}.sql").read_text("utf-8")
    numbers = {int(number) for number in re.findall(r"\?(\d+)", re.sub("--.*", "", text))}
    assert numbers == set(range(1, len(numbers) + 1))
    assert SqliteDatabase().connection.execute(f"EXPLAIN {text}", (0,) * len(numbers)).fetchall()
    assert [use for use in USES if use.name == name and use.parameters != len(numbers)] == []


def test_no_sql_text_stands_in_python() -> None:
    found = {f"{room.place(node)}: {text}" for room in ROOMS for node, text in room.strings() if SQL_TEXT.search(text)}
    assert found == set()


def test_no_clock_chance_or_io_while_modules_are_imported() -> None:
    assert [found for room in ROOMS for found in outside_at_import(room)] == []


def outside_at_import(room: Room) -> list[str]:
    """The calls that a module makes at import and must not, and the environment wherever it is looked at."""
    calls = {node: room.full_name(node) for node in room.at_import() if isinstance(node, ast.Call)}
    names = {node: room.full_name(node) for node in room.at_import() if isinstance(node, ast.Attribute | ast.Name)}
    return [
        *(f"{room.place(node)}: {name}" for node, name in calls.items() if NOT_AT_IMPORT.fullmatch(name)),
        *(f"{room.place(node)}: {name}" for node, name in names.items() if name == "os.environ"),
    ]


def test_a_wing_says_its_job_in_one_line_and_nothing_else() -> None:
    for room in ROOMS:
        if room.path.endswith("/__init__.py"):
            assert ast.get_docstring(room.tree, clean=False), room.path
            assert len(room.tree.body) == 1, room.path
            assert "\n" not in str(ast.get_docstring(room.tree)), room.path


def test_every_folder_of_modules_is_a_wing() -> None:
    """One without __init__.py would be importable all the same, and import-linter would pass it over."""
    paths = {room.path for room in ROOMS}
    folders = {Path(path).parent.as_posix() for path in paths} - {"."}
    assert {f"{folder}/__init__.py" for folder in folders} <= paths


def test_every_module_says_what_it_is() -> None:
    assert [room.path for room in ROOMS if not ast.get_docstring(room.tree)] == []


def test_nothing_is_named_like_the_standard_library() -> None:
    """Which comes first on production's import path."""
    assert (WINGS | {file.stem for file in SRC.glob("*.py")}) & sys.stdlib_module_names == set()


def test_import_linter_knows_every_wing() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    assert set(linter["root_packages"]) == WINGS
    (layers,) = [contract["layers"] for contract in linter["contracts"] if contract["type"] == "layers"]
    assert {wing for layer in layers for wing in layer.split(" | ")} == WINGS
