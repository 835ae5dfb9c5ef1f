"""The catalogue: what each source ships, and when what it ships was last used."""

from __future__ import annotations

import json
from collections.abc import Sequence

from counting import catalogue
from counting.catalogue import Source
from storage.database import Database, Row, Statement, run
from terms import limits


async def put(database: Database, source: Source, most: int) -> bool:
    """Keep what a source ships in place of what it shipped; False, and nothing done, if so many others are kept."""
    if not source.items:
        await run(database, "catalogue/drop", source.name)
        return True
    items, version = catalogue.to_json(source.items), source.version or ""
    return bool(await run(database, "catalogue/put", source.name, version, source.pushed, items, most))


def sources() -> Statement:
    """Asks what is shipped, as sources_of reads it."""
    return "catalogue/sources", ()


def sources_of(rows: list[Row]) -> list[Source]:
    """What is shipped, by source."""
    return [Source(row["source"], row["version"], row["pushed"], catalogue.from_json(row["items"])) for row in rows]


async def names(database: Database) -> frozenset[str]:
    """The names that are shipped."""
    (rows,) = await database.batch(sources())
    return frozenset(item.name for source in sources_of(rows) for item in source.items)


def last_before(tools: Sequence[str], stop: int) -> Statement:
    """Asks when tools, by counting.dimensions.tool_key, were last used before an hour, as far as days have sums."""
    return "catalogue/last_before", (json.dumps(tools), stop)


def used_before(tools: Sequence[str], stop: int) -> Statement:
    """Asks which of some tools were used before an hour, likewise: rows with their `tool`."""
    return "catalogue/used_before", (json.dumps(tools), stop)


def firsts() -> Statement:
    """Asks when tools were first used, as firsts_of reads it; it is about the rollups."""
    return "catalogue/firsts", (limits.FIRSTS + 1,)


def firsts_of(rows: list[Row], stop: int) -> dict[str, int] | None:
    """When each tool was first used, by counting.dimensions.tool_key, in epoch seconds: each that was before an hour
    is there. None where there are too many tools, or days before the hour have no sum yet.
    """
    (row,) = rows
    found: dict[str, int] = json.loads(row["firsts"])
    return found if len(found) <= limits.FIRSTS and row["summed"] >= stop else None


def last_of(rows: list[Row]) -> dict[str, int]:
    """When they were, in epoch seconds, of the rows that say so."""
    return {row["tool"]: int(row["last"]) for row in rows if row["last"] is not None}
