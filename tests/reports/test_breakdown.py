"""A row for each value of a dimension."""

from __future__ import annotations

from counting.dimensions import BREAKDOWNS
from reports.breakdown import REPORT, first, shape
from reports.parameters import COMPARE
from tests.tallies import fact, tally


def test_a_value() -> None:
    used = tally(
        fact("success", 1, duration_ms=4), fact("timeout", 2, duration_ms=1), fact("skipped", 2, duration_ms=1)
    )
    assert shape({"codex": used}, {"codex": tally(fact("error", duration_ms=3)), "gone": used}) == [
        {
            "key": "codex",
            "invocations": 3,
            "unique_users": 2,
            "success_rate": "50.00",
            "error_rate": "50.00",
            "known_outcomes": 2,
            "p50": 1,
            "p95": 4,
            "previous": {
                "invocations": 1,
                "unique_users": 1,
                "success_rate": "0.00",
                "known_outcomes": 1,
                "p95": 3,
            },
        }
    ]


def test_the_most_used_comes_first_and_then_the_name() -> None:
    once, twice = tally(fact()), tally(fact(), fact())
    tallies = {"b": once, "a": once, "z": twice}
    assert [row["key"] for row in shape(first(tallies, 3), {})] == ["z", "a", "b"]
    assert list(first(tallies, 2)) == ["z", "a"]


def test_it_must_be_asked_by_a_dimension() -> None:
    by, compare = REPORT.own
    assert (by.name, by.good, compare) == ("by", BREAKDOWNS, COMPARE)
