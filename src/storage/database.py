"""What the other rooms know of D1: statements by name, rows as dicts, and that it may fail."""

from typing import Any, Protocol

Row = dict[str, Any]
Statement = tuple[str, tuple[str | int, ...]]  # a file of sql/ ("events/add") and its parameters


class Database(Protocol):
    """D1 in production (d1.py), SQLite in tests."""

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run statements in one transaction and one round trip; returns each one's rows.

        Parameters are text or integers below 2^53; keys go in as text.
        Raises DatabaseError, and then nothing of it has happened.
        """


async def run(database: Database, name: str, *parameters: str | int) -> list[Row]:
    """Run one statement and return its rows."""
    return (await database.batch((name, parameters)))[0]
