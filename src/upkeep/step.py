"""Keeps the rollups up: takes in the events that wait, a bounded step at a time.

A step reads what waits, merges it into the rollups of its hours and the sums that these are in, and commits all of it
at once if nobody else has changed them, and no event has come in between. Stopped anywhere, it has done nothing;
repeated, it counts nothing twice.
"""

from __future__ import annotations

from typing import NamedTuple

from counting.rollup import roll_up
from storage import rollups
from storage.database import Database, Statement
from storage.rollups import Look, Pending, State
from terms import limits
from terms.dates import day_of
from terms.keys import first_key
from upkeep import pace
from upkeep.rewrite import merged


class _Taken(NamedTuple):
    """events: how many a step took in. backlog: whether so much is left that the next step should come at once."""

    events: int
    backlog: bool


async def look(database: Database, now: float, *before: Statement) -> Look:
    """How far the rollups are, and what the first step takes in, if it is time. before: what is to be done first."""
    return await rollups.look(database, _closed(now), limits.ROLLUP_STEPS[0] + 1, int(now), before)


async def roll_up_pending(database: Database, now: float, looked: Look | None = None) -> int:
    """Roll up what waits, if it is worth it; returns how many events were taken in.

    One step is what an invocation has the CPU time for, and the next cron event goes on. More steps, each of more
    events, come at once only where there is a backlog. looked: what the first takes in, if that is known.
    """
    taken = 0
    for size in limits.ROLLUP_STEPS:
        # One more of either sort than a step takes in tells whether it leaves any.
        looked = looked or await rollups.look(database, _closed(now), size + 1)
        step = await _step(database, int(now), size, looked)
        taken += step.events
        if not step.backlog:
            break
        looked = None
    return taken


def _closed(now: float) -> int:
    """The first key that is still open."""
    return first_key(int(now) - limits.ROLLUP_GRACE_SECONDS)


async def _step(database: Database, now: int, size: int, looked: Look) -> _Taken:
    closed, (before, _, pending) = _closed(now), looked
    if not pace.is_worth_it(pending, before, now):
        await _postpone(database, before, pace.next_look(pending, before, closed, now, gathered=len(pending)))
        return _Taken(0, backlog=False)
    in_order = [event for event in pending if not event.late]
    late = [event for event in pending if event.late]
    full, many_late = len(in_order) > size, len(late) > size
    in_order = in_order[:size]
    # Those of many days would be more sums than a step may change: they come in the order of their time.
    taken = in_order + _of_first_days(late[:size])
    # A full step may have left events of its last slot behind: only what was read is rolled up.
    rolled_id = max(int(event.fact.key) for event in in_order) if full else closed - 1
    # The next cron event goes on at once.
    more = len(taken) < len(pending)
    due_at = now if more else pace.next_look(pending, before, closed, now, gathered=0)
    deltas = roll_up((event.fact, event.test) for event in taken)
    commit = await merged(database, deltas, before, [event.fact.key for event in taken if event.late])
    committed = await rollups.commit_events(database, before, commit, taken, rolled_id, now, due_at)
    if not committed:
        return _Taken(0, backlog=False)
    backlog = full and pace.is_backlog([event.fact.time for event in in_order], now)
    return _Taken(len(taken), backlog or many_late)


def _of_first_days(late: list[Pending]) -> list[Pending]:
    """Late events of the first few of their days."""
    first = min((day_of(event.fact.time) for event in late), default=0)
    return [event for event in late if day_of(event.fact.time) < first + limits.LATE_DAYS]


async def _postpone(database: Database, before: State, due_at: int) -> None:
    if due_at != before.due_at:
        await rollups.postpone(database, due_at)
