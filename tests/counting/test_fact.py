"""What a stored event contributes to reports: the view `events` and Fact, field by field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from counting.dimensions import BREAKDOWNS, FILTERS, TOOL, Filters, tool_key, values_in
from counting.fact import Fact
from terms.keys import event_key
from tests.database import NOW, SqliteDatabase
from tests.tallies import fact

COLUMNS = {
    "tool": "tool_name",
    "category": "tool_category",
    "status": "status",
    "duration_ms": "duration_ms",
    "trigger": "trigger",
    "agent": "agent_id",
    "version": "tool_version",
    "os": "os",
    "source": "source",
    "runtime": "runtime",
    "error_type": "error_type",
    "person": "person",
}
OPTIONAL = ("duration_ms", "tool_version", "os", "runtime", "error_type", "error_message", "metadata")


def stored(**columns: Any) -> dict[str, Any]:
    """An event that has another value in every column, as the view shows it."""
    database = SqliteDatabase()
    table = database.connection.execute("PRAGMA table_info(skill_usage_events)").fetchall()
    row = {
        column["name"]: number if column["type"] == "INTEGER" else f"{column['name']} {number}"
        for number, column in enumerate(table, 1000)
    } | {"id": event_key(NOW, 2**40 - 1), "second": 7, **columns}
    names = ", ".join(row)
    values = ", ".join("?" * len(row))
    database.connection.execute(f"INSERT INTO skill_usage_events ({names}) VALUES ({values})", list(row.values()))
    return {**dict(database.connection.execute("SELECT * FROM events").fetchone()), "row": row}


def fact_of(event: dict[str, Any]) -> Fact:
    """The fact that the view tells of an event."""
    return Fact._make(json.loads(event["fact"]))


@pytest.mark.parametrize("columns", [{}, dict.fromkeys(OPTIONAL)], ids=["all", "those that must be"])
def test_the_view_writes_what_a_fact_reads(columns: dict[str, Any]) -> None:
    event = stored(**columns)
    row = event["row"]
    expected = {field: row[column] for field, column in COLUMNS.items()}
    expected |= {"key": str(row["id"]), "time": (NOW - NOW % 300) + 7}
    assert fact_of(event)._asdict() == expected
    assert event["time"] == expected["time"]
    filled = [value for value in expected.values() if value is not None]
    assert len(set(filled)) == len(filled), "no column passes for another"


@pytest.mark.parametrize("columns", [{}, dict.fromkeys(OPTIONAL)], ids=["all", "those that must be"])
def test_the_view_counts_by_the_same_dimensions(columns: dict[str, Any]) -> None:
    event = stored(**columns)
    counted = fact_of(event)
    dimensions = json.loads(event["dimensions"])
    assert dimensions.pop("test") == event["row"]["test"]
    assert tool_key(dimensions["category"], dimensions["tool"]) == values_in([counted], TOOL)[0]
    assert dimensions.pop("tool") == counted.tool
    assert dimensions == {dimension: values_in([counted], dimension)[0] for dimension in BREAKDOWNS}
    dimensions["tool"] = counted.tool
    assert dimensions.keys() >= set(FILTERS)
    for name in FILTERS:
        assert Filters({name: dimensions[name]}).match(counted)
        assert not Filters({name: dimensions[name] + "x"}).match(counted)


@pytest.mark.parametrize(
    ("status", "failed"),
    [
        *(("error", True), ("timeout", True), ("success", False), ("partial", False)),
        *(("skipped", False), ("denied", False), ("unknown", False)),
    ],
)
def test_the_same_outcomes_are_failures(status: str, failed: bool) -> None:
    event = stored(status=status)
    assert fact_of(event).failed is failed
    assert bool(event["failed"]) is failed


def test_a_key_is_not_rounded() -> None:
    """It is beyond 2^53, where JSON's numbers end for JavaScript: it travels as text."""
    (key, *_) = json.loads(stored()["fact"])
    assert key == str(event_key(NOW, 2**40 - 1))
    assert int(fact().key) > 2**53
