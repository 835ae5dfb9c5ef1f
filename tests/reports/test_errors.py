"""Groups of errors, and the latest of them."""

from __future__ import annotations

from typing import Any

from counting.dimensions import error_key
from counting.fact import Fact
from reading.failures import Failures
from reports.errors import REPORT, shape
from reports.parameters import Query
from terms.dates import DAY, HOUR, day_of, hour_start
from tests.tallies import MIDNIGHT, NOW, fact


def failures(*facts: Fact, width: int = DAY) -> Failures:
    """The failures of a group, in slices of a day or of an hour."""
    made = Failures()
    for failed in facts:
        made.add(failed.time // width * width, failed)
    return made


def query(days: int = 1) -> Query:
    """A question about so many days."""
    return Query.read(REPORT.parameters, {"days": str(days)}, NOW)


def key(category: str, tool: str, error_type: str | None) -> str:
    """What a group is counted under."""
    return error_key(fact("error", category=category, tool=tool, error_type=error_type))


def groups(found: dict[tuple[str, str, str | None], Failures], days: int = 7) -> list[dict[str, Any]]:
    """The rows of groups by category, tool and type."""
    rows: list[dict[str, Any]] = shape({key(*name): it for name, it in found.items()}, [], query(days))["groups"]
    return rows


def test_a_group() -> None:
    used = failures(fact("error", 1, MIDNIGHT + 7), fact("timeout", 1, MIDNIGHT), fact("error", 2, MIDNIGHT + 60))
    assert groups({("skill", "a", "ValueError"): used}) == [
        {
            "tool_name": "a",
            "tool_category": "skill",
            "error_type": "ValueError",
            "count": 3,
            "users": 2,
            "first_seen": "2026-09-21 00:00:00",
            "last_seen": "2026-09-21 00:01:00",
            "trend": [0, 0, 0, 0, 0, 0, 0, 3],
        }
    ]


def test_the_most_frequent_comes_first_then_the_tool_then_the_category_then_the_type() -> None:
    once, twice = failures(fact("error")), failures(fact("error"), fact("error"))
    names = [("m", "b", None), ("n", "a", None), ("m", "a", "Z"), ("m", "a", None), ("m", "a", "B")]
    rows = groups(dict.fromkeys(names, once) | {("z", "z", "Z"): twice})
    assert [(row["tool_category"], row["tool_name"], row["error_type"]) for row in rows] == [
        ("z", "z", "Z"),
        ("m", "a", None),
        ("m", "a", "B"),
        ("m", "a", "Z"),
        ("n", "a", None),
        ("m", "b", None),
    ]


def test_a_trend_has_the_buckets_of_the_timeseries_for_every_group() -> None:
    """25 hours of one day; one behind the last, of a fast clock, for all groups or for none."""
    times = (NOW - DAY, NOW - HOUR, NOW - HOUR + 59, NOW)
    assert (hour_start(NOW), day_of(NOW) * DAY) == (NOW, MIDNIGHT)
    one = failures(*(fact("error", time=time) for time in times), width=HOUR)
    (row,) = groups({("skill", "a", None): one}, days=1)
    assert row["trend"] == [1, *[0] * 22, 2, 1]
    ahead = failures(fact("error", time=NOW + HOUR), width=HOUR)
    rows = groups({("skill", "a", None): one, ("skill", "b", None): ahead}, days=1)
    assert [row["trend"] for row in rows] == [[1, *[0] * 22, 2, 1, 0], [*[0] * 25, 1]]


def test_an_hour_of_the_first_day_counts_in_its_day() -> None:
    """Where a window begins inside a day, that day is told by the hour."""
    both = failures(fact("error", time=NOW - 3 * DAY), fact("error", time=NOW - 3 * DAY + HOUR), width=HOUR)
    (row,) = groups({("skill", "a", None): both}, days=3)
    assert row["trend"] == [2, 0, 0, 0]


def test_the_latest_are_listed_as_they_came() -> None:
    latest = [{"tool_name": "b"}, {"tool_name": "a"}]
    assert shape({}, latest, query()) == {"errors": latest, "count": 2, "groups": []}


def test_the_latest_are_50_if_nothing_else_is_said() -> None:
    (limit,) = REPORT.own
    assert [limit.read(text) for text in (None, "1", "200")] == [50, 1, 200]
