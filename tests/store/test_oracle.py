"""Random streams of events go through the real store; every report equals a plain recount of the same events."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import Any

import pytest

import limits
import retention
import rollup
import store
from app import breakdown, errors, retained, summary, timeseries, tools
from errors import DatabaseError
from ledger import Ledger
from memory import Memory
from query import Query
from store import NewEvent
from tests.store import recount
from tests.store.sqlite_database import CrashingDatabase, SqliteDatabase

NOON = 1_790_000_000 // 86_400 * 86_400 + 43_200
TOOLS = ("review", "tests", "search", "deploy")
STATUSES = ("success",) * 6 + ("error", "timeout", "partial", "skipped", "denied", "unknown")
PEOPLE = [f"{number:032x}" for number in range(1, 16)]
RETENTION_DAYS = 90


class World:
    """A deployment, its clock, and the events that should be in it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.database = SqliteDatabase()
        self.now = NOON
        self.memory = Memory()
        self.events: list[recount.Event] = []

    async def track(self) -> None:
        """Send some events: on time, late, out of order, of a fast clock, some of them again."""
        batch = [self._event() for _ in range(self.chance.choice((1, 1, 3, 10)))]
        accepted = await store.add_events(self.database, [_new(event) for event in batch])
        assert accepted == len(batch)
        self.events += batch
        if self.chance.random() < 0.4:
            again = [self._again(event) for event in self.chance.sample(self.events, min(3, len(self.events)))]
            assert await store.add_events(self.database, [_new(event) for event in again]) == 0

    async def roll_up(self) -> None:
        """The cron's work, by a process that is killed now and then, or two of them at once."""
        crashing = CrashingDatabase(self.database, self.chance, self.chance.choice((0.0, 0.0, 0.3)))
        works = [rollup.take_in(crashing, self.now) for _ in range(self.chance.choice((1, 1, 2)))]
        if len(works) == 2 and self.chance.random() < 0.5:
            results = await asyncio.gather(*works, return_exceptions=True)
            assert all(isinstance(result, (int, DatabaseError)) for result in results)
            return
        for work in works:
            with contextlib.suppress(DatabaseError):
                await work

    async def check(self) -> None:
        """Compare every report with a recount, under random parameters."""
        days = self.chance.choice((1, 2, 3, 7, 30, 90, 365))
        values: dict[str, str] = {"days": str(days)}
        for name in self.chance.sample(tuple(recount.FILTERS), self.chance.choice((0, 0, 0, 1, 1, 2))):
            values[name] = str(self.chance.choice(self.events)[recount.FILTERS[name]]) if self.events else "x"
        if "trigger" in values and not self.events:
            values["trigger"] = "user"
        if self.chance.random() < 0.15:
            values["include_test"] = "1"
        filters = {name: value for name, value in values.items() if name in recount.FILTERS}
        seen = recount.matching(self.events, filters, "include_test" in values)
        limit = self.chance.choice((1, 5, 50, 200))
        by = self.chance.choice(rollup.BREAKDOWNS)
        for report, expected in (
            (summary, recount.summary(seen, self.now, days)),
            (tools, recount.tools(seen, self.now, days)),
            (retained, recount.retention(seen, self.now, days)),
            (timeseries, recount.timeseries(seen, self.now, days)),
            (breakdown, recount.breakdown(seen, self.now, days, by)),
        ):
            actual = await self._ask(report, values | {"by": by})
            assert recount.same(actual, expected), (report.__name__, values, by, actual, expected)
        actual = await self._ask(errors, values | {"limit": str(limit)})
        actual["timestamps"] = [error["timestamp"] for error in actual.pop("errors")]
        expected = recount.errors(seen, self.now, days, limit)
        assert recount.same(actual, expected), (values, actual, expected)

    async def _ask(self, report: Any, values: dict[str, str]) -> Any:
        query = Query(values)
        memory = Memory() if self.chance.random() < 0.3 else self.memory
        return await report(Ledger(self.database, memory, query.filters, self.now, fresh=True), query, self.now)

    def _event(self) -> recount.Event:
        back = self.chance.choice((0, 0, 0, 30, 400, 4000, 90_000, 400_000))
        time = self.now - int(back * self.chance.random()) + self.chance.choice((0, 0, 0, 0, 250))
        status = self.chance.choice(STATUSES)
        failed = status in ("error", "timeout")
        return {
            "hash": self.chance.getrandbits(40),
            "time": time,
            "user": self.chance.choice(PEOPLE),
            "tool_name": self.chance.choice(TOOLS),
            "tool_category": self.chance.choice(("skill", "skill", "mcp:a")),
            "status": status,
            "duration_ms": self.chance.choice((None, 0, 1, 7, int(self.chance.lognormvariate(6, 2)))),
            "error_type": self.chance.choice((None, "TimeoutError", "ValueError")) if failed else None,
            "trigger": self.chance.choice(("user", "model", "nested", "unknown")),
            "agent_id": self.chance.choice(("claude-code", "codex")),
            "source": "hook",
            "tool_version": self.chance.choice((None, "1.0", "2.0")),
            "os": self.chance.choice((None, "linux")),
            "runtime": None,
            "test": self.chance.random() < 0.1,
        }

    def _again(self, event: recount.Event) -> recount.Event:
        return event | {"time": event["time"] + self.chance.choice((0, 0, -3600, 3600, 1700, -200)), "user": PEOPLE[0]}

    async def erase(self) -> None:
        """Somebody wants to be gone."""
        user = self.chance.choice(PEOPLE)
        deleted = await retention.erase(self.database, user, self.now, RETENTION_DAYS)
        assert deleted == sum(event["user"] == user for event in self.events)
        self.events = [event for event in self.events if event["user"] != user]
        assert not await store.person_number(self.database, user)


