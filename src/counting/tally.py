"""A tally: counts of some events by status, trigger and duration, their people, first and last moment.

Reports are sums of tallies: of spans of days gone by, of hours at a window's edge, and of the latest events.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from counting import counts
from counting.fact import Fact
from counting.histogram import bucket_of, percentiles
from counting.people import People
from counting.people import one_as_json as person_as_json
from counting.people import sum_as_json as people_as_json
from terms.vocabulary import STATUSES, TRIGGERS, UNKNOWN

# Where each counter lies: statuses, triggers, a few free places, buckets of duration.
_BUCKETS = 16
_STATUS_PLACE = {status: place for place, status in enumerate(STATUSES)}
_TRIGGER_PLACE = {trigger: len(STATUSES) + place for place, trigger in enumerate(TRIGGERS)}
_TRIGGER_PLACES = frozenset(_TRIGGER_PLACE.values())
_TRIGGERS = slice(len(STATUSES), len(STATUSES) + len(TRIGGERS))

TallyJson = list[Any]
_UNTIMED = 4  # fields where no duration is known
Places = tuple[int, ...]


def places_of(fact: Fact) -> Places:
    """Where one event counts in every tally that it is in."""
    status, trigger, duration = _STATUS_PLACE[fact.status], _TRIGGER_PLACE[fact.trigger], fact.duration_ms
    return (status, trigger) if duration is None else (status, trigger, _BUCKETS + bucket_of(duration))


class Columns:
    """Facts by what each says, so that tallies of many of their parts are soon made, as they are kept."""

    __slots__ = ("_durations", "_people", "_places", "_times")

    def __init__(self, facts: Sequence[Fact]) -> None:
        """facts: at least one."""
        _, self._times, self._people, _, _, _, self._durations, *_ = zip(*facts, strict=True)
        self._places = list(map(places_of, facts))

    def tally(self, numbers: Sequence[int]) -> TallyJson:
        """What Tally.to_json says of some of them, at least one. numbers: theirs."""
        if len(numbers) == 1:
            return self._one(*numbers)
        pick = itemgetter(*numbers)
        times = pick(self._times)
        places = counts.of_places(chain.from_iterable(pick(self._places)))
        fields = [places, People(numbers=pick(self._people)).to_json(), min(times), max(times)]
        durations = [duration for duration in pick(self._durations) if duration is not None]
        return [*fields, sum(durations), min(durations), max(durations)] if durations else fields

    def failures(self, numbers: Sequence[int]) -> TallyJson:
        """The same by their status, person and time alone, which is all that is asked of an error."""
        statuses = counts.of_places([self._places[number][0] for number in numbers])
        people, times = [self._people[number] for number in numbers], [self._times[number] for number in numbers]
        return [statuses, People(numbers=people).to_json(), min(times), max(times)]

    def _one(self, number: int) -> TallyJson:
        time, duration = self._times[number], self._durations[number]
        fields = [[it for place in self._places[number] for it in (place, 1)], person_as_json(self._people[number])]
        return [*fields, time, time] if duration is None else [*fields, time, time, duration, duration, duration]


class Tally:
    """Counts of some events.

    counts: by status, trigger and bucket of duration. duration_ms: the sum; least, greatest: the extreme durations, all
    in milliseconds. first, last: epoch seconds. None where there is none.
    """

    __slots__ = ("_later", "_unread", "counts", "duration_ms", "first", "greatest", "last", "least", "people")

    counts: counts.Counts
    duration_ms: int
    least: int | None
    greatest: int | None
    people: People
    first: int | None
    last: int | None
    _unread: tuple[TallyJson, ...]
    _later: list[Fact]  # what was added before it was read

    def __init__(self, *unread: TallyJson) -> None:
        """unread: tallies that are kept, whose sum it is."""
        self._unread = unread
        self._later = []
        if unread:
            return
        self.counts = [0] * _BUCKETS
        self.duration_ms = 0
        self.least = self.greatest = None
        self.people = People()
        self.first = self.last = None

    def __getattr__(self, name: str) -> Any:
        """What is kept is added up when more is asked for than how many events there are: of most tools nothing is."""
        several, self._unread = self._unread, ()
        if not several:
            raise AttributeError(name)
        self._read(several)
        if self._later:
            self.add_all(self._later)
        return getattr(self, name)

    @property
    def invocations(self) -> int:
        """How many events there are."""
        if self._unread:
            return invocations_of(*self._unread) + len(self._later)
        return invocations(self.counts)

    def statuses(self) -> tuple[int, ...]:
        """How many there are of each status, in the order of STATUSES."""
        return tuple(self.counts[: len(STATUSES)])

    def triggers(self) -> dict[str, int]:
        """How many there are of each trigger."""
        return dict(zip(TRIGGERS, self.counts[_TRIGGERS], strict=True))

    def durations(self) -> int:
        """How many have a duration."""
        return sum(self.counts[_BUCKETS:])

    def percentiles(self, *ranks: float) -> tuple[int | None, ...]:
        """Percentiles of the durations in milliseconds, each rank in 0…1."""
        return percentiles(self.counts[_BUCKETS:], ranks, self.least, self.greatest)

    def copy(self) -> Tally:
        """A tally of its own of the same events."""
        if self._unread:
            tally = Tally(*self._unread)
            tally._later = self._later.copy()
            return tally
        tally = Tally()
        tally.counts, tally.people = self.counts.copy(), self.people.copy()
        tally.duration_ms, tally.least, tally.greatest = self.duration_ms, self.least, self.greatest
        tally.first, tally.last = self.first, self.last
        return tally

    def add(self, fact: Fact) -> None:
        """Count one event."""
        counts.count(self.counts, places_of(fact))
        self.people.add(fact.person)
        duration = fact.duration_ms
        if duration is not None:
            self.duration_ms += duration
            self._span(duration, duration)
        self._seen(fact.time, fact.time)

    def add_all(self, facts: Sequence[Fact]) -> None:
        """Count several events, at least one."""
        if self._unread:
            self._later += facts
            return
        counts.count(self.counts, list(chain.from_iterable(map(places_of, facts))))
        self.people.add_all([fact.person for fact in facts])
        durations = [fact.duration_ms for fact in facts if fact.duration_ms is not None]
        if durations:
            self.duration_ms += sum(durations)
            self._span(min(durations), max(durations))
        times = [fact.time for fact in facts]
        self._seen(min(times), max(times))

    def add_counts(self, row: dict[str, Any]) -> None:
        """Count events that are alike in status, trigger and bucket of duration."""
        places = [_STATUS_PLACE[row["status"]], _TRIGGER_PLACE[row["trigger"]]]
        if row["bucket"] is not None:
            places.append(_BUCKETS + row["bucket"])
            self.duration_ms += row["duration_ms"]
            self._span(row["least"], row["greatest"])
        counts.count(self.counts, places, row["events"])
        self._seen(row["first"], row["last"])

    def merge(self, *others: Tally) -> None:
        """Count other tallies' events too."""
        self.counts = counts.sum_of([self.counts, *(other.counts for other in others)])
        for other in others:
            self.people.update(other.people)
            if other.least is not None and other.greatest is not None:
                self.duration_ms += other.duration_ms
                self._span(other.least, other.greatest)
            if other.first is not None and other.last is not None:
                self._seen(other.first, other.last)

    def merge_json(self, *several: TallyJson) -> None:
        """Count the events of tallies that are kept, at least one."""
        self.merge(Tally.from_json(*several))

    def to_json(self) -> TallyJson:
        """[counts, people, first, last], and behind them, if any duration is known, [sum, least, greatest]."""
        fields = [counts.to_json(self.counts), self.people.to_json(), self.first, self.last]
        return fields if self.least is None else [*fields, self.duration_ms, self.least, self.greatest]

    @classmethod
    def from_json(cls, *several: TallyJson) -> Tally:
        """The sum of tallies that are kept, at least one."""
        return cls(*several)

    @classmethod
    def people_from_json(cls, *several: TallyJson) -> Tally:
        """A tally of nothing but the people of tallies that are kept."""
        tally = cls()
        tally.people.update_json(*[fields[1] for fields in several])
        return tally

    def _read(self, several: Sequence[TallyJson]) -> None:
        """Be the sum of tallies that are kept."""
        kept, people, first, last, *timed = zip(*several)  # noqa: B905 - as many fields as all of them have
        self.counts = counts.sum_of_json(kept, _BUCKETS)
        self.people = People()
        self.people.update_json(*people)
        self.first, self.last = min(first), max(last)
        if not timed:
            timed = [*zip(*[fields[_UNTIMED:] for fields in several if len(fields) > _UNTIMED], strict=True)]
        sums, least, greatest = timed or ((0,), (None,), (None,))
        self.duration_ms, self.least, self.greatest = sum(sums), min(least), max(greatest)

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


