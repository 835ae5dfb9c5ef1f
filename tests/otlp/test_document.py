"""Bodies in JSON: what is read of them, and that one bad record costs itself alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from otlp import document
from terms.errors import RequestError
from tests.database import NOW
from tests.otlp.bodies import NANO, captured, log, logs, span, traces


def read(body: dict[str, Any]) -> document.Records:
    """The records of a body in JSON."""
    return (document.logs if "resourceLogs" in body else document.traces)(json.dumps(body).encode())


def test_only_what_is_known_is_kept_of_a_record() -> None:
    (record,) = read(logs(log("claude_code.tool_result", tool_name="Bash", tool_input="secret", success="true"))).known
    assert (record.name, record.agent, record.time, record.length) == ("tool_result", "claude-code", NOW * NANO, None)
    assert record.attributes == {"event.name": "claude_code.tool_result", "tool_name": "Bash", "success": "true"}


def test_a_span_has_its_end_its_length_and_its_outcome() -> None:
    body = traces(span("Tool.execute", NOW, 0.5, failed=True, tool__name="x", arguments="secret"))
    (record,) = read(body).known
    assert (record.time, record.length, record.failed, record.agent) == (NOW * NANO, NANO // 2, True, "opencode")
    assert record.attributes == {"tool.name": "x"}


def test_a_record_without_a_time_was_when_it_was_seen() -> None:
    record = log("skill_activated") | {"timeUnixNano": "0", "observedTimeUnixNano": "9"}
    assert read(logs(record)).known[0].time == 9


def test_the_category_is_all_that_is_read_of_a_resource() -> None:
    body = logs(log("skill_activated"), service__name="secret", track_skills__category="team-a")
    assert read(body).known[0].category == "team-a"
    assert read(logs(log("skill_activated"), track_skills__category=7)).known[0].category is None


def test_a_name_may_stand_beside_the_attributes() -> None:
    assert read(logs({"eventName": "skill_activated"})).known[0].name == "skill_activated"


@pytest.mark.parametrize(
    ("held", "scalar"),
    [
        ({"stringValue": "x"}, "x"),
        ({"intValue": "-7"}, -7),
        ({"intValue": 7}, 7),
        ({"intValue": 7.0}, 7),
        ({"doubleValue": 0.5}, 0.5),
        ({"doubleValue": "Infinity"}, float("inf")),
        ({"boolValue": False}, False),
    ],
)
def test_values_of_every_kind(held: Any, scalar: object) -> None:
    (record,) = read(logs(log("skill_activated", model=held))).known
    assert record.attributes["model"] == scalar
    assert type(record.attributes["model"]) is type(scalar)


@pytest.mark.parametrize("held", [{}, {"arrayValue": {"values": []}}, {"kvlistValue": {}}, {"bytesValue": "AA=="}])
def test_values_that_nothing_is_read_of(held: Any) -> None:
    (record,) = read(logs(log("skill_activated", model=held))).known
    assert "model" not in record.attributes


BAD = [
    7,
    None,
    [],
    {"attributes": 7},
    {"attributes": [7]},
    {"attributes": [{"key": ["event.name"]}]},
    log("skill_activated", model={"stringValue": 7}),
    log("skill_activated", model={"intValue": "9" * 5000}),
    log("skill_activated", model={"intValue": 1.5}),
    log("skill_activated", model={"intValue": True}),
    log("skill_activated", model={"boolValue": "true"}),
    log("skill_activated", model={"doubleValue": "many"}),
    log("skill_activated", model={"stringValue": "a", "intValue": 7}),
    log("skill_activated", model={"otherValue": 7}),
    log("skill_activated") | {"timeUnixNano": "soon"},
    log("skill_activated") | {"timeUnixNano": "ENDLESS"},
    log("skill_activated") | {"timeUnixNano": [7]},
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_a_bad_record_costs_itself_alone(bad: Any) -> None:
    text = json.dumps(logs(log("skill_activated"), bad, log("plugin_loaded"))).replace('"ENDLESS"', "1e400")
    records = document.logs(text.encode())
    assert ([record.name for record in records.known], records.refused) == (["skill_activated", "plugin_loaded"], 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"7",
        b"[]",
        b"\xff",
        b'{"resourceLogs": 7}',
        b'{"resourceLogs": [7]}',
        b'{"resourceLogs": [{"scopeLogs": 7}]}',
        b'{"resourceLogs": [{"scopeLogs": [7]}]}',
        b'{"resourceLogs": [{"scopeLogs": [{"logRecords": {}}]}]}',
        b'{"resourceLogs": [{"resource": 7}]}',
        b'{"resourceLogs": [{"resource": {"attributes": [7]}}]}',
        b'{"resourceLogs":' + b"[" * 100_000,
        b'{"resourceLogs":' + b'[{"a":' * 33 + b"7" + b"}]" * 33 + b"}",
    ],
)
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(RequestError) as caught:
        document.logs(body)
    assert caught.value.status == 400


@pytest.mark.parametrize("body", [{}, {"resourceLogs": []}, {"resourceLogs": None}, {"resourceLogs": [{}]}])
def test_nothing_in_it_is_fine(body: Any) -> None:
    assert document.logs(json.dumps(body).encode()) == ([], 0)


def test_metrics_are_looked_at_no_further_than_that_they_are_some() -> None:
    document.metrics(b'{"resourceMetrics": [7]}')
    for body in (b"{", b"7", b'{"resourceMetrics": 7}'):
        with pytest.raises(RequestError):
            document.metrics(body)


def test_every_record_of_every_capture_is_read() -> None:
    for name in ("claude_code_logs", "codex_logs", "gemini_cli_logs", "qwen_code_logs"):
        assert [read(body).refused for body in captured(name)] == [0] * len(captured(name))
