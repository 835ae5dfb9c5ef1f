"""People a day, a week and a month, and who of them is new."""

from __future__ import annotations

from typing import Any

from counting.people import People
from reading import window
from reading.slices import Slice
from reports.parameters import Query
from reports.retention import REPORT, shape
from terms.dates import DAY, HOUR
from tests.tallies import MIDNIGHT, NOW, day, fact, hour


def retention(slices: list[Slice], days: int | None = None) -> dict[str, Any]:
    """The report."""
    query = Query.read(REPORT.parameters, {} if days is None else {"days": str(days)}, NOW)
    history: dict[int, People] = {}
    for slice_ in slices:
        history.setdefault(slice_.start // DAY, People()).update(slice_.tally.people)
    return shape(slices, history, query, window.current(NOW, 7), window.current(NOW, 30))


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
    assert len(days) == 31
    assert days[0] == {"date": "2026-09-21", "dau": 1, "new": 0, "returning": 1}
    assert days[1] == {"date": "2026-09-20", "dau": 2, "new": 1, "returning": 1}
    assert days[-1] == {"date": "2026-08-22", "dau": 1, "new": 1, "returning": 0}
    assert sum(row["dau"] for row in days) == 6


def test_a_shorter_window_changes_the_days_alone() -> None:
    report = retention(SLICES, days=2)
    assert report["period"] == "2 days"
    assert [row["dau"] for row in report["daily_active_users"]] == [1, 2, 0]
    rest = ("weekly_active_users", "monthly_active_users", "stickiness")
    assert [report[name] for name in rest] == [retention(SLICES)[name] for name in rest]


def test_whoever_was_there_before_the_window_is_nobody_new() -> None:
    """However long before, and earlier on its first day."""
    slices = [
        hour(NOW - 9 * DAY, fact(person=1)),
        hour(NOW - 2 * DAY - HOUR, fact(person=2)),
        hour(NOW - 2 * DAY, fact(person=2), fact(person=1)),
        hour(NOW, fact(person=2), fact(person=4)),
    ]
    days = retention(slices, days=2)["daily_active_users"]
    assert [(row["dau"], row["new"], row["returning"]) for row in days] == [(2, 1, 1), (0, 0, 0), (2, 1, 1)]


def test_cohorts_are_whole_weeks_and_who_of_them_came_back() -> None:
    """The window begins on a Saturday, and today is a Monday."""
    cohorts = retention(SLICES)["cohorts"]
    assert [row["week"] for row in cohorts] == [
        *("2026-08-17", "2026-08-24", "2026-08-31", "2026-09-07", "2026-09-14", "2026-09-21")
    ]
    assert [(row["people"], row["back"]) for row in cohorts] == [
        (2, [0, 0, 1, 0, 0]),
        (0, [0, 0, 0, 0]),
        (0, [0, 0, 0]),
        (1, [1, 0]),
        (1, [1]),
        (0, []),
    ]


def test_nobody() -> None:
    report = retention([], days=1)
    assert report == {
        "daily_active_users": [
            {"date": "2026-09-21", "dau": 0, "new": 0, "returning": 0},
            {"date": "2026-09-20", "dau": 0, "new": 0, "returning": 0},
        ],
        "weekly_active_users": 0,
        "period": "1 days",
        "monthly_active_users": 0,
        "stickiness": "0.00",
        "cohorts": [
            {"week": "2026-09-14", "people": 0, "back": [0]},
            {"week": "2026-09-21", "people": 0, "back": []},
        ],
    }


def test_a_fast_clock_is_of_its_day() -> None:
    report = retention([hour(MIDNIGHT + DAY + HOUR, fact())], days=1)
    assert report["daily_active_users"][0] == {"date": "2026-09-22", "dau": 1, "new": 1, "returning": 0}
