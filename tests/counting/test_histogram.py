"""Durations as histograms, and what they know of percentiles."""

from __future__ import annotations

import asyncio
import math
import random
from bisect import bisect_right
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counting import counts, histogram
from counting.dimensions import Filters
from counting.histogram import bucket_of, percentiles
from storage import events
from storage.database import Row
from terms import limits
from tests.database import NOW, SqliteDatabase, new_event

SOME = settings(max_examples=60, deadline=None, derandomize=True)
RANKS = (0.0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
DURATIONS = st.one_of(st.integers(0, 100), st.integers(0, 10_000), st.integers(0, limits.DURATION_MS))
Draw = Callable[[random.Random], float]


def _lognormal(mean: float, spread: float) -> Draw:
    return lambda chance: chance.lognormvariate(mean, spread)


DISTRIBUTIONS: dict[str, Draw] = {
    **{f"wide {mean}": _lognormal(mean, 2) for mean in range(0, 18, 2)},
    **{f"narrow {mean}": _lognormal(mean, 0.01) for mean in (3, 6, 9, 12)},
    "uniform": lambda chance: chance.uniform(0, 5000),
    "exponential": lambda chance: chance.expovariate(1 / 800),
    "heavy tail": lambda chance: 20 * chance.paretovariate(0.7),
    "mostly nothing": lambda chance: chance.choice((0, 0, 0, 0, 90_000)),
    "two humps": lambda chance: chance.gauss(*chance.choice(((120, 9), (30_000, 900)))),
    "always the same": lambda _: 3565,
    "close to the limit": lambda chance: limits.DURATION_MS - chance.expovariate(1 / 1000),
}


def of(durations: list[int], *ranks: float) -> tuple[int | None, ...]:
    """Percentiles of durations."""
    made: list[int] = []
    for duration in durations:
        counts.count(made, [bucket_of(duration)])
    return percentiles(made, ranks or RANKS, min(durations, default=None), max(durations, default=None))


def exact(durations: list[int], rank: float) -> int:
    """The nearest-rank percentile."""
    return sorted(durations)[max(1, math.ceil(rank * len(durations))) - 1]


def width(duration: int) -> int:
    """How many durations, in milliseconds, share the bucket of one."""
    place = bisect_right(histogram._LEAST, duration)
    return histogram._LEAST[place] - histogram._LEAST[place - 1]


@pytest.mark.parametrize("number", [1, 2, 3, 10, 100, 3000])
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_percentiles_are_within_3_percent(name: str, number: int) -> None:
    chance = random.Random(f"{name} {number}")
    durations = [max(0, min(int(DISTRIBUTIONS[name](chance)), limits.DURATION_MS)) for _ in range(number)]
    for rank, found in zip(RANKS, of(durations), strict=True):
        assert found is not None
        true = exact(durations, rank)
        assert abs(found - true) <= 0.03 * true, (rank, found, true)


@SOME
@given(st.lists(DURATIONS, min_size=1, max_size=60))
def test_percentiles_lie_among_the_durations(durations: list[int]) -> None:
    """Never outside the least and the greatest, within 3 % of what they stand for, and in the order of their ranks."""
    found = [value for value in of(durations) if value is not None]
    assert len(found) == len(RANKS)
    assert found == sorted(found)
    assert (found[0], found[-1]) == (min(durations), max(durations))
    for rank, value in zip(RANKS, found, strict=True):
        assert abs(value - exact(durations, rank)) <= 0.03 * exact(durations, rank)


@SOME
@given(DURATIONS)
def test_one_duration_is_exact(duration: int) -> None:
    assert set(of([duration])) == {duration}


@SOME
@given(DURATIONS, st.integers(1, 40))
def test_so_are_several_that_are_the_same(duration: int, number: int) -> None:
    assert set(of([duration] * number)) == {duration}


@SOME
@given(DURATIONS, DURATIONS)
def test_two_durations_are_exact(first: int, second: int) -> None:
    assert of([first, second], 0.5, 0.51, 0.95) == (min(first, second), max(first, second), max(first, second))


@SOME
@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=40), st.integers(0, 200))
def test_a_percentile_moves_as_its_durations_do(durations: list[int], by: int) -> None:
    """A millisecond more for all of them moves none down, and none up by more than a bucket's width (rounded)."""
    before = of([duration + by for duration in durations])
    after = of([duration + by + 1 for duration in durations])
    for old, new in zip(before, after, strict=True):
        assert old is not None
        assert new is not None
        assert 0 <= new - old <= width(new) + 1, (old, new)


