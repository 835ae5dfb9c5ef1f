"""What the database knows of its deployment."""

from __future__ import annotations

import asyncio

from storage import deployment, events
from terms.dates import DAY
from tests.database import MIGRATIONS, NOW, SqliteDatabase, new_event
from upkeep import step

SLOT = NOW // 300 * 300


def test_the_first_pepper_stays() -> None:
    database = SqliteDatabase()
    assert asyncio.run(deployment.pepper(database, "aa")) == "aa"
    assert asyncio.run(deployment.pepper(database, "bb")) == "aa"


def test_health_names_the_latest_migration_and_what_waits() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        assert await deployment.health(database) == (MIGRATIONS[-1].stem, None)
        await events.add(database, [new_event(1, NOW - DAY), new_event(2, NOW)])
        assert await deployment.health(database) == (MIGRATIONS[-1].stem, SLOT - DAY)
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
