"""Tallies for a question, of rollups, of what waits and of events themselves."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import pytest

from counting.dimensions import BREAKDOWNS, FILTERS, TOOL, Filters, error_group_of, tool_key
from counting.tally import Tally
from reading.failures import Failures
from reading.ledger import Ledger
from reading.memory import Memory
from reading.window import Window, current
from storage import events
from storage.database import Row, Statement
from terms import limits
from terms.dates import DAY, EVER, HOUR
from terms.keys import event_key
from tests.database import NOW, CountingDatabase, new_event
from tests.reports.recount import COLUMNS
from tests.upkeep import running
from tests.upkeep.running import rows, settle
from upkeep import fold, step

MIDNIGHT = NOW // DAY * DAY
WEEK = current(NOW, 7)
# Two days ago and yesterday are rolled up; what is late, and what is of today, waits.
ROLLED = [(1, MIDNIGHT - 2 * DAY + HOUR, "a", "error"), (2, MIDNIGHT - DAY + HOUR, "a", "success")]
ROLLED += [(3, MIDNIGHT - DAY + 5 * HOUR, "b", "timeout")]
WAITING = [(4, MIDNIGHT - DAY + HOUR, "b", "error"), (5, MIDNIGHT + HOUR, "a", "success"), (6, NOW, "a", "error")]
TRIGGERS = {"a": "user", "b": "model"}


class AskedDatabase(CountingDatabase):
    """The database, and the statements that it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Statement] = []

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run the statements in one transaction."""
        self.asked += statements
        return await super().batch(*statements)


@pytest.fixture(scope="module", params=["hours", "sums"])
def database(request: pytest.FixtureRequest) -> AskedDatabase:
    """With the days that are over as hours, or as sums beside them: every answer is the same."""

    async def play() -> AskedDatabase:
        database = AskedDatabase()
        await events.add(database, [event(*it) for it in ROLLED])
        await step.roll_up_pending(database, MIDNIGHT + 400)
        if request.param == "sums":
            while await fold.fold(database):
                pass
        await events.add(database, [event(*it) for it in WAITING])
        assert rows(database, "SELECT count(*) FROM sums WHERE hours = 24") == [2 if request.param == "sums" else 0]
        return database

    return asyncio.run(play())


def test_what_was_read_for_an_answer_goes_with_its_ledger() -> None:
    """At once, not when Python looks for cycles the next time."""

    async def play() -> None:
        ledger = Ledger(CountingDatabase(), Memory(), Filters({TOOL: "a", "agent": "b"}), NOW, fresh=True)
        await ledger.groups(TOOL, WEEK)
        kept = weakref.ref(ledger)
        gc.disable()
        try:
            del ledger
            assert kept() is None
        finally:
            gc.enable()

    asyncio.run(play())


def value(name: str, tool: str) -> str:
    """What a tool's events have in a dimension."""
    return TRIGGERS.get(tool, "unknown") if name == "trigger" else tool if name == TOOL else f"{name}-{tool}"


def event(number: int, time: int, tool: str, status: str) -> Any:
    """An event of a person of its own, with a value of its tool's in every dimension."""
    made = new_event(number, time)
    failed = status in ("error", "timeout")
    made.fields.update({COLUMNS[name]: value(name, tool) for name in BREAKDOWNS})
    made.fields.update(tool_name=tool, status=status, error_type="E" if failed and tool == "a" else None)
    return made


def ledger(database: CountingDatabase, memory: Memory | None = None, fresh: bool = True, **filters: str) -> Ledger:
    """A ledger under filters."""
    return Ledger(database, memory or Memory(), Filters(filters), NOW, fresh)


def counts(tallies: dict[Any, Tally]) -> dict[Any, int]:
    """How many events each has."""
    return {name: tally.invocations for name, tally in tallies.items()}


