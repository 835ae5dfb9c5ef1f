"""What is deleted, and what stays."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from intake.event import parse_event
from intake.keeping import Keeper
from intake.people import Sender
from storage import events, rollups
from terms import limits
from terms.dates import DAY, HOUR
from tests.asking import ask
from tests.database import NOW, CountingDatabase, SqliteDatabase
from tests.upkeep.running import event, piece, rows, settle
from upkeep import expiry, step
from upkeep.work import work

START = NOW // HOUR * HOUR


def count(database: SqliteDatabase) -> int:
    """How many events there are."""
    return int(rows(database, "SELECT count(*) FROM skill_usage_events")[0])


async def expire(database: SqliteDatabase, now: float, retention_days: int = 90) -> int:
    """What an expiry that is due deletes."""
    gone = await expiry.expire(database, now, retention_days)
    state = await rollups.state(database)
    if expiry.leaves_people(state, now, retention_days):
        await expiry.forget_people(database, state, now, retention_days)
    return gone


async def is_due(database: SqliteDatabase, now: float, retention_days: int = 90) -> bool:
    state = await rollups.state(database)
    return expiry.is_due(state, now, retention_days)


def known(database: SqliteDatabase) -> list[int]:
    """The numbers of those who have a hash."""
    return rows(database, "SELECT number FROM people ORDER BY number")


def test_old_events_go_in_bounded_steps_and_their_counts_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RETENTION_STEP_EVENTS", 7)
    monkeypatch.setattr(limits, "RETENTION_STEPS", 3)

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(number, START - 100 * DAY + number * HOUR) for number in range(300)])
        assert await expire(database, START) == 0, "nothing goes before the rollups have it"
        await step.roll_up_pending(database, START)
        gone = []
        while await is_due(database, START):
            gone.append(await expire(database, START))
        assert gone == [21] * 11 + [9], "a step is bounded"
        assert rows(database, "SELECT min(time) FROM events") == [START - 90 * DAY]
        assert (await ask(database, "summary", START, days=365))["total_invocations"] == 300

    asyncio.run(play())


def test_late_events_are_counted_before_they_can_go() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(1, NOW - DAY)])
        await step.roll_up_pending(database, NOW)
        await events.add(database, [event(2, NOW - 95 * DAY)])
        assert await expire(database, NOW) == 0
        assert count(database) == 2

    asyncio.run(play())


def test_an_event_goes_with_the_hour_that_it_is_in() -> None:
    """At the moment its whole hour is past its time, and not before."""

    async def play() -> None:
        database = CountingDatabase()
        hour = (NOW - 200 * DAY) // HOUR * HOUR
        await events.add(database, [event(0, hour), event(1, hour + HOUR - 1), event(2, hour + HOUR)])
        await step.roll_up_pending(database, NOW)
        assert await expire(database, hour + 90 * DAY + HOUR - 0.1) == 0
        for now, due in ((HOUR - 0.1, False), (HOUR, True)):
            assert await is_due(database, hour + 90 * DAY + now) is due
        assert await expire(database, hour + 90 * DAY + HOUR) == 2
        assert not await is_due(database, hour + 90 * DAY + HOUR)
        assert await expire(database, hour + 90 * DAY + 2 * HOUR) == 1

    asyncio.run(play())


def test_it_is_done_once_and_then_not_looked_at_again() -> None:
    """As long as nothing else is past its time."""

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(1, NOW - 90 * DAY), event(2, NOW - 80 * DAY)])
        await settle(database, NOW)
        database.ran.clear()
        for minute in range(HOUR // 60):
            await work(database, START + HOUR + 60 * minute, 90)
        assert (database.ran["events/expiring"], database.ran["events/expire"]) == (1, 1)

    asyncio.run(play())


@pytest.mark.parametrize("a_day", [10, 12_000])
def test_nothing_is_older_than_the_retention_and_an_hour(a_day: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At any rate: 12,000 a day go as they come, with a cron event a minute, each of which does one piece."""
    monkeypatch.setattr(limits, "RETENTION_STEP_EVENTS", 100)

    async def play() -> None:
        database = CountingDatabase()
        an_hour = max(1, a_day // 24)
        for hour in range(30):
            every = HOUR // an_hour if an_hour > 1 else 1
            new = [event(100_000 * hour + it, START + hour * HOUR + it * every, it % 9) for it in range(an_hour)]
            await events.add(database, new, due_at=START)
            for minute in (20, 40, 59):
                now = START + hour * HOUR + minute * 60
                await piece(database, now, 1)
                await piece(database, now + 1, 1)
                oldest = rows(database, "SELECT min(time) FROM events")[0]
                assert minute == 20 or now - DAY - HOUR <= oldest
        assert count(database) < 26 * an_hour

    asyncio.run(play())


def test_after_a_burst_and_silence_all_of_it_goes() -> None:
    async def play() -> None:
        database = CountingDatabase()
        for first in range(0, 9000, 1000):
            await events.add(database, [event(number, NOW - 600, number % 99) for number in range(first, first + 1000)])
        await settle(database, NOW, 2)
        assert count(database) == 9000
        for minute in range(5):
            await piece(database, NOW + 2 * DAY + HOUR + minute * 60, 2)
        assert count(database) == 0

    asyncio.run(play())


def test_of_days_without_a_sum_people_are_forgotten_too() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(number, NOW - 600) for number in range(100)])
        await settle(database, NOW, 2)
        for day in range(2, 5):
            await settle(database, NOW + day * DAY + HOUR, 2)
        assert count(database) == 0
        assert known(database) == []

    asyncio.run(play())


