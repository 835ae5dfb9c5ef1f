"""Databases of earlier versions, with data in them: what comes later must not change what they say.

databases/ holds one dump for each schema that was ever released, and the reports that it answered with. A new migration
adds a pair: `python -m tests.storage.test_migrations` writes that of the newest schema.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from reports.table import REPORTS
from storage import events
from terms import limits
from tests.asking import ask, required
from tests.database import MIGRATIONS, NOW, SqliteDatabase, new_event
from upkeep import step

FOLDER = Path(__file__).parent / "databases"


@pytest.mark.parametrize("dump", sorted(FOLDER.glob("*.sql")), ids=lambda path: path.stem)
def test_an_earlier_database_says_the_same(dump: Path) -> None:
    database = SqliteDatabase(migrations=[])
    database.connection.executescript(dump.read_text())
    for migration in MIGRATIONS:
        if migration.stem > dump.stem:
            database.connection.executescript(migration.read_text())
    (row,) = database.connection.execute("SELECT value FROM settings WHERE name = 'schema'")
    assert row["value"] == MIGRATIONS[-1].stem
    answers = _answers(database)
    for report, answer in json.loads(dump.with_suffix(".json").read_text()).items():
        assert _says(answers[report], answer), report


def test_the_newest_schema_has_a_dump() -> None:
    newest = FOLDER / f"{MIGRATIONS[-1].stem}.sql"
    assert newest.exists()
    assert json.loads(newest.with_suffix(".json").read_text()).keys() <= REPORTS.keys()


def _says(answer: Any, earlier: Any) -> bool:
    """Whether an answer says all that an earlier one said: it may have more fields, and everything else is the same."""
    if isinstance(earlier, dict):
        return all(name in answer and _says(answer[name], value) for name, value in earlier.items())
    if isinstance(earlier, list):
        return len(answer) == len(earlier) and all(map(_says, answer, earlier))
    return bool(answer == earlier)


def _answers(database: SqliteDatabase) -> dict[str, Any]:
    async def answers() -> dict[str, Any]:
        return {
            name: await ask(database, name, NOW, **{"days": 30, **required(report.parameters)})
            for name, report in REPORTS.items()
        }

    return asyncio.run(answers())


def write() -> None:
    """Write the dump of the newest schema: rolled-up events, waiting ones and a late one."""

    async def fill() -> SqliteDatabase:
        database = SqliteDatabase()
        times = [NOW - 4000 * number for number in range(40)]
        await events.add(database, [new_event(number, time) for number, time in enumerate(times)])
        limits.ROLLUP_EVENTS = 1
        await step.roll_up_pending(database, NOW)
        late = [new_event(100, NOW - 200_000), new_event(101, NOW)]
        await events.add(database, late)
        return database

    database = asyncio.run(fill())
    with sqlite3.connect(":memory:") as copy:
        database.connection.backup(copy)
        dump = "\n".join(line for line in copy.iterdump())
    (FOLDER / f"{MIGRATIONS[-1].stem}.sql").write_text(dump + "\n")
    (FOLDER / f"{MIGRATIONS[-1].stem}.json").write_text(json.dumps(_answers(database), indent=1) + "\n")


if __name__ == "__main__":
    write()
