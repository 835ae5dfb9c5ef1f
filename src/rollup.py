"""Keeps the rollups up: takes in the events that wait, a bounded step at a time.

A step claims what it will read, so that whatever arrives below that mark from then on is noted as late; reads it;
merges it into the rollups of its days; and commits all of it at once if no other step came first. Stopped anywhere, it
has done nothing; repeated, it counts nothing twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import limits
import store
from keys import DAY, HASH_BITS, SLOT_SECONDS, first_key, time_of
from packing import pack, unpack
from store import Key, Pending, Rewrite, State
from tally import Detail, Fact, Tally
from window import day_of

if TYPE_CHECKING:
    from d1 import Database, Row

EVERYTHING = "all"
TEST = "test"
TOOL = "tool"
BREAKDOWNS = ("category", "agent", "version", "trigger", "os", "source", "runtime")
ERROR_MARK = "!"  # in a tool's rollup, "" is the tool as a whole and "!TimeoutError" its errors of one type

_CHUNK_CHARACTERS = 500_000


def value_of(fact: Fact, dimension: str) -> str:
    """What a fact is counted under in a dimension."""
    return getattr(fact, dimension) or "unknown"


@dataclass
class Rollup:
    """A day of a dimension, or of one tool: a tally per value, of the day and of each of its hours (0…23).

    latest_errors: [time, key] of the newest errors, newest first.
    """

    totals: dict[str, Tally] = field(default_factory=dict)
    hours: dict[int, dict[str, Tally]] = field(default_factory=dict)
    latest_errors: list[tuple[int, int]] = field(default_factory=list)

    def add(self, fact: Fact, value: str, detail: Detail = Detail.SERIES) -> None:
        values = self.hours.setdefault(fact.time % DAY // 3600, {})
        if value not in values:
            values[value] = Tally()
        values[value].add(fact, detail)

    def add_up(self) -> None:
        """Make the day's totals from its hours."""
        for values in self.hours.values():
            for value, tally in values.items():
                if value not in self.totals:
                    self.totals[value] = Tally()
                self.totals[value].merge(tally)


def hours_of(row: Row) -> dict[int, dict[str, Any]]:
    """The hours (0…23) of a rollup's row, each with its tallies as JSON by value.

    None if they were not asked for, or if the day was too wide to keep them. Those of a day gone by are packed.
    """
    hours = json.loads(row["hours"] or "null") or {}
    if isinstance(hours, str):
        hours = json.loads(unpack(hours))
    return {int(hour): values for hour, values in hours.items()}


def roll_up(facts: Iterable[tuple[Fact, bool]]) -> dict[Key, Rollup]:
    """The rollups of these events alone, each a fact and whether it is test traffic, which is kept apart."""
    rollups: dict[Key, Rollup] = {}
    for fact, test in facts:
        day = day_of(fact.time)
        if test:
            rollups.setdefault((TEST, day, ""), Rollup()).add(fact, "")
            continue
        everything = rollups.setdefault((EVERYTHING, day, ""), Rollup())
        everything.add(fact, "")
        tool = rollups.setdefault((TOOL, day, fact.tool), Rollup())
        tool.add(fact, "", Detail.TOOL)
        if fact.failed:
            tool.add(fact, ERROR_MARK + (fact.error_type or ""), Detail.ERROR)
            for rollup in (everything, tool):
                rollup.latest_errors.append((fact.time, fact.key))
        for dimension in BREAKDOWNS:
            rollups.setdefault((dimension, day, ""), Rollup()).add(fact, value_of(fact, dimension))
    for rollup in rollups.values():
        rollup.add_up()
    return rollups


