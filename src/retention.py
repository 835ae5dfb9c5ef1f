"""What is deleted: events past their time, and whatever names a person who asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import limits
import store
from errors import DatabaseError
from keys import DAY, HOUR, first_key, time_of
from rollup import EVERYTHING, TEST, hours_of, roll_up, without
from tally import Tally
from window import day_of, hour_of

if TYPE_CHECKING:
    from d1 import Database


async def expire(database: Database, now: float, retention_days: int) -> int:
    """Delete events older than the retention, in bounded steps; the rollups stay. Returns how many went."""
    before = int(now) - retention_days * DAY
    gone = 0
    for _ in range(limits.RETENTION_STEPS):
        oldest, late = await store.oldest_event(database)
        if oldest is None or late or time_of(oldest) >= before:
            break
        deleted = await store.expire(database, before, limits.RETENTION_STEP_EVENTS)
        gone += deleted
        if deleted < limits.RETENTION_STEP_EVENTS:
            break
    return gone


async def erase(database: Database, user_id_hash: str, now: float, retention_days: int) -> int:
    """Delete a person's events, take them out of the rollups and forget their number; returns how many events went.

    Only the hours in which the rollups know the person to have been there are searched, and what is not rolled up yet.
    """
    number = await store.person_number(database, user_id_hash)
    if number is None:
        return 0
    spans = await _spans(database, number, int(now) - retention_days * DAY)
    deleted = await _erase_events(database, number, spans, day_of(int(now)))
    await store.erase_person(database, user_id_hash)
    return deleted


async def _spans(database: Database, number: int, since: int) -> list[tuple[int, int]]:
    """The hours, as spans of keys, that may hold a person's events."""
    hours = set()
    for dimension in (EVERYTHING, TEST):
        series = store.series(dimension, "", day_of(since), "all")
        (rows,), _, facts = await store.rollups_and_waiting(database, (series,), include_test=True)
        hours |= {hour_of(fact.time) for fact in facts if fact.person == number}
        for row in rows:
            for hour, values in hours_of(row).items():
                if any(number in Tally.from_json(fields).people for fields in values.values()):
                    hours.add(row["day"] * DAY + hour * HOUR)
    return [(first_key(hour), first_key(hour + HOUR)) for hour in sorted(hours)]


async def _erase_events(database: Database, number: int, spans: list[tuple[int, int]], today: int) -> int:
    deleted = 0
    for _ in range(limits.ERASE_STEPS):
        state, found = await store.person_events(database, number, spans, limits.ERASE_STEP_EVENTS)
        if not found:
            return deleted
        rollups = roll_up((event.fact, event.test) for event in found if event.rolled)
        rewrite = await without(database, rollups, today, number)
        deleted += await store.erase_events(database, state, rewrite, [event.fact.key for event in found]) or 0
    raise DatabaseError("an erasure did not come to its end")
