"""What the database knows of this deployment itself: its pepper, the salts of its days, and its health."""

from __future__ import annotations

from typing import NamedTuple

from storage.database import Database, Statement, run
from terms.errors import DatabaseError
from terms.keys import time_of

SCHEMA = "0013_people"  # the migration that this code needs


class Health(NamedTuple):
    """How a database that answers is. schema: its latest migration, None if it has none. waiting_since: when the oldest
    event that no rollup holds happened (epoch seconds), None if there is none.
    """

    schema: str | None
    waiting_since: int | None

    @property
    def is_migrated(self) -> bool:
        """Whether it has all migrations that this code needs; it may have later ones."""
        return self.schema is not None and self.schema >= SCHEMA


async def keep(database: Database, name: str, candidate: str) -> str:
    """The setting kept in the database; the candidate, kept from now on, if there was none."""
    _, rows = await database.batch(("deployment/keep", (name, candidate)), ("deployment/setting", (name,)))
    return str(rows[0]["value"])


async def setting(database: Database, name: str) -> str | None:
    """A setting that was made here; None if there is none."""
    rows = await run(database, "deployment/setting", name)
    return str(rows[0]["value"]) if rows else None


def salt_name(day: int) -> str:
    """The name of the setting that a day's salt is kept under; names sort as days do. day: days since 1970."""
    return f"salt-{day:06d}"


def forgetting(first_day: int, now: int) -> list[Statement]:
    """Forgets salts of days before one (since 1970), and whom nothing can arrive of any more. now: epoch seconds."""
    return [("deployment/drop_salts", (salt_name(first_day),)), ("people/end_promises", (now,))]


async def health(database: Database) -> Health:
    """How the database is. Raises DatabaseError where it does not answer."""
    try:
        row = (await run(database, "deployment/health"))[0]
    except DatabaseError:
        lacking = Health(await _schema(database), None)
        if lacking.is_migrated:
            raise
        return lacking
    waiting = [int(row[name]) for name in ("waiting", "late") if row[name] is not None]
    return Health(row["schema"], time_of(min(waiting)) if waiting else None)


async def _schema(database: Database) -> str | None:
    """The latest migration of a database that may lack any table."""
    if not await run(database, "deployment/has_settings"):
        return None
    return await setting(database, "schema")
