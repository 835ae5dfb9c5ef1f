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
from storage import deployment, events, plugins, rollups, sessions
from storage.database import settle
from storage.plugins import Loaded
from storage.sessions import NewSession
from terms import limits
from tests.asking import ask, required
from tests.database import MIGRATIONS, NOW, SqliteDatabase, new_event
from upkeep.work import work

FOLDER = Path(__file__).parent / "databases"
DAYS = 30  # the window of the reports, which has a snapshot


@pytest.mark.parametrize("dump", sorted(FOLDER.glob("*.sql")), ids=lambda path: path.stem)
def test_an_earlier_database_says_the_same(dump: Path) -> None:
    """At once, and when the cron has taken in, added up and put together all there is."""
    database = SqliteDatabase(migrations=[])
    database.connection.executescript(dump.read_text())
    for migration in MIGRATIONS:
        if migration.stem > dump.stem:
            database.connection.executescript(migration.read_text())
    (row,) = database.connection.execute("SELECT value FROM settings WHERE name = 'schema'")
    assert row["value"] == MIGRATIONS[-1].stem
    earlier = json.loads(dump.with_suffix(".json").read_text())
    for answers in (_answers(database), _answers_after_work(database)):
        assert [report for report, answer in earlier.items() if not _says(answers[report], answer)] == []


def test_the_newest_schema_has_a_dump() -> None:
    newest = FOLDER / f"{MIGRATIONS[-1].stem}.sql"
    assert newest.exists()
    assert newest.stem == deployment.SCHEMA, "what the code needs"
    assert json.loads(newest.with_suffix(".json").read_text()).keys() <= REPORTS.keys()


def test_the_newest_dump_has_something_in_every_table_that_holds_what_happened() -> None:
    newest = sqlite3.connect(":memory:")
    newest.executescript((FOLDER / f"{MIGRATIONS[-1].stem}.sql").read_text())
    tables = (
        "skill_usage_events",
        "people",
        "late_events",
        "rollups",
        "sums",
        "snapshots",
        "rollup_state",
        "settings",
        "sessions",
        "session_days",
        "plugin_days",
    )
    for table in tables:
        assert newest.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0, table
    (waiting,) = newest.execute(
        "SELECT count(*) FROM skill_usage_events WHERE id > (SELECT rolled_id FROM rollup_state)"
    ).fetchone()
    assert waiting > 0


# The table of an older tracker, which has the name of ours

OLDER = """
CREATE TABLE skill_usage_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, user_id_hash TEXT, tool_name TEXT NOT NULL, tool_category TEXT,
  timestamp TEXT NOT NULL, duration_ms INTEGER, status TEXT NOT NULL, error_type TEXT, error_message TEXT,
  request_size_bytes INTEGER, response_size_bytes INTEGER, metadata TEXT
);
CREATE INDEX idx_skill_usage_tool ON skill_usage_events (tool_name, timestamp);
"""
SECRET = "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2"  # the plain hash of a name
PLAIN = {"user_id_hash": SECRET, "tool_name": "review", "tool_category": "skill", "timestamp": "2026-09-20 10:00:00"}


def migrated_from_older(*rows: dict[str, Any]) -> SqliteDatabase:
    """A database that held these events of an older tracker."""
    database = SqliteDatabase(migrations=[])
    database.connection.executescript(OLDER)
    for row in rows:
        said = PLAIN | {"status": "success"} | row
        columns = f"({', '.join(said)}) VALUES ({', '.join('?' * len(said))})"
        database.connection.execute(f"INSERT INTO skill_usage_events {columns}", [*said.values()])
    for migration in MIGRATIONS:
        database.connection.executescript(migration.read_text())
    return database


def taken_in(row: dict[str, Any]) -> dict[str, Any] | None:
    """What becomes of one event of an older tracker; None if it is left behind."""
    found = migrated_from_older(row).connection.execute("SELECT * FROM skill_usage_events").fetchall()
    return dict(found[0]) if found else None


def test_an_older_trackers_events_are_ours() -> None:
    """In every report, before and after they are rolled up."""
    rows = [{"tool_name": "review" if number % 3 else "search", "duration_ms": 100 + number} for number in range(30)]
    failures = [{"status": "failure", "error_type": "ValueError", "user_id_hash": "another"}] * 2
    database = migrated_from_older(*rows, *failures)
    for answers in (_answers(database), _answers_after_work(database)):
        assert answers["summary"]["total_invocations"] == 32
        assert answers["summary"]["unique_users"] == 2
        assert [(row["tool_name"], row["tool_category"], row["invocations"]) for row in answers["tools"]] == [
            ("review", "skill", 22),
            ("search", "skill", 10),
        ]
        assert [(row["error_type"], row["count"], row["users"]) for row in answers["errors"]["groups"]] == [
            ("ValueError", 2, 1)
        ]


def test_no_older_table_is_left_where_there_was_one_and_where_there_was_none() -> None:
    def tables(database: SqliteDatabase) -> set[str]:
        return {row["name"] for row in database.connection.execute("SELECT name FROM sqlite_master")}

    assert tables(migrated_from_older({})) - {"sqlite_sequence"} == tables(SqliteDatabase())


