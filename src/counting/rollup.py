"""Rollups: tallies of spans of time, by series and value, as events are counted into them and as they are kept.

A span is an hour, a quarter of a day, a day, or the days of a window; rollups of spans that lie side by side add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from counting.crossing import Crossings, combinations, cross
from counting.dimensions import BREAKDOWNS, ERROR, EVERYTHING, TEST, TOOL, error_key, other, tool_key, values_in
from counting.fact import Fact
from counting.tally import Columns, Tally, TallyJson, invocations_of, sum_of
from terms import limits
from terms.dates import HOUR

Tallies = dict[str, TallyJson]  # by value, each as Tally.to_json writes it
Latest = list[tuple[int, str, str]]  # of the newest failures: time, the event's key as text, the tool's key

LATEST = "latest"


class Rollup(NamedTuple):
    """What happened in a span. tallies: by series. latest: its newest failures, newest first. crossings: by tool."""

    tallies: dict[str, Tallies]
    latest: Latest
    crossings: Crossings


def roll_up(facts: Iterable[tuple[Fact, bool]]) -> dict[int, Rollup]:
    """The rollups of these events by hour (hours since 1970). A fact comes with whether it is test traffic."""
    hours: dict[int, tuple[list[Fact], list[Fact]]] = {}
    for fact, test in facts:
        hours.setdefault(fact.time // HOUR, ([], []))[test].append(fact)
    return {hour: _of_hour(*of_hour) for hour, of_hour in hours.items()}


def _of_hour(facts: Sequence[Fact], tests: Sequence[Fact]) -> Rollup:
    """The rollup of an hour's events, and of its test traffic."""
    rollup = Rollup({}, [], {})
    if facts:
        columns = Columns(facts)
        whole = columns.tally(range(len(facts)))
        rollup.tallies[EVERYTHING] = {EVERYTHING: whole}
        groups = {series: _groups(values_in(facts, series)) for series in (TOOL, *BREAKDOWNS)}
        for series, values in groups.items():
            # Where all have one value, it is of everything.
            rollup.tallies[series] = (
                dict.fromkeys(values, whole)
                if len(values) == 1
                else {value: columns.tally(numbers) for value, numbers in values.items()}
            )
        combined = combinations(facts)
        rollup.crossings.update({tool: cross(columns, combined, numbers) for tool, numbers in groups[TOOL].items()})
        _count_failures(rollup, columns, facts)
    # Reports leave tests out, so no series that a report reads may hold them.
    if tests:
        rollup.tallies[TEST] = {EVERYTHING: Columns(tests).tally(range(len(tests)))}
    return rollup


def _count_failures(rollup: Rollup, columns: Columns, facts: Sequence[Fact]) -> None:
    """Add those of an hour's events that failed."""
    failed = [number for number, fact in enumerate(facts) if fact.failed]
    if not failed:
        return
    some = [facts[number] for number in failed]
    rollup.tallies[ERROR] = {
        error: columns.failures([failed[place] for place in places])
        for error, places in _groups(list(map(error_key, some))).items()
    }
    latest = sorted(((fact.time, fact.key, tool_key(fact.category, fact.tool)) for fact in some), reverse=True)
    rollup.latest.extend(latest[: limits.LATEST_ERRORS])


def _groups(values: Sequence[str]) -> dict[str, list[int]]:
    """At which places each value stands."""
    found: dict[str, list[int]] = {}
    for place, value in enumerate(values):
        if value in found:
            found[value].append(place)
        else:
            found[value] = [place]
    return found


def add_up(pieces: Iterable[Tallies]) -> dict[str, Tally]:
    """The sum of kept tallies by value."""
    return {value: Tally.from_json(*several) for value, several in _by_value(pieces).items()}


def add_up_kept(series: str, pieces: Iterable[Tallies]) -> Tallies:
    """The sum of kept tallies as it is kept: with the rarest values of a series that has very many counted together."""
    return fold_rare(series, {value: sum_of(several) for value, several in _by_value(pieces).items()})


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
    return {value: tallies[value] for value in kept} | {name: sum_of(rare)}


def newest(pieces: Iterable[Latest]) -> Latest:
    """The newest failures of several spans, newest first."""
    every = sorted((tuple(entry) for piece in pieces for entry in piece), reverse=True)
    return every[: limits.LATEST_ERRORS]  # type: ignore[return-value] # JSON has lists for tuples


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
