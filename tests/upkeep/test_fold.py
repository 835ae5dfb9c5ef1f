"""Hours added up: quarters of days, and days."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from counting.dimensions import EVERYTHING
from counting.tally import invocations_of
from storage import events, rollups
from storage.database import Row, Statement
from terms import limits
from terms.dates import DAY, HOUR
from tests.database import NOW, CountingDatabase, SqliteDatabase
from tests.upkeep.running import assert_exact, event, rows
from upkeep import fold, step
from upkeep.rewrite import total

MIDNIGHT = NOW // DAY * DAY
FIRST = MIDNIGHT // HOUR


async def hours(*given: int, until: int = 48) -> CountingDatabase:
    """A database with an event in each of these hours since midnight, rolled up as far as another hour."""
    database = CountingDatabase()
    await events.add(database, [event(number, MIDNIGHT + hour * HOUR) for number, hour in enumerate(given)])
    now = MIDNIGHT + until * HOUR + 15
    assert await step.roll_up_pending(database, now) == len(given)
    return database


async def is_due(database: SqliteDatabase) -> bool:
    state = await rollups.state(database)
    return fold.is_due(state)


async def fold_all(database: SqliteDatabase) -> int:
    """Add up whatever there is; in how many steps."""
    steps = 0
    while await fold.fold(database):
        steps += 1
    return steps


def sums(database: SqliteDatabase) -> list[tuple[int, int]]:
    """Which sums there are: their hours, and their first hour since midnight."""
    return rows(database, "SELECT hours, first - ? FROM sums ORDER BY first, hours", FIRST)


def reach(database: SqliteDatabase) -> tuple[int, int]:
    """The hours since midnight that quarters, and days, reach."""
    ((folded, summed),) = rows(database, "SELECT folded - ?1, summed - ?1 FROM rollup_state", FIRST)
    return folded, summed


def count(kept: dict[str, Any]) -> int:
    return invocations_of(kept[EVERYTHING][EVERYTHING])


def test_a_day_that_is_over_has_its_quarters_and_its_sum() -> None:
    async def play() -> None:
        database = await hours(0, 5, 6, 23, until=24)
        assert await is_due(database)
        assert await fold.fold(database)
        assert sums(database) == [(6, 0), (24, 0), (6, 6), (6, 18)], "none of a quarter without events"
        assert reach(database) == (24, 24)
        quarters = await rollups.quarters(database, FIRST)
        assert [count(quarters[FIRST + first]) for first in (0, 6, 18)] == [2, 1, 1]
        _, kept = await rollups.find(database, [FIRST])
        assert kept[24, FIRST] == total(list(quarters.values()))
        assert not await is_due(database)
        assert not await fold.fold(database), "there is nothing more"
        await assert_exact(database, MIDNIGHT + DAY, 1, 7, 30)

    asyncio.run(play())


def test_of_today_quarters_are_added_up_that_are_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """If enough has come since the last fold; a day that is over is added up in any case."""
    monkeypatch.setattr(limits, "FOLD_EVENTS", 5)

    async def play() -> None:
        # As it may not be worth it, the day before is rolled up with it.
        database = await hours(-1, 0, 1, 7, until=13)
        database.connection.execute("UPDATE rollup_state SET folded = ?1, summed = ?1", (FIRST,))
        assert not await is_due(database)
        await events.add(database, [event(99, MIDNIGHT + 14 * HOUR, status="error")])
        monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
        await step.roll_up_pending(database, MIDNIGHT + 15 * HOUR + 15)
        assert await is_due(database)
        assert await fold.fold(database)
        assert (sums(database), reach(database)) == ([(6, 0), (6, 6)], (12, 0))
        assert not await is_due(database)
        assert rows(database, "SELECT unfolded FROM rollup_state") == [0]

    asyncio.run(play())


@pytest.mark.parametrize(("until", "reached"), [(17, 12), (18, 18), (23, 18), (24, 24)])
def test_a_quarter_is_over_when_the_rollups_hold_it(until: int, reached: int) -> None:
    async def play() -> None:
        database = await hours(-1, 0, 12, until=until)
        await fold_all(database)
        assert reach(database) == (reached, reached // 24 * 24)
        await assert_exact(database, MIDNIGHT + DAY, 1, 7)

    asyncio.run(play())


def test_nothing_is_due_where_nothing_is_rolled_up() -> None:
    async def play() -> None:
        database = CountingDatabase()
        assert not await is_due(database)
        assert not await fold.fold(database)
        await events.add(database, [event(0, NOW)])
        assert not await is_due(database)
        assert not await fold.fold(database)

    asyncio.run(play())


def test_days_without_events_are_passed_over() -> None:
    """Years of them, as where the first event is an old one: they cost nothing."""

    async def play() -> None:
        database = await hours(-365 * 24, -200 * 24 + 3, 0)
        assert await fold_all(database) == 2
        assert [first for hours_, first in sums(database) if hours_ == 24] == [-365 * 24, -200 * 24, 0]
        assert reach(database) == (48, 48)
        assert database.ran["rollups/next"] <= 8
        assert database.ran["rollups/span"] == 3

    asyncio.run(play())


@pytest.mark.parametrize(("enough", "reads"), [(4, 4), (5, 1)])
def test_of_a_quiet_day_all_is_read_at_once(monkeypatch: pytest.MonkeyPatch, enough: int, reads: int) -> None:
    """Of a busy one a quarter is wide enough."""
    monkeypatch.setattr(limits, "FOLD_EVENTS", enough)

    async def play() -> None:
        database = await hours(1, 7, 13, 19, until=24)
        database.ran.clear()
        assert await fold.fold(database)
        assert (reach(database), database.ran["rollups/span"]) == ((24, 24), reads)
        assert "rollups/quarters" not in database.ran, "it has none yet"
        await assert_exact(database, MIDNIGHT + DAY, 7)

    asyncio.run(play())


@pytest.mark.parametrize(
    ("name", "most", "pieces"), [("FOLD_QUARTERS", 2, 9), ("FOLD_QUARTERS", 10**6, 1), ("FOLD_TALLIES", 1, 20)]
)
def test_a_fold_adds_up_a_bounded_number(monkeypatch: pytest.MonkeyPatch, name: str, most: int, pieces: int) -> None:
    """And is due again as long as there is more; killed between two, it has lost nothing."""
    monkeypatch.setattr(limits, "FOLD_TALLIES", 10**6)
    monkeypatch.setattr(limits, "FOLD_QUARTERS", 10**6)
    monkeypatch.setattr(limits, name, most)

    async def play() -> None:
        given = [day * 24 + hour for day in range(-4, 0) for hour in (1, 7, 13, 19)]
        database = await hours(*given, until=0)
        taken = 0
        while await is_due(database):
            assert await fold.fold(database)
            taken += 1
            await assert_exact(database, MIDNIGHT, 7)
        assert taken == pieces
        assert len(sums(database)) == 4 * 5

    asyncio.run(play())


def test_what_comes_late_into_a_day_that_has_its_sum_is_in_it() -> None:
    async def play() -> None:
        database = await hours(1, 7, 30)
        await fold_all(database)
        assert reach(database) == (48, 48)
        late = [event(90 + hour, MIDNIGHT + hour * HOUR, 7, status="error") for hour in (1, 8, 20, 40, -30)]
        await events.add(database, late)
        # Of few days at once: what is behind the third is taken in next.
        assert [await step.roll_up_pending(database, MIDNIGHT + day * DAY) for day in (4, 5)] == [4, 1]
        _, kept = await rollups.find(database, [FIRST, FIRST + 8, FIRST + 20, FIRST + 40, FIRST - 30])
        assert {(length, first - FIRST): count(it) for (length, first), it in kept.items()} == {
            (24, -48): 1,
            (24, 0): 5,
            (24, 24): 2,
            (6, -30): 1,
            (6, 0): 2,
            (6, 6): 2,
            (6, 18): 1,
            (6, 36): 1,
        }
        await assert_exact(database, MIDNIGHT + 5 * DAY, 4, 7, 30)

    asyncio.run(play())


def test_of_two_folds_at_once_one_is_put_in_place() -> None:
    class Raced(CountingDatabase):
        raced = False

        async def batch(self, *statements: Statement) -> list[list[Row]]:
            if statements[0][0] == "rollups/commit_sums" and not self.raced:
                self.raced = True
                assert await fold.fold(self)
            return await super().batch(*statements)

    async def play() -> None:
        done, database = await hours(0, 9), Raced()
        done.connection.backup(database.connection)
        assert not await fold.fold(database)
        assert reach(database) == (48, 48)
        assert count((await rollups.quarters(database, FIRST))[FIRST]) == 1
        await assert_exact(database, MIDNIGHT + 2 * DAY, 7)

    asyncio.run(play())
