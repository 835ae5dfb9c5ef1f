"""The events: stored once each, read by key, counted under filters, deleted."""

import json
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from counting.dimensions import Filters, Pair, pair_key, tool_of
from counting.fact import Fact
from counting.rollup import Tallies
from counting.tally import of_visits
from storage.budget import Note, Taken, take_in
from storage.database import Database, Row, Statement, run
from terms import limits
from terms.dates import DAY_HOURS, HOUR
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

_stored = itemgetter(*STORED_FIELDS)
_NO_KEY = str((1 << 63) - 1)  # above all keys


class NewEvent(NamedTuple):
    """An event on its way into the database.

    time: epoch seconds. keyed: its hash is of an event_id, not chance. mark: what its person would be erased by.
    session: which of its person's sessions of the day it was in (intake.identity.session_number); None: nobody says.
    """

    time: int
    hash_bits: int
    keyed: bool
    user_id_hash: str
    mark: str
    fields: dict[str, Any]
    session: int | None = None


async def add(
    database: Database,
    events: Sequence[NewEvent],
    due_at: int | None = None,
    new_people: bool = True,
    renamed: Sequence[tuple[str, str]] = (),
) -> int:
    """Store events that are not there yet, in one round trip, and return how many were new.

    due_at: when to look at what waits, in epoch seconds, if that is sooner than planned. new_people: whether any of
    their people may have no number yet. renamed: hashes of theirs now and before.
    """
    statements, read = adding(events, None, due_at, new_people, renamed)
    return read(await database.batch(*statements))[0]


def adding(
    events: Sequence[NewEvent],
    note: Note | None,
    due_at: int | None = None,
    new_people: bool = True,
    renamed: Sequence[tuple[str, str]] = (),
) -> tuple[list[Statement], Callable[[list[list[Row]]], tuple[int, Taken | None]]]:
    """What stores events as add does, and notes what was taken in; and what reads of its rows how many were new, and
    what the hour has taken in then.
    """
    rows = json.dumps(
        [
            (
                event_key(event.time, event.hash_bits),
                second_in_slot(event.time),
                event.user_id_hash,
                *_stored(event.fields),
                event.keyed,
                event.mark,
                event.time,
                event.session,
            )
            for event in events
        ]
    )
    # People first: events/add joins them for their numbers.
    before: list[Statement] = [("people/rename", (json.dumps(renamed),))] if renamed else []
    kept: list[Statement] = []
    if new_people:
        people = json.dumps([_first_of(event) for event in events])
        before.append(("people/give_numbers", (people,)))
        kept.append(("people/keep_numbers", (people, limits.NUMBERS_AHEAD)))
    hasten: list[Statement] = [] if due_at is None else [("rollups/hasten", (due_at,))]
    noted: list[Statement] = [] if note is None else [take_in(note)]

    def read(results: list[list[Row]]) -> tuple[int, Taken | None]:
        return len(results[len(before)]), Taken(**results[-1][0]) if noted else None

    return [*before, ("events/add", (rows,)), *kept, *hasten, *noted], read


async def by_key(database: Database, keys: list[str]) -> dict[str, Row]:
    """Errors as they are listed, by key (as text); keys that are gone are left out."""
    rows = await run(database, "events/by_key", json.dumps(keys))
    listed: dict[str, Row] = json.loads(rows[0]["listed"])
    return listed


async def counts(
    database: Database, by: str, start: int, filters: Filters, by_hour: Iterable[int] = (), end: int | None = None
) -> list[Row]:
    """Counts and people by slice of a window, for what no rollup knows: a row read for each event.

    start, end: epoch seconds; end None: all since.
    by: a dimension, "error" or "time"; a slice of time is the first hour of a day, or an hour of the days by_hour.
    """
    hours = json.dumps(sorted(by_hour))
    return await run(database, "events/counts", by, str(first_key(start)), hours, filters.to_json(), _stop(end))


async def frequent(database: Database, by: str, first: int, stop: int, one_in: int) -> list[Row]:
    """Counts and people of those values of a dimension that have a share of the events of a span that rollups hold.

    first, stop: hours since 1970. one_in: the share, as one in so many.
    """
    keys = str(first_key(first * HOUR)), str(first_key(stop * HOUR))
    return await run(database, "events/frequent", by, *keys, one_in)


async def together(database: Database, first: int, stop: int, taken: Sequence[str] = ()) -> dict[int, Tallies]:
    """The sessions that two tools were used in, of the events that rollups hold of some days, and of sessions that were
    posted: by the day's first hour, then by counting.dimensions.pair_key. Of a day with very many pairs, those of most
    sessions.

    first, stop: hours since 1970, of days. taken: the keys of late events that are being taken in.
    """
    keys = str(first_key(first * HOUR)), str(first_key(stop * HOUR)), json.dumps(taken)
    most = limits.VISIT_EVENTS, limits.VISIT_PAUSE_SECONDS, limits.VISIT_TOOLS, limits.VISIT_PAIRS
    posted = first // DAY_HOURS, stop // DAY_HOURS, limits.VISIT_SESSIONS
    (row,) = await run(database, "events/together", *keys, *most, *posted)
    days: dict[int, Tallies] = {}
    for day, one, other, ordered, *told in json.loads(row["pairs"]):
        days.setdefault(day * DAY_HOURS, {})[pair_key(Pair(tool_of(one), tool_of(other), bool(ordered)))] = of_visits(
            *told
        )
    return days


async def latest_errors(
    database: Database, start: int, filters: Filters, limit: int, end: int | None = None
) -> list[Row]:
    """The latest errors of a window that fit filters, newest first, read from the events themselves.

    start, end: epoch seconds; end None: all since.
    """
    return await run(database, "events/latest_errors", str(first_key(start)), filters.to_json(), limit, _stop(end))


async def page(
    database: Database, after: int, stop: int | None, filters: Filters, size: int
) -> tuple[list[Row], int | None]:
    """The events of the next `size` keys behind a key, and the last of these keys; None when there are no more.

    stop: the key to stop before, None if there is none.
    """
    until = _NO_KEY if stop is None else str(stop)
    rows, end = await database.batch(
        ("events/page", (str(after), filters.to_json(), size, until)), ("events/page_end", (str(after), size, until))
    )
    return rows, int(end[0]["last"]) if end[0]["keys"] == size else None


async def expire(database: Database, before: int, limit: int) -> int:
    """Delete the oldest events before an hour (since 1970) that the rollups hold, at most `limit`; how many went."""
    results = await database.batch(
        ("events/expiring", (before,)), ("events/expire", (str(first_key(before * HOUR)), limit))
    )
    return len(results[1])


async def of_hour(database: Database, hour: int) -> list[tuple[Fact, bool]]:
    """The events of an hour (since 1970) that its rollup holds, each with whether it is test traffic."""
    keys = str(first_key(hour * HOUR)), str(first_key((hour + 1) * HOUR))
    rows = await run(database, "events/of_hour", *keys)
    return [(Fact._make(fields), bool(test)) for test, fields in json.loads(rows[0]["events"])]


def _first_of(event: NewEvent) -> dict[str, str | int]:
    """Whose an event is, if they have no number yet."""
    key = event_key(event.time, event.hash_bits)
    return {"id": key, "user_id_hash": event.user_id_hash, "mark": event.mark, "time": event.time}


def _stop(end: int | None) -> str:
    """The key to stop before at a time in epoch seconds, as text."""
    return _NO_KEY if end is None else str(first_key(end))
