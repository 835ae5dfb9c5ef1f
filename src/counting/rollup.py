"""Rollups: tallies of spans of time, by series and value, as events are counted into them and as they are kept.

A span is an hour, a quarter of a day, a day, or the days of a window; rollups of spans that lie side by side add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from counting.crossing import Crossing, cross
from counting.dimensions import ERROR, EVERYTHING, TEST, TOOL, other, tool_key, values_of
from counting.fact import Fact
from counting.tally import Places, Tally, TallyJson, invocations_of, places_of
from terms import limits
from terms.dates import HOUR

Tallies = dict[str, TallyJson]  # by value, each as Tally.to_json writes it
Latest = list[tuple[int, str, str]]  # of the newest failures: time, the event's key as text, the tool's key

LATEST = "latest"


class Rollup(NamedTuple):
    """What happened in a span. tallies: by series, then value. latest: its newest failures, newest first. crossings: of
    each tool, with its tally.
    """

    tallies: dict[str, dict[str, Tally]]
    latest: Latest
    crossings: dict[str, tuple[Crossing, Tally]]


def roll_up(facts: Iterable[tuple[Fact, bool]]) -> dict[int, Rollup]:
    """The rollups of these events by hour (hours since 1970). A fact comes with whether it is test traffic."""
    hours: dict[int, Rollup] = {}
    of_hours: dict[int, defaultdict[tuple[str, str], list[tuple[Fact, Places]]]] = {}
    for fact, test in facts:
        hour = fact.time // HOUR
        if hour not in hours:
            hours[hour], of_hours[hour] = Rollup({}, [], {}), defaultdict(list)
        rollup, groups = hours[hour], of_hours[hour]
        counted = fact, places_of(fact)
        # Reports leave tests out, so no series that a report reads may hold them.
        for group in ((TEST, EVERYTHING),) if test else values_of(fact):
            groups[group].append(counted)
        if fact.failed and not test:
            rollup.latest.append((fact.time, fact.key, tool_key(fact.category, fact.tool)))
    for hour, rollup in hours.items():
        for (series, value), several in of_hours[hour].items():
            some, places = zip(*several, strict=True)
            tally = rollup.tallies.setdefault(series, {})[value] = Tally()
            if series == ERROR:
                for fact in some:
                    tally.add_failure(fact)
            else:
                tally.add_all(some, places)
            if series == TOOL:
                rollup.crossings[value] = cross(some, places), tally
        rollup.latest.sort(reverse=True)
        del rollup.latest[limits.LATEST_ERRORS :]
    return hours


def add_up(pieces: Iterable[Tallies]) -> dict[str, Tally]:
    """The sum of kept tallies by value."""
    return {value: Tally.from_json(*several) for value, several in _by_value(pieces).items()}


def add_up_kept(series: str, pieces: Iterable[Tallies]) -> Tallies:
    """The sum of kept tallies as it is kept: with the rarest values of a series that has very many counted together."""
    return fold_rare(series, {value: _sum_of(several) for value, several in _by_value(pieces).items()})


def fold_rare(series: str, tallies: Tallies) -> Tallies:
    """The same, but of more than limits.VALUES values the rarest are counted together under (other)."""
    room = limits.VALUES
    if len(tallies) <= room:
        return tallies
    name = other(series)
    by_count = sorted(
        (value for value in tallies if value != name),
        key=lambda value: (-invocations_of(tallies[value]), value),
    )
    # Fewer than there is room for, or each new value would fold anew.
    kept = by_count[: room * 3 // 4]
    rare = [tallies[value] for value in (*by_count[room * 3 // 4 :], *([name] if name in tallies else []))]
    return {value: tallies[value] for value in kept} | {name: _sum_of(rare)}


def newest(pieces: Iterable[Latest]) -> Latest:
    """The newest failures of several spans, newest first."""
    every = sorted((tuple(entry) for piece in pieces for entry in piece), reverse=True)
    return every[: limits.LATEST_ERRORS]  # type: ignore[return-value] # JSON has lists for tuples


def _sum_of(several: list[TallyJson]) -> TallyJson:
    """The sum of tallies of one value; one alone is not even read."""
    return several[0] if len(several) == 1 else Tally.from_json(*several).to_json()


def _by_value(pieces: Iterable[Tallies]) -> dict[str, list[TallyJson]]:
    """What there is of each value."""
    found: dict[str, list[TallyJson]] = {}
    for piece in pieces:
        for value, fields in piece.items():
            if value in found:
                found[value].append(fields)
            else:
                found[value] = [fields]
    return found
