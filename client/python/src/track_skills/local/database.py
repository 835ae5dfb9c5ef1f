"""The database of the local store: its tables, how it is opened, and what is asked of it.

`skill_telemetry` has a row for each use. Its first eight columns are those of the field's oldest
store, Auto-Skill's, whose databases are opened as they are. `skill_summary` adds up the uses of
each skill by agent; triggers keep it, so that a report reads a few rows however many uses there are.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 1
# How long to wait for another program that writes, in seconds.
WAIT_SECONDS = 10.0
# Ids are random, so each use that is added touches pages anywhere: those of a million uses are kept in memory (KiB).
CACHE_KIB = 65_536
# The columns of the field's oldest store, then what we know beyond them.
COLUMNS = {
    "id": "TEXT PRIMARY KEY",
    "skill_id": "TEXT NOT NULL",
    "skill_name": "TEXT NOT NULL",
    "session_id": "TEXT NOT NULL DEFAULT ''",
    "agent_id": "TEXT NOT NULL DEFAULT 'unknown'",
    "duration_ms": "INTEGER",
    "outcome": "TEXT NOT NULL",
    "timestamp": "TEXT NOT NULL",
    "tool_category": "TEXT",
    "error_type": "TEXT",
    "trigger": "TEXT",
    "tool_version": "TEXT",
    "source": "TEXT",
    "os": "TEXT",
    "runtime": "TEXT",
    "request_size_bytes": "INTEGER",
    "response_size_bytes": "INTEGER",
    "test": "INTEGER NOT NULL DEFAULT 0",
}
FIELD_COLUMNS = 8
SUCCESSES = ("success",)
EVENTS = "SELECT * FROM skill_telemetry {where} ORDER BY timestamp DESC, rowid DESC LIMIT :limit"
SUMMARIES = "SELECT * FROM skill_summary {where}"
FAILURES = ("failure", "error", "timeout")


class _UnfitError(Exception):
    """What an undamaged database is, in place of one that can be used."""


class DatabaseError(Exception):
    """A database that cannot be used: which one, and why. Nothing of it was changed."""


@contextmanager
def opened(path: str) -> Iterator[sqlite3.Connection]:
    """Open the database at `path`, made if it is not there, for its user alone; DatabaseError if it cannot be used."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise DatabaseError(f"{path} cannot be used: {error.strerror}") from error
    with opened_as_it_is(path) as connection:
        if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            with writing(connection):
                _prepare(connection)
        yield connection


@contextmanager
def opened_as_it_is(path: str) -> Iterator[sqlite3.Connection]:
    """Open an existing database without making anything in it; DatabaseError if it cannot be used, also later."""
    with _explained(path):
        # In autocommit: transactions are begun where they are meant.
        connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            yield connection
        finally:
            connection.close()


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the one place of a writer: all of it is kept, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def add(connection: sqlite3.Connection, rows: Iterable[Mapping[str, Any]]) -> int:
    """Add uses, each a mapping by column that lacks what is not known; return how many were new.

    One whose `id` is there already is left as it is. Call it within `writing`.
    """
    return max(0, connection.executemany(_ADD, ({**_UNKNOWN, **row} for row in rows)).rowcount)


def events(connection: sqlite3.Connection, skill_name: str | None, limit: int | None) -> Iterator[dict[str, Any]]:
    """Yield uses by column, newest first: of one skill or of all, at most `limit`, or all there are."""
    query = EVENTS.format(where=_of_one(skill_name))
    for row in connection.execute(query, {"skill": skill_name, "limit": -1 if limit is None else limit}):
        yield {**dict(row), "session_id": row["session_id"] or None}


def count(connection: sqlite3.Connection) -> int:
    """Return how many uses there are, tests left out."""
    return int(connection.execute("SELECT coalesce(sum(total_uses), 0) FROM skill_summary").fetchone()[0])


def summaries(connection: sqlite3.Connection, skill_name: str | None) -> Iterator[sqlite3.Row]:
    """Yield what is added up by skill, server and agent, of one skill or of all."""
    yield from connection.execute(SUMMARIES.format(where=_of_one(skill_name)), {"skill": skill_name})


@contextmanager
def _explained(path: str) -> Iterator[None]:
    """Say of what goes wrong in which database it does."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise DatabaseError(f"{path} is locked by another program: try again when that has ended") from error
        raise DatabaseError(f"{path} cannot be used: {error}") from error
    except _UnfitError as error:
        raise DatabaseError(f"{path} cannot be used: {error}. Nothing was changed") from error
    except sqlite3.DatabaseError as error:
        raise DatabaseError(f"{path} is damaged, or no database of ours: {error}. Nothing was changed") from error


def _prepare(connection: sqlite3.Connection) -> None:
    """Make what is missing. A database of Auto-Skill gets our columns, and its uses are added up."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == VERSION:
        return
    if version > VERSION:
        raise _UnfitError("it is of a later version of track-skills")
    known = [row["name"] for row in connection.execute("PRAGMA table_info(skill_telemetry)")]
    fields = list(COLUMNS)[:FIELD_COLUMNS]
    if known and not set(fields) <= set(known):
        raise _UnfitError(f"its table skill_telemetry lacks {', '.join(sorted(set(fields) - set(known)))}")
    if not known:
        connection.execute(TABLE)
    for name, rule in COLUMNS.items():
        if known and name not in known:
            connection.execute(f"ALTER TABLE skill_telemetry ADD COLUMN {name} {rule}")
    for statement in SCHEMA:
        connection.execute(statement)
    if known:
        connection.execute(ADD_ALL_UP)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _of_one(skill_name: str | None) -> str:
    return "" if skill_name is None else "WHERE skill_name = :skill"


