"""A rollup: what happened on one day in one dimension, or to one tool, as a tally per value, by day and by hour.

This is the form it has while events are counted; kept.py has the form in which it is stored.
"""

from collections.abc import Iterable
from typing import NamedTuple

from counting.dimensions import BREAKDOWNS, EVERYTHING, TEST, TOOL, value_of
from counting.fact import Fact
from counting.tally import Detail, Tally
from terms.dates import DAY, HOUR, day_of

# In a tool's rollup "" is the tool as a whole, and "!TimeoutError" its errors of one type: an error report then reads
# the same rows as a tool report.
ERROR_MARK = "!"


class Key(NamedTuple):
    """Which rollup: its series, its day (days since 1970), and the tool's name in the series of tools, else ""."""

    dimension: str
    day: int
    tool_name: str


class Rollup:
    """A day of a series: a tally per value, of the day (totals) and of each of its hours (0…23).

    latest_errors: (time, event key) of its errors, in no order.
    """

    def __init__(self) -> None:
        self.totals: dict[str, Tally] = {}
        self.hours: dict[int, dict[str, Tally]] = {}
        self.latest_errors: list[tuple[int, int]] = []

    def add(self, fact: Fact, value: str, detail: Detail = Detail.SERIES) -> None:
        """Count an event under a value, in its hour. add_up makes the day's totals when all are counted."""
        values = self.hours.setdefault(fact.time % DAY // HOUR, {})
        if value not in values:
            values[value] = Tally()
        values[value].add(fact, detail)

    def add_up(self) -> None:
        """Make the day's totals from its hours."""
        for values in self.hours.values():
            for value, tally in values.items():
                if value not in self.totals:
                    self.totals[value] = Tally()
                self.totals[value].merge(tally)


def roll_up(facts: Iterable[tuple[Fact, bool]]) -> dict[Key, Rollup]:
    """The rollups of these events alone, each a fact and whether it is test traffic, which is kept apart."""
    rollups: dict[Key, Rollup] = {}
    for fact, test in facts:
        day = day_of(fact.time)
        # Reports leave tests out, so no series that a report reads may hold them.
        if test:
            rollups.setdefault(Key(TEST, day, ""), Rollup()).add(fact, "")
            continue
        everything = rollups.setdefault(Key(EVERYTHING, day, ""), Rollup())
        everything.add(fact, "")
        tool = rollups.setdefault(Key(TOOL, day, fact.tool), Rollup())
        tool.add(fact, "", Detail.TOOL)
        if fact.failed:
            tool.add(fact, ERROR_MARK + (fact.error_type or ""), Detail.ERROR)
            for rollup in (everything, tool):
                rollup.latest_errors.append((fact.time, fact.key))
        for dimension in BREAKDOWNS:
            rollups.setdefault(Key(dimension, day, ""), Rollup()).add(fact, value_of(fact, dimension))
    for rollup in rollups.values():
        rollup.add_up()
    return rollups
