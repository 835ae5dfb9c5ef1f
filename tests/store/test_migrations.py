"""Databases of earlier versions, with data in them: what comes later must not change what they say.

databases/ holds one dump for each schema that was ever released, and the reports that it answered with. A new migration
adds a pair: `python -m tests.store.test_migrations` writes that of the newest schema.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import limits
import rollup
import store
from app import errors, retained, summary, timeseries, tools
from ledger import Ledger
from memory import Memory
from query import Query
from tests.store.sqlite_database import MIGRATIONS, SqliteDatabase
from tests.store.test_memory import NOW, new_event

FOLDER = Path(__file__).parent / "databases"
REPORTS = (summary, tools, retained, errors, timeseries)


@pytest.mark.parametrize("dump", sorted(FOLDER.glob("*.sql")), ids=lambda path: path.stem)
def test_an_earlier_database_says_the_same(dump: Path) -> None:
    database = SqliteDatabase(migrations=[])
    database.connection.executescript(dump.read_text())
    for migration in MIGRATIONS:
        if migration.stem > dump.stem:
            database.connection.executescript(migration.read_text())
    (row,) = database.connection.execute("SELECT value FROM settings WHERE name = 'schema'")
    assert row["value"] == MIGRATIONS[-1].stem
    assert _answers(database) == json.loads(dump.with_suffix(".json").read_text())


def test_the_newest_schema_has_a_dump() -> None:
    assert (FOLDER / f"{MIGRATIONS[-1].stem}.sql").exists()


def _answers(database: SqliteDatabase) -> list[Any]:
    async def ask() -> list[Any]:
        query = Query({"days": "30"})
        ledger = Ledger(database, Memory(), query.filters, NOW, fresh=True)
        return [await report(ledger, query, NOW) for report in REPORTS]

    return asyncio.run(ask())


def write() -> None:
    """Write the dump of the newest schema: rolled-up events, waiting ones and a late one."""

    async def fill() -> SqliteDatabase:
        database = SqliteDatabase()
        times = [NOW - 4000 * number for number in range(40)]
        await store.add_events(database, [new_event(number, time) for number, time in enumerate(times)])
        limits.ROLLUP_EVENTS = 1
        await rollup.take_in(database, NOW)
        late = [new_event(100, NOW - 200_000), new_event(101, NOW)]
        await store.add_events(database, late)
        return database

    database = asyncio.run(fill())
    with sqlite3.connect(":memory:") as copy:
        database.connection.backup(copy)
        dump = "\n".join(line for line in copy.iterdump())
    (FOLDER / f"{MIGRATIONS[-1].stem}.sql").write_text(dump + "\n")
    (FOLDER / f"{MIGRATIONS[-1].stem}.json").write_text(json.dumps(_answers(database), indent=1) + "\n")


if __name__ == "__main__":
    write()
