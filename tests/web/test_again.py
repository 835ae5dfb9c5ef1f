"""Answers that are given again: where nothing has changed, and nowhere else."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from storage import rollups
from terms import limits
from terms.dates import timestamp
from tests.asking import required
from tests.database import NOW, CountingDatabase
from tests.serving import Served
from upkeep.work import work
from web.routes import ROUTES

HOUR, DAY = 3600, 86_400
EVENT = {"tool_name": "a", "tool_category": "skill", "status": "success", "tool_version": "1.0", "duration_ms": 20}
SESSION = {"session_id": "s", "turns": 3, "skills": [{"tool_name": "a", "input_tokens": 9}]}
OPEN = {"ANALYTICS_PUBLIC": "true", "RETENTION_DAYS": "30"}
FRESH = {"cache-control": "no-cache"}
TARGETS = tuple(
    "&".join((f"{route.path}?days=5", *(f"{name}={value}" for name, value in required(route.parameters).items()), more))
    for route in ROUTES
    if route.path.startswith("/analytics/") and route.path != "/analytics/export"
    for more in ("compare=period", "tool=a", "tool=a&agent=codex", "include_test=1")
)
OF_EVENTS = ("summary?tool=a&agent=unknown", "errors?agent=unknown", "timeseries?include_test=1", "versions?tool=a")


@pytest.fixture
def served() -> Served:
    return Served(**OPEN)


def body(served: Served, target: str, now: float = NOW, headers: dict[str, str] | None = FRESH) -> str:
    response = served.send("GET", target, headers=headers, now=now)
    assert response.status == 200
    return str(response.body)


def ran(served: Served, target: str, now: float = NOW, headers: dict[str, str] | None = FRESH) -> set[str]:
    """The statements that an answer ran."""
    before = Counter(served.database.ran)
    body(served, target, now, headers)
    return set(served.database.ran - before)


@pytest.mark.parametrize(
    "report", ["summary", "retention", "errors", "timeseries", "breakdown?by=agent", "versions", *OF_EVENTS]
)
def test_nothing_but_what_waits_is_looked_at_where_nothing_has_changed(served: Served, report: str) -> None:
    target = f"/analytics/{report}"
    served.track([EVENT, EVENT | {"status": "error"}])
    first = body(served, target)
    assert ran(served, target, NOW + 40) == {"events/tail", "rollups/revision"}
    assert body(served, target, NOW + 40) == first
    assert ran(served, target, NOW + 60, None) == set()
    later = NOW + 40 + limits.CACHE_SECONDS
    assert ran(served, target, later, None) == {"events/tail", "rollups/revision"}
    served.track([EVENT | {"status": "error", "anonymous_id": "another"}], now=later)
    assert body(served, target, later + 10, None) == first, "it may be 30 s old"
    assert body(served, target, later + 10) != first


def test_what_tools_used_up_in_sessions_is_looked_at_too(served: Served) -> None:
    served.track([EVENT])
    first = body(served, "/analytics/tools")
    asked = ran(served, "/analytics/tools")
    assert asked == {"events/tail", "rollups/revision", "sessions/parts"}
    assert served.send("POST", "/api/session", SESSION).status == 200
    assert body(served, "/analytics/tools") != first


def test_the_next_hour_is_another_question(served: Served) -> None:
    served.track([EVENT])
    body(served, "/analytics/timeseries?days=1", NOW)
    fresh = Served(served.database, **OPEN)
    later = NOW + HOUR
    assert body(served, "/analytics/timeseries?days=1", later) == body(fresh, "/analytics/timeseries?days=1", later)


def test_an_answer_without_any_event_is_not_given_again(served: Served) -> None:
    first = body(served, "/analytics/summary")
    served.track([EVENT])
    assert body(served, "/analytics/summary", NOW + 1, None) != first


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_it_is_what_a_fresh_isolate_answers(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events in order, late, of tests, twice; sessions; what other isolates roll up, erase and let expire; time."""
    monkeypatch.setattr(limits, "ROLLUP_EVENTS", 6)
    chance, database, now = random.Random(seed), CountingDatabase(), float(NOW)
    served = Served(database, **OPEN)

    def send() -> None:
        for _ in range(chance.randint(1, 4)):
            time = now - chance.choice((0, 0, 10, HOUR, 2 * DAY, 29 * DAY + 23 * HOUR))
            served.track(
                EVENT
                | {
                    "event_id": str(chance.randint(0, 20)),
                    "timestamp": timestamp(int(time)),
                    "tool_name": chance.choice("aab"),
                }
                | {"status": chance.choice(("success", "error")), "test": chance.random() < 0.2}
                | {"agent_id": chance.choice(("codex", "claude-code")), "anonymous_id": str(chance.randint(0, 5))},
                now=now,
            )

    def erase() -> None:
        other = Served(database, **OPEN)
        other.send("DELETE", "/api/user", {"anonymous_id": str(chance.randint(0, 5))}, now=now)

    def use() -> None:
        session = SESSION | {"session_id": str(chance.randint(0, 3)), "turns": chance.randint(1, 9)}
        served.send("POST", "/api/session", session, now=now)

    def keep_up() -> None:
        asyncio.run(work(database, now, 30))

    def nothing() -> None:
        pass

    again = 0
    for _ in range(40):
        chance.choice((send, send, erase, use, keep_up, keep_up, nothing, nothing, nothing))()
        now += chance.choice((0, 1, 45, 45, HOUR, 6 * HOUR))
        fresh = Served(database, **OPEN)
        for target in chance.sample(TARGETS, 6):
            asked = ran(served, target, now)
            again += not any(name.startswith("rollups/") for name in asked - {"rollups/revision"})
            assert body(served, target, now) == body(fresh, target, now), target
    assert again > 40
    assert asyncio.run(rollups.state(database)).revision > 0
