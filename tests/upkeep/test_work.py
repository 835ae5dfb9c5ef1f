"""What a cron event does: one piece of work, within what an invocation may ask, until nothing is left."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from storage import events
from storage.database import Row, Statement
from storage.events import NewEvent
from terms import limits
from terms.dates import DAY, HOUR
from tests.database import NOW, CountingDatabase
from tests.upkeep.running import QUERIES, assert_exact, event, piece, rows, settle
from upkeep import erasure
from upkeep.work import work

MIDNIGHT = NOW // DAY * DAY


def spread(number: int, over: int, person: int | None = None) -> list[NewEvent]:
    """Events of some tools, over so many seconds before now."""
    chance = random.Random(number)
    return [
        event(
            index,
            NOW - 1000 - int(over * chance.random()),
            index % 7 if person is None else person,
            tool_name="abc"[index % 3],
            status=("success", "error")[index % 2],
            duration_ms=index,
        )
        for index in range(number)
    ]


async def add(database: CountingDatabase, new: list[NewEvent]) -> None:
    """Store events in batches, as they come."""
    for first in range(0, len(new), 500):
        await events.add(database, new[first : first + 500])


class Trips(CountingDatabase):
    """The database, and how often it was asked."""

    trips = 0

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run the statements in one transaction."""
        self.trips += 1
        return await super().batch(*statements)


def count(database: CountingDatabase, table: str = "skill_usage_events") -> int:
    """How many rows a table has."""
    (number,) = rows(database, f"SELECT count(*) FROM {table}")
    return int(number)


@pytest.mark.parametrize("over", [HOUR, 30 * DAY, 360 * DAY])
def test_six_thousand_waiting_events_are_taken_in_within_bounds(over: int) -> None:
    """However many hours and days they are of."""

    async def play() -> None:
        database = CountingDatabase()
        await add(database, spread(6000, over))
        pieces = 0
        while await _waiting(database) >= limits.ROLLUP_EVENTS:
            assert await piece(database, NOW, 400)
            pieces += 1
        assert pieces <= 9, "the first deletes what is past its time, the last are ordinary steps"
        await settle(database, NOW, 400)
        await assert_exact(database, NOW, 7, 90)

    asyncio.run(play())


def test_six_thousand_late_events_are_taken_in_within_bounds() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await add(database, [event(9999, NOW - 600)])
        await settle(database, NOW, 400)
        await add(database, spread(6000, 80 * DAY))
        assert count(database, "late_events") > 5000
        for days in (1, 2):  # a few that are left are not worth a step before
            await settle(database, NOW + days * DAY, 400)
        assert count(database, "late_events") == 0
        await assert_exact(database, NOW + DAY, 7, 90)

    asyncio.run(play())


@pytest.mark.parametrize("over", [DAY, 30 * DAY])
def test_the_request_that_erases_six_thousand_events_keeps_within_bounds(over: int) -> None:
    async def play() -> None:
        database = await _with_person_one(6000, over)
        database.ran.clear()
        assert await _erase_person_one(database) == 6000
        assert sum(database.ran.values()) <= QUERIES, dict(database.ran)

    asyncio.run(play())


@pytest.mark.parametrize("over", [HOUR, 10 * DAY])
@pytest.mark.parametrize("settled", [True, False], ids=["rolled up", "waiting"])
def test_six_thousand_events_of_an_erased_person_go_within_bounds(over: int, settled: bool) -> None:
    """They are gone with the request, and said to be; the cron events that follow make the rollups again."""

    async def play() -> None:
        database = await _with_person_one(6000, over, settled)
        assert await _erase_person_one(database) == 6000
        assert count(database) == 300
        await settle(database, NOW, 400)
        assert count(database, "stale_hours") == 0
        assert rows(database, "SELECT person FROM erasures") == [0], "nobody's events are left to erase"
        await assert_exact(database, NOW, 7, 90)

    asyncio.run(play())


def test_what_a_request_cannot_erase_cron_events_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ERASE_STEP_EVENTS", 70)
    monkeypatch.setattr(limits, "ERASE_STEPS", 2)

    async def play() -> None:
        database = await _with_person_one(400, 7 * DAY)
        assert await _erase_person_one(database) == 140
        assert count(database) == 300 + 260
        left = []
        while rows(database, "SELECT 1 FROM erasures WHERE person <> 0"):
            assert await piece(database, NOW, 400)
            left.append(count(database) - 300)
        assert left == [120, 0], "as many a cron event"
        await settle(database, NOW, 400)
        await assert_exact(database, NOW, 1, 7, 30)

    asyncio.run(play())


