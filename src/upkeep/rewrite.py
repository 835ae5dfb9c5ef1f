"""Kept rollups with others merged in, or in place of what they were: what the next commit puts in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from counting import crossing
from counting.crossing import CROSS, Crossings
from counting.dimensions import EVERYTHING, TOGETHER, TOOL, other
from counting.rollup import LATEST, Latest, Rollup, Tallies, add_up_kept, fold_rare, newest
from counting.tally import TallyJson, invocations_of, sum_of
from storage import events, rollups
from storage.database import Database
from storage.rollups import Commit, Kept, KeptHour, Patch, State, Sum
from terms import limits
from terms.dates import DAY_HOURS, QUARTER_HOURS


async def merged(database: Database, deltas: dict[int, Rollup], before: State, late: Sequence[str] = ()) -> Commit:
    """What is kept of these hours (since 1970), and every sum that they are in, with these rollups merged in.

    late: the keys of those events that came late.
    """
    hours, sums = await rollups.find(database, deltas)
    there = set(sums)
    crossed = {sum_: kept.get(CROSS, {}) for sum_, kept in sums.items()}
    patches = {hour: merge_into(hours[hour].kept, delta, hours[hour].characters) for hour, delta in deltas.items()}
    changed: dict[Sum, Patch] = {}
    for hour, delta in deltas.items():
        for sum_ in sums_of(hour, before):
            is_crossed = sum_[0] == DAY_HOURS and hour < before.crossed
            patch = merge_into(sums.setdefault(sum_, {}), delta if is_crossed else delta._replace(crossings={}))
            _put_over(changed.setdefault(sum_, {}), patch)
    await _put_together(database, before, sums, changed, late)
    for sum_, patch in changed.items():
        if CROSS in patch:
            patch[CROSS] = changes(crossed.get(sum_, {}), sums[sum_][CROSS])
    spoiled = [hour for hour in deltas if hour < before.summed]
    written = [[*sum_, patch if sum_ in there else _without_none(patch)] for sum_, patch in changed.items()]
    return Commit(rows(hours, patches), written, spoiled)


async def _put_together(
    database: Database, before: State, sums: dict[Sum, Kept], changed: dict[Sum, Patch], late: Sequence[str]
) -> None:
    """Tell afresh what was used together on the days that change, but for those whose events may be gone, and for busy
    ones: all of a day's events are read for it.
    """
    days = [
        first
        for hours, first in changed
        if hours == DAY_HOURS and first >= before.expiring and events_of(sums[hours, first]) <= limits.VISIT_LATE_EVENTS
    ]
    if not days:
        return
    told = await events.together(database, min(days), max(days) + DAY_HOURS, late)
    for day in days:
        if patch := changes(sums[DAY_HOURS, day].get(TOGETHER, {}), told.get(day, {})):
            changed[DAY_HOURS, day][TOGETHER] = patch


def events_of(kept: Kept) -> int:
    """How many events a sum is of, but for test traffic."""
    everything = kept.get(EVERYTHING)
    return invocations_of(everything[EVERYTHING]) if everything else 0


def sums_of(hour: int, before: State) -> list[Sum]:
    """The sums that there must be of an hour."""
    quarter: list[Sum] = [(QUARTER_HOURS, hour // QUARTER_HOURS * QUARTER_HOURS)] if hour < before.folded else []
    return [*quarter, (DAY_HOURS, hour // DAY_HOURS * DAY_HOURS)] if hour < before.summed else quarter


def merge_into(kept: Kept, delta: Rollup, characters: int | None = None) -> Patch:
    """Merge a rollup into a kept one, and say what has changed. characters: how wide its row is, if that is known."""
    patch: Patch = {}
    if delta.crossings:
        patch[CROSS] = _cross(kept, delta, characters)
    sums: dict[int, tuple[TallyJson, TallyJson]] = {}

    def add(old: TallyJson, fields: TallyJson) -> TallyJson:
        # Where all events agree, several series add the same to the same.
        before, total = sums.get(id(fields), (None, old))
        if before != old:
            total = sum_of([old, fields])
            sums[id(fields)] = old, total
        return total

    for series, tallies in delta.tallies.items():
        values: Tallies = kept.setdefault(series, {})
        changed = {
            value: add(values[value], fields) if value in values else fields for value, fields in tallies.items()
        }
        values |= changed
        folded = fold_rare(series, values)
        if folded is not values:
            kept[series] = folded
            changed = changes(values, folded) | {value: folded[value] for value in changed if value in folded}
        patch[series] = changed
    if delta.latest:
        patch[LATEST] = kept[LATEST] = newest([kept.get(LATEST, []), delta.latest])
    if CROSS in patch and other(TOOL) in kept[TOOL]:
        patch[CROSS] = dict.fromkeys(kept[CROSS] | patch[CROSS])
        kept[CROSS] = {}
    return patch


def _cross(kept: Kept, delta: Rollup, characters: int | None) -> Patch:
    """Merge the crossings of a rollup into a kept one whose tools are not merged yet, and say what has changed."""
    old: Crossings = kept.get(CROSS, {})
    changed = crossing.merged(kept.get(TOOL, {}), old, (delta.tallies[TOOL], delta.crossings))
    new = old | changed
    # Measuring takes as long as merging, and what one step adds to a narrow row leaves it within what a row holds.
    is_narrow = characters is not None and characters < limits.CROSS_CHARACTERS // 4
    kept[CROSS] = new if is_narrow else crossing.bounded(new)
    if kept[CROSS] is not new:
        return changes(old, kept[CROSS])
    return changes({tool: old[tool] for tool in changed if tool in old}, changed)


def changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What makes the old values the new ones: None for what is to go."""
    changed: dict[str, Any] = {value: None for value in old if value not in new}
    for value, fields in new.items():
        before = old.get(value)
        if before is not fields and before != fields:
            both = isinstance(before, dict) and isinstance(fields, dict)
            changed[value] = changes(before or {}, fields) if both else fields
    return changed


