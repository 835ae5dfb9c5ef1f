"""Time in slices, each with what happened in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from counting.people import People
from counting.tally import Tally
from storage.database import Row
from terms.dates import DAY, HOUR, day_of, hour_start


class Span(NamedTuple):
    """When a slice is: start in epoch seconds, width in seconds, HOUR or DAY."""

    start: int
    width: int


class Slice(NamedTuple):
    """The tally of an hour or of a day. start: epoch seconds. width: seconds, HOUR or DAY."""

    start: int
    width: int
    tally: Tally


def span_of(time: int, by_hour: Iterable[int]) -> Span:
    """The slice that a time (epoch seconds) falls into: an hour on the days by_hour, which are their first hours."""
    day = day_of(time)
    if day * DAY // HOUR in by_hour:
        return Span(hour_start(time), HOUR)
    return Span(day * DAY, DAY)


def from_counts(rows: list[Row]) -> dict[str, Tally]:
    """The tallies of rows of events/counts.sql, by slice."""
    tallies: dict[str, Tally] = {}
    for row in rows:
        name = str(row["slice"])
        if name not in tallies:
            tallies[name] = Tally()
        tallies[name].add_counts(row)
        tallies[name].people.update(People(0, set(json.loads(row["people"]))))
    return tallies
