"""Groups of errors, and the latest of them."""

from __future__ import annotations

from counting.tally import Detail, Tally
from reports.errors import REPORT, shape
from tests.tallies import MIDNIGHT, fact, tally


def test_a_group() -> None:
    used = tally(fact("error", 1, MIDNIGHT + 7), fact("timeout", 1, MIDNIGHT), fact("error", 2, MIDNIGHT + 60))
    assert shape({("a", "ValueError"): used}, [])["groups"] == [
        {
            "tool_name": "a",
            "error_type": "ValueError",
            "count": 3,
            "users": 2,
            "first_seen": "2026-09-21 00:00:00",
            "last_seen": "2026-09-21 00:01:00",
        }
    ]


def test_the_most_frequent_comes_first_then_the_tool_then_the_type() -> None:
    once, twice = tally(fact("error")), tally(fact("error"), fact("error"))
    groups = {("b", None): once, ("a", "Z"): once, ("a", None): once, ("a", "B"): once, ("z", "Z"): twice}
    rows = shape(groups, [])["groups"]
    assert [(row["tool_name"], row["error_type"]) for row in rows] == [
        ("z", "Z"),
        ("a", None),
        ("a", "B"),
        ("a", "Z"),
        ("b", None),
    ]


def test_the_latest_are_listed_as_they_came() -> None:
    latest = [{"tool_name": "b"}, {"tool_name": "a"}]
    assert shape({}, latest) == {"errors": latest, "count": 2, "groups": []}


def test_a_group_of_which_nothing_is_left_has_no_row() -> None:
    gone = Tally()
    gone.add(fact("error", 1), Detail.ERROR)
    gone.subtract(tally(fact("error", 1)), 1)
    assert shape({("a", None): gone}, [])["groups"] == []


def test_the_latest_are_50_if_nothing_else_is_said() -> None:
    (limit,) = REPORT.own
    assert [limit.read(text) for text in (None, "1", "200")] == [50, 1, 200]
