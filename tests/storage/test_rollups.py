"""The rollups: asked for, and replaced all or nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from counting.rollup import Key
from storage import events, rollups
from storage.rollups import Rewrite
from terms import limits
from terms.dates import DAY
from terms.keys import event_key, first_key
from tests.database import NOW, SqliteDatabase, new_event

TODAY = NOW // DAY
OPEN = first_key(NOW)


def rewrite(*rows: list[Any], hours: frozenset[int] = frozenset()) -> Rewrite:
    """A rewrite of rows in one chunk."""
    return Rewrite([json.dumps([list(row) for row in rows])], hours)


def row(
    dimension: str, day: int, tool: str = "", hours: str = "{}", totals: str = "{}", errors: str = "[]"
) -> list[Any]:
    """A rollup's row."""
    return [dimension, day, tool, totals, hours, errors]


async def put(database: SqliteDatabase, put_in: Rewrite) -> bool:
    """Put rows in place."""
    state, _ = await rollups.claim_pending(database, 0, 1)
    return await rollups.replace(database, state, put_in, 0, state.rolled_id, NOW, NOW)


def test_at_first_nothing_is_rolled_up() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        assert await rollups.due(database) == (0, -1)
        state, pending = await rollups.claim_pending(database, OPEN, 10)
        assert (state, pending) == (rollups.State(0, -1, 0, 0, 0), [])
        assert await rollups.read_with_waiting(database, ()) == ([], 0, [])
        assert await rollups.read(database, ()) == ([], 0)

    asyncio.run(play())


def test_pending_are_those_below_the_mark_in_order_and_the_late_ones() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        times = (NOW - 600, NOW - 1200, NOW, NOW - 900)
        await events.add(database, [new_event(number, time) for number, time in enumerate(times)])
        _, pending = await rollups.claim_pending(database, OPEN, 2)
        assert [(event.fact.time, event.late) for event in pending] == [(NOW - 1200, 0), (NOW - 900, 0)]
        state, pending = await rollups.claim_pending(database, OPEN, 10)
        assert [event.fact.time for event in pending] == [NOW - 1200, NOW - 900, NOW - 600]
        assert await rollups.replace(database, state, Rewrite([], frozenset()), 0, OPEN - 1, NOW, NOW)
        late = new_event(7, NOW - 5000)
        late.fields["test"] = True
        await events.add(database, [late, new_event(8, NOW - 4000)])
        state, pending = await rollups.claim_pending(database, OPEN, 10)
        assert [(event.fact.time, event.late, event.test) for event in pending] == [
            (NOW - 5000, 1, True),
            (NOW - 4000, 2, False),
        ]
        assert (state.rolled_id, state.last_late, state.revision) == (OPEN - 1, 2, 1)

    asyncio.run(play())


def test_what_arrives_below_a_claim_waits_as_late() -> None:
    """A rollup that has read up to its mark does not know of it."""

    async def play() -> None:
        database = SqliteDatabase()
        state, _ = await rollups.claim_pending(database, OPEN, 10)
        await events.add(database, [new_event(1, NOW - 600), new_event(2, NOW)])
        assert await rollups.replace(database, state, Rewrite([], frozenset()), 0, OPEN - 1, NOW, NOW)
        _, _, waiting = await rollups.read_with_waiting(database, ())
        assert sorted(fact.time for fact in waiting) == [NOW - 600, NOW]

    asyncio.run(play())


def test_test_traffic_waits_unseen_unless_it_is_asked_for() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        event = new_event(1, NOW)
        event.fields["test"] = True
        await events.add(database, [event, new_event(2, NOW)])
        for include, number in ((False, 1), (True, 2)):
            _, _, waiting = await rollups.read_with_waiting(database, (), include)
            assert len(waiting) == number

    asyncio.run(play())


def test_whoever_comes_second_has_changed_nothing() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        state, _ = await rollups.claim_pending(database, OPEN, 10)
        first, second = (rewrite(row("all", TODAY, totals=f'{{"{name}":{{}}}}')) for name in "ab")
        assert await rollups.replace(database, state, first, 0, OPEN - 1, NOW, NOW + 60)
        assert not await rollups.replace(database, state, second, 0, OPEN + 5, NOW, NOW + 90)
        found = await rollups.find(database, [Key("all", TODAY, "")], TODAY, frozenset())
        assert found[Key("all", TODAY, "")]["totals"] == '{"a":{}}'
        assert await rollups.due(database) == (NOW + 60, OPEN - 1)

    asyncio.run(play())


def test_the_mark_never_goes_back() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        for rolled_id in (OPEN, OPEN - 1):
            state, _ = await rollups.claim_pending(database, OPEN, 10)
            assert await rollups.replace(database, state, Rewrite([], frozenset()), 0, rolled_id, NOW, NOW)
        assert (await rollups.due(database))[1] == OPEN

    asyncio.run(play())