def failures(groups: dict[str, Failures]) -> dict[tuple[str, str | None], int]:
    """How many errors each tool and type has."""
    named = {error_group_of(key): sum(it.by_slice.values()) for key, it in groups.items()}
    return {(group.tool, group.error_type): number for group, number in named.items()}


def groups(database: CountingDatabase, dimension: str, window: Window = WEEK, **filters: str) -> dict[str, int]:
    """How many events each value of a dimension has."""
    return counts(asyncio.run(ledger(database, **filters).groups(dimension, window))[0])


def timeline(asked: Ledger, start: int, edges: list[int] | None) -> list[tuple[int, int, int]]:
    """Slices as (start from midnight on, width, events)."""
    slices = asyncio.run(asked.timeline(Window(start), edges))
    return [(it.start - MIDNIGHT, it.width, it.tally.invocations) for it in slices]


@pytest.mark.parametrize("filters", [{}, {"include": "test"}], ids=["rollups", "events"])
def test_time_in_hours(database: CountingDatabase, filters: dict[str, str]) -> None:
    asked = Ledger(database, Memory(), Filters({}, include_test=bool(filters)), NOW, fresh=True)
    assert timeline(asked, MIDNIGHT - 3 * DAY, None) == [
        (-2 * DAY + HOUR, HOUR, 1),
        (-DAY + HOUR, HOUR, 2),
        (-DAY + 5 * HOUR, HOUR, 1),
        (HOUR, HOUR, 1),
        (14 * HOUR, HOUR, 1),
    ]


@pytest.mark.parametrize("include_test", [False, True], ids=["rollups", "events"])
def test_time_parts_at_its_edges_alone(database: CountingDatabase, include_test: bool) -> None:
    start = MIDNIGHT - 2 * DAY + HOUR
    asked = Ledger(database, Memory(), Filters({}, include_test), NOW, fresh=True)
    assert timeline(asked, start, [start]) == [
        (-2 * DAY + HOUR, HOUR, 1),
        (-DAY, DAY, 3),
        (0, DAY, 2),
    ]
    assert timeline(asked, start + HOUR, [MIDNIGHT - DAY + 2 * HOUR]) == [
        (-DAY + HOUR, HOUR, 2),
        (-DAY + 5 * HOUR, HOUR, 1),
        (0, DAY, 2),
    ]
    assert timeline(asked, MIDNIGHT + 2 * HOUR, [MIDNIGHT + 2 * HOUR]) == [(14 * HOUR, HOUR, 1)]


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("edges", [None, [MIDNIGHT - 3 * DAY]], ids=["hours", "days"])
def test_a_filter_narrows_time(database: CountingDatabase, name: str, edges: list[int] | None) -> None:
    expected = [(-DAY + HOUR, HOUR, 1), (-DAY + 5 * HOUR, HOUR, 1)] if edges is None else [(-DAY, DAY, 2)]
    assert timeline(ledger(database, **{name: value(name, "b")}), MIDNIGHT - 3 * DAY, edges) == expected
    assert timeline(ledger(database, **{name: "nobody"}), MIDNIGHT - 3 * DAY, edges) == []


@pytest.mark.parametrize("edges", [None, [MIDNIGHT - 3 * DAY]], ids=["hours", "days"])
def test_two_filters_are_answered_from_events(database: CountingDatabase, edges: list[int] | None) -> None:
    both = {"agent": "agent-b", "trigger": "model"}
    one = timeline(ledger(database, agent="agent-b"), MIDNIGHT - 3 * DAY, edges)
    database.ran.clear()
    assert timeline(ledger(database, **both), MIDNIGHT - 3 * DAY, edges) == one
    assert database.ran == {"events/tail": 1, "rollups/revision": 1, "events/counts": 1}


