"""Counts of some events."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

from counting.histogram import bucket_of
from counting.tally import Detail, Tally
from tests.tallies import NOW, fact, tally

FACTS = (
    fact("success", 1, NOW, 10, trigger="user", category="skill"),
    fact("error", 2, NOW - 60, None, trigger="model", category="mcp"),
    fact("success", 1, NOW + 60, 0, trigger="user", category="skill"),
    fact("timeout", 3, NOW - 30, 10, trigger="nested", category="mcp"),
)


def same(one: Tally, other: Tally) -> bool:
    """Whether they count the same."""
    return one.to_json() == other.to_json()


def test_what_is_counted_of_an_event() -> None:
    counted = tally(*FACTS)
    assert counted.invocations == 4
    assert counted.statuses == {"success": 2, "error": 1, "timeout": 1}
    assert counted.triggers == {"user": 2, "model": 1, "nested": 1}
    assert counted.categories == {"skill": 2, "mcp": 2}
    assert counted.durations == {bucket_of(10): 2, "0": 1}
    assert counted.duration_ms == 20
    assert [number in counted.people for number in range(5)] == [False, True, True, True, False]
    assert (counted.first, counted.last) == (NOW - 60, NOW + 60)


def test_nothing_is_counted() -> None:
    assert (Tally().invocations, Tally().first, Tally().last, len(Tally().people)) == (0, None, None, 0)
    assert Tally.from_json(Tally().to_json()).to_json() == Tally().to_json()


def test_details() -> None:
    def fields(detail: Detail) -> dict[str, Any]:
        counted = Tally()
        counted.add(fact("error", 5, NOW, 10), detail)
        return counted.to_json()

    everything = fields(Detail.TOOL)
    assert everything.keys() == {"s", "t", "c", "d", "ms", "p", "f", "l"}
    assert fields(Detail.SERIES) == {name: everything[name] for name in ("s", "d", "ms", "p")}
    assert fields(Detail.ERROR) == {name: everything[name] for name in ("s", "p", "f", "l")}


def test_merging_is_counting_all_of_them_in_any_order() -> None:
    for order in permutations(FACTS):
        merged = Tally()
        for one in order:
            merged.merge(tally(one))
        assert same(merged, tally(*FACTS))
    halves = tally(*FACTS[:2])
    halves.merge(tally(*FACTS[2:]))
    assert same(halves, tally(*FACTS))


def test_merging_leaves_the_other_as_it_is() -> None:
    empty, other = Tally(), tally(*FACTS)
    empty.merge(other)
    empty.merge(other)
    empty.add(FACTS[0])
    assert same(other, tally(*FACTS))
    assert empty.invocations == 9


def test_merging_nothing_changes_nothing() -> None:
    counted = tally(*FACTS)
    counted.merge(Tally())
    assert same(counted, tally(*FACTS))


def test_subtracting_takes_one_person_out() -> None:
    """All but the first and the last time, which name nobody."""
    counted = tally(*FACTS)
    counted.subtract(tally(FACTS[0], FACTS[2]), 1)
    expected = tally(FACTS[1], FACTS[3])
    expected.first, expected.last = NOW - 60, NOW + 60
    assert same(counted, expected)
    assert "success" not in counted.statuses


def test_a_count_never_falls_below_nothing() -> None:
    counted = tally(FACTS[0])
    counted.subtract(tally(FACTS[0], FACTS[0], FACTS[1]), 1)
    assert (counted.invocations, counted.statuses, counted.durations) == (0, {}, {})


def test_it_is_read_as_it_was_written() -> None:
    for counted in (tally(*FACTS), tally(FACTS[1]), Tally()):
        again = Tally.from_json(json.loads(json.dumps(counted.to_json())))
        assert same(again, counted)
        again.add(FACTS[0])
        assert again.invocations == counted.invocations + 1


def test_rows_of_equal_events_are_counted() -> None:
    counted = Tally()
    row = {"status": "error", "trigger": "user", "tool_category": "mcp", "bucket": "3", "events": 2, "duration_ms": 5}
    counted.add_counts(row | {"first": NOW, "last": NOW + 1})
    counted.add_counts(row | {"events": 3, "bucket": None, "duration_ms": None, "first": NOW - 1, "last": NOW})
    assert (counted.statuses, counted.triggers, counted.categories) == ({"error": 5}, {"user": 5}, {"mcp": 5})
    assert (counted.durations, counted.duration_ms) == ({"3": 2}, 5)
    assert (counted.first, counted.last) == (NOW - 1, NOW + 1)
