"""The sums of windows that are often asked for: made in steps, used, thrown away, replaced, and exact throughout."""

from __future__ import annotations

import asyncio
import random

import pytest

from storage import events, rollups
from storage.database import Row, Statement
from storage.events import NewEvent
from storage.rollups import Snapshot
from terms import limits
from terms.dates import DAY, HOUR
from tests.asking import ask
from tests.database import NOW, CountingDatabase, SqliteDatabase
from tests.upkeep.running import answers, assert_exact, event, rows, settle
from upkeep import erasure, fold, snapshots, step
from upkeep.snapshots import PLANS

MIDNIGHT = NOW // DAY * DAY
TODAY = MIDNIGHT // HOUR  # its first hour
LAST = TODAY - 24  # yesterday is left to events that come late
WHOLE = [
    Snapshot(30, TODAY - 27 * 24, LAST, LAST),
    Snapshot(60, TODAY - 57 * 24, TODAY - 30 * 24, TODAY - 30 * 24),
    Snapshot(90, TODAY - 81 * 24, LAST, LAST),
    Snapshot(180, TODAY - 171 * 24, TODAY - 90 * 24, TODAY - 90 * 24),
]


async def a_season(days: int = 100, people: int = 7) -> CountingDatabase:
    """Some events a day up to now, with a sum of every day that is over, and no snapshot."""
    chance = random.Random(days)
    database = CountingDatabase()
    for day in range(days):
        new = [_event(chance, 10 * day + it, NOW - day * DAY - chance.randrange(HOUR), people) for it in range(3)]
        await events.add(database, new)
    await settle(database, NOW, 400)
    database.connection.execute("DELETE FROM snapshots")
    assert rows(database, "SELECT summed FROM rollup_state") == [TODAY]
    return database


async def held(database: SqliteDatabase) -> list[Snapshot]:
    """The snapshots that there are."""
    return sorted((await rollups.snapshots(database))[1])


async def make(database: SqliteDatabase, now: float = NOW) -> int:
    """Make what snapshots there are to be made; in how many steps."""
    steps = 0
    while await snapshots.extend(database, now):
        steps += 1
        assert steps < 100
    return steps


def test_they_leave_out_the_days_that_they_are_to_last_for_and_yesterday() -> None:
    async def play() -> None:
        database = await a_season()
        await make(database)
        assert await held(database) == WHOLE
        await assert_exact(database, NOW, 1, 7, 30, 90)

    asyncio.run(play())


