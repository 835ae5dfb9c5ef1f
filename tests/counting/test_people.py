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
    again.discard(10**5 + 1)
    assert len(again) == len(numbers)
