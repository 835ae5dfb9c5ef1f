"""Sets of people."""

from __future__ import annotations

import json

import pytest

from counting.people import People


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
    assert sorted(again.without(other)) == list(numbers)


@pytest.mark.parametrize(
    ("numbers", "written"),
    [
        ([], "0"),
        ([1], "2"),
        ([31], "80000000"),
        ([34], "400000000"),
        ([35], [35]),
        ([1, 80], [1, 80]),
        (range(0, 8191, 2), "5" * 2048),
    ],
)
def test_a_set_is_written_in_the_shorter_form(numbers: range | list[int], written: str | list[int]) -> None:
    assert People(0, set(numbers)).to_json() == written


def test_a_long_bitmap_is_packed() -> None:
    written = People(0, set(range(1, 8192, 2))).to_json()
    assert isinstance(written, str)
    assert len(written) < 100
    assert len(People.from_json(written)) == 4096


@pytest.mark.parametrize("numbers", [[], [1], [1, 80], [35], range(30), range(0, 9000, 2)])
def test_what_was_written_is_added_to_others(numbers: range | list[int]) -> None:
    """In each of its forms, to whom the set holds in either of its own."""
    for people in (People(1 << 7 | 1 << 80), People(0, {7, 80})):
        people.update_json(json.loads(json.dumps(People(0, set(numbers)).to_json())))
        assert len(people) == len({7, 80, *numbers})
        assert all(number in people for number in (7, 80, *numbers))


def test_whoever_is_added_twice_is_there_once() -> None:
    people = People(1 << 7, {7, 8})
    people.add(7)
    assert (7 in people, 8 in people, len(people)) == (True, True, 2)


@pytest.mark.parametrize("left", [[], [1], [1, 2, 300], [2, 9000]])
def test_some_without_others(left: list[int]) -> None:
    """Wherever each of them keeps whom; both stay as they were."""
    for some in (People(1 << 5, set(left)), People(sum(1 << number for number in left), {5})):
        for others in (People(1 << 5 | 1 << 77), People(0, {5, 77})):
            assert some.without(others) == left
            assert (len(some), len(others)) == (len(left) + 1, 2)


def test_a_copy_is_a_set_of_its_own() -> None:
    for people in (People(1 << 7, {300}), People(0, {7, 300})):
        copy = people.copy()
        copy.add(8)
        copy.update(People(1 << 9))
        assert (len(people), len(copy)) == (2, 4)
        people.add(10)
        assert 10 not in copy


def test_whoever_is_in_one_of_two_sets_is_in_both_together() -> None:
    """Wherever each of them keeps whom."""
    for first in (People(1 << 7), People(0, {7})):
        for second in (People(1 << 9), People(0, {9})):
            first.update(second)
            assert (7 in first, 9 in first, 8 in first) == (True, True, False)


@pytest.mark.parametrize("far", [9, 20_000])
def test_who_is_in_one_set_and_not_or_also_in_another(far: int) -> None:
    one, other = People(0, {1, 2, far}), People(0, {2, 3})
    assert one.minus(other).without(People()) == [1, far]
    assert one.both(other).without(People()) == [2]
    assert (len(one), len(other)) == (3, 2)


def test_whoever_comes_again_is_one_person() -> None:
    """Both before a bitmap holds them and afterwards."""
    people = People(0, [3, 5, 3])
    assert (len(people), list(people)) == (2, [3, 5])
    people.add_all([5, 5, 9])
    assert (len(people), list(people)) == (3, [3, 5, 9])
