"""Random streams of events go through the real store; every report equals a plain recount of the same events."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random

import pytest

from counting.catalogue import Item, Source
from counting.dimensions import FILTERS
from reading import export
from reading.memory import Memory
from reports.parameters import COMMON, DATES, Query, days
from reports.table import REPORTS
from storage import catalogue, events
from storage.events import STORED_FIELDS, NewEvent
from terms import limits
from terms.dates import date
from terms.errors import DatabaseError
from tests.asking import ask
from tests.database import CrashingDatabase, SqliteDatabase
from tests.reports import recount, recount_together
from upkeep import erasure, renewal
from upkeep.work import work

NOON = 1_790_000_000 // 86_400 * 86_400 + 43_200
TOOLS = ("review", "tests", "search", "deploy")
SELDOM = ("migrate", "audit", "haiku")
SHIPPED = {
    ("skill", "review"): 10,
    ("mcp:a", "tests"): 20,
    ("skill", "migrate"): 30,
    ("skill", "audit"): 30,
    ("skill", "nothing"): 40,
}
STATUSES = ("success",) * 6 + ("error", "timeout", "partial", "skipped", "denied", "unknown")
ONE_TOOL = {"tool", "category", "days", "from", "to"}
PEOPLE = [f"{number:032x}" for number in range(1, 16)]


class World:
    """A deployment, its clock, and the events that should be in it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.database = SqliteDatabase()
        self.now = NOON
        self.memory = Memory()
        self.events: list[recount.Event] = []

    async def ship(self) -> None:
        """Push what is shipped: some of what is used now and then, and what never is."""
        items = [Item(*tool, tokens) for tool, tokens in SHIPPED.items()]
        assert await catalogue.put(self.database, Source("toolbox", "1.0", 0, items), 1)

    async def track(self) -> None:
        """Send some events: on time, late, out of order, of a fast clock, some of them again."""
        batch = [self._event() for _ in range(self.chance.choice((1, 1, 3, 10)))]
        expected = [event for event in batch if not self._is_erased(event)]
        assert await events.add(self.database, [_new(event) for event in batch]) == len(expected)
        self.events += expected
        if self.chance.random() < 0.4:
            again = [self._again(event) for event in self.chance.sample(self.events, min(3, len(self.events)))]
            assert await events.add(self.database, [_new(event) for event in again]) == 0

    def _is_erased(self, event: recount.Event) -> bool:
        """Whether an event comes late of somebody who was erased."""
        rows = self.database.connection.execute(
            "SELECT before FROM erasures WHERE mark = ?", (f"mark {event['user']}",)
        ).fetchall()
        return any(event["time"] < row["before"] for row in rows)

    async def roll_up(self) -> None:
        """The cron's work, by a process that is killed now and then, or two of them at once."""
        crashing = CrashingDatabase(self.database, self.chance, self.chance.choice((0.0, 0.0, 0.3)))
        works = [work(crashing, self.now, 400) for _ in range(self.chance.choice((1, 1, 2, 4)))]
        if len(works) > 1 and self.chance.random() < 0.5:
            results = await asyncio.gather(*works, return_exceptions=True)
            assert all(isinstance(result, (int, DatabaseError)) for result in results)
            return
        for piece in works:
            with contextlib.suppress(DatabaseError):
                await piece

    async def check(self) -> None:
        """Compare every report, and the export, with a recount, under random parameters."""
        asked, given = self._window()
        for name in self.chance.sample(FILTERS, self.chance.choice((0, 0, 0, 1, 1, 2)) if self.events else 0):
            given[name] = str(self.chance.choice(self.events)[recount.COLUMNS[name]] or "unknown")
        if self.chance.random() < 0.15:
            given["include_test"] = "1"
        for name, report in REPORTS.items():
            own = {parameter.name: self.chance.choice(parameter.good) for parameter in report.own}
            memory = Memory() if self.chance.random() < 0.3 else self.memory
            hides = bool(given.keys() - {"days", "from", "to", "tool", "category", "include_test"})
            beside = {
                "catalogue": {"shipped": _shipped(given)},
                "tools": {"hides_new": hides},
                "together": recount_together.beside(self.database, self.events) | _tools_of(given),
            }.get(name, {})
            actual = await ask(self.database, name, self.now, memory, **given, **own)
            if name == "versions":
                # Of a tool they are told, unless more narrows it that is not told apart any more.
                assert all(row["days"] for row in actual) or "tool" not in given or given.keys() - ONE_TOOL
                beside = {"by_day": any(row["days"] for row in actual)}
            expected = recount.REPORTS[name](self._seen(given), asked, **own, **beside)
            assert recount.same(recount.comparable(name, actual), expected), (name, given, own, actual, expected)
        await self._check_export(asked, given)
        self._check_seen()

    def _check_seen(self) -> None:
        """When each tool was first used follows the sums of days, and when last, but for less than four days."""
        connection, ends = self.database.connection, {}
        for row in connection.execute("SELECT tallies FROM sums WHERE hours = 24"):
            for tool, (_, _, first, last, *_) in json.loads(row["tallies"]).get("tool", {}).items():
                known = ends.get(tool, (first, last))
                ends[tool] = min(known[0], first), max(known[1], last)
        seen = {row["tool"]: row for row in connection.execute("SELECT tool, first, last FROM seen")}
        assert {tool: row["first"] for tool, row in seen.items()} == {tool: first for tool, (first, _) in ends.items()}
        assert all(0 <= last - seen[tool]["last"] < 4 * recount.DAY for tool, (_, last) in ends.items())

    def _window(self) -> tuple[recount.Asked, dict[str, str]]:
        """Some days up to now, or some dates."""
        days_ = self.chance.choice((1, 2, 3, 7, 30, 90, 365))
        if self.chance.random() < 0.6:
            return recount.Asked(self.now, days_), {"days": str(days_)}
        last = self.now // recount.DAY - self.chance.choice((0, 0, 1, 2, 5, 40))
        return recount.Asked(self.now, days_, last), {"from": date(last + 1 - days_), "to": date(last)}

    async def _check_export(self, asked: recount.Asked, given: dict[str, str]) -> None:
        query = Query.read((days(7), *DATES, *COMMON), given, self.now)
        chunks = [chunk async for chunk in export.stream(self.database, query.window, query.filters, form="ndjson")]
        actual = [json.loads(line) for line in "".join(chunks).splitlines()]
        assert recount.exported(actual) == recount.export(self._seen(given), asked), given

    def _seen(self, given: dict[str, str]) -> list[recount.Event]:
        filters = {name: value for name, value in given.items() if name in FILTERS}
        return recount.matching(self.events, filters, "include_test" in given)

    def _event(self) -> recount.Event:
        back = self.chance.choice((0, 0, 0, 30, 400, 4000, 90_000, 400_000))
        time = self.now - int(back * self.chance.random()) + self.chance.choice((0, 0, 0, 0, 250))
        status = self.chance.choice(STATUSES)
        failed = status in ("error", "timeout")
        return {
            "hash": self.chance.getrandbits(40),
            "time": time,
            "user": self.chance.choice(PEOPLE),
            "session": self.chance.choice((None, 0, 7, 255)),
            "tool_name": self.chance.choice(SELDOM if self.chance.random() < 0.02 else TOOLS),
            "tool_category": self.chance.choice(("skill", "skill", "mcp:a")),
            "status": status,
            "duration_ms": self.chance.choice((None, 0, 1, 7, int(self.chance.lognormvariate(6, 2)))),
            "error_type": self.chance.choice((None, "TimeoutError", "ValueError", "not_found")) if failed else None,
            "trigger": self.chance.choice(("user", "model", "nested", "unknown")),
            "agent_id": self.chance.choice(("claude-code", "codex")),
            "source": self.chance.choice(("hook", "api")),
            "tool_version": self.chance.choice((None, "1.0", "2.0")),
            "os": self.chance.choice((None, "linux")),
            "runtime": self.chance.choice((None, "python 3.11")),
            "test": self.chance.random() < 0.1,
            "error_message": "it failed" if failed else None,
            "request_size_bytes": self.chance.choice((None, 7)),
            "response_size_bytes": self.chance.choice((None, 8)),
            "metadata": self.chance.choice((None, '{"n":1}')),
        }

    def _again(self, event: recount.Event) -> recount.Event:
        return event | {"time": event["time"] + self.chance.choice((0, 0, -3600, 3600, 1700, -200)), "user": PEOPLE[0]}

    async def erase(self) -> None:
        """Somebody wants to be gone."""
        user = self.chance.choice(PEOPLE)
        deleted = await erasure.erase(self.database, [(f"mark {user}", user)], self.now)
        assert deleted == sum(event["user"] == user for event in self.events)
        self.events = [event for event in self.events if event["user"] != user]
        while await renewal.renew(self.database):
            pass


