"""Tools by what they are crossed with, or narrowed by it: from rollups and from what waits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from counting.crossing import CROSSED
from counting.dimensions import TOOL, Filters, tool_key
from reading.crossings import Question, add_up, by_span, grouped, question
from reading.ledger import Ledger
from reading.memory import Memory
from reading.slices import Span
from reading.window import Window
from storage import events
from terms.dates import DAY, HOUR
from tests.asking import OF_ROLLUPS
from tests.database import NOW, CountingDatabase
from tests.reports.recount import COLUMNS
from tests.tallies import fact, tally
from tests.upkeep import running
from tests.upkeep.running import settle
from upkeep import step

MIDNIGHT = NOW // DAY * DAY
A, B = tool_key("skill", "a"), tool_key("mcp", "a")
CODEX, CLAUDE = "codex|1.0|user|linux|api|go 1", "claude-code||model|linux|api|go 1"
WHOLE = tally(fact(), fact()).to_json()
ONE = tally(fact()).to_json()
SPAN, NEXT = Span(MIDNIGHT, DAY), Span(MIDNIGHT + DAY, DAY)
PIECES: list[Any] = [(SPAN, {A: (WHOLE, {CODEX: ONE, CLAUDE: ONE}), B: (ONE, CODEX)}), (NEXT, {A: (ONE, CLAUDE)})]


def asked(by: str | None, category: str | None = None, **values: str) -> Question:
    """A question about tools of the name a."""
    return Question("a", category, values, by)


# What is asked


@pytest.mark.parametrize("dimension", [None, TOOL, "category", *CROSSED])
def test_whatever_is_about_tools_of_a_name_is_such_a_question(dimension: str | None) -> None:
    filters = Filters({"tool": "a", "category": "skill", "agent": "codex"})
    assert question(filters, dimension) == Question("a", "skill", {"agent": "codex"}, dimension)
    assert question(Filters({"tool": "a"}), dimension) == Question("a", None, {}, dimension)
    assert question(Filters({"category": "skill", "agent": "codex"}), dimension) is None
    assert question(Filters({"tool": "a"}), "error") is None


# What is known


def test_parts_add_up_inside_a_window() -> None:
    parts = add_up(Window(MIDNIGHT), PIECES)
    assert parts is not None
    assert {name: it.invocations for name, it in parts.items()} == {(A, CODEX): 1, (A, CLAUDE): 2, (B, CODEX): 1}
    one_day = add_up(Window(MIDNIGHT + HOUR, MIDNIGHT + 2 * DAY), PIECES)
    assert one_day is not None
    assert {name: it.invocations for name, it in one_day.items()} == {(A, CLAUDE): 1}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (asked("agent"), {"codex": 2, "claude-code": 2}),
        (asked("version"), {"1.0": 2, "unknown": 2}),
        (asked(TOOL), {A: 3, B: 1}),
        (asked("category"), {"skill": 3, "mcp": 1}),
        (asked(None, trigger="model"), {"": 2}),
        (asked("os", agent="codex", trigger="user"), {"linux": 2}),
        (asked("os", agent="codex", trigger="model"), {}),
    ],
)
def test_parts_are_grouped(given: Question, expected: dict[str, int]) -> None:
    parts = add_up(Window(MIDNIGHT), PIECES)
    assert parts is not None
    groups = grouped(given, parts)
    assert groups is not None
    assert {value: it.invocations for value, it in groups.items()} == expected


def test_slices_have_what_is_asked_about() -> None:
    assert by_span(asked(None, version="1.0"), PIECES) == {SPAN: [ONE, ONE]}
    assert by_span(asked(None, trigger="nested"), PIECES) == {}


@pytest.mark.parametrize("lacking", [(A, (ONE, None)), ("(other)|(other)", (ONE, CODEX))])
def test_what_is_not_known_of_all_is_not_known(lacking: tuple[str, Any]) -> None:
    pieces = [*PIECES, (NEXT, dict([lacking]))]
    assert add_up(Window(MIDNIGHT), pieces) is by_span(asked(None), pieces) is None


def test_what_is_not_told_apart_any_more_is_not_known() -> None:
    pieces: list[Any] = [(SPAN, {A: (WHOLE, {"codex|1.0|user|*|api|*": ONE, "codex|2.0|user|*|api|*": ONE})})]
    parts = add_up(Window(MIDNIGHT), pieces)
    assert parts is not None
    assert grouped(asked("os"), parts) is grouped(asked("version", os="linux"), parts) is None
    assert set(grouped(asked("version"), parts) or ()) == {"1.0", "2.0"}
    assert by_span(asked(None, os="linux"), pieces) is None
    assert by_span(asked(None, agent="codex"), pieces) == {SPAN: [ONE, ONE]}


# What a ledger answers


VALUES = {"agent": "ab", "version": "123", "trigger": ("user", "model"), "os": "mno", "source": "st", "runtime": "xy"}


@pytest.fixture(scope="module", params=["hours", "days"])
def database(request: pytest.FixtureRequest) -> CountingDatabase:
    """Five days of tools, two of one name: with the days as hours, or in sums; some of it waits."""

    async def play() -> CountingDatabase:
        made = []
        for number in range(200):
            fields = {COLUMNS[name]: values[number // place % len(values)] for place, (name, values) in _numbered()}
            tool = {"tool_name": "aab"[number % 3], "tool_category": ("skill", "mcp")[number % 7 % 2]}
            time = MIDNIGHT - 5 * DAY + number * 5 * DAY // 200
            made.append(running.event(number, time, test=number % 11 == 0, **fields, **tool))
        database = CountingDatabase()
        await events.add(database, made[:190])
        if request.param == "days":
            await settle(database, NOW)
        else:
            while await step.roll_up_pending(database, MIDNIGHT + 400):
                pass
        await events.add(database, made[190:])
        return database

    return asyncio.run(play())


def _numbered() -> Any:
    return enumerate(VALUES.items(), 1)


def counted(database: CountingDatabase, by: str, start: int, **filters: str) -> dict[str, int]:
    """What the events say, by a dimension."""
    conditions = " AND ".join(f"{COLUMNS[name]} = :{name}" for name in filters)
    column = "tool_category || '|' || tool_name" if by == TOOL else COLUMNS[by]
    query = (
        f"SELECT {column}, count(*) FROM skill_usage_events WHERE test = 0 AND unixepoch(timestamp) >= :start"
        f" AND {conditions} GROUP BY 1"
    )
    return dict(tuple(row) for row in database.connection.execute(query, filters | {"start": start}))


@pytest.mark.parametrize("start", [MIDNIGHT - 9 * DAY, MIDNIGHT - 4 * DAY + 7 * HOUR, MIDNIGHT - DAY])
@pytest.mark.parametrize("narrowed", [{}, {"category": "skill"}])
@pytest.mark.parametrize("beside", [{}, {"agent": "b"}, {"version": "1", "trigger": "model"}, {"agent": "nobody"}])
@pytest.mark.parametrize("by", [TOOL, "category", *CROSSED])
def test_groups_are_those_of_the_events(
    database: CountingDatabase, start: int, narrowed: dict[str, str], beside: dict[str, str], by: str
) -> None:
    filters = {"tool": "a", **narrowed, **beside}
    database.ran.clear()
    ledger = Ledger(database, Memory(), Filters(filters), NOW, fresh=True)
    now, before = asyncio.run(ledger.groups(by, Window(start), Window(start - 30 * DAY, start)))
    assert database.ran.keys() <= OF_ROLLUPS
    assert {value: it.invocations for value, it in now.items()} == counted(database, by, start, **filters)
    both = asyncio.run(Ledger(database, Memory(), Filters(filters), NOW, True).groups(by, Window(start - 30 * DAY)))[0]
    assert sum(it.invocations for it in (*now.values(), *before.values())) == sum(
        it.invocations for it in both.values()
    )


@pytest.mark.parametrize("start", [MIDNIGHT - 9 * DAY, MIDNIGHT - 4 * DAY + 7 * HOUR])
@pytest.mark.parametrize("edges", [None, ()])
@pytest.mark.parametrize("filters", [{"agent": "b"}, {"category": "mcp", "version": "1", "trigger": "model"}])
def test_time_is_that_of_the_events(
    database: CountingDatabase, start: int, edges: Any, filters: dict[str, str]
) -> None:
    asked = {"tool": "a", **filters}
    database.ran.clear()
    ledger = Ledger(database, Memory(), Filters(asked), NOW, fresh=True)
    slices = asyncio.run(ledger.timeline(Window(start), edges))
    assert sum(it.tally.invocations for it in slices) == sum(counted(database, "os", start, **asked).values())
    there, history = asyncio.run(ledger.visits(Window(start), edges, MIDNIGHT // DAY - 20))
    assert [it.tally.invocations for it in there] == [it.tally.invocations for it in slices]
    assert sum(map(len, history.values())) == sum(counted(database, "os", 0, **asked).values())
    assert database.ran.keys() <= OF_ROLLUPS


def test_what_was_added_up_is_added_up_once(database: CountingDatabase) -> None:
    """For all parts of a tool's page; and what is remembered is not changed."""
    memory = Memory()
    database.ran.clear()
    found = []
    for _ in range(2):
        for by in CROSSED:
            ledger = Ledger(database, memory, Filters({"tool": "a", "category": "skill"}), NOW, fresh=True)
            (groups,) = asyncio.run(ledger.groups(by, Window(MIDNIGHT - 9 * DAY)))
            found.append({value: it.to_json() for value, it in groups.items()})
    assert found[: len(CROSSED)] == found[len(CROSSED) :]
    assert (database.ran["crossings/days"], database.ran["crossings/hours"]) == (1, 1)


