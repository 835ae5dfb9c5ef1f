"""Tallies for reports: from the rollups and the few events that they do not hold yet, or, where a filter asks for
what no rollup keeps, from the events of the window themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import store
from keys import DAY, HOUR
from rollup import ERROR_MARK, EVERYTHING, TOOL, hours_of, value_of
from store import Filters
from tally import Fact, People, Tally
from window import Window, day_of, hour_of

if TYPE_CHECKING:
    from d1 import Database, Row, Statement
    from memory import Memory

Group = tuple[str, str | None]  # tool_name, error_type
ToolValue = tuple[str, str]  # tool_name, value


@dataclass(frozen=True, slots=True)
class Slice:
    """The tally of a day or of an hour. start: epoch seconds."""

    start: int
    tally: Tally


class Ledger:
    """Answers for one request.

    now: epoch seconds. fresh: whether the last event stored must be counted. Afterwards, waiting says how many events
    lay beside the rollups, and as_of (epoch seconds) how old the answer is.
    """

    def __init__(self, database: Database, memory: Memory, filters: Filters, now: float, fresh: bool) -> None:
        self._database = database
        self._memory = memory
        self._filters = filters
        self._narrowed = filters.active()
        self._now = now
        self._fresh = fresh
        self.waiting = 0
        self.as_of = now

    async def timeline(self, start: int, edges: Iterable[int] | None) -> list[Slice]:
        """Slices that tile the time from a full hour on, in order.

        edges: times (epoch seconds, full hours) at which slices must part; None: every hour. Slices with no events are
        left out.
        """
        hour_days = "all" if edges is None else _days_json({day_of(edge) for edge in (start, *edges)})
        if not self._is_kept(by=None):
            found = await store.filtered_tallies(self._database, "time", start, hour_days, self._filters)
            return _slices({int(name): tally for name, tally in _from_events(*found).items()}, start)
        dimension, value = next(iter(self._narrowed.items()), (EVERYTHING, ""))
        tool = value if dimension == TOOL else ""
        (rows,), facts = await self._read(start, store.series(dimension, tool, day_of(start), hour_days))
        name = "" if dimension in (EVERYTHING, TOOL) else value
        tallies = {}
        for row in rows:
            for begins, values in _parts(row):
                if name in values:
                    tallies[begins] = Tally.from_json(values[name])
        for fact in facts:
            day = day_of(fact.time)
            by_the_hour = edges is None or f",{day}," in hour_days
            tallies.setdefault(hour_of(fact.time) if by_the_hour else day * DAY, Tally()).add(fact)
        return _slices(tallies, start)

    async def groups(self, dimension: str, window: Window) -> dict[str, Tally]:
        """The window's tally for each value of a dimension."""
        if not self._is_kept(dimension):
            return _from_events(
                *await store.filtered_tallies(self._database, dimension, window.start, "", self._filters)
            )
        tool = self._filters.tool or "" if dimension == TOOL else ""
        series = _series(dimension, tool, window)
        (rows,), facts = await self._read(window.start, series)
        groups: dict[str, Tally] = {}
        for (tool_name, value), tally in self._sums(series, rows, window.start):
            if dimension != TOOL:
                groups.setdefault(value, Tally()).merge(tally)
            elif not value:
                groups.setdefault(tool_name, Tally()).merge(tally)
        for fact in facts:
            groups.setdefault(value_of(fact, dimension), Tally()).add(fact)
        wanted = self._narrowed.get(dimension)
        return groups if wanted is None else {value: tally for value, tally in groups.items() if value == wanted}

    async def errors(self, window: Window, limit: int) -> tuple[dict[Group, Tally], list[Row]]:
        """The window's errors by tool and type, and the latest of them, newest first."""
        if not self._is_kept(TOOL):
            found = await store.filtered_tallies(self._database, "error", window.start, "", self._filters)
            groups = {_group(name): tally for name, tally in _from_events(*found).items()}
            return groups, await store.filtered_errors(self._database, window.start, self._filters, limit)
        tool = self._filters.tool or ""
        series = _series(TOOL, tool, window)
        newest = store.latest_errors(TOOL if tool else EVERYTHING, tool, day_of(window.start))
        (rows, newest_rows), facts = await self._read(window.start, series, newest)
        latest: list[tuple[int, int]] = []
        for row in newest_rows:
            if len(latest) >= limit:
                break
            latest += [(time, int(key)) for time, key in json.loads(row["latest_errors"])]
        kept: dict[Group, Tally] = {}
        for (tool_name, value), tally in self._sums(series, rows, window.start):
            if value.startswith(ERROR_MARK):
                kept.setdefault((tool_name, value[len(ERROR_MARK) :] or None), Tally()).merge(tally)
        for fact in facts:
            if fact.failed:
                kept.setdefault((fact.tool, fact.error_type), Tally()).add(fact)
                latest.append((fact.time, fact.key))
        keys = [key for time, key in sorted(latest, reverse=True) if window.covers(time)][:limit]
        listed = await store.events_by_key(self._database, keys) if keys else {}
        return kept, [listed[key] for key in keys if key in listed]

    def _sums(self, series: Statement, rows: list[Row], start: int) -> Iterator[tuple[ToolValue, Tally]]:
        """What the rows of a series hold since a time, by tool_name and value; not to be changed.

        Apart for the first day, for today and for the days between, which seldom change and are then remembered.
        """
        first, today = day_of(start), day_of(int(self._now))
        for name, since, some in (
            ("first", start, [row for row in rows if row["day"] == first]),
            ("between", 0, [row for row in rows if first < row["day"] < today]),
            ("today", 0, [row for row in rows if row["day"] >= max(first + 1, today)]),
        ):
            yield from self._memory.made((series, name), (since, some), _sum).items()

    def _is_kept(self, by: str | None) -> bool:
        """Whether the rollups know it: all of it, or one filter by that very dimension or along time."""
        if self._filters.include_test or len(self._narrowed) > 1:
            return False
        return by is None or not self._narrowed or by in self._narrowed

    async def _read(self, start: int, *statements: Statement) -> tuple[list[list[Row]], list[Fact]]:
        rows, waiting = await self._memory.read(self._database, statements, self._now, self._fresh)
        self.waiting, self.as_of = len(waiting.facts), waiting.as_of
        narrowed = self._narrowed.items()
        return rows, [
            fact
            for fact in waiting.facts
            if fact.time >= start and all(value_of(fact, name) == value for name, value in narrowed)
        ]


