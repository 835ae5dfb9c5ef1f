"""Rollups made again from the events that are left."""

from __future__ import annotations

import asyncio

import pytest

from storage import events, people, rollups
from storage.database import Row, Statement
from terms import limits
from terms.dates import DAY, HOUR
from tests.database import NOW, CountingDatabase, SqliteDatabase
from tests.upkeep.running import assert_exact, event, rows, settle
from upkeep import renewal, step

MIDNIGHT = NOW // DAY * DAY
FIRST = MIDNIGHT // HOUR


async def with_gaps(*gone: int) -> CountingDatabase:
    """Two people in each hour of three days up to now, rolled up; one is gone from some hours since midnight."""
    database = CountingDatabase()
    new = [
        event(100 * (hour + 50) + it, MIDNIGHT + hour * HOUR, it, status="error")
        for hour in range(-48, 14)
        for it in (1, 2)
    ]
    await events.add(database, new)
    await settle(database, NOW)
    assert rows(database, "SELECT summed - ? FROM rollup_state", FIRST) == [0]
    await erase_from(database, *gone)
    return database


async def erase_from(database: SqliteDatabase, *hours: int) -> None:
    """Person 1's events of these hours are gone, and the hours noted."""
    text = f"[{','.join(str(FIRST + hour) for hour in hours)}]"
    keys = rows(
        database,
        "SELECT CAST(id AS TEXT) FROM events WHERE person = 1 AND time / 3600 IN (SELECT value FROM json_each(?))",
        text,
    )
    assert len(keys) == len(hours)
    assert await people.erase_events(database, keys) == len(hours)


def stale(database: SqliteDatabase) -> list[int]:
    """The hours since midnight that are to be made again."""
    return rows(database, "SELECT hour - ? FROM stale_hours ORDER BY hour", FIRST)


def test_nothing_to_make_again() -> None:
    async def play() -> None:
        database = await with_gaps()
        changes = database.connection.total_changes
        assert not await renewal.renew(database)
        assert database.connection.total_changes == changes

    asyncio.run(play())


@pytest.mark.parametrize("hour", [-48, -43, -30, -1, 0, 5, 6, 13])
def test_an_hour_and_the_sums_that_it_is_in_are_made_again(hour: int) -> None:
    """Of days that have a sum, and of today."""

    async def play() -> None:
        database = await with_gaps(hour)
        assert stale(database) == [hour]
        assert await renewal.renew(database)
        assert stale(database) == []
        await assert_exact(database, NOW, 1, 2, 3, 7, 30)
        assert not await renewal.renew(database)

    asyncio.run(play())


def test_hours_of_one_quarter_are_made_together_and_of_others_one_after_the_other() -> None:
    async def play() -> None:
        database = await with_gaps(-47, -43, -42, -30, 1, 2)
        left = []
        while await renewal.renew(database):
            left.append(stale(database))
        assert left == [[-42, -30, 1, 2], [-30, 1, 2], [1, 2], []]
        await assert_exact(database, NOW, 1, 2, 3, 7)

    asyncio.run(play())


def test_a_step_counts_so_many_events_and_an_hour_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        for most, steps in ((1, 4), (2, 2), (100, 1)):
            monkeypatch.setattr(limits, "RENEWAL_EVENTS", most)
            database = await with_gaps(0, 1, 2, 3)
            taken = 0
            while await renewal.renew(database):
                taken += 1
            assert taken == steps
            await assert_exact(database, NOW, 7)

    asyncio.run(play())


def test_an_hour_that_has_nothing_left_is_empty() -> None:
    """As is a day; the rows stay, and say nothing."""

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(hour, NOW - DAY - hour * HOUR, 1) for hour in range(30)])
        await events.add(database, [event(99, NOW, 2)])
        await settle(database, NOW)
        keys = rows(database, "SELECT CAST(id AS TEXT) FROM events WHERE person = 1")
        await people.erase_events(database, keys)
        while await renewal.renew(database):
            pass
        await assert_exact(database, NOW, 1, 2, 7)
        await settle(database, NOW + DAY)
        await assert_exact(database, NOW + DAY, 1, 2, 7, 30)

    asyncio.run(play())


def test_hours_that_are_in_rows_of_their_own_stay_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROW_CHARACTERS", 1000)
    monkeypatch.setattr(limits, "ROW_CHARACTERS_OF_A_QUARTER", 500)
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    monkeypatch.setattr(limits, "ROLLUP_STEPS", (4,))

    async def play() -> None:
        database = await with_gaps()
        starts = rows(database, "SELECT start, last FROM rollups ORDER BY start")
        assert len(starts) > 5
        await erase_from(database, -47, -46, -20, -3, 2, 13)
        while await renewal.renew(database):
            pass
        assert rows(database, "SELECT start, last FROM rollups ORDER BY start") == starts
        await assert_exact(database, NOW, 1, 2, 3, 7)

    asyncio.run(play())


def test_whoever_comes_first_is_not_overwritten() -> None:
    """Late events were taken in behind what it read: it does nothing, and is tried again."""

    class Raced(CountingDatabase):
        raced = False

        async def batch(self, *statements: Statement) -> list[list[Row]]:
            if statements[0][0] == "rollups/commit_again" and not self.raced:
                self.raced = True
                await events.add(self, [event(9999, MIDNIGHT - 30 * HOUR, 7)])
                assert await step.roll_up_pending(self, NOW + DAY) == 1
            return await super().batch(*statements)

    async def play() -> None:
        given, database = await with_gaps(-30), Raced()
        given.connection.backup(database.connection)
        assert await renewal.renew(database)
        assert stale(database) == [-30]
        assert await renewal.renew(database)
        assert stale(database) == []
        await assert_exact(database, NOW + DAY, 7)

    asyncio.run(play())


def test_what_waits_is_not_counted_twice() -> None:
    """An hour's late events, and those behind the rollups, are theirs who take them in."""

    async def play() -> None:
        database = await with_gaps(-30, 13)
        await events.add(database, [event(9998, MIDNIGHT - 30 * HOUR + 60, 7), event(9999, NOW, 7)])
        while await renewal.renew(database):
            pass
        await assert_exact(database, NOW, 1, 7)
        await settle(database, NOW + DAY)
        await assert_exact(database, NOW + DAY, 7)

    asyncio.run(play())


def test_hours_whose_events_may_be_gone_stay_as_they_are() -> None:
    async def play() -> None:
        database = await with_gaps(-40, -30)
        await database.batch(("events/expiring", (FIRST - 39,)))
        counted = await rollups.find(database, [FIRST - 40])
        while await renewal.renew(database):
            pass
        assert stale(database) == []
        after, _ = await rollups.find(database, [FIRST - 40, FIRST - 30])
        assert after[FIRST - 40].kept == counted[0][FIRST - 40].kept
        assert after[FIRST - 30].kept != counted[0][FIRST - 40].kept

    asyncio.run(play())
