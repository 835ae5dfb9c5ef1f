"""Random sessions go through the real store; every figure that is said of them equals a plain recount."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest

from intake.event import parse_event
from intake.people import Sender
from sessions.session import Session as Parsed
from sessions.session import parse_session
from sessions.usage import Usage
from terms import limits
from terms.dates import DAY
from terms.errors import DatabaseError
from tests.asking import ask
from tests.database import CrashingDatabase, SqliteDatabase, settled
from tests.reports import recount
from tests.reports.recount_sessions import FIGURES, TOKENS, Session, of_tool, sessions
from tests.serving import Served, request

NOON = 1_790_000_000 // DAY * DAY + 43_200
SKILLS = ("review", "pdf", "deploy")
AGENTS = ("claude-code", "codex")
PEOPLE = ("ada", "bob", "cyd", "dan")


class Known:
    """What a session should be counted as, and what was sent of it."""

    def __init__(self, started: int) -> None:
        self.started = started
        self.said: list[tuple[tuple[int, int, str, str], dict[str, Any], str]] = []
        self.records: dict[str, tuple[dict[str, Any], str]] = {}
        self.first = ("", "")  # who it was of, and its agent, when only records told of it

    def counted(self) -> Session:
        """As the recount has it: of what was posted the newest, and each record once."""
        best = max(self.said, key=lambda it: it[0], default=None)
        records = tuple(record for record, _ in self.records.values())
        if best is None:
            return Session(self.started, self.first[0], self.first[1], None, records)
        return Session(self.started, best[2], best[1]["agent_id"], best[1], records)


class World:
    """A deployment, its clock, and the sessions that should be in it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.database = SqliteDatabase()
        self.served = Served(self.database, RETENTION_DAYS="300")
        self.now = NOON
        self.known: dict[str, Known] = {}
        self.gone: dict[str, int] = {}  # by person, the moment before which nothing is taken in
        self.sent: list[dict[str, Any]] = []
        self.told: list[Usage] = []

    async def post(self) -> None:
        """Send sessions: new, going on, late, out of order, again, by a process that may be killed."""
        batch = [self._session() for _ in range(self.chance.choice((1, 1, 2)))]
        if self.sent and self.chance.random() < 0.4:
            batch += self.chance.sample(self.sent, 1)
        for said in batch:
            await self._until_kept(lambda keeper, said=said: keeper.keep([parse_session(said, self.now)]))
            self.sent.append(said)
            self._remember(said)

    async def use(self) -> None:
        """Send records, some of them again, at once or later."""
        batch = [self._usage() for _ in range(self.chance.choice((1, 3, 6)))]
        if self.told and self.chance.random() < 0.5:
            batch += self.chance.sample(self.told, 1)
        await self._until_kept(lambda keeper: settled(keeper._database, keeper.using(batch, self.now)))
        self.told += batch
        by_session: dict[str, list[Usage]] = {}
        for one in batch:
            by_session.setdefault(one.session_id, []).append(one)
        for name, found in by_session.items():
            started = min(self.now, *(one.time for one in found))
            if started < self.gone.get(found[0].anonymous_id or "", 0):
                continue
            if name not in self.known:
                self.known[name] = Known(started)
                self.known[name].first = found[0].anonymous_id or "", found[0].agent_id
            for one in found:
                self.known[name].records.setdefault(one.record_id, (one._asdict(), one.agent_id))

    async def erase(self) -> None:
        """Somebody wants to be gone, or one session to be."""
        user = self.chance.choice(PEOPLE)
        response = await self.served.app.answer(request("DELETE", "/api/user", {"anonymous_id": user}, now=self.now))
        mine = [name for name, known in self.known.items() if known.counted().user == user]
        assert json.loads(response.body or "")["deleted"] == len(mine)
        for name in mine:
            del self.known[name]
        self.gone[user] = self.now + limits.CLOCK_SKEW_SECONDS

    async def check(self) -> None:
        """Compare the reports, over random windows, with a recount."""
        found = [known.counted() for known in self.known.values()]
        days = self.chance.choice((1, 2, 7, 30, 90))
        asked = recount.Asked(self.now, days)
        actual = await ask(self.database, "sessions", self.now, days=days)
        expected = sessions(found, asked, "previous")
        assert recount.same(actual, expected), [(key, actual[key], expected[key]) for key in expected]
        for row in await ask(self.database, "tools", self.now, days=days):
            tool = row["tool_category"], row["tool_name"]
            columns = of_tool(found, asked, tool, row["invocations"])
            assert {name: row[name] for name in columns} == columns

    async def _until_kept(self, keep: Any) -> None:
        """By processes that are killed now and then: whoever is not told that it is kept sends it again."""
        crashing = CrashingDatabase(self.database, self.chance, 0.2)
        for _ in range(50):
            keeper = Served(crashing).deployment.sessions
            try:
                await keep(keeper)
            except DatabaseError:
                continue
            return

    def _remember(self, said: dict[str, Any]) -> None:
        name = said["session_id"]
        session = parse_session(said, self.now)
        if session.started < self.gone.get(said["anonymous_id"], 0):
            return
        known = self.known.setdefault(name, Known(session.started))
        order = session.ended, session.weight, json.dumps(session.counters, separators=(",", ":")), _tools(session)
        known.said.append((order, said, said["anonymous_id"]))

    def _name(self) -> tuple[str, str]:
        user = self.chance.choice(PEOPLE)
        return user, f"{user}-{self.chance.randrange(6)}"

    def _session(self) -> dict[str, Any]:
        user, name = self._name()
        started = (self.known[name].started if name in self.known else self.now) - self.chance.choice((0, 0, 50, 5000))
        figures = {field: self.chance.choice((None, 0, 7, self.chance.randrange(10**6))) for field in FIGURES}
        skills = [
            {"tool_name": skill, **{token: self.chance.randrange(500) for token in TOKENS}}
            for skill in self.chance.sample(SKILLS, self.chance.choice((0, 1, 2)))
        ]
        knows_tokens = any(figures[token] is not None for token in TOKENS)
        return {
            "session_id": name,
            "anonymous_id": user,
            "agent_id": AGENTS[user < "c"],
            "started_at": started * 1000,
            "ended_at": (self.now - self.chance.choice((0, 0, 100, 90_000))) * 1000,
            "duration_s": self.chance.choice((0, 3, 40, 1800, 200_000)),
            "exit_reason": self.chance.choice(("other", "clear", None)),
            "cost_usd": self.chance.choice((None, 0.25, 1.5)),
            "skills": skills if knows_tokens else [],
            **figures,
        }

    def _usage(self) -> Usage:
        user, name = self._name()
        return Usage(
            session_id=name,
            anonymous_id=user,
            time=self.now - self.chance.choice((0, 1, 300, 4000)),
            record_id=f"{name}-{self.chance.randrange(400)}",
            agent_id=AGENTS[user < "c"],
            tool_name=self.chance.choice((None, *SKILLS)),
            input_tokens=self.chance.choice((None, 5, 300)),
            output_tokens=self.chance.choice((0, 9)),
            cost_usd=self.chance.choice((None, 0.001, 0.02)),
        )


def _tools(session: Parsed) -> str:
    """What a session used, where that makes it newer than the same without."""
    return json.dumps(session.tools, separators=(",", ":")) if len(session.tools) > 1 else ""


@pytest.mark.parametrize("seed", range(20))
def test_what_is_said_of_sessions_equals_a_recount(seed: int) -> None:
    """Sent again, late, out of order, by records, erased, by processes that are killed."""

    async def play() -> None:
        world = World(seed)
        keeper = world.served.deployment.keeper
        for skill in SKILLS:
            raw = {"tool_name": skill, "tool_category": "skill", "status": "success", "anonymous_id": "eve"}
            await keeper.keep([parse_event(raw, world.now)], Sender("", ""), world.now)
        for _ in range(40):
            world.now += world.chance.choice((1, 60, 5000, 40_000))
            await world.post()
            if world.chance.random() < 0.6:
                await world.use()
            if seed % 2 and world.chance.random() < 0.08:
                await world.erase()
            if world.chance.random() < 0.3:
                await world.check()
        await world.check()

    asyncio.run(play())
