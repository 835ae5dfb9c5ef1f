"""What the database knows of its deployment."""

from __future__ import annotations

import asyncio

from storage import deployment, events
from terms.keys import HASH_BITS, SLOT_SECONDS, event_key, first_key, time_of
from tests.database import MIGRATIONS, NOW, SqliteDatabase, new_event

SLOT = time_of(first_key(NOW))  # when a slot begins
SCHEMA = MIGRATIONS[-1].stem


def test_the_first_pepper_stays() -> None:
    database = SqliteDatabase()
    database.connection.execute("INSERT INTO settings VALUES ('before pepper', 'x')")
    assert asyncio.run(deployment.pepper(database, "aa")) == "aa"
    assert asyncio.run(deployment.pepper(database, "bb")) == "aa"


def test_health_names_the_schema_and_the_oldest_event_that_waits() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        await deployment.pepper(database, "aa")  # another setting beside the schema
        assert await deployment.health(database) == (SCHEMA, None)
        last_of_slot = new_event((1 << HASH_BITS) - 1, SLOT - SLOT_SECONDS)
        await events.add(database, [last_of_slot, new_event(2, SLOT + 900), new_event(3, SLOT + 300)])
        assert await deployment.health(database) == (SCHEMA, SLOT - SLOT_SECONDS)
        database.connection.execute("UPDATE rollup_state SET rolled_id = ?", (event_key(SLOT, 0) - 1,))
        assert await deployment.health(database) == (SCHEMA, SLOT + 300)

    asyncio.run(play())


def test_health_counts_the_late_events_as_waiting() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        key = event_key(SLOT, 0)
        database.connection.execute("UPDATE rollup_state SET rolled_id = ?, claimed_id = ?", (key, key))
        await events.add(database, [new_event(1, SLOT - 600), new_event(2, SLOT - 1200), new_event(3, SLOT - 900)])
        assert await deployment.health(database) == (SCHEMA, SLOT - 1200)

    asyncio.run(play())