def _shipped(given: dict[str, str]) -> dict[tuple[str, str], int]:
    """What is shipped of the tools that are asked about."""
    return {
        (category, name): tokens
        for (category, name), tokens in SHIPPED.items()
        if given.get("tool", name) == name and given.get("category", category) == category
    }


def _tools_of(given: dict[str, str]) -> dict[str, str]:
    """Which tools are asked about."""
    return {name: given[name] for name in ("tool", "category") if name in given}


def _new(event: recount.Event) -> NewEvent:
    fields = {name: event[name] for name in STORED_FIELDS}
    return NewEvent(
        event["time"], event["hash"], True, event["user"], f"mark {event['user']}", fields, event["session"]
    )


def _make_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few events make many steps."""
    for name, value in {
        "ROLLUP_EVENTS": 15,
        "TAIL_EVENTS": 15,
        "ROLLUP_STEPS": (20, 30),
        "FOLD_EVENTS": 30,
        "FOLD_TALLIES": 40,
        "SNAPSHOT_DAYS": 5,
        "SNAPSHOT_TALLIES": 40,
        "SNAPSHOT_CHARACTERS": 500,
        "ROW_CHARACTERS": 12_000,
        "ROW_CHARACTERS_OF_A_QUARTER": 2_000,
    }.items():
        monkeypatch.setattr(limits, name, value)


@pytest.mark.parametrize("seed", range(30))
def test_reports_equal_a_recount(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Duplicates, late and out of order, across hours and midnights, crons at random moments, crashes between steps."""
    _make_small(monkeypatch)

    async def play() -> None:
        world = World(seed)
        await world.ship()
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
    """Reports equal a recount without them: counts, lists of errors, first and last moments."""
    _make_small(monkeypatch)
    monkeypatch.setattr(limits, "ERASE_STEP_EVENTS", 7)

    async def play() -> None:
        world = World(seed)
        await world.ship()
        for _ in range(40):
            world.now += world.chance.choice((20, 700, 5000, 40_000))
            await world.track()
            if world.chance.random() < 0.5:
                await world.roll_up()
            if world.chance.random() < 0.2:
                await world.erase()
                await world.check()

    asyncio.run(play())
