"""What the database knows of its deployment."""

from __future__ import annotations

import asyncio

from storage import deployment, events
from terms.dates import DAY
from terms.keys import HASH_BITS, SLOT_SECONDS, event_key, first_key, time_of
from tests.database import MIGRATIONS, NOW, SqliteDatabase, new_event
from tests.given import answer, rolled_up_to
from upkeep import step

SLOT = time_of(first_key(NOW))  # when a slot begins
SCHEMA = MIGRATIONS[-1].stem


def test_the_first_setting_stays() -> None:
    database = SqliteDatabase()
    assert answer(deployment.setting(database, "pepper")) is None
    database.connection.execute("INSERT INTO settings VALUES ('before pepper', 'x')")
    assert answer(deployment.keep(database, "pepper", "aa")) == "aa"
    assert answer(deployment.keep(database, "pepper", "bb")) == "aa"
    assert answer(deployment.setting(database, "pepper")) == "aa"
    assert answer(deployment.keep(database, "salt-000001", "cc")) == "cc"


def test_salts_of_days_before_one_are_forgotten_and_nothing_else() -> None:
    database = SqliteDatabase()
    days = (9, 99, 20_000, 20_001, 20_002, 100_000)
    for name in ("pepper", "salt", "salts", "a", *map(deployment.salt_name, days)):
        answer(deployment.keep(database, name, "x"))
    answer(database.batch(*deployment.forgetting(20_001, 0)))
    left = {row["name"] for row in database.connection.execute("SELECT name FROM settings")}
    assert left == {"schema", "pepper", "salt", "salts", "a", *map(deployment.salt_name, (20_001, 20_002, 100_000))}


def test_names_of_salts_sort_as_days_do() -> None:
    days = [0, 9, 10, 999, 20_000, 20_001, 100_000]
    assert sorted(map(deployment.salt_name, days)) == [deployment.salt_name(day) for day in days]


def test_health_names_the_latest_migration_and_what_waits() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        assert await deployment.health(database) == (SCHEMA, None)
        await events.add(database, [new_event(1, NOW - DAY), new_event(2, NOW)])
        assert await deployment.health(database) == (SCHEMA, SLOT - DAY)
        await step.roll_up_pending(database, NOW)
        assert (await deployment.health(database))[1] == SLOT
        await events.add(database, [new_event(3, NOW - 2 * DAY)])
        assert (await deployment.health(database))[1] == SLOT - 2 * DAY, "a late one waits too"

    asyncio.run(play())


def test_nothing_waits_once_all_is_rolled_up() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        await events.add(database, [new_event(1, NOW - DAY)])
        await step.roll_up_pending(database, NOW)
        assert (await deployment.health(database))[1] is None

    asyncio.run(play())


def test_health_names_the_oldest_event_above_the_rollups() -> None:
    database = SqliteDatabase()
    answer(deployment.keep(database, "pepper", "aa"))  # another setting beside the schema
    last_of_slot = new_event((1 << HASH_BITS) - 1, SLOT - SLOT_SECONDS)
    answer(events.add(database, [last_of_slot, new_event(2, SLOT + 900), new_event(3, SLOT + 300)]))
    assert answer(deployment.health(database)) == (SCHEMA, SLOT - SLOT_SECONDS)
    rolled_up_to(database, event_key(SLOT, 0) - 1)
    assert answer(deployment.health(database)) == (SCHEMA, SLOT + 300)


def test_health_counts_the_late_events_as_waiting() -> None:
    database = SqliteDatabase()
    rolled_up_to(database, event_key(SLOT, 0))
    answer(events.add(database, [new_event(1, SLOT - 600), new_event(2, SLOT - 1200), new_event(3, SLOT - 900)]))
    assert answer(deployment.health(database)) == (SCHEMA, SLOT - 1200)
