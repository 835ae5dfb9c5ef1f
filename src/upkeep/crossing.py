"""Puts what tools are crossed with into the sums of days, a day at a time, when nothing else is to be done."""

from __future__ import annotations

from counting.crossing import CROSS, add_up, size
from storage import crossings, rollups
from storage.database import Database
from storage.rollups import Commit, State
from terms import limits
from terms.dates import DAY_HOURS


def is_due(state: State) -> bool:
    """Whether a day has a sum that lacks them."""
    return state.crossed < state.summed


async def cross(database: Database) -> bool:
    """Add the hours of the next such days up, as many as a step may; False, and nothing done, if somebody came first.

    Of a day whose rarest tools are counted together nothing is known of any: each may be among them.
    """
    state = await rollups.state(database)
    crossed, added = state.crossed, 0
    sums: list[list[object]] = []
    while crossed < state.summed and added < limits.CROSS_TALLIES and len(sums) < limits.CROSS_DAYS:
        following = await crossings.next_day(database, crossed)
        if following is None:
            crossed = state.summed
            break
        day, rare = following
        hours = [] if rare else await crossings.of_day(database, day)
        sums.append([DAY_HOURS, day, {CROSS: add_up(hours)}])
        crossed, added = day + DAY_HOURS, added + sum(size(crossings) for _, crossings in hours)
    return await rollups.commit_crossed(database, state, Commit([], sums, []), crossed)
