"""A row for each version, and what may be said of it against the one before."""

from __future__ import annotations

import pytest

from counting.fact import Fact
from reports.versions import shape
from tests.tallies import fact, tally


def _used(success: int, error: int, time: int = 0) -> list[Fact]:
    return [
        fact(status, 1, time=time) for status, count in (("success", success), ("error", error)) for _ in range(count)
    ]


def test_the_newest_comes_first_by_number() -> None:
    rows = shape({"2.0": tally(fact(time=10)), "v10.0": tally(fact(time=5)), "1.9.1": tally(fact(time=5))})
    assert [row["version"] for row in rows] == ["v10.0", "2.0", "1.9.1"]
    assert [row["against"] and row["against"]["version"] for row in rows] == ["2.0", "1.9.1", None]


def test_where_not_all_are_numbers_the_first_use_decides() -> None:
    rows = shape({"blue": tally(fact(time=10)), "9": tally(fact(time=5)), "1": tally(fact(time=5), fact(time=99))})
    assert [row["version"] for row in rows] == ["blue", "9", "1"]
    assert shape({}) == []


def test_what_has_no_version_is_of_none() -> None:
    assert shape({"unknown": tally(fact()), "(other)": tally(fact())}) == []


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        ((60, 20), (92, 8), "worse"),
        ((95, 5), (60, 40), "better"),
        ((90, 10), (92, 8), "same"),
        ((19, 0), (0, 90), "too few"),
        ((90, 0), (0, 19), "too few"),
        ((0, 0), (90, 9), "too few"),
    ],
)
def test_a_verdict_is_what_the_interval_allows(now: tuple[int, int], before: tuple[int, int], verdict: str) -> None:
    skipped = fact("skipped", 1, time=50)
    newest, _ = shape({"1.4.0": tally(skipped, *_used(*now, time=50)), "1.3.0": tally(*_used(*before))})
    assert newest["verdict"] == verdict
    low, high = newest["against"]["interval"] or (-100, 100)
    assert low <= (newest["against"]["success_difference"] or 0) <= high
    assert (newest["success_interval"] is None) == (sum(now) == 0)


def test_the_slow_time_is_told_as_a_ratio() -> None:
    slow, quick = tally(fact("success", 1, 9, duration_ms=300)), tally(fact("success", 1, 1, duration_ms=100))
    assert shape({"b": slow, "a": quick})[0]["against"]["p95_ratio"] == 3.0
    assert shape({"b": tally(fact(time=9)), "a": quick})[0]["against"]["p95_ratio"] is None


def test_the_days_of_a_version_are_told_oldest_first() -> None:
    days = {
        "b": {20_001: tally(fact(), fact("error"), fact("skipped")), 20_000: tally(fact())},
        "c": {1: tally(fact())},
    }
    newest, oldest = shape({"b": tally(fact(time=9)), "a": tally(fact(time=1))}, days)
    assert newest["days"] == [
        {"date": "2024-10-04", "invocations": 1, "success": 1, "known_outcomes": 1},
        {"date": "2024-10-05", "invocations": 3, "success": 1, "known_outcomes": 2},
    ]
    assert oldest["days"] == []
    assert shape({"a": tally(fact())})[0]["days"] is None
