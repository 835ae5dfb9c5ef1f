"""Random events and sessions go through the whole app; what is used together equals a recount by the ids as sent."""

from __future__ import annotations

import asyncio
import json
import random
from itertools import count
from typing import Any

import pytest

from intake import identity
from terms.dates import DAY
from terms.keys import HASH_BITS
from tests.reports import recount_together
from tests.reports.recount import Asked
from tests.reports.recount_together import Event, Posted
from tests.serving import Served
from tests.upkeep.running import settle

NOON = 1_790_000_000 // DAY * DAY + 43_200
PEPPER = "a pepper of this test"
TOOLS = ("plan", "review", "test", "deploy")
AGENTS = ("claude-code", "codex")


class World:
    """A deployment, its clock, and what should be known of its people's sessions."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.served = Served(HASH_PEPPER=PEPPER, ANALYTICS_PUBLIC="true")
        self.now = NOON
        self.people = [f"person {number}" for number in range(7)]
        self.sessions: dict[tuple[str, int], list[str]] = {}
        self.events: list[Event] = []
        self.posted: dict[str, Posted] = {}
        self.begun: dict[str, tuple[dict[str, Any], int]] = {}  # sessions: their ids, and when they began
        self.numbers = count()
        self.gone: set[str] = set()  # sessions that somebody had deleted

    def track(self) -> None:
        """Some uses: of a person with a session or without one, of a session alone; now, or late."""
        for _ in range(self.chance.choice((2, 5, 9))):
            user, time = self.chance.choice(self.people), self.now - self._back()
            session = self._session(user, time // DAY - (self.chance.random() < 0.1))
            ids = {"anonymous_id": user, "session_id": session}
            for name in self.chance.choice(((), (), ("anonymous_id",), ("session_id",))):
                del ids[name]
            if "anonymous_id" not in ids and session in self.gone:
                continue
            for tool in self.chance.sample(TOOLS, 2):
                moment = min(time + self.chance.choice((0, 5, 600, 2400)), self.now)
                event = {"tool_name": tool, "tool_category": "skill", "agent_id": self.chance.choice(AGENTS)}
                event["test"] = self.chance.random() < 0.05
                sent = {"status": "success", "timestamp": moment * 1000, "event_id": f"event {next(self.numbers)}"}
                self.served.track(event | ids | sent, now=self.now)
                event["hash"] = identity.event_hash(PEPPER.encode(), sent["event_id"], HASH_BITS)
                whose = {"user": ids.get("anonymous_id", session), "session": ids.get("session_id")}
                self.events.append(event | whose | {"time": moment})

    def post(self) -> None:
        """A session with what it used, which may be sent again and used more by then; some of them over midnight."""
        user, started = self.chance.choice(self.people), self.now - self._back() - 600
        session = self._session(user, started // DAY)
        ids: dict[str, Any] = {"session_id": session} | ({"anonymous_id": user} if self.chance.random() < 0.8 else {})
        if self.begun and self.chance.random() < 0.4:
            ids, started = self.chance.choice(list(self.begun.values()))
        session = ids["session_id"]
        if session in self.gone or ids.get("anonymous_id", self.people[0]) not in self.people:
            return
        self.begun[session] = ids, started
        ended = min(self.now, started + self.chance.choice((60, 600, 600, 40_000)))
        tools = self.chance.sample(TOOLS, self.chance.choice((0, 1, 2, 3)))
        body = {
            "started_at": started * 1000,
            "ended_at": ended * 1000,
            "turns": self.chance.randrange(9),
            "skills": [{"tool_name": tool} for tool in tools],
        }
        response = self.served.send("POST", "/api/session", ids | body, now=self.now)
        if "duplicate" in json.loads(response.body or ""):
            return  # something later is known of it
        known = [("skill", tool) for tool in tools] if started // DAY == ended // DAY else []
        self.posted[session] = Posted(ids.get("anonymous_id", session), session, started // DAY, known)

    def erase(self) -> None:
        """Somebody wants to be gone, or one session to be: of who said nothing else, and of what was posted."""
        if self.chance.random() < 0.5:
            user = self.people.pop(self.chance.randrange(len(self.people)))
            self.people.append(f"{user} again")
            self._delete(anonymous_id=user)
            self.events = [it for it in self.events if it["user"] != user]
            self.posted = {session: it for session, it in self.posted.items() if it.user != user}
        elif self.posted:
            session = self.chance.choice([*self.posted])
            self._delete(session_id=session)
            self.gone.add(session)
            self.events = [it for it in self.events if it["user"] != session]
            del self.posted[session]

    def roll_up(self) -> None:
        """The cron's work, until there is none."""
        asyncio.run(settle(self.served.database, self.now))

    def check(self) -> None:
        """Compare the report with a recount, of any tool and of one, over random windows."""
        days, tool = self.chance.choice((2, 7, 30)), self.chance.choice((*TOOLS, None))
        narrowed = {} if tool is None else {"tool": tool}
        query = f"together?days={days}&limit=500" + (f"&tool={tool}" if tool else "")
        actual = self.served.report(query, now=self.now)
        asked = Asked(self.now, days)
        known = recount_together.beside(self.served.database, self.events) | {"posted": self.posted.values()}
        expected = recount_together.together((), asked, "500", **known, **narrowed)
        assert actual == expected, (query, actual, expected)

    def _back(self) -> int:
        return self.chance.choice((0, 0, 0, 7000, 90_000, 200_000))

    def _session(self, user: str, day: int) -> str:
        """One of a person's sessions of a day: none of them has the number of another, as 1 in 256 has."""
        if (user, day) not in self.sessions:
            names = [f"{user} {day} {number}" for number in range(12)]
            found: dict[tuple[int, ...], str] = {}
            for name in names:
                found.setdefault(tuple(self._number(user, day, name) for day in (day, day + 1)), name)
            before = {self._number(user, day, it) for it in self.sessions.get((user, day - 1), ())}
            self.sessions[user, day] = [it for numbers, it in found.items() if not before & {*numbers}][:3]
        return self.chance.choice(self.sessions[user, day])

    def _number(self, user: str, day: int, session: str) -> int:
        return identity.session_number(PEPPER.encode(), identity.of_anonymous_id(PEPPER.encode(), user), day, session)

    def _delete(self, **ids: str) -> None:
        assert self.served.send("DELETE", "/api/user", ids, now=self.now).status == 200


@pytest.mark.parametrize("seed", range(12))
def test_what_is_used_together_equals_a_recount(seed: int) -> None:
    """Sessions overlap and pause, events come late, sessions are posted, and people go."""
    world = World(seed)
    for _ in range(25):
        world.now += world.chance.choice((60, 5000, 20_000, 60_000))
        world.track()
        world.post()
        if seed % 2 and world.chance.random() < 0.15:
            world.erase()
        if world.chance.random() < 0.5:
            world.roll_up()
            world.check()
    world.now += 2 * DAY
    world.track()
    world.roll_up()
    world.check()
