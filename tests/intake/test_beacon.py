"""An event in the query of an address."""

from __future__ import annotations

import json

import pytest

from intake.beacon import from_beacon
from intake.event import parse_event
from terms.errors import InvalidError
from tests.intake.test_event import NOW


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"outcome": "timeout"}, "timeout"),
        ({"success": "1"}, "success"),
        ({"success": "false"}, "error"),
        ({"found": "3"}, "success"),
        ({"found": "0"}, "partial"),
        ({"error": "1"}, "error"),
        ({"error": ""}, "success"),
        ({}, "unknown"),
    ],
)
def test_beacon_outcomes(query: dict[str, str], status: str) -> None:
    assert from_beacon({"t": "a", "e": "b"} | query)["status"] == status


def test_beacon_fields() -> None:
    raw = from_beacon(
        {"t": "tool", "e": "run", "v": "1.2", "ms": "12.6", "agent": "codex", "os": "linux", "node": "24", "n": "4"}
    )
    event = parse_event(raw, NOW)
    assert (event.tool_category, event.tool_name, event.source) == ("tool", "run", "beacon")
    assert (event.duration_ms, event.agent_id, event.runtime, event.tool_version) == (13, "codex", "node 24", "1.2")
    assert json.loads(event.metadata or "") == {"n": 4.0}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"outcome": "denied", "error": "1", "success": "1", "found": "1"}, "denied"),
        ({"error": "0", "success": "0"}, "success"),
        ({"success": "1", "found": "0"}, "success"),
        *(({"success": no}, "error") for no in ("", "0", "false", "False", "no", "NULL", "none")),
        *(({"found": yes}, "success") for yes in ("1", "true", "yes", "00", "-1")),
    ],
)
def test_an_outcome_is_stated_in_one_of_four_ways(query: dict[str, str], status: str) -> None:
    raw = from_beacon({"t": "a", "e": "b"} | query)
    assert raw["status"] == status
    assert raw["metadata"] == {}, "none of them is metadata"


@pytest.mark.parametrize(
    ("query", "field"),
    [({}, "t"), ({"e": "b"}, "t"), ({"t": "", "e": "b"}, "t"), ({"t": "a"}, "e"), ({"t": "a", "e": ""}, "e")],
)
def test_tool_and_event_are_required(query: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        from_beacon(query)
    assert (caught.value.status, caught.value.field) == (400, field)


@pytest.mark.parametrize(
    ("query", "duration"),
    [
        ({"ms": "12"}, "12"),
        ({"duration": "12"}, "12"),
        ({"ms": "12", "duration": "13"}, "12"),
        ({"ms": "", "duration": "13"}, "13"),
        ({"ms": "0"}, "0"),
        ({"ms": "-1.6"}, "-1.6"),
        ({"ms": "fast"}, "fast"),
        ({"ms": "1e3"}, "1e3"),
        ({"ms": ""}, None),
        ({}, None),
    ],
)
def test_durations_are_left_to_the_rules_of_an_event(query: dict[str, str], duration: object) -> None:
    """Which read numbers in a text, and name the field where it is none."""
    assert from_beacon({"t": "a", "e": "b"} | query)["duration_ms"] == duration


@pytest.mark.parametrize(
    ("query", "runtime"),
    [({"py": "3.12"}, "python 3.12"), ({"node": "24"}, "node 24"), ({"go": "1.2"}, "go 1.2"), ({"py": ""}, None)],
)
def test_runtimes(query: dict[str, str], runtime: str | None) -> None:
    assert from_beacon({"t": "a", "e": "b"} | query).get("runtime") == runtime


def test_an_empty_parameter_is_none() -> None:
    raw = from_beacon({"t": "a", "e": "b", "v": "", "agent": "", "os": ""})
    assert (raw["tool_version"], raw["agent_id"], raw["os"]) == (None, None, None)


def test_everything_else_is_metadata() -> None:
    given = {"t": "a", "e": "b"}
    raw = from_beacon(given | {"n": "4", "f": "-1.5", "w": "word", "empty": "", "long": "1" * 16, "source": "api"})
    assert raw["metadata"] == {"n": 4.0, "f": -1.5, "w": "word", "empty": "", "long": "1" * 16, "source": "api"}
    assert (raw["source"], given) == ("beacon", {"t": "a", "e": "b"})


@pytest.mark.parametrize(
    ("query", "duration"),
    [
        ({"ms": "0", "outcome": "ok"}, None),
        ({"ms": "0", "outcome": "ok", "size": "large"}, None),
        ({"ms": "0", "outcome": "ok", "n": "3"}, 0),
        ({"ms": "0"}, 0),
        ({"ms": "48", "outcome": "ok"}, 48),
        ({"ms": "45ms"}, None),
        ({"ms": "45ms", "outcome": "abandoned"}, None),
        ({"duration": "7"}, 7),
    ],
)
def test_beacon_durations(query: dict[str, str], duration: int | None) -> None:
    assert parse_event(from_beacon({"t": "a", "e": "b"} | query), NOW).duration_ms == duration
