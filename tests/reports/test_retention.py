"""People a day, a week and a month."""

from __future__ import annotations

from typing import Any

from reading import window
from reading.slices import Slice
from reports.parameters import Query
from reports.retention import REPORT, shape
from terms.dates import DAY, HOUR
from tests.tallies import MIDNIGHT, NOW, day, fact, hour


def retention(slices: list[Slice], days: int | None = None) -> dict[str, Any]:
    """The report."""
    query = Query.read(REPORT.parameters, {} if days is None else {"days": str(days)}, NOW)
    return shape(slices, query, window.current(NOW, 7), window.current(NOW, 30))


SLICES = [
    hour(NOW - 31 * DAY, fact(person=9)),
    hour(NOW - 30 * DAY, fact(person=1)),
    day(MIDNIGHT - 10 * DAY, fact(person=1), fact(person=2), fact(person=2)),
    day(MIDNIGHT - DAY, fact(person=2), fact(person=3)),
    hour(MIDNIGHT, fact(person=3)),
    hour(NOW, fact(person=3)),
]


def test_a_month() -> None:
    report = retention(SLICES)
    assert report["period"] == "30 days"
    assert (report["weekly_active_users"], report["monthly_active_users"]) == (2, 3)
    # 1 + 2 + 2 + 1 people on four of thirty days are 0.2 a day, of three.
    assert report["stickiness"] == "6.67"
    days = report["daily_active_users"]
    assert (len(days), days[0], days[1]) == (31, {"date": "2026-09-21", "dau": 1}, {"date": "2026-09-20", "dau": 2})
    assert days[-1] == {"date": "2026-08-22", "dau": 1}
    assert sum(row["dau"] for row in days) == 6


def test_a_shorter_window_changes_the_days_alone() -> None:
    report = retention(SLICES, days=2)
    assert report["period"] == "2 days"
    assert [row["dau"] for row in report["daily_active_users"]] == [1, 2, 0]
    rest = ("weekly_active_users", "monthly_active_users", "stickiness")
    assert [report[name] for name in rest] == [retention(SLICES)[name] for name in rest]


def test_nobody() -> None:
    report = retention([], days=1)
    assert report == {
        "daily_active_users": [{"date": "2026-09-21", "dau": 0}, {"date": "2026-09-20", "dau": 0}],
        "weekly_active_users": 0,
        "period": "1 days",
        "monthly_active_users": 0,
        "stickiness": "0.00",
    }


def test_a_fast_clock_is_of_its_day() -> None:
    report = retention([hour(MIDNIGHT + DAY + HOUR, fact())], days=1)
    assert report["daily_active_users"][0] == {"date": "2026-09-22", "dau": 1}
