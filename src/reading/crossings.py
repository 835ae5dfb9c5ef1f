"""One tool by agent, version, trigger, system, source or runtime, or narrowed by these: from rollups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from counting.crossing import CROSSED, parts_of, value_in
from counting.dimensions import OF_TOOLS, TOOL, Filters, other, tool_of
from counting.fact import Fact
from counting.tally import Tally, TallyJson
from reading.memory import Memory
from reading.slices import Span, span_of
from reading.window import Window
from storage import crossings
from storage.crossings import Crossed
from storage.database import Row, Statement
from terms.dates import DAY, DAY_HOURS, HOUR, day_of

Pieces = Iterable[tuple[Span, Crossed]]
Parts = dict[tuple[str, str], Tally]  # by tool and combination


class Read(Protocol):
    """How a ledger reads."""

    async def __call__(self, window: Window | None, *statements: Statement) -> tuple[list[list[Row]], list[Fact]]:
        """The rows of statements, and the events that wait, of a window or of any time."""


class Question(NamedTuple):
    """What is asked about some tools. values: what else they are narrowed to, by dimension. by: what they are grouped
    by, if by anything.
    """

    tool: str
    category: str | None
    values: dict[str, str]
    by: str | None

    def value_of(self, tool: str, combined: str) -> str | None:
        """The group of a combination of a tool, '' where they are not grouped; None if it is not asked about.

        Raises LookupError where it does not tell.
        """
        for dimension, wanted in self.values.items():
            if _told(combined, dimension) != wanted:
                return None
        if self.by is None or self.by == TOOL:
            return tool if self.by else ""
        return tool_of(tool).category if self.by == "category" else _told(combined, self.by)


def question(filters: Filters, dimension: str | None) -> Question | None:
    """The question that filters and a dimension come to; None if it is not about tools of a name."""
    values = dict(filters.values)
    tool, category = values.pop(TOOL, None), values.pop("category", None)
    if tool is None or not values.keys() <= {*CROSSED} or dimension not in (None, *OF_TOOLS, *CROSSED):
        return None
    return Question(tool, category, values, dimension)


class Crossings:
    """Answers to such questions. read: gives the rows of statements and what waits besides, as Ledger has it."""

    def __init__(self, read: Read, memory: Memory) -> None:
        self._read = read
        self._memory = memory

    async def timeline(
        self, asked: Question, window: Window, by_hour: frozenset[int]
    ) -> tuple[dict[Span, list[TallyJson]], list[Fact]] | None:
        """What is kept by slice, and what waits; None where rollups do not know all that is asked for.

        by_hour: the days that are told by the hour, as their first hours.
        """
        statements = _statements(asked, window, by_hour)
        rows, facts = await self._read(window, *statements)
        kept = by_span(asked, self._slices(statements, by_hour, rows))
        return None if kept is None else (kept, facts)

    async def days(
        self, asked: Question, window: Window, by_hour: frozenset[int]
    ) -> tuple[dict[str, dict[int, list[TallyJson]]], list[Fact]] | None:
        """What is kept by group and UTC day, and what waits; None where rollups do not know all that is asked for."""
        statements = _statements(asked, window, by_hour)
        rows, facts = await self._read(window, *statements)
        found: dict[str, dict[int, list[TallyJson]]] = {}
        try:
            for span, value, fields in _grouped_slices(asked, self._slices(statements, by_hour, rows)):
                if window.covers(span.start):
                    found.setdefault(value, {}).setdefault(day_of(span.start), []).append(fields)
        except LookupError:
            return None
        return found, facts

    async def groups(
        self, asked: Question, windows: Sequence[Window], days_by_hour: Sequence[frozenset[int]]
    ) -> tuple[list[dict[str, Tally]], list[Fact]] | None:
        """Each window's groups, and what waits; None where rollups do not know all that is asked for.

        days_by_hour: of each window.
        """
        pairs = [_statements(asked, *of) for of in zip(windows, days_by_hour, strict=True)]
        rows, facts = await self._read(None, *(statement for pair in pairs for statement in pair))
        found: list[dict[str, Tally]] = []
        for number, (window, by_hour) in enumerate(zip(windows, days_by_hour, strict=True)):
            of_window = rows[2 * number : 2 * number + 2]
            pieces = self._slices(pairs[number], by_hour, of_window)
            source = (window, by_hour, *of_window)
            parts = self._memory.derived((pairs[number], "parts"), source, lambda of, *_, it=pieces: add_up(of, it))
            groups = None if parts is None else grouped(asked, parts)
            if groups is None:
                return None
            found.append(groups)
        return found, facts

    def _slices(
        self, statements: tuple[Statement, Statement], by_hour: frozenset[int], rows: Sequence[list[Row]]
    ) -> list[tuple[Span, Crossed]]:
        return self._memory.derived((statements, "slices"), (by_hour, *rows), slices)


def slices(by_hour: frozenset[int], days: list[Row], hours: list[Row]) -> list[tuple[Span, Crossed]]:
    """What the rows of days and of hours hold, each with the slice that it is a part of. Not to be changed."""
    by_day = crossings.days_of(days).items()
    whole = [(Span(first * HOUR, DAY), tools) for first, tools in by_day if first not in by_hour]
    return whole + [(span_of(hour * HOUR, by_hour), tools) for hour, tools in crossings.hours_of(hours).items()]


def add_up(window: Window, pieces: Pieces) -> Parts | None:
    """What tools add up to by combination in the slices that begin inside a window; None where it is not known of all.

    Not to be changed.
    """
    found: dict[tuple[str, str], list[TallyJson]] = {}
    for span, tools in pieces:
        if window.covers(span.start):
            for tool, (whole, crossing) in tools.items():
                if crossing is None or tool == other(TOOL):
                    return None
                for combined, fields in parts_of(crossing, whole).items():
                    found.setdefault((tool, combined), []).append(fields)
    return {name: Tally.from_json(*several) for name, several in found.items()}


def grouped(asked: Question, parts: Parts) -> dict[str, Tally] | None:
    """Parts by the value that they are grouped by; None where they do not tell."""
    groups: dict[str, Tally] = {}
    try:
        for (tool, combined), tally in parts.items():
            value = asked.value_of(tool, combined)
            if value is not None:
                groups.setdefault(value, Tally()).merge(tally)
    except LookupError:
        return None
    return groups


def by_span(asked: Question, pieces: Pieces) -> dict[Span, list[TallyJson]] | None:
    """What slices hold of what is asked about; None where that is not known of all."""
    found: dict[Span, list[TallyJson]] = {}
    try:
        for span, _, fields in _grouped_slices(asked, pieces):
            found.setdefault(span, []).append(fields)
    except LookupError:
        return None
    return found


def _grouped_slices(asked: Question, pieces: Pieces) -> Iterator[tuple[Span, str, TallyJson]]:
    """The tallies of what is asked about, each with its slice and group. Raises LookupError where that is not known."""
    for span, tools in pieces:
        for tool, (whole, crossing) in tools.items():
            if crossing is None or tool == other(TOOL):
                raise LookupError(tool)
            for combined, fields in parts_of(crossing, whole).items():
                value = asked.value_of(tool, combined)
                if value is not None:
                    yield span, value, fields


def _statements(asked: Question, window: Window, by_hour: frozenset[int]) -> tuple[Statement, Statement]:
    first, stop = window.hours
    return crossings.crossed(asked.tool, asked.category, by_hour, first // DAY_HOURS * DAY_HOURS, stop)


def _told(combined: str, dimension: str) -> str:
    value = value_in(combined, dimension)
    if value is None:
        raise LookupError(dimension)
    return value
