"""Tallies for a question: at the edges of windows and days, and for no more rows and hours than they need."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from counting.dimensions import TOOL, Filters
from reading import ledger
from reading.ledger import Ledger
from reading.memory import Memory
from reading.window import Window
from storage import events
from storage.database import Row, Statement
from terms import limits
from terms.dates import DAY, HOUR
from terms.keys import event_key
from tests.database import CountingDatabase
from tests.edges.given import START, answer, event
from upkeep import step

MIDNIGHT = START // DAY * DAY
NOW = MIDNIGHT + 20 * HOUR
FAILED = {"status": "error"}


class AskedDatabase(CountingDatabase):
    """The database, and what the series of rollups were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        self.asked += [parameters for name, parameters in statements if name == "rollups/series"]
        return await super().batch(*statements)


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> AskedDatabase:
    """Tools a and b, of yesterday and today at six, which are rolled up, and of today at eight, which waits."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 1)
    made = AskedDatabase()
    for number, time in enumerate((START - DAY, START)):
        two = [event(2 * number + of, time, tool_name=name, **FAILED) for of, name in enumerate("ab")]
        answer(events.add(made, two))
        assert answer(step.roll_up_pending(made, time + HOUR)) == 2
    waiting = [event(8 + of, START + 2 * HOUR, tool_name=name, **FAILED) for of, name in enumerate("ab")]
    assert answer(events.add(made, waiting)) == 2
    return made


def asking(database: CountingDatabase, now: int = NOW, **filters: str) -> Ledger:
    return Ledger(database, Memory(), Filters(filters), now, fresh=True)


def timeline(of: Ledger, start: int, edges: list[int] | None) -> list[tuple[int, int, int]]:
    """(hours from midnight, width in hours, events)."""
    slices = asyncio.run(of.timeline(start, edges))
    return [((it.start - MIDNIGHT) // HOUR, it.width // HOUR, it.tally.invocations) for it in slices]


@pytest.mark.parametrize("filters", [{}, {"category": "b", "agent": "c"}], ids=["rollups", "events"])
def test_slices_tile_the_time_from_a_start_on(database: AskedDatabase, filters: dict[str, str]) -> None:
    asked = asking(database, **filters)
    assert timeline(asked, START - DAY, None) == [(-18, 1, 2), (6, 1, 2), (8, 1, 2)]
    assert timeline(asked, START - DAY + HOUR, None) == [(6, 1, 2), (8, 1, 2)]
    assert timeline(asked, START - DAY, [START - DAY]) == [(-18, 1, 2), (0, 24, 4)]
    assert timeline(asked, START - 2 * DAY, [START]) == [(-24, 24, 2), (6, 1, 2), (8, 1, 2)]
    assert timeline(asked, START + HOUR, [START]) == [(8, 1, 2)]


def test_only_the_hours_of_days_that_part_are_asked_for(database: AskedDatabase) -> None:
    day = START // DAY
    asyncio.run(asking(database).timeline(START - DAY, [START - DAY]))
    asyncio.run(asking(database).timeline(START - DAY, None))
    asyncio.run(asking(database).groups("agent", Window(START - DAY)))
    assert [parameters[3] for parameters in database.asked] == [f",{day - 1},", "all", f",{day - 1},"]


def test_of_one_tool_only_its_own_rollups_are_asked_for(database: AskedDatabase) -> None:
    groups = asyncio.run(asking(database, tool="a").groups(TOOL, Window(START - DAY)))
    assert {name: tally.invocations for name, tally in groups.items()} == {"a": 3}
    asyncio.run(asking(database, tool="a").errors(Window(START - DAY), 9))
    asyncio.run(asking(database, tool="a").timeline(START - DAY, None))
    asyncio.run(asking(database, agent="c").groups("agent", Window(START - DAY)))
    asyncio.run(asking(database).groups(TOOL, Window(START - DAY)))
    assert [parameters[:2] for parameters in database.asked] == [(TOOL, "a")] * 3 + [("agent", ""), (TOOL, "")]


@pytest.mark.parametrize("now", [NOW - DAY, NOW, NOW + DAY, NOW + 9 * DAY])
@pytest.mark.parametrize(("start", "count"), [(START - DAY, 6), (START, 4), (START + HOUR, 2), (START + 2 * HOUR, 2)])
def test_a_window_begins_anywhere_and_counts_each_day_once(
    database: AskedDatabase, now: int, start: int, count: int
) -> None:
    """Today as well, and days to come where a clock was fast."""
    groups = asyncio.run(asking(database, now).groups("agent", Window(start)))
    assert {name: tally.invocations for name, tally in groups.items()} == {"c": count}
    errors, latest = asyncio.run(asking(database, now).errors(Window(start), 9))
    assert sum(tally.invocations for tally in errors.values()) == len(latest) == count


def test_where_there_are_no_errors_none_are_looked_up() -> None:
    database = AskedDatabase()
    answer(events.add(database, [event(1, START)]))
    assert asyncio.run(asking(database).errors(Window(START), 9)) == ({}, [])
    assert database.ran["events/by_key"] == 0


def test_an_error_whose_event_is_gone_is_counted_and_not_listed(database: AskedDatabase) -> None:
    database.connection.execute("DELETE FROM skill_usage_events WHERE id = ?", (event_key(START, 2),))
    groups, latest = asyncio.run(asking(database).errors(Window(START), 9))
    assert {name: tally.invocations for (name, _), tally in groups.items()} == {"a": 2, "b": 2}
    assert [row["tool_name"] for row in latest] == ["b", "a", "b"]


def test_errors_of_a_window_are_the_latest_of_it(database: AskedDatabase) -> None:
    for limit, expected in ((1, ["08"]), (3, ["08", "08", "06"]), (9, ["08", "08", "06", "06"])):
        _, latest = asyncio.run(asking(database).errors(Window(START), limit))
        assert [row["timestamp"][11:13] for row in latest] == expected


def test_days_behind_the_latest_errors_are_not_read() -> None:
    days = [{"latest_errors": json.dumps([[3, "3"], [2, "2"]])}, {"latest_errors": "[[1,"}]
    assert ledger._first(days, 2) == [(3, 3), (2, 2)]
    assert ledger._first(days[:1], 9) == [(3, 3), (2, 2)]
