"""A row for each tool."""

from __future__ import annotations

from counting.dimensions import tool_key
from counting.sessions import TOKENS, ToolUsage
from reports.tools import first, shape
from tests.tallies import MIDNIGHT, fact, tally

NOTHING = {"invocations": 0, "unique_users": 0, "success_rate": "0.00", "known_outcomes": 0, "p95_duration_ms": None}


def test_a_tool() -> None:
    used = tally(
        fact("success", 1, MIDNIGHT + 60, 1, trigger="user"),
        fact("success", 2, MIDNIGHT + 3, 4, trigger="model"),
        fact("error", 2, MIDNIGHT + 1, trigger="model"),
        fact("denied", 3, MIDNIGHT + 2, trigger="unknown"),
    )
    assert shape({tool_key("skill", "a"): used}, {}) == [
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
            "previous": NOTHING,
            "input_tokens": None,
            "output_tokens": None,
            "cache_creation_tokens": None,
            "cache_read_tokens": None,
            "cost_usd": None,
            "cost_per_use_usd": None,
            "first_used": None,
        }
    ]


def test_what_its_sessions_used_up_stands_beside_it() -> None:
    key = tool_key("skill", "a")
    (row,) = shape({key: tally(fact(), fact())}, {}, {key: ToolUsage(5, 1, None, 7, 3)})
    assert [row[name] for name in TOKENS] == [5, 1, None, 7]
    assert (row["cost_usd"], row["cost_per_use_usd"]) == (0.000003, 0.000002)


def test_the_most_used_comes_first_and_then_the_name_and_then_the_category() -> None:
    once, twice = tally(fact()), tally(fact(), fact())
    keys = [tool_key("x", "b"), tool_key("y", "a"), tool_key("x", "a")]
    tallies = dict.fromkeys(keys, once) | {tool_key("z", "z"): twice}
    rows = shape(first(tallies, 9), {})
    named = [(row["tool_category"], row["tool_name"]) for row in rows]
    assert named == [("z", "z"), ("x", "a"), ("y", "a"), ("x", "b")]
    assert list(first(tallies, 2)) == [tool_key("z", "z"), tool_key("x", "a")]


def test_two_categories_may_each_have_a_tool_of_one_name() -> None:
    """Their figures have nothing to do with each other."""
    good, bad = tally(fact("success"), fact("success")), tally(fact("error"))
    rows = shape({tool_key("mcp:alpha", "find"): good, tool_key("mcp:beta", "find"): bad}, {})
    assert [(row["tool_category"], row["tool_name"], row["invocations"], row["error_rate"]) for row in rows] == [
        ("mcp:alpha", "find", 2, "0.00"),
        ("mcp:beta", "find", 1, "100.00"),
    ]


def test_what_a_tool_did_before_stands_beside_it() -> None:
    """One that was used only then has no row."""
    now, then = tally(fact("success")), tally(fact("error", 2, duration_ms=7), fact("skipped", 3))
    rows = shape({tool_key("skill", "a"): now}, {tool_key("skill", "a"): then, tool_key("skill", "gone"): then})
    assert [row["previous"] for row in rows] == [
        {"invocations": 2, "unique_users": 2, "success_rate": "0.00", "known_outcomes": 1, "p95_duration_ms": 7}
    ]


def test_what_was_never_used_before_says_since_when() -> None:
    tallies = {tool_key("skill", name): tally(fact(time=MIDNIGHT + 60), fact(time=MIDNIGHT + 3)) for name in "ab"}
    rows = shape(tallies, {}, {}, {tool_key("skill", "a")})
    assert [row["first_used"] for row in rows] == ["2026-09-21 00:00:03", None]