@pytest.mark.parametrize("start", [MIDNIGHT - 9 * DAY, MIDNIGHT - 4 * DAY + 7 * HOUR])
@pytest.mark.parametrize("filters", [{}, {"category": "mcp", "trigger": "model"}])
def test_days_are_those_of_the_events(database: CountingDatabase, start: int, filters: dict[str, str]) -> None:
    asked = {"tool": "a", **filters}
    ledger = Ledger(database, Memory(), Filters(asked), NOW, fresh=True)
    found = asyncio.run(ledger.days("version", Window(start)))
    assert found is not None
    told = {(value, day): it.invocations for value, by_day in found.items() for day, it in by_day.items()}
    conditions = " AND ".join(f"{COLUMNS[name]} = :{name}" for name in asked)
    rows = database.connection.execute(
        "SELECT tool_version, unixepoch(timestamp) / 86400, count(*) FROM skill_usage_events"
        f" WHERE test = 0 AND unixepoch(timestamp) >= :start AND {conditions} GROUP BY 1, 2",
        asked | {"start": start},
    )
    assert told == {(value, day): number for value, day, number in map(tuple, rows)}


def test_days_are_told_of_tools_of_a_name_alone(database: CountingDatabase) -> None:
    for filters in ({}, {"category": "skill"}, {"version": "1"}):
        ledger = Ledger(database, Memory(), Filters(filters), NOW, fresh=True)
        assert asyncio.run(ledger.days("version", Window(MIDNIGHT - 9 * DAY))) is None
