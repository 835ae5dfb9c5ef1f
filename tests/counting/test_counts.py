"""Many counters in one integer."""

from __future__ import annotations

import base64
import json
from collections import Counter
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counting import counts

SOME = settings(max_examples=40, deadline=None, derandomize=True)
MOST = 2**32 - 1  # what a counter may come to
COUNTERS = st.lists(
    st.one_of(st.just(0), st.integers(0, 255), st.integers(0, 2**16 - 1), st.integers(0, MOST)), max_size=300
)


def at_places(*pairs: tuple[int, int]) -> list[int]:
    """Some counters, by their place."""
    made = [0] * (max((place for place, _ in pairs), default=-1) + 1)
    for place, count in pairs:
        made[place] += count
    return made


def trimmed(counters: list[int]) -> list[int]:
    """Without the zeros behind the last counter."""
    return counters if not counters or counters[-1] else trimmed(counters[:-1])


def summed(several: list[list[int]]) -> list[int]:
    """The sums, place by place."""
    return [sum(at) for at in zip_longest(*several, fillvalue=0)]


def test_places_are_counted_one_by_one() -> None:
    made: list[int] = []
    counts.count(made, [3, 0, 3])
    assert made == [1, 0, 0, 2]
    counts.count(made, (1, 4), 5)
    assert made == [1, 5, 0, 2, 5]


@SOME
@given(COUNTERS, COUNTERS)
def test_adding_two_adds_every_counter(first: list[int], second: list[int]) -> None:
    before = list(first), list(second)
    both = counts.added(first, second)
    assert both == summed([first, second])
    assert counts.without(both, second)[: len(first)] == first
    assert not any(counts.without(both, second)[len(first) :])
    assert (first, second) == before


def test_what_is_taken_away_leaves_the_rest() -> None:
    assert counts.without([5, 4, 3], [1, 4]) == [4, 0, 3]


@SOME
@given(COUNTERS)
def test_it_is_read_as_it_was_written(counters: list[int]) -> None:
    assert counts.from_json(json.loads(json.dumps(counts.to_json(counters)))) == trimmed(counters)


@SOME
@given(st.lists(COUNTERS.map(lambda counters: [counter // 8 for counter in counters]), max_size=7))
def test_several_are_read_as_their_sum(several: list[list[int]]) -> None:
    written = [counts.to_json(counters) for counters in several]
    assert counts.sum_of_json(written) == trimmed(summed(several))
    assert counts.sum_as_json(written) == counts.to_json(summed(several))


def test_a_sum_may_have_more_places_than_are_counted_at() -> None:
    assert counts.sum_of_json([[1, 7]], 3) == [0, 7, 0]
    assert counts.sum_of_json([[1, 7]], 1) == [0, 7]
    assert counts.sum_of_json([], 2) == [0, 0]


@pytest.mark.parametrize(
    "numbers", [(127, 127), (127, 128), (128, 1), (254, 1, 1), (255,), (1, 255), (85, 85, 85), (3, 1)]
)
@pytest.mark.parametrize("packed", [40, 1])
def test_no_counter_runs_over_into_the_next(numbers: tuple[int, ...], packed: int) -> None:
    """A sum of counters of a byte each, in its two forms, at what a byte holds."""
    several = [[number] * (40 if place < packed else 2) for place, number in enumerate(numbers)]
    assert counts.sum_as_json([counts.to_json(it) for it in several]) == counts.to_json(summed(several))


@pytest.mark.parametrize("number", [0, 1, 23, 24, 25, 26])
def test_as_often_as_a_place_comes_it_is_counted(number: int) -> None:
    places = [7, 7, 9, *range(20, 20 + number), 900]
    assert counts.of_places(iter(places)) == counts.to_json(at_places(*Counter(places).items()))


def test_a_few_counters_are_written_as_pairs() -> None:
    assert counts.to_json([]) == counts.to_json([0, 0]) == []
    assert counts.to_json(at_places((3, 2))) == [3, 2]
    assert counts.to_json(at_places((1, 1), (700, 5))) == [1, 1, 700, 5]
    assert counts.to_json(at_places(*((2 * place, 1) for place in range(24)))) == [
        number for place in range(24) for number in (2 * place, 1)
    ]


@pytest.mark.parametrize(("width", "most"), [(1, 1), (1, 255), (2, 256), (2, 2**16 - 1), (4, 2**16), (4, MOST)])
def test_many_counters_are_written_in_as_many_bytes_as_the_greatest_needs(width: int, most: int) -> None:
    """Each of them, and no more: a counter in four bytes where one is enough makes a rollup four times as wide."""
    counters = [0, *[1] * 40, most]
    written = counts.to_json(counters)
    assert isinstance(written, str)
    assert written[0] == str(width)
    data = base64.b64decode(written[1:])
    assert len(data) == width * len(counters)
    steps = range(0, len(data), width)
    assert [int.from_bytes(data[step : step + width], "little") for step in steps] == counters
    assert counts.from_json(written) == counters


@pytest.mark.parametrize("most", [1, 255, 256, 2**16, MOST])
def test_the_form_changes_nothing(most: int) -> None:
    """The same counters as pairs say the same."""
    counters = [place % 3 for place in range(100)] + [most]
    pairs = [number for place, count in enumerate(counters) if count for number in (place, count)]
    written = counts.to_json(counters)
    assert isinstance(written, str)
    assert counts.from_json(pairs) == counts.from_json(written)
    assert len(json.dumps(written)) < len(json.dumps(pairs)) * (1 if most < 2**16 else 2)


@SOME
@given(COUNTERS, st.integers(0, 40))
def test_of_the_first_places_the_sum_is_told(counters: list[int], places: int) -> None:
    assert counts.sum_of_first(counts.to_json(counters), places) == sum(counters[:places])


@pytest.mark.parametrize("most", [255, 2**16 - 1, MOST])
def test_of_the_first_places_it_is_told_in_each_width(most: int) -> None:
    counters = [most, 1, *[2] * 40]
    for places in range(len(counters) + 9):
        assert counts.sum_of_first(counts.to_json(counters), places) == sum(counters[:places])


def test_it_goes_into_json_as_it_is() -> None:
    written = counts.to_json(at_places(*((place, 200 + place) for place in range(64))))
    assert json.dumps(written) == f'"{written}"'