def sum_of(several: Sequence[TallyJson]) -> TallyJson:
    """The sum of tallies that are kept, at least one, as it is kept; one alone is not even read."""
    if len(several) == 1:
        return several[0]
    counters, people = [fields[0] for fields in several], [fields[1] for fields in several]
    first, last = min([fields[2] for fields in several]), max([fields[3] for fields in several])
    added = [counts.sum_as_json(counters), people_as_json(people), first, last]
    timed = [fields for fields in several if len(fields) > _UNTIMED]
    if not timed:
        return added
    least, greatest = min([fields[5] for fields in timed]), max([fields[6] for fields in timed])
    return [*added, sum([fields[4] for fields in timed]), least, greatest]


def merged(one: Tally, other: Tally) -> Tally:
    """A tally of the events of two."""
    tally = one.copy()
    tally.merge(other)
    return tally


def invocations(all_counts: counts.Counts) -> int:
    """How many events these counts are of: every one has a status."""
    return sum(all_counts[: len(STATUSES)])


def invocations_of(*several: TallyJson) -> int:
    """How many events tallies are of, as they are kept."""
    found = 0
    for fields in several:
        kept = fields[0]
        # Most often all are of one status, which is the first pair: behind it is a trigger.
        if len(kept) > 2 and kept[2] in _TRIGGER_PLACES:
            found += kept[1]
        else:
            found += counts.sum_of_first(kept, len(STATUSES))
    return found


def of_visits(visits: int, people: list[int], first: int, last: int) -> TallyJson:
    """The tally of visits as it is kept: each counts as a use of which neither outcome nor trigger is known.

    people: their numbers. first, last: epoch seconds.
    """
    return [[_STATUS_PLACE[UNKNOWN], visits, _TRIGGER_PLACE[UNKNOWN], visits], people, first, last]


def without_people(fields: TallyJson, gone: Collection[int]) -> TallyJson | None:
    """The tally of visits without these people, by number, None if none is left; each is taken for one visit."""
    people = people_of(fields)
    left = [number for number in people if number not in gone]
    if len(left) == len(people):
        return fields
    visits = invocations_of(fields) - (len(people) - len(left))
    return of_visits(visits, left, fields[2], fields[3]) if left else None


def people_of(fields: TallyJson) -> People:
    """The people of a tally as it is kept."""
    return People.from_json(fields[1])
