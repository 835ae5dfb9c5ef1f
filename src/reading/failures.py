"""The errors of groups, which are many and of which little is asked: counted without a tally for each."""

from __future__ import annotations

from collections.abc import Iterable

from counting.fact import Fact
from counting.people import People
from counting.rollup import Tallies
from counting.tally import Tally, TallyJson, invocations_of
from reading.slices import Span
from reading.window import Window


class Failures:
    """The errors of one group.

    first, last: epoch seconds. by_slice: how many there are in each slice, by its start.
    """

    __slots__ = ("by_slice", "first", "last", "people")

    def __init__(self) -> None:
        self.by_slice: dict[int, int] = {}
        self.people = People()
        self.first = 1 << 62
        self.last = 0

    def copy(self) -> Failures:
        """The same, of its own."""
        failures = Failures()
        failures.by_slice, failures.people = dict(self.by_slice), self.people.copy()
        failures.first, failures.last = self.first, self.last
        return failures

    def add(self, start: int, fact: Fact) -> None:
        """Count one of a slice."""
        self.people.add(fact.person)
        self._note(start, 1, fact.time, fact.time)

    def add_tally(self, start: int, tally: Tally) -> None:
        """Count those of a slice."""
        self.people.update(tally.people)
        if tally.first is not None and tally.last is not None:
            self._note(start, tally.invocations, tally.first, tally.last)

    def _note(self, start: int, count: int, first: int, last: int) -> None:
        self.by_slice[start] = self.by_slice.get(start, 0) + count
        self.first = min(self.first, first)
        self.last = max(self.last, last)


def by_group(window: Window, slices: Iterable[tuple[Span, Tallies]]) -> dict[str, Failures]:
    """The failures of each group in a window, by its value in the series of errors."""
    found: dict[str, list[tuple[int, TallyJson]]] = {}
    for span, values in slices:
        if window.covers(span.start):
            for key, fields in values.items():
                if key in found:
                    found[key].append((span.start, fields))
                else:
                    found[key] = [(span.start, fields)]
    return {key: _sum_of(several) for key, several in found.items()}


def _sum_of(several: list[tuple[int, TallyJson]]) -> Failures:
    """The failures of slices, at least one, each with its start and its tally as it is kept."""
    failures = Failures()
    by_slice = failures.by_slice
    for start, fields in several:
        kept = fields[0]
        # Most often all are of one status: [its place, how many].
        count = kept[1] if len(kept) == 2 else invocations_of(fields)
        by_slice[start] = by_slice.get(start, 0) + count
        failures.people.update_json(fields[1])
        failures.first = min(failures.first, fields[2])
        failures.last = max(failures.last, fields[3])
    return failures
