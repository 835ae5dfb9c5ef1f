"""The shape of the report of sessions, by figures worked out by hand."""

from __future__ import annotations

from counting.sessions import Day, Sums
from reports.parameters import Query
from reports.sessions import REPORT, shape
from terms.dates import DAY
from tests.database import NOW

TODAY = NOW // DAY
QUERY = Query.read(REPORT.parameters, {"days": "2"}, NOW)
UNKNOWN = dict.fromkeys(
    (
        "turns",
        "tool_calls",
        "tool_errors",
        "input_tokens",
        "output_tokens",
        "cache_creation_tokens",
        "cache_read_tokens",
    )
)


def test_a_window() -> None:
    counters = {
        "sessions": 3,
        "turns": 7,
        "known|tool_errors": 1,
        "seconds|20": 3,
        "cost": 42_000,
        "exit|other": 1,
        "exit|clear": 2,
        "agent|codex": 1,
        "agent|claude-code": 2,
        "agent_cost|claude-code": 42_000,
    }
    report = shape(Sums(counters, 2), Sums({}, 0), [Day(TODAY, 3, 42_000)], QUERY)
    assert report == {
        "period": "2 days",
        "sessions": 3,
        "unique_users": 2,
        "p50_duration_s": 20,
        "p95_duration_s": 20,
        **UNKNOWN,
        "turns": 7,
        "tool_errors": 0,
        "cost_usd": 0.042,
        "by_exit_reason": [{"key": "clear", "sessions": 2}, {"key": "other", "sessions": 1}],
        "by_agent": [
            {"key": "claude-code", "sessions": 2, "cost_usd": 0.042},
            {"key": "codex", "sessions": 1, "cost_usd": None},
        ],
        "daily": [
            {"date": "2026-09-19", "sessions": 0, "cost_usd": None},
            {"date": "2026-09-20", "sessions": 0, "cost_usd": None},
            {"date": "2026-09-21", "sessions": 3, "cost_usd": 0.042},
        ],
        "previous": {
            "sessions": 0,
            "unique_users": 0,
            "p50_duration_s": None,
            "p95_duration_s": None,
            **UNKNOWN,
            "cost_usd": None,
        },
    }
