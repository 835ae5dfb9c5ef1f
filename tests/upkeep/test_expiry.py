"""What is deleted, and what stays."""

from __future__ import annotations

import asyncio

import pytest

from storage import events
from terms import limits
from tests.asking import ask
from tests.database import NOW, CountingDatabase, SqliteDatabase, new_event
from upkeep import expiry, step

DAY = 86_400


async def _count(database: SqliteDatabase) -> int:
    return int(database.connection.execute("SELECT count(*) FROM skill_usage_events").fetchone()[0])


def test_old_events_go_in_bounded_steps_and_their_counts_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RETENTION_STEP_EVENTS", 7)
    monkeypatch.setattr(limits, "RETENTION_STEPS", 3)

    async def play() -> None:
        database = SqliteDatabase()
        old = [new_event(number, NOW - 100 * DAY + number * 3600) for number in range(300)]
        await events.add(database, old)
        assert await expiry.expire(database, NOW, 90) == 0, "nothing goes before the rollups have it"
        await step.roll_up_pending(database, NOW)
        gone = []
        while deleted := await expiry.expire(database, NOW, 90):
            gone.append(deleted)
        assert max(gone) == 21, "a step is bounded"
        assert sum(gone) == 240
        assert await _count(database) == 60
        assert (await ask(database, "summary", NOW, days=365))["total_invocations"] == 300

    asyncio.run(play())


def test_late_events_are_counted_before_they_can_go() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        await events.add(database, [new_event(1, NOW - DAY)])
        await step.roll_up_pending(database, NOW)
        await events.add(database, [new_event(2, NOW - 95 * DAY)])
        assert await expiry.expire(database, NOW, 90) == 0
        assert await _count(database) == 2

    asyncio.run(play())


def test_an_event_goes_with_the_slot_that_it_is_in() -> None:
    """At the moment its whole slot is past its time, and not before."""

    async def play() -> None:
        database = CountingDatabase()
        slot = (NOW - 200 * DAY) // DAY * DAY
        await events.add(database, [new_event(0, slot)])
        await step.roll_up_pending(database, NOW)
        assert await expiry.expire(database, slot + 90 * DAY, 90) == 0
        assert database.ran["events/expire"] == 0, "a look at the oldest is enough"
        assert await expiry.expire(database, slot + 90 * DAY + 299, 90) == 0
        assert await expiry.expire(database, slot + 90 * DAY + 300, 90) == 1
        assert await expiry.expire(database, NOW, 90) == 0, "nothing is left"

    asyncio.run(play())


def test_where_the_rollups_end_nothing_is_tried_again() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [new_event(1, NOW - 100 * DAY)])
        await step.roll_up_pending(database, NOW - 99 * DAY)
        await events.add(database, [new_event(2, NOW - 98 * DAY)])
        assert await expiry.expire(database, NOW, 90) == 1
        assert database.ran["events/expire"] == 1

    asyncio.run(play())
