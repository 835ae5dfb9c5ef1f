"""What a record of a loaded plugin says."""

from __future__ import annotations

from typing import Any

import pytest

from sessions.loading import Loading, parse_loading
from terms.dates import DAY
from terms.errors import InvalidError
from tests.database import NOW

RAW = {
    "tool_name": "demo",
    "tool_version": "1.0",
    "timestamp": (NOW - 60) * 1000,
    "anonymous_id": "a",
    "session_id": "s",
}


def parsed(**other: Any) -> Loading | None:
    return parse_loading(RAW | other, NOW)


def test_what_is_said_is_kept() -> None:
    assert parsed() == Loading("demo", "1.0", NOW - 60, "a", "s")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"tool_version": None}, Loading("demo", None, NOW - 60, "a", "s")),
        ({"tool_version": 'a"b'}, Loading("demo", None, NOW - 60, "a", "s")),
        ({"timestamp": None}, Loading("demo", "1.0", NOW, "a", "s")),
        ({"timestamp": (NOW + DAY) * 1000}, Loading("demo", "1.0", NOW, "a", "s")),
        ({"anonymous_id": 7}, Loading("demo", "1.0", NOW - 60, None, "s")),
        ({"anonymous_id": "x" * 129, "session_id": ""}, None),
        ({"timestamp": (NOW - 401 * DAY) * 1000}, None),
    ],
)
def test_what_does_not_fit_is_left_out(other: dict[str, Any], expected: Loading | None) -> None:
    assert parsed(**other) == expected


@pytest.mark.parametrize("name", [None, "", "/home/sam", "a|b", "a\0b", 7])
def test_a_name_that_may_not_be_is_refused(name: object) -> None:
    with pytest.raises(InvalidError):
        parsed(tool_name=name)


def test_a_person_is_told_apart_by_the_id_that_they_gave() -> None:
    one, other = parsed(), parsed(anonymous_id=None, session_id="a")
    assert one is not None
    assert other is not None
    assert one.whose != other.whose
