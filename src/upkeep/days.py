"""The sum of a day: of its quarters, and of its events where these alone know which of them belong to one visit, and,
where quarters have counted rare values together, what these were.

What is rare in an hour may not be rare in the day: every value with 0.5 % of a day's events is exact.
"""

from __future__ import annotations

from counting import counts
from counting.crossing import CROSS, Crossings, add_up
from counting.dimensions import ERROR, EVERYTHING, TEST, TOGETHER, TOOL, other
from counting.people import People
from counting.rollup import LATEST, Tallies
from counting.tally import Tally, people_of, without_people
from reading.slices import from_counts
from storage import crossings, events, people
from storage.database import Database
from storage.rollups import Kept, State
from terms import limits
from terms.dates import DAY_HOURS
from upkeep.rewrite import events_of, total


async def sum_of(database: Database, state: State, day: int, quarters: list[Kept], former: Kept | None = None) -> Kept:
    """What a day's quarters add up to, and what was used together.

    day: its first hour, since 1970. former: its sum as it was, if there is one: something is gone from it then.
    """
    kept = total(quarters)
    for series in kept.keys() - {EVERYTHING, ERROR, TEST, LATEST}:
        if other(series) in kept[series] and day >= state.expiring:
            rows = await events.frequent(database, series, day, day + DAY_HOURS, limits.FREQUENT_ONE_IN)
            exact = {value: tally.to_json() for value, tally in from_counts(rows).items()}
            kept[series] |= exact
            kept[series][other(series)] = _rest(series, kept)
    pairs = (former or {}).get(TOGETHER, {})
    if day >= state.expiring:
        if events_of(former or {}) > limits.VISIT_LATE_EVENTS:
            pairs = await _without_nobody(database, pairs, kept)
        else:
            pairs = (await events.together(database, day, day + DAY_HOURS)).get(day, {})
    return kept | {TOGETHER: pairs} if pairs else kept


async def _without_nobody(database: Database, pairs: Tallies, kept: Kept) -> Tallies:
    """What was used together on a day too busy to be told again, without those whose number belongs to nobody now.

    kept: the day without them. Whoever has an event there is somebody.
    """
    asked = People()
    for fields in pairs.values():
        asked.update(people_of(fields))
    there = people_of(kept[EVERYTHING][EVERYTHING]) if kept.get(EVERYTHING) else People()
    gone = await people.nobody(database, asked.without(there))
    left = ((pair, without_people(fields, gone)) for pair, fields in pairs.items())
    return {pair: fields for pair, fields in left if fields}


async def crossings_of(database: Database, day: int, instead: dict[int, Kept]) -> Crossings:
    """What a day's tools are crossed with, of its hours. instead: some of them as they are to be."""
    others = await crossings.of_day(database, day, instead)
    return add_up([*others, *((kept.get(TOOL, {}), kept.get(CROSS, {})) for kept in instead.values())])


def _rest(series: str, kept: Kept) -> list[object]:
    """The tally of the rare values: each event of the day is counted in a series once. Its people stay as they are."""
    rest = Tally()
    rest.merge_json(kept[series][other(series)])
    whole = Tally.from_json(kept[EVERYTHING][EVERYTHING])
    named = Tally()
    for value, fields in kept[series].items():
        if value != other(series):
            named.merge_json(fields)
    rest.counts = counts.without(whole.counts, named.counts)
    rest.duration_ms = whole.duration_ms - named.duration_ms
    return rest.to_json()
