"""The people: numbers, tied to a keyed hash in one table alone; and everything that one of them left."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable

from storage.database import Database, Statement, run


async def promise_erasure(database: Database, marks: Iterable[tuple[str, str]], before: int, until: int) -> None:
    """Forget who someone is, and promise that what they did before a moment will go, also what has not arrived yet.

    marks: what they are erased by, with the user_id_hash of each. before, until: epoch seconds.
    """
    statements: list[Statement] = []
    for mark, user_id_hash in marks:
        statements += (
            ("people/promise", (mark, user_id_hash, before, until)),
            ("people/forget", (user_id_hash,)),
        )
    await database.batch(*statements)


async def promised(database: Database) -> tuple[str, int] | None:
    """An erasure that is not done: its mark, and the number of the person; None if there is none."""
    rows = await run(database, "people/promised")
    return (rows[0]["mark"], rows[0]["person"]) if rows else None


async def keep_promise(database: Database, mark: str, person: int) -> None:
    """Nothing of a person, by number, is left that an erasure is about, but what may still arrive."""
    await database.batch(("people/kept", (mark, person)), ("people/erased", (mark, person)))


async def keys(database: Database, person: int, spans: Iterable[tuple[int, int]], limit: int) -> list[str]:
    """The keys (text) of a person's events in spans of keys, each [first, stop), and of those that no rollup holds."""
    text = json.dumps([[str(first), str(stop)] for first, stop in spans])
    found: list[str] = json.loads((await run(database, "events/of_person", person, text, limit))[0]["keys"])
    return found


async def erase_events(database: Database, keys_of: list[str]) -> int:
    """Delete events, and note the hours whose rollups hold them; returns how many went."""
    text = json.dumps(keys_of)
    results = await database.batch(
        ("events/make_stale", (text,)),
        ("events/erase_late", (text,)),
        ("events/erase", (text,)),
        ("events/erased", (os.urandom(8).hex(),)),
    )
    return len(results[2])


async def waiting(database: Database) -> list[int]:
    """The numbers of people with events that no rollup holds."""
    numbers: list[int] = json.loads((await run(database, "people/waiting"))[0]["numbers"])
    return numbers


async def nobody(database: Database, numbers: list[int]) -> set[int]:
    """Those of these numbers that belong to nobody any more: a row read for each person, if any is asked about."""
    if not numbers:
        return set()
    return set(json.loads((await run(database, "people/nobody", json.dumps(numbers)))[0]["numbers"]))


async def forget_numbers(database: Database, numbers: list[int], forgotten: int) -> None:
    """Forget whom these numbers belong to, and that this is done up to an hour (since 1970).

    A row read for each person, if anybody is to be forgotten.
    """
    forget: list[Statement] = [("people/forget_numbers", (json.dumps(numbers),))] if numbers else []
    await database.batch(*forget, ("rollups/forgotten", (forgotten,)))
