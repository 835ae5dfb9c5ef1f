"""What is deleted, and what stays."""

from __future__ import annotations

import asyncio

import pytest

import limits
import retention
import rollup
import store
from app import summary
from ledger import Ledger
from memory import Memory
from query import Query
from tests.store.sqlite_database import SqliteDatabase
from tests.store.test_memory import NOW, new_event

DAY = 86_400


async def _count(database: SqliteDatabase) -> int:
    return int(database.connection.execute("SELECT count(*) FROM skill_usage_events").fetchone()[0])


def test_old_events_go_in_bounded_steps_and_their_counts_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RETENTION_STEP_EVENTS", 7)
    monkeypatch.setattr(limits, "RETENTION_STEPS", 3)

    async def total(database: SqliteDatabase) -> int:
        query = Query({"days": "365"})
        report = await summary(Ledger(database, Memory(), query.filters, NOW, fresh=True), query, NOW)
        return int(report["total_invocations"])

    async def play() -> None:
        database = SqliteDatabase()
        events = [new_event(number, NOW - 100 * DAY + number * 3600) for number in range(300)]
        await store.add_events(database, events)
        assert await retention.expire(database, NOW, 90) == 0, "nothing goes before the rollups have it"
        await rollup.take_in(database, NOW)
        gone = []
        while deleted := await retention.expire(database, NOW, 90):
            gone.append(deleted)
        assert max(gone) == 21, "a step is bounded"
        assert sum(gone) == 240
        assert await _count(database) == 60
        assert await total(database) == 300

    asyncio.run(play())


def test_late_events_are_counted_before_they_can_go() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        await store.add_events(database, [new_event(1, NOW - DAY)])
        await rollup.take_in(database, NOW)
        await store.add_events(database, [new_event(2, NOW - 95 * DAY)])
        assert await retention.expire(database, NOW, 90) == 0
        assert await _count(database) == 2

    asyncio.run(play())
