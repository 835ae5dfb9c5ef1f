"""What an open collector takes in by the hour, and what it has ever seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from storage.database import Database, run

KnownTool = tuple[str, str]  # category and name


class Taken(NamedTuple):
    """What an hour has taken in, and its day so far."""

    events: int
    tools: int
    people: int
    day_events: int


class Unknown(NamedTuple):
    """What was never seen before, and how much of that the hour has had."""

    tools: list[KnownTool]
    people: list[str]
    tools_taken: int
    people_taken: int


async def unknown(database: Database, hour: int, tools: Sequence[KnownTool], people: Sequence[str]) -> Unknown:
    """Which of these tools and people (user_id_hash) were never seen. hour: since 1970."""
    (row,) = await run(database, "budget/unknown", hour, json.dumps(tools), json.dumps(people))
    found = [(category, name) for category, name in json.loads(row["tools"])]
    return Unknown(found, json.loads(row["people"]), row["tools_taken"], row["people_taken"])


async def take(database: Database, hour: int, events: int, tools: Sequence[KnownTool] = (), people: int = 0) -> Taken:
    """Note what an hour (since 1970) takes in, new tools and the number of new people among it."""
    take_in = ("budget/take", (hour, events, len(tools), people))
    if tools:
        _, rows = await database.batch(("budget/learn", (json.dumps(tools),)), take_in)
    else:
        (rows,) = await database.batch(take_in)
    return Taken(**rows[0])
