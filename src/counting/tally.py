"""A tally: counts of some events by status, trigger and duration, their people, first and last moment.

Reports are sums of tallies: of spans of days gone by, of hours at a window's edge, and of the latest events.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from struct import Struct
from typing import Any

from counting import counts
from counting.fact import Fact
from counting.histogram import bucket_of, percentiles
from counting.people import People
from counting.people import one_as_json as people_as_json
from terms.vocabulary import STATUSES, TRIGGERS, UNKNOWN

# Where each counter lies: statuses, triggers, a few free places, buckets of duration.
_BUCKETS = 16
_STATUS_PLACE = {status: place for place, status in enumerate(STATUSES)}
_TRIGGER_PLACE = {trigger: len(STATUSES) + place for place, trigger in enumerate(TRIGGERS)}
_STATUS_UNIT = {status: counts.unit(place) for status, place in _STATUS_PLACE.items()}
_TRIGGER_UNIT = {trigger: counts.unit(place) for trigger, place in _TRIGGER_PLACE.items()}
_LOW = counts.unit(_BUCKETS) - 1
_OF_LOW = Struct(f"<{_BUCKETS}I")
_TRIGGERS = slice(len(STATUSES), len(STATUSES) + len(TRIGGERS))

TallyJson = list[Any]
_FOUR, _DURATIONS = itemgetter(0, 1, 2, 3), itemgetter(4, 5, 6)  # of what to_json writes


def unit_of(fact: Fact) -> int:
    """What one event adds to the counts of every tally that it is in."""
    unit = _STATUS_UNIT[fact.status] + _TRIGGER_UNIT[fact.trigger]
    duration = fact.duration_ms
    return unit if duration is None else unit + counts.unit(_BUCKETS + bucket_of(duration))


def one_as_json(fact: Fact) -> TallyJson:
    """What Tally.to_json says of one event, without the way there."""
    places = [STATUSES.index(fact.status), 1, len(STATUSES) + TRIGGERS.index(fact.trigger), 1]
    person, duration = people_as_json(fact.person), fact.duration_ms
    if duration is None:
        return [places, person, fact.time, fact.time]
    return [[*places, _BUCKETS + bucket_of(duration), 1], person, fact.time, fact.time, duration, duration, duration]


class Tally:
    """Counts of some events.

    counts: by status, trigger and bucket of duration, as counting.counts has them. duration_ms: the sum; least,
    greatest: the extreme durations, all in milliseconds. first, last: epoch seconds. None where there is none.
    """

    __slots__ = ("counts", "duration_ms", "first", "greatest", "last", "least", "people")

    def __init__(self) -> None:
        self.counts = 0
        self.duration_ms = 0
        self.least: int | None = None
        self.greatest: int | None = None
        self.people = People()
        self.first: int | None = None
        self.last: int | None = None

    @property
    def invocations(self) -> int:
        return invocations(self.counts)

    def statuses(self) -> tuple[int, ...]:
        """How many there are of each status, in the order of STATUSES."""
        return self._low()[: len(STATUSES)]

    def triggers(self) -> dict[str, int]:
        """How many there are of each trigger."""
        return dict(zip(TRIGGERS, self._low()[_TRIGGERS], strict=True))

    def durations(self) -> int:
        """How many have a duration."""
        return counts.total(counts.above(self.counts, _BUCKETS))

    def percentiles(self, *ranks: float) -> tuple[int | None, ...]:
        """Percentiles of the durations in milliseconds, each rank in 0…1."""
        return percentiles(counts.above(self.counts, _BUCKETS), ranks, self.least, self.greatest)

    def copy(self) -> Tally:
        """A tally of its own of the same events."""
        tally = Tally()
        tally.counts, tally.duration_ms, tally.least, tally.greatest = (
            self.counts,
            self.duration_ms,
            self.least,
            self.greatest,
        )
        tally.people, tally.first, tally.last = self.people.copy(), self.first, self.last
        return tally

    def add(self, fact: Fact, unit: int | None = None) -> None:
        """Count one event. unit: what unit_of says of it, if that is known already."""
        self.counts += unit_of(fact) if unit is None else unit
        self.people.add(fact.person)
        duration = fact.duration_ms
        if duration is not None:
            self.duration_ms += duration
            self._span(duration, duration)
        self._seen(fact.time, fact.time)

    def add_all(self, facts: Sequence[Fact], units: Iterable[int] | None = None) -> None:
        """Count several events, at least one. units: what unit_of says of each, if that is known already."""
        self.counts += _counts_of(facts) if units is None else sum(units)
        self.people.add_all([fact.person for fact in facts])
        durations = [fact.duration_ms for fact in facts if fact.duration_ms is not None]
        if durations:
            self.duration_ms += sum(durations)
            self._span(min(durations), max(durations))
        times = [fact.time for fact in facts]
        self._seen(min(times), max(times))

    def add_failure(self, fact: Fact) -> None:
        """Count one event by its status, person and time alone, which is all that is asked of an error."""
        self.counts += _STATUS_UNIT[fact.status]
        self.people.add(fact.person)
        self._seen(fact.time, fact.time)

    def add_counts(self, row: dict[str, Any]) -> None:
        """Count events that are alike in status, trigger and bucket of duration."""
        unit = _STATUS_UNIT[row["status"]] + _TRIGGER_UNIT[row["trigger"]]
        if row["bucket"] is not None:
            unit += counts.unit(_BUCKETS + row["bucket"])
            self.duration_ms += row["duration_ms"]
            self._span(row["least"], row["greatest"])
        self.counts += unit * row["events"]
        self._seen(row["first"], row["last"])

    def merge(self, other: Tally) -> None:
        """Count another tally's events too."""
        self.counts += other.counts
        self.people.update(other.people)
        if other.least is not None and other.greatest is not None:
            self.duration_ms += other.duration_ms
            self._span(other.least, other.greatest)
        if other.first is not None and other.last is not None:
            self._seen(other.first, other.last)

    def merge_json(self, *several: TallyJson) -> None:
        """Count the events of tallies that are kept, at least one."""
        kept, people, first, last = zip(*map(_FOUR, several), strict=True)
        self.counts += counts.sum_of_json(kept)
        self.people.update_json(*people)
        self._seen(min(first), max(last))
        timed = [fields for fields in several if len(fields) > 4]
        if timed:
            durations, least, greatest = zip(*map(_DURATIONS, timed), strict=True)
            self.duration_ms += sum(durations)
            self._span(min(least), max(greatest))

    def to_json(self) -> TallyJson:
        """[counts, people, first, last], and behind them, if any duration is known, [sum, least, greatest]."""
        fields = [counts.to_json(self.counts), self.people.to_json(), self.first, self.last]
        return fields if self.least is None else [*fields, self.duration_ms, self.least, self.greatest]

    @classmethod
    def from_json(cls, *several: TallyJson) -> Tally:
        """The sum of tallies that are kept, at least one."""
        tally = cls()
        if len(several) == 1:
            ((kept, people, tally.first, tally.last, *durations),) = several
            tally.counts = counts.from_json(kept)
            tally.people.update_json(people)
            if durations:
                tally.duration_ms, tally.least, tally.greatest = durations
        else:
            tally.merge_json(*several)
        return tally

    @classmethod
    def people_from_json(cls, *several: TallyJson) -> Tally:
        """A tally of nothing but the people of tallies that are kept."""
        tally = cls()
        tally.people.update_json(*[fields[1] for fields in several])
        return tally

    def _low(self) -> tuple[int, ...]:
        """The counters before those of the durations."""
        return _OF_LOW.unpack((self.counts & _LOW).to_bytes(_OF_LOW.size, "little"))

    def _span(self, least: int, greatest: int) -> None:
        if self.least is None or least < self.least:
            self.least = least
        if self.greatest is None or greatest > self.greatest:
            self.greatest = greatest

    def _seen(self, first: int, last: int) -> None:
        if self.first is None or first < self.first:
            self.first = first
        if self.last is None or last > self.last:
            self.last = last