def _new(event: recount.Event) -> NewEvent:
    fields = {
        "error_message": None,
        "request_size_bytes": None,
        "response_size_bytes": None,
        "metadata": None,
        **{name: value for name, value in event.items() if name not in ("hash", "time", "user")},
    }
    return NewEvent(event["time"], event["hash"], True, event["user"], fields)


@pytest.mark.parametrize("seed", range(30))
def test_reports_equal_a_recount(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Duplicates, late and out of order, across hours and midnights, crons at random moments, crashes between steps."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 15)
    monkeypatch.setattr(limits, "TAIL_EVENTS", 15)
    monkeypatch.setattr(limits, "ROLLUP_STEP_EVENTS", 20)

    async def play() -> None:
        world = World(seed)
        for _ in range(60):
            world.now += world.chance.choice((1, 20, 100, 700, 5000, 40_000))
            await world.track()
            if world.chance.random() < 0.5:
                await world.roll_up()
            if world.chance.random() < 0.25:
                await world.check()
        await world.check()

    asyncio.run(play())


@pytest.mark.parametrize("seed", range(100, 110))
def test_erased_people_are_in_no_report(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports equal a recount without them, but for first and last times, which name nobody and stay."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 15)
    monkeypatch.setattr(limits, "TAIL_EVENTS", 15)
    monkeypatch.setattr(limits, "ROLLUP_STEP_EVENTS", 20)
    monkeypatch.setattr(limits, "ERASE_STEP_EVENTS", 7)
    monkeypatch.setattr(recount, "same", _same_but_for_times)

    async def play() -> None:
        world = World(seed)
        for _ in range(40):
            world.now += world.chance.choice((20, 700, 5000, 40_000))
            await world.track()
            if world.chance.random() < 0.5:
                await world.roll_up()
            if world.chance.random() < 0.2:
                await world.erase()
                await world.check()

    asyncio.run(play())


_TIMES = ("first_seen", "last_seen", "last_used")


def _same_but_for_times(actual: Any, expected: Any) -> bool:
    return _same(_without_times(actual), _without_times(expected))


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_times(item) for name, item in value.items() if name not in _TIMES}
    return [_without_times(item) for item in value] if isinstance(value, list) else value


_same = recount.same
