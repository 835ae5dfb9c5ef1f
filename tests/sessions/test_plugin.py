"""The older metrics plugin's own payloads, as its scripts really send them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake.event import parse_event
from sessions.plugin import from_event, from_session
from sessions.session import parse_session
from terms.errors import RequestError
from tests.serving import Served

DATA = Path(__file__).parent / "data"
NOW = 1_795_800_000


def captured(name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """A body, and the headers that it came with in lower case."""
    capture = json.loads((DATA / f"{name}.json").read_text())
    return capture["body"], {key.lower(): value for key, value in capture["headers"].items()}


def test_a_session_keeps_its_numbers_as_they_are() -> None:
    session = parse_session(from_session(captured("session")[0]), NOW)
    assert session.ignored == ()
    assert session.anonymous_id == "00000000-0000-4000-8000-000000000001"
    assert {name: session.counters.get(name) for name in ("turns", "tool_calls", "tool_errors", "input_tokens")} == {
        "turns": 10,
        "tool_calls": 6,
        "tool_errors": 3,
        "input_tokens": 1560,
    }
    assert session.counters["agent|claude-code"] == session.counters["exit|other"] == 1
    assert session.details["calls"] == {"Bash": 2, "Read": 1}
    assert "610d7802" not in repr(session)


@pytest.mark.parametrize(
    ("name", "tool", "trigger"),
    [
        ("event-skill", "my-skill", "model"),
        ("event-slash-command", "my-skill", "user"),
        ("event-plugin-command", "jira:solve", "user"),
    ],
)
def test_an_event_becomes_one_of_ours(name: str, tool: str, trigger: str) -> None:
    event = parse_event(from_event(captured(name)[0]), NOW)
    assert (event.tool_name, event.tool_category, event.trigger, event.status) == (tool, "skill", trigger, "unknown")
    assert (event.agent_id, event.os, event.event_id) == ("claude-code", "linux", None)
    assert event.ignored == ()


@pytest.mark.parametrize("name", ["home/someone", "a\\b", "/x", 7, None, ""])
def test_a_name_that_is_a_path_is_refused(name: Any) -> None:
    with pytest.raises(RequestError):
        parse_event(from_event({"type": "skill", "name": name}), NOW)


@pytest.mark.parametrize("payload", [7, [], {"type": "other", "name": "a"}, {"name": "a"}, {"type": [], "name": "a"}])
def test_anything_else_is_refused(payload: Any) -> None:
    with pytest.raises(RequestError):
        from_event(payload)


def test_its_scripts_are_answered_and_a_path_leaves_no_trace() -> None:
    served = Served(ANALYTICS_PUBLIC="true")
    for name, path, status in (
        ("session", "/sessions", 200),
        ("session", "/sessions", 200),
        ("event-skill", "/events", 200),
        ("event-a-path-typed", "/events", 400),
    ):
        body, headers = captured(name)
        assert served.send("POST", path, body, headers, now=NOW).status == status
    dump = "\n".join(served.database.connection.iterdump())
    assert not any(word in dump for word in ("secret-project", "b6e4f581", "610d7802", "f55d223f", "00000000-0000"))
    report = json.loads(served.send("GET", "/analytics/sessions?days=30", now=NOW).body or "")
    assert (report["sessions"], report["turns"], report["output_tokens"]) == (1, 10, 390)


def test_a_session_in_which_nothing_happened_is_answered_and_not_kept() -> None:
    served = Served(ANALYTICS_PUBLIC="true")
    body = {key: 0 if isinstance(value, int) else value for key, value in captured("session")[0].items()}
    assert served.send("POST", "/sessions", body, now=NOW).status == 200
    assert served.database.connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0
