"""What an isolate remembers of the database between requests, so that a dashboard that is open all day costs few reads.

Rollups change only with their revision: what was read at one revision holds until the next. The events that wait are
looked at for every answer that must be fresh, and otherwise at most every 30 s, for all reports together; those that
are known are counted, not read again. What was added up from rows holds for as long as the rows are the same: most are
of days that are over. And an answer holds for as long as all that it was made from.
"""

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, TypeVar

from counting.fact import Fact
from storage import rollups
from storage.database import Database, Row, Statement
from storage.rollups import NO_TAIL, Tail
from terms import limits

Derived = TypeVar("Derived")


class Waiting(NamedTuple):
    """The events that the rollups did not hold. as_of: when that was read, in epoch seconds."""

    as_of: float
    tail: Tail

    @property
    def facts(self) -> list[Fact]:
        """Them, but for test traffic; not to be changed."""
        return self.tail.facts


class Sources(NamedTuple):
    """What an answer was made from. moment: Tail's, read before all else. beside: rows that this says nothing of."""

    moment: tuple[int, ...]
    beside: dict[Statement, list[Row]]


class Memory:
    """Rows by statement, each of the revision that it was read at; the events that waited when last asked; sums."""

    def __init__(self) -> None:
        self._rows: dict[Statement, tuple[int, list[Row]]] = {}
        self._waiting: Waiting | None = None
        self._derived: dict[Hashable, tuple[tuple[Any, ...], Any]] = {}

    async def read(
        self,
        database: Database,
        statements: tuple[Statement, ...],
        now: float,
        fresh: bool,
        along: tuple[Statement, ...] = (),
    ) -> tuple[list[list[Row]], Waiting]:
        """The rows of statements about rollups, and the events that these do not hold, all of one moment.

        now: epoch seconds. fresh: whether the last event stored must be among them. along: statements about anything
        else, which are asked every time; their rows come last.
        """
        found_along: list[list[Row]] | None = None if along else []
        waiting = self._recent(now)
        if fresh or waiting is None:
            unknown = tuple(statement for statement in statements if statement not in self._rows)
            looked, waiting = await self._ask(database, unknown, now, along)
            found_along = looked[len(unknown) :]
        revision = waiting.tail.revision
        rows = self._rows_at(revision, statements)
        missing = tuple(statement for statement in statements if statement not in rows)
        if missing:
            found, found_at = await self._add(database, missing)
            # A rollup came in between: an event would count twice, or not at all. Ask for all of it at once.
            if found_at != revision:
                return await self._ask(database, statements, now, along)
            rows |= zip(missing, found, strict=True)
        if found_along is None:
            found_along = await database.batch(*along)
        return [*(rows[statement] for statement in statements), *found_along], waiting

    async def holds(self, database: Database, sources: Sources, now: float, fresh: bool) -> float | None:
        """Whether all that an answer was made from is as it was: as of when, in epoch seconds; None: it is not."""
        beside = tuple(sources.beside)
        waiting = self._recent(now)
        if fresh or waiting is None:
            rows, tail = await rollups.read_with_waiting(database, beside, self._tail())
            waiting = self._waiting = Waiting(now, tail)
        else:
            rows = await database.batch(*beside) if beside else []
        is_so = waiting.tail.moment == sources.moment and rows == list(sources.beside.values())
        return waiting.as_of if is_so else None

    def derived(self, name: Hashable, source: tuple[Any, ...], derive: Callable[..., Derived]) -> Derived:
        """What is worked out from a source, remembered under a name until the source is another. Not to be changed."""
        if name not in self._derived or self._derived[name][0] != source:
            _put(self._derived, name, (source, derive(*source)))
        derived: Derived = self._derived[name][1]
        return derived

    def forget(self) -> None:
        """Forget everything, as when someone's events were erased."""
        self._rows.clear()
        self._derived.clear()
        self._waiting = None

    async def _ask(
        self, database: Database, statements: tuple[Statement, ...], now: float, along: tuple[Statement, ...]
    ) -> tuple[list[list[Row]], Waiting]:
        rows, tail = await rollups.read_with_waiting(database, (*statements, *along), self._tail())
        self._waiting = waiting = Waiting(now, tail)
        self._keep(statements, rows[: len(statements)], tail.revision)
        return rows, waiting

    def _recent(self, now: float) -> Waiting | None:
        """What is known to wait, unless that is old."""
        waiting = self._waiting
        return waiting if waiting is not None and 0 <= now - waiting.as_of < limits.CACHE_SECONDS else None

    def _tail(self) -> Tail:
        return NO_TAIL if self._waiting is None else self._waiting.tail

    async def _add(self, database: Database, statements: tuple[Statement, ...]) -> tuple[list[list[Row]], int]:
        rows, revision = await rollups.read(database, statements)
        self._keep(statements, rows, revision)
        return rows, revision

    def _rows_at(self, revision: int, statements: tuple[Statement, ...]) -> dict[Statement, list[Row]]:
        entries = {statement: self._rows[statement] for statement in statements if statement in self._rows}
        return {statement: rows for statement, (of, rows) in entries.items() if of == revision}

    def _keep(self, statements: tuple[Statement, ...], rows: list[list[Row]], revision: int) -> None:
        for statement, found in zip(statements, rows, strict=True):
            _put(self._rows, statement, (revision, found))


def _put(entries: dict[Any, Any], name: Any, entry: Any) -> None:
    """Keep an entry in place of the oldest."""
    entries.pop(name, None)  # so that it goes to the end: dicts keep the order in which names came
    entries[name] = entry
    while len(entries) > limits.MEMORY_ENTRIES:
        del entries[next(iter(entries))]
