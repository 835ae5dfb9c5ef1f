"""Tallies: what they count, merged, taken out, and written as JSON."""

from __future__ import annotations

from typing import Any

import pytest

from counting.tally import Detail, Tally
from tests.edges.facts import NOON, fact


def tally(*facts: Any, detail: Detail = Detail.TOOL) -> Tally:
    made = Tally()
    for it in facts:
        made.add(it, detail)
    return made


@pytest.mark.parametrize(
    ("detail", "names"), [(Detail.ERROR, "spfl"), (Detail.SERIES, ("s", "p", "d", "ms")), (Detail.TOOL, None)]
)
def test_no_more_is_counted_than_is_asked(detail: Detail, names: Any) -> None:
    fields = tally(fact(1), detail=detail).to_json()
    assert fields.keys() == set(names or ("s", "t", "c", "d", "ms", "p", "f", "l"))


def test_an_event_without_a_duration_has_none() -> None:
    assert not {"d", "ms"} & tally(fact(1, duration_ms=None)).to_json().keys()
    assert tally(fact(1, duration_ms=0)).to_json()["d"] == {"0": 1}


def test_tallies_merge_into_what_all_events_count() -> None:
    first, second = fact(1, status="error", duration_ms=None), fact(2, trigger="model", duration_ms=1000)
    merged = tally(second)
    merged.merge(tally(first))
    assert merged.to_json() == tally(first, second).to_json()
    assert (merged.first, merged.last) == (NOON + 1, NOON + 2)


def test_a_tally_without_times_changes_none() -> None:
    series = tally(fact(1), detail=Detail.SERIES)
    merged = tally(fact(2))
    merged.merge(series)
    assert (merged.first, merged.last, merged.invocations) == (NOON + 2, NOON + 2, 2)
    series.merge(Tally())
    assert (series.first, series.last) == (None, None)


def test_what_is_merged_in_stays_as_it_is() -> None:
    """It may be remembered: nothing of it becomes part of another tally."""
    merged, other = Tally(), tally(fact(1))
    before = other.to_json()
    merged.merge(other)
    merged.merge(tally(fact(2)))
    assert other.to_json() == before


def test_what_is_taken_out_leaves_no_zeros() -> None:
    left = tally(fact(1), fact(2, status="error", trigger="model", duration_ms=1), fact(3))
    left.subtract(tally(fact(2, status="error", trigger="model", duration_ms=1)), person=2)
    assert left.to_json() == tally(fact(1), fact(3)).to_json()


def test_counts_of_alike_events_add_up() -> None:
    row = {"status": "error", "trigger": "user", "tool_category": "skill", "bucket": "5", "events": 2}
    made = Tally()
    made.add_counts(row | {"duration_ms": 9, "first": 20, "last": 30})
    made.add_counts(row | {"bucket": None, "duration_ms": None, "first": 10, "last": 25})
    assert (made.statuses, made.triggers, made.categories) == ({"error": 4}, {"user": 4}, {"skill": 4})
    assert (made.durations, made.duration_ms, made.first, made.last) == ({"5": 2}, 9, 10, 30)
