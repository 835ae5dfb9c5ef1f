"""Rollups' rows and events as slices of time."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from counting.kept import TalliesJson, hourly_tallies, totals
from counting.people import People
from counting.tally import Tally
from storage.database import Row
from terms.dates import DAY, HOUR, day_of, hour_start


class Slice(NamedTuple):
    """The tally of an hour or of a day. start: epoch seconds. width: seconds, HOUR or DAY."""

    start: int
    width: int
    tally: Tally


class Span(NamedTuple):
    """When a slice is: start in epoch seconds, width in seconds."""

    start: int
    width: int


def parts(row: Row) -> Iterator[tuple[Span, TalliesJson]]:
    """A rollup's row in parts: its hours if it has any, else its day as a whole.

    It has none where none were asked for, and where the day was too wide to keep them.
    """
    midnight = row["day"] * DAY
    hours = hourly_tallies(row)
    if not hours:
        yield Span(midnight, DAY), totals(row)
    for hour, tallies in hours.items():
        yield Span(midnight + hour * HOUR, HOUR), tallies


def span_of(time: int, hourly_days: str) -> Span:
    """The slice that a time (epoch seconds) falls into. hourly_days: as days_text writes them."""
    day = day_of(time)
    if hourly_days == EVERY_DAY or f",{day}," in hourly_days:
        return Span(hour_start(time), HOUR)
    return Span(day * DAY, DAY)


EVERY_DAY = "all"


def days_text(days: set[int]) -> str:
    """Days as the statements take them, to be found in by ",20000,": ",20000,20001,"."""
    return "".join(f",{day}" for day in sorted(days)) + ","


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
