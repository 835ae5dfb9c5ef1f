"""What an event is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake.event import parse_event
from terms.errors import InvalidError

NOW = 1_790_000_000.5
VECTORS = json.loads((Path(__file__).resolve().parents[2] / "client" / "vectors.json").read_text())


def parse(**fields: Any) -> Any:
    """An event with these fields."""
    return parse_event({"tool_name": "a", "status": "success"} | fields, NOW, 90)


def field_of(**fields: Any) -> str | None:
    """The field that a rejection names."""
    with pytest.raises(InvalidError) as caught:
        parse(**fields)
    return caught.value.field


GOOD_NAMES = ["my-skill", "a", "mcp:github/search", "Read file", "x" * 128, "a.b_c@1.0+d", "two words"]
BAD_NAMES = [
    "",
    " ",
    "x" * 129,
    "/etc/passwd",
    "~/x",
    "a\\b",
    "..",
    "a/../b",
    "C:",
    "c:/x",
    "a/b/c",
    "é",
    'a"b',
    "a\nb",
    "$(x)",
    7,
    [],
    True,
]


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_good_names(name: str) -> None:
    assert parse(tool_name=name).tool_name == name


@pytest.mark.parametrize("name", BAD_NAMES)
def test_bad_names(name: Any) -> None:
    assert field_of(tool_name=name) == "tool_name"


def test_the_clients_agree_about_names() -> None:
    for name in VECTORS["names"]["good"]:
        assert parse(tool_name=name).tool_name == name
    for name in VECTORS["names"]["bad"]:
        assert field_of(tool_name=name) == "tool_name", name


@pytest.mark.parametrize(
    ("sent", "stored"),
    [("failure", "error"), ("failed", "error"), ("ok", "success"), ("cancelled", "skipped"), ("denied", "denied")],
)
def test_status_aliases(sent: str, stored: str) -> None:
    assert parse(status=sent).status == stored


@pytest.mark.parametrize("status", [None, "", "Success", 1, [], {}])
def test_bad_statuses(status: Any) -> None:
    assert field_of(status=status) == "status"


@pytest.mark.parametrize(("sent", "stored"), [(None, None), (0, 0), (86_400_000, 86_400_000), (12.0, 12)])
def test_durations(sent: Any, stored: Any) -> None:
    assert parse(duration_ms=sent).duration_ms == stored


@pytest.mark.parametrize("duration", [-1, 86_400_001, 1.5, "12", True, float("inf"), 10**400])
def test_bad_durations(duration: Any) -> None:
    assert field_of(duration_ms=duration) == "duration_ms"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tool_category", "x" * 65),
        ("error_type", "a<b"),
        ("error_message", "x" * 501),
        ("request_size_bytes", -1),
        ("response_size_bytes", "1"),
        ("metadata", "[1]"),
        ("metadata", "{"),
        ("metadata", 7),
        ("metadata", {"a": "x" * 2048}),
        ("timestamp", "yesterday"),
        ("timestamp", True),
        ("timestamp", []),
        ("timestamp", 1e300),
        ("event_id", "x" * 129),
        ("event_id", ""),
        ("anonymous_id", 7),
        ("session_id", {}),
        ("agent_id", "a\tb"),
        ("source", "email"),
        ("trigger", "robot"),
        ("tool_version", "x" * 65),
        ("test", "yes"),
    ],
)
def test_every_field_has_its_rule(field: str, value: Any) -> None:
    assert field_of(**{field: value}) == field


@pytest.mark.parametrize(
    "field", ["tool_category", "error_type", "metadata", "timestamp", "trigger", "test", "anonymous_id"]
)
def test_null_is_absent(field: str) -> None:
    assert parse(**{field: None}) == parse()


def test_timestamps() -> None:
    assert parse().time == 1_790_000_000
    assert parse(timestamp=1_789_999_000_750).time == 1_789_999_000
    assert parse(timestamp="2026-09-21T14:00:00Z").time == parse(timestamp="2026-09-21T16:00:00+02:00").time
    assert parse(timestamp="2026-09-21T14:00:00").time == parse(timestamp="2026-09-21T14:00:00Z").time
    assert parse(timestamp=(NOW + 299) * 1000).time == int(NOW + 299)
    assert parse(timestamp=(NOW + 301) * 1000).time == int(NOW), "a clock that is far ahead counts as now"
    assert parse(timestamp=(NOW - 90 * 86_400 + 1) * 1000)
    assert field_of(timestamp=(NOW - 90 * 86_400 - 1) * 1000) == "timestamp"


def test_metadata_keeps_numbers_and_harmless_words() -> None:
    sent = {"n": 1, "f": 1.5, "b": True, "z": None, "w": "fast mode", "long": "x" * 65, "deep": {"a": 1}, "list": [1]}
    sent |= {"mail": "a@b.example", "path": "/etc/passwd", "a/b/c/d": 1, "odd<": 1, "ip": "10.0.0.1"}
    kept = {"n": 1, "f": 1.5, "b": True, "z": None, "w": "fast mode"}
    assert json.loads(parse(metadata=sent).metadata) == kept
    assert json.loads(parse(metadata=json.dumps(sent)).metadata) == kept
    assert len(json.loads(parse(metadata={f"k{n}": n for n in range(40)}).metadata)) == 20
    assert parse(metadata={}).metadata is None


def test_unknown_fields_are_dropped() -> None:
    assert parse(prompt="secret", cwd="/home/x") == parse()


def test_error_messages_are_scrubbed_and_cut() -> None:
    assert parse(error_message="cannot open /home/jane/x").error_message == "cannot open <path>"
    assert len(parse(error_message="word " * 100).error_message) == 200


def test_labels_are_scrubbed() -> None:
    assert parse(error_type="/home/jane/x").error_type == "<path>"
    assert parse(error_type="ConnectionRefusedError").error_type == "ConnectionRefusedError"
    assert parse(os="10.0.0.1").os == "<ip>"
