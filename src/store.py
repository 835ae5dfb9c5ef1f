"""What is asked of the database: one function a question, each binding one file of src/sql/."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import limits
from keys import event_key, first_key, second, time_of
from tally import Fact

if TYPE_CHECKING:
    from d1 import Database, Row, Statement


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event on its way into the database. keyed: its hash is that of an event_id, not chance."""

    time: int
    hash_bits: int
    keyed: bool
    user_id_hash: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a report is narrowed to; None = not narrowed."""

    tool: str | None = None
    category: str | None = None
    agent: str | None = None
    trigger: str | None = None
    version: str | None = None
    include_test: bool = False

    def active(self) -> dict[str, str]:
        """The dimensions that are narrowed, and to what."""
        values = {name: getattr(self, name) for name in ("tool", "category", "agent", "trigger", "version")}
        return {name: value for name, value in values.items() if value is not None}

    def to_json(self) -> str:
        return json.dumps(self.active() | ({"include_test": 1} if self.include_test else {}))


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


class Erasable(NamedTuple):
    """An event of someone who wants it gone, and whether the rollups hold it."""

    fact: Fact
    rolled: bool
    test: bool


Key = tuple[str, int, str]  # dimension, day, tool_name


class Rewrite(NamedTuple):
    """Rollups to put in place. chunks: JSON arrays of rows that each fit a parameter. hours: those (0…23) that all of
    them hold in full; others, where they are missing, stay as they are.
    """

    chunks: list[str]
    hours: frozenset[int]

    def statements(self, revision: int) -> list[Statement]:
        """Writes them, unless another rollup has come since this revision."""
        changed = json.dumps({str(hour): None for hour in self.hours})
        return [("rollup_write", (chunk, changed, limits.ROLLUP_CHARACTERS, revision)) for chunk in self.chunks]


async def add_events(database: Database, events: Sequence[NewEvent], due_at: int | None = None) -> int:
    """Store events that are not there yet, in one round trip, and return how many were new.

    due_at: when to look at what waits, in epoch seconds, if that is sooner than planned.
    """
    rows = json.dumps(
        [
            event.fields
            | {
                "id": event_key(event.time, event.hash_bits),
                "second": second(event.time),
                "keyed": event.keyed,
                "user_id_hash": event.user_id_hash,
            }
            for event in events
        ]
    )
    hasten: list[Statement] = [] if due_at is None else [("rollup_hasten", (due_at,))]
    results = await database.batch(("ingest_people", (rows,)), ("ingest_events", (rows,)), *hasten)
    return len(results[1])


async def pepper(database: Database, candidate: str) -> str:
    """The pepper kept in the database, in hex; the candidate if there was none."""
    _, rows = await database.batch(("pepper_make", (candidate,)), ("pepper", ()))
    return str(rows[0]["value"])


def series(dimension: str, tool: str, first_day: int, hour_days: str) -> Statement:
    """Asks for the rollups of a dimension from a day on; of one tool, of all of them ("").

    hour_days: the days whose hours are wanted, as ",20000,20001," or "all".
    """
    return "series", (dimension, tool, first_day, hour_days)


def latest_errors(dimension: str, tool: str, first_day: int) -> Statement:
    """Asks for the newest errors that the rollups of a dimension know, from a day on."""
    return "latest_errors", (dimension, tool, first_day)


async def rollups_and_waiting(
    database: Database, statements: tuple[Statement, ...], include_test: bool = False
) -> tuple[list[list[Row]], int, list[Fact]]:
    """Rows about rollups, the revision that they are of, and the events that they do not hold yet."""
    *rows, waiting, revision = await database.batch(*statements, ("tail", ()), ("rollup_revision", ()))
    facts = [_fact(row["fact"]) for row in waiting if include_test or not row["test"]]
    return rows, revision[0]["revision"], facts


async def rollups_at(database: Database, statements: tuple[Statement, ...]) -> tuple[list[list[Row]], int]:
    """Rows about rollups, and the revision that they are of."""
    *rows, revision = await database.batch(*statements, ("rollup_revision", ()))
    return rows, revision[0]["revision"]


async def filtered_tallies(
    database: Database, by: str, start: int, hour_days: str, filters: Filters
) -> tuple[list[Row], list[Row]]:
    """Counts and people by slice since a time (epoch seconds), read from the events themselves."""
    parameters = (by, str(first_key(start)), hour_days, filters.to_json())
    counts, people = await database.batch(("filtered_tallies", parameters), ("filtered_people", parameters))
    return counts, people


async def filtered_errors(database: Database, start: int, filters: Filters, limit: int) -> list[Row]:
    """The latest errors that fit filters, newest first, read from the events themselves."""
    return await database.run("filtered_errors", str(first_key(start)), filters.to_json(), limit)


async def events_by_key(database: Database, keys: Iterable[int]) -> dict[int, Row]:
    """Errors as they are listed, by key; keys that are gone are left out."""
    rows = await database.run("events_by_key", _keys_json(keys))
    return {int(row.pop("id")): row for row in rows}


async def export_page(database: Database, after: int, filters: Filters, size: int) -> tuple[list[Row], int | None]:
    """The events of the next `size` keys behind a key, and the last of these keys; None when there are no more."""
    rows, end = await database.batch(
        ("export", (str(after), filters.to_json(), size)), ("export_end", (str(after), size))
    )
    return rows, int(end[0]["last"]) if end[0]["keys"] == size else None


async def rollup_due(database: Database) -> tuple[int, int]:
    """When to look at what waits, in epoch seconds, and the last key that is rolled up."""
    row = (await database.run("rollup_due"))[0]
    return row["due_at"], int(row["rolled_id"])


async def claim_pending(database: Database, closed: int, limit: int) -> tuple[State, list[Pending]]:
    """What the next rollup takes in, below the first key that is still open; what comes there after this is late."""
    _, states, rows = await database.batch(
        ("rollup_claim", (str(closed),)), ("rollup_state", ()), ("rollup_pending", (str(closed), limit))
    )
    return _state(states[0]), [Pending(_fact(row["fact"]), row["late"], bool(row["test"])) for row in rows]


async def read_rollups(database: Database, keys: Iterable[Key], today: int, hours: frozenset[int]) -> list[Row]:
    """The rollups of these keys that exist: with all their hours if they are of a day before today, else with these."""
    others = json.dumps({str(hour): None for hour in range(24) if hour not in hours})
    return await database.run("rollup_read", json.dumps([list(key) for key in keys]), today, others)


async def commit_rollup(
    database: Database, state: State, rewrite: Rewrite, last_late: int, rolled_id: int, now: int, due_at: int
) -> bool:
    """Put rollups in place and move on, all or nothing; False if another rollup came first.

    last_late: the last number of the late events taken in. rolled_id: the last key. now, due_at: epoch seconds.
    """
    results = await database.batch(
        *rewrite.statements(state.revision),
        (
            "rollup_late_done",
            (str(state.rolled_id), str(rolled_id), last_late, state.last_late, state.revision),
        ),
        ("rollup_commit", (str(rolled_id), now, due_at, state.revision)),
    )
    return bool(results[-1])


async def postpone_rollup(database: Database, due_at: int) -> None:
    """Look again later, at a time in epoch seconds."""
    await database.run("rollup_postpone", due_at)


async def oldest_event(database: Database) -> tuple[int | None, bool]:
    """The first key there is, and whether late events wait for a rollup."""
    row = (await database.run("oldest"))[0]
    return (None if row["id"] is None else int(row["id"])), bool(row["late"])


async def expire(database: Database, before: int, limit: int) -> int:
    """Delete the oldest events before a time (epoch seconds) that the rollups hold, at most `limit`; how many went."""
    return len(await database.run("expire", str(first_key(before)), limit))


async def person_number(database: Database, user_id_hash: str) -> int | None:
    """The number of a person; None when there is no such person."""
    rows = await database.run("person", user_id_hash)
    return int(rows[0]["number"]) if rows else None


async def person_events(
    database: Database, number: int, spans: Iterable[tuple[int, int]], limit: int
) -> tuple[State, list[Erasable]]:
    """A person's events in spans of keys, each [first, stop), at most `limit` of them."""
    text = json.dumps([[str(first), str(stop)] for first, stop in spans])
    states, rows = await database.batch(("rollup_state", ()), ("person_events", (number, text, limit)))
    found = [Erasable(_fact(row["fact"]), bool(row["rolled"]), bool(row["test"])) for row in rows]
    return _state(states[0]), found


