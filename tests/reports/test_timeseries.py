"""Buckets of an hour or of a day."""

from __future__ import annotations

from typing import Any

from reading.slices import Slice
from reports.parameters import Query
from reports.timeseries import REPORT, bucket_starts, edges_of, shape, width_of
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


def test_a_day_that_is_told_by_the_hour_is_one_bucket() -> None:
    """As the first of a window that begins inside it is."""
    rows = buckets([hour(MIDNIGHT - DAY, fact(person=1)), hour(MIDNIGHT - HOUR, fact(person=1), fact(person=2))], 3)
    assert [(row["invocations"], row["users"]) for row in rows] == [(0, 0), (0, 0), (3, 2), (0, 0)]


def test_what_is_outside_is_not_shown() -> None:
    rows = buckets([hour(NOW - 25 * HOUR, fact()), hour(NOW - 24 * HOUR, fact())], 1)
    assert sum(row["invocations"] for row in rows) == 1


def test_an_event_of_a_fast_clock_has_its_bucket() -> None:
    rows = buckets([hour(NOW + HOUR, fact())], 1)
    assert (len(rows), rows[-1]["t"], rows[-1]["invocations"]) == (26, "2026-09-21 13:00:00", 1)


def test_where_buckets_begin() -> None:
    """The first may begin before its window; one behind the last is there only if something is in it."""
    one_day, three_days = (Query.read(REPORT.parameters, {"days": days}, NOW + 0.5) for days in ("1", "3"))
    assert (width_of(one_day), width_of(three_days)) == (HOUR, DAY)
    assert list(bucket_starts(one_day)) == list(range(NOW - DAY, NOW + 1, HOUR))
    assert list(bucket_starts(three_days)) == [MIDNIGHT - 3 * DAY, MIDNIGHT - 2 * DAY, MIDNIGHT - DAY, MIDNIGHT]
    assert bucket_starts(three_days, [MIDNIGHT - DAY]) == bucket_starts(three_days)
    assert bucket_starts(three_days, [MIDNIGHT + DAY])[-1] == MIDNIGHT + DAY


def test_slices_part_by_the_hour_up_to_two_days_and_then_where_the_window_begins() -> None:
    for days, edges in ((1, None), (2, None), (3, [NOW - 3 * DAY]), (365, [NOW - 365 * DAY])):
        assert edges_of(Query.read(REPORT.parameters, {"days": str(days)}, NOW)) == edges
