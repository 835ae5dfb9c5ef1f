"""What a session is, with good and bad examples."""

from __future__ import annotations

from typing import Any

import pytest

from sessions.session import Session, parse_session
from terms import limits
from terms.dates import DAY
from terms.errors import InvalidError, RequestError
from tests.database import NOW

START = "2026-09-20T10:00:00Z"


def parsed(**fields: Any) -> Session:
    """A session with these fields."""
    return parse_session({"session_id": "s"} | fields, NOW)


def test_its_figures_are_counters() -> None:
    session = parsed(agent_id="codex", exit_reason="other", turns=3, tool_errors=0, cost_usd="0.5", duration_s=20)
    assert session.counters == {
        "sessions": 1,
        "agent|codex": 1,
        "exit|other": 1,
        "turns": 3,
        "known|turns": 1,
        "known|tool_errors": 1,
        "cost": 500_000,
        "known|cost": 1,
        "agent_cost|codex": 500_000,
        "seconds|20": 1,
    }
    assert session.ignored == ()


def test_its_skills_are_counted_by_category_and_name() -> None:
    session = parsed(
        input_tokens=9,
        skills=[
            {"tool_name": "pdf", "input_tokens": 4, "cost_usd": 0.25},
            {"tool_name": "pdf", "input_tokens": 1},
            {"tool_name": "find", "tool_category": "mcp:a", "output_tokens": 2},
            {"tool_name": "/home/someone/x", "input_tokens": 7},
        ],
    )
    tools = {key: value for key, value in session.counters.items() if key.startswith("tool|")}
    assert tools == {
        "tool|input_tokens|skill|pdf": 5,
        "tool|cost|skill|pdf": 250_000,
        "tool|output_tokens|mcp:a|find": 2,
    }
    assert [error.field for error in session.ignored] == ["tool_name"]
    assert session.counters["known|tokens"] == 1


def test_calls_keep_the_names_that_may_be() -> None:
    session = parsed(calls={"Bash": 28, "/etc/passwd": 1, "x" * 200: 1, "Read": -1}, models=["a-model"], os="Darwin 25")
    assert session.details == {"os": "darwin", "models": ["a-model"], "calls": {"Bash": 28}}


@pytest.mark.parametrize(
    ("fields", "started", "ended", "seconds"),
    [
        ({}, NOW, 0, None),
        ({"started_at": START, "duration_s": 60}, 1_789_898_400, 1_789_898_460, "seconds|"),
        ({"started_at": START, "ended_at": "2026-09-20T10:00:07Z"}, 1_789_898_400, 1_789_898_407, "seconds|7"),
        ({"ended_at": START, "duration_s": 5}, 1_789_898_395, 1_789_898_400, "seconds|5"),
        ({"started_at": START, "ended_at": "2026-09-20T09:00:00Z"}, 1_789_898_400, 1_789_894_800, None),
        ({"started_at": (NOW + 9000) * 1000}, NOW + 300, 0, None),
        ({"started_at": "soon"}, NOW, 0, None),
    ],
)
def test_when_it_was(fields: dict[str, Any], started: int, ended: int, seconds: str | None) -> None:
    session = parsed(**fields)
    assert (session.started, session.ended) == (started, ended)
    found = [key for key in session.counters if key.startswith("seconds|")]
    assert found == [] if seconds is None else found[0].startswith(seconds)


def test_a_wrong_clock_is_put_right() -> None:
    session = parse_session({"session_id": "s", "started_at": (NOW + 5000) * 1000}, NOW, ahead=6000)
    assert session.started == NOW - 1000


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (7, None),
        ({}, "session_id"),
        ({"session_id": 7}, "session_id"),
        ({"session_id": "x" * 129}, "session_id"),
        ({"session_id": "s", "started_at": (NOW - 401 * DAY) * 1000}, "started_at"),
    ],
)
def test_what_costs_a_session(raw: Any, field: str | None) -> None:
    with pytest.raises(RequestError) as error:
        parse_session(raw, NOW)
    assert error.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            (field, value)
            for field in ("turns", "input_tokens", "subagents")
            for value in (-1, 1.5, "many", True, 1e300)
        ),
        *(("cost_usd", value) for value in (-0.1, limits.SESSION_DOLLARS + 1, "free")),
        *(("duration_s", value) for value in (-1, limits.SESSION_SECONDS + 1)),
        *(("skills", value) for value in ({}, [{}] * 101, [7])),
        *(("calls", value) for value in ([], 7)),
        *(("models", value) for value in ("m", [7], ["x" * 65])),
        *(("exit_reason", value) for value in (7, "a|b", "x" * 65)),
        *((field, "\u00fc") for field in ("agent_id", "os", "runtime", "tool_version")),
        *((("test", 1), ("anonymous_id", 5), ("ended_at", []), ("started_at", True))),
    ],
)
def test_what_does_not_fit_is_left_out_and_named(field: str, value: Any) -> None:
    session = parsed(**{field: value, "turns": value if field == "turns" else 1})
    assert field in {error.field for error in session.ignored}
    assert all(isinstance(error, InvalidError) for error in session.ignored)


def test_nothing_is_stored_that_nobody_asked_for() -> None:
    canary = "canary-7"
    session = parsed(prompt=canary, cwd=f"/home/{canary}", skills=[{"tool_name": "a", "arguments": canary}], turns=1)
    assert canary not in repr(session)


def test_one_in_which_nothing_happened_is_empty() -> None:
    assert parsed(turns=0, input_tokens=0, duration_s=60).is_empty
    assert not parsed(turns=1).is_empty
    assert not parsed(cost_usd=0.1).is_empty
    assert not parsed(assistant_messages=1).is_empty


def test_of_what_it_used_names_that_are_kept_alone_are_told() -> None:
    skills = [{"tool_name": name, "uses": 1, "input_tokens": 5} for name in ("mine", "theirs")]
    session = parsed(skills=skills, calls={"mine": 2, "Bash": 3}, turns=1).naming(frozenset(("mine",)))
    assert {name for name in session.counters if name.startswith("tool|")} == {"tool|input_tokens|skill|mine"}
    assert session.counters["turns"] == 1
    assert session.details["calls"] == {"mine": 2}
    assert "calls" not in parsed().naming(frozenset()).details
    assert session.tools == ("skill|mine",)


def test_its_tools_are_told_where_all_of_it_was_on_one_day() -> None:
    skills = [{"tool_name": "pdf"}, {"tool_name": "find", "tool_category": "mcp:a"}, {"tool_name": "pdf"}]
    known = ("skill|pdf", "mcp:a|find")
    for fields, tools in (
        ({}, known),
        ({"started_at": (NOW - DAY) * 1000, "ended_at": (NOW - DAY) * 1000}, known),
        ({"started_at": (NOW - DAY) * 1000, "duration_s": 60}, known),
        ({"started_at": (NOW - DAY) * 1000}, ()),
        ({"started_at": (NOW - DAY) * 1000, "ended_at": NOW * 1000}, ()),
    ):
        assert parsed(skills=skills, **fields).tools == tools, fields
    assert len(parsed(skills=[{"tool_name": str(number)} for number in range(99)]).tools) == limits.VISIT_SESSION_TOOLS
