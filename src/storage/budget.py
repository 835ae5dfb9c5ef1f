"""What an open collector takes in by the hour, and what it has ever seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from storage.database import Database, Statement, run

KnownTool = tuple[str, str]  # category and name


class Note(NamedTuple):
    """What an hour (since 1970) takes in: events, tools that were never seen, and a number of people."""

    hour: int
    events: int
    new_tools: Sequence[KnownTool] = ()
    new_people: int = 0


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


async def take(database: Database, note: Note) -> Taken:
    """Note what an hour takes in, new tools and people among it."""
    learn: list[Statement] = [("budget/learn", (json.dumps(note.new_tools),))] if note.new_tools else []
    return Taken(**(await database.batch(*learn, take_in(note)))[-1][0])


def take_in(note: Note) -> Statement:
    """What notes what an hour takes in, and returns a Taken."""
    return "budget/take", (note.hour, note.events, len(note.new_tools), note.new_people)
