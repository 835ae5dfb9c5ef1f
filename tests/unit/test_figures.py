"""Histograms, sets of people, windows: what reports are made of."""

from __future__ import annotations

import json
import math
import random

import pytest

import limits
from histogram import bucket_of, percentile
from keys import event_key, first_key, second, time_of
from tally import People
from window import current, previous


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


@pytest.mark.parametrize(
    "numbers", [[], [0], [1, 5, 9], range(3000), range(0, 20_000, 2), [10**6], range(90_000, 91_000)]
)
def test_sets_of_people(numbers: range | list[int]) -> None:
    people = People()
    for number in numbers:
        people.add(number)
    again = People.from_json(json.loads(json.dumps(people.to_json())))
    assert len(again) == len(people) == len(numbers)
    other = People()
    other.add(10**5 + 1)
    again.update(other)
    assert len(again) == len(numbers) + 1
    assert 10**5 + 1 in again
    again.discard(10**5 + 1)
    assert len(again) == len(numbers)


def test_windows_begin_on_a_full_hour_and_tile() -> None:
    now = 1_790_001_234.5
    assert current(now, 7).start == (int(now) - 7 * 86_400) // 3600 * 3600
    assert previous(now, 7).end == current(now, 7).start
    assert previous(now, 7).start == current(now, 7).start - 7 * 86_400
    assert current(now, 1).covers(int(now) + 250), "a fast clock's event counts as now"


def test_keys_hold_the_time_and_fit_sqlite() -> None:
    for time in (1_577_836_800, 1_790_000_000, 4_070_908_799):
        key = event_key(time, 2**40 - 1)
        assert key < 2**63
        assert time_of(key, second(time)) == time
        assert first_key(time) <= key < first_key(time + 300)