@pytest.mark.parametrize("spread", [0, 50, 400])
def test_nothing_jumps_where_it_creeps(spread: int) -> None:
    """Durations that lie close move a percentile by some milliseconds at each, and by as many as they do in all."""
    chance = random.Random(spread)
    durations = [3000 + chance.randrange(spread + 1) for _ in range(200)]
    found = [of([duration + by for duration in durations], 0.5, 0.95) for by in range(300)]
    for medians in zip(*found, strict=True):
        steps = [new - old for old, new in pairwise(medians)]
        assert min(steps) >= 0
        assert max(steps) <= 30, "no step is a third of a bucket wide"
        assert abs(medians[-1] - medians[0] - 299) <= 90


def test_a_percentile_of_nothing() -> None:
    assert of([]) == (None,) * len(RANKS)
    assert percentiles([], (0.5, 0.95), None, None) == (None, None)
    assert of([0, 0, 0], 0.5) == (0,)


def test_every_duration_has_a_bucket_of_its_own_order() -> None:
    buckets = [bucket_of(duration) for duration in (*range(5000), limits.DURATION_MS)]
    assert buckets == sorted(buckets)
    assert buckets[:36] == list(range(36)), "those below 35 ms are told apart"
    assert all(new - old <= 1 for old, new in pairwise(buckets[:-1])), "none is left out"


def test_buckets_grow_by_a_24th_of_a_doubling() -> None:
    for duration in (64, 1000, 3565, 10**6, limits.DURATION_MS // 2):
        assert bucket_of(2 * duration) - bucket_of(duration) == 24


def test_sql_has_the_same_buckets() -> None:
    """At every edge: events/counts.sql works out a bucket by a logarithm."""
    durations = sorted(
        {edge + by for edge in histogram._LEAST for by in (-1, 0, 1) if 0 <= edge + by <= limits.DURATION_MS}
    )

    async def play() -> list[Row]:
        database = SqliteDatabase()
        new = [new_event(duration, NOW) for duration in durations]
        for event, duration in zip(new, durations, strict=True):
            event.fields.update(duration_ms=duration, agent_id=str(duration))
        assert await events.add(database, new) == len(durations)
        return await events.counts(database, "agent", NOW, Filters())

    found = {int(row["slice"]): row["bucket"] for row in asyncio.run(play())}
    assert len(durations) > 1000
    assert found == {duration: bucket_of(duration) for duration in durations}


def test_an_edge_is_the_first_duration_of_its_bucket() -> None:
    for bucket, edge in enumerate(histogram._LEAST):
        if edge <= limits.DURATION_MS:
            assert bucket_of(edge) == bucket
            assert edge == 0 or bucket_of(edge - 1) == bucket - 1


def test_the_longest_duration_has_a_bucket_with_an_end() -> None:
    assert histogram._LEAST[bucket_of(limits.DURATION_MS) + 1] > limits.DURATION_MS
    assert of([1, limits.DURATION_MS], 0.5, 1) == (1, limits.DURATION_MS)


def test_percentiles_are_of_the_nearest_rank() -> None:
    hundred = list(range(1000, 101_000, 1000))
    for rank, true in ((0.5, 50_000), (0.501, 51_000), (0.95, 95_000), (0.951, 96_000), (0.99, 99_000)):
        (found,) = of(hundred, rank)
        assert found is not None
        assert bucket_of(found) == bucket_of(true)
    assert of(hundred, 0, 0.01, 0.991, 1) == (1000, 1000, 100_000, 100_000)


def test_durations_are_spread_over_their_bucket() -> None:
    """Whether it lies among the first of a block of buckets that are added up at once, or the last."""
    for bucket in range(40, 8 * 24):
        low, high = histogram._LEAST[bucket], histogram._LEAST[bucket + 1] - 1
        durations = [0, *[low, high] * 50, limits.DURATION_MS]
        found = [value or 0 for value in of(durations, *(rank / 102 for rank in range(2, 102)))]
        assert all(low <= value <= high for value in found), bucket
        assert abs(found[50] - (low + high) / 2) <= 1
        assert (found[0] - low, high - found[-1]) <= ((high - low) * 0.006 + 1,) * 2
