"""What events are counted by, and what a question is narrowed to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from counting.dimensions import (
    BREAKDOWNS,
    ERROR,
    EVERYTHING,
    FILTERS,
    SERIES,
    TEST,
    TOOL,
    ErrorGroup,
    Filters,
    Tool,
    error_group_of,
    error_key,
    other,
    tool_key,
    tool_of,
    values_in,
)
from counting.rollup import LATEST
from tests.tallies import fact
from tests.vectors import VECTORS

SAID: dict[str, Any] = {
    "tool": "t",
    "category": "c",
    "agent": "a",
    "version": "v",
    "trigger": "user",
    "os": "o",
    "source": "api",
    "runtime": "r",
}
FACT = fact(**SAID)


def test_a_dimension_is_a_field_of_a_fact() -> None:
    assert {dimension: values_in([FACT], dimension)[0] for dimension in (TOOL, *BREAKDOWNS)} == {
        "tool": "c|t",
        "category": "c",
        "agent": "a",
        "version": "v",
        "trigger": "user",
        "os": "o",
        "source": "api",
        "runtime": "r",
    }


@pytest.mark.parametrize("dimension", ["version", "os", "runtime"])
def test_what_is_not_said_is_unknown(dimension: str) -> None:
    assert values_in([fact(**SAID | {dimension: None})], dimension)[0] == "unknown"
    assert Filters({dimension: "unknown"}).match(fact(**SAID | {dimension: None}))


def test_series_are_told_apart_by_name() -> None:
    assert set(SERIES) == {EVERYTHING, TEST, TOOL, ERROR, *BREAKDOWNS}
    assert len({*SERIES, LATEST}) == len(SERIES) + 1, "the newest failures lie beside them"
    assert set(FILTERS) <= {TOOL, *BREAKDOWNS}


def test_a_tool_is_a_category_and_a_name() -> None:
    assert tool_of(tool_key("mcp:alpha", "find")) == Tool("mcp:alpha", "find")
    assert tool_key("mcp:alpha", "find") != tool_key("mcp:beta", "find")
    assert tool_key("a b", "c") != tool_key("a", "b c")


@pytest.mark.parametrize("error_type", [None, "ValueError"])
def test_errors_are_grouped_by_tool_and_type(error_type: str | None) -> None:
    key = error_key(FACT._replace(error_type=error_type))
    assert error_group_of(key) == ErrorGroup("c", "t", error_type)
    assert tool_of(key) == Tool("c", "t")


def test_the_rarest_are_of_the_shape_of_their_series() -> None:
    assert tool_of(other(TOOL)) == Tool("(other)", "(other)")
    assert error_group_of(other(ERROR)) == ErrorGroup("(other)", "(other)", "(other)")
    assert {other(name) for name in BREAKDOWNS} == {"(other)"}


@pytest.mark.parametrize("alphabet", ["name", "label"])
def test_no_name_can_be_taken_for_another(alphabet: str) -> None:
    """What joins keys stands in none, nor what ends a JSON path, nor what the rarest are written with."""
    assert not set(VECTORS["alphabets"][alphabet]) & set('|"\\()')


@pytest.mark.parametrize(
    ("values", "matches"),
    [
        ({}, True),
        ({"tool": "t"}, True),
        ({"tool": "T"}, False),
        ({"tool": "t", "agent": "a", "version": "v"}, True),
        ({"tool": "t", "agent": "b"}, False),
        ({"tool": "x", "agent": "a"}, False),
    ],
)
def test_all_filters_must_agree(values: dict[str, str], matches: bool) -> None:
    assert Filters(values).match(FACT) is matches


@pytest.mark.parametrize(
    ("values", "matches"),
    [
        ({}, True),
        ({"tool": "t"}, True),
        ({"tool": "c"}, False),
        ({"category": "c"}, True),
        ({"category": "t"}, False),
        ({"category": "c", "tool": "t"}, True),
        ({"category": "c", "tool": "x"}, False),
        ({"category": "x", "tool": "t"}, False),
    ],
)
def test_filters_say_which_tools_are_asked_about(values: dict[str, str], matches: bool) -> None:
    assert Filters(values).match_tool(Tool("c", "t")) is matches
    assert Filters(values).match(FACT) is matches, "its events are the tool's"


def test_sql_is_told_about_test_traffic_too() -> None:
    assert json.loads(Filters({"tool": "t"}).to_json()) == {"tool": "t", "test": 0}
    assert json.loads(Filters({"tool": "t"}, include_test=True).to_json()) == {"tool": "t"}
    assert json.loads(Filters().to_json()) == {"test": 0}
