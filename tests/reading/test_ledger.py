"""Tallies for a question, of rollups, of what waits and of events themselves."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from counting.dimensions import BREAKDOWNS, FILTERS, TOOL, Filters
from counting.tally import Tally
from reading.ledger import Ledger
from reading.memory import Memory
from reading.window import Window, current
from storage import events
from terms import limits
from terms.dates import DAY, HOUR
from tests.database import NOW, CountingDatabase, new_event
from tests.reports.recount import COLUMNS
from upkeep import step

MIDNIGHT = NOW // DAY * DAY
WEEK = current(NOW, 7)
# Two days ago and yesterday are rolled up; what is late, and what is of today, waits.
ROLLED = [(1, MIDNIGHT - 2 * DAY + HOUR, "a", "error"), (2, MIDNIGHT - DAY + HOUR, "a", "success")]
ROLLED += [(3, MIDNIGHT - DAY + 5 * HOUR, "b", "timeout")]
WAITING = [(4, MIDNIGHT - DAY + HOUR, "b", "error"), (5, MIDNIGHT + HOUR, "a", "success"), (6, NOW, "a", "error")]


@pytest.fixture(scope="module")
def database() -> CountingDatabase:
    async def play() -> CountingDatabase:
        database = CountingDatabase()
        await events.add(database, [event(*it) for it in ROLLED])
        await step.roll_up_pending(database, MIDNIGHT + 400)
        await events.add(database, [event(*it) for it in WAITING])
        (waiting,) = await database.batch(("events/tail", ()))
        assert len(waiting) == 3
        return database

    return asyncio.run(play())


def event(number: int, time: int, tool: str, status: str) -> Any:
    """An event of a person of its own, with a value of its tool's in every dimension."""
    made = new_event(number, time)
    failed = status in ("error", "timeout")
    made.fields.update({COLUMNS[name]: f"{name}-{tool}" for name in BREAKDOWNS})
    made.fields.update(tool_name=tool, status=status, error_type="E" if failed and tool == "a" else None)
    return made


def ledger(database: CountingDatabase, memory: Memory | None = None, fresh: bool = True, **filters: str) -> Ledger:
    """A ledger under filters."""
    return Ledger(database, memory or Memory(), Filters(filters), NOW, fresh)


def counts(tallies: dict[Any, Tally]) -> dict[Any, int]:
    """How many events each has."""
    return {name: tally.invocations for name, tally in tallies.items()}


def timeline(asked: Ledger, start: int, edges: list[int] | None) -> list[tuple[int, int, int]]:
    """Slices as (start from midnight on, width, events)."""
    slices = asyncio.run(asked.timeline(start, edges))
    return [(it.start - MIDNIGHT, it.width, it.tally.invocations) for it in slices]


def test_time_in_hours(database: CountingDatabase) -> None:
    assert timeline(ledger(database), MIDNIGHT - 3 * DAY, None) == [
        (-2 * DAY + HOUR, HOUR, 1),
        (-DAY + HOUR, HOUR, 2),
        (-DAY + 5 * HOUR, HOUR, 1),
        (HOUR, HOUR, 1),
        (14 * HOUR, HOUR, 1),
    ]


def test_time_parts_at_its_edges_alone(database: CountingDatabase) -> None:
    start = MIDNIGHT - 2 * DAY + HOUR
    assert timeline(ledger(database), start, [start]) == [
        (-2 * DAY + HOUR, HOUR, 1),
        (-DAY, DAY, 3),
        (0, DAY, 2),
    ]
    assert timeline(ledger(database), start + HOUR, [MIDNIGHT - DAY + 2 * HOUR]) == [
        (-DAY + HOUR, HOUR, 2),
        (-DAY + 5 * HOUR, HOUR, 1),
        (0, DAY, 2),
    ]


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("edges", [None, [MIDNIGHT - 3 * DAY]], ids=["hours", "days"])
def test_a_filter_narrows_time(database: CountingDatabase, name: str, edges: list[int] | None) -> None:
    value = "b" if name == TOOL else f"{name}-b"
    expected = [(-DAY + HOUR, HOUR, 1), (-DAY + 5 * HOUR, HOUR, 1)] if edges is None else [(-DAY, DAY, 2)]
    assert timeline(ledger(database, **{name: value}), MIDNIGHT - 3 * DAY, edges) == expected
    assert timeline(ledger(database, **{name: "nobody"}), MIDNIGHT - 3 * DAY, edges) == []


@pytest.mark.parametrize("edges", [None, [MIDNIGHT - 3 * DAY]], ids=["hours", "days"])
def test_two_filters_are_answered_from_events(database: CountingDatabase, edges: list[int] | None) -> None:
    both = {"agent": "agent-b", "tool": "b"}
    one = timeline(ledger(database, tool="b"), MIDNIGHT - 3 * DAY, edges)
    database.ran.clear()
    assert timeline(ledger(database, **both), MIDNIGHT - 3 * DAY, edges) == one
    assert database.ran == {"events/counts": 1}


