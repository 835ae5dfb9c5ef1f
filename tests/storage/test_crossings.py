"""What statements about crossings find in the rows of the rollups."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from counting.dimensions import TOOL
from storage import crossings
from storage.database import run
from tests.database import SqliteDatabase

DAY = 24 * 20_000  # the first hour of a day; before the next the sums hold crossings
NEXT = DAY + 24
TOOLS = {"skill|a": [1], "mcp|a": [2], "skill|b": [3]}
CROSS = {"skill|a": "x|y", "mcp|a": {"x|y": [4], "x|z": [5]}}


@pytest.fixture
def database() -> SqliteDatabase:
    """Two days of sums, of which the first holds crossings; and their hours, in two rows of the first day."""
    made = SqliteDatabase()
    for day, tallies in ((DAY, {"tool": TOOLS, "cross": CROSS}), (NEXT, {"tool": TOOLS | {"(other)|(other)": [6]}})):
        made.connection.execute("INSERT INTO sums VALUES (24, ?, ?)", (day, json.dumps(tallies)))
    for start, hours in ((DAY + 1, (1, 3)), (DAY + 7, (7,)), (NEXT, (24,))):
        kept = {
            name: {str(DAY + hour): values for hour in hours} for name, values in (("tool", TOOLS), ("cross", CROSS))
        }
        made.connection.execute("INSERT INTO rollups VALUES (?, ?, ?)", (start, DAY + hours[-1], json.dumps(kept)))
    made.connection.execute("UPDATE rollup_state SET summed = ?, crossed = ?", (NEXT + 24, NEXT))
    return made


def found(database: SqliteDatabase, *question: Any) -> tuple[dict[int, Any], dict[int, Any]]:
    """Days and hours, from the first day on, that a question finds."""
    days, hours = crossings.crossed(*question)
    by_day = crossings.days_of(asyncio.run(run(database, days[0], *days[1])))
    by_hour = crossings.hours_of(asyncio.run(run(database, hours[0], *hours[1])))
    return {day - DAY: it for day, it in by_day.items()}, {hour - DAY: it for hour, it in by_hour.items()}


def test_a_tool_of_a_category(database: SqliteDatabase) -> None:
    mine = {"skill|a": [[1], "x|y"]}
    assert found(database, "a", "skill", (), DAY) == ({0: mine}, {24: mine})
    assert found(database, "a", "skill", (DAY,), DAY) == ({0: mine}, {1: mine, 3: mine, 7: mine, 24: mine})
    assert found(database, "a", "skill", (), DAY, NEXT) == ({0: mine}, {})
    assert found(database, "b", "skill", (), DAY) == ({0: {"skill|b": [[3], None]}}, {24: {"skill|b": [[3], None]}})
    assert found(database, "nothing", "skill", (DAY,), DAY) == ({0: {}}, {})


def test_tools_of_a_name(database: SqliteDatabase) -> None:
    both = {"skill|a": [[1], "x|y"], "mcp|a": [[2], CROSS["mcp|a"]]}
    assert found(database, "a", None, (DAY,), DAY) == ({0: both}, {1: both, 3: both, 7: both, 24: both})
    assert found(database, "a", None, (), NEXT) == ({}, {24: both})
    assert found(database, "nothing", None, (DAY,), DAY) == ({}, {})


def test_the_rarest_are_found_too(database: SqliteDatabase) -> None:
    database.connection.execute("UPDATE rollup_state SET crossed = ?", (NEXT + 24,))
    assert found(database, "nothing", "skill", (), DAY)[0] == {0: {}, 24: {"(other)|(other)": [[6], None]}}
    assert found(database, "nothing", None, (), DAY)[0] == {24: {"(other)|(other)": [[6], None]}}


def test_the_next_day(database: SqliteDatabase) -> None:
    for first, expected in ((0, (DAY, False)), (DAY + 1, (NEXT, True)), (NEXT + 1, None)):
        assert asyncio.run(crossings.next_day(database, first)) == expected


def test_the_hours_of_a_day(database: SqliteDatabase) -> None:
    assert asyncio.run(crossings.of_day(database, DAY)) == [(TOOLS, CROSS)] * 3
    assert asyncio.run(crossings.of_day(database, DAY, {DAY + 3, DAY + 7})) == [(TOOLS, CROSS)]
    database.connection.execute("UPDATE rollups SET hours = json_remove(hours, '$.cross')")
    assert asyncio.run(crossings.of_day(database, NEXT)) == [(TOOLS, {})]
    database.connection.execute("UPDATE rollups SET hours = json_remove(hours, '$.tool')")
    assert asyncio.run(crossings.of_day(database, NEXT)) == []


def test_a_day_without_its_rows(database: SqliteDatabase) -> None:
    assert TOOL == "tool", "as the statements say"
    assert asyncio.run(crossings.of_day(database, NEXT + 24)) == []
