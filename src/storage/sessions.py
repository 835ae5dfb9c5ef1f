"""The sessions: stored once each, replaced by what is newer, added up by day as they change, deleted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from counting.sessions import COST, SESSIONS, Counters, Day, Sums, figure
from storage.database import Database, Pending, Row, Statement, run
from terms import limits
from terms.dates import DAY, DAY_HOURS, HOUR


class NewSession(NamedTuple):
    """A session on its way into the database.

    started, ended: epoch seconds, ended 0 where it is unknown. marks: what its person, and itself, would be erased by.
    session: which of its person's sessions of the day it is (intake.identity.session_number). tools: the keys of what
    it used, where that tells what was used together on one day.
    """

    hash_bits: int
    started: int
    ended: int
    weight: int
    counters: Counters
    details: dict[str, Any]
    test: bool
    user_id_hash: str
    marks: tuple[str, str]
    session: int | None = None
    tools: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, int, str, str]:
        """Of what is sent of one session, the greatest stays, in whatever order it comes."""
        return self.ended, self.weight, _json(self.counters), self._tools or ""

    @property
    def _tools(self) -> str | None:
        return _json(self.tools) if len(self.tools) > 1 else None

    def to_json(self) -> dict[str, Any]:
        """As SQL reads it."""
        return _common(self) | {
            "ended": self.ended,
            "weight": self.weight,
            "posted": self.counters,
            "details": self.details,
            "session": self.session,
            "tools": self._tools,
        }


class Record(NamedTuple):
    """What one API request used, by the hash of its record's id."""

    hash_bits: int
    tokens: Counters
    costs: Counters


class UsedSession(NamedTuple):
    """What records say that a session used.

    started: the moment of the first of them, in epoch seconds. counters: what the session counts as besides. tokens,
    costs: what the records add up to. marks: as NewSession has them.
    """

    hash_bits: int
    started: int
    counters: Counters
    records: list[Record]
    tokens: Counters
    costs: Counters
    test: bool
    user_id_hash: str
    marks: tuple[str, str]

    def to_json(self) -> dict[str, Any]:
        """As SQL reads it."""
        return _common(self) | {
            "posted": self.counters,
            "records": self.records,
            "tokens": self.tokens,
            "costs": self.costs,
            "hashes": [record.hash_bits for record in self.records[-limits.SESSION_RECORDS :]],
        }


_PERSON = "person|"

Span = tuple[int, int]  # its first hour since 1970, and the hour to stop before


async def add(
    database: Database, sessions: Sequence[NewSession], renamed: Sequence[tuple[str, str]], late: bool = True
) -> int:
    """Store sessions that are new, or newer than they are stored, and return how many these were.

    renamed: hashes of their people now and before. late: whether days that are over tell afresh what was used together.
    """
    rows = _json([session.to_json() for session in sessions])
    stale: list[Statement] = [("sessions/make_stale", (rows, limits.VISIT_LATE_EVENTS))] if late else []
    added = ("sessions/add", (rows, limits.SESSION_DAYS))
    results = await database.batch(*_people(rows, renamed), _looked_at(sessions), *stale, added)
    return len(results[-1])


def using(
    database: Database, used: Sequence[UsedSession], renamed: Sequence[tuple[str, str]], known: bool = False
) -> Pending:
    """What adds what sessions used, each record once; a session that is not there yet begins with it.

    known: whether all of them should be there, as most are: then nothing else is asked before they turn out not to be.
    """
    rows = _json([one.to_json() for one in used])
    use: Statement = ("sessions/use", (rows, limits.SESSION_DAYS, limits.SESSION_RECORDS))
    begin: Statement = ("sessions/begin", (rows, limits.SESSION_DAYS))
    whole = [*_people(rows, renamed), _looked_at(used), use, begin]

    async def settled(results: list[list[Row]]) -> int:
        if known and len(results[0]) < len(used):
            await database.batch(*whole)
        return len(used)

    return Pending([use] if known else whole, settled)


async def window(database: Database, current: Span, before: Span, include_test: bool) -> tuple[Sums, Sums, list[Day]]:
    """What the sessions of two spans add up to, and those of the first by day."""
    now, then = await database.batch(parts(current, include_test), parts(before, include_test))
    days: dict[int, Counters] = {}
    for row in now:
        _add(days.setdefault(row["day"], {}), _parsed(row["counters"]).counters)
    found = [Day(day, sums.get(SESSIONS, 0), figure(sums, COST)) for day, sums in sorted(days.items())]
    return sums_of(now), sums_of(then), found