def test_late_events_that_were_taken_in_wait_no_more() -> None:
    """Those on their own by their number, and those that the rollup met on its way to its new mark."""

    async def play() -> None:
        database = SqliteDatabase()
        middle = first_key(NOW - 3000)
        state, _ = await rollups.claim_pending(database, OPEN, 10)
        assert await rollups.replace(database, state, Rewrite([], frozenset()), 0, middle - 1, NOW, NOW)
        await events.add(database, [new_event(1, NOW - 5000), new_event(2, NOW - 600), new_event(3, NOW - 6000)])
        state, pending = await rollups.claim_pending(database, OPEN, 10)
        assert [(event.fact.time, event.late) for event in pending] == [
            (NOW - 600, 0),
            (NOW - 5000, 1),
            (NOW - 6000, 3),
        ]
        assert await rollups.replace(database, state, Rewrite([], frozenset()), 1, OPEN - 1, NOW, NOW)
        _, _, waiting = await rollups.read_with_waiting(database, ())
        assert [fact.time for fact in waiting] == [NOW - 6000]

    asyncio.run(play())


def test_when_to_look_is_put_off_and_brought_forward() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        await rollups.postpone(database, NOW + 600)
        for due_at, expected in ((NOW + 900, NOW + 600), (NOW + 60, NOW + 60)):
            await events.add(database, [new_event(due_at, NOW)], due_at)
            assert (await rollups.due(database))[0] == expected

    asyncio.run(play())


def test_a_series_is_of_one_dimension_from_a_day_on() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        rows = [row("tool", TODAY - day, tool, '{"1":{}}') for day in range(3) for tool in ("a", "b")]
        assert await put(database, rewrite(*rows, row("all", TODAY)))

        async def asked(dimension: str, tool: str, first: int, hourly: str) -> list[tuple[int, str, bool]]:
            (found,), _ = await rollups.read(database, (rollups.series(dimension, tool, first, hourly),))
            return sorted((it["day"] - TODAY, it["tool_name"], it["hours"] is not None) for it in found)

        assert await asked("all", "", TODAY - 5, ",") == [(0, "", False)]
        assert await asked("tool", "b", TODAY - 1, "all") == [(-1, "b", True), (0, "b", True)]
        hourly = f",{TODAY - 1},"
        assert await asked("tool", "", TODAY - 1, hourly) == [
            *((-1, "a", True), (-1, "b", True)),
            *((0, "a", False), (0, "b", False)),
        ]
        assert await asked("tool", "c", 0, "all") == []

    asyncio.run(play())


def test_the_newest_errors_come_the_latest_day_first() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        rows = [row("tool", TODAY - day, tool, errors=f'["{tool}{day}"]') for day in (2, 0, 1) for tool in ("a", "b")]
        await put(database, rewrite(*rows, row("all", TODAY, errors='["all"]')))

        async def asked(dimension: str, tool: str, first: int) -> list[str]:
            (found,), _ = await rollups.read(database, (rollups.latest_errors(dimension, tool, first),))
            return [json.loads(it["latest_errors"])[0] for it in found]

        assert await asked("tool", "a", TODAY - 1) == ["a0", "a1"]
        assert await asked("all", "", TODAY - 5) == ["all"]
        assert [name[1] for name in await asked("tool", "", TODAY - 5)] == ["0", "0", "1", "1", "2", "2"]

    asyncio.run(play())


def test_a_rollup_is_found_with_the_hours_that_are_needed() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        hours = '{"1":{"a":{}},"2":{},"23":{}}'
        keys = [Key("all", TODAY, ""), Key("all", TODAY - 1, ""), Key("all", TODAY - 2, "")]
        packed = '"packed"'
        await put(
            database, rewrite(row(*keys[0], hours=hours), row(*keys[1], hours=hours), row(*keys[2], hours=packed))
        )
        found = await rollups.find(database, [*keys, Key("all", TODAY, "x")], TODAY, frozenset({1, 5}))
        assert found.keys() == set(keys)
        assert json.loads(found[keys[0]]["hours"]) == {"1": {"a": {}}}, "today's others stay where they are"
        assert [found[key]["hours"] for key in keys[1:]] == [hours, packed]
        (packed_today,) = (await rollups.find(database, [keys[2]], TODAY - 2, frozenset({1}))).values()
        assert packed_today["hours"] == packed

    asyncio.run(play())


def test_hours_that_do_not_change_stay() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        key = Key("all", TODAY, "")

        async def hours() -> str:
            found = await rollups.find(database, [key], TODAY + 1, frozenset())
            return str(found[key]["hours"])

        await put(database, rewrite(row(*key, hours='{"1":{"a":1},"2":{"a":1}}')))
        await put(database, rewrite(row(*key, hours='{"2":{"b":2}}'), hours=frozenset({2})))
        assert json.loads(await hours()) == {"1": {"a": 1}, "2": {"b": 2}}, "what has changed is replaced, not merged"
        await put(database, rewrite(row(*key, hours='"packed"')))
        assert await hours() == '"packed"'
        wide = json.dumps({"3": "x" * limits.ROLLUP_CHARACTERS})
        await put(database, rewrite(row(*key, totals='{"t":1}', hours=wide), hours=frozenset({3})))
        assert await hours() == "null"
        await put(database, rewrite(row(*key, totals='{"t":2}', hours='{"4":{}}'), hours=frozenset({4})))
        assert await hours() == "null", "for good"
        found = await rollups.find(database, [key], TODAY, frozenset())
        assert found[key]["totals"] == '{"t":2}'

    asyncio.run(play())


def test_keys_travel_as_they_are() -> None:
    """They are beyond 2^53: as numbers they would be rounded on their way through JavaScript."""
    _, parameters = rollups.commit(event_key(NOW, 2**40 - 1), NOW, NOW, 3)
    assert parameters[0] == str(event_key(NOW, 2**40 - 1))