def replacement(old: Kept, new: Kept) -> Patch:
    """What makes a kept rollup another one."""
    patch: Patch = {}
    for series in old.keys() | new.keys():
        if series == LATEST:
            patch[LATEST] = new.get(LATEST, [])
        else:
            patch[series] = changes(old.get(series, {}), new.get(series, {}))
    return patch


def total(pieces: list[Kept]) -> Kept:
    """What kept rollups of spans side by side add up to, but for what tools are crossed with."""
    kept: Kept = {}
    for series in {series: None for piece in pieces for series in piece if series != CROSS}:
        parts: list[Any] = [piece[series] for piece in pieces if series in piece]
        kept[series] = newest(parts) if series == LATEST else add_up_kept(series, parts)
    return kept


def to_kept(rollup: Rollup | None) -> Kept:
    """A rollup as it is kept."""
    if rollup is None:
        return {}
    kept: Kept = {series: fold_rare(series, tallies) for series, tallies in rollup.tallies.items()}
    if rollup.crossings and other(TOOL) not in kept[TOOL]:
        kept[CROSS] = crossing.bounded(rollup.crossings)
    latest: Latest = rollup.latest
    return kept | {LATEST: latest} if latest else kept


def rows(hours: dict[int, KeptHour], patches: dict[int, Patch]) -> list[list[Any]]:
    """The rows that these patches of hours go into, as Commit has them.

    An hour goes where its day's hours before it are, unless that row has grown wide: then it begins a row.
    """
    found: dict[int, list[Any]] = {}
    for hour in sorted(patches):
        start = _row_of(hour, hours[hour], found)
        row = found.setdefault(start, [start, hour, {}])
        row[1] = hour
        patch_of = patches[hour] if start == hours[hour].start else _without_none(patches[hour])
        for series, patch in patch_of.items():
            row[2].setdefault(series, {})[str(hour)] = patch
    return list(found.values())


def _row_of(hour: int, kept: KeptHour, begun: Iterable[int]) -> int:
    begins = [start for start in begun if start // DAY_HOURS == hour // DAY_HOURS and start > (kept.start or 0)]
    if kept.start is None or (hour > kept.last and _is_wide(hour, kept)):
        return begins[-1] if begins else hour
    return kept.start


def _is_wide(hour: int, kept: KeptHour) -> bool:
    """Whether a row has enough in it: at the end of a quarter of a day little is, so that it can be read without the
    hours that are folded already.
    """
    next_quarter = hour // QUARTER_HOURS > kept.last // QUARTER_HOURS
    return kept.characters > (limits.ROW_CHARACTERS_OF_A_QUARTER if next_quarter else limits.ROW_CHARACTERS)


def _without_none(patch: Patch) -> Patch:
    """A patch of what is not there yet: nothing of it can go."""
    return {
        name: _without_none(value) if isinstance(value, dict) else value
        for name, value in patch.items()
        if value is not None
    }


def _put_over(patch: Patch, later: Patch) -> None:
    for series, values in later.items():
        if series == LATEST:
            patch[series] = values
        else:
            patch.setdefault(series, {}).update(values)
