"""Counts of some events."""

from __future__ import annotations

import json
import random
from itertools import permutations
from typing import Any

import pytest

from counting.fact import Fact
from counting.histogram import bucket_of
from counting.tally import Columns, Tally, invocations, invocations_of, merged, people_of, sum_of
from terms import limits
from terms.vocabulary import STATUSES, TRIGGERS
from tests.tallies import NOW, fact, tally

FACTS = (
    fact("success", 1, NOW, 10, trigger="user"),
    fact("error", 2, NOW - 60, None, trigger="model"),
    fact("success", 1, NOW + 60, 0, trigger="user"),
    fact("timeout", 3, NOW - 30, 10, trigger="nested"),
)


def same(one: Tally, other: Tally) -> bool:
    """Whether they count the same."""
    return one.to_json() == other.to_json()


def some(named: dict[str, int]) -> dict[str, int]:
    """Those that there are any of."""
    return {name: number for name, number in named.items() if number}


def statuses(counted: Tally) -> dict[str, int]:
    """How many there are of each status."""
    return dict(zip(STATUSES, counted.statuses(), strict=True))


def test_what_is_counted_of_an_event() -> None:
    counted = tally(*FACTS)
    assert counted.invocations == invocations(counted.counts) == 4
    assert some(statuses(counted)) == {"success": 2, "error": 1, "timeout": 1}
    assert some(counted.triggers()) == {"user": 2, "model": 1, "nested": 1}
    assert (counted.durations(), counted.duration_ms) == (3, 20)
    assert (counted.least, counted.greatest) == (0, 10)
    assert counted.percentiles(0, 0.5, 1) == (0, 10, 10)
    assert [number in counted.people for number in range(5)] == [False, True, True, True, False]
    assert (counted.first, counted.last) == (NOW - 60, NOW + 60)


@pytest.mark.parametrize("duration_ms", [None, 0, 1, 3565, limits.DURATION_MS])
@pytest.mark.parametrize("status", STATUSES)
def test_whatever_an_event_is_like_it_is_counted_as_that(status: str, duration_ms: int | None) -> None:
    for trigger in TRIGGERS:
        counted = tally(*[fact(status, duration_ms=duration_ms, trigger=trigger)] * 3)
        assert counted.invocations == 3
        assert some(statuses(counted)) == {status: 3}
        assert some(counted.triggers()) == {trigger: 3}
        assert counted.durations() == (0 if duration_ms is None else 3)
        assert counted.percentiles(0.5) == (duration_ms,)


def test_all_statuses_and_triggers_are_told() -> None:
    assert len(Tally().statuses()) == len(STATUSES)
    assert tuple(Tally().triggers()) == TRIGGERS


def test_nothing_is_counted() -> None:
    nothing = Tally()
    assert (nothing.invocations, nothing.first, nothing.last, len(nothing.people)) == (0, None, None, 0)
    assert (nothing.durations(), nothing.duration_ms, nothing.least, nothing.greatest) == (0, 0, None, None)
    assert nothing.percentiles(0.5, 0.95) == (None, None)
    assert not some(statuses(nothing) | nothing.triggers())
    assert same(Tally.from_json(json.loads(json.dumps(nothing.to_json()))), nothing)


def test_of_a_failure_is_counted_how_whose_and_when() -> None:
    columns = Columns([fact("timeout", 5, NOW, 10), fact(), fact("timeout", 6, NOW - 9, 10)])
    counted = Tally.from_json(columns.failures([0, 2]))
    assert (some(statuses(counted)), some(counted.triggers())) == ({"timeout": 2}, {})
    assert (counted.durations(), counted.duration_ms, counted.least, counted.greatest) == (0, 0, None, None)
    assert (5 in counted.people, 6 in counted.people, len(counted.people)) == (True, True, 2)
    assert (counted.first, counted.last) == (NOW - 9, NOW)


def test_merging_is_counting_all_of_them_in_any_order() -> None:
    for order in permutations(FACTS):
        merged, read = Tally(), Tally()
        for one in order:
            merged.merge(tally(one))
            read.merge_json(json.loads(json.dumps(tally(one).to_json())))
        assert same(merged, tally(*FACTS))
        assert same(read, tally(*FACTS))
        for number in range(1, len(order)):
            at_once = Tally.from_json(*(tally(one).to_json() for one in order[:number]))
            at_once.add_all(order[number:])
            assert same(at_once, tally(*FACTS))
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