class _Stored:
    """A rollup as it is kept, in JSON: with all its hours if its day has gone by, else with those that change."""

    def __init__(self, row: Row | None) -> None:
        self.totals: dict[str, Any] = json.loads(row["totals"]) if row else {}
        self.hours: dict[int, dict[str, Any]] = hours_of(row) if row else {}
        self.latest_errors: list[tuple[int, str]] = json.loads(row["latest_errors"]) if row else []

    def merge(self, delta: Rollup) -> None:
        renamed = {}
        for value in delta.totals:
            renamed[value] = self._room_for(value)
            self.totals.setdefault(renamed[value], {})
        for values, new in self._pairs(delta):
            for value, tally in new.items():
                name = renamed[value]
                if name in values:
                    tally.merge(Tally.from_json(values[name]))
                values[name] = tally.to_json()
        errors = [(time, key) for time, key in delta.latest_errors] + [
            (time, int(key)) for time, key in self.latest_errors
        ]
        self.latest_errors = [(time, str(key)) for time, key in sorted(errors, reverse=True)[: limits.LATEST_ERRORS]]

    def subtract(self, delta: Rollup, person: int) -> None:
        for values, gone in self._pairs(delta):
            for value, taken in gone.items():
                name = value if value in values else self._other(value)
                if name not in values:
                    continue
                tally = Tally.from_json(values[name])
                tally.subtract(taken, person)
                values[name] = tally.to_json()
                if not tally.invocations:
                    del values[name]
        gone_keys = {str(key) for _, key in delta.latest_errors}
        self.latest_errors = [entry for entry in self.latest_errors if entry[1] not in gone_keys]

    def to_row(self, key: Key, whole: bool) -> list[Any]:
        totals, hours, latest = (
            json.dumps(part, separators=(",", ":")) for part in (self.totals, self.hours, self.latest_errors)
        )
        if whole:
            hours = min(hours, json.dumps(pack(hours.encode())), key=len)
        return [*key, totals, hours, latest]

    def _pairs(self, delta: Rollup) -> list[tuple[dict[str, Any], dict[str, Tally]]]:
        hours = [(self.hours.setdefault(hour, {}), values) for hour, values in delta.hours.items()]
        return [(self.totals, delta.totals), *hours]

    def _room_for(self, value: str) -> str:
        return value if value in self.totals or len(self.totals) < limits.ROLLUP_GROUPS else self._other(value)

    @staticmethod
    def _other(value: str) -> str:
        return (ERROR_MARK if value.startswith(ERROR_MARK) else "") + limits.OTHER


async def is_due(database: Database, now: float) -> bool:
    """Whether it is time to look at what waits. now: epoch seconds."""
    due_at, _ = await store.rollup_due(database)
    return now >= due_at


async def take_in(database: Database, now: float) -> int:
    """Roll up whatever waits, if it is worth it, in bounded steps; returns how many events were taken in."""
    _, rolled_id = await store.rollup_due(database)
    steps = taken = 0
    for closed in _boundaries(rolled_id, int(now)):
        events = limits.ROLLUP_STEP_EVENTS
        while events >= limits.ROLLUP_STEP_EVENTS and steps < limits.ROLLUP_STEPS:
            events = await _step(database, closed, int(now))
            taken += events
            steps += 1
    return taken


def _boundaries(rolled_id: int, now: int) -> list[int]:
    """Where to stop, as first keys still open: at midnight if it has passed, so that no step writes two days' rows."""
    closed = first_key(now - limits.ROLLUP_GRACE_SECONDS)
    midnight = first_key(day_of(now) * DAY)
    return [midnight, closed] if rolled_id < midnight - 1 and midnight < closed else [closed]


def is_worth_it(pending: list[Pending], state: State, now: int) -> bool:
    """Enough has gathered, or a day has closed, or late events have waited for a day."""
    if len(pending) >= limits.ROLLUP_EVENTS * limits.ROLLUP_ALMOST:
        return True
    today = day_of(now - limits.ROLLUP_GRACE_SECONDS - SLOT_SECONDS)
    if any(day_of(event.fact.time) < today for event in pending if not event.late):
        return True
    return bool(pending) and now - state.rolled_at >= DAY


