"""Who had which plugins loaded: each once a day, until they are erased."""

from __future__ import annotations

import asyncio
import json

import pytest

from storage import plugins
from storage.database import settle
from storage.plugins import Loaded, Plugin
from terms import limits
from terms.dates import DAY
from tests.database import NOW, CountingDatabase

TODAY = NOW // DAY


def add(database: CountingDatabase, person: int, *there: Plugin, time: int = NOW) -> None:
    """Somebody had plugins loaded."""
    asyncio.run(settle(database, plugins.adding([Loaded(time, there, f"{person:032x}", f"mark {person}")], ())))


def loaded(database: CountingDatabase, first: int = 0, stop: int = TODAY + 1) -> dict[Plugin, int]:
    """By how many people."""
    (rows,) = asyncio.run(database.batch(plugins.loaded(first, stop)))
    found = plugins.loaded_of(rows)
    return {plugin: len(people) for plugin, people in found.items()}


def changes(database: CountingDatabase) -> int:
    return database.connection.total_changes


def test_somebody_counts_once_for_each_version() -> None:
    database = CountingDatabase()
    add(database, 1, ("demo", "1.0"), ("other", None))
    add(database, 1, ("demo", "1.0"), time=NOW - DAY)
    add(database, 1, ("demo", "1.1"))
    add(database, 2, ("demo", "1.0"))
    assert loaded(database) == {("demo", "1.0"): 2, ("demo", "1.1"): 1, ("other", None): 1}
    assert loaded(database, stop=TODAY) == {("demo", "1.0"): 1}
    assert loaded(database, first=TODAY + 1) == {}


def test_whoever_is_there_already_costs_no_row() -> None:
    """A session after the first of a day, with the same plugins."""
    database = CountingDatabase()
    every = [("demo", f"1.{number}") for number in range(30)]
    add(database, 1, *every)
    before = changes(database)
    add(database, 1, *every[:20])
    assert changes(database) == before
    add(database, 2, *every)
    assert changes(database) == before + 3, "a person, that their number is taken, and the row of their day"


def test_a_row_holds_so_many_people() -> None:
    database = CountingDatabase()
    for person in range(600):
        add(database, person, ("demo", "1.0"))
    rows = database.connection.execute("SELECT block FROM plugin_days ORDER BY block").fetchall()
    assert [row["block"] for row in rows] == [0, 1, 2]
    assert loaded(database) == {("demo", "1.0"): 600}


def test_a_row_does_not_outgrow_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PLUGIN_ROW_CHARACTERS", 1000)
    database = CountingDatabase()
    for number in range(500):
        add(database, 1, (f"demo {number}", None))
    (row,) = database.connection.execute("SELECT length(plugins) AS size FROM plugin_days").fetchall()
    assert 1000 <= row["size"] < 1100


def test_somebody_is_taken_out_of_every_day_and_nobody_else_is() -> None:
    database = CountingDatabase()
    for person in range(1, 30):
        for back in range(3):
            add(database, person, ("demo", "1.0"), time=NOW - back * DAY)
    asyncio.run(plugins.erase(database, 2))
    rows = database.connection.execute("SELECT plugins FROM plugin_days").fetchall()
    assert [sorted(map(int, json.loads(row["plugins"])["demo|1.0"])) for row in rows] == [[1, *range(3, 30)]] * 3


def test_people_are_told_apart_by_when_they_were_there() -> None:
    database = CountingDatabase()
    add(database, 1, ("demo", "1.0"), time=NOW - 9 * DAY)
    add(database, 2, ("demo", "1.0"), time=NOW - 9 * DAY)
    add(database, 2, ("demo", "1.0"))
    gone, there = asyncio.run(plugins.people(database, 0, TODAY * 24))
    assert (sorted(gone), there) == ([1, 2], [2])
    assert asyncio.run(plugins.people(database, (TODAY + 1) * 24, (TODAY + 2) * 24)) == ([], [])
