"""Erases a person: their events, their part of the rollups, and the tie between their number and their hash."""

from typing import Any

from counting.dimensions import EVERYTHING, TEST
from counting.kept import hourly_tallies, totals
from counting.people import People
from counting.rollup import roll_up
from storage import events, people, rollups
from storage.database import Database, Row
from terms import limits
from terms.dates import DAY, HOUR, day_of, hour_start
from terms.errors import DatabaseError
from terms.keys import first_key, time_of
from upkeep.rewrite import without


async def erase(database: Database, user_id_hash: str, now: float) -> int:
    """Delete a person's events, take them out of the rollups and forget their number; returns how many events went.

    Only the hours in which the rollups know the person to have been there are searched, the whole of a day that gave up
    its hours, and what is not rolled up yet. now: epoch seconds.
    """
    number = await people.number(database, user_id_hash)
    if number is None:
        return 0
    oldest, _ = await events.oldest(database)
    # Not from the retention: an event past it may still be there, or have been sent that old.
    spans = [] if oldest is None else await _spans(database, number, time_of(oldest))
    deleted = await _erase_events(database, number, spans, day_of(int(now)))
    # Last, so that an erasure that stopped half-way can be asked for again.
    await people.forget(database, user_id_hash)
    return deleted


async def _spans(database: Database, number: int, since: int) -> list[tuple[int, int]]:
    """The spans of keys, [first, stop), that may hold a person's events since a time (epoch seconds)."""
    hours: set[int] = set()
    # Between them these two series hold every event once.
    for dimension in (EVERYTHING, TEST):
        series = rollups.series(dimension, "", day_of(since), "all")
        (rows,), _, facts = await rollups.read_with_waiting(database, (series,), include_test=True)
        hours |= {hour_start(fact.time) for fact in facts if fact.person == number}
        for row in rows:
            hours |= _where(row, number)
    return [(first_key(hour), first_key(hour + HOUR)) for hour in sorted(hours)]


def _where(row: Row, number: int) -> set[int]:
    """The hours (epoch seconds) that a person may have been there in: all of a day whose row has none any more."""
    midnight = row["day"] * DAY
    hours = hourly_tallies(row)
    if not hours:
        return set(range(midnight, midnight + DAY, HOUR)) if _has(totals(row), number) else set()
    return {midnight + hour * HOUR for hour, values in hours.items() if _has(values, number)}


def _has(tallies: dict[str, dict[str, Any]], number: int) -> bool:
    return any(number in People.from_json(fields.get("p", [])) for fields in tallies.values())


async def _erase_events(database: Database, number: int, spans: list[tuple[int, int]], today: int) -> int:
    deleted = 0
    for _ in range(limits.ERASE_STEPS):
        state, found = await people.events(database, number, spans, limits.ERASE_STEP_EVENTS)
        if not found:
            return deleted
        deltas = roll_up((event.fact, event.test) for event in found if event.rolled)
        rewrite = await without(database, deltas, today, number)
        deleted += await people.erase_events(database, state, rewrite, [event.fact.key for event in found]) or 0
    raise DatabaseError("an erasure did not come to its end")
