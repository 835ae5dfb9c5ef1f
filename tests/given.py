"""What the tests of the statements begin with: a slot, events of one's own, a database that holds them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from storage import events
from storage.events import NewEvent
from terms.dates import DAY, HOUR
from terms.keys import HASH_BITS
from tests.database import NOW, SqliteDatabase, new_event

START = NOW // DAY * DAY + 6 * HOUR  # a window's start, where a slot begins
LAST = (1 << HASH_BITS) - 1  # the hash of a slot's last key


def event(number: int, time: int, **fields: Any) -> NewEvent:
    """An event with its hash and some fields of one's own."""
    made = new_event(number, time)
    return made._replace(fields=made.fields | fields)


def store(*stored: NewEvent) -> SqliteDatabase:
    """A database with these events, of which none is rolled up."""
    database = SqliteDatabase()
    assert asyncio.run(events.add(database, stored)) == len(stored)
    return database


def rolled_up_to(database: SqliteDatabase, key: int) -> None:
    """Say that the rollups hold everything up to a key, and that whatever comes below it is late."""
    database.connection.execute("UPDATE rollup_state SET rolled_id = ?", (key,))


def keys(database: SqliteDatabase) -> list[int]:
    """The keys of all events, in order."""
    return [row["id"] for row in database.connection.execute("SELECT id FROM skill_usage_events ORDER BY id")]


def answer(question: Coroutine[Any, Any, Any]) -> Any:
    """What a question of the store comes to."""
    return asyncio.run(question)
