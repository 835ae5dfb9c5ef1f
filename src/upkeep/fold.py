"""Adds hours up: a quarter of a day when it is over, a day when its quarters are, so that reports need not."""

from __future__ import annotations

from typing import Any

from counting.rollup import LATEST
from storage import rollups
from storage.database import Database
from storage.rollups import Commit, Kept, State
from terms import limits
from terms.dates import HOUR
from terms.keys import time_of
from upkeep.days import sum_of
from upkeep.rewrite import DAY, QUARTER, total


def is_due(state: State) -> bool:
    """Whether a day is over, or so much has come since the last fold that reports should not have to add it up."""
    reached = _reached(state)
    return reached // DAY * DAY > state.summed or (reached > state.folded and state.unfolded >= limits.FOLD_EVENTS)


async def fold(database: Database) -> bool:
    """Add up the next quarters, and the days that they end, as many as a step may; whether there were any."""
    state, _ = await rollups.state(database)
    reached = _reached(state)
    folded, summed, added, looked = state.folded, state.summed, 0, 0
    sums: dict[tuple[int, int], Kept] = {}
    while folded < reached and added < limits.FOLD_TALLIES and looked < limits.FOLD_QUARTERS:
        if folded % DAY == 0:
            skipped = await _skip(database, folded, reached)
            if skipped > folded:
                folded = skipped
                summed = max(summed, folded // DAY * DAY)
                continue
        pieces = by_hour(await rollups.span(database, folded, folded + QUARTER), folded, folded + QUARTER)
        if pieces:
            sums[QUARTER, folded] = total(list(pieces.values()))
            added += sum(map(_size, pieces.values()))
        folded += QUARTER
        looked += 1
        if folded % DAY == 0:
            day = folded - DAY
            quarters = await rollups.quarters(database, day)
            quarters |= {first: kept for (_, first), kept in sums.items() if first >= day}
            sums[DAY, day] = await sum_of(database, state, day, list(quarters.values()))
            added += sum(map(_size, quarters.values()))
            summed = folded
    commit = Commit([], [[*sum_, kept] for sum_, kept in sums.items()], [])
    return folded > state.folded and await rollups.commit_sums(database, state, commit, folded, summed)


def by_hour(rows: list[dict[str, dict[str, Any]]], first: int, stop: int) -> dict[int, Kept]:
    """The hours of a span, each as it is kept, of the rows that hold them."""
    hours: dict[int, Kept] = {}
    for row in rows:
        for series, by_text in row.items():
            for text, values in by_text.items():
                if first <= int(text) < stop and values:
                    hours.setdefault(int(text), {})[series] = values
    return hours


async def _skip(database: Database, day: int, reached: int) -> int:
    """Where to go on, at the start of a day: at the next day with anything in it, as far as the rollups reach."""
    hour = await rollups.next_hour(database, day)
    return reached if hour is None else min(hour // DAY * DAY, reached)


def _reached(state: State) -> int:
    """The hour (since 1970) before which the rollups hold every quarter."""
    return time_of(state.rolled_id + 1) // HOUR // QUARTER * QUARTER if state.rolled_id >= 0 else 0


def _size(kept: Kept) -> int:
    return sum(len(values) for series, values in kept.items() if series != LATEST)
