"""What an isolate remembers: never more than 30 s old, and of one moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from counting.dimensions import EVERYTHING, TOOL
from reading.memory import Memory
from storage import events, rollups, sessions
from storage.database import Row, Statement
from terms import limits
from terms.dates import EVER
from tests.database import NOW, CountingDatabase, new_event
from upkeep import step

SERIES = rollups.days_by_hour(EVERYTHING, (), NOW // 3600 - 7 * 24)


def test_rollups_are_read_once_a_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)

    async def play() -> None:
        database, memory = CountingDatabase(), Memory()
        await events.add(database, [new_event(1, NOW - 4000)])
        for fresh in (True, True, False, True):
            (rows,), waiting = await memory.read(database, (SERIES,), NOW, fresh)
            assert (len(rows), len(waiting.facts)) == (0, 1)
        assert database.ran["rollups/days_by_hour"] == 1
        assert database.ran["events/tail"] == 3, "an answer that may be old costs nothing"
        await step.roll_up_pending(database, NOW)
        (rows,), waiting = await memory.read(database, (SERIES,), NOW, True)
        assert (len(rows), len(waiting.facts)) == (1, 0)
        assert database.ran["rollups/days_by_hour"] == 2

    asyncio.run(play())


@pytest.mark.parametrize("fresh", [True, False])
def test_what_goes_along_is_asked_every_time_and_with_the_rest_where_there_is_any(fresh: bool) -> None:
    along, other = sessions.parts((0, EVER), 0), rollups.days_by_hour(TOOL, (), NOW // 3600 - 7 * 24)

    async def play() -> None:
        database, memory = CountingDatabase(), Memory()
        for number, statements in enumerate([(SERIES,), (SERIES,), (SERIES, other)]):
            rows, _ = await memory.read(database, statements, NOW, fresh, (along, along))
            assert rows == [[]] * (len(statements) + 2)
            assert database.ran["sessions/parts"] == 2 * (number + 1), "whatever the rollups' revision is"

    asyncio.run(play())


def test_what_may_be_old_is_at_most_30_seconds_old() -> None:
    async def play() -> None:
        database, memory = CountingDatabase(), Memory()
        await memory.read(database, (SERIES,), NOW, False)
        await events.add(database, [new_event(1, NOW)])
        _, waiting = await memory.read(database, (SERIES,), NOW + 29.9, False)
        assert (len(waiting.facts), waiting.as_of) == (0, NOW)
        _, waiting = await memory.read(database, (SERIES,), NOW + 30, False)
        assert (len(waiting.facts), waiting.as_of) == (1, NOW + 30)

    asyncio.run(play())


def test_rollups_and_waiting_events_are_of_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rollup between two reports of one refresh must not make an event count twice or not at all."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    other = rollups.days_by_hour(TOOL, (), NOW // 3600 - 7 * 24)

    async def play() -> None:
        database, memory = CountingDatabase(), Memory()
        await events.add(database, [new_event(1, NOW - 4000)])
        await memory.read(database, (SERIES,), NOW, False)
        await step.roll_up_pending(database, NOW)
        (rows,), waiting = await memory.read(database, (other,), NOW, False)
        assert (len(rows), len(waiting.facts)) == (1, 0)

    asyncio.run(play())


def test_a_fresh_refresh_reads_the_rollups_once() -> None:
    async def play() -> None:
        database, memory = CountingDatabase(), Memory()
        await memory.read(database, (SERIES,), NOW, True)
        newest = rollups.days(EVERYTHING, NOW // 3600 - 7 * 24)
        await memory.read(database, (SERIES, newest), NOW, True)
        assert database.ran["rollups/days_by_hour"] == 1
        assert database.ran["rollups/days"] == 1
        assert database.ran["events/tail"] == 2

    asyncio.run(play())


def test_a_rollup_while_an_answer_is_on_its_way_changes_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads meanwhile puts newer rows into the memory; they must not mix with ours."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    other = rollups.days_by_hour(TOOL, (), NOW // 3600 - 7 * 24)

    class SlowDatabase(CountingDatabase):
        meanwhile: Callable[[], Awaitable[None]] | None = None

        async def batch(self, *statements: Statement) -> list[list[Row]]:
            results = await super().batch(*statements)
            meanwhile, self.meanwhile = self.meanwhile, None
            if meanwhile:
                await meanwhile()
            return results

    async def play() -> None:
        database, memory = SlowDatabase(), Memory()
        await events.add(database, [new_event(1, NOW - 4000)])
        await memory.read(database, (SERIES,), NOW, False)

        async def roll_up_and_read() -> None:
            await step.roll_up_pending(database, NOW)
            await memory.read(database, (SERIES,), NOW, True)

        database.meanwhile = roll_up_and_read
        (rows, others), waiting = await memory.read(database, (SERIES, other), NOW, False)
        assert (len(rows), len(others), len(waiting.facts)) == (0, 0, 1)

    asyncio.run(play())


def test_what_is_derived_of_rows_is_derived_again_when_they_change() -> None:
    memory = Memory()
    made = []

    def make(rows: list[int]) -> int:
        made.append(rows)
        return sum(rows)

    assert [memory.derived("sum", (rows,), make) for rows in ([1, 2], [1, 2], [1, 3])] == [3, 3, 4]
    assert made == [[1, 2], [1, 3]]
    memory.forget()
    assert memory.derived("sum", ([1, 3],), make) == 4
    assert len(made) == 3


def test_it_does_not_grow() -> None:
    memory = Memory()
    for number in range(limits.MEMORY_ENTRIES + 1):
        memory.derived(number, (number,), str)
    assert memory.derived(0, (0,), lambda _: "again") == "again", "the oldest is forgotten"
    assert memory.derived(2, (2,), lambda _: "again") == "2"


def test_what_was_read_in_the_future_is_read_again() -> None:
    """A clock may be set back."""

    async def play() -> None:
        database, memory = CountingDatabase(), Memory()
        for now, reads in ((NOW, 1), (NOW, 1), (NOW - 1, 2), (NOW - 0.5, 2), (NOW - 1.5, 3)):
            await memory.read(database, (), now, False)
            assert database.ran["events/tail"] == reads

    asyncio.run(play())


def test_so_many_entries_are_remembered_and_the_oldest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMORY_ENTRIES", 2)
    memory = Memory()
    made = []

    def make(name: str) -> str:
        made.append(name)
        return name

    for name in "ababcba":
        memory.derived(name, (name,), make)
    assert made == ["a", "b", "c", "a"]


def test_an_answer_is_one_round_trip_where_one_is_enough() -> None:
    """The revision is read on each of them."""
    other = rollups.days_by_hour(TOOL, (), NOW // 3600 - 7 * 24)

    async def play() -> None:
        database, memory = CountingDatabase(), Memory()
        for statements, fresh, trips in (
            ((SERIES,), True, 1),
            ((SERIES,), True, 2),
            ((SERIES,), False, 2),
            ((SERIES, other), True, 3),
            ((SERIES, other), False, 3),
        ):
            await memory.read(database, statements, NOW, fresh)
            assert database.ran["rollups/revision"] == trips

    asyncio.run(play())
