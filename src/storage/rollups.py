"""The rollups: asked for, put in place all or nothing, and how far they, their sums and their snapshots are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any, NamedTuple

from counting.dimensions import TOOL, other
from counting.fact import Fact
from counting.rollup import LATEST, Latest, Tallies
from storage.database import Database, Row, Statement, run
from terms.dates import DAY_HOURS, EVER, HOUR

Kept = dict[str, Any]  # a rollup as it is kept: Tallies by series, and under LATEST its newest failures
Patch = dict[str, Any]  # what of a Kept is new, in its shape, with None for what is to go


class State(NamedTuple):
    """How far the rollups are.

    rolled_id: every event up to this key is in them, but the late ones. rolled_at, due_at: epoch seconds. unfolded: how
    many events were taken in since the last fold. The rest are hours since 1970: before folded quarters have their sum,
    before summed days have theirs, before crossed these hold what tools are crossed with, before expiring events may be
    gone, and whoever was last there before forgotten has no hash. oldest_id: the first key there is, or -1.
    """

    revision: int
    rolled_id: int
    rolled_at: int
    due_at: int
    unfolded: int
    folded: int
    summed: int
    expiring: int
    forgotten: int
    oldest_id: int
    crossed: int = 0


class Tail(NamedTuple):
    """The events that the rollups do not hold at a revision.

    oldest: the first key there is, -1 if there is none. events: how many come in order, last: the key of the last of
    them, -1 if there is none. late: how many came late. facts: of both, without test traffic; not to be changed.
    """

    revision: int
    oldest: int
    events: int
    last: int
    late: int
    facts: list[Fact]

    @property
    def moment(self) -> tuple[int, int, int, int]:
        """What is another whenever an event, or a rollup, has come or gone."""
        return self.revision, self.oldest, self.events, self.late


NO_TAIL = Tail(-1, -1, 0, -1, 0, [])


class Pending(NamedTuple):
    """An event that a rollup takes in. late: its number among the late ones, or 0."""

    fact: Fact
    late: int
    test: bool


class Look(NamedTuple):
    """How far the rollups are, whether an erasure is not done, and what the next rollup takes in."""

    state: State
    erasing: bool
    pending: list[Pending]


class KeptHour(NamedTuple):
    """An hour as it is kept. start: of the row that it belongs to, None if there is none; last: that row's last hour;
    characters: how wide that row is.
    """

    start: int | None
    last: int
    characters: int
    kept: Kept


class Snapshot(NamedTuple):
    """What a snapshot holds: of a window of so many days, from its first hour to before its last, of those to before
    until.
    """

    days: int
    first: int
    last: int
    until: int


Sum = tuple[int, int]  # how many hours (6 or 24), and the first of them


def groups(series: str, first: int, stop: int = EVER) -> Statement:
    """Asks for sums of a series since an hour and before another."""
    first_day, last_day = -(-first // DAY_HOURS) * DAY_HOURS, stop // DAY_HOURS * DAY_HOURS
    return "rollups/groups", (_path(series), first, first_day, last_day, stop)


def hours(series: str, first: int, stop: int = EVER) -> Statement:
    """Asks for the hours since one and before another that are in none of the sums."""
    return "rollups/hours", (_path(series), first, stop)


def days(series: str, first_day: int, stop: int = EVER) -> Statement:
    """Asks for the sums of days from one on (its first hour), before an hour."""
    return "rollups/days", (_path(series), first_day, stop)


def days_of_value(series: str, value: str, first_day: int, stop: int = EVER) -> Statement:
    """Asks for the same of one value, and of what the rarest are counted under."""
    rare = other(series)
    return "rollups/days_of_value", (_path(series, value), _path(series, rare), value, rare, first_day, stop)


def days_of_name(name: str, first_day: int, stop: int = EVER) -> Statement:
    """Asks for the same of the tools of one name."""
    return "rollups/days_of_name", (name, other(TOOL), first_day, stop)


def days_by_hour(series: str, by_hour: Iterable[int], first: int, stop: int = EVER) -> Statement:
    """Asks for the hours of some days (their first hours), and of a window's days that have no sum yet."""
    return "rollups/days_by_hour", (_path(series), json.dumps(sorted(by_hour)), first, stop)


def hours_of_value(series: str, value: str, by_hour: Iterable[int], first: int, stop: int = EVER) -> Statement:
    """Asks for the same of one value, and of what the rarest are counted under."""
    rare = other(series)
    names = f'$."{value}"', f'$."{rare}"', value, rare
    return "rollups/hours_of_value", (_path(series), *names, json.dumps(sorted(by_hour)), first, stop)


def summed() -> Statement:
    """Asks before which hour days have their sum."""
    return "rollups/summed", ()