def _words(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _key(row: str) -> str:
    """The summary that a row is part of."""
    return f"skill_name = {row}.skill_name AND agent_id = {row}.agent_id AND server = {_SERVER.format(row=row)}"


# What one use adds to a summary. {row} is the row that it is taken from.
_FIGURES = {
    "total_uses": "1",
    "known_uses": "{row}.outcome <> 'unknown'",
    "success_count": f"{{row}}.outcome IN ({_words(SUCCESSES)})",
    "failure_count": f"{{row}}.outcome IN ({_words(FAILURES)})",
    "timed_uses": "{row}.duration_ms IS NOT NULL",
    "duration_ms": "coalesce({row}.duration_ms, 0)",
}
# Tools of one name on two MCP servers are two; anything else is known by its name.
_SERVER = "CASE WHEN {row}.tool_category LIKE 'mcp:%' THEN {row}.tool_category ELSE '' END"


def _added(row: str) -> str:
    values = ", ".join(figure.format(row=row) for figure in _FIGURES.values())
    sums = ", ".join(f"{name} = {name} + excluded.{name}" for name in _FIGURES)
    return f"""
        INSERT INTO skill_summary (skill_name, server, agent_id, {", ".join(_FIGURES)}, first_used, last_used)
        VALUES ({row}.skill_name, {_SERVER.format(row=row)}, {row}.agent_id, {values}, {row}.timestamp, {row}.timestamp)
        ON CONFLICT (skill_name, server, agent_id) DO UPDATE SET {sums},
          first_used = min(first_used, excluded.first_used), last_used = max(last_used, excluded.last_used);"""  # noqa: S608


def _taken_away(row: str) -> str:
    differences = ", ".join(f"{name} = {name} - ({figure.format(row=row)})" for name, figure in _FIGURES.items())
    left = f"""SELECT timestamp FROM skill_telemetry WHERE skill_name = {row}.skill_name AND agent_id = {row}.agent_id
          AND test = 0 AND {_SERVER.format(row="skill_telemetry")} = server ORDER BY timestamp"""  # noqa: S608
    return f"""
        UPDATE skill_summary SET {differences} WHERE {_key(row)};
        DELETE FROM skill_summary WHERE total_uses = 0 AND {_key(row)};
        UPDATE skill_summary SET first_used = ({left} LIMIT 1), last_used = ({left} DESC LIMIT 1)
        WHERE {row}.timestamp IN (first_used, last_used) AND {_key(row)};"""  # noqa: S608


def _trigger(name: str, moment: str, row: str, action: str) -> str:
    return f"CREATE TRIGGER {name} AFTER {moment} ON skill_telemetry WHEN {row}.test = 0 BEGIN {action} END"


_UNKNOWN = {**dict.fromkeys(COLUMNS), "session_id": "", "agent_id": "unknown", "test": 0}
TABLE = f"CREATE TABLE skill_telemetry ({', '.join(f'{name} {rule}' for name, rule in COLUMNS.items())})"
_ADD = f"""INSERT INTO skill_telemetry ({", ".join(COLUMNS)})
  VALUES ({", ".join(f":{name}" for name in COLUMNS)}) ON CONFLICT (id) DO NOTHING"""  # noqa: S608
SCHEMA = (
    "CREATE INDEX skill_telemetry_by_skill ON skill_telemetry (skill_name, timestamp)",
    "CREATE INDEX skill_telemetry_by_time ON skill_telemetry (timestamp)",
    f"""CREATE TABLE skill_summary (skill_name TEXT NOT NULL, server TEXT NOT NULL, agent_id TEXT NOT NULL,
      {", ".join(f"{name} INTEGER NOT NULL" for name in _FIGURES)}, first_used TEXT NOT NULL, last_used TEXT NOT NULL,
      PRIMARY KEY (skill_name, server, agent_id)) WITHOUT ROWID""",
    _trigger("skill_telemetry_added", "INSERT", "NEW", _added("NEW")),
    _trigger("skill_telemetry_removed", "DELETE", "OLD", _taken_away("OLD")),
    _trigger("skill_telemetry_changed_from", "UPDATE", "OLD", _taken_away("OLD")),
    _trigger("skill_telemetry_changed_to", "UPDATE", "NEW", _added("NEW")),
)
ADD_ALL_UP = f"""INSERT INTO skill_summary (skill_name, server, agent_id, {", ".join(_FIGURES)}, first_used, last_used)
  SELECT skill_name, {_SERVER.format(row="skill_telemetry")} AS server, agent_id,
    {", ".join(f"sum({figure.format(row='skill_telemetry')})" for figure in _FIGURES.values())},
    min(timestamp), max(timestamp)
  FROM skill_telemetry WHERE test = 0 GROUP BY skill_name, server, agent_id"""  # noqa: S608
