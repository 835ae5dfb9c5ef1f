"""A rollup as it is kept: JSON in the columns of one row.

Rows are billed and their width is not, so a day's hours lie inside its row. Tallies stay JSON until one is needed: most
of a row is only carried over.
"""

import json
from collections.abc import Iterator
from typing import Any

from counting.packing import pack, unpack
from counting.rollup import ERROR_MARK, Key, Rollup
from counting.tally import Tally
from terms import limits
from terms.vocabulary import OTHER

TalliesJson = dict[str, dict[str, Any]]  # by value, each as Tally.to_json writes it


def totals(row: dict[str, Any]) -> TalliesJson:
    """The whole day of a rollup's row."""
    kept: TalliesJson = json.loads(row["totals"])
    return kept


def hourly_tallies(row: dict[str, Any]) -> dict[int, TalliesJson]:
    """The hours (0…23) of a rollup's row; {} if they were not asked for, or if the day was too wide to keep them."""
    hours = json.loads(row["hours"] or "null") or {}
    if isinstance(hours, str):  # a day that is over has them packed: nothing but a late event changes them any more
        hours = json.loads(unpack(hours))
    return {int(hour): values for hour, values in hours.items()}


def latest_errors(row: dict[str, Any]) -> list[tuple[int, int]]:
    """The (time, event key) of the newest errors that a rollup's row knows, newest first."""
    return [(time, int(key)) for time, key in json.loads(row["latest_errors"])]


class KeptRollup:
    """A stored rollup that another one is merged into or taken out of.

    It has all its hours if its day is over, else those that change; the statement that writes it leaves the others be.
    """

    def __init__(self, row: dict[str, Any] | None) -> None:
        """row: as it is stored; None: there is none yet."""
        self._totals: TalliesJson = totals(row) if row else {}
        self._hours: dict[int, TalliesJson] = hourly_tallies(row) if row else {}
        self._latest_errors: list[tuple[int, int]] = latest_errors(row) if row else []

    def merge(self, delta: Rollup) -> None:
        """Count another rollup's events too."""
        names = {}
        for value in delta.totals:
            names[value] = self._room_for(value)
            # Taken at once, so that the next value of this delta finds one place less.
            self._totals.setdefault(names[value], {})
        for values, new in self._pairs(delta):
            for value, tally in new.items():
                name = names[value]
                if name in values:
                    tally.merge(Tally.from_json(values[name]))
                values[name] = tally.to_json()
        newest_first = sorted([*delta.latest_errors, *self._latest_errors], reverse=True)
        self._latest_errors = newest_first[: limits.LATEST_ERRORS]

    def subtract(self, delta: Rollup, person: int) -> None:
        """Take out another rollup's events, which are all of one person's, and the person."""
        for values, gone in self._pairs(delta):
            for value, taken in gone.items():
                # What came when there was no room for it was counted with the others.
                name = value if value in values else _other(value)
                if name not in values:
                    continue
                tally = Tally.from_json(values[name])
                tally.subtract(taken, person)
                values[name] = tally.to_json()
                if not tally.invocations:
                    del values[name]
        gone_keys = {key for _, key in delta.latest_errors}
        self._latest_errors = [(time, key) for time, key in self._latest_errors if key not in gone_keys]

    def to_row(self, key: Key, whole: bool) -> list[Any]:
        """The row as rollups/write.sql takes it. whole: its day is over, and it has all its hours."""
        # An event's key is beyond 2^53, where JavaScript's JSON loses digits: as text.
        latest = [(time, str(event_key)) for time, event_key in self._latest_errors]
        day, hours, errors = (json.dumps(part, separators=(",", ":")) for part in (self._totals, self._hours, latest))
        if whole:
            # A few hours are shorter as they are.
            hours = min(hours, json.dumps(pack(hours.encode())), key=len)
        return [*key, day, hours, errors]

    def _pairs(self, delta: Rollup) -> Iterator[tuple[TalliesJson, dict[str, Tally]]]:
        """What is kept beside what comes: of the day, and of each hour that comes."""
        yield self._totals, delta.totals
        for hour, values in delta.hours.items():
            yield self._hours.setdefault(hour, {}), values

    def _room_for(self, value: str) -> str:
        """The value, or what it is counted under once a day has more values than it keeps apart."""
        return value if value in self._totals or len(self._totals) < limits.ROLLUP_GROUPS else _other(value)


def _other(value: str) -> str:
    return (ERROR_MARK if value.startswith(ERROR_MARK) else "") + OTHER