@pytest.mark.parametrize("edges", [None, [MIDNIGHT - 3 * DAY]], ids=["hours", "days"])
def test_a_tool_by_name_and_category_is_answered_from_rollups(
    database: CountingDatabase, edges: list[int] | None
) -> None:
    one = timeline(ledger(database, tool="b"), MIDNIGHT - 3 * DAY, edges)
    database.ran.clear()
    both = ledger(database, tool="b", category="category-b")
    assert timeline(both, MIDNIGHT - 3 * DAY, edges) == one
    assert timeline(ledger(database, tool="b", category="category-a"), MIDNIGHT - 3 * DAY, edges) == []
    assert "events/counts" not in database.ran


@pytest.mark.parametrize("dimension", [TOOL, *BREAKDOWNS])
def test_groups(database: CountingDatabase, dimension: str) -> None:
    a, b = (tool_key(f"category-{it}", it) if dimension == TOOL else value(dimension, it) for it in "ab")
    assert groups(database, dimension) == {a: 4, b: 2}
    if dimension in FILTERS:
        assert groups(database, dimension, **{dimension: value(dimension, "b")}) == {b: 2}
    assert groups(database, dimension, Window(MIDNIGHT - 2 * DAY + HOUR)) == {a: 4, b: 2}
    assert groups(database, dimension, Window(MIDNIGHT - DAY + 2 * HOUR)) == {a: 2, b: 1}
    assert groups(database, dimension, Window(MIDNIGHT + 2 * HOUR)) == {a: 1}


def test_groups_of_another_dimension(database: CountingDatabase) -> None:
    assert groups(database, "os", agent="agent-b") == {"os-b": 2}


def test_categories_of_a_tool_are_answered_from_rollups(database: CountingDatabase) -> None:
    database.ran.clear()
    assert groups(database, "category", tool="b") == {"category-b": 2}
    assert groups(database, "category", tool="b", category="category-b") == {"category-b": 2}
    assert groups(database, TOOL, category="category-a") == {tool_key("category-a", "a"): 4}
    assert "events/counts" not in database.ran


@pytest.mark.parametrize(
    "filters",
    [{}, {"tool": "a"}, {"tool": "b"}, {"category": "category-b"}, {"agent": "agent-a"}, {"agent": "agent-b"}],
)
@pytest.mark.parametrize("edges", [None, [WEEK.start]], ids=["hours", "days"])
def test_errors(database: CountingDatabase, filters: dict[str, str], edges: list[int] | None) -> None:
    found, latest = asyncio.run(ledger(database, **filters).errors(WEEK, edges, 10))
    of = "".join(filters.values())[-1:]
    expected = {("a", "E"): 2, ("b", None): 2}
    assert failures(found) == {name: number for name, number in expected.items() if of in ("", name[0])}
    names = [row["tool_name"] for row in latest]
    assert names == [name for name in "abba" if of in ("", name)], "newest first"
    assert all("id" not in row for row in latest)
    slices = {"a": {-2 * DAY + HOUR: 1, 14 * HOUR: 1}, "b": {-DAY + HOUR: 1, -DAY + 5 * HOUR: 1}}
    if edges is not None:
        slices = {"a": {-2 * DAY: 1, 0: 1}, "b": {-DAY: 2}}
    for key, it in found.items():
        assert {start - MIDNIGHT: number for start, number in it.by_slice.items()} == slices[error_group_of(key).tool]


def test_errors_of_a_name_in_two_categories_are_told_apart() -> None:
    async def play() -> None:
        database = CountingDatabase()
        new = [event(number, NOW - DAY, "a", "error") for number in range(3)]
        new[0].fields["tool_category"] = "other"
        await events.add(database, new)
        for rolled in (False, True):
            if rolled:
                await settle(database, NOW)
            found, _ = await ledger(database).errors(WEEK, None, 10)
            named = {(error_group_of(key).category, sum(it.by_slice.values())) for key, it in found.items()}
            assert named == {("other", 1), ("category-a", 2)}
            found, latest = await ledger(database, category="other").errors(WEEK, None, 10)
            assert [(error_group_of(key).category, len(latest)) for key in found] == [("other", 1)]

    asyncio.run(play())


