"""Makes rollups again from the events that are left, of hours that somebody's events were erased from."""

from __future__ import annotations

from counting.crossing import CROSS
from counting.dimensions import TOOL, other
from counting.rollup import roll_up
from storage import events, rollups
from storage.database import Database
from storage.rollups import Commit, Kept, KeptHour, Patch, State
from terms import limits
from terms.dates import DAY_HOURS, QUARTER_HOURS
from upkeep.days import crossings_of, sum_of
from upkeep.rewrite import replacement, rows, sums_of, to_kept, total


async def renew(database: Database) -> bool:
    """Make some hours of a quarter of a day again, and the sums that they are in; whether any is left to be made."""
    state, stale = await rollups.stale(database, QUARTER_HOURS)
    if not stale:
        return False
    quarter = stale[0] // QUARTER_HOURS * QUARTER_HOURS
    made, gone = await _count_again(database, state, [hour for hour in stale if hour < quarter + QUARTER_HOURS])
    kept, sums = await rollups.find(database, made)
    # A day that is told afresh for a posted session alone has nothing new in its hours.
    patches = {hour: patch for hour, new in made.items() if (patch := replacement(kept[hour].kept, new))}
    changed = await _sums(database, state, quarter, made, sums) if made else []
    spoiled = [hour for hour in made if hour < state.summed]
    await rollups.commit_again(database, state, Commit(rows(_known(kept), patches), changed, spoiled), [*made, *gone])
    return True


async def _count_again(database: Database, state: State, hours: list[int]) -> tuple[dict[int, Kept], list[int]]:
    """Some of these hours counted again, at least one; and those whose events may be gone, which stay as they are."""
    made: dict[int, Kept] = {}
    counted = 0
    for hour in hours:
        if hour >= state.expiring and counted < limits.RENEWAL_EVENTS:
            found = await events.of_hour(database, hour)
            counted += len(found)
            made[hour] = to_kept(roll_up(found).get(hour))
    return made, [hour for hour in hours if hour < state.expiring]


async def _sums(
    database: Database, state: State, quarter: int, made: dict[int, Kept], sums: dict[tuple[int, int], Kept]
) -> list[list[object]]:
    """The sums of a quarter, and of its day, as far as there must be any, with some of its hours made again."""
    changed: list[list[object]] = []
    day = quarter // DAY_HOURS * DAY_HOURS
    new: Kept = {}
    for sum_ in sums_of(quarter, state):
        if sum_ == (QUARTER_HOURS, quarter):
            hours = await rollups.span(database, quarter, quarter + QUARTER_HOURS)
            new = total(list((hours | made).values()))
        else:
            quarters = await rollups.quarters(database, day) | {quarter: new}
            new = await sum_of(database, state, day, list(quarters.values()), sums.get(sum_, {}))
            if day < state.crossed and other(TOOL) not in new.get(TOOL, {}):
                new[CROSS] = await crossings_of(database, day, made)
        patch: Patch = replacement(sums.get(sum_, {}), new)
        if patch:
            changed.append([*sum_, patch])
    return changed


def _known(kept: dict[int, KeptHour]) -> dict[int, KeptHour]:
    """Hours whose rows are only changed, never begun: what is made again was there."""
    return {hour: found._replace(last=max(found.last, hour)) for hour, found in kept.items()}
