"""Deletes what is past its time: events, sessions, and the hash of whoever has none left. What they counted stays."""

from __future__ import annotations

from counting.dimensions import EVERYTHING, TEST
from counting.people import People
from counting.tally import people_of
from storage import events, people, plugins, rollups, sessions
from storage.database import Database, Statement
from storage.rollups import State
from terms import limits
from terms.dates import DAY, DAY_HOURS, HOUR
from terms.keys import first_key


def is_due(state: State, now: float, retention_days: int) -> bool:
    """Whether an hour has come to its end with events that are past their time. now: epoch seconds."""
    return 0 <= state.oldest_id < first_key(_before(now, retention_days) * HOUR)


async def expire(database: Database, now: float, retention_days: int) -> int:
    """Delete events older than the retention, in bounded steps; returns how many went.

    Events that no rollup holds stay until one does.
    """
    before = _before(now, retention_days)
    gone = 0
    for _ in range(limits.RETENTION_STEPS):
        deleted = await events.expire(database, before, limits.RETENTION_STEP_EVENTS)
        gone += deleted
        if deleted < limits.RETENTION_STEP_EVENTS:
            break
    return gone


def expiring_sessions(now: float, retention_days: int) -> list[Statement]:
    """Deletes sessions that began before the retention, so many at once. now: epoch seconds."""
    return sessions.expiring(_before(now, retention_days), limits.RETENTION_STEP_SESSIONS)


def leaves_people(state: State, now: float, retention_days: int) -> bool:
    """Whether events have gone of days, over by now, whose people were not looked at."""
    return state.forgotten < min(state.expiring, _day_before(now, retention_days))


async def forget_people(database: Database, state: State, now: float, retention_days: int) -> None:
    """Forget the hash of whoever has no event or session left: there on days past their time, and on none since."""
    before = _day_before(now, retention_days)
    of_sessions, since = await sessions.people(database, state.forgotten, before)
    loaded, loaded_since = await plugins.people(database, state.forgotten, before)
    gone = People(numbers={*of_sessions, *loaded})
    left = People(numbers={*since, *loaded_since, *await people.waiting(database)})
    for series in (EVERYTHING, TEST):
        (days, hours), _ = await rollups.read(
            database, (rollups.days(series, state.forgotten), rollups.days_by_hour(series, (), state.forgotten))
        )
        for found in (rollups.days_of(days), rollups.hours_of(hours)):
            for first, values in found.items():
                for fields in values.values():
                    (gone if first < before else left).update(people_of(fields))
    await people.forget_numbers(database, gone.without(left), before)


def _before(now: float, retention_days: int) -> int:
    """The hour (since 1970) before which every event is past its time."""
    return (int(now) - retention_days * DAY) // HOUR


def _day_before(now: float, retention_days: int) -> int:
    """The same, as the first hour of a day."""
    return _before(now, retention_days) // DAY_HOURS * DAY_HOURS