@pytest.mark.parametrize("pace", [1, 3])
def test_a_year_of_quiet_days_stays_within_bounds(pace: int) -> None:
    """A few events a day, expired after 90: every cron event is small, and each day's work comes to its end."""

    async def play() -> None:
        database = CountingDatabase()
        for day in range(365):
            now = NOW - (365 - day) * DAY
            await add(database, [event(3 * day + it, now - 7000 * (day % 9) - it, it) for it in range(pace)])
            for hour in range(4):
                await piece(database, now + 6 * hour * HOUR)
            if day % 50 == 0:
                assert await settle(database, now + 18 * HOUR + 60) < 100
        await settle(database, NOW)
        assert 90 * pace - 10 <= count(database) <= 91 * pace
        assert count(database, "rollups") == len(
            {it // DAY for it in rows(database, "SELECT start * 3600 FROM rollups")}
        )
        held = rows(database, "SELECT days, last = until FROM snapshots ORDER BY days")
        assert held == [(30, 1), (60, 1), (90, 1), (180, 1)]
        await assert_exact(database, NOW, 1, 7, 30)

    asyncio.run(play())


def test_a_year_that_came_at_once_is_added_up_within_bounds() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await add(database, [event(day, NOW - day * DAY, day % 5) for day in range(365)])
        assert await settle(database, NOW, 400) < 365
        assert rows(database, "SELECT summed FROM rollup_state") == [MIDNIGHT // HOUR]
        await assert_exact(database, NOW, 7, 30, 90, 365)

    asyncio.run(play())


def test_a_year_that_somebody_left_is_added_up_within_bounds() -> None:
    """Of rows whose hours were emptied before they had a sum."""

    async def play() -> None:
        database = CountingDatabase()
        await add(database, [event(9999, NOW)])
        await add(database, [event(number, NOW - HOUR - number * DAY // 4, 1) for number in range(1400)])
        while await _waiting(database) > 1:
            await piece(database, NOW, 400)
        assert count(database, "sums") == 0
        assert await _erase_person_one(database) == 1400
        await settle(database, NOW, 400, most=2000)

    asyncio.run(play())


def test_what_is_most_urgent_comes_first() -> None:
    """What is past its time, what waits, what was promised, hours to be made again, sums, snapshots, nothing."""

    async def play() -> None:
        database = CountingDatabase()
        days = [event(2 * day + person, NOW - day * DAY, person) for day in range(1, 60) for person in (0, 1)]
        await add(database, [event(999, NOW - 91 * DAY, 5), *days])
        # Hours that have no rollup yet cannot be stale, so the erasure begins when they have.
        assert await _does(database) == "rollups/commit"
        await _erase_only_promised(database)
        assert await _does(database) == "events/expire", "what was past its time when it was counted"
        done = [await _does(database) for _ in range(200)]
        order = [
            "rollups/forgotten",
            "events/erase",
            "rollups/commit_again",
            "rollups/commit_sums",
            "rollups/write_snapshot",
            "",
        ]
        # A renewal looks for promises, and goes with the erasure that it follows.
        assert [name for name in dict.fromkeys(done) if name in order] == order
        first = {name: done.index(name) for name in order}
        assert sorted(first.values()) == list(first.values())
        assert set(done[first[""] :]) == {""}, "it has come to its end"

    asyncio.run(play())


def test_it_says_how_many_events_were_taken_in() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await add(database, spread(100, HOUR))
        assert [await work(database, NOW, 90) for _ in range(3)] == [100, 0, 0]

    asyncio.run(play())


def test_it_does_not_look_at_what_waits_before_it_is_time() -> None:
    async def play() -> None:
        for now, taken in ((NOW - 0.1, 0), (NOW, 100), (NOW + 1.5, 100)):
            database = CountingDatabase()
            await add(database, spread(100, HOUR))
            await database.batch(("rollups/postpone", (NOW,)))
            assert await work(database, now, 90) == taken
            assert database.ran["rollups/pending"] == 1

    asyncio.run(play())


def test_where_little_waits_the_rest_of_the_work_is_done() -> None:
    """An event that is not worth a rollup yet must not keep others in the database beyond their time."""

    async def play() -> None:
        database = CountingDatabase()
        await add(database, [event(1, NOW - 90 * DAY + HOUR)])
        await settle(database, NOW)
        await events.add(database, [event(2, NOW + HOUR)], due_at=NOW + HOUR)
        await piece(database, NOW + 2 * HOUR)
        assert count(database) == 1
        assert await _waiting(database) == 1

    asyncio.run(play())


async def _waiting(database: CountingDatabase) -> int:
    (number,) = rows(
        database, "SELECT count(*) FROM skill_usage_events WHERE id > (SELECT rolled_id FROM rollup_state)"
    )
    return int(number) + count(database, "late_events")


async def _with_person_one(number: int, over: int, settled: bool = True) -> CountingDatabase:
    """Person 1 has so many events, and person 2 has 300."""
    database = CountingDatabase()
    await add(database, spread(number, over, 1))
    await add(database, [event(number + index, NOW - 1000 - index * over // 300, 2) for index in range(300)])
    if settled:
        await settle(database, NOW, 400)
    return database


async def _erase_person_one(database: CountingDatabase) -> int:
    one = event(0, 0, 1)
    return await erasure.erase(database, [(one.mark, one.user_id_hash)], NOW)


async def _erase_only_promised(database: CountingDatabase) -> None:
    """As when the request that erases is killed behind its first statement."""
    one = event(0, 0, 1)
    await database.batch(
        ("people/promise", (one.mark, one.user_id_hash, NOW, NOW + 2 * DAY)), ("people/forget", (one.user_id_hash,))
    )


async def _does(database: CountingDatabase) -> Any:
    """Which piece of work a cron event is: by what it writes last."""
    await piece(database, NOW)
    named = (
        "rollups/commit",
        "rollups/forgotten",
        "events/expire",
        "events/erase",
        "rollups/commit_again",
        "rollups/commit_sums",
    )
    return next((name for name in (*named, "rollups/write_snapshot") if database.ran[name]), "")


def test_a_cron_event_asks_the_database_few_times() -> None:
    """Each time costs CPU time, whatever is asked."""
    database = Trips()

    async def play() -> None:
        await add(database, spread(100, HOUR))
        database.trips = 0
        assert await work(database, NOW, 90) == 100
        assert database.trips == 3, "what waits, its hours, the commit"
        await settle(database, NOW)
        database.trips = 0
        assert not await piece(database, NOW)
        assert database.trips == 2, "how far the rollups are, snapshots"

    asyncio.run(play())
