"""Makes snapshots: what the days of a window that is often asked for add up to, in bounded steps.

A snapshot leaves out days at both ends: at its end those that events still arrive for, so that it is seldom spoiled,
and at its beginning as many as it is to last for. Reports add these few up themselves.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from storage import rollups
from storage.database import Database
from storage.rollups import Snapshot
from terms import limits
from terms.dates import DAY, DAY_HOURS, day_of
from upkeep.rewrite import total


class Plan(NamedTuple):
    """A window that has a snapshot.

    days: how many days back it begins. lasts: for how many days a snapshot is good. behind: how many days back it ends.
    """

    days: int
    lasts: int
    behind: int


# The last day is left to events that come late. Behind each window lies the one that it is compared with.
PLANS = (
    Plan(30, lasts=2, behind=1),
    Plan(90, lasts=8, behind=1),
    Plan(60, lasts=2, behind=30),
    Plan(180, lasts=8, behind=90),
)


async def extend(database: Database, now: float) -> bool:
    """Begin the next snapshot that is needed, or take more days into it; whether there was anything to do."""
    state, known = await rollups.snapshots(database)
    for plan in PLANS:
        wanted = _wanted(plan, known, state.summed, now)
        if wanted:
            held, days, there = await rollups.snapshot_and_days(
                database, wanted, limits.SNAPSHOT_DAYS, limits.SNAPSHOT_CHARACTERS
            )
            size = sum(map(len, held.values())) or limits.SNAPSHOT_TALLIES // 2
            taken = sorted(days)[: max(1, limits.SNAPSHOT_TALLIES // size)]
            all_of_it = len(taken) == there < limits.SNAPSHOT_DAYS
            last = wanted.until if all_of_it else taken[-1] + DAY_HOURS
            kept = total([held, *(json.loads(days[day]) for day in taken)])
            await rollups.write_snapshot(database, wanted._replace(last=last), kept, state.revision)
            return True
    return False


def _wanted(plan: Plan, known: list[Snapshot], summed: int, now: float) -> Snapshot | None:
    """The snapshot of a window to begin, or to go on with; None if there is one that will do."""
    # The window begins inside a day: its first whole day is the one after.
    first_day = (day_of(int(now) - plan.days * DAY) + 1) * DAY_HOURS
    of_window = [snapshot for snapshot in known if snapshot.days == plan.days and snapshot.first >= first_day]
    begun = [snapshot for snapshot in of_window if snapshot.last < snapshot.until]
    if begun:
        return max(begun, key=lambda snapshot: snapshot.first)
    # On its last day there should be another.
    if any(snapshot.first > first_day for snapshot in of_window):
        return None
    first, until = first_day + plan.lasts * DAY_HOURS, summed - plan.behind * DAY_HOURS
    return Snapshot(plan.days, first, first, until) if first < until else None
