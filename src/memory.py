"""What an isolate remembers of the database between requests, so that a dashboard that is open all day costs few reads.

Rollups change only with their revision: what was read at one revision holds until the next. The events that wait are
read for every answer that must be fresh, and otherwise at most every 30 s, for all reports together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import limits
import store
from tally import Fact

if TYPE_CHECKING:
    from d1 import Database, Row, Statement


class Waiting(NamedTuple):
    """The events that the rollups did not hold at a revision. as_of: when that was read, in epoch seconds."""

    as_of: float
    revision: int
    facts: list[Fact]


class Memory:
    """Rows by statement, each of the revision that it was read at, and the events that waited when last asked."""

    def __init__(self) -> None:
        self._rows: dict[Statement, tuple[int, list[Row]]] = {}
        self._waiting: Waiting | None = None

    async def read(
        self, database: Database, statements: tuple[Statement, ...], now: float, fresh: bool
    ) -> tuple[list[list[Row]], Waiting]:
        """The rows of statements about rollups, and the events that these do not hold, all of one moment.

        now: epoch seconds. fresh: whether the last event stored must be among them.
        """
        waiting = self._waiting
        if fresh or waiting is None or not 0 <= now - waiting.as_of < limits.CACHE_SECONDS:
            waiting = None
            if all(statement in self._rows for statement in statements):
                _, waiting = await self._ask(database, (), now)
        if waiting is not None:
            missing = tuple(it for it in statements if self._rows.get(it, (None,))[0] != waiting.revision)
            if missing and await self._add(database, missing) == waiting.revision:
                missing = ()
            if not missing:
                return [self._rows[statement][1] for statement in statements], waiting
        return await self._ask(database, statements, now)

    def forget(self) -> None:
        """Forget everything, as when someone's events were erased."""
        self._rows.clear()
        self._waiting = None

    async def _ask(
        self, database: Database, statements: tuple[Statement, ...], now: float
    ) -> tuple[list[list[Row]], Waiting]:
        rows, revision, facts = await store.rollups_and_waiting(database, statements)
        self._waiting = Waiting(now, revision, facts)
        self._keep(statements, rows, revision)
        return rows, self._waiting

    async def _add(self, database: Database, statements: tuple[Statement, ...]) -> int:
        rows, revision = await store.rollups_at(database, statements)
        self._keep(statements, rows, revision)
        return revision

    def _keep(self, statements: tuple[Statement, ...], rows: list[list[Row]], revision: int) -> None:
        for statement, found in zip(statements, rows, strict=True):
            self._rows.pop(statement, None)
            self._rows[statement] = (revision, found)
        while len(self._rows) > limits.MEMORY_ENTRIES:
            del self._rows[next(iter(self._rows))]
