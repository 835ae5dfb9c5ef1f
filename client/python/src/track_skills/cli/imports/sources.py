"""What a file of older events holds, row by row, whatever its format.

Read are the table `skill_usage_events` of the older tracker and `skill_telemetry` of Auto-Skill, in a SQLite file or as
the SQL that `wrangler d1 export` writes, and our own export as NDJSON or CSV.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from track_skills.cli.output import CommandError

TABLES = ("skill_usage_events", "skill_telemetry")
_SQLITE = b"SQLite format 3\0"
_COLUMNS = {"timestamp", "tool_name", "status"}
# What a dump may do to the database in memory that it is read into; a file is nothing that it may touch.
_REFUSED = (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file, `table` names what they are rows of; CommandError for what is none of the formats."""
    try:
        with path.open("rb") as file:
            begin = file.read(4096)
        if begin.startswith(_SQLITE):
            yield from _of_database(path)
        elif begin.lstrip().startswith(b"{"):
            yield from _of_ndjson(path)
        elif _COLUMNS.issubset(begin.partition(b"\n")[0].decode(errors="replace").strip().split(",")):
            yield from _of_csv(path)
        else:
            yield from _of_dump(path)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except sqlite3.Error as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def _of_database(path: Path) -> Iterator[dict[str, Any]]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        yield from _of_tables(database, path)


def _of_dump(path: Path) -> Iterator[dict[str, Any]]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.set_authorizer(_may)
        text = path.read_text("utf-8")
        if not any(table in text for table in TABLES):
            raise CommandError(f"{path} is none of the formats that can be read: SQLite, SQL, NDJSON, CSV")
        database.executescript(text)
        database.set_authorizer(None)
        yield from _of_tables(database, path)


def _may(action: int, *_: object) -> int:
    return sqlite3.SQLITE_DENY if action in _REFUSED else sqlite3.SQLITE_OK


def _of_tables(database: sqlite3.Connection, path: Path) -> Iterator[dict[str, Any]]:
    database.row_factory = sqlite3.Row
    known = {row["name"] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    tables = [table for table in TABLES if table in known]
    if not tables:
        raise CommandError(f"{path} has none of the tables {', '.join(TABLES)}")
    for table in tables:
        for row in database.execute(f"SELECT rowid AS row_number, * FROM {table} ORDER BY rowid"):  # noqa: S608
            yield {**dict(row), "table": table}


def _of_ndjson(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise CommandError(f"{path}: line {number} is no JSON: {error}") from error
            if not isinstance(row, dict):
                raise CommandError(f"{path}: line {number} is no event")
            yield {**row, "table": "export"}


def _of_csv(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            # The export puts a ' before what a spreadsheet would take for a formula.
            given = {
                name: value[1:] if value[:2] in _HARMLESS else value for name, value in row.items() if name and value
            }
            yield {**given, "table": "export"}


_HARMLESS = ("'=", "'+", "'-", "'@", "'\t", "'\r")
