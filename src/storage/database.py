"""What the other rooms know of D1: statements by name, rows as dicts, and that it may fail."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, Protocol

Row = dict[str, Any]
Statement = tuple[str, tuple[str | int, ...]]  # a file of sql/ ("events/add") and its parameters


class Database(Protocol):
    """D1 in production (d1.py), SQLite in tests."""

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run statements in one transaction and one round trip; returns each one's rows.

        Parameters are text or integers below 2^53; keys go in as text.
        Raises DatabaseError, and then nothing of it has happened.
        """


class Pending(NamedTuple):
    """What may be asked in one round trip with others, and what takes its rows and returns how many are new."""

    statements: Sequence[Statement]
    settle: Callable[[list[list[Row]]], Awaitable[int]]


async def settle(database: Database, *pending: Pending) -> list[int]:
    """Run what is pending in one transaction and one round trip; how many are new of each."""
    if not pending:
        return []
    results = await database.batch(*[statement for one in pending for statement in one.statements])
    new = []
    for one in pending:
        own, results = results[: len(one.statements)], results[len(one.statements) :]
        new.append(await one.settle(own))
    return new


async def run(database: Database, name: str, *parameters: str | int) -> list[Row]:
    """Run one statement and return its rows."""
    return (await database.batch((name, parameters)))[0]
