"""Many counters in one integer."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counting import counts

SOME = settings(max_examples=40, deadline=None, derandomize=True)
MOST = 2**32 - 1  # what a counter may come to
COUNTERS = st.lists(
    st.one_of(st.just(0), st.integers(0, 255), st.integers(0, 2**16 - 1), st.integers(0, MOST)), max_size=300
)


def counter(all_counts: int, place: int) -> int:
    """The counter at a place."""
    return counts.below(counts.above(all_counts, place), 1)


def packed(counters: list[int]) -> int:
    """Counters as one integer, by the definition."""
    return sum(counter * 2 ** (32 * place) for place, counter in enumerate(counters))


def at_places(*pairs: tuple[int, int]) -> int:
    """Some counters, by their place."""
    return sum(count * counts.unit(place) for place, count in pairs)


def trimmed(counters: list[int]) -> list[int]:
    """Without the zeros behind the last counter."""
    return counters if not counters or counters[-1] else trimmed(counters[:-1])


@pytest.mark.parametrize("place", [0, 1, 15, 500])
def test_each_place_holds_a_counter_of_its_own(place: int) -> None:
    most = MOST * counts.unit(place)
    every = at_places(*((at, 7) for at in range(600) if at != place)) + most
    assert counter(every, place) == MOST
    assert [counter(every, at) for at in (place + 1, place + 2)] == [7, 7]
    assert counter(most, place + 1) == 0
    assert counter(0, place) == 0


@SOME
@given(COUNTERS, st.integers(0, 20))
def test_counters_are_told_apart_at_any_place(counters: list[int], place: int) -> None:
    some = packed(counters)
    assert counts.below(some, place) == packed(counters[:place])
    assert counts.above(some, place) == packed(counters[place:])
    assert counts.listed(some).tolist() == trimmed(counters)


def test_places_are_counted_one_by_one() -> None:
    assert counts.of_places([3, 0, 3]) == 2 * counts.unit(3) + counts.unit(0)


@SOME
@given(st.lists(st.integers(0, 2**20), max_size=300), st.lists(st.integers(0, 2**20), max_size=300))
def test_adding_two_adds_every_counter(first: list[int], second: list[int]) -> None:
    wide = max(len(first), len(second))
    both = [sum(pair) for pair in zip(_padded(first, wide), _padded(second, wide), strict=True)]
    assert packed(first) + packed(second) == packed(both)
    assert counts.total(packed(both)) == sum(first) + sum(second)


def test_a_total_may_be_wider_than_any_counter() -> None:
    assert counts.total(at_places((0, 2**31), (9, 2**31 - 2))) == 2**32 - 2
    assert counts.total(0) == 0


@SOME
@given(COUNTERS)
def test_it_is_read_as_it_was_written(counters: list[int]) -> None:
    some = packed(counters)
    assert counts.from_json(json.loads(json.dumps(counts.to_json(some)))) == some


@SOME
@given(st.lists(COUNTERS.map(lambda counters: [counter // 8 for counter in counters]), max_size=7))
def test_several_are_read_as_their_sum(several: list[list[int]]) -> None:
    written = [counts.to_json(packed(counters)) for counters in several]
    assert counts.sum_of_json(written) == sum(map(packed, several))


def test_a_few_counters_are_written_as_pairs() -> None:
    assert counts.to_json(0) == []
    assert counts.to_json(at_places((3, 2))) == [3, 2]
    assert counts.to_json(at_places((1, 1), (700, 5))) == [1, 1, 700, 5]
    assert counts.to_json(at_places(*((2 * place, 1) for place in range(24)))) == [
        number for place in range(24) for number in (2 * place, 1)
    ]


@pytest.mark.parametrize(("width", "most"), [(1, 1), (1, 255), (2, 256), (2, 2**16 - 1), (4, 2**16), (4, MOST)])
def test_many_counters_are_written_in_as_many_bytes_as_the_greatest_needs(width: int, most: int) -> None:
    """Each of them, and no more: a counter in four bytes where one is enough makes a rollup four times as wide."""
    counters = [0, *[1] * 40, most]
    written = counts.to_json(packed(counters))
    assert isinstance(written, str)
    assert written[0] == str(width)
    data = base64.b64decode(written[1:])
    assert len(data) == width * len(counters)
    steps = range(0, len(data), width)
    assert [int.from_bytes(data[step : step + width], "little") for step in steps] == counters
    assert counts.from_json(written) == packed(counters)


@pytest.mark.parametrize("most", [1, 255, 256, 2**16, MOST])
def test_the_form_changes_nothing(most: int) -> None:
    """The same counters as pairs say the same."""
    counters = [place % 3 for place in range(100)] + [most]
    pairs = [number for place, count in enumerate(counters) if count for number in (place, count)]
    written = counts.to_json(packed(counters))
    assert isinstance(written, str)
    assert counts.from_json(pairs) == counts.from_json(written)
    assert len(json.dumps(written)) < len(json.dumps(pairs)) * (1 if most < 2**16 else 2)


def test_it_goes_into_json_as_it_is() -> None:
    written = counts.to_json(at_places(*((place, 200 + place) for place in range(64))))
    assert json.dumps(written) == f'"{written}"'


def _padded(counters: list[int], wide: int) -> list[int]:
    return counters + [0] * (wide - len(counters))