def test_two_merged_leave_both_as_they_are() -> None:
    one, other = tally(*FACTS[:2]), tally(*FACTS[2:])
    assert same(merged(one, other), tally(*FACTS))
    assert (same(one, tally(*FACTS[:2])), same(other, tally(*FACTS[2:]))) == (True, True)


def test_of_what_is_kept_the_people_alone_can_be_read() -> None:
    read = Tally.people_from_json(*[tally(one).to_json() for one in FACTS])
    assert (len(read.people), read.counts, read.first, read.least) == (3, Tally().counts, None, None)


def test_a_copy_is_a_tally_of_its_own() -> None:
    original = tally(*FACTS)
    copy = original.copy()
    assert same(copy, original)
    copy.add(fact("denied", 9, NOW + 999, 999))
    assert same(original, tally(*FACTS))
    assert same(copy, tally(*FACTS, fact("denied", 9, NOW + 999, 999)))
    assert Tally().copy().first is None


def test_merging_nothing_changes_nothing() -> None:
    counted = tally(*FACTS)
    counted.merge(Tally())
    assert same(counted, tally(*FACTS))
    nothing = Tally()
    nothing.merge(Tally())
    assert (nothing.first, nothing.last, nothing.least) == (None, None, None)


def test_what_has_no_durations_changes_none() -> None:
    merged, read = tally(FACTS[0]), tally(FACTS[0])
    merged.merge(tally(FACTS[1]))
    read.merge_json(tally(FACTS[1]).to_json())
    for counted in (merged, read):
        assert (counted.durations(), counted.duration_ms, counted.least, counted.greatest) == (1, 10, 10, 10)
        assert counted.invocations == 2


def test_a_duration_of_nothing_is_one() -> None:
    counted = tally(fact(duration_ms=0))
    assert (counted.durations(), counted.duration_ms, counted.least, counted.greatest) == (1, 0, 0, 0)
    again = Tally.from_json(counted.to_json())
    assert (again.durations(), again.least, again.greatest, again.percentiles(0.5)) == (1, 0, 0, (0,))


@pytest.mark.parametrize("number", [1, 30, 300, 70_000])
def test_it_is_read_as_it_was_written(number: int) -> None:
    """In each form of the counts."""
    durations = [duration**2 for duration in range(40)]
    wide = tally(*(fact(person=duration + 1, duration_ms=duration) for duration in durations))
    wide.add_counts(row("success", "user", 7, number))
    for counted in (tally(*FACTS), tally(FACTS[1]), wide):
        fields = json.loads(json.dumps(counted.to_json()))
        again = Tally.from_json(fields)
        assert same(again, counted)
        assert invocations_of(fields) == counted.invocations
        assert len(people_of(fields)) == len(counted.people)
        assert again.percentiles(0.25, 0.5, 0.99) == counted.percentiles(0.25, 0.5, 0.99)
        again.add(FACTS[0])
        assert again.invocations == counted.invocations + 1


def test_it_is_written_with_durations_where_there_are_any() -> None:
    assert tally(FACTS[1]).to_json()[1:] == ["4", NOW - 60, NOW - 60]
    assert tally(FACTS[0], FACTS[2]).to_json()[1:] == ["2", NOW, NOW + 60, 10, 0, 10]


def test_of_some_counts_the_events_are_told() -> None:
    """Each has one status, and whatever else is counted of it does not count again."""
    assert invocations(tally(*FACTS).counts) == 4
    assert invocations([0] * len(STATUSES) + [5]) == 0


def test_of_what_is_kept_the_events_are_told_before_it_is_added_up() -> None:
    """And all else afterwards, whatever is asked for first."""
    kept = [tally(one).to_json() for one in FACTS]
    for name in ("counts", "people", "first", "last", "duration_ms", "least", "greatest"):
        read = Tally.from_json(*kept)
        assert read.invocations == 4
        assert getattr(read, name) is not None
        assert (read.invocations, same(read, tally(*FACTS))) == (4, True)
    with pytest.raises(AttributeError, match="colour"):
        Tally.from_json(*kept).colour  # noqa: B018 - it is asked for


