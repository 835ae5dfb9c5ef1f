"""Durations as histograms."""

from __future__ import annotations

import math
import random

import pytest

from counting.histogram import bucket_of, percentile
from terms import limits


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