async def erase_events(database: Database, state: State, rewrite: Rewrite, keys: Sequence[int]) -> int | None:
    """Delete events and put the rollups without them in place, all or nothing; None if a rollup came first."""
    text = _keys_json(keys)
    results = await database.batch(
        *rewrite.statements(state.revision),
        ("erase_late", (text, state.revision)),
        ("erase_events", (text, state.revision)),
        ("rollup_commit", (str(state.rolled_id), state.rolled_at, state.due_at, state.revision)),
    )
    return len(results[-2]) if results[-1] else None


async def erase_person(database: Database, user_id_hash: str) -> None:
    """Forget which number a hash had."""
    await database.run("erase_person", user_id_hash)


async def health(database: Database) -> tuple[str, int | None]:
    """The latest migration, and when the oldest event that no rollup holds happened (epoch seconds)."""
    row = (await database.run("health"))[0]
    waiting = [int(row[name]) for name in ("waiting", "late") if row[name] is not None]
    return row["schema"], time_of(min(waiting)) if waiting else None


def _keys_json(keys: Iterable[int]) -> str:
    return json.dumps([str(key) for key in keys])


def _state(row: Row) -> State:
    return State(row["revision"], int(row["rolled_id"]), row["rolled_at"], row["due_at"], row["last_late"])


def _fact(text: str) -> Fact:
    key, second_in_slot, *rest = json.loads(text)
    return Fact(int(key), time_of(int(key), second_in_slot), *rest)
