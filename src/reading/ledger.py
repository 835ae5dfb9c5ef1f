"""Tallies for one question: from the rollups and the few events that they do not hold yet, or, where filters ask for
what no rollup keeps, from the events of the window themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from counting.catalogue import Source
from counting.dimensions import (
    ERROR,
    EVERYTHING,
    OF_TOOLS,
    TOGETHER,
    TOOL,
    Filters,
    Pair,
    Tool,
    error_key,
    other,
    pair_of,
    tool_key,
    tool_of,
    values_in,
)
from counting.fact import Fact
from counting.people import People
from counting.rollup import Latest, Tallies, add_up, newest
from counting.sessions import Day, Sums, ToolUsage, by_tool
from counting.tally import Tally, TallyJson
from reading.crossings import Crossings, Question, question
from reading.failures import Failures, by_group
from reading.memory import Memory, Sources
from reading.slices import Slice, Span, from_counts, span_of
from reading.window import Window
from storage import catalogue, events, plugins, rollups, sessions
from storage.database import Database, Row, Statement
from storage.plugins import Plugin
from terms import limits
from terms.dates import DAY, DAY_HOURS, HOUR, QUARTER_HOURS, day_of


class _Series(NamedTuple):
    """The series that answers a question, and which of its values do. value: the only one, or None; name: of the only
    tools, or None.
    """

    name: str
    match: Callable[[str], bool]
    value: str | None = None
    tool: str | None = None


class Ledger:
    """Answers for one request.

    now: epoch seconds. fresh: whether the last event stored must be counted. Afterwards, waiting says how many events
    lay beside the rollups, as_of (epoch seconds) how old the answer is, found whether any event is in it, and sources
    what it was made from.
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
        self._moment: tuple[int, ...] | None = None
        self._beside: dict[Statement, list[Row]] = {}
        self._along: tuple[Statement, ...] = ()  # what is asked for together with the rollups, when these are
        self._along_rollups: tuple[Statement, ...] = ()  # the same, of the rollups themselves
        self._firsts: list[Row] = []
        self._facts: list[Fact] = []  # that wait, of any time

    @property
    def _crossings(self) -> Crossings:
        """Made for each use: kept, it and the ledger would hold each other, and all that was read, for longer."""
        return Crossings(self._read, self._memory)

    @property
    def sources(self) -> Sources | None:
        """What the answer was made from; None where nothing tells whether that is still so."""
        return Sources(self._moment, self._beside) if self._moment else None

    async def timeline(self, window: Window, edges: Iterable[int] | None) -> list[Slice]:
        """Slices that tile a window, in order; one with no events is left out.

        edges: times (epoch seconds, full hours) at which slices must part; None: every hour.
        """
        by_hour = self._by_hour(window, edges)
        series = self._series(None)
        pieces = None if series is None else await self._timeline(series, window, by_hour)
        if pieces is None:
            pieces = await self._timeline_across(window, by_hour)
        return [Slice(*span, pieces[span]) for span in sorted(pieces) if window.covers(span.start)]

    async def visits(
        self, window: Window, edges: Iterable[int] | None, first_day: int
    ) -> tuple[list[Slice], dict[int, People]]:
        """The slices of a window, as timeline has them, of whose tallies only the people are told; and who was there on
        each day since an earlier one.

        Days are day numbers, and whole, the one that the window begins inside too.
        """
        by_hour = self._by_hour(window, edges)
        since = Window(first_day * DAY, window.end)
        series = self._series(None)
        history: dict[int, People] = {}
        pieces = None if series is None else await self._timeline(series, window, by_hour, since, history)
        if pieces is None:
            pieces = await self._timeline_across(since, by_hour)
        for span, tally in pieces.items():
            history.setdefault(day_of(span.start), People()).update(tally.people)
        return [Slice(*span, pieces[span]) for span in sorted(pieces) if window.covers(span.start)], history

    async def groups(self, dimension: str, *windows: Window) -> list[dict[str, Tally]]:
        """Each window's tally for each value of a dimension; of tools the values are counting.dimensions.tool_key's.

        Whether any event is found is said of the first window.
        """
        series = self._series(dimension)
        groups = None if series is None else await self._groups(series, windows)
        if groups is None:
            groups = await self._groups_across(dimension, windows)
        elif series is not None and series.name == TOOL and dimension == "category":
            groups = [_by_category(tools) for tools in groups]
        self.found = bool(groups[0])
        return groups

    async def together(self, window: Window) -> tuple[dict[Pair, Tally], int]:
        """The sessions that two tools were used in, on those UTC days of a window that have a sum, the one that it
        begins inside too; and the day (since 1970) before which days have one.

        Of the filters, the tool and its category narrow it: either of the two is one that is asked about.
        """
        first, stop = window.hours
        asked = rollups.groups(TOGETHER, first // DAY_HOURS * DAY_HOURS, stop // DAY_HOURS * DAY_HOURS)
        (rows, summed), _ = await self._read(None, asked, rollups.summed())
        tallies = add_up(json.loads(row["tallies"]) for row in rows if row["tallies"])
        pairs = {pair: tally for key, tally in tallies.items() if (pair := pair_of(key))}
        found = {pair: tally for pair, tally in pairs.items() if any(map(self._filters.match_tool, pair[:2]))}
        self.found = bool(found)
        return found, summed[0]["summed"] // DAY_HOURS

    async def days(self, dimension: str, window: Window) -> dict[str, dict[int, Tally]] | None:
        """The tallies of each value of a dimension by UTC day (since 1970), of tools of a name; None where that is not
        asked about, or rollups do not know it.
        """
        asked = self._question(dimension)
        found = None if asked is None else await self._crossings.days(asked, window, self._by_hour(window, ()))
        if found is None:
            return None
        kept, facts = found
        groups = {
            value: {day: Tally.from_json(*several) for day, several in by_day.items()} for value, by_day in kept.items()
        }
        for value, fact in zip(values_in(facts, dimension), facts, strict=True):
            groups.setdefault(value, {}).setdefault(day_of(fact.time), Tally()).add(fact)
        return groups

    async def sessions(self, window: Window, before: Window) -> tuple[Sums, Sums, list[Day]]:
        """What the sessions of two windows add up to, and those of the first by day. Of the filters, only whether test
        traffic is asked about narrows sessions.
        """
        found = await sessions.window(self._database, window.hours, before.hours, self._filters.include_test)
        self.found = bool(found[0].counters or found[1].counters)
        return found

    async def shipped(self, window: Window) -> tuple[list[Source], int]:
        """What every source ships, of the tools that are asked about; and how many sessions began in a window."""
        by_day = sessions.by_day(window.hours, self._filters.include_test)
        sources, days = await self._read_beside(catalogue.sources(), by_day)
        return [
            source._replace(items=[item for item in source.items if self._filters.match_tool(Tool(*item[:2]))])
            for source in catalogue.sources_of(sources)
        ], sessions.count_of(days)

    async def last_before(self, tools: list[str], moment: int) -> dict[str, int]:
        """When tools, by counting.dimensions.tool_key, were last used before a full hour; those that were not are left
        out. All in epoch seconds.
        """
        found = self.found
        rows: list[Row] = []
        if self._series(TOOL) is None:
            since = from_counts(await self._counts(TOOL, Window(0, moment)))
        else:
            rows, since = await self._past(catalogue.last_before(tools, moment // HOUR), moment)
        last = catalogue.last_of(rows)
        for key, tally in since.items():
            last[key] = max(last.get(key, 0), tally.last or 0)
        self.found = found
        return {key: last[key] for key in tools if key in last}

    async def new_among(self, tools: Collection[str], moment: int) -> frozenset[str]:
        """Those of some tools, by counting.dimensions.tool_key, that were not used before a full hour (epoch seconds);
        none where the question is narrowed by what no rollup knows of tools.
        """
        if not tools or not self._filters.values.keys() <= OF_TOOLS:
            return frozenset()
        if self._series(TOOL) is None:
            return frozenset(tools) - (await self.last_before(sorted(tools), moment)).keys()
        firsts = catalogue.firsts_of(self._firsts, moment // HOUR) if self._firsts else None
        if firsts is not None:
            waiting = set(values_in(_inside(Window(0, moment), self._facts), TOOL))
            return frozenset(tool for tool in tools if firsts.get(tool, moment) >= moment and tool not in waiting)
        found = self.found
        rows, since = await self._past(catalogue.used_before(sorted(tools), moment // HOUR), moment)
        self.found = found
        return frozenset(tools) - {row["tool"] for row in rows} - since.keys()

    async def _past(self, of_days: Statement, moment: int) -> tuple[list[Row], dict[str, Tally]]:
        """The rows of a statement about tools of days that have a sum; and what of later is before a full hour."""
        past, stop = Window(0, moment), moment // HOUR
        (rows, hours), facts = await self._read(past, of_days, rollups.days_by_hour(TOOL, (), 0, stop))
        pieces = [values for hour, values in rollups.hours_of(hours).items() if hour < stop]
        return rows, _with_facts(add_up(pieces), TOOL, facts)

    async def usage(self, window: Window) -> dict[str, ToolUsage]:
        """What tools used up in the window's sessions, by counting.dimensions.tool_key; nothing where the question is
        narrowed by what sessions do not know.
        """
        if not self._filters.values.keys() <= OF_TOOLS:
            return {}
        parts = self._parts(window)
        if parts not in self._beside:
            await self._read_beside(parts)
        return by_tool(sessions.sums_of(self._beside[parts]).counters)

    def expect_tools(self, window: Window) -> None:
        """Ask for the rows of usage() and of new_among() with those of the next question, in one round trip where
        rollups answer it.
        """
        self._along, self._along_rollups = (self._parts(window),), (catalogue.firsts(),)

    def _parts(self, window: Window) -> Statement:
        return sessions.parts(window.hours, self._filters.include_test)

    async def loaded(self, window: Window) -> dict[Plugin, People]:
        """Who had each plugin loaded, by its name and version, on any UTC day that the window has a part of."""
        end = self._now if window.end is None else window.end - 1
        (rows,) = await self._read_beside(plugins.loaded(day_of(window.start), day_of(int(end)) + 1))
        return plugins.loaded_of(rows)

    async def errors(
        self, window: Window, edges: Iterable[int] | None, limit: int
    ) -> tuple[dict[str, Failures], list[Row]]:
        """The window's errors by group, named as in the series of errors, and the latest of them, newest first.

        edges: as timeline has them.
        """
        by_hour = self._by_hour(window, edges)
        if not self._filters.values.keys() <= OF_TOOLS or self._filters.include_test:
            return await self._errors_of_events(window, by_hour), await self._latest_of_events(window, limit)
        match = self._filters.match_tool
        statements = self._slices(_Series(ERROR, bool), window, by_hour)
        # What is narrowed to some tools may need more than the newest of all.
        enough = 1 << 40 if self._filters.values else limit
        first, stop = window.hours
        rows, facts = await self._read(window, *statements, *rollups.latest_errors(first, enough, stop))
        # Days without an error are an answer too.
        self.found = bool(facts) or any(rows[0])
        known = self._memory.derived((statements, window), (window, by_hour, *rows[:2]), _failures)
        if self._filters.values and other(ERROR) in known:
            return await self._errors_of_events(window, by_hour), await self._latest_of_events(window, limit)
        groups = {key: failures for key, failures in known.items() if match(tool_of(key))}
        failed = [fact for fact in facts if fact.failed]
        # What is remembered is not to be changed.
        for key in {error_key(fact) for fact in failed}:
            groups[key] = groups[key].copy() if key in groups else Failures()
        for fact in failed:
            groups[error_key(fact)].add(span_of(fact.time, by_hour).start, fact)
        return groups, await self._latest(rollups.latest_of(rows[2], rows[3]), failed, window, limit)

    async def _latest(self, pieces: list[Latest], failed: list[Fact], window: Window, limit: int) -> list[Row]:
        """The newest failures as they are listed. pieces: those of the rollups; failed: those that wait."""
        narrowed = bool(self._filters.values)
        if narrowed and any(len(piece) == limits.LATEST_ERRORS for piece in pieces):
            return await self._latest_of_events(window, limit)  # older ones of these tools are not among them
        pieces.append([(fact.time, fact.key, tool_key(fact.category, fact.tool)) for fact in failed])
        entries = [entry for piece in pieces for entry in piece if window.covers(entry[0])]
        if narrowed:
            entries = [entry for entry in entries if self._filters.match_tool(tool_of(entry[2]))]
        keys = [entry[1] for entry in newest([entries])][:limit]
        listed = await events.by_key(self._database, keys) if keys else {}
        return [listed[key] for key in keys if key in listed]

    async def _errors_of_events(self, window: Window, by_hour: frozenset[int]) -> dict[str, Failures]:
        groups: dict[str, Failures] = {}
        for name, tally in from_counts(await self._counts("error", window, by_hour)).items():
            begins, key = name.split(" ", 1)
            groups.setdefault(key, Failures()).add_tally(_span(int(begins), by_hour).start, tally)
        return groups

    async def _latest_of_events(self, window: Window, limit: int) -> list[Row]:
        await self._look()
        return await events.latest_errors(self._database, window.start, self._filters, limit, window.end)

    async def _timeline_across(self, window: Window, by_hour: frozenset[int]) -> dict[Span, Tally]:
        """By slice, where no series knows it: from what tools are crossed with, or from the events."""
        asked = self._question(None)
        found = None if asked is None else await self._crossings.timeline(asked, window, by_hour)
        return await self._timeline_of_events(window, by_hour) if found is None else self._spans(*found, by_hour)

    async def _groups_across(self, dimension: str, windows: tuple[Window, ...]) -> list[dict[str, Tally]]:
        """By value, where no series knows it: from what tools are crossed with, or from the events."""
        asked = self._question(dimension)
        by_hour = [self._by_hour(window, ()) for window in windows]
        found = None if asked is None else await self._crossings.groups(asked, windows, by_hour)
        if found is None:
            return [from_counts(await self._counts(dimension, window)) for window in windows]
        groups, facts = found
        return [
            _with_facts(some, dimension, _inside(window, facts)) for some, window in zip(groups, windows, strict=True)
        ]

    async def _timeline_of_events(self, window: Window, by_hour: frozenset[int]) -> dict[Span, Tally]:
        rows = await self._counts("time", window, by_hour)
        return {_span(int(begins), by_hour): tally for begins, tally in from_counts(rows).items()}

    async def _timeline(
        self,
        series: _Series,
        window: Window,
        by_hour: frozenset[int],
        since: Window | None = None,
        history: dict[int, People] | None = None,
    ) -> dict[Span, Tally] | None:
        """By slice, from rollups; None where they have counted what is asked for among the rarest.

        since: a window that begins with an earlier day, of whose days before the other one the people go into history;
        then of all else, too, only the people are counted.
        """
        asked = since or window
        days, hours = self._slices(series, window, by_hour)[0], self._slices(series, asked, by_hour)[1]
        before = Window(asked.start, window.start // DAY * DAY)
        earlier = () if since is None else (self._slices(series, before, frozenset())[0],)
        rows, facts = await self._read(asked, days, hours, *earlier)
        slices = self._memory.derived((days, hours, by_hour), (by_hour, *rows[:2]), _values)
        if history is not None and since is not None:
            people = self._people_by_day(series, earlier, rows[2])
            if people is None:
                return None
            history.update(people)
        kept: dict[Span, list[TallyJson]] = {}
        for span, values in slices:
            if other(series.name) in values and self._filters.values:
                return None
            for value, fields in values.items():
                if series.match(value):
                    kept.setdefault(span, []).append(fields)
        return self._spans(kept, facts, by_hour, only_people=since is not None)

    def _spans(
        self, kept: dict[Span, list[TallyJson]], facts: list[Fact], by_hour: frozenset[int], only_people: bool = False
    ) -> dict[Span, Tally]:
        """The tallies of slices, of those that are kept and of what waits. only_people: nothing else is counted."""
        made = Tally.people_from_json if only_people else Tally.from_json
        spans = {span: made(*several) for span, several in kept.items()}
        of_hours: dict[int, list[Fact]] = {}
        for fact in facts:
            of_hours.setdefault(fact.time // HOUR, []).append(fact)
        for hour, some in of_hours.items():
            tally = spans.setdefault(_span(hour, by_hour), Tally())
            if only_people:
                tally.people.add_all([fact.person for fact in some])
            else:
                tally.add_all(some)
        self.found = bool(spans)
        return spans

    async def _groups(self, series: _Series, windows: tuple[Window, ...]) -> list[dict[str, Tally]] | None:
        """By value, from rollups; None where they have counted what is asked for among the rarest."""
        statements = [
            (rollups.groups(series.name, *window.hours), rollups.hours(series.name, *window.hours))
            for window in windows
        ]
        rows, facts = await self._read(None, *(statement for pair in statements for statement in pair))
        groups: list[dict[str, Tally]] = []
        for number, window in enumerate(windows):
            source = (window, *rows[2 * number : 2 * number + 2])
            summed = self._memory.derived((statements[number], "sum"), source, _sum)
            if other(series.name) in summed and self._filters.values:
                return None
            known = {value: tally for value, tally in summed.items() if series.match(value)}
            groups.append(_with_facts(known, series.name, _inside(window, facts)))
        return groups

    def _people_by_day(
        self, series: _Series, statement: tuple[Statement, ...], rows: list[Row]
    ) -> dict[int, People] | None:
        """Who was there by day, each set of its own; None where the rarest may be among them."""
        people: dict[int, People] = {}
        for first, values in self._memory.derived(statement, (rows,), rollups.days_of).items():
            if other(series.name) in values and self._filters.values:
                return None
            for value, fields in values.items():
                if series.match(value):
                    people.setdefault(first // DAY_HOURS, People()).update_json(fields[1])
        return people

    def _question(self, dimension: str | None) -> Question | None:
        """What tools are crossed with that knows it; None: nothing does, or a series knows it but for the rarest."""
        if not self._is_of_rollups() or self._series(dimension) is not None:
            return None
        return question(self._filters, dimension)

    def _is_of_rollups(self) -> bool:
        """Whether rollups may know it: what no event can be called is no path of JSON."""
        values = self._filters.values.values()
        return not self._filters.include_test and all('"' not in value and value.isprintable() for value in values)

    def _series(self, dimension: str | None) -> _Series | None:
        """The series that knows it by a dimension, or as a whole (None); None: no series does."""
        values = self._filters.values
        if not self._is_of_rollups():
            return None
        if not values:
            return _Series(dimension, bool) if dimension else _Series(EVERYTHING, bool)
        if values.keys() <= OF_TOOLS and dimension in (None, *OF_TOOLS) and (TOOL in values or dimension == TOOL):
            return self._series_of_tools()
        ((narrowed, wanted), *others) = values.items()
        if others or dimension not in (None, narrowed):
            return None
        return _Series(narrowed, lambda value: value == wanted, value=wanted)

    def _series_of_tools(self) -> _Series:
        values, match = self._filters.values, self._filters.match_tool
        name, category = values.get(TOOL), values.get("category")
        only = tool_key(category, name) if category is not None and name is not None else None
        return _Series(TOOL, lambda key: match(tool_of(key)), value=only, tool=name)

    def _slices(self, series: _Series, window: Window, by_hour: frozenset[int]) -> tuple[Statement, Statement]:
        """Asks for a series in slices: days that have a sum, and hours."""
        first, stop = window.hours
        day = first // DAY_HOURS * DAY_HOURS
        if series.value is not None:
            hours = rollups.hours_of_value(series.name, series.value, by_hour, first, stop)
            return rollups.days_of_value(series.name, series.value, day, stop), hours
        if series.tool is None:
            days = rollups.days(series.name, day, stop)
        else:
            days = rollups.days_of_name(series.tool, day, stop)
        return days, rollups.days_by_hour(series.name, by_hour, first, stop)

    def _by_hour(self, window: Window, edges: Iterable[int] | None) -> frozenset[int]:
        """The days, as their first hours, that are told by the hour: those inside which slices must part, or all."""
        start, end = window
        if edges is None:
            days: Iterable[int] = range(start // DAY, int(self._now) // DAY + 2 if end is None else -(-end // DAY))
        else:
            days = {edge // DAY for edge in (start, *edges, end or 0) if edge % DAY}
        return frozenset(day * DAY_HOURS for day in days)

    async def _counts(self, by: str, window: Window, by_hour: Iterable[int] = ()) -> list[Row]:
        await self._look()
        rows = await events.counts(self._database, by, window.start, self._filters, by_hour, window.end)
        self.found = bool(rows)
        return rows

    async def _read(self, window: Window | None, *statements: Statement) -> tuple[list[list[Row]], list[Fact]]:
        """The rows of statements, and the events that wait, of a window or of any time."""
        along, self._along = self._along, ()
        more, self._along_rollups = self._along_rollups, ()
        asked = (*statements, *more)
        rows, waiting = await self._memory.read(self._database, asked, self._now, self._fresh, along)
        self._begin(waiting.tail.moment)
        self._beside |= zip(along, rows[len(asked) :], strict=True)
        if more:
            (self._firsts,), self._facts = rows[len(statements) : len(asked)], waiting.facts
        self.waiting, self.as_of = len(waiting.facts), waiting.as_of
        facts = waiting.facts if window is None else _inside(window, waiting.facts)
        if self._filters.values:
            facts = [fact for fact in facts if self._filters.match(fact)]
        self.found = bool(facts)
        return rows[: len(statements)], facts

    async def _look(self) -> None:
        """Know the moment since which nothing has come, if all that is read from now on is as it was then."""
        if self._moment is None:
            _, waiting = await self._memory.read(self._database, (), self._now, self._fresh)
            self._begin(waiting.tail.moment)

    async def _read_beside(self, *statements: Statement) -> list[list[Row]]:
        """The rows of statements about what is not rolled up."""
        self._begin(())
        rows = await self._database.batch(*statements)
        self._beside |= zip(statements, rows, strict=True)
        return rows

    def _begin(self, moment: tuple[int, ...]) -> None:
        """Keep the moment of what is read first: all else is of then, or of later. (): it is of no known one."""
        if self._moment is None:
            self._moment = moment


def _inside(window: Window, facts: list[Fact]) -> list[Fact]:
    start, end = window
    return [fact for fact in facts if start <= fact.time and (end is None or fact.time < end)]


def _with_facts(groups: dict[str, Tally], series: str, facts: list[Fact]) -> dict[str, Tally]:
    """Groups with facts counted in: what is remembered is not to be changed."""
    found: dict[str, list[Fact]] = {}
    for value, fact in zip(values_in(facts, series), facts, strict=True):
        if value in found:
            found[value].append(fact)
        else:
            found[value] = [fact]
    for value, some in found.items():
        groups[value] = groups[value].copy() if value in groups else Tally()
        groups[value].add_all(some)
    return groups


def _sum(window: Window, sums: list[Row], hours: list[Row]) -> dict[str, Tally]:
    """What rows of rollups/groups.sql and of rollups/hours.sql hold of a window; not to be changed."""
    first, stop = window.hours
    pieces: list[Tallies] = [json.loads(row["tallies"]) for row in sums if row["tallies"]]
    folded = hours[0]["folded"] if hours else 0
    whole = range(-(-first // QUARTER_HOURS) * QUARTER_HOURS, min(folded, stop // QUARTER_HOURS * QUARTER_HOURS))
    pieces += [values for hour, values in rollups.hours_of(hours).items() if first <= hour < stop and hour not in whole]
    return add_up(pieces)


def _values(by_hour: frozenset[int], days: list[Row], hours: list[Row]) -> list[tuple[Span, Tallies]]:
    """What the rows of days and of hours hold, each with the slice that it is a part of."""
    by_day = rollups.days_of(days).items()
    whole = [(Span(first * HOUR, DAY), values) for first, values in by_day if first not in by_hour]
    return whole + [(_span(hour, by_hour), values) for hour, values in rollups.hours_of(hours).items()]


def _failures(window: Window, by_hour: frozenset[int], days: list[Row], hours: list[Row]) -> dict[str, Failures]:
    return by_group(window, _values(by_hour, days, hours))


def _span(hour: int, by_hour: frozenset[int]) -> Span:
    """The slice that begins at an hour."""
    return span_of(hour * HOUR, by_hour)


def _by_category(tools: dict[str, Tally]) -> dict[str, Tally]:
    groups: dict[str, Tally] = {}
    for key, tally in tools.items():
        groups.setdefault(tool_of(key).category, Tally()).merge(tally)
    return groups