def test_the_latest_errors_are_as_many_as_asked_for_and_inside(database: CountingDatabase) -> None:
    for limit, expected in ((1, ["21 14"]), (2, ["21 14", "20 05"]), (3, ["21 14", "20 05", "20 01"])):
        _, latest = asyncio.run(ledger(database).errors(WEEK, None, limit))
        assert [row["timestamp"][8:13] for row in latest] == expected
    _, latest = asyncio.run(ledger(database).errors(Window(MIDNIGHT - DAY + 2 * HOUR), None, 10))
    assert [row["timestamp"][8:13] for row in latest] == ["21 14", "20 05"]


def test_of_a_rare_tool_the_latest_errors_are_found_behind_many_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the rollups keep: then they are read from the events."""
    monkeypatch.setattr(limits, "LATEST_ERRORS", 5)

    async def play() -> None:
        database = CountingDatabase()
        new = [event(number, NOW - DAY + number * 60, "b" if number < 2 else "a", "error") for number in range(30)]
        await events.add(database, new)
        await settle(database, NOW)
        _, latest = await ledger(database, tool="b").errors(WEEK, None, 5)
        assert [row["tool_name"] for row in latest] == ["b", "b"]
        _, latest = await ledger(database).errors(WEEK, None, 5)
        assert [row["tool_name"] for row in latest] == ["a"] * 5

    asyncio.run(play())


def test_an_error_that_is_gone_is_counted_and_not_listed() -> None:
    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(1, NOW - DAY, "a", "error"), event(2, NOW - DAY, "b", "error")])
        await step.roll_up_pending(database, NOW)
        database.connection.execute("DELETE FROM skill_usage_events WHERE id = ?", (event_key(NOW - DAY, 1),))
        found, latest = await ledger(database).errors(WEEK, None, 10)
        assert failures(found) == {("a", "E"): 1, ("b", None): 1}
        assert [row["tool_name"] for row in latest] == ["b"]

    asyncio.run(play())


def test_without_errors_none_is_looked_up() -> None:
    database = CountingDatabase()
    asyncio.run(events.add(database, [event(1, NOW - HOUR, "a", "success")]))
    assert asyncio.run(ledger(database).errors(WEEK, None, 10)) == ({}, [])
    assert "events/by_key" not in database.ran


def test_it_says_what_waited_and_how_old_it_is(database: CountingDatabase) -> None:
    memory = Memory()
    first = ledger(database, memory)
    asyncio.run(first.groups(TOOL, WEEK))
    assert (first.waiting, first.as_of, first.found) == (3, NOW, True)
    later = Ledger(database, memory, Filters(), NOW + limits.CACHE_SECONDS - 1, fresh=False)
    asyncio.run(later.groups("os", WEEK))
    assert (later.waiting, later.as_of) == (3, NOW)
    unasked = ledger(database, agent="a", trigger="user")
    asyncio.run(unasked.groups(TOOL, WEEK))
    assert (unasked.waiting, unasked.as_of, unasked.found) == (0, NOW, False)


def test_it_says_that_nothing_was_found() -> None:
    database = CountingDatabase()
    for name in ("timeline", "groups", "errors"):
        asked = ledger(database)
        given = {"timeline": (WEEK, None), "groups": (TOOL, WEEK), "errors": (WEEK, None, 9)}[name]
        asyncio.run(getattr(asked, name)(*given))
        assert not asked.found, name


def test_what_is_remembered_is_not_changed(database: CountingDatabase) -> None:
    """Sums are kept between requests: an answer that merged into them would count twice."""
    memory = Memory()
    first = counts(asyncio.run(ledger(database, memory).groups(TOOL, WEEK))[0])
    hours = timeline(ledger(database, memory), WEEK.start, None)
    for _ in range(3):
        assert counts(asyncio.run(ledger(database, memory).groups(TOOL, WEEK))[0]) == first
        assert timeline(ledger(database, memory), WEEK.start, None) == hours
        found, _ = asyncio.run(ledger(database, memory).errors(WEEK, None, 5))
        assert sum(failures(found).values()) == 4
        assert sum(counts(asyncio.run(ledger(database, memory, tool="a").groups(TOOL, WEEK))[0]).values()) == 4


def test_test_traffic_is_counted_if_it_is_asked_for() -> None:
    async def play() -> None:
        database = CountingDatabase()
        test = event(1, NOW - DAY, "a", "success")
        test.fields["test"] = True
        await events.add(database, [test, event(2, NOW - DAY, "a", "success")])
        for rolled in (False, True):
            if rolled:
                await settle(database, NOW)
            for include, number in ((False, 1), (True, 2)):
                asked = Ledger(database, Memory(), Filters({}, include), NOW, fresh=True)
                assert counts((await asked.groups(TOOL, WEEK))[0]) == {tool_key("category-a", "a"): number}

    asyncio.run(play())


@pytest.mark.parametrize("now", [NOW - DAY, NOW, NOW + DAY, NOW + 9 * DAY])
@pytest.mark.parametrize("hour", [-48, -47, -24, -23, -19, -18, -6, 0, 1, 2, 14])
def test_a_window_begins_anywhere_and_counts_each_event_once(database: CountingDatabase, now: int, hour: int) -> None:
    """Today as well, and days to come where a clock was fast."""
    start = MIDNIGHT + hour * HOUR
    expected = [it for it in (*ROLLED, *WAITING) if it[1] >= start]
    asked = Ledger(database, Memory(), Filters(), now, fresh=True)
    assert sum(counts(asyncio.run(asked.groups("source", Window(start)))[0]).values()) == len(expected)
    assert sum(number for *_, number in timeline(asked, start, [start])) == len(expected)
    found, latest = asyncio.run(asked.errors(Window(start), [start], 9))
    errors = sum(it[3] in ("error", "timeout") for it in expected)
    assert sum(failures(found).values()) == len(latest) == errors


def test_only_the_days_that_part_are_asked_for_by_the_hour(database: AskedDatabase) -> None:
    day = (MIDNIGHT - DAY) // HOUR
    start = MIDNIGHT - DAY + HOUR
    for edges, by_hour in (([start], f"[{day}]"), ([MIDNIGHT - DAY], "[]"), (None, f"[{day}, {day + 24}, {day + 48}]")):
        database.asked.clear()
        asyncio.run(ledger(database).timeline(Window(MIDNIGHT - DAY if edges == [MIDNIGHT - DAY] else start), edges))
        ((_, by_day), (_, hourly)) = [it for it in database.asked if it[0] in ("rollups/days", "rollups/days_by_hour")]
        assert by_day == ('$."all"', day, EVER)
        assert hourly[1] == by_hour


def test_of_one_value_only_its_own_tallies_are_asked_for(database: AskedDatabase) -> None:
    """By name, of a tool, those of its name; by category and name its own."""
    for filters, statements in (
        ({}, {"rollups/days", "rollups/days_by_hour"}),
        ({"agent": "agent-a"}, {"rollups/days_of_value", "rollups/hours_of_value"}),
        ({"tool": "a", "category": "category-a"}, {"rollups/days_of_value", "rollups/hours_of_value"}),
        ({"tool": "a"}, {"rollups/days_of_name", "rollups/days_by_hour"}),
    ):
        database.asked.clear()
        asyncio.run(ledger(database, **filters).timeline(WEEK, None))
        assert {name for name, _ in database.asked} - {"events/tail", "rollups/revision"} == statements


@pytest.mark.parametrize("dimension", [TOOL, "version", "agent"])
def test_where_rare_values_are_counted_together_a_filter_reads_events(
    dimension: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never answers 0 for what has events; without a filter what is together is said to be."""
    monkeypatch.setattr(limits, "VALUES", 4)
    monkeypatch.setattr(limits, "FREQUENT_ONE_IN", 5)

    async def play() -> None:
        database = CountingDatabase()
        new = [
            running.event(number, NOW - DAY - number, **{COLUMNS[dimension]: f"v{number % 9}"}) for number in range(36)
        ]
        await events.add(database, new)
        await settle(database, NOW)
        found = counts((await ledger(database).groups(dimension, WEEK))[0])
        assert len(found) <= 4
        assert sum(found.values()) == 36
        assert any("(other)" in name for name in found)
        for number in range(9):
            asked = ledger(database, **{dimension: f"v{number}"})
            assert sum(counts((await asked.groups(dimension, WEEK))[0]).values()) == 4
            asked = ledger(database, **{dimension: f"v{number}"})
            assert sum(it.tally.invocations for it in await asked.timeline(WEEK, None)) == 4
            assert asked.found

    asyncio.run(play())


