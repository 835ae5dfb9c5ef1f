"""A deployment's upkeep, run for as long as there is anything to do, and what must be true meanwhile."""

from __future__ import annotations

from typing import Any

from reading.memory import Memory
from reports.table import REPORTS
from storage.events import NewEvent
from tests.asking import ask
from tests.database import CountingDatabase, SqliteDatabase, new_event
from tests.reports import recount, recount_together
from upkeep.work import work

QUERIES = 50  # what the free plan allows one invocation
OWN = {
    "summary": {"compare": "period"},
    "tools": {"compare": "period"},
    "errors": {"limit": "50"},
    "catalogue": {"limit": "500"},
    "sessions": {"compare": "period"},
    "together": {"limit": "500"},
    "breakdown": {"by": "agent", "compare": "period"},
}


def event(number: int, time: int, person: int | None = None, **fields: Any) -> NewEvent:
    """An event of a person of its own, or of one, with some fields of one's own. number: unlike any other's."""
    made, of = new_event(number, time), new_event(number if person is None else person, time)
    return made._replace(user_id_hash=of.user_id_hash, mark=of.mark, fields=made.fields | fields)


def rows(database: SqliteDatabase, query: str, *parameters: Any) -> list[Any]:
    """What plain SQL finds: values where there is one column."""
    found = [tuple(row) for row in database.connection.execute(query, parameters)]
    return [row[0] if len(row) == 1 else row for row in found]


async def piece(database: CountingDatabase, now: int, retention_days: int = 90) -> bool:
    """One cron event, within what an invocation may ask; whether it has changed anything."""
    database.ran.clear()
    changes = database.connection.total_changes
    await work(database, now, retention_days)
    assert sum(database.ran.values()) <= QUERIES, dict(database.ran)
    return database.connection.total_changes > changes


async def settle(database: CountingDatabase, now: int, retention_days: int = 90, most: int = 500) -> int:
    """Cron events until one changes nothing; how many that took."""
    for number in range(most):
        if not await piece(database, now, retention_days):
            return number
    raise AssertionError(f"it does not come to its end: {dict(database.ran)}")


def stored(database: SqliteDatabase) -> list[recount.Event]:
    """The events that are left, as a recount takes them."""
    found = database.connection.execute("SELECT *, person AS user FROM events")
    return [dict(row) for row in found]


async def answers(database: SqliteDatabase, now: int, *windows: int) -> dict[tuple[str, int], Any]:
    """Every report's answer about windows of so many days, to somebody who remembers nothing."""
    return {
        (name, days): await ask(database, name, now, Memory(), days=days, **OWN.get(name, {}))
        for name in REPORTS
        for days in windows
    }


async def assert_exact(database: SqliteDatabase, now: int, *windows: int) -> None:
    """Every report says what a plain count over the events says that are left, with and without snapshots."""
    with_snapshots = await answers(database, now, *windows)
    seen = recount.matching(stored(database), {}, include_test=False)
    beside = {"together": recount_together.beside(database, seen)}
    for (name, days), actual in with_snapshots.items():
        given: dict[str, Any] = OWN.get(name, {}) | beside.get(name, {})
        expected = recount.REPORTS[name](seen, recount.Asked(now, days), **given)
        assert recount.same(recount.comparable(name, actual), expected), (name, days)
    bare = SqliteDatabase()
    database.connection.backup(bare.connection)
    bare.connection.execute("DELETE FROM snapshots")
    assert await answers(bare, now, *windows) == with_snapshots