def latest_errors(first: int, limit: int, stop: int = EVER) -> tuple[Statement, Statement]:
    """Asks for the newest failures of a window that ends with a day, as latest_of reads them: so many, or all."""
    days_ = ("rollups/latest_errors", (first // DAY_HOURS * DAY_HOURS, limit, stop))
    return days_, days_by_hour(LATEST, (), first, stop)


async def read_with_waiting(
    database: Database, statements: tuple[Statement, ...], known: Tail = NO_TAIL
) -> tuple[list[list[Row]], Tail]:
    """Rows about rollups, and the events that these do not hold. known: what was read before: what is new is read."""
    tail = ("events/tail", (known.revision, str(known.last), known.events, known.late))
    *rows, (in_order, late), revision = await database.batch(*statements, tail, ("rollups/revision", ()))
    facts = [Fact._make(fields) for fields in json.loads(in_order["facts"])]
    oldest, last = (-1 if in_order[name] is None else int(in_order[name]) for name in ("oldest", "last"))
    if not in_order["known"]:
        facts += map(Fact._make, json.loads(late["facts"]))
        return rows, Tail(revision[0]["revision"], oldest, in_order["events"], last, late["events"], facts)
    return rows, known._replace(
        oldest=oldest,
        events=known.events + in_order["events"],
        last=max(known.last, last),
        facts=known.facts + facts if facts else known.facts,
    )


async def read(database: Database, statements: tuple[Statement, ...]) -> tuple[list[list[Row]], int]:
    """Rows about rollups, and the revision that they are of."""
    *rows, revision = await database.batch(*statements, ("rollups/revision", ()))
    return rows, revision[0]["revision"]


async def state(database: Database) -> State:
    """How far the rollups are."""
    return _state((await run(database, "rollups/state"))[0])


async def look(database: Database, closed: int, limit: int, now: int = EVER, before: Iterable[Statement] = ()) -> Look:
    """What the next rollup takes in, below the first key that is still open: at most `limit` in order, as many late.

    now: epoch seconds; of what is not due by then nothing is read. before: what is to be done first, in the same round
    trip.
    """
    waiting = ("rollups/pending", (str(closed), limit, now))
    *_, (state_row,), (row,) = await database.batch(*before, ("rollups/state", ()), waiting)
    pending = [Pending(Fact._make(fields), late, bool(test)) for late, test, fields in json.loads(row["events"])]
    return Look(_state(state_row), bool(state_row["erasing"]), pending)


async def find(database: Database, wanted: Iterable[int]) -> tuple[dict[int, KeptHour], dict[Sum, Kept]]:
    """These hours as they are kept, and the sums that they are in."""
    text = json.dumps(sorted(wanted))
    hour_rows, sum_rows = await database.batch(("rollups/read", (text,)), ("rollups/read_sums", (text,)))
    kept = {
        row["hour"]: KeptHour(
            row["start"], row["last"] or 0, row["characters"] or 0, json.loads(row["tallies"] or "{}")
        )
        for row in hour_rows
    }
    return kept, {(row["hours"], row["first"]): json.loads(row["tallies"]) for row in sum_rows}


class Commit(NamedTuple):
    """Rollups and sums to put in place, and the snapshots that do not hold any more.

    rows: [start, last hour, {series: {hour: {value: tally}}}]. sums: [hours, first, patch]. None: what is to go of
    what is there. spoiled: the hours whose snapshots go.
    """

    rows: list[list[Any]]
    sums: list[list[Any]]
    spoiled: list[int]

    def statements(self, by: str) -> list[Statement]:
        """Writes them if the commit before them held. by: whose it was."""
        written: list[Statement] = []
        if self.rows:
            written.append(("rollups/write", (_json(self.rows), by)))
        if self.sums:
            written.append(("rollups/write_sums", (_json(self.sums), by)))
        if self.spoiled:
            written.append(("rollups/spoil", (_json(self.spoiled), by)))
        return written


async def commit_events(
    database: Database, before: State, commit: Commit, taken: list[Pending], rolled_id: int, now: int, due_at: int
) -> bool:
    """Put rollups in place that take in these events, and move on; False, and nothing done, if somebody came first.

    rolled_id: the key that they reach. now, due_at: epoch seconds.
    """
    by = _token()
    late = [event.late for event in taken if event.late]
    in_order = len(taken) - len(late)
    oldest = min(event.fact.time for event in taken) // HOUR
    moved = (by, str(rolled_id), now, due_at, len(taken), in_order, before.revision, oldest)
    late_done: list[Statement] = [("rollups/late_done", (json.dumps(late), by))] if late else []
    results = await database.batch(("rollups/commit", moved), *commit.statements(by), *late_done)
    return bool(results[0])


async def commit_sums(database: Database, before: State, commit: Commit, folded: int, summed: int) -> bool:
    """Put sums in place that reach up to these hours; False, and nothing done, if somebody came first."""
    by = _token()
    moved = (by, folded, summed, before.revision)
    return bool((await database.batch(("rollups/commit_sums", moved), *commit.statements(by)))[0])


async def commit_crossed(database: Database, before: State, commit: Commit, crossed: int) -> bool:
    """Put crossings of days in place that reach up to this hour; False, and nothing done, if somebody came first."""
    by = _token()
    moved = (by, crossed, before.revision)
    return bool((await database.batch(("crossings/commit", moved), *commit.statements(by)))[0])


async def commit_again(database: Database, before: State, commit: Commit, made: list[int]) -> bool:
    """Put hours in place that were made again; False, and nothing done, if somebody came first."""
    by = _token()
    fresh = ("rollups/fresh", (json.dumps(made), by))
    moved = (by, before.revision, before.expiring)
    results = await database.batch(("rollups/commit_again", moved), *commit.statements(by), fresh)
    return bool(results[0])


async def span(database: Database, first: int, stop: int) -> dict[int, Kept]:
    """The hours of a span within a day, each as it is kept, without what tools are crossed with."""
    rows = await run(database, "rollups/span", first, stop)
    return by_hour([json.loads(row["hours"]) for row in rows], first, stop)


def by_hour(rows: list[dict[str, dict[str, Any]]], first: int, stop: int) -> dict[int, Kept]:
    """The hours of a span, each as it is kept, of the rows that hold them."""
    hours: dict[int, Kept] = {}
    for row in rows:
        for series, by_text in row.items():
            for text, values in by_text.items():
                if first <= int(text) < stop and values:
                    hours.setdefault(int(text), {})[series] = values
    return hours


async def next_hour(database: Database, first: int) -> int | None:
    """The first hour from one on that a row may hold; None if there is none."""
    hour = (await run(database, "rollups/next", first))[0]["hour"]
    return None if hour is None else int(hour)


async def quarters(database: Database, day: int) -> dict[int, Kept]:
    """The sums of a day's quarters, each by its first hour. day: its first hour."""
    rows = await run(database, "rollups/quarters", day)
    return {row["first"]: json.loads(row["tallies"]) for row in rows}


async def snapshots(database: Database) -> tuple[State, list[Snapshot]]:
    """How far the rollups are, and the snapshots that there are."""
    states, rows = await database.batch(("rollups/state", ()), ("rollups/snapshots", ()))
    return _state(states[0]), [Snapshot(**row) for row in rows]


async def snapshot_and_days(
    database: Database, snapshot: Snapshot, limit: int, characters: int
) -> tuple[Kept, dict[int, str], int]:
    """What a snapshot holds, the sums of the next days that it takes in, each a Kept as JSON, by first hour, and how
    many days, of so many at most, there are. characters: of all sums but the last.
    """
    kept, rows = await database.batch(
        ("rollups/snapshot", (snapshot.days, snapshot.first)),
        ("rollups/days_to_add", (snapshot.last, snapshot.until, limit, characters)),
    )
    held: Kept = json.loads(kept[0]["tallies"]) if kept else {}
    return held, {row["first"]: row["tallies"] for row in rows}, rows[0]["days"] if rows else 0


async def write_snapshot(database: Database, snapshot: Snapshot, kept: Kept, revision: int) -> None:
    """Put a snapshot in place unless the rollups have changed; a complete one takes the place of earlier ones."""
    await database.batch(
        ("rollups/write_snapshot", (*snapshot, _json(kept), revision)),
        ("rollups/replace_snapshots", (snapshot.days, snapshot.first)),
    )


async def stale(database: Database, limit: int) -> tuple[State, list[int]]:
    """How far the rollups are, and the first hours that are to be made again."""
    states, rows = await database.batch(("rollups/state", ()), ("rollups/stale", (limit,)))
    return _state(states[0]), [row["hour"] for row in rows]


async def postpone(database: Database, due_at: int) -> None:
    """Look again later, at a time in epoch seconds."""
    await run(database, "rollups/postpone", due_at)


def days_of(rows: list[Row]) -> dict[int, Tallies]:
    """The days of a series, by their first hour, of the rows that hold them."""
    found = {row["first"]: json.loads(row["tallies"]) for row in rows if row["tallies"]}
    return {first: _there(values) for first, values in found.items()}


def hours_of(rows: list[Row]) -> dict[int, Tallies]:
    """The hours (since 1970) of a series, of the rows that hold them."""
    found = [json.loads(row["hours"]) for row in rows if row["hours"]]
    return {int(hour): _there(values) for row in found for hour, values in row.items() if values}


def latest_of(days_: list[Row], hours_: list[Row]) -> list[Latest]:
    """The newest failures of days and of hours, of the rows that hold them."""
    by_hour = [json.loads(row["hours"]) for row in hours_ if row["hours"]]
    return [*(json.loads(row["latest"]) for row in days_), *(latest for row in by_hour for latest in row.values())]


def _there(values: Tallies) -> Tallies:
    """Without what was asked for by name and is not there."""
    return {value: fields for value, fields in values.items() if fields}


def _path(series: str, value: str | None = None) -> str:
    return f'$."{series}"' if value is None else f'$."{series}"."{value}"'


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _token() -> str:
    """A name for whoever commits, so that what follows in its batch knows whether the commit was its own."""
    return os.urandom(8).hex()


def _state(row: Row) -> State:
    return State(**{name: int(row[name]) for name in State._fields})
