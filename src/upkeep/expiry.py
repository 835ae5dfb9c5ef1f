"""Deletes events past their time. What they counted stays in the rollups."""

from storage import events
from storage.database import Database
from terms import limits
from terms.dates import DAY
from terms.keys import time_of


async def expire(database: Database, now: float, retention_days: int) -> int:
    """Delete events older than the retention, in bounded steps; returns how many went. now: epoch seconds."""
    before = int(now) - retention_days * DAY
    gone = 0
    for _ in range(limits.RETENTION_STEPS):
        oldest, late = await events.oldest(database)
        # A late event that waits may be older than any: it is counted before it can go.
        if oldest is None or late or time_of(oldest) >= before:
            break
        deleted = await events.expire(database, before, limits.RETENTION_STEP_EVENTS)
        gone += deleted
        if deleted < limits.RETENTION_STEP_EVENTS:
            break
    return gone
