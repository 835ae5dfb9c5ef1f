"""Rollups at their limits."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

import limits
import rollup
import store
from app import App, summary, timeseries
from events import parse_event
from ledger import Ledger
from memory import Memory
from query import Query
from settings import Request, Settings
from tests.store.sqlite_database import SqliteDatabase
from tests.store.test_memory import NOW, new_event

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
            await store.add_events(database, [new_event(number, morning + number * HOUR)])
            assert await rollup.take_in(database, morning + (number + 1) * HOUR) == 1
        assert (await _ask(database, summary, now, 30))["total_invocations"] == 4
        assert sum(bucket["invocations"] for bucket in await _ask(database, timeseries, now, 2)) == 4
        begins_inside = await _ask(database, summary, now + 86_400 - 18 * HOUR, 1)
        assert begins_inside["total_invocations"] == 0

    asyncio.run(play())


def test_the_hours_of_a_day_gone_by_are_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    """They count as before, and take in who comes late."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    midnight = NOW // 86_400 * 86_400
    times = [midnight - 300 * number for number in range(1, 200)]

    async def play() -> None:
        database = SqliteDatabase()
        await store.add_events(database, [new_event(number, time) for number, time in enumerate(times)])
        await rollup.take_in(database, midnight - 4 * HOUR)
        (before,) = _hours(database)
        assert before["type"] == "object"
        await rollup.take_in(database, midnight + HOUR)
        (after,) = _hours(database)
        assert after["type"] == "text"
        assert after["length"] < before["length"]
        late = midnight - 6 * HOUR
        await store.add_events(database, [new_event(1000, late)])
        await rollup.take_in(database, midnight + 30 * HOUR)
        buckets = await _ask(database, timeseries, midnight + 2 * HOUR, 1)
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
        app = App(Settings.read(lambda _: ""), database, lambda _: None, print)
        await store.add_events(database, [new_event(0, midnight - 50_000)])
        longest = 0
        for minute in range(18 * 60):
            now = midnight + minute * 60
            if minute > 8 * 60:
                request = Request("POST", "/api/track", "", {}, b"", "https://x", now)
                await app.ingest.keep(
                    request, [parse_event({"tool_name": "a", "status": "success"}, now, 90) for _ in range(20)]
                )
            await app.scheduled(now)
            _, _, waiting = await store.rollups_and_waiting(database, ())
            longest = max(longest, len(waiting))
        assert longest <= limits.WAITING_EVENTS

    asyncio.run(play())


def _hours(database: SqliteDatabase) -> list[Any]:
    return database.connection.execute(
        "SELECT json_type(hours) AS type, length(hours) AS length FROM rollups WHERE dimension = 'all'"
    ).fetchall()


async def _ask(database: SqliteDatabase, report: Any, now: int, days: int) -> Any:
    query = Query({"days": str(days)})
    return await report(Ledger(database, Memory(), query.filters, now, fresh=True), query, now)
