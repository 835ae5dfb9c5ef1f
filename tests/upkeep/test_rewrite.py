"""Stored rollups with some events merged in, or taken out."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from counting.kept import hourly_tallies, totals
from counting.rollup import Key, Rollup, roll_up
from storage import rollups
from storage.rollups import Rewrite
from terms import limits
from terms.dates import DAY, HOUR
from tests.database import SqliteDatabase
from tests.tallies import MIDNIGHT, fact
from upkeep.rewrite import merged, without

TODAY = MIDNIGHT // DAY
ALL = Key("all", TODAY, "")


def deltas(*hours: int, person: int = 1, day: int = TODAY) -> dict[Key, Rollup]:
    """The rollups of an event in each of these hours."""
    return roll_up((fact(time=day * DAY + hour * HOUR, person=person), False) for hour in hours)


def rows_of(rewrite: Rewrite) -> dict[Key, dict[str, Any]]:
    """The rows that a rewrite writes."""
    columns = ("totals", "hours", "latest_errors")
    rows = [row for chunk in rewrite.chunks for row in json.loads(chunk)]
    return {Key(*row[:3]): dict(zip(columns, row[3:], strict=True)) for row in rows}


async def write(database: SqliteDatabase, rewrite: Rewrite) -> None:
    """Put a rewrite in place."""
    (rows,) = await database.batch(("rollups/state", ()))
    state = rollups.state_of(rows[0])
    assert await rollups.replace(database, state, rewrite, 0, state.rolled_id, 0, 0)


def invocations(values: dict[str, Any]) -> int:
    """How many events all values have."""
    return sum(sum(fields["s"].values()) for fields in values.values())


def test_what_is_not_stored_yet_is_written_as_it_is() -> None:
    rewrite = asyncio.run(merged(SqliteDatabase(), deltas(3, 3, 5), TODAY))
    assert rewrite.hours == {3, 5}
    rows = rows_of(rewrite)
    assert rows.keys() == deltas(3).keys()
    assert invocations(totals(rows[ALL])) == 3
    assert {hour: invocations(values) for hour, values in hourly_tallies(rows[ALL]).items()} == {3: 2, 5: 1}


def test_nothing_is_written_of_nothing() -> None:
    assert asyncio.run(merged(SqliteDatabase(), {}, TODAY)) == Rewrite([], frozenset())


def test_of_today_only_the_hours_that_change_are_written() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        await write(database, await merged(database, deltas(3, 5), TODAY))
        rewrite = await merged(database, deltas(5, 7, person=2), TODAY)
        assert rewrite.hours == {5, 7}
        row = rows_of(rewrite)[ALL]
        assert invocations(totals(row)) == 4
        assert {hour: invocations(values) for hour, values in hourly_tallies(row).items()} == {5: 2, 7: 1}
        await write(database, rewrite)
        assert await stored_hours(database) == {3: 1, 5: 2, 7: 1}

    asyncio.run(play())


def test_of_a_day_gone_by_all_hours_are_written() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        await write(database, await merged(database, deltas(3, 5), TODAY))
        rewrite = await merged(database, deltas(5, 7, person=2), TODAY + 1)
        assert {hour: invocations(values) for hour, values in hourly_tallies(rows_of(rewrite)[ALL]).items()} == {
            3: 1,
            5: 2,
            7: 1,
        }
        await write(database, rewrite)
        assert await stored_hours(database) == {3: 1, 5: 2, 7: 1}

    asyncio.run(play())


@pytest.mark.parametrize("today", [TODAY, TODAY + 1])
def test_what_is_taken_out_is_gone(today: int) -> None:
    async def play() -> None:
        database = SqliteDatabase()
        await write(database, await merged(database, deltas(3, 5), TODAY))
        await write(database, await merged(database, deltas(5, 7, person=2), TODAY))
        rewrite = await without(database, deltas(5, 7, person=2), today, 2)
        assert rewrite.hours == {5, 7}
        await write(database, rewrite)
        assert await stored_hours(database) == {3: 1, 5: 1, 7: 0}
        (row,) = (await rollups.find(database, [ALL], TODAY, frozenset())).values()
        assert (invocations(totals(row)), totals(row)[""]["p"]) == (2, "2")

    asyncio.run(play())


def test_rows_travel_in_chunks_that_fit_a_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rows_of(asyncio.run(merged(SqliteDatabase(), deltas(1), TODAY)))
    monkeypatch.setattr(limits, "ROLLUP_CHUNK_CHARACTERS", 300)
    rewrite = asyncio.run(merged(SqliteDatabase(), deltas(1), TODAY))
    assert len(rewrite.chunks) > 1
    assert all(len(chunk) < 300 + 50 for chunk in rewrite.chunks)
    assert rows_of(rewrite) == whole
    monkeypatch.setattr(limits, "ROLLUP_CHUNK_CHARACTERS", 1)
    alone = asyncio.run(merged(SqliteDatabase(), deltas(1), TODAY))
    assert len(alone.chunks) == len(whole), "a row that is too wide travels alone"


async def stored_hours(database: SqliteDatabase) -> dict[int, int]:
    """How many events each stored hour of everything has."""
    found = await rollups.find(database, [ALL], TODAY + 1, frozenset())
    return {hour: invocations(values) for hour, values in sorted(hourly_tallies(found[ALL]).items())}
