"""What the API says of a session's fields is what they take."""

from __future__ import annotations

from typing import Any

import pytest

from sessions.session import parse_session
from terms.errors import RequestError
from tests.database import NOW
from tools.api.session_fields import FIELDS_OF_SESSION


@pytest.mark.parametrize("field", [it for it, (schema, _) in FIELDS_OF_SESSION.items() if "maximum" in schema])
def test_a_figure_is_taken_up_to_its_bounds(field: str) -> None:
    schema, _ = FIELDS_OF_SESSION[field]
    for value in (schema["minimum"], schema["maximum"]):
        assert is_kept(field, value), value
    for value in (schema["minimum"] - 1, schema["maximum"] + 1, [], True, "many"):
        assert not is_kept(field, value), value


@pytest.mark.parametrize(
    ("field", "limit"), [("models", "maxItems"), ("skills", "maxItems"), ("calls", "maxProperties")]
)
def test_a_list_is_taken_up_to_its_length(field: str, limit: str) -> None:
    most = FIELDS_OF_SESSION[field][0][limit]
    values: dict[str, Any] = {
        "models": ["m"] * (most + 1),
        "skills": [{"tool_name": "a"}] * (most + 1),
        "calls": {f"t{number}": 1 for number in range(most + 1)},
    }
    longest = values[field]
    fits = dict(list(longest.items())[:most]) if field == "calls" else longest[:most]
    assert is_kept(field, fits)
    assert not is_kept(field, longest)


def is_kept(field: str, value: Any) -> bool:
    """Whether a session is kept with a field as it is."""
    try:
        return not parse_session({"session_id": "x", field: value}, NOW).ignored
    except RequestError:
        return False
