"""Real SQLite where D1 is in production: the same statements, in a transaction, on all the migrations."""

from __future__ import annotations

import asyncio
import math
import random
import sqlite3
from pathlib import Path
from typing import Any

from errors import DatabaseError

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = sorted((ROOT / "migrations").glob("*.sql"))


class SqliteDatabase:
    """What d1.Database is, on a database in memory."""

    def __init__(self, migrations: list[Path] = MIGRATIONS) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.create_function("log2", 1, math.log2, deterministic=True)
        for migration in migrations:
            self.connection.executescript(migration.read_text())

    async def batch(self, *statements: tuple[str, tuple[str | int, ...]]) -> list[list[dict[str, Any]]]:
        """Run the statements in one transaction."""
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        try:
            results = [
                [dict(row) for row in cursor.execute((ROOT / "src" / "sql" / f"{name}.sql").read_text(), parameters)]
                for name, parameters in statements
            ]
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")
        return results

    async def run(self, name: str, *parameters: str | int) -> list[dict[str, Any]]:
        """Run one statement."""
        return (await self.batch((name, parameters)))[0]


class CrashingDatabase:
    """The same database, to a process that is killed now and then: before a transaction, or before it hears of it."""

    def __init__(self, database: SqliteDatabase, chance: random.Random, rate: float) -> None:
        self._database = database
        self._chance = chance
        self._rate = rate

    async def batch(self, *statements: tuple[str, tuple[str | int, ...]]) -> list[list[dict[str, Any]]]:
        """Run the statements, or crash."""
        await asyncio.sleep(0)  # let another process in between
        self._maybe_crash()
        results = await self._database.batch(*statements)
        self._maybe_crash()
        return results

    async def run(self, name: str, *parameters: str | int) -> list[dict[str, Any]]:
        """Run one statement, or crash."""
        return (await self.batch((name, parameters)))[0]

    def _maybe_crash(self) -> None:
        if self._chance.random() < self._rate:
            raise DatabaseError("killed")
