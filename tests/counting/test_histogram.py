"""Durations as histograms."""

from __future__ import annotations

import asyncio
import math
import random

import pytest

from counting import histogram
from counting.dimensions import Filters
from counting.histogram import bucket_of, percentile
from storage import events
from storage.database import Row
from terms import limits
from tests.database import NOW, SqliteDatabase, new_event


@pytest.mark.parametrize("seed", range(20))
def test_percentiles_are_within_12_percent(seed: int) -> None:
    chance = random.Random(seed)
    durations = sorted(min(int(chance.lognormvariate(seed, 2)), limits.DURATION_MS) for _ in range(500))
    buckets: dict[str, int] = {}
    for duration in durations:
        buckets[bucket_of(duration)] = buckets.get(bucket_of(duration), 0) + 1
    for rank in (0.5, 0.95, 0.99):
        exact = durations[math.ceil(rank * len(durations)) - 1]
        assert abs((percentile(buckets, rank) or 0) - exact) <= 0.12 * exact


def test_a_percentile_of_nothing() -> None:
    assert percentile({}, 0.5) is None
    assert percentile({bucket_of(0): 3}, 0.5) == 0


def test_every_duration_has_a_bucket_of_its_own_order() -> None:
    buckets = [int(bucket_of(duration)) for duration in (*range(2000), limits.DURATION_MS)]
    assert buckets == sorted(buckets)


def test_sql_has_the_same_buckets() -> None:
    """At every edge: events/counts.sql works out a bucket by a logarithm."""
    durations = sorted({edge + by for edge in histogram._LEAST for by in (-1, 0, 1) if edge + by >= 0})

    async def play() -> list[Row]:
        database = SqliteDatabase()
        new = [new_event(duration, NOW) for duration in durations]
        for event, duration in zip(new, durations, strict=True):
            event.fields.update(duration_ms=duration, tool_name=str(duration))
        assert await events.add(database, new) == len(durations)
        return await events.counts(database, "tool", NOW, "", Filters())

    found = {int(row["slice"]): row["bucket"] for row in asyncio.run(play())}
    within = [duration for duration in durations if duration <= limits.DURATION_MS]
    assert {duration: found[duration] for duration in within} == {duration: bucket_of(duration) for duration in within}


def test_an_edge_is_the_first_duration_of_its_bucket() -> None:
    for bucket, edge in enumerate(histogram._LEAST):
        if edge <= limits.DURATION_MS and histogram._LEAST.count(edge) == 1:
            assert bucket_of(edge) == str(bucket)
            assert edge == 0 or bucket_of(edge - 1) != str(bucket)


def test_a_bucket_stands_for_the_value_that_is_off_least() -> None:
    by_bucket: dict[str, list[int]] = {}
    for duration in range(5000):
        by_bucket.setdefault(bucket_of(duration), []).append(duration)
    by_bucket.popitem()  # the last is not whole
    for bucket, durations in by_bucket.items():
        ends = [end for end in (durations[0], durations[-1]) if end]

        def off(value: int, ends: list[int] = ends) -> float:
            return max((abs(value - end) / end for end in ends), default=abs(value))

        assert off(percentile({bucket: 1}, 0.5) or 0) == min(map(off, range(durations[0], durations[-1] + 1))), bucket


def test_the_longest_duration_is_off_by_12_percent_at_most() -> None:
    longest = percentile({bucket_of(limits.DURATION_MS): 1}, 0.5)
    assert abs((longest or 0) - limits.DURATION_MS) <= 0.12 * limits.DURATION_MS


def test_percentiles_are_of_the_nearest_rank() -> None:
    two = {bucket_of(1): 1, bucket_of(1000): 1}
    assert (percentile(two, 0), percentile(two, 0.5)) == (1, 1)
    assert (percentile(two, 0.51) or 0) > 900
    assert (percentile(two, 1) or 0) > 900
