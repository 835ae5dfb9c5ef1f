"""What tools are crossed with gets into the sums of days, and stays true there whatever comes or goes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from counting.crossing import CROSS, CROSSED
from counting.dimensions import Filters
from reading.ledger import Ledger
from reading.memory import Memory
from reading.window import Window
from storage import events, rollups
from storage.events import NewEvent
from terms import limits
from terms.dates import DAY, DAY_HOURS, HOUR
from tests.database import NOW, CountingDatabase
from tests.reports.recount import COLUMNS
from tests.upkeep import running
from tests.upkeep.running import rows, settle
from upkeep import crossing, erasure, fold, renewal, snapshots, step

MIDNIGHT = NOW // DAY * DAY
FIRST = MIDNIGHT // HOUR
WEEK = Window(MIDNIGHT - 7 * DAY)
VALUES = {"agent_id": "ab", "tool_version": "123", "trigger": ("user", "model"), "os": "mno", "runtime": "xy"}


def some(first: int, count: int, day: int = -1, **fields: Any) -> list[NewEvent]:
    """Events of a tool on a day, counted from today, unlike in what they say; each of a person of its own."""
    return [
        running.event(
            number,
            MIDNIGHT + day * DAY + number * 977 % DAY,
            tool_category="skill",
            **{name: values[number // place % len(values)] for place, (name, values) in enumerate(VALUES.items(), 1)},
            **fields,
        )
        for number in range(first, first + count)
    ]


async def prepared(*stored: NewEvent) -> CountingDatabase:
    """A database with events, rolled up, added up and crossed as far as the cron does."""
    database = CountingDatabase()
    assert await events.add(database, stored) == len(stored)
    await settle(database, NOW)
    database.ran.clear()
    return database


async def found(database: CountingDatabase, dimension: str, **filters: str) -> dict[str, int]:
    """How many events of the tool each value has."""
    ledger = Ledger(database, Memory(), Filters({"tool": "a", "category": "skill", **filters}), NOW, fresh=True)
    (groups,) = await ledger.groups(dimension, WEEK)
    return {value: tally.invocations for value, tally in groups.items()}


async def assert_exact(database: CountingDatabase, reads_events: bool = False) -> None:
    """Every dimension says what the events say, and whether these are read for it."""
    for dimension in CROSSED:
        database.ran.clear()
        expected = dict(
            rows(
                database,
                f"SELECT coalesce({COLUMNS[dimension]}, 'unknown'), count(*) FROM skill_usage_events"
                " WHERE tool_name = 'a' AND person > 0 GROUP BY 1",
            )
        )
        assert await found(database, dimension) == expected, dimension
        assert ("events/counts" in database.ran) is reads_events, dimension


def crossings_of(database: CountingDatabase, day: int = -1) -> Any:
    """What a day's sum holds, None if it holds nothing."""
    (tallies,) = rows(database, "SELECT tallies FROM sums WHERE hours = 24 AND first = ?", FIRST + 24 * day)
    return json.loads(tallies).get(CROSS)


def test_a_day_is_crossed_when_it_is_over() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [*some(0, 40, day=-2), *some(40, 40, day=-1), *some(80, 20, day=0)])
        while await step.roll_up_pending(database, NOW):
            pass
        await assert_exact(database)
        while await fold.fold(database):
            pass
        state = await rollups.state(database)
        assert (crossing.is_due(state), crossings_of(database)) == (True, None)
        await assert_exact(database)
        assert await crossing.cross(database)
        state = await rollups.state(database)
        assert (crossing.is_due(state), state.crossed) == (False, state.summed)
        assert crossings_of(database, -2).keys() == crossings_of(database, -1).keys() == {"skill|a"}
        await assert_exact(database)

    asyncio.run(play())


def test_a_step_takes_as_many_days_as_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(expected: list[int]) -> None:
        database = CountingDatabase()
        await events.add(database, [one for day in range(6) for one in some(day * 9, 9, day=day - 6)])
        while await step.roll_up_pending(database, NOW):
            pass
        while await fold.fold(database):
            pass
        reached = []
        while crossing.is_due(state := await rollups.state(database)):
            assert await crossing.cross(database)
            reached.append(((await rollups.state(database)).crossed - max(state.crossed, FIRST - 144)) // DAY_HOURS)
        assert reached == expected
        await assert_exact(database)

    asyncio.run(play([6]))
    monkeypatch.setattr(limits, "CROSS_DAYS", 4)
    asyncio.run(play([4, 2]))
    monkeypatch.setattr(limits, "CROSS_TALLIES", 10)
    asyncio.run(play([2, 2, 2]))


def test_whoever_comes_second_has_done_nothing() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, some(0, 40))
        while await step.roll_up_pending(database, NOW):
            pass
        while await fold.fold(database):
            pass
        state = await rollups.state(database)
        empty = rollups.Commit([], [], [])
        assert await rollups.commit_crossed(database, state, empty, state.summed)
        assert not await rollups.commit_crossed(database, state, empty, state.summed)

    asyncio.run(play())


