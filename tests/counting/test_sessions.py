"""What sessions are counted by."""

from __future__ import annotations

import pytest

from counting import sessions
from counting.sessions import ToolUsage


def test_a_figure_is_known_where_it_is_there_or_said_to_be() -> None:
    sums = {"turns": 3, "known|tool_errors": 2}
    assert sessions.figure(sums, "turns") == 3
    assert sessions.figure(sums, "tool_errors") == 0
    assert sessions.figure(sums, "tool_calls") is None


def test_money_is_whole_millionths() -> None:
    assert sessions.micro(0.1 + 0.2) == 300_000
    assert sessions.cost({"cost": 42_000}) == 0.042
    assert sessions.cost({"known|cost": 1}) == 0
    assert sessions.cost({}) is None


def test_percentiles_of_durations_are_off_by_3_percent() -> None:
    sums: dict[str, int] = {}
    for duration in (1, 20, 900, 900, 90_000):
        counter = sessions.seconds_name(duration)
        sums[counter] = sums.get(counter, 0) + 1
    p20, p50, p100 = sessions.seconds(sums, 0.2, 0.5, 1.0)
    assert p20 == 1
    assert p50 == pytest.approx(900, rel=0.03)
    assert p100 == pytest.approx(90_000, rel=0.03)
    assert sessions.seconds({"turns": 1}, 0.5, 0.95) == (None, None)


def test_what_tools_used_up() -> None:
    sums = {"tool|input_tokens|skill|pdf": 5, "tool|cost|skill|pdf": 7, "tool|output_tokens|mcp:a|pdf": 1, "turns": 3}
    found = sessions.by_tool(sums | {"tool|(other)": 9})
    assert found == {"skill|pdf": ToolUsage(5, None, None, None, 7), "mcp:a|pdf": ToolUsage(None, 1, None, None, None)}


def test_counters_of_a_kind() -> None:
    assert dict(sessions.under({"exit|other": 1, "exit|clear": 2, "agent|x": 3}, "exit")) == {"other": 1, "clear": 2}
