"""What a record of an API request counts as."""

from __future__ import annotations

from typing import Any

import pytest

from sessions.usage import Usage, added_up, agent_of, counters_of
from tests.database import NOW


def usage(**fields: Any) -> Usage:
    """A record with these fields."""
    return Usage("s", None, NOW, "r")._replace(**fields)


def test_tokens_and_cost_stand_with_the_session_and_its_skill() -> None:
    tokens, costs = counters_of(
        usage(agent_id="claude-code", tool_name="pdf", input_tokens=5, output_tokens=0, cost_usd=0.001)
    )
    assert tokens == {"input_tokens": 5, "tool|input_tokens|skill|pdf": 5}
    assert costs == {"cost": 1000, "agent_cost|claude-code": 1000, "tool|cost|skill|pdf": 1000}


@pytest.mark.parametrize("name", ["/home/someone/skill", "a|b", "", "x" * 129])
def test_of_a_name_that_may_not_be_the_tokens_are_the_sessions(name: str) -> None:
    assert counters_of(usage(tool_name=name, input_tokens=5)) == ({"input_tokens": 5}, {})


@pytest.mark.parametrize("value", [-1, 1e300, None, 0])
def test_a_figure_that_cannot_be_is_left_out(value: Any) -> None:
    assert counters_of(usage(input_tokens=value, cost_usd=value)) == ({}, {})


def test_an_agent_that_may_not_be_is_unknown() -> None:
    assert agent_of(usage(agent_id="codex")) == "codex"
    assert agent_of(usage(agent_id="a|b")) == "unknown"


def test_counters_add_up() -> None:
    assert added_up([{"a": 1}, {"a": 2, "b": 3}, {}]) == {"a": 3, "b": 3}


def test_a_name_that_is_not_kept_is_forgotten_and_its_tokens_are_the_sessions() -> None:
    record = usage(tool_name="theirs", input_tokens=5)
    assert counters_of(record.naming(frozenset(("mine",))))[0] == {"input_tokens": 5}
    assert record.naming(frozenset(("theirs",))) == record