def merged(one: Tally, other: Tally) -> Tally:
    """A tally of the events of two."""
    tally = one.copy()
    tally.merge(other)
    return tally


def _counts_of(facts: Sequence[Fact]) -> int:
    """What several events add to the counts of a tally."""
    places = [_BUCKETS + bucket_of(fact.duration_ms) for fact in facts if fact.duration_ms is not None]
    for fact in facts:
        places += (_STATUS_PLACE[fact.status], _TRIGGER_PLACE[fact.trigger])
    return counts.of_places(places)


def invocations(all_counts: int) -> int:
    """How many events these counts are of: every one has a status."""
    low = counts.below(all_counts, len(STATUSES))
    return counts.total(low)


def invocations_of(fields: TallyJson) -> int:
    """How many events a tally is of, as it is kept."""
    kept = fields[0]
    if not isinstance(kept, list):
        return invocations(counts.from_json(kept))
    if not kept or kept[-2] < len(STATUSES):
        return sum(kept[1::2])
    pairs = iter(kept)
    return sum([count for place, count in zip(pairs, pairs, strict=True) if place < len(STATUSES)])


def of_visits(visits: int, people: list[int], first: int, last: int) -> TallyJson:
    """The tally of visits as it is kept: each counts as a use of which neither outcome nor trigger is known.

    people: their numbers. first, last: epoch seconds.
    """
    unit = _STATUS_UNIT[UNKNOWN] + _TRIGGER_UNIT[UNKNOWN]
    return [counts.to_json(unit * visits), people, first, last]


def people_of(fields: TallyJson) -> People:
    """The people of a tally as it is kept."""
    return People.from_json(fields[1])
