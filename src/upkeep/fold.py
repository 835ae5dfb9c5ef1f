"""Adds hours up: a quarter of a day when it is over, a day when its quarters are, so that reports need not."""

from __future__ import annotations

from counting.dimensions import TOGETHER
from counting.rollup import LATEST
from storage import events, rollups
from storage.database import Database
from storage.rollups import Commit, Kept, State
from terms import limits
from terms.dates import DAY_HOURS, HOUR, QUARTER_HOURS
from terms.keys import time_of
from upkeep.days import sum_of
from upkeep.rewrite import total


def is_due(state: State) -> bool:
    """Whether a day is over, or so much has come since the last fold that reports should not have to add it up."""
    reached = _reached(state)
    return reached // DAY_HOURS * DAY_HOURS > state.summed or (
        reached > state.folded and state.unfolded >= limits.FOLD_EVENTS
    )


async def fold(database: Database) -> bool:
    """Add up the next quarters, and the days that they end, as many as a step may; whether there were any."""
    state = await rollups.state(database)
    reached = _reached(state)
    folded, summed, added, looked = state.folded, state.summed, 0, 0
    sums: dict[tuple[int, int], Kept] = {}
    hours: dict[int, Kept] = {}
    read_to = folded
    while added < limits.FOLD_TALLIES and looked < limits.FOLD_QUARTERS:
        if folded // DAY_HOURS * DAY_HOURS > summed:
            day = folded - DAY_HOURS
            quarters = await rollups.quarters(database, day) if day < state.folded else {}
            quarters |= {first: kept for (_, first), kept in sums.items() if first >= day}
            sums[DAY_HOURS, day] = await sum_of(database, state, day, list(quarters.values()))
            added += sum(map(_size, quarters.values()))
            summed = folded
            continue
        if folded >= reached:
            break
        if folded % DAY_HOURS == 0:
            skipped = await _skip(database, folded, reached)
            if skipped > folded:
                told = await events.together(database, folded, skipped)
                sums |= {(DAY_HOURS, day): {TOGETHER: pairs} for day, pairs in told.items()}
                folded = skipped
                summed = max(summed, folded // DAY_HOURS * DAY_HOURS)
                continue
        if folded >= read_to:
            read_to = _read_to(state, folded, reached)
            hours = await rollups.span(database, folded, read_to)
        pieces = [kept for hour, kept in hours.items() if folded <= hour < folded + QUARTER_HOURS]
        if pieces:
            sums[QUARTER_HOURS, folded] = total(pieces)
            added += sum(map(_size, pieces))
        folded += QUARTER_HOURS
        looked += 1
    commit = Commit([], [[*sum_, kept] for sum_, kept in sums.items()], [])
    moved = (folded, summed) > (state.folded, state.summed)
    return moved and await rollups.commit_sums(database, state, commit, folded, summed)


def _read_to(state: State, folded: int, reached: int) -> int:
    """Before which hour to read at once: of a quiet day all that is there, as its quarters lie in the same rows."""
    if state.unfolded >= limits.FOLD_EVENTS:
        return folded + QUARTER_HOURS
    return min(reached, (folded // DAY_HOURS + 1) * DAY_HOURS)


async def _skip(database: Database, day: int, reached: int) -> int:
    """Where to go on, at the start of a day: at the next day with anything in it, as far as the rollups reach."""
    hour = await rollups.next_hour(database, day)
    return reached if hour is None else min(hour // DAY_HOURS * DAY_HOURS, reached)


def _reached(state: State) -> int:
    """The hour (since 1970) before which the rollups hold every quarter."""
    return time_of(state.rolled_id + 1) // HOUR // QUARTER_HOURS * QUARTER_HOURS if state.rolled_id >= 0 else 0


def _size(kept: Kept) -> int:
    return sum(len(values) for series, values in kept.items() if series != LATEST)