def test_of_days_without_a_sum_yet_people_are_forgotten_too() -> None:
    """As where a history is sent to a new database."""

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(1, NOW - 100 * DAY)])
        for day in range(4):
            await settle(database, NOW + day * DAY)
        assert count(database) == 0
        assert known(database) == []

    asyncio.run(play())


def test_what_comes_past_its_time_goes_at_the_next_hours_work() -> None:
    """Counted first, whether or not there is anything else to do, and so does whoever it is of."""

    async def play() -> None:
        database = CountingDatabase()
        keeper = Keeper(database, b"pepper")
        await events.add(database, [event(1, NOW - DAY)])
        await settle(database, NOW)
        for number, back in enumerate((91, 92, 120, 300, 399)):
            raw = {"tool_name": "old", "status": "success", "timestamp": (NOW - back * DAY - HOUR) * 1000}
            sent = parse_event(raw | {"anonymous_id": str(number)}, NOW)
            assert await keeper.keep([sent], Sender("", ""), NOW) == 1
        for minute in range(60):
            await piece(database, NOW + 60 * minute)
        assert rows(database, "SELECT tool_name FROM skill_usage_events") == ["a"]
        assert len(known(database)) == 1
        tools = await ask(database, "tools", NOW + HOUR, days=365)
        assert [(row["tool_name"], row["invocations"]) for row in tools] == [("old", 4), ("a", 1)], (
            "one of them is older than the window"
        )

    asyncio.run(play())


def test_a_retention_that_is_lowered_takes_what_is_past_it() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(day, NOW - day * DAY - HOUR, day) for day in range(80)])
        await settle(database, NOW, 90)
        assert count(database) == 80
        await settle(database, NOW, 7)
        assert count(database) == 7
        assert len(known(database)) <= 8
        await settle(database, NOW, 90)
        assert count(database) == 7, "what is gone stays gone"
        assert (await ask(database, "summary", NOW, days=90))["total_invocations"] == 80

    asyncio.run(play())


def test_whoever_has_no_event_left_has_no_hash_left() -> None:
    """Who has another one does, wherever it is; the number stays in what is counted."""

    async def play() -> None:
        database = CountingDatabase()
        old = NOW - 100 * DAY
        await events.add(database, [event(person, old, person) for person in range(1, 7)])
        await events.add(database, [event(20, old, 7, test=True), event(21, NOW - DAY, 7, test=True)])
        await events.add(database, [event(22, old, 8, test=True), event(23, NOW - 89 * DAY, 2)])
        await settle(database, NOW - HOUR, 400)
        await events.add(database, [event(30, NOW - 40 * DAY, 3), event(31, NOW, 4)])
        assert await _numbers(database) == list(range(1, 9))
        await expire(database, NOW)
        assert await _numbers(database) == [2, 3, 4, 7]
        await settle(database, NOW)
        assert await _numbers(database) == [2, 3, 4, 7]
        assert (await ask(database, "summary", NOW, days=365))["unique_users"] == 6
        for day in (2, 3, 92):
            await events.add(database, [event(100 + day, NOW + day * DAY, 9)])
            await settle(database, NOW + day * DAY + HOUR)
        assert count(database) == 2
        assert await _numbers(database) == [9]

    asyncio.run(play())


def test_whoever_comes_back_has_another_number() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(1, NOW - 100 * DAY, 1)])
        await settle(database, NOW, 400)
        await settle(database, NOW)
        assert known(database) == []
        assert await events.add(database, [event(2, NOW, 1)]) == 1
        assert rows(database, "SELECT person FROM skill_usage_events") == [2]

    asyncio.run(play())


def test_whoever_came_past_their_time_has_no_hash_for_longer_than_a_day() -> None:
    """A year ago, sent today: of days that were forgotten before."""

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(1, NOW - DAY, 1)])
        await settle(database, NOW)
        await events.add(database, [event(2, NOW - 300 * DAY, 2)], due_at=NOW)
        await settle(database, NOW)
        assert count(database) == 1
        assert known(database) == [1]

    asyncio.run(play())


def test_hours_whose_events_are_gone_are_never_made_again() -> None:
    """Not even half gone, as where an expiry was stopped: their counts would be lost."""

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(number, NOW - 30 * DAY + number, number) for number in range(10)])
        await settle(database, NOW)
        await database.batch(("events/expiring", ((NOW - 29 * DAY) // HOUR,)), ("events/expire", (str(1 << 62), 4)))
        database.connection.execute("INSERT INTO stale_hours VALUES (?)", ((NOW - 30 * DAY) // HOUR,))
        await settle(database, NOW)
        assert rows(database, "SELECT * FROM stale_hours") == []
        assert (await ask(database, "summary", NOW, days=90))["total_invocations"] == 10

    asyncio.run(play())


async def _numbers(database: SqliteDatabase) -> list[Any]:
    """Who is known, by the number that their hash was made of."""
    hashes = rows(database, "SELECT user_id_hash FROM people ORDER BY user_id_hash")
    return [int(user, 16) for user in hashes]
