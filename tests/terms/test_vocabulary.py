"""The server's words and limits are those that every client goes by."""

from __future__ import annotations

import string

import pytest

from intake.event import parse_event
from terms import limits, vocabulary
from terms.errors import InvalidError
from tests.database import NOW
from tests.vectors import VECTORS


def test_words_are_those_of_the_contract() -> None:
    assert list(vocabulary.STATUSES) == VECTORS["statuses"]
    assert VECTORS["status_aliases"] == vocabulary.STATUS_ALIASES
    assert list(vocabulary.TRIGGERS) == VECTORS["triggers"]
    assert list(vocabulary.SOURCES) == VECTORS["sources"]


def test_words_about_words_are_words() -> None:
    assert set(vocabulary.STATUS_ALIASES.values()) <= set(vocabulary.STATUSES)
    assert not vocabulary.STATUS_ALIASES.keys() & set(vocabulary.STATUSES)
    assert set(vocabulary.FAILURES) < set(vocabulary.KNOWN_OUTCOMES) < set(vocabulary.STATUSES)
    assert {vocabulary.UNKNOWN} <= set(vocabulary.STATUSES) & set(vocabulary.TRIGGERS)


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("name_characters", limits.NAME_CHARACTERS),
        ("label_characters", limits.LABEL_CHARACTERS),
        ("id_characters", limits.ID_CHARACTERS),
        ("error_message_characters", limits.ERROR_MESSAGE_CHARACTERS),
        ("duration_ms", limits.DURATION_MS),
        ("size_bytes", limits.SIZE_BYTES),
        ("batch_events", limits.BATCH_EVENTS),
    ],
)
def test_limits_are_those_of_the_contract(name: str, limit: int) -> None:
    assert VECTORS["limits"][name] == limit


def test_what_a_client_sends_at_once_is_read() -> None:
    assert VECTORS["limits"]["batch_bytes"] <= limits.BODY_BYTES
    assert VECTORS["limits"]["spool_days"] < 90


@pytest.mark.parametrize(
    ("field", "alphabet"), [("tool_name", "name"), ("agent_id", "label"), ("event_id", "id"), ("session_id", "id")]
)
def test_every_character_of_an_alphabet_is_taken(field: str, alphabet: str) -> None:
    for character in VECTORS["alphabets"][alphabet]:
        text = f"ab{character}c"
        assert getattr(parse_event({"tool_name": "a", "status": "ok", field: text}, NOW), field) == text


def refused(field: str, text: str) -> str | None:
    """The field that costs the event, or itself."""
    try:
        (error,) = parse_event({"tool_name": "a", "status": "ok", field: text}, NOW).ignored
    except InvalidError as cost:
        error = cost
    return error.field


@pytest.mark.parametrize(("field", "alphabet"), [("tool_name", "name"), ("agent_id", "label")])
def test_no_other_character_is_taken(field: str, alphabet: str) -> None:
    for character in {*string.printable, "é", "日", "\u00a0"} - set(VECTORS["alphabets"][alphabet]):
        assert refused(field, f"ab{character}c") == field
