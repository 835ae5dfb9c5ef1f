"""The people: numbers, tied to a keyed hash in one table alone; and everything that one of them left."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from counting.fact import Fact
from storage.database import Database, run
from storage.events import keys_json
from storage.rollups import Rewrite, State, commit, state_of


class Erasable(NamedTuple):
    """An event of someone who wants it gone, and whether the rollups hold it."""

    fact: Fact
    rolled: bool
    test: bool


async def number(database: Database, user_id_hash: str) -> int | None:
    """The number of a person; None when there is no such person."""
    rows = await run(database, "people/number", user_id_hash)
    return int(rows[0]["number"]) if rows else None


async def events(
    database: Database, person: int, spans: Iterable[tuple[int, int]], limit: int
) -> tuple[State, list[Erasable]]:
    """A person's events in spans of keys, each [first, stop), at most `limit` of them."""
    text = json.dumps([[str(first), str(stop)] for first, stop in spans])
    states, rows = await database.batch(("rollups/state", ()), ("events/of_person", (person, text, limit)))
    found = [Erasable(Fact.from_json(row["fact"]), bool(row["rolled"]), bool(row["test"])) for row in rows]
    return state_of(states[0]), found


async def erase_events(database: Database, state: State, rewrite: Rewrite, keys: Sequence[int]) -> int | None:
    """Delete events and put the rollups without them in place, all or nothing; None if a rollup came first."""
    text = keys_json(keys)
    results = await database.batch(
        *rewrite.statements(state.revision),
        ("rollups/erase_late", (text, state.revision)),
        ("events/erase", (text, state.revision)),
        commit(state.rolled_id, state.rolled_at, state.due_at, state.revision),
    )
    return len(results[-2]) if results[-1] else None


async def forget(database: Database, user_id_hash: str) -> None:
    """Forget which number a hash had."""
    await run(database, "people/forget", user_id_hash)
