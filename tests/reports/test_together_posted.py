"""What a posted session tells of what is used together, beside the events of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from terms import limits
from terms.dates import DAY
from tests.database import NOW
from tests.serving import Served
from tests.upkeep.running import rows, settle

YESTERDAY = NOW // DAY * DAY - DAY
TEN = YESTERDAY + 10 * 3600
BEGAN = {"tool_name": "begin", "status": "success", "test": True, "timestamp": (YESTERDAY - DAY) * 1000}


class Told:
    """A deployment that counts days since the day before yesterday, and what five or more people did yesterday."""

    def __init__(self, **variables: str) -> None:
        # Under a pepper of chance one of 256 sessions is taken for another.
        self.served = Served(ANALYTICS_PUBLIC="true", HASH_PEPPER="pepper", **variables)
        self.served.track(BEGAN, now=NOW)

    def use(self, person: int, *tools: tuple[str, int], time: int = TEN, **fields: Any) -> None:
        """Uses of tools, each so many seconds after a time."""
        for tool, after in tools:
            event = {"tool_name": tool, "tool_category": "skill", "timestamp": (time + after) * 1000}
            self.served.track(event | {"status": "success", "anonymous_id": f"person {person}"} | fields, now=NOW)

    def post(self, person: int, *tools: str, now: int = NOW, **fields: Any) -> int:
        """A session of ten minutes that used these tools; the status of the answer."""
        times = {"started_at": TEN * 1000, "ended_at": (TEN + 600) * 1000}
        ids = {"session_id": f"session {person}", "anonymous_id": f"person {person}"}
        skills = [{"tool_name": tool, "input_tokens": 1} for tool in tools]
        return self.served.send("POST", "/api/session", times | ids | {"skills": skills} | fields, now=now).status

    def pairs(self, now: int = NOW) -> tuple[list[tuple[str, str, int]], list[tuple[str, str, int]], int]:
        """The pairs with an order, those without, and how many are of fewer people, when all is counted."""
        asyncio.run(settle(self.served.database, now))
        answer = self.served.report("together?days=30", now=now)
        ordered = [(it["before"]["tool_name"], it["after"]["tool_name"], it["sessions"]) for it in answer["pairs"]]
        unordered = [(*(tool["tool_name"] for tool in it["both"]), it["sessions"]) for it in answer["unordered"]]
        return ordered, unordered, answer["hidden"]


@pytest.fixture
def told() -> Told:
    return Told()


def test_a_session_tells_what_no_event_does(told: Told) -> None:
    for person in range(5):
        assert told.post(person, "pdf", "docx") == 200
    assert told.pairs() == ([], [("docx", "pdf", 5)], 0)


def test_what_events_of_the_session_tell_is_not_told_again(told: Told) -> None:
    for person in range(5):
        told.use(person, ("pdf", 0), ("docx", 4000), session_id=f"session {person}")
        told.post(person, "pdf", "docx", "xlsx")
    assert told.pairs() == ([("pdf", "docx", 5)], [("docx", "xlsx", 5), ("pdf", "xlsx", 5)], 0)


def test_what_events_of_another_session_tell_is_another_session(told: Told) -> None:
    for person in range(5):
        told.use(person, ("pdf", 0), ("docx", 5), session_id=f"another of {person}")
        told.post(person, "pdf", "docx")
    assert told.pairs() == ([("pdf", "docx", 5)], [("docx", "pdf", 5)], 0)


def test_what_events_tell_that_say_no_session_is_not_told_again(told: Told) -> None:
    for person in range(5):
        told.use(person, ("pdf", 0), ("docx", 5))
        told.post(person, "pdf", "docx")
    assert told.pairs() == ([("pdf", "docx", 5)], [], 0)


def test_whoever_says_no_more_than_the_session_is_the_session(told: Told) -> None:
    for person in range(5):
        told.use(person, ("pdf", 0), ("docx", 5000), session_id=f"session {person}", anonymous_id=None)
        told.post(person, "pdf", "docx", anonymous_id=None)
    assert told.pairs() == ([("pdf", "docx", 5)], [], 0)


def test_a_session_that_is_sent_again_replaces_itself(told: Told) -> None:
    for person in range(5):
        told.post(person, "pdf", "docx")
    told.pairs()
    for person in range(5):
        told.post(person, "pdf", "xlsx", turns=3)
    assert told.pairs() == ([], [("pdf", "xlsx", 5)], 0)
    before = rows(told.served.database, "SELECT revision FROM rollup_state")
    told.post(0, "pdf", "xlsx", turns=3)
    assert rows(told.served.database, "SELECT count(*) FROM stale_hours") == [0]
    assert told.pairs()[1] == [("pdf", "xlsx", 5)]
    assert rows(told.served.database, "SELECT revision FROM rollup_state") == before


def test_a_session_that_goes_on_another_day_tells_nothing_any_more(told: Told) -> None:
    for person in range(5):
        told.post(person, "pdf", "docx")
    assert told.pairs()[1] == [("docx", "pdf", 5)]
    for person in range(5):
        told.post(person, "pdf", "docx", "xlsx", ended_at=NOW * 1000)
    assert told.pairs() == ([], [], 0)


def test_a_session_that_is_deleted_tells_nothing_any_more(told: Told) -> None:
    for person in range(6):
        told.post(person, "pdf", "docx")
    assert told.pairs()[1] == [("docx", "pdf", 6)]
    told.served.send("DELETE", "/api/user", {"session_id": "session 0"}, now=NOW)
    assert told.pairs()[1] == [("docx", "pdf", 5)]
    told.served.send("DELETE", "/api/user", {"anonymous_id": "person 1"}, now=NOW)
    assert told.pairs() == ([], [], 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"ended_at": (YESTERDAY + DAY + 60) * 1000},
        {"ended_at": None},  # nobody knows: it may have gone on up to now
        {"test": True},
        {"skills": [{"tool_name": "pdf"}, {"tool_name": "pdf", "output_tokens": 2}]},
    ],
)
def test_a_session_that_tells_nothing(told: Told, fields: dict[str, Any]) -> None:
    """Of which the rest is on another day, and has another number there; of tests; of one tool."""
    for person in range(5):
        assert told.post(person, "pdf", "docx", **fields) == 200
    assert told.pairs() == ([], [], 0)


def test_what_comes_late_to_a_busy_day_tells_nothing(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each all events of the day would be read again."""
    monkeypatch.setattr(limits, "VISIT_LATE_EVENTS", 10)
    for person in range(10):
        told.use(person, ("pdf", 0))
    told.pairs()
    for person in range(5):
        told.post(person, "pdf", "docx")
    assert told.pairs()[1] == [("docx", "pdf", 5)]
    told.use(10, ("pdf", 0))
    for person in range(5):
        told.post(person, "pdf", "xlsx", turns=3)
    assert rows(told.served.database, "SELECT count(*) FROM stale_hours") == [0]


