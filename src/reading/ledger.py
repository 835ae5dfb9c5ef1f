"""Tallies for one question: from the rollups and the few events that they do not hold yet, or, where filters ask for
what no rollup keeps, from the events of the window themselves.
"""

import json
from collections.abc import Iterable, Iterator

from counting.dimensions import EVERYTHING, TOOL, Filters, value_of
from counting.fact import Fact
from counting.kept import latest_errors
from counting.rollup import ERROR_MARK
from counting.tally import Tally
from reading.memory import Memory
from reading.slices import EVERY_DAY, Slice, Span, days_text, from_counts, parts, span_of
from reading.window import Window
from storage import events, rollups
from storage.database import Database, Row, Statement
from terms.dates import day_of

ErrorGroup = tuple[str, str | None]  # tool_name, error_type
ToolValue = tuple[str, str]  # tool_name ("" but in the series of tools), value


class Ledger:
    """Answers for one request.

    now: epoch seconds. fresh: whether the last event stored must be counted. Afterwards, waiting says how many events
    lay beside the rollups, as_of (epoch seconds) how old the answer is, and found whether any event is in it.
    """

    def __init__(self, database: Database, memory: Memory, filters: Filters, now: float, fresh: bool) -> None:
        self._database = database
        self._memory = memory
        self._filters = filters
        self._now = now
        self._fresh = fresh
        self.waiting = 0
        self.as_of = now
        self.found = False

    async def timeline(self, start: int, edges: Iterable[int] | None) -> list[Slice]:
        """Slices that tile the time from a full hour on, in order; one with no events is left out.

        edges: times (epoch seconds, full hours) at which slices must part; None: every hour. They part only at midnight
        on a day that was too wide to keep its hours.
        """
        hourly_days = EVERY_DAY if edges is None else days_text({day_of(edge) for edge in (start, *edges)})
        if self._is_rolled_up(by=None):
            tallies = await self._rolled_up_timeline(start, hourly_days)
        else:
            rows = await self._counts("time", start, hourly_days)
            tallies = {span_of(int(begins), hourly_days): tally for begins, tally in from_counts(rows).items()}
        return [Slice(*span, tallies[span]) for span in sorted(tallies) if span.start >= start]

    async def groups(self, dimension: str, window: Window) -> dict[str, Tally]:
        """The window's tally for each value of a dimension."""
        if not self._is_rolled_up(dimension):
            return from_counts(await self._counts(dimension, window.start))
        wanted = self._filters.values.get(dimension)
        tool = wanted or "" if dimension == TOOL else ""
        series = _series(dimension, tool, window)
        (rows,), facts = await self._read(window.start, series)
        groups: dict[str, Tally] = {}
        for (tool_name, value), tally in self._sums(series, rows, window.start):
            if dimension != TOOL:
                groups.setdefault(value, Tally()).merge(tally)
            elif not value:  # the tool as a whole; its other values are its errors
                groups.setdefault(tool_name, Tally()).merge(tally)
        for fact in facts:
            groups.setdefault(value_of(fact, dimension), Tally()).add(fact)
        return groups if wanted is None else {value: tally for value, tally in groups.items() if value == wanted}

    async def errors(self, window: Window, limit: int) -> tuple[dict[ErrorGroup, Tally], list[Row]]:
        """The window's errors by tool and type, and the latest of them, newest first."""
        if not self._is_rolled_up(TOOL):
            counts = await self._counts("error", window.start)
            groups = {_error_group(name): tally for name, tally in from_counts(counts).items()}
            return groups, await events.latest_errors(self._database, window.start, self._filters, limit)
        tool = self._filters.values.get(TOOL, "")
        series = _series(TOOL, tool, window)
        newest = rollups.latest_errors(TOOL if tool else EVERYTHING, tool, day_of(window.start))
        (rows, newest_rows), facts = await self._read(window.start, series, newest)
        groups = {}
        for (tool_name, value), tally in self._sums(series, rows, window.start):
            if value.startswith(ERROR_MARK):
                groups.setdefault((tool_name, value[len(ERROR_MARK) :] or None), Tally()).merge(tally)
        failed = [fact for fact in facts if fact.failed]
        for fact in failed:
            groups.setdefault((fact.tool, fact.error_type), Tally()).add(fact)
        latest = [*_first(newest_rows, limit), *((fact.time, fact.key) for fact in failed)]
        keys = [key for time, key in sorted(latest, reverse=True) if window.covers(time)][:limit]
        listed = await events.by_key(self._database, keys) if keys else {}
        return groups, [listed[key] for key in keys if key in listed]

    async def _rolled_up_timeline(self, start: int, hourly_days: str) -> dict[Span, Tally]:
        dimension, value = next(iter(self._filters.values.items()), (EVERYTHING, ""))
        tool = value if dimension == TOOL else ""
        (rows,), facts = await self._read(start, rollups.series(dimension, tool, day_of(start), hourly_days))
        # In these two series the whole is the value "".
        name = "" if dimension in (EVERYTHING, TOOL) else value
        tallies = {}
        for row in rows:
            for span, values in parts(row):
                if name in values:
                    tallies[span] = Tally.from_json(values[name])
        for fact in facts:
            tallies.setdefault(span_of(fact.time, hourly_days), Tally()).add(fact)
        return tallies

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
            yield from self._memory.derived((series, name), (since, some), _sum).items()

    def _is_rolled_up(self, by: str | None) -> bool:
        """Whether the rollups know it: without filters all of it, with one that very dimension, or time (None)."""
        filters = self._filters
        if filters.include_test or len(filters.values) > 1:
            return False
        return by is None or not filters.values or by in filters.values

    async def _counts(self, by: str, start: int, hourly_days: str = "") -> list[Row]:
        rows = await events.counts(self._database, by, start, hourly_days, self._filters)
        self.found = bool(rows)
        return rows

    async def _read(self, start: int, *statements: Statement) -> tuple[list[list[Row]], list[Fact]]:
        rows, waiting = await self._memory.read(self._database, statements, self._now, self._fresh)
        self.waiting, self.as_of = len(waiting.facts), waiting.as_of
        facts = [fact for fact in waiting.facts if fact.time >= start and self._filters.match(fact)]
        self.found = bool(facts) or any(rows)
        return rows, facts


def _series(dimension: str, tool: str, window: Window) -> Statement:
    """Asks for the rollups of a window: by the hour on its first day, which it may begin inside."""
    first_day = day_of(window.start)
    return rollups.series(dimension, tool, first_day, days_text({first_day}))


def _sum(start: int, rows: list[Row]) -> dict[ToolValue, Tally]:
    sums: dict[ToolValue, Tally] = {}
    for row in rows:
        for span, values in parts(row):
            if span.start < start:
                continue
            for value, fields in values.items():
                name = row["tool_name"], value
                tally = Tally.from_json(fields)
                if name in sums:
                    sums[name].merge(tally)
                else:
                    sums[name] = tally
    return sums


def _first(rows: list[Row], limit: int) -> list[tuple[int, int]]:
    """The (time, key) of at least `limit` newest errors, if there are as many: rows come the latest day first."""
    latest: list[tuple[int, int]] = []
    for row in rows:
        if len(latest) >= limit:
            break
        latest += latest_errors(row)
    return latest


def _error_group(name: str) -> ErrorGroup:
    tool, error_type = json.loads(name)
    return tool, error_type
