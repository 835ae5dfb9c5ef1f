"""The events: stored once each, read, counted under filters, deleted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from counting.dimensions import BREAKDOWNS, FILTERS, TOOL, Filters
from storage import events
from storage.events import STORED_FIELDS, NewEvent
from terms.dates import DAY, HOUR
from terms.keys import event_key, first_key
from tests.database import NOW, SqliteDatabase, new_event
from tests.reports.recount import COLUMNS
from upkeep import step


def event(number: int, time: int = NOW, user: int = 1, **fields: Any) -> NewEvent:
    """An event with these fields."""
    plain = new_event(number, time)
    return NewEvent(time, number, plain.keyed, f"{user:032x}", plain.fields | fields)


def unkeyed(number: int, time: int) -> NewEvent:
    """An event without an id, whose hash is chance."""
    return NewEvent(time, number, False, f"{1:032x}", new_event(number, time).fields)


async def filled(*new: NewEvent) -> SqliteDatabase:
    """A database with these events."""
    database = SqliteDatabase()
    assert await events.add(database, new) == len(new)
    return database


def test_every_field_is_stored() -> None:
    fields = {name: f"of {name}" for name in STORED_FIELDS} | {"test": True, "duration_ms": 5}
    fields |= {"request_size_bytes": 6, "response_size_bytes": 2**53 - 1}

    async def play() -> None:
        database = await filled(event(2**40 - 1, NOW, **fields))
        (row,) = database.connection.execute("SELECT * FROM skill_usage_events").fetchall()
        assert {name: row[name] for name in STORED_FIELDS} == fields
        assert (row["id"], row["second"]) == (event_key(NOW, 2**40 - 1), NOW % 300)
        assert (row["user_id_hash"], row["timestamp"]) == (f"{1:032x}", "2026-09-21 14:13:20")

    asyncio.run(play())


@pytest.mark.parametrize(("seconds", "new"), [(0, 0), (300, 0), (3600, 0), (-3600, 0), (3900, 1), (-3900, 1)])
def test_an_id_is_stored_once_an_hour_to_either_side(seconds: int, new: int) -> None:
    async def play() -> None:
        database = await filled(event(1))
        assert await events.add(database, [event(1, NOW + seconds, user=2)]) == new
        assert await events.add(database, [event(2, NOW + seconds)]) == 1, "another id is another event"

    asyncio.run(play())


def test_chance_is_no_id() -> None:
    """It is refused by the key alone, in the same slot."""

    async def play() -> None:
        database = await filled(unkeyed(1, NOW))
        assert await events.add(database, [unkeyed(1, NOW + 300), unkeyed(1, NOW + 600)]) == 2
        assert await events.add(database, [unkeyed(1, NOW)]) == 0
        assert await events.add(database, []) == 0

    asyncio.run(play())


def test_errors_are_listed_by_key() -> None:
    async def play() -> None:
        database = await filled(event(1, error_type="E", error_message="m", duration_ms=3), event(2))
        keys = [event_key(NOW, number) for number in (1, 2, 3)]
        listed = await events.by_key(database, keys)
        assert listed.keys() == set(keys[:2])
        assert listed[keys[0]] == {
            "timestamp": "2026-09-21 14:13:20",
            "tool_name": "a",
            "error_type": "E",
            "error_message": "m",
            "duration_ms": 3,
        }
        assert await events.by_key(database, []) == {}

    asyncio.run(play())


@pytest.mark.parametrize("dimension", [TOOL, *BREAKDOWNS])
def test_events_are_counted_by_any_dimension(dimension: str) -> None:
    async def play() -> None:
        column = COLUMNS[dimension]
        new = [event(number, **{column: value}) for number, value in enumerate("xxy")]
        database = await filled(*new)
        rows = await events.counts(database, dimension, NOW, ",", Filters())
        assert {row["slice"]: row["events"] for row in rows} == {"x": 2, "y": 1}

    asyncio.run(play())


def test_counts_are_of_events_that_are_alike() -> None:
    async def play() -> None:
        alike = {"status": "error", "trigger": "model", "tool_category": "mcp"}
        database = await filled(
            event(1, NOW, 1, **alike, duration_ms=100),
            event(2, NOW + 60, 2, **alike, duration_ms=101),
            event(3, NOW + 30, 2, **alike, duration_ms=101),
            event(4, NOW, 1, **alike, duration_ms=200),
            event(5, NOW, 1, **alike),
            event(6, NOW, 1, **alike, duration_ms=0),
        )
        rows = await events.counts(database, "tool", NOW, ",", Filters())
        first = next(row for row in rows if row["events"] == 3)
        assert (first["slice"], first["status"], first["trigger"], first["tool_category"]) == (
            "a",
            "error",
            "model",
            "mcp",
        )
        assert (first["duration_ms"], first["first"], first["last"], first["bucket"]) == (302, NOW, NOW + 60, "34")
        assert first["people"] in ("[1,2]", "[2,1]")
        assert sorted((row["events"], row["bucket"] or "") for row in rows) == [(1, ""), (1, "0"), (1, "39"), (3, "34")]

    asyncio.run(play())


def test_counts_along_time_are_by_the_hour_on_the_days_named() -> None:
    midnight = NOW // DAY * DAY

    async def play() -> None:
        times = (midnight - HOUR, midnight - 1, midnight, midnight + HOUR + 5)
        database = await filled(*(event(number, time) for number, time in enumerate(times)))

        async def slices(hourly: str) -> dict[int, int]:
            rows = await events.counts(database, "time", midnight - DAY, hourly, Filters())
            return {row["slice"] - midnight: row["events"] for row in rows}

        assert await slices("all") == {-HOUR: 2, 0: 1, HOUR: 1}
        assert await slices(",") == {-DAY: 2, 0: 2}
        assert await slices(f",{midnight // DAY},") == {-DAY: 2, 0: 1, HOUR: 1}

    asyncio.run(play())


def test_errors_are_counted_by_tool_and_type() -> None:
    async def play() -> None:
        database = await filled(
            event(1, status="error", error_type="E"),
            event(2, status="timeout"),
            event(3, status="success", error_type="E"),
            event(4, status="denied"),
        )
        rows = await events.counts(database, "error", NOW, ",", Filters())
        assert sorted(row["slice"] for row in rows) == ['["a","E"]', '["a",null]']

    asyncio.run(play())


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_narrows_every_question(name: str) -> None:
    column = COLUMNS[name]

    async def play() -> None:
        new = [event(number, status="error", **{column: value}) for number, value in enumerate("xxy")]
        hidden = event(9, status="error", test=True, **{column: "x"})
        database = await filled(*new, hidden)
        for filters, number in ((Filters({name: "x"}), 2), (Filters({name: "z"}), 0), (Filters({name: "x"}, True), 3)):
            counted = await events.counts(database, "tool", NOW, ",", filters)
            assert sum(row["events"] for row in counted) == number
            assert len(await events.latest_errors(database, NOW, filters, 10)) == number
            rows, _ = await events.page(database, 0, filters, 10)
            assert [row[column] for row in rows] == ["x"] * number

    asyncio.run(play())


def test_the_latest_errors_come_newest_first() -> None:
    async def play() -> None:
        times = (NOW, NOW - 600, NOW + 60, NOW - 4000)
        failed = [event(number, time, status="error") for number, time in enumerate(times)]
        database = await filled(*failed, event(9, status="success"))

        async def latest(start: int, limit: int) -> list[str]:
            return [row["timestamp"][11:] for row in await events.latest_errors(database, start, Filters(), limit)]

        assert await latest(NOW - 3600, 10) == ["14:14:20", "14:13:20", "14:03:20"]
        assert await latest(NOW - 3600, 2) == ["14:14:20", "14:13:20"]

    asyncio.run(play())


def test_pages_are_of_keys_whether_they_fit_or_not() -> None:
    async def play() -> None:
        new = [event(number, NOW + number * 300, tool_name="ab"[number % 2]) for number in range(5)]
        database = await filled(*new)
        found, after, pages = [], first_key(NOW) - 1, 0
        while after is not None:
            rows, after = await events.page(database, after, Filters({"tool": "a"}), 2)
            found += [int(row["id"]) for row in rows]
            pages += 1
        assert found == [event_key(NOW + number * 300, number) for number in (0, 2, 4)]
        assert pages == 3
        assert await events.page(database, event_key(NOW + 1200, 4), Filters(), 2) == ([], None)
        rows, after = await events.page(database, 0, Filters({"tool": "c"}), 2)
        assert (rows, after) == ([], event_key(NOW + 300, 1))

    asyncio.run(play())


def test_the_oldest_and_whether_something_is_late() -> None:
    async def play() -> None:
        assert await events.oldest(SqliteDatabase()) == (None, False)
        database = await filled(event(1, NOW - DAY), event(2))
        assert await events.oldest(database) == (event_key(NOW - DAY, 1), False)
        await step.roll_up_pending(database, NOW)
        await events.add(database, [event(3, NOW - 2 * DAY)])
        assert await events.oldest(database) == (event_key(NOW - 2 * DAY, 3), True)

    asyncio.run(play())


def test_what_expires_is_old_rolled_up_and_bounded() -> None:
    async def play() -> None:
        database = await filled(*(event(number, NOW - 3 * DAY + number * 300) for number in range(5)))
        assert await events.expire(database, NOW, 10) == 0, "the rollups do not hold it yet"
        await step.roll_up_pending(database, NOW)
        before = (NOW - 3 * DAY + 4 * 300) // 300 * 300
        assert await events.expire(database, before, 3) == 3
        assert await events.expire(database, before, 3) == 1
        assert await events.expire(database, before, 3) == 0
        assert (await events.oldest(database))[0] == event_key(NOW - 3 * DAY + 4 * 300, 4)

    asyncio.run(play())


def test_keys_are_text() -> None:
    assert events.keys_json([event_key(NOW, 1), 2]) == f'["{event_key(NOW, 1)}", "2"]'