def test_who_is_erased_is_gone_from_a_busy_day_that_sessions_alone_told(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody's number is asked about who has an event there."""
    monkeypatch.setattr(limits, "VISIT_LATE_EVENTS", 10)
    for person in range(5, 20):
        told.use(person, ("pdf", 0))
    for person in range(7):
        told.post(person, "pdf", "docx")
    assert told.pairs()[1] == [("docx", "pdf", 7)]
    told.served.send("DELETE", "/api/user", {"anonymous_id": "person 1"}, now=NOW)
    assert told.pairs()[1] == [("docx", "pdf", 6)]
    told.served.send("DELETE", "/api/user", {"anonymous_id": "person 6"}, now=NOW)
    assert told.pairs()[1] == [("docx", "pdf", 5)]


def test_what_comes_late_from_strangers_tells_nothing() -> None:
    """They could send one every minute, and each time a day's events would be read again."""
    told = Told(DAILY_EVENTS="24000")
    told.post(0, "pdf", "docx", now=TEN + 700)
    told.pairs()
    for person in range(1, 5):
        told.post(person, "pdf", "docx")
    assert rows(told.served.database, "SELECT count(*) FROM stale_hours") == [0]
    assert told.pairs() == ([], [], 1)


def test_a_day_of_sessions_alone_between_days_of_events(told: Told) -> None:
    """When a later day is counted, so is that one, whatever came in between."""
    for person in range(5):
        told.post(person, "pdf", "docx", now=TEN + 700)
    told.use(9, ("pdf", 0), time=NOW - 60)
    assert told.pairs() == ([], [("docx", "pdf", 5)], 0)
    assert rows(
        told.served.database, "SELECT count(*) FROM sums WHERE hours = 6 AND first / 24 = ?", YESTERDAY // DAY
    ) == [0]


def test_of_its_tools_the_first_count(told: Told) -> None:
    tools = [f"tool {number:02}" for number in range(limits.VISIT_SESSION_TOOLS + 2)]
    for person in range(5):
        told.post(person, *tools)
    pairs = told.pairs()[1]
    assert len(pairs) == limits.VISIT_SESSION_TOOLS * (limits.VISIT_SESSION_TOOLS - 1) // 2
    assert max(pair[1] for pair in pairs) == tools[limits.VISIT_SESSION_TOOLS - 1]


def test_nothing_that_is_shown_says_which_session_it_was(told: Told) -> None:
    told.use(0, ("pdf", 0), session_id="session 0")
    for form in ("csv", "ndjson"):
        answer = told.served.send("GET", f"/analytics/export?days=30&format={form}", now=NOW)
        assert "session" not in (answer.body or "")
