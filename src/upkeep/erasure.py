"""Erases a person: the tie between their number and their hash, their events, and their part of the rollups.

The tie is cut and the rest promised in one transaction; from then on what happened before and arrives later is not
taken in. What a request cannot finish, the cron trigger does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from counting.dimensions import EVERYTHING, TEST
from counting.rollup import Tallies
from counting.tally import people_of
from storage import people, plugins, rollups, sessions
from storage.database import Database, Row
from terms import limits
from terms.dates import HOUR
from terms.keys import first_key
from upkeep import renewal

_EVERY = (EVERYTHING, TEST)
_NEVER = 1 << 40  # an hour behind all others


async def erase(
    database: Database, marks: Iterable[tuple[str, str]], now: float, session_hashes: Sequence[int] = ()
) -> int:
    """Erase whom these marks and hashes are of; returns how many of their events and sessions went at once.

    now: epoch seconds. session_hashes: of one session's id, which goes whoever it is of.
    """
    before = int(now) + limits.CLOCK_SKEW_SECONDS
    await people.promise_erasure(database, marks, before, before + limits.ERASURE_SECONDS)
    named = await sessions.of_hashes(database, session_hashes) if session_hashes else []
    deleted = await sessions.erase(database, named) if named else 0
    deleted += await keep_promise(database) or 0
    await renewal.renew(database)
    return deleted


async def keep_promise(database: Database) -> int | None:
    """Delete the events and sessions of somebody who was promised it; how many went, None if no promise is open.

    Of very many only so many go at once, and the promise stays open.
    """
    promise = await people.promised(database)
    if promise is None:
        return None
    mark, number = promise
    await plugins.erase(database, number)
    of_sessions = await sessions.of_person(database, number, limits.ERASE_SESSIONS)
    deleted = await sessions.erase(database, of_sessions) if of_sessions else 0
    if len(of_sessions) == limits.ERASE_SESSIONS:
        return deleted
    spans = await _spans(database, number)
    for _ in range(limits.ERASE_STEPS):
        keys = await people.keys(database, number, spans, limits.ERASE_STEP_EVENTS)
        deleted += await people.erase_events(database, keys) if keys else 0
        if len(keys) < limits.ERASE_STEP_EVENTS:
            await people.keep_promise(database, mark, number)
            break
    return deleted


async def _spans(database: Database, number: int) -> list[tuple[int, int]]:
    """The spans of keys, [first, stop), that may hold a person's events: of the hours that the rollups know them in."""
    # Between them these two series hold every event once.
    every = [rollups.days(series, 0) for series in _EVERY] + [rollups.days_by_hour(series, (), 0) for series in _EVERY]
    (*days, hours, test_hours), _ = await rollups.read(database, tuple(every))
    found = _where(hours, number) | _where(test_hours, number)
    by_hour = [
        rollups.days_by_hour(series, there, _NEVER)
        for series, rows in zip(_EVERY, days, strict=True)
        if (there := {first for first, values in rollups.days_of(rows).items() if _is_in(values, number)})
    ]
    if by_hour:
        of_days, _ = await rollups.read(database, tuple(by_hour))
        found = found.union(*(_where(rows, number) for rows in of_days))
    return [(first_key(hour * HOUR), first_key((hour + 1) * HOUR)) for hour in sorted(found)]


def _where(rows: list[Row], number: int) -> set[int]:
    """The hours of rows of a series that a person was there in."""
    return {hour for hour, values in rollups.hours_of(rows).items() if _is_in(values, number)}


def _is_in(values: Tallies, number: int) -> bool:
    return any(number in people_of(fields) for fields in values.values())
