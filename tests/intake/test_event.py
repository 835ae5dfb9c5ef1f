"""What an event is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake import event
from intake.body import split_batch
from intake.event import parse_event
from terms.errors import InvalidError

NOW = 1_790_000_000.5
EVENT = {"tool_name": "a", "status": "success"}
VECTORS = json.loads((Path(__file__).resolve().parents[2] / "client" / "vectors.json").read_text())


def parse(**fields: Any) -> Any:
    """An event with these fields."""
    return parse_event({"tool_name": "a", "status": "success"} | fields, NOW)


def field_of(**fields: Any) -> str | None:
    """The field that a rejection names."""
    with pytest.raises(InvalidError) as caught:
        parse(**fields)
    return caught.value.field


def left_out(**fields: Any) -> list[str | None]:
    """The fields that an event says it leaves out."""
    return [error.field for error in parse(**fields).ignored]


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
        assert parse(tool_name=name).tool_name == " ".join(name.split())
    for name in VECTORS["names"]["bad"]:
        assert field_of(tool_name=name) == "tool_name", name


@pytest.mark.parametrize(
    ("sent", "stored"),
    [("failure", "error"), ("failed", "error"), ("ok", "success"), ("cancelled", "skipped"), ("denied", "denied")],
)
def test_status_aliases(sent: str, stored: str) -> None:
    assert parse(status=sent).status == stored


@pytest.mark.parametrize("status", [None, 1, True, [], {}])
def test_bad_statuses(status: Any) -> None:
    assert field_of(status=status) == "status"


@pytest.mark.parametrize("status", ["", "Success", "abandoned", "x" * 5000])
def test_another_word_for_a_status_is_unknown(status: str) -> None:
    assert (parse(status=status).status, left_out(status=status)) == ("unknown", ["status"])


@pytest.mark.parametrize(
    ("sent", "stored"),
    [(None, None), (0, 0), (86_400_000, 86_400_000), (12.0, 12), (12.5, 13), (12.4, 12), ("12", 12), ("0.6", 1)],
)
def test_durations(sent: Any, stored: Any) -> None:
    assert parse(duration_ms=sent).duration_ms == stored


@pytest.mark.parametrize(
    "duration", [-1, -0.6, 86_400_001, "45ms", "", " 12", "1e3", True, float("inf"), 10**400, [], {}]
)
def test_bad_durations(duration: Any) -> None:
    assert (parse(duration_ms=duration).duration_ms, left_out(duration_ms=duration)) == (None, ["duration_ms"])


@pytest.mark.parametrize(("sent", "stored"), [(0, 0), ("7", 7), (7.0, 7), (2**53 - 1, 2**53 - 1)])
def test_sizes(sent: Any, stored: int) -> None:
    assert parse(request_size_bytes=sent, response_size_bytes=sent).request_size_bytes == stored


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tool_category", "x" * 65),
        ("error_type", "a<b"),
        ("error_type", " "),
        ("error_message", 7),
        ("request_size_bytes", -1),
        ("request_size_bytes", 1.5),
        ("response_size_bytes", "1 KB"),
        ("response_size_bytes", 2**53),
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
def test_a_field_that_does_not_fit_costs_itself_alone(field: str, value: Any) -> None:
    assert left_out(**{field: value}) == [field]
    assert parse(**{field: value})._replace(ignored=()) == parse()


def test_every_field_may_be_wrong_at_once() -> None:
    """Whatever the order they come in, they are named in that of an event's fields."""
    names = ("tool_category", "duration_ms", "metadata", "timestamp", "os", "test")
    fields: dict[str, Any] = {name: [0] for name in reversed(names)}
    assert left_out(**fields) == ["timestamp", "tool_category", "duration_ms", "metadata", "os", "test"]


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
    assert parse(timestamp=(NOW - 400 * 86_400 + 1) * 1000).time == int(NOW) - 400 * 86_400 + 1
    assert field_of(timestamp=(NOW - 400 * 86_400 - 1) * 1000) == "timestamp"


def test_a_wrong_clock_moves_every_moment_of_a_request() -> None:
    day = 86_400_000
    sent_at = NOW * 1000 + day
    first = split_batch({"events": [{}], "sent_at": sent_at}, NOW)
    assert parse_event(EVENT | {"timestamp": sent_at - 60_000}, NOW, ahead=first.ahead).time == int(NOW - 60)
    again = split_batch({"events": [{}], "sent_at": sent_at + 7_200_000}, NOW + 7200)
    assert parse_event(EVENT | {"timestamp": sent_at - 60_000}, NOW + 7200, ahead=again.ahead).time == int(NOW - 60)
    for sound in (NOW * 1000 + 299_000, "yesterday", None, True, 1e300):
        assert split_batch({"events": [{}], "sent_at": sound}, NOW).ahead == 0
    assert split_batch([{}], NOW).ahead == 0