def test_what_is_added_before_it_is_read_is_counted_with_it() -> None:
    """And neither a copy nor what it is a copy of counts what is added to the other."""
    kept = [tally(one).to_json() for one in FACTS[:2]]
    original = Tally.from_json(*kept)
    original.add_all(FACTS[2:3])
    copy = original.copy()
    copy.add_all(FACTS[3:])
    assert (original.invocations, copy.invocations) == (3, 4)
    assert (same(original, tally(*FACTS[:3])), same(copy, tally(*FACTS))) == (True, True)
    assert (original.invocations, copy.invocations) == (3, 4)


def test_of_what_is_kept_some_may_have_no_duration() -> None:
    kept = [tally(one).to_json() for one in FACTS]
    assert [len(fields) for fields in kept] == [7, 4, 7, 7]
    assert same(Tally.from_json(*kept), tally(*FACTS))
    assert same(Tally.from_json(kept[1], kept[1]), tally(FACTS[1], FACTS[1]))


def row(status: str, trigger: str, duration_ms: int | None, events: int = 1, **rest: Any) -> dict[str, Any]:
    """A row of events/counts.sql about events with one duration."""
    bucket = None if duration_ms is None else bucket_of(duration_ms)
    total = None if duration_ms is None else duration_ms * events
    plain = {"status": status, "trigger": trigger, "bucket": bucket, "events": events, "duration_ms": total}
    return plain | {"least": duration_ms, "greatest": duration_ms, "first": NOW, "last": NOW} | rest


def test_rows_of_equal_events_are_counted() -> None:
    counted = Tally()
    counted.add_counts(row("error", "user", 100, 2) | {"duration_ms": 201, "greatest": 101, "last": NOW + 1})
    counted.add_counts(row("error", "user", None, 3, first=NOW - 1))
    counted.add_counts(row("success", "nested", 7))
    assert some(statuses(counted)) == {"error": 5, "success": 1}
    assert some(counted.triggers()) == {"user": 5, "nested": 1}
    assert (counted.durations(), counted.duration_ms, counted.least, counted.greatest) == (3, 208, 7, 101)
    assert (counted.first, counted.last) == (NOW - 1, NOW + 1)


def test_rows_count_what_their_events_do() -> None:
    counted = Tally()
    for one in FACTS:
        counted.add_counts(row(one.status, one.trigger, one.duration_ms, first=one.time, last=one.time))
        counted.people.add(one.person)
    assert same(counted, tally(*FACTS))


@pytest.mark.parametrize("person", [1, 2, 34, 35, 36, 500, 9000, 100_000])
@pytest.mark.parametrize("duration_ms", [None, 0, 7, 86_400_000])
@pytest.mark.parametrize("status", ["success", "unknown"])
def test_a_tally_of_one_event_is_written_without_one(person: int, duration_ms: int | None, status: str) -> None:
    one = fact(status, person, duration_ms=duration_ms, trigger="model")
    assert Columns([one]).tally([0]) == tally(one).to_json()


def many(number: int, seed: int) -> list[Fact]:
    """So many facts, of the first some of a few people and few durations, as in most tallies."""
    chance = random.Random(seed)
    return [
        fact(
            chance.choice(STATUSES),
            chance.choice((chance.randrange(1, 5), chance.randrange(1, 900), chance.randrange(1, 20_000))),
            NOW - chance.randrange(3600),
            chance.choice((None, 7, chance.randrange(1, 90_000))),
            trigger=chance.choice(TRIGGERS),
        )
        for _ in range(number)
    ]


@pytest.mark.parametrize("number", [1, 2, 9, 40, 400])
@pytest.mark.parametrize("seed", range(6))
def test_of_facts_by_column_tallies_of_any_part_are_made(number: int, seed: int) -> None:
    facts = many(number, seed)
    columns = Columns(facts)
    for part in (range(number), random.Random(seed).sample(range(number), (number + 1) // 2)):
        assert columns.tally(part) == tally(*[facts[it] for it in part]).to_json()


@pytest.mark.parametrize("numbers", [(1,), (1, 1), (3, 200), (50, 60), (200, 300), (1, 2, 3, 400), (40,) * 9])
def test_a_sum_of_what_is_kept_is_kept_as_one_tally_would_be(numbers: tuple[int, ...]) -> None:
    pieces = [many(number, seed) for seed, number in enumerate(numbers)]
    kept = json.loads(json.dumps([tally(*piece).to_json() for piece in pieces]))
    before = json.dumps(kept)
    assert sum_of(kept) == tally(*[one for piece in pieces for one in piece]).to_json()
    assert json.dumps(kept) == before
    assert sum_of(kept[:1]) is kept[0], "one alone is not even read"
