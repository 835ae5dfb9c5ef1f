"""Real SQLite where D1 is in production: the same statements, in a transaction, on all the migrations."""

from __future__ import annotations

import asyncio
import math
import random
import sqlite3
from collections import Counter
from collections.abc import Awaitable
from functools import cache
from pathlib import Path

from storage.database import Database, Pending, Row, Statement, settle
from storage.events import NewEvent
from terms.errors import DatabaseError

ROOT = Path(__file__).resolve().parents[1]
SQL = ROOT / "src" / "storage" / "sql"
NOW = 1_790_000_000
D1_COMPOUND_TERMS = 5  # of a UNION; SQLite alone takes 500
MIGRATIONS = sorted((ROOT / "migrations").glob("*.sql"))


@cache
def _text(path: Path) -> str:
    return path.read_text()


class SqliteDatabase:
    """What storage.d1.D1Database is, on a database in memory."""

    def __init__(self, migrations: list[Path] = MIGRATIONS) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, D1_COMPOUND_TERMS)
        self.connection.create_function("log2", 1, math.log2, deterministic=True)
        for migration in migrations:
            self.connection.executescript(_text(migration))

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run the statements in one transaction."""
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        try:
            results = [
                [dict(row) for row in cursor.execute(_text(SQL / f"{name}.sql"), _as_d1_binds(parameters))]
                for name, parameters in statements
            ]
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")
        return results


async def settled(database: Database, asked: Awaitable[Pending | None]) -> None:
    """Do what is asked for, alone."""
    pending = await asked
    await settle(database, *([] if pending is None else [pending]))


class CountingDatabase(SqliteDatabase):
    """The database, and how often each statement ran."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: Counter[str] = Counter()

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run the statements in one transaction."""
        self.ran.update(name for name, _ in statements)
        return await super().batch(*statements)


class FailingDatabase(SqliteDatabase):
    """Fails as D1 does where a statement cannot be run."""

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run the statements in one transaction; raises DatabaseError."""
        try:
            return await super().batch(*statements)
        except sqlite3.Error as error:
            raise DatabaseError(str(error)) from error


class CrashingDatabase:
    """The same database, to a process that is killed now and then: before a transaction, or before it hears of it."""

    def __init__(self, database: SqliteDatabase, chance: random.Random, rate: float) -> None:
        self._database = database
        self._chance = chance
        self._rate = rate

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run the statements, or crash."""
        await asyncio.sleep(0)  # let another process in between
        self._maybe_crash()
        results = await self._database.batch(*statements)
        self._maybe_crash()
        return results

    def _maybe_crash(self) -> None:
        if self._chance.random() < self._rate:
            raise DatabaseError("killed")


def _as_d1_binds(parameters: tuple[str | int, ...]) -> tuple[str | float, ...]:
    """The same parameters; every number is JavaScript's on its way to D1, which binds it as REAL."""
    return tuple(parameter if isinstance(parameter, str) else float(parameter) for parameter in parameters)


def new_event(number: int, time: int) -> NewEvent:
    """An event of a person of its own."""
    fields = dict.fromkeys(
        ("duration_ms", "error_type", "error_message", "request_size_bytes", "response_size_bytes", "metadata")
    ) | dict.fromkeys(("tool_version", "os", "runtime"))
    fields |= {"tool_name": "a", "tool_category": "b", "status": "success", "agent_id": "c", "source": "api"}
    return NewEvent(time, number, True, f"{number:032x}", f"mark {number}", fields | {"trigger": "user", "test": False})