def _series(dimension: str, tool: str, window: Window) -> Statement:
    """Asks for the rollups of a window: by the hour on its first day, which it may begin inside."""
    first_day = day_of(window.start)
    return store.series(dimension, tool, first_day, _days_json({first_day}))


def _days_json(days: set[int]) -> str:
    return "".join(f",{day}" for day in sorted(days)) + ","


def _parts(row: Row) -> Iterable[tuple[int, dict[str, Any]]]:
    """A rollup's row as (start in epoch seconds, tallies as JSON by value): its hours if it has any, else its day."""
    hours = hours_of(row)
    if not hours:
        return [(row["day"] * DAY, json.loads(row["totals"]))]
    return [(row["day"] * DAY + hour * HOUR, values) for hour, values in hours.items()]


def _sum(start: int, rows: list[Row]) -> dict[ToolValue, Tally]:
    sums: dict[ToolValue, Tally] = {}
    for row in rows:
        for begins, values in _parts(row):
            if begins >= start:
                for value, fields in values.items():
                    name = row["tool_name"], value
                    tally = Tally.from_json(fields)
                    if name in sums:
                        sums[name].merge(tally)
                    else:
                        sums[name] = tally
    return sums


def _slices(tallies: dict[int, Tally], start: int) -> list[Slice]:
    return [Slice(begins, tallies[begins]) for begins in sorted(tallies) if begins >= start]


def _from_events(counts: list[Row], people: list[Row]) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for row in counts:
        name = str(row["slice"])
        if name not in tallies:
            tallies[name] = Tally()
        tallies[name].add_counts(row)
    for row in people:
        tallies[str(row["slice"])].people = People(0, set(json.loads(row["people"])))
    return tallies


def _group(name: str) -> Group:
    tool, error_type = json.loads(name)
    return tool, error_type