@pytest.mark.parametrize("dimension", [TOOL, *BREAKDOWNS])
def test_groups(database: CountingDatabase, dimension: str) -> None:
    prefix = "" if dimension == TOOL else f"{dimension}-"
    groups = asyncio.run(ledger(database).groups(dimension, WEEK))
    assert counts(groups) == {f"{prefix}a": 4, f"{prefix}b": 2}
    if dimension in FILTERS:
        narrowed = asyncio.run(ledger(database, **{dimension: f"{prefix}b"}).groups(dimension, WEEK))
        assert counts(narrowed) == {f"{prefix}b": 2}
    from_its_first_hour = Window(MIDNIGHT - 2 * DAY + HOUR)
    assert counts(asyncio.run(ledger(database).groups(dimension, from_its_first_hour))) == counts(groups)
    since = Window(MIDNIGHT - DAY + 2 * HOUR)
    assert counts(asyncio.run(ledger(database).groups(dimension, since))) == {f"{prefix}a": 2, f"{prefix}b": 1}


def test_groups_of_another_dimension(database: CountingDatabase) -> None:
    assert counts(asyncio.run(ledger(database, agent="agent-b").groups("os", WEEK))) == {"os-b": 2}


@pytest.mark.parametrize("filters", [{}, {"tool": "a"}, {"tool": "b"}, {"agent": "agent-a"}, {"agent": "agent-b"}])
def test_errors(database: CountingDatabase, filters: dict[str, str]) -> None:
    groups, latest = asyncio.run(ledger(database, **filters).errors(WEEK, 10))
    of = "".join(filters.values())[-1:]
    expected = {("a", "E"): 2, ("b", None): 2}
    assert counts(groups) == {name: number for name, number in expected.items() if of in ("", name[0])}
    names = [row["tool_name"] for row in latest]
    assert names == [name for name in "abba" if of in ("", name)], "newest first"
    assert all("id" not in row for row in latest)


def test_the_latest_errors_are_as_many_as_asked_for_and_inside(database: CountingDatabase) -> None:
    _, latest = asyncio.run(ledger(database).errors(WEEK, 2))
    assert [row["timestamp"][8:13] for row in latest] == ["21 14", "20 05"]
    _, latest = asyncio.run(ledger(database).errors(Window(MIDNIGHT - DAY + 2 * HOUR), 10))
    assert [row["timestamp"][8:13] for row in latest] == ["21 14", "20 05"]


def test_an_error_that_is_gone_is_not_listed() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(1, NOW - DAY, "a", "error"), event(2, NOW - DAY, "b", "error")])
        await step.roll_up_pending(database, NOW)
        database.connection.execute("DELETE FROM skill_usage_events WHERE tool_name = 'a'")
        groups, latest = await ledger(database).errors(WEEK, 10)
        assert len(groups) == 2, "it is counted"
        assert [row["tool_name"] for row in latest] == ["b"]

    asyncio.run(play())


def test_without_errors_none_is_looked_up() -> None:
    database = CountingDatabase()
    assert asyncio.run(ledger(database).errors(WEEK, 10)) == ({}, [])
    assert "events/by_key" not in database.ran


def test_it_says_what_waited_and_how_old_it_is(database: CountingDatabase) -> None:
    memory = Memory()
    first = ledger(database, memory)
    asyncio.run(first.groups(TOOL, WEEK))
    assert (first.waiting, first.as_of) == (3, NOW)
    later = Ledger(database, memory, Filters(), NOW + limits.CACHE_SECONDS - 1, fresh=False)
    asyncio.run(later.groups("os", WEEK))
    assert (later.waiting, later.as_of) == (3, NOW)
    unasked = ledger(database, agent="a", tool="b")
    asyncio.run(unasked.groups(TOOL, WEEK))
    assert (unasked.waiting, unasked.as_of) == (0, NOW)


def test_what_is_remembered_is_not_changed(database: CountingDatabase) -> None:
    """Sums are kept between requests: an answer that merged into them would count twice."""
    memory = Memory()
    first = counts(asyncio.run(ledger(database, memory).groups(TOOL, WEEK)))
    for _ in range(3):
        assert counts(asyncio.run(ledger(database, memory).groups(TOOL, WEEK))) == first
        groups, _ = asyncio.run(ledger(database, memory).errors(WEEK, 5))
        assert sum(counts(groups).values()) == 4


def test_test_traffic_is_counted_if_it_is_asked_for() -> None:
    async def play() -> None:
        database = CountingDatabase()
        test = event(1, NOW - DAY, "a", "success")
        test.fields["test"] = True
        await events.add(database, [test, event(2, NOW - DAY, "a", "success")])
        for include, number in ((False, 1), (True, 2)):
            for rolled in (False, True):
                if rolled:
                    await step.roll_up_pending(database, NOW)
                asked = Ledger(database, Memory(), Filters({}, include), NOW, fresh=True)
                assert counts(await asked.groups(TOOL, WEEK)) == {"a": number}

    asyncio.run(play())


def test_days_that_are_over_are_added_up() -> None:
    """A tool of several days between the first and today."""

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(day, NOW - day * DAY, "a", "error") for day in range(1, 7)])
        await step.roll_up_pending(database, NOW)
        groups, latest = await ledger(database).errors(WEEK, 3)
        assert (counts(groups), len(latest)) == ({("a", "E"): 6}, 3)
        assert counts(await ledger(database).groups(TOOL, WEEK)) == {"a": 6}

    asyncio.run(play())