def parts(span: Span, include_test: bool) -> Statement:
    """Asks for the sums of a span, as sums_of adds them up."""
    first, stop, first_day, stop_day = _edges(span)
    return "sessions/parts", (first, stop, first_day, stop_day, int(include_test))


def sums_of(rows: list[Row]) -> Sums:
    """What these parts add up to."""
    counters: Counters = {}
    people: set[str] = set()
    for row in rows:
        part = _parsed(row["counters"])
        _add(counters, part.counters)
        people |= part.people
    return Sums(counters, len(people))


def forget() -> None:
    """Forget the parts that were read, as when someone was erased: they have the numbers of people."""
    _parsed.cache_clear()


def by_day(span: Span, include_test: bool) -> Statement:
    """Asks for the sessions of a span, as count_of counts them."""
    first, stop, first_day, stop_day = _edges(span)
    return "sessions/by_day", (first, stop, first_day, stop_day, int(include_test))


def count_of(rows: list[Row]) -> int:
    """How many sessions these rows are of."""
    return sum(row["sessions"] for row in rows)


async def of_person(database: Database, person: int, limit: int) -> list[str]:
    """The keys (text) of a person's sessions, by their number."""
    keys: list[str] = json.loads((await run(database, "sessions/of_person", person, limit))[0]["keys"])
    return keys


async def of_hashes(database: Database, hashes: Sequence[int]) -> list[str]:
    """The keys (text) of sessions by the hashes of their ids."""
    keys: list[str] = json.loads((await run(database, "sessions/of_hashes", json.dumps(hashes)))[0]["keys"])
    return keys


async def erase(database: Database, keys: Sequence[str]) -> int:
    """Delete sessions, and their part of the sums; returns how many went. What was used together is told afresh."""
    text = json.dumps(keys)
    stale = ("sessions/make_stale_without", (text,))
    return len((await database.batch(stale, ("sessions/empty", (text,)), ("sessions/erase", (text,))))[-1])


def expiring(before: int, limit: int) -> list[Statement]:
    """Deletes sessions that began before an hour (since 1970), at most `limit`; what they count stays."""
    return [("sessions/expiring", (before,)), ("sessions/expire", (before, limit))]


async def people(database: Database, first: int, before: int) -> tuple[list[int], list[int]]:
    """The people of sessions since an hour: those that were there before another, and those that were from it on.

    first, before: the first hours of days.
    """
    rows = await run(database, "sessions/people", first // DAY_HOURS, before // DAY_HOURS)
    return json.loads(rows[0]["gone"]), json.loads(rows[0]["there"])


def _common(session: NewSession | UsedSession) -> dict[str, Any]:
    mark, session_mark = session.marks
    return {
        "hash": session.hash_bits,
        "day": session.started // DAY,
        "hour": session.started // HOUR,
        "time": session.started,
        "test": int(session.test),
        "user_id_hash": session.user_id_hash,
        "mark": mark,
        "session_mark": session_mark,
    }


def _people(rows: str, renamed: Sequence[tuple[str, str]]) -> list[Statement]:
    rename: list[Statement] = [("people/rename", (json.dumps(renamed),))] if renamed else []
    return [*rename, ("people/add", (rows,))]


def _looked_at(sessions: Sequence[NewSession] | Sequence[UsedSession]) -> Statement:
    return "sessions/looked_at", (min(session.started for session in sessions) // DAY * DAY_HOURS,)


def _edges(span: Span) -> tuple[int, int, int, int]:
    """The first hour, the hour to stop before, the first whole day, and the day to stop whole days before."""
    first, stop = span
    first_whole = -(-first // DAY_HOURS)
    return first, stop, first_whole, max(stop // DAY_HOURS, first_whole)


class _Part(NamedTuple):
    counters: Counters
    people: frozenset[str]


@lru_cache(limits.SESSION_PARTS_REMEMBERED)
def _parsed(text: str) -> _Part:
    """A part as it is kept, which is the same for most of the days of a window. Not to be changed."""
    counters: Counters = json.loads(text)
    people = [key for key in counters if key.startswith(_PERSON)]
    for key in people:
        del counters[key]
    return _Part(counters, frozenset(people))


def _add(sums: Counters, counters: Counters) -> None:
    for key, value in counters.items():
        sums[key] = sums.get(key, 0) + value


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
