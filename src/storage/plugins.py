"""Who had which plugins loaded, by day: added to, read, erased."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from counting.people import People
from storage.database import Database, Pending, Row, Statement, run
from terms import limits
from terms.dates import DAY, DAY_HOURS

Plugin = tuple[str, str | None]  # its name and its version, None where it has none

_BETWEEN = "|"  # no name has it


class Loaded(NamedTuple):
    """The plugins that somebody had loaded at a time (epoch seconds). mark: what they would be erased by."""

    time: int
    plugins: tuple[Plugin, ...]
    user_id_hash: str
    mark: str


def adding(loaded: Sequence[Loaded], renamed: Sequence[tuple[str, str]]) -> Pending:
    """What adds people to their days, each once. renamed: their hashes now and before."""
    rows = json.dumps([_to_json(one) for one in loaded])
    rename: list[Statement] = [("people/rename", (json.dumps(renamed),))] if renamed else []
    earliest = min(one.time for one in loaded) // DAY * DAY_HOURS
    added: Statement = ("plugins/add", (rows, limits.PLUGIN_ROW_CHARACTERS))

    async def settled(results: list[list[Row]]) -> int:  # noqa: ARG001 - they tell nothing
        return len(loaded)

    return Pending([*rename, ("people/add", (rows,)), ("sessions/looked_at", (earliest,)), added], settled)


def loaded(first_day: int, stop_day: int) -> Statement:
    """Asks who had each plugin loaded on any of some days (since 1970), as loaded_of reads it."""
    return "plugins/loaded", (first_day, stop_day)


def loaded_of(rows: list[Row]) -> dict[Plugin, People]:
    """Who had each plugin loaded."""
    return {_plugin(row["plugin"]): People(numbers=set(json.loads(row["people"]))) for row in rows}


async def erase(database: Database, person: int) -> None:
    """Take a person, by number, out of every day."""
    await run(database, "plugins/erase", person)


async def people(database: Database, first: int, before: int) -> tuple[list[int], list[int]]:
    """Who had a plugin loaded since an hour: those who had before another, and those who had from it on.

    first, before: the first hours of days.
    """
    rows = await run(database, "plugins/people", first // DAY_HOURS, before // DAY_HOURS)
    return json.loads(rows[0]["gone"]), json.loads(rows[0]["there"])


def _to_json(one: Loaded) -> dict[str, object]:
    return {
        "day": one.time // DAY,
        "time": one.time,
        "plugins": [f"{name}{_BETWEEN}{version or ''}" for name, version in one.plugins],
        "user_id_hash": one.user_id_hash,
        "mark": one.mark,
    }


def _plugin(key: str) -> Plugin:
    name, _, version = key.partition(_BETWEEN)
    return name, version or None
