"""The rollups: asked for, replaced all or nothing, and how far they are."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from counting.fact import Fact
from counting.rollup import Key
from storage.database import Database, Row, Statement, run
from terms import limits


class State(NamedTuple):
    """How far the rollups are. rolled_at, due_at: epoch seconds. last_late: the number of the last late event, or 0."""

    revision: int
    rolled_id: int
    rolled_at: int
    due_at: int
    last_late: int


class Pending(NamedTuple):
    """An event that a rollup takes in. late: its number among the late ones, or 0."""

    fact: Fact
    late: int
    test: bool


class Rewrite(NamedTuple):
    """Rollups to put in place. chunks: JSON arrays of rows that each fit a parameter. hours: those (0…23) that all of
    them hold in full; others, where they are missing, stay as they are.
    """

    chunks: list[str]
    hours: frozenset[int]

    def statements(self, revision: int) -> list[Statement]:
        """Writes them, unless another rollup has come since this revision."""
        changed = json.dumps({str(hour): None for hour in self.hours})
        return [("rollups/write", (chunk, changed, limits.ROLLUP_CHARACTERS, revision)) for chunk in self.chunks]


def series(dimension: str, tool: str, first_day: int, hourly_days: str) -> Statement:
    """Asks for the rollups of a dimension from a day on; of one tool, of all of them ("").

    hourly_days: the days whose hours are wanted, as ",20000,20001," or "all".
    """
    return "rollups/series", (dimension, tool, first_day, hourly_days)


def latest_errors(dimension: str, tool: str, first_day: int) -> Statement:
    """Asks for the newest errors that the rollups of a dimension know, from a day on."""
    return "rollups/latest_errors", (dimension, tool, first_day)


async def read_with_waiting(
    database: Database, statements: tuple[Statement, ...], include_test: bool = False
) -> tuple[list[list[Row]], int, list[Fact]]:
    """Rows about rollups, the revision that they are of, and the events that they do not hold yet."""
    *rows, waiting, revision = await database.batch(*statements, ("events/tail", ()), ("rollups/revision", ()))
    facts = [Fact.from_json(row["fact"]) for row in waiting if include_test or not row["test"]]
    return rows, revision[0]["revision"], facts


async def read(database: Database, statements: tuple[Statement, ...]) -> tuple[list[list[Row]], int]:
    """Rows about rollups, and the revision that they are of."""
    *rows, revision = await database.batch(*statements, ("rollups/revision", ()))
    return rows, revision[0]["revision"]


async def due(database: Database) -> tuple[int, int]:
    """When to look at what waits, in epoch seconds, and the last key that is rolled up."""
    row = (await run(database, "rollups/due"))[0]
    return row["due_at"], int(row["rolled_id"])


async def claim_pending(database: Database, closed: int, limit: int) -> tuple[State, list[Pending]]:
    """What the next rollup takes in, below the first key that is still open; what comes there after this is late."""
    _, states, rows = await database.batch(
        ("rollups/claim", (str(closed),)), ("rollups/state", ()), ("rollups/pending", (str(closed), limit))
    )
    pending = [Pending(Fact.from_json(row["fact"]), row["late"], bool(row["test"])) for row in rows]
    return state_of(states[0]), pending


async def find(database: Database, keys: Iterable[Key], today: int, hours: frozenset[int]) -> dict[Key, Row]:
    """The rollups of these keys that exist: with all their hours if they are of a day before today, else with these."""
    others = json.dumps({str(hour): None for hour in range(24) if hour not in hours})
    rows = await run(database, "rollups/read", json.dumps([list(key) for key in keys]), today, others)
    return {Key(row["dimension"], row["day"], row["tool_name"]): row for row in rows}


async def replace(
    database: Database, state: State, rewrite: Rewrite, last_late: int, rolled_id: int, now: int, due_at: int
) -> bool:
    """Put rollups in place and move on, all or nothing; False if another rollup came first.

    last_late: the last number of the late events taken in. rolled_id: the last key. now, due_at: epoch seconds.
    """
    results = await database.batch(
        *rewrite.statements(state.revision),
        (
            "rollups/late_done",
            (str(state.rolled_id), str(rolled_id), last_late, state.last_late, state.revision),
        ),
        commit(rolled_id, now, due_at, state.revision),
    )
    return bool(results[-1])


async def postpone(database: Database, due_at: int) -> None:
    """Look again later, at a time in epoch seconds."""
    await run(database, "rollups/postpone", due_at)


def commit(rolled_id: int, rolled_at: int, due_at: int, revision: int) -> Statement:
    """Moves on from a revision; answers with a row unless another rollup has come since."""
    return "rollups/commit", (str(rolled_id), rolled_at, due_at, revision)


def state_of(row: Row) -> State:
    """The state in a row of rollups/state.sql."""
    return State(row["revision"], int(row["rolled_id"]), row["rolled_at"], row["due_at"], row["last_late"])