def test_what_could_name_somebody_is_left_behind() -> None:
    """Plain hashes, of which each can be tried; messages and metadata that nobody scrubbed."""
    told = {"error_message": "of sam@example.com", "metadata": '{"path": "/home/sam"}', "status": "error"}
    database = migrated_from_older({}, told, {"user_id_hash": None})
    dump = "\n".join(database.connection.iterdump())
    assert not [text for text in (SECRET, "sam@example.com", "/home/sam") if text in dump]
    rows = database.connection.execute("SELECT user_id_hash, person FROM skill_usage_events").fetchall()
    people = {row["number"]: row["user_id_hash"] for row in database.connection.execute("SELECT * FROM people")}
    assert len(people) == 2, "whoever had one hash has one number"
    assert all(people[row["person"]] == row["user_id_hash"] for row in rows)
    assert all(len(known) == 32 and int(known, 16) for known in people.values())


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("2026-09-20 10:00:00", "2026-09-20 10:00:00"),
        ("2026-09-20T10:04:59.999Z", "2026-09-20 10:04:59"),
        ("2026-09-20T12:05:00+02:00", "2026-09-20 10:05:00"),
        ("2020-01-01 00:00:00", "2020-01-01 00:00:00"),
        ("2019-12-31 23:59:59", None),
        ("yesterday", None),
    ],
)
def test_an_older_event_keeps_its_moment(timestamp: str, expected: str | None) -> None:
    """Whose moment cannot be told, or is before all keys, is left behind."""
    row = taken_in({"timestamp": timestamp})
    assert (row["timestamp"] if row else None) == expected


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        *(("status", status, status) for status in ("success", "error", "timeout", "partial", "skipped", "denied")),
        *(("status", "ok", "success"), ("status", "failed", "error"), ("status", "cancelled", "skipped")),
        *(("status", "what?", "unknown"), ("tool_category", None, "default"), ("tool_category", "", "default")),
        *(("tool_category", "mcp:a/b", "mcp:a/b"), ("duration_ms", 0, 0), ("duration_ms", 86_400_000, 86_400_000)),
        *(("duration_ms", 12.5, 12), ("duration_ms", -1, None), ("duration_ms", 86_400_001, None)),
        *(("duration_ms", "soon", None), ("request_size_bytes", 7, 7), ("response_size_bytes", -7, None)),
        *(("error_type", "ValueError", "ValueError"), ("error_type", "E" * 65, None), ("error_type", "a|b", None)),
        ("error_type", "", None),
    ],
)
def test_a_field_of_an_older_event_is_kept_or_left_out(field: str, given: object, kept: object) -> None:
    row = taken_in({field: given})
    assert row is not None
    assert row[field] == kept


@pytest.mark.parametrize(
    "row",
    [
        *({"tool_name": name} for name in ("", "a|b", 'a"b', "é", "x" * 129)),
        *({"tool_category": category} for category in ("a|b", 'a"b', "x" * 65)),
    ],
)
def test_an_older_event_with_a_name_that_none_may_have_is_left_behind(row: dict[str, Any]) -> None:
    assert taken_in(row) is None


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
            name: await ask(database, name, NOW, None, days=DAYS, **required(report.parameters))
            for name, report in REPORTS.items()
        }

    return asyncio.run(answers())


def _answers_after_work(database: SqliteDatabase) -> dict[str, Any]:
    _work(database)
    assert asyncio.run(rollups.state(database)).summed > 0
    return _answers(database)


def _work(database: SqliteDatabase) -> None:
    """The cron's work, until there is nothing left to do."""
    before = None
    while before != (before := "\n".join(database.connection.iterdump())):
        asyncio.run(work(database, NOW, limits.EVENT_DAYS))


def write() -> None:
    """Write the dump of the newest schema: rolled-up events, with sums and a snapshot, waiting ones and a late one."""

    database = SqliteDatabase()
    made = [new_event(number, NOW - 20_000 * number)._replace(session=number % 3 or None) for number in range(40)]
    for number, event in enumerate(made):
        event.fields.update(tool_name="abc"[number % 3], test=number == 7)
        event.fields["duration_ms"] = None if number % 4 == 0 else number**2
        if number % 5 == 0:
            event.fields.update(status="error", error_type="ValueError", error_message="it failed")
    asyncio.run(events.add(database, made))
    _work(database)
    asyncio.run(events.add(database, [new_event(100, NOW - 200_000), new_event(101, NOW)]))
    counters = {"sessions": 1, "turns": 2, "known|turns": 1, "agent|c": 1, "exit|other": 1, "tool|input_tokens|b|a": 5}
    person = f"{1:032x}"
    marks, tools = ("mark 1", "mark of it"), ("b|a", "b|b")
    told = NewSession(7, NOW - 9000, NOW, 7, counters, {"os": "linux"}, False, person, marks, 1, tools)
    asyncio.run(sessions.add(database, [told], ()))
    asyncio.run(settle(database, plugins.adding([Loaded(NOW, (("a", "1.0"), ("b", None)), person, "mark 1")], ())))
    with sqlite3.connect(":memory:") as copy:
        database.connection.backup(copy)
        dump = "\n".join(line for line in copy.iterdump())
    (FOLDER / f"{MIGRATIONS[-1].stem}.sql").write_text(dump + "\n")
    (FOLDER / f"{MIGRATIONS[-1].stem}.json").write_text(json.dumps(_answers(database), indent=1) + "\n")


if __name__ == "__main__":
    write()