def test_days_that_are_over_are_added_up() -> None:
    """A tool of several days between the first and today."""

    async def play() -> None:
        database = CountingDatabase()
        await events.add(database, [event(day, NOW - day * DAY, "a", "error") for day in range(1, 7)])
        await settle(database, NOW)
        found, latest = await ledger(database).errors(WEEK, [WEEK.start], 3)
        assert (failures(found), len(latest)) == ({("a", "E"): 6}, 3)
        assert counts((await ledger(database).groups(TOOL, WEEK))[0]) == {tool_key("category-a", "a"): 6}

    asyncio.run(play())


@pytest.mark.parametrize("most", [100, 2, 1])
@pytest.mark.parametrize("tool", [None, "b"])
def test_what_is_new_is_known_from_few_tools_and_from_many(
    database: AskedDatabase, tool: str | None, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FIRSTS", most)
    tools = {tool_key(f"category-{name}", name) for name in tool or "abc"}
    known_at_once = set()
    for moment in range(MIDNIGHT - 3 * DAY, NOW + HOUR, HOUR):
        used = {name for _, time, name, _ in (*ROLLED, *WAITING) if time < moment and tool in (None, name)}
        asked = ledger(database, **({} if tool is None else {TOOL: tool}))
        asked.expect_tools(Window(moment, None))
        asyncio.run(asked.groups(TOOL, Window(moment, None)))
        database.asked.clear()
        new = asyncio.run(asked.new_among(tools, moment))
        assert new == tools - {tool_key(f"category-{name}", name) for name in used}, moment
        if not database.asked:
            known_at_once.add(moment)
    # Where days have sums, and not too many tools, nothing more is asked of what was before today.
    summed = bool(rows(database, "SELECT 1 FROM sums"))
    assert known_at_once == (set(range(MIDNIGHT - 3 * DAY, MIDNIGHT + 1, HOUR)) if summed and most > 1 else set())


@pytest.mark.parametrize("tool", [None, "b"])
def test_tools_and_what_they_used_up_are_one_round_trip(database: CountingDatabase, tool: str | None) -> None:
    class Trips:
        """How many statements each round trip had."""

        def __init__(self) -> None:
            self.made: list[int] = []

        async def batch(self, *statements: Statement) -> list[list[Row]]:
            self.made.append(len(statements))
            return await database.batch(*statements)

    trips = Trips()
    asked = Ledger(trips, Memory(), Filters({} if tool is None else {"tool": tool}), NOW, fresh=True)
    asked.expect_tools(WEEK)
    asyncio.run(asked.groups("tool", WEEK))
    assert asyncio.run(asked.usage(WEEK)) == {}, "there are no sessions"
    assert trips.made == [3 + 1 + 2], "sums and hours, first uses, the sessions', and what waits"
    assert asked.sources is not None
    assert [name for name, _ in asked.sources.beside] == ["sessions/parts"]