def test_metadata_keeps_numbers_and_harmless_words() -> None:
    sent = {"n": 1, "f": 1.5, "b": True, "z": None, "w": "fast mode", "long": "x" * 65, "deep": {"a": 1}, "list": [1]}
    sent |= {"mail": "a@b.example", "path": "/etc/passwd", "a/b/c/d": 1, "odd<": 1, "ip": "10.0.0.1"}
    kept = {"n": 1, "f": 1.5, "b": True, "z": None, "w": "fast mode"}
    assert json.loads(parse(metadata=sent).metadata) == kept
    assert json.loads(parse(metadata=json.dumps(sent)).metadata) == kept
    assert len(json.loads(parse(metadata={f"k{n}": n for n in range(40)}).metadata)) == 20
    assert parse(metadata={}).metadata is None
    assert parse(metadata={"a": 10**31, "b": -(2**53) - 1, "c": 2**53}).metadata == '{"c":9007199254740992}'


def test_unknown_fields_are_dropped() -> None:
    assert parse(prompt="secret", cwd="/home/x") == parse()


def test_error_messages_are_scrubbed_and_cut() -> None:
    assert parse(error_message="cannot open /home/jane/x").error_message == "cannot open <path>"
    assert len(parse(error_message="word " * 100).error_message) == 200
    assert len(parse(error_message="word " * 10_000).error_message) == 200


def test_half_a_secret_at_the_cut_is_none() -> None:
    message = "/" + "a" * 470 + " to zebulon.quartermain@mail.example"
    assert "zebulon" not in parse(error_message=message).error_message


def test_labels_are_scrubbed() -> None:
    assert parse(error_type="/home/jane/x").error_type == "<path>"
    assert parse(error_type="ConnectionRefusedError").error_type == "ConnectionRefusedError"
    assert parse(os="10.0.0.1").os == "<ip>"


def test_a_text_with_a_secret_in_it_is_never_remembered() -> None:
    secret = "sk-live-0123456789abcdef"
    for _ in range(2):
        sent = parse(tool_version=secret, os=secret, agent_id="codex", metadata={secret: 1, "model": "opus"})
        assert (sent.tool_version, sent.os, sent.metadata) == ("<secret>", "<secret>", '{"model":"opus"}')
    assert {"codex", "model", "opus"} <= event._harmless
    assert not any(secret in text for text in event._harmless)


def test_words_that_were_sent_before_are_what_they_were() -> None:
    """Remembered together, each for its own field, and only where nothing of them was left out or hidden."""
    words: dict[str, Any] = {
        "agent_id": "hook",
        "source": "hook",
        "trigger": "user",
        "os": "win32",
        "runtime": "cpython 3.11.7",
    }
    for _ in range(2):
        one = parse(**words)
        assert (one.agent_id, one.source, one.trigger, one.os, one.runtime) == (
            "hook",
            "hook",
            "user",
            "windows",
            "python 3.11",
        )
        for wrong in ({"source": "user"}, {"trigger": "hook"}, {"os": 1}, {"os": True}, {"runtime": ["win32"]}):
            assert left_out(**words | wrong) == list(wrong)
        assert parse(**words | {"agent_id": "a@example.com"}).agent_id == "<email>"
    assert (None, "hook", "hook", "user", None, "win32", "cpython 3.11.7") in event._known_words
    assert not any("a@example.com" in sent for sent in event._known_words)


def test_what_is_remembered_is_bounded() -> None:
    for number in range(3 * event._REMEMBERED):
        assert parse(tool_version=f"1.{number}", tool_name=f"tool {number}").tool_version == f"1.{number}"
    assert len(event._harmless) <= event._REMEMBERED
    assert len(event._known_words) <= event._REMEMBERED
    assert event._checked.cache_info().currsize <= event._REMEMBERED


def test_what_is_remembered_of_metadata_may_still_be_no_label() -> None:
    assert parse(metadata={"a": " "}).metadata == '{"a":" "}'
    assert left_out(error_type=" ") == ["error_type"]
    assert field_of(tool_name=" ") == field_of(tool_name=" ") == "tool_name"


@pytest.mark.parametrize("sent", ["code review", " code review", "code review ", "code  review"])
def test_names_that_look_the_same_are_the_same(sent: str) -> None:
    parsed = parse(tool_name=sent, tool_category=sent)
    assert (parsed.tool_name, parsed.tool_category) == ("code review", "code review")


@pytest.mark.parametrize("sent", ["\u0441ode", "code\u200b", "co\u00adde", "\uff43ode", "\u202eedoc", "code\x00"])
def test_a_name_in_other_letters_is_none(sent: str) -> None:
    assert field_of(tool_name=sent) == "tool_name"


def test_a_path_behind_a_space_is_one() -> None:
    assert field_of(tool_name=" /etc") == "tool_name"
