"""A row for each tool."""

from __future__ import annotations

from counting.tally import Tally
from reports.tools import shape
from tests.tallies import MIDNIGHT, fact, tally


def test_a_tool() -> None:
    used = tally(
        fact("success", 1, MIDNIGHT + 60, 1, trigger="user", category="mcp"),
        fact("success", 2, MIDNIGHT + 3, 4, trigger="model", category="skill"),
        fact("error", 2, MIDNIGHT + 1, trigger="model", category="skill"),
        fact("denied", 3, MIDNIGHT + 2, trigger="unknown", category="skill"),
    )
    assert shape({"a": used}) == [
        {
            "tool_name": "a",
            "invocations": 4,
            "avg_duration_ms": 3,
            "success_rate": "66.67",
            "error_rate": "33.33",
            "tool_category": "skill",
            "unique_users": 3,
            "p50_duration_ms": 1,
            "p95_duration_ms": 4,
            "last_used": "2026-09-21 00:01:00",
            "triggers": {"user": 1, "model": 2, "nested": 0, "unknown": 1},
            "known_outcomes": 3,
        }
    ]


def test_the_most_used_comes_first_and_then_the_name() -> None:
    once, twice = tally(fact()), tally(fact(), fact())
    assert [row["tool_name"] for row in shape({"b": once, "a": once, "z": twice})] == ["z", "a", "b"]


def test_of_categories_as_common_the_first_by_name() -> None:
    (row,) = shape({"a": tally(fact(category="z"), fact(category="b"))})
    assert row["tool_category"] == "b"


def test_a_tool_of_which_nothing_is_left_has_no_row() -> None:
    assert shape({"a": Tally()}) == []
