"""What is shipped is kept by source, and when tools were last used is known without their events."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from counting.catalogue import Item, Source
from counting.dimensions import tool_key
from storage import catalogue, events
from storage.database import run
from terms.dates import DAY, HOUR
from tests.database import MIGRATIONS, NOW, SqliteDatabase
from tests.upkeep.running import event
from upkeep import erasure, renewal
from upkeep.work import work

MIDNIGHT = NOW // DAY * DAY
ITEMS = [Item("skill", "pdf", 60)]


def put(database: SqliteDatabase, name: str, items: list[Item], version: str | None = None, most: int = 2) -> bool:
    """Ship something."""
    return asyncio.run(catalogue.put(database, Source(name, version, NOW, items), most))


def test_a_source_replaces_itself_and_is_gone_without_items() -> None:
    database = SqliteDatabase()
    assert put(database, "b", [Item("skill", "old", 1)], "1.0")
    assert put(database, "b", ITEMS, "1.1")
    assert put(database, "a", ITEMS)

    def kept() -> list[Source]:
        (rows,) = asyncio.run(database.batch(catalogue.sources()))
        return catalogue.sources_of(rows)

    expected = [Source("a", None, NOW, ITEMS), Source("b", "1.1", NOW, ITEMS)]
    assert kept() == expected
    assert put(database, "a", [])
    assert kept() == expected[1:]
    assert asyncio.run(catalogue.names(database)) == {"pdf"}


def test_there_are_so_many_sources_and_no_more() -> None:
    database = SqliteDatabase()
    assert put(database, "a", ITEMS)
    assert put(database, "b", ITEMS)
    assert not put(database, "c", ITEMS)
    assert put(database, "b", ITEMS, "2.0"), "whoever is there may change"
    assert put(database, "c", []), "whoever is not there may go"
    (rows,) = asyncio.run(database.batch(catalogue.sources()))
    assert [source.name for source in catalogue.sources_of(rows)] == ["a", "b"]


def used(*days_and_names: tuple[int, str, int]) -> SqliteDatabase:
    """A database of uses, each so many days before today at noon, by a person; added up as far as days have ended."""
    database = SqliteDatabase()
    made = [
        event(number, MIDNIGHT - days * DAY + DAY // 2, person, tool_name=name, tool_category="skill")
        for number, (days, name, person) in enumerate(days_and_names)
    ]
    asyncio.run(events.add(database, made))
    settle(database)
    return database


def settle(database: SqliteDatabase, now: int = NOW + DAY) -> None:
    """The cron's work, until all days have their sums."""
    for _ in range(60):
        asyncio.run(work(database, now, 400))


def seen(database: SqliteDatabase) -> dict[str, Any]:
    """When tools were first and last used, in days before today."""
    rows = database.connection.execute("SELECT * FROM seen")
    days = {row["tool"]: [(MIDNIGHT - row[end] // DAY * DAY) // DAY for end in ("first", "last")] for row in rows}
    return {value.partition("|")[2]: ends for value, ends in days.items()}


def last_before(database: SqliteDatabase, days: int, *names: str) -> dict[str, int]:
    """When tools were last used before a midnight so many days ago, in days before today."""
    keys = [tool_key("skill", name) for name in names]
    statement, parameters = catalogue.last_before(keys, (MIDNIGHT - days * DAY) // HOUR)
    found = catalogue.last_of(asyncio.run(run(database, statement, *parameters)))
    return {key.partition("|")[2]: (MIDNIGHT - last // DAY * DAY) // DAY for key, last in found.items()}


def test_it_knows_when_tools_were_last_used() -> None:
    database = used((20, "a", 1), (9, "a", 1), (3, "a", 2), (5, "b", 1))
    assert seen(database) == {"a": [20, 3], "b": [5, 5]}
    assert last_before(database, 1, "a", "b", "c") == {"a": 3, "b": 5}
    assert last_before(database, 4, "a", "b") == {"a": 9, "b": 5}
    assert last_before(database, 9, "a", "b") == {"a": 20}


def test_it_knows_which_tools_were_used_before() -> None:
    database = used((20, "a", 1), (3, "a", 2), (5, "b", 1))
    keys = [tool_key("skill", name) for name in "abc"]
    for days, before in ((4, {"a", "b"}), (6, {"a"}), (20, set())):
        statement, parameters = catalogue.used_before(keys, (MIDNIGHT - days * DAY) // HOUR)
        rows = asyncio.run(run(database, statement, *parameters))
        assert {row["tool"].partition("|")[2] for row in rows} == before


def test_what_comes_late_is_known() -> None:
    database = used((5, "a", 1))
    late = [event(days, MIDNIGHT - days * DAY, 1, tool_name="a", tool_category="skill") for days in (30, 2)]
    asyncio.run(events.add(database, late))
    for days in (2, 4):  # a step takes in few days of what is late
        settle(database, NOW + days * DAY)
    assert seen(database) == {"a": [30, 5]}
    assert last_before(database, 1, "a") == {"a": 2}


def test_what_is_used_day_after_day_is_noted_every_fourth() -> None:
    database = used(*((days, "a", 1) for days in range(12, 0, -1)))
    assert seen(database) == {"a": [12, 4]}
    for days in range(12):
        assert last_before(database, days, "a") == {"a": days + 1}
    assert last_before(database, 12, "a") == {}


@pytest.mark.parametrize(
    ("person", "left"), [(1, {"a": [9, 5]}), (2, {"a": [20, 5]}), (3, {"a": [20, 9], "b": [7, 7]})]
)
def test_who_is_erased_leaves_no_moment(person: int, left: dict[str, Any]) -> None:
    database = used((20, "a", 1), (9, "a", 2), (5, "a", 3), (7, "b", person if person != 3 else 1))

    async def erase() -> None:
        whom = event(0, 0, person)
        await erasure.erase(database, [(whom.mark, whom.user_id_hash)], NOW)
        while await renewal.renew(database):
            pass

    asyncio.run(erase())
    assert seen(database) == left


def test_days_of_a_database_from_before_are_known() -> None:
    (migration,) = [path for path in MIGRATIONS if path.stem.endswith("_seen")]
    database = SqliteDatabase()
    asyncio.run(events.add(database, [event(1, MIDNIGHT - 9 * DAY, 1), event(2, MIDNIGHT - 3 * DAY, 1)]))
    settle(database)
    database.connection.executescript(migration.read_text())
    assert seen(database) == {"a": [9, 3]}
