"""The events: stored once each, read by key, counted under filters, deleted."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from counting.dimensions import Filters
from storage.database import Database, Row, Statement, run
from terms.keys import event_key, first_key, second_in_slot

# What is stored of an event beside its time and its keyed hashes, as it is exported.
STORED_FIELDS = (
    "tool_name",
    "tool_category",
    "status",
    "duration_ms",
    "error_type",
    "error_message",
    "request_size_bytes",
    "response_size_bytes",
    "metadata",
    "agent_id",
    "source",
    "trigger",
    "tool_version",
    "os",
    "runtime",
    "test",
)


class NewEvent(NamedTuple):
    """An event on its way into the database. time: epoch seconds. keyed: its hash is of an event_id, not chance."""

    time: int
    hash_bits: int
    keyed: bool
    user_id_hash: str
    fields: dict[str, Any]


async def add(database: Database, events: Sequence[NewEvent], due_at: int | None = None) -> int:
    """Store events that are not there yet, in one round trip, and return how many were new.

    due_at: when to look at what waits, in epoch seconds, if that is sooner than planned.
    """
    rows = json.dumps(
        [
            event.fields
            | {
                "id": event_key(event.time, event.hash_bits),
                "second": second_in_slot(event.time),
                "keyed": event.keyed,
                "user_id_hash": event.user_id_hash,
            }
            for event in events
        ]
    )
    hasten: list[Statement] = [] if due_at is None else [("rollups/hasten", (due_at,))]
    # People first: events/add joins them for their numbers.
    results = await database.batch(("people/add", (rows,)), ("events/add", (rows,)), *hasten)
    return len(results[1])


async def by_key(database: Database, keys: Iterable[int]) -> dict[int, Row]:
    """Errors as they are listed, by key; keys that are gone are left out."""
    rows = await run(database, "events/by_key", keys_json(keys))
    return {int(row.pop("id")): row for row in rows}


async def counts(database: Database, by: str, start: int, hourly_days: str, filters: Filters) -> list[Row]:
    """Counts and people by slice since a time (epoch seconds), for what no rollup knows: a row read for each event.

    by: a dimension, "error" or "time". hourly_days: the days to slice by the hour, as rollups.series takes them.
    """
    return await run(database, "events/counts", by, str(first_key(start)), hourly_days, filters.to_json())


async def latest_errors(database: Database, start: int, filters: Filters, limit: int) -> list[Row]:
    """The latest errors that fit filters, newest first, read from the events themselves."""
    return await run(database, "events/latest_errors", str(first_key(start)), filters.to_json(), limit)


async def page(database: Database, after: int, filters: Filters, size: int) -> tuple[list[Row], int | None]:
    """The events of the next `size` keys behind a key, and the last of these keys; None when there are no more."""
    rows, end = await database.batch(
        ("events/page", (str(after), filters.to_json(), size)), ("events/page_end", (str(after), size))
    )
    return rows, int(end[0]["last"]) if end[0]["keys"] == size else None


async def oldest(database: Database) -> tuple[int | None, bool]:
    """The first key there is, and whether late events wait for a rollup."""
    row = (await run(database, "events/oldest"))[0]
    return (None if row["id"] is None else int(row["id"])), bool(row["late"])


async def expire(database: Database, before: int, limit: int) -> int:
    """Delete the oldest events before a time (epoch seconds) that the rollups hold, at most `limit`; how many went."""
    return len(await run(database, "events/expire", str(first_key(before)), limit))


def keys_json(keys: Iterable[int]) -> str:
    """Keys as text, which JavaScript does not round."""
    return json.dumps([str(key) for key in keys])
