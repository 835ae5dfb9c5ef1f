"""What an hour has taken in, and what was ever seen."""

from __future__ import annotations

import asyncio

from storage import budget, events
from storage.budget import Note, Taken, Unknown
from tests.database import MIGRATIONS, NOW, SqliteDatabase, new_event

HOUR = NOW // 3600


def test_it_adds_up_by_the_hour_and_by_the_day() -> None:
    database = SqliteDatabase()
    midnight = HOUR // 24 * 24
    assert asyncio.run(budget.take(database, Note(midnight, 5))) == Taken(5, 0, 0, 5)
    assert asyncio.run(budget.take(database, Note(midnight, 2, [("skill", "x")], 3))) == Taken(7, 1, 3, 7)
    assert asyncio.run(budget.take(database, Note(midnight + 23, 1))) == Taken(1, 0, 0, 8)
    assert asyncio.run(budget.take(database, Note(midnight + 24, 1))) == Taken(1, 0, 0, 1)


def test_what_is_known_is_told_apart() -> None:
    database = SqliteDatabase()
    asyncio.run(budget.take(database, Note(HOUR, 0, [("skill", "x")], 1)))
    asyncio.run(events.add(database, [new_event(1, NOW)]))
    (known,) = [row[0] for row in database.connection.execute("SELECT user_id_hash FROM people")]
    asked = [("skill", "x"), ("other", "x"), ("skill", "y")]
    found = asyncio.run(budget.unknown(database, HOUR, asked, [known, "somebody"]))
    assert found == Unknown([("other", "x"), ("skill", "y")], ["somebody"], 1, 1)
    later = asyncio.run(budget.unknown(database, HOUR + 1, asked, []))
    assert (later.tools_taken, later.people_taken) == (0, 0)


def test_tools_of_a_database_from_before_are_known() -> None:
    database = SqliteDatabase([path for path in MIGRATIONS if not path.stem.endswith("_limits")])
    asyncio.run(events.add(database, [new_event(1, NOW)]))
    (migration,) = [path for path in MIGRATIONS if path.stem.endswith("_limits")]
    database.connection.executescript(migration.read_text())
    asked = tuple(database.connection.execute("SELECT tool_category, tool_name FROM skill_usage_events").fetchone())
    assert asyncio.run(budget.unknown(database, HOUR, [asked], [])).tools == []
