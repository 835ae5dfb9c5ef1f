"""Keeps the rollups up: takes in the events that wait, a bounded step at a time.

A step claims what it will read, so that whatever arrives below that mark from then on is noted as late; reads it;
merges it into the rollups of its days; and commits all of it at once if no other step came first. Stopped anywhere, it
has done nothing; repeated, it counts nothing twice.
"""

from counting.rollup import roll_up
from storage import rollups
from storage.database import Database
from terms import limits
from terms.dates import day_of
from upkeep import pace
from upkeep.rewrite import merged


async def is_due(database: Database, now: float) -> bool:
    """Whether it is time to look at what waits. now: epoch seconds."""
    due_at, _ = await rollups.due(database)
    return now >= due_at


async def roll_up_pending(database: Database, now: float) -> int:
    """Roll up whatever waits, if it is worth it, in bounded steps; returns how many events were taken in."""
    _, rolled_id = await rollups.due(database)
    steps = taken = 0
    for closed in pace.boundaries(rolled_id, int(now)):
        events = limits.ROLLUP_STEP_EVENTS
        while events >= limits.ROLLUP_STEP_EVENTS and steps < limits.ROLLUP_STEPS:
            events = await _step(database, closed, int(now))
            taken += events
            steps += 1
    return taken


async def _step(database: Database, closed: int, now: int) -> int:
    state, pending = await rollups.claim_pending(database, closed, limits.ROLLUP_STEP_EVENTS)
    if not pace.is_worth_it(pending, state, now):
        await rollups.postpone(database, pace.next_look(pending, state, closed, now, gathered=len(pending)))
        return 0
    in_order = [event.fact.key for event in pending if not event.late]
    late = [event.late for event in pending if event.late]
    full = len(in_order) == limits.ROLLUP_STEP_EVENTS
    # A full step may have left events of its last slots behind: only what was read is rolled up.
    rolled_id = in_order[-1] if full else closed - 1
    rewrite = await merged(database, roll_up((event.fact, event.test) for event in pending), day_of(now))
    # More waits than one step may take: the next cron event goes on at once.
    more = full or len(late) == limits.ROLLUP_STEP_EVENTS
    due_at = now if more else pace.next_look(pending, state, closed, now, gathered=0)
    committed = await rollups.replace(database, state, rewrite, max(late, default=0), rolled_id, now, due_at)
    return len(pending) if committed else 0
