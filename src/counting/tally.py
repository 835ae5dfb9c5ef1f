"""A tally: counts of some events by status, trigger and category, their durations, people, first and last moment.

Reports are sums of tallies: of rolled-up days, of hours at a window's edge, and of the latest events.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from counting.fact import Fact
from counting.histogram import bucket_of
from counting.people import People


class Detail(Enum):
    """What a tally counts of an event: no more than reports ask of it, as all of it is read and written again."""

    ERROR = "status, person, time"
    SERIES = "status, person, duration"
    TOOL = "status, person, duration, time, trigger, category"


class Tally:
    """Counts of some events. first, last: epoch seconds, None when empty. duration_ms: the sum, in milliseconds."""

    __slots__ = ("categories", "duration_ms", "durations", "first", "last", "people", "statuses", "triggers")

    def __init__(self) -> None:
        self.statuses: dict[str, int] = {}
        self.triggers: dict[str, int] = {}
        self.categories: dict[str, int] = {}
        self.durations: dict[str, int] = {}
        self.duration_ms = 0
        self.people = People()
        self.first: int | None = None
        self.last: int | None = None

    @property
    def invocations(self) -> int:
        return sum(self.statuses.values())

    def add(self, fact: Fact, detail: Detail = Detail.TOOL) -> None:
        """Count one event."""
        _count(self.statuses, fact.status)
        self.people.add(fact.person)
        if detail is not Detail.ERROR and fact.duration_ms is not None:
            _count(self.durations, bucket_of(fact.duration_ms))
            self.duration_ms += fact.duration_ms
        if detail is not Detail.SERIES:
            self._seen(fact.time, fact.time)
        if detail is Detail.TOOL:
            _count(self.triggers, fact.trigger)
            _count(self.categories, fact.category)

    def add_counts(self, row: dict[str, Any]) -> None:
        """Count events that are alike in status, trigger, category and bucket of duration."""
        events = row["events"]
        for counts, name in (
            (self.statuses, row["status"]),
            (self.triggers, row["trigger"]),
            (self.categories, row["tool_category"]),
            (self.durations, row["bucket"]),
        ):
            if name is not None:
                counts[name] = counts.get(name, 0) + events
        self.duration_ms += row["duration_ms"] or 0
        self._seen(row["first"], row["last"])

    def merge(self, other: Tally) -> None:
        """Count another tally's events too."""
        for mine, theirs in self._counts(other):
            if not mine:
                mine.update(theirs)
                continue
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count
        self.duration_ms += other.duration_ms
        self.people.update(other.people)
        if other.first is not None and other.last is not None:
            self._seen(other.first, other.last)

    def subtract(self, other: Tally, person: int) -> None:
        """Take out another tally's events, which are all of one person's, and the person. first and last stay."""
        for mine, theirs in self._counts(other):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) - count
                if mine[name] <= 0:
                    del mine[name]
        self.duration_ms -= other.duration_ms
        self.people.discard(person)

    def to_json(self) -> dict[str, Any]:
        """Only what is there, under short names: width costs no money, but it costs time."""
        fields = {
            "s": self.statuses,
            "t": self.triggers,
            "c": self.categories,
            "d": self.durations,
            "ms": self.duration_ms,
            "p": self.people.to_json(),
            "f": self.first,
            "l": self.last,
        }
        return {name: value for name, value in fields.items() if value}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Tally:
        tally = cls()
        tally.statuses = fields.get("s", {})
        tally.triggers = fields.get("t", {})
        tally.categories = fields.get("c", {})
        tally.durations = fields.get("d", {})
        tally.duration_ms = fields.get("ms", 0)
        tally.people = People.from_json(fields.get("p", []))
        tally.first = fields.get("f")
        tally.last = fields.get("l")
        return tally

    def _counts(self, other: Tally) -> tuple[tuple[dict[str, int], dict[str, int]], ...]:
        return (
            (self.statuses, other.statuses),
            (self.triggers, other.triggers),
            (self.categories, other.categories),
            (self.durations, other.durations),
        )

    def _seen(self, first: int, last: int) -> None:
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1
