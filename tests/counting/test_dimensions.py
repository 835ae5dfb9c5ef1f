"""What events are counted by, and what a question is narrowed to."""

from __future__ import annotations

import json

import pytest

from counting.dimensions import BREAKDOWNS, EVERYTHING, FILTERS, TEST, TOOL, Filters, value_of
from tests.tallies import fact

FACT = fact(tool="t", category="c", agent="a", version="v", trigger="user", os="o", source="api", runtime="r")


def test_a_dimension_is_a_field_of_a_fact() -> None:
    assert {dimension: value_of(FACT, dimension) for dimension in (TOOL, *BREAKDOWNS)} == {
        "tool": "t",
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
    assert value_of(FACT._replace(**{dimension: None}), dimension) == "unknown"
    assert Filters({dimension: "unknown"}).match(FACT._replace(**{dimension: None}))


def test_series_are_told_apart_by_name() -> None:
    names = (EVERYTHING, TEST, TOOL, *BREAKDOWNS)
    assert len(set(names)) == len(names)
    assert set(FILTERS) <= {TOOL, *BREAKDOWNS}


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


def test_sql_is_told_about_test_traffic_too() -> None:
    assert json.loads(Filters({"tool": "t"}).to_json()) == {"tool": "t", "test": 0}
    assert json.loads(Filters({"tool": "t"}, include_test=True).to_json()) == {"tool": "t"}
    assert json.loads(Filters().to_json()) == {"test": 0}
