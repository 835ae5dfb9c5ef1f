"""What the cron trigger is for, one bounded piece of work at a time: most of the time there is none."""

from __future__ import annotations

from storage import deployment
from storage.database import Database
from storage.rollups import Look
from terms import limits
from terms.dates import day_of
from upkeep import crossing, erasure, expiry, fold, renewal, snapshots, step


async def work(database: Database, now: float, retention_days: int) -> int:
    """Do what is most urgent; returns how many events were rolled up. now: epoch seconds.

    Each piece is bounded in what it takes in, and in queries by what one invocation may ask. Whatever is left is still
    due at the next.
    """
    looked = await step.look(
        database,
        now,
        *deployment.forgetting(day_of(int(now)) - limits.SALT_DAYS, int(now)),
        *expiry.expiring_sessions(now, retention_days),
    )
    state, erasing, _ = looked
    waiting: Look | None = looked
    # Before all else: however fast events come, none stays past its time.
    if expiry.is_due(state, now, retention_days):
        if await expiry.expire(database, now, retention_days):
            return 0
        waiting = None  # what waits may be past its time now
    if expiry.leaves_people(state, now, retention_days):
        await expiry.forget_people(database, state, now, retention_days)
        return 0
    if now >= state.due_at:
        taken = await step.roll_up_pending(database, now, waiting)
        if taken:
            return taken
    if erasing:
        await erasure.keep_promise(database)
        await renewal.renew(database)
    elif fold.is_due(state):
        await fold.fold(database)
    elif not await snapshots.extend(database, now) and crossing.is_due(state):
        await crossing.cross(database)
    return 0