async def _step(database: Database, closed: int, now: int) -> int:
    state, pending = await store.claim_pending(database, closed, limits.ROLLUP_STEP_EVENTS)
    if not is_worth_it(pending, state, now):
        await store.postpone_rollup(database, _due_at(pending, state, closed, now, len(pending)))
        return 0
    in_order = [event.fact.key for event in pending if not event.late]
    full = len(in_order) == limits.ROLLUP_STEP_EVENTS
    rolled_id = in_order[-1] if full else closed - 1
    rewrite = await merged(database, roll_up((event.fact, event.test) for event in pending), day_of(now))
    late = [event.late for event in pending if event.late]
    due_at = now if full or len(late) == limits.ROLLUP_STEP_EVENTS else _due_at(pending, state, closed, now, 0)
    committed = await store.commit_rollup(database, state, rewrite, max(late, default=0), rolled_id, now, due_at)
    return len(pending) if committed else 0


def _due_at(pending: list[Pending], state: State, closed: int, now: int, gathered: int) -> int:
    """When enough should have gathered at the pace of these events, midnight at the latest: epoch seconds.

    Looking costs a row read for each event that waits, so looking too early is to be avoided. Looking late costs
    reports a row read for each, and they call for a rollup themselves when it is too many. closed: the first open key.
    """
    midnight = (day_of(now) + 1) * DAY + SLOT_SECONDS + limits.ROLLUP_GRACE_SECONDS
    times = [event.fact.time for event in pending if not event.late]
    if not times:
        return midnight
    began = max(time_of(state.rolled_id + 1), now - DAY) if state.rolled_id >= 0 else min(times)
    seconds_per_event = max(time_of(closed) - began, 1) / len(times)
    events_per_day = DAY / seconds_per_event
    still_open = (SLOT_SECONDS + limits.ROLLUP_GRACE_SECONDS) / seconds_per_event
    wanted = max(limits.ROLLUP_EVENTS, limits.TAIL_EVENTS - still_open)
    # A whole number of rollups a day: one that reaches into the next day writes two days' rows.
    enough = events_per_day / max(1, round(events_per_day / wanted))
    gathers = time_of(closed) + (enough - gathered) * seconds_per_event
    slot_ends = time_of(first_key(round(gathers)) + (1 << HASH_BITS))
    return min(max(slot_ends + limits.ROLLUP_GRACE_SECONDS, now + 60), midnight)


async def merged(database: Database, rollups: dict[Key, Rollup], today: int) -> Rewrite:
    """The stored rollups with these merged in. today: the day that is not over yet."""
    stored, hours = await _read(database, rollups, today)
    for key, rollup in rollups.items():
        stored[key].merge(rollup)
    return Rewrite(_chunks(stored, today), hours)


async def without(database: Database, rollups: dict[Key, Rollup], today: int, person: int) -> Rewrite:
    """The stored rollups with these events of one person taken out."""
    stored, hours = await _read(database, rollups, today)
    for key, rollup in rollups.items():
        stored[key].subtract(rollup, person)
    return Rewrite(_chunks(stored, today), hours)


async def _read(
    database: Database, rollups: dict[Key, Rollup], today: int
) -> tuple[dict[Key, _Stored], frozenset[int]]:
    hours = frozenset(hour for rollup in rollups.values() for hour in rollup.hours)
    found = await store.read_rollups(database, rollups, today, hours)
    rows = {(row["dimension"], row["day"], row["tool_name"]): row for row in found}
    return {key: _Stored(rows.get(key)) for key in rollups}, hours


def _chunks(stored: dict[Key, _Stored], today: int) -> list[str]:
    chunks: list[str] = []
    rows: list[str] = []
    size = 0
    for key, rollup in stored.items():
        _, day, _ = key
        row = json.dumps(rollup.to_row(key, whole=day < today))
        if rows and size + len(row) > _CHUNK_CHARACTERS:
            chunks.append(f"[{','.join(rows)}]")
            rows, size = [], 0
        rows.append(row)
        size += len(row)
    return [*chunks, f"[{','.join(rows)}]"] if rows else chunks
