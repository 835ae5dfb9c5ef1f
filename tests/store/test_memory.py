"""What an isolate remembers: never more than 30 s old, and of one moment."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import limits
import rollup
import store
from memory import Memory
from store import NewEvent
from tests.store.sqlite_database import SqliteDatabase

NOW = 1_790_000_000
SERIES = store.series(rollup.EVERYTHING, "", NOW // 86_400 - 7, "")


class CountingDatabase(SqliteDatabase):
    """The database, and how often each statement ran."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: Counter[str] = Counter()

    async def batch(self, *statements: tuple[str, tuple[str | int, ...]]) -> list[list[dict[str, Any]]]:
        """Run the statements in one transaction."""
        self.ran.update(name for name, _ in statements)
        return await super().batch(*statements)


def new_event(number: int, time: int) -> NewEvent:
    """An event of a person of its own."""
    fields = dict.fromkeys(
        ("duration_ms", "error_type", "error_message", "request_size_bytes", "response_size_bytes", "metadata")
    ) | dict.fromkeys(("tool_version", "os", "runtime"))
    fields |= {"tool_name": "a", "tool_category": "b", "status": "success", "agent_id": "c", "source": "api"}
    return NewEvent(time, number, True, f"{number:032x}", fields | {"trigger": "user", "test": False})


def test_rollups_are_read_once_a_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)

    async def play() -> None:
        database, memory = CountingDatabase(), Memory()
        await store.add_events(database, [new_event(1, NOW - 4000)])
        for fresh in (True, True, False, True):
            (rows,), waiting = await memory.read(database, (SERIES,), NOW, fresh)
            assert (len(rows), len(waiting.facts)) == (0, 1)
        assert database.ran["series"] == 1
        assert database.ran["tail"] == 3, "an answer that may be old costs nothing"
        await rollup.take_in(database, NOW)
        (rows,), waiting = await memory.read(database, (SERIES,), NOW, True)
        assert (len(rows), len(waiting.facts)) == (1, 0)
        assert database.ran["series"] == 2

    asyncio.run(play())


def test_what_may_be_old_is_at_most_30_seconds_old() -> None:
    async def play() -> None:
        database, memory = CountingDatabase(), Memory()
        await memory.read(database, (SERIES,), NOW, False)
        await store.add_events(database, [new_event(1, NOW)])
        _, waiting = await memory.read(database, (SERIES,), NOW + 29.9, False)
        assert (len(waiting.facts), waiting.as_of) == (0, NOW)
        _, waiting = await memory.read(database, (SERIES,), NOW + 30, False)
        assert (len(waiting.facts), waiting.as_of) == (1, NOW + 30)

    asyncio.run(play())


def test_rollups_and_waiting_events_are_of_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rollup between two reports of one refresh must not make an event count twice or not at all."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    other = store.series(rollup.TOOL, "", NOW // 86_400 - 7, "")

    async def play() -> None:
        database, memory = CountingDatabase(), Memory()
        await store.add_events(database, [new_event(1, NOW - 4000)])
        await memory.read(database, (SERIES,), NOW, False)
        await rollup.take_in(database, NOW)
        (rows,), waiting = await memory.read(database, (other,), NOW, False)
        assert (len(rows), len(waiting.facts)) == (1, 0)

    asyncio.run(play())


def test_a_fresh_refresh_reads_the_rollups_once() -> None:
    async def play() -> None:
        database, memory = CountingDatabase(), Memory()
        await memory.read(database, (SERIES,), NOW, True)
        errors = store.latest_errors(rollup.EVERYTHING, "", NOW // 86_400 - 7)
        await memory.read(database, (SERIES, errors), NOW, True)
        assert database.ran["series"] == 1
        assert database.ran["latest_errors"] == 1
        assert database.ran["tail"] == 2

    asyncio.run(play())


def test_a_rollup_while_an_answer_is_on_its_way_changes_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads meanwhile puts newer rows into the memory; they must not mix with ours."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    other = store.series(rollup.TOOL, "", NOW // 86_400 - 7, "")

    class SlowDatabase(CountingDatabase):
        meanwhile: Callable[[], Awaitable[None]] | None = None

        async def batch(self, *statements: tuple[str, tuple[str | int, ...]]) -> list[list[dict[str, Any]]]:
            results = await super().batch(*statements)
            meanwhile, self.meanwhile = self.meanwhile, None
            if meanwhile:
                await meanwhile()
            return results

    async def play() -> None:
        database, memory = SlowDatabase(), Memory()
        await store.add_events(database, [new_event(1, NOW - 4000)])
        await memory.read(database, (SERIES,), NOW, False)

        async def roll_up_and_read() -> None:
            await rollup.take_in(database, NOW)
            await memory.read(database, (SERIES,), NOW, True)

        database.meanwhile = roll_up_and_read
        (rows, others), waiting = await memory.read(database, (SERIES, other), NOW, False)
        assert (len(rows), len(others), len(waiting.facts)) == (0, 0, 1)

    asyncio.run(play())


def test_what_is_made_of_rows_is_made_again_when_they_change() -> None:
    memory = Memory()
    made = []

    def make(rows: list[int]) -> int:
        made.append(rows)
        return sum(rows)

    assert [memory.made("sum", (rows,), make) for rows in ([1, 2], [1, 2], [1, 3])] == [3, 3, 4]
    assert made == [[1, 2], [1, 3]]
    memory.forget()
    assert memory.made("sum", ([1, 3],), make) == 4
    assert len(made) == 3
