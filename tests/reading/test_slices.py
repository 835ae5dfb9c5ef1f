"""Rows and events as slices of time."""

from __future__ import annotations

import json

import pytest

from counting.histogram import bucket_of
from counting.kept import KeptRollup
from counting.packing import pack
from counting.rollup import Key, roll_up
from reading.slices import Span, days_text, from_counts, parts, span_of
from storage.database import Row
from terms.dates import DAY, HOUR
from tests.tallies import MIDNIGHT, NOW, fact

TODAY = MIDNIGHT // DAY
ALL = Key("all", TODAY, "")


def row(hours: str | None) -> Row:
    """A day's row."""
    return {"day": TODAY, "tool_name": "", "totals": '{"":{"s":{"success":3}}}', "hours": hours}


HOURS = '{"5":{"":{"s":{"success":1}}},"23":{"":{"s":{"success":2}}}}'


@pytest.mark.parametrize("hours", [HOURS, json.dumps(pack(HOURS.encode()))], ids=["open", "packed"])
def test_a_row_in_hours(hours: str) -> None:
    assert list(parts(row(hours))) == [
        (Span(MIDNIGHT + 5 * HOUR, HOUR), {"": {"s": {"success": 1}}}),
        (Span(MIDNIGHT + 23 * HOUR, HOUR), {"": {"s": {"success": 2}}}),
    ]


@pytest.mark.parametrize("hours", [None, "null", "{}"])
def test_a_row_without_hours_is_its_day(hours: str | None) -> None:
    assert list(parts(row(hours))) == [(Span(MIDNIGHT, DAY), {"": {"s": {"success": 3}}})]


def test_a_row_as_it_is_kept() -> None:
    kept = KeptRollup(None)
    kept.merge(roll_up([(fact(time=NOW), False), (fact(time=NOW + HOUR), False)])[ALL])
    *_, totals, hours, _ = kept.to_row(ALL, whole=True)
    made = {"day": TODAY, "tool_name": "", "totals": totals, "hours": hours}
    assert [span for span, _ in parts(made)] == [Span(NOW, HOUR), Span(NOW + HOUR, HOUR)]


@pytest.mark.parametrize(
    ("hourly", "span"),
    [
        ("all", Span(NOW, HOUR)),
        (f",{TODAY},", Span(NOW, HOUR)),
        (f",{TODAY - 1},{TODAY},", Span(NOW, HOUR)),
        (",", Span(MIDNIGHT, DAY)),
        ("", Span(MIDNIGHT, DAY)),
        (f",{TODAY - 1},", Span(MIDNIGHT, DAY)),
        (f",1{TODAY},{TODAY}1,", Span(MIDNIGHT, DAY)),
    ],
)
def test_a_time_falls_into_a_slice(hourly: str, span: Span) -> None:
    assert span_of(NOW + 59 * 60, hourly) == span


def test_days_stand_between_commas() -> None:
    assert days_text({20_001, 20_000}) == ",20000,20001,"
    assert days_text(set()) == ","


def test_counts_become_tallies() -> None:
    common = {"trigger": "user", "tool_category": "mcp", "first": NOW, "last": NOW}
    rows = [
        common
        | {"slice": "a", "status": "success", "bucket": bucket_of(4), "events": 2, "duration_ms": 8, "people": "[1,2]"},
        common | {"slice": "a", "status": "error", "bucket": None, "events": 1, "duration_ms": None, "people": "[2]"},
        common | {"slice": 7, "status": "error", "bucket": None, "events": 1, "duration_ms": None, "people": "[3]"},
    ]
    tallies = from_counts(rows)
    assert tallies.keys() == {"a", "7"}
    assert (tallies["a"].invocations, len(tallies["a"].people), tallies["a"].duration_ms) == (3, 2, 8)
    assert tallies["a"].statuses == {"success": 2, "error": 1}
    assert from_counts([]) == {}