def test_where_a_sum_is_lacking_nothing_is_to_be_done_again_and_again() -> None:
    async def play() -> None:
        database = await prepared(*some(0, 3))
        database.connection.execute("UPDATE rollup_state SET summed = summed + 480")
        assert await crossing.cross(database)
        assert not crossing.is_due(await rollups.state(database))

    asyncio.run(play())


@pytest.mark.parametrize("day", [0, -1, -2])
def test_late_events_count_wherever_they_belong(day: int) -> None:
    """Of a tool that was there on their day, of one that was not, before and after they are rolled up."""

    async def play() -> None:
        database = await prepared(*some(0, 30, day=-1), *some(30, 30, day=-2), *some(60, 5, day=-2, tool_name="b"))
        await events.add(database, some(100, 25, day=day))
        await assert_exact(database)
        await settle(database, NOW + 2 * DAY)
        await assert_exact(database)

    asyncio.run(play())


def test_whoever_is_erased_is_in_no_crossing() -> None:
    async def play() -> None:
        database = await prepared(*some(0, 50), *some(60, 50, day=-2), *some(120, 10, day=0))
        before = json.dumps(crossings_of(database))
        for number in (3, 64, 122):
            assert await erasure.erase(database, [(f"mark {number}", f"{number:032x}")], NOW) == 1
            while await renewal.renew(database):
                pass
        await assert_exact(database)
        assert json.dumps(crossings_of(database)) != before
        await settle(database, NOW)
        await assert_exact(database)

    asyncio.run(play())


def test_what_events_counted_stays_when_they_are_gone() -> None:
    async def play() -> None:
        database = await prepared(*some(0, 60))
        before = {dimension: await found(database, dimension) for dimension in CROSSED}
        await settle(database, NOW + 40 * DAY, retention_days=30)
        assert rows(database, "SELECT count(*) FROM skill_usage_events") == [0]
        assert {dimension: await found(database, dimension) for dimension in CROSSED} == before

    asyncio.run(play())


def test_what_was_rolled_up_before_there_were_crossings_is_answered_from_events() -> None:
    """Whole rows, and an hour and a day that more comes to since."""

    async def play() -> None:
        database = await prepared(*some(0, 30), *some(30, 9, day=0))
        for table, column in (("rollups", "hours"), ("sums", "tallies")):
            database.connection.execute(f"UPDATE {table} SET {column} = json_remove({column}, '$.cross')")
        await assert_exact(database, reads_events=True)
        await events.add(database, [*some(100, 20), *some(120, 30, day=0)])
        await assert_exact(database, reads_events=True)
        await settle(database, NOW + 2 * DAY)
        await assert_exact(database, reads_events=True)
        database.ran.clear()
        ledger = Ledger(database, Memory(), Filters({"tool": "a"}), NOW, fresh=True)
        assert (await ledger.groups("version", Window(MIDNIGHT + DAY))) == [{}]
        assert "events/counts" not in database.ran

    asyncio.run(play())


def test_what_is_beyond_a_bound_is_answered_from_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one tool, and of a row."""

    async def play() -> None:
        database = await prepared(*some(0, 60), *some(60, 20, day=0))
        await assert_exact(database, reads_events=True)
        await events.add(database, [*some(100, 20), *some(120, 30, day=0)])
        await settle(database, NOW + 2 * DAY)
        await assert_exact(database, reads_events=True)

    for name, value in (("CROSSINGS", 2), ("CROSS_CHARACTERS", 100)):
        with monkeypatch.context() as patch:
            patch.setattr(limits, name, value)
            asyncio.run(play())


def test_where_the_rarest_tools_are_together_each_may_be_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "VALUES", 3)

    async def play() -> None:
        others = [one for number in range(6) for one in some(100 + number * 4, 4, tool_name=f"t{number}")]
        database = await prepared(*some(0, 20), *others)
        assert crossings_of(database) in ({}, None)
        await assert_exact(database, reads_events=True)
        await events.add(database, some(200, 20))
        await settle(database, NOW + 2 * DAY)
        await assert_exact(database, reads_events=True)

    asyncio.run(play())


def test_a_snapshot_holds_none() -> None:
    async def play() -> None:
        database = await prepared(*(one for day in range(9) for one in some(day * 9, 9, day=-day - 1)))
        while await snapshots.extend(database, NOW):
            pass
        held = rows(database, "SELECT tallies -> '$.cross' FROM snapshots")
        assert held
        assert set(held) == {None}
        assert set(rows(database, "SELECT tallies -> '$.cross' FROM sums WHERE hours = 6")) == {None}

    asyncio.run(play())