def test_they_are_made_in_steps_of_so_many_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """And are used when they are whole: until then a report adds up days, and says the same."""
    monkeypatch.setattr(limits, "SNAPSHOT_DAYS", 10)
    monkeypatch.setattr(limits, "SNAPSHOT_TALLIES", 10**6)

    async def play() -> None:
        database = await a_season()
        before = await answers(database, NOW, 30, 90)
        reached = []
        while await snapshots.extend(database, NOW):
            reached += [(it.days, (it.last - it.first) // 24) for it in await held(database) if it.last < it.until]
            assert await answers(database, NOW, 30, 90) == before
        # How wide it will be is not known before the first days are in it.
        assert reached == [(30, days) for days in (2, 12, 22)] + [(90, days) for days in range(2, 80, 10)] + [
            *((60, days) for days in (2, 12, 22)),
            (180, 74),  # the season begins inside it
        ]
        assert await held(database) == WHOLE

    asyncio.run(play())


def test_a_step_takes_in_so_many_tallies_and_a_day_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        database = await a_season(40)
        monkeypatch.setattr(limits, "SNAPSHOT_TALLIES", 4)
        reached = []
        for _ in range(4):
            assert await snapshots.extend(database, NOW)
            ((_, first, last, _),) = await held(database)
            reached.append((last - first) // 24)
        assert reached == [2, 3, 4, 5]
        kept, *_ = await rollups.snapshot_and_days(database, (await held(database))[0], 1, 1)
        monkeypatch.setattr(limits, "SNAPSHOT_TALLIES", 3 * sum(map(len, kept.values())))
        assert await snapshots.extend(database, NOW)
        assert (await held(database))[0].last - first == (5 + 3) * 24

    asyncio.run(play())


@pytest.mark.parametrize("characters", [1, 10**4])
def test_a_step_reads_so_many_characters_and_a_day_at_least(monkeypatch: pytest.MonkeyPatch, characters: int) -> None:
    monkeypatch.setattr(limits, "SNAPSHOT_CHARACTERS", characters)

    async def play() -> None:
        database = await a_season(40)
        steps = 1
        assert await snapshots.extend(database, NOW)
        ((_, first, last, until),) = await held(database)
        while last < until:
            assert await snapshots.extend(database, NOW)
            last = max(it.last for it in await held(database) if it.first == first)
            steps += 1
        assert (steps == (until - first) // 24) is (characters == 1)
        await make(database)
        await assert_exact(database, NOW, 30)

    asyncio.run(play())


def test_reports_read_them() -> None:
    """Instead of the days that they hold: what they say is in the answer."""

    async def play() -> None:
        database = await a_season()
        await make(database)
        invocations = {
            days: sum(row["invocations"] for row in await ask(database, "tools", NOW, days=days))
            for days in (7, 30, 90)
        }
        database.connection.execute("DELETE FROM sums WHERE hours = 24 AND first >= ? AND first < ?", WHOLE[0][1:3])
        for days, reads in ((30, True), (90, True), (7, False)):
            answer = await ask(database, "tools", NOW, days=days)
            assert (sum(row["invocations"] for row in answer) == invocations[days]) is reads

    asyncio.run(play())


def test_a_window_that_begins_within_one_does_not_read_it() -> None:
    async def play() -> None:
        database = await a_season()
        await make(database)
        await assert_exact(database, NOW, 26, 27, 28, 29, 31, 80, 81, 82, 89, 100)

    asyncio.run(play())


@pytest.mark.parametrize(
    ("back", "spoiled"),
    [
        (0, ()),
        (DAY, ()),
        (2 * DAY, (30, 90)),
        (27 * DAY, (30, 90)),
        (28 * DAY, (90,)),
        (30 * DAY, (90,)),
        (31 * DAY, (60, 90)),
        (57 * DAY, (60, 90)),
        (58 * DAY, (90,)),
        (81 * DAY, (90,)),
        (82 * DAY, ()),
        (91 * DAY, (180,)),
    ],
)
def test_a_late_event_spoils_those_that_hold_its_day(back: int, spoiled: tuple[int, ...]) -> None:
    """They go in the moment that it is taken in, and are made again."""

    async def play() -> None:
        database = await a_season()
        await make(database)
        await events.add(database, [event(9999, NOW - back - HOUR, 99)], due_at=NOW)
        await assert_exact(database, NOW, 30, 90)
        later = NOW + DAY
        while not await _takes_in(database, later):
            pass
        assert await held(database) == [it for it in WHOLE if it.days not in spoiled]
        await assert_exact(database, later, 30, 90)
        await make(database, NOW)
        assert await held(database) == WHOLE
        await assert_exact(database, NOW, 30, 90)

    asyncio.run(play())


def test_an_erasure_spoils_those_that_hold_its_days() -> None:
    async def play() -> None:
        database = await a_season()
        await events.add(database, [event(9999, NOW - 40 * DAY, 99)], due_at=NOW)
        await settle(database, NOW + DAY, 400)
        one = event(0, 0, 99)
        before = await held(database)
        assert await erasure.erase(database, [(one.mark, one.user_id_hash)], NOW + DAY) == 1
        assert await held(database) == [it for it in before if it.days in (30, 180)]
        await settle(database, NOW + DAY, 400)
        assert await held(database) == before
        await assert_exact(database, NOW + DAY, 7, 30, 90)

    asyncio.run(play())


def test_it_is_replaced_as_its_window_slides() -> None:
    """The next one is whole before the last day that the one before may be used on is over; then that one goes."""

    async def play() -> None:
        database = await a_season(130)
        firsts: dict[int, set[int]] = {plan.days: set() for plan in PLANS}
        for day in range(12):
            now = NOW + day * DAY
            await events.add(database, [event(10_000 + day, now - 2 * HOUR, day)], due_at=now)
            await settle(database, now, 400)
            await assert_exact(database, now, 7, 30, 90)
            found = await held(database)
            assert [it.days for it in found] == [30, 60, 90, 180], "one a window"
            assert all(it.last == it.until for it in found)
            for it in found:
                first_day = (now - it.days * DAY) // DAY * 24 + 24
                assert first_day < it.first <= first_day + 8 * 24, "it may be used tomorrow too"
                firsts[it.days].add(it.first)
        assert 6 <= len(firsts[30]) <= 7
        assert firsts[60] == {first - 30 * 24 for first in firsts[30]}
        assert 2 <= len(firsts[90]) <= 3
        assert 2 <= len(firsts[180]) <= 3

    asyncio.run(play())


def test_where_the_rollups_have_changed_nothing_is_put_in_place() -> None:
    """Somebody else took in a late event, or an erasure ran, behind what was read."""

    class Raced(CountingDatabase):
        async def batch(self, *statements: Statement) -> list[list[Row]]:
            if statements[0][0] == "rollups/write_snapshot":
                self.connection.execute("UPDATE rollup_state SET revision = revision + 1")
            return await super().batch(*statements)

    async def play() -> None:
        season, database = await a_season(40), Raced()
        season.connection.backup(database.connection)
        assert await snapshots.extend(database, NOW)
        assert await held(database) == []

    asyncio.run(play())


@pytest.mark.parametrize("days", [0, 1, 2])
def test_where_there_is_little_nothing_is_made_that_says_something_else(days: int) -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(day, NOW - day * DAY) for day in range(days)])
        await settle(database, NOW, 400)
        assert await make(database) == 0, "it has come to its end"
        await assert_exact(database, NOW, 1, 7, 30, 90)

    asyncio.run(play())


def test_before_there_are_sums_there_is_no_snapshot() -> None:
    async def play() -> None:
        database = CountingDatabase()
        assert not await snapshots.extend(database, NOW)
        await events.add(database, [event(day, NOW - day * DAY) for day in range(40)])
        assert not await snapshots.extend(database, NOW)
        assert await held(database) == []
        assert not await fold.fold(database)

    asyncio.run(play())


def test_what_no_report_asks_a_snapshot_for_is_not_in_it() -> None:
    async def play() -> None:
        database = CountingDatabase()
        new = [
            event(2 * day + it, NOW - day * DAY, it, test=it == 1, status="error") for day in range(40) for it in (0, 1)
        ]
        await events.add(database, new)
        await settle(database, NOW, 400)
        (state, (first, *_)) = await rollups.snapshots(database)
        kept, *_ = await rollups.snapshot_and_days(database, first, 1, 1)
        assert state.summed == TODAY
        assert {"tool", "agent", "version", "os"} < kept.keys()
        assert not {"all", "test", "error", "latest"} & kept.keys()
        await assert_exact(database, NOW, 7, 30)

    asyncio.run(play())


async def _takes_in(database: SqliteDatabase, now: int) -> int:
    return await step.roll_up_pending(database, now)


def _event(chance: random.Random, number: int, time: int, people: int) -> NewEvent:
    return event(
        number,
        time,
        chance.randrange(people),
        tool_name=chance.choice("abc"),
        status=chance.choice(("success", "error", "timeout", "skipped")),
        duration_ms=chance.choice((None, 3, 50, 7000)),
        agent_id=chance.choice(("codex", "claude-code")),
        tool_version=chance.choice((None, "1.0")),
    )
