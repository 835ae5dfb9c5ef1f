"""Buckets of an hour or of a day."""

from __future__ import annotations

from typing import Any

from reading.slices import Slice
from reports.parameters import Query
from reports.timeseries import REPORT, shape
from terms.dates import DAY, HOUR
from tests.tallies import MIDNIGHT, NOW, day, fact, hour


def buckets(slices: list[Slice], days: int, now: float = NOW) -> list[dict[str, Any]]:
    """The report's buckets."""
    return shape(slices, Query.read(REPORT.parameters, {"days": str(days)}, now))


def test_a_bucket() -> None:
    (*_, last) = buckets(
        [
            hour(
                NOW,
                fact("success", 1, duration_ms=1),
                fact("error", 1, duration_ms=4),
                fact("timeout", 2),
                fact("partial", 3),
            )
        ],
        1,
    )
    assert last == {
        "t": "2026-09-21 12:00:00",
        "invocations": 4,
        "success": 1,
        "error": 2,
        "users": 3,
        "known_outcomes": 4,
        "p50": 1,
        "p95": 4,
    }


def test_one_day_is_25_hours_none_missing() -> None:
    rows = buckets([hour(NOW - HOUR, fact()), hour(NOW - 3 * HOUR, fact(), fact())], 1, NOW + 0.5)
    assert [row["t"] for row in (rows[0], rows[-1])] == ["2026-09-20 12:00:00", "2026-09-21 12:00:00"]
    assert [row["invocations"] for row in rows] == [*([0] * 21), 2, 0, 1, 0]
    empty = rows[0] | {"t": ""}
    nothing = dict.fromkeys(("invocations", "success", "error", "users", "known_outcomes"), 0)
    assert empty == {"t": "", **nothing, "p50": None, "p95": None}


def test_more_than_two_days_are_days() -> None:
    slices = [day(MIDNIGHT - 2 * DAY, fact(person=1)), hour(MIDNIGHT, fact(person=1)), hour(NOW, fact(person=1))]
    rows = buckets(slices, 3)
    assert [(row["t"][:10], row["invocations"], row["users"]) for row in rows] == [
        ("2026-09-18", 0, 0),
        ("2026-09-19", 1, 1),
        ("2026-09-20", 0, 0),
        ("2026-09-21", 2, 1),
    ]
    assert {row["t"][11:] for row in rows} == {"00:00:00"}
    assert len(buckets([], 2)) == 49


def test_a_day_without_hours_makes_all_of_them_days() -> None:
    rows = buckets([day(MIDNIGHT - DAY, fact()), hour(NOW, fact())], 2)
    assert [row["invocations"] for row in rows] == [0, 1, 1]


def test_what_is_outside_is_not_shown() -> None:
    rows = buckets([hour(NOW - 25 * HOUR, fact()), hour(NOW - 24 * HOUR, fact())], 1)
    assert sum(row["invocations"] for row in rows) == 1


def test_an_event_of_a_fast_clock_has_its_bucket() -> None:
    rows = buckets([hour(NOW + HOUR, fact())], 1)
    assert (len(rows), rows[-1]["t"], rows[-1]["invocations"]) == (26, "2026-09-21 13:00:00", 1)
