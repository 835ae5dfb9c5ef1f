"""What the database knows of this deployment itself: its pepper and its health."""

from storage.database import Database, run
from terms.keys import time_of


async def pepper(database: Database, candidate: str) -> str:
    """The pepper kept in the database, in hex; the candidate if there was none."""
    _, rows = await database.batch(("deployment/make_pepper", (candidate,)), ("deployment/pepper", ()))
    return str(rows[0]["value"])


async def health(database: Database) -> tuple[str, int | None]:
    """The latest migration, and when the oldest event that no rollup holds happened (epoch seconds)."""
    row = (await run(database, "deployment/health"))[0]
    waiting = [int(row[name]) for name in ("waiting", "late") if row[name] is not None]
    return row["schema"], time_of(min(waiting)) if waiting else None
