"""Rollups at their limits."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from intake.event import parse_event
from intake.keeping import Sender
from storage import events, rollups
from storage.database import Row, Statement
from terms import limits
from tests.asking import ask
from tests.database import NOW, SqliteDatabase, new_event
from upkeep import step
from web.app import App
from web.deployment import Deployment
from web.settings import Settings

HOUR = 3600


def test_a_day_too_wide_keeps_its_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives up its hours once and for all: what comes later must not pass for the whole day."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    morning = NOW // 86_400 * 86_400
    now = morning + 20 * HOUR

    async def play() -> None:
        database = SqliteDatabase()
        for number in range(4):
            monkeypatch.setattr(limits, "ROLLUP_CHARACTERS", 10 if number == 1 else 1_500_000)
            await events.add(database, [new_event(number, morning + number * HOUR)])
            assert await step.roll_up_pending(database, morning + (number + 1) * HOUR) == 1
        assert (await ask(database, "summary", now, days=30))["total_invocations"] == 4
        assert sum(bucket["invocations"] for bucket in await ask(database, "timeseries", now, days=2)) == 4
        begins_inside = await ask(database, "summary", now + 86_400 - 18 * HOUR, days=1)
        assert begins_inside["total_invocations"] == 0

    asyncio.run(play())


def test_the_hours_of_a_day_gone_by_are_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    """They count as before, and take in who comes late."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    midnight = NOW // 86_400 * 86_400
    times = [midnight - 300 * number for number in range(1, 200)]

    async def play() -> None:
        database = SqliteDatabase()
        await events.add(database, [new_event(number, time) for number, time in enumerate(times)])
        await step.roll_up_pending(database, midnight - 4 * HOUR)
        (before,) = _hours(database)
        assert before["type"] == "object"
        await step.roll_up_pending(database, midnight + HOUR)
        (after,) = _hours(database)
        assert after["type"] == "text"
        assert after["length"] < before["length"]
        late = midnight - 6 * HOUR
        await events.add(database, [new_event(1000, late)])
        await step.roll_up_pending(database, midnight + 30 * HOUR)
        buckets = await ask(database, "timeseries", midnight + 2 * HOUR, days=1)
        expected = Counter(time // HOUR * HOUR for time in [*times, late])
        assert [bucket["invocations"] for bucket in buckets if bucket["invocations"]] == [
            expected[hour] for hour in sorted(expected)
        ]

    asyncio.run(play())


def test_the_tail_stays_short_when_the_pace_picks_up() -> None:
    """Nobody about at midnight, and then a busy day: nothing is planned until the next midnight, and still."""
    midnight = NOW // 86_400 * 86_400

    async def play() -> None:
        database = SqliteDatabase()
        deployment = Deployment(Settings.read(lambda _: ""), database, lambda _: None, print)
        app = App(deployment)
        await events.add(database, [new_event(0, midnight - 50_000)])
        longest = 0
        for minute in range(18 * 60):
            now = midnight + minute * 60
            if minute > 8 * 60:
                used = [parse_event({"tool_name": "a", "status": "success"}, now) for _ in range(20)]
                await deployment.keeper.keep(used, Sender("", ""), now)
            await app.scheduled(now)
            _, _, waiting = await rollups.read_with_waiting(database, ())
            longest = max(longest, len(waiting))
        assert longest <= limits.WAITING_EVENTS

    asyncio.run(play())


def test_it_is_time_to_look_from_the_planned_moment_on() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        await rollups.postpone(database, NOW)
        assert [await step.is_due(database, now) for now in (NOW - 0.1, NOW, NOW + 1)] == [False, True, True]

    asyncio.run(play())


def test_a_run_ends_after_so_many_steps_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    monkeypatch.setattr(limits, "ROLLUP_STEP_EVENTS", 2)
    monkeypatch.setattr(limits, "ROLLUP_STEPS", 3)

    async def play() -> None:
        database = await _rolled_up(NOW - 2 * HOUR)
        await events.add(database, [new_event(number, NOW - 4000) for number in range(9)])
        assert await step.roll_up_pending(database, NOW) == 6
        assert await step.is_due(database, NOW), "what is left does not wait"
        assert await step.roll_up_pending(database, NOW) == 3
        assert not await step.is_due(database, NOW)
        assert (await ask(database, "summary", NOW, days=30))["total_invocations"] == 10

    asyncio.run(play())


def test_a_run_stops_at_midnight_and_goes_on_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps of both days count together."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    monkeypatch.setattr(limits, "ROLLUP_STEP_EVENTS", 2)
    monkeypatch.setattr(limits, "ROLLUP_STEPS", 3)
    midnight = NOW // 86_400 * 86_400

    async def play() -> None:
        database = SqliteDatabase()
        times = [midnight - 4000] * 3 + [midnight] * 3
        await events.add(database, [new_event(number, time) for number, time in enumerate(times)])
        assert await step.roll_up_pending(database, midnight + 4 * HOUR) == 5
        assert await step.roll_up_pending(database, midnight + 4 * HOUR) == 1

    asyncio.run(play())


def test_many_late_events_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    monkeypatch.setattr(limits, "ROLLUP_STEP_EVENTS", 2)

    async def play() -> None:
        database = await _rolled_up(NOW)
        assert not await step.is_due(database, NOW)
        monkeypatch.setattr(limits, "ROLLUP_STEPS", 1)
        await events.add(database, [new_event(number, NOW - 5000 * number) for number in (1, 2, 3)])
        for taken, more in ((2, True), (1, False)):
            assert await step.roll_up_pending(database, NOW) == taken
            assert await step.is_due(database, NOW) is more

    asyncio.run(play())


def test_a_step_with_room_left_for_either_sort_has_left_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    monkeypatch.setattr(limits, "ROLLUP_STEP_EVENTS", 2)
    monkeypatch.setattr(limits, "ROLLUP_STEPS", 2)

    async def play() -> None:
        database = await _rolled_up(NOW - 2 * HOUR)
        await events.add(database, [new_event(1, NOW - 3 * HOUR), new_event(2, NOW - 4000)])
        monkeypatch.setattr(limits, "ROLLUP_STEPS", 1)
        assert await step.roll_up_pending(database, NOW) == 2
        assert not await step.is_due(database, NOW)

    asyncio.run(play())


def test_too_little_is_looked_at_again_when_more_should_have_come() -> None:
    async def play() -> None:
        database = await _rolled_up(NOW - 2 * HOUR)
        await rollups.postpone(database, NOW)
        await events.add(database, [new_event(0, NOW - 4000)])
        assert await step.roll_up_pending(database, NOW) == 0
        assert not await step.is_due(database, NOW)
        _, _, waiting = await rollups.read_with_waiting(database, ())
        assert len(waiting) == 1

    asyncio.run(play())


def test_of_two_steps_at_once_one_counts() -> None:
    """The other has taken in nothing, and says so."""

    class Raced(SqliteDatabase):
        raced = False

        async def batch(self, *statements: Statement) -> list[list[Row]]:
            if statements[-1][0] == "rollups/commit" and not self.raced:
                self.raced = True
                assert await step.roll_up_pending(self, NOW) == limits.ROLLUP_EVENTS
            return await super().batch(*statements)

    async def play() -> None:
        database = Raced()
        await events.add(database, [new_event(number, NOW - 4000) for number in range(limits.ROLLUP_EVENTS)])
        assert await step.roll_up_pending(database, NOW) == 0
        assert (await ask(database, "summary", NOW, days=30))["total_invocations"] == limits.ROLLUP_EVENTS

    asyncio.run(play())


async def _rolled_up(now: int) -> SqliteDatabase:
    """A database whose one event has just been rolled up."""
    database = SqliteDatabase()
    await events.add(database, [new_event(1000, now - HOUR)])
    assert await step.roll_up_pending(database, now) == 1
    return database


def _hours(database: SqliteDatabase) -> list[Any]:
    return database.connection.execute(
        "SELECT json_type(hours) AS type, length(hours) AS length FROM rollups WHERE dimension = 'all'"
    ).fetchall()
