"""Counters by place, as a list, and how they are kept as JSON."""

from __future__ import annotations

import binascii
from array import array
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import compress, zip_longest
from operator import add, sub

Counts = list[int]  # zeros behind the last counter mean nothing
Json = list[int] | str

_FEW = 24  # so many set bits are shorter, and sooner read, as pairs than as a packed list
_MANY = 4  # lists; from so many on all are sooner added at once than one by one
_TYPES = {"1": "B", "2": "H", "4": "I"}  # of a packed counter, by its bytes


def count(counts: Counts, places: Sequence[int], times: int = 1) -> None:
    """Count so many at each of these places, at least one; as often as it comes there."""
    _widen(counts, max(places) + 1)
    for place in places:
        counts[place] += times


def added(one: Counts, other: Counts) -> Counts:
    """The sums, place by place."""
    shorter, longer = sorted((one, other), key=len)
    return [*map(add, longer, shorter), *longer[len(shorter) :]]


def sum_of(several: Sequence[Counts]) -> Counts:
    """The sums of any number of counters, place by place."""
    if len(several) < _MANY:
        return reduce(added, several, [])
    return list(map(sum, zip_longest(*several, fillvalue=0)))


def without(all_: Counts, some: Counts) -> Counts:
    """What is left of counters when some of what they count is taken away, place by place."""
    return [*map(sub, all_, some), *all_[len(some) :]]


def to_json(counts: Counts) -> Json:
    """[place, count, place, count, …] where they are few; else all of them in 1, 2 or 4 bytes each, as base64 behind
    that digit.
    """
    places = list(compress(range(len(counts)), counts))
    if sum([counts[place].bit_count() for place in places]) <= _FEW:
        return [number for place in places for number in (place, counts[place])]
    some = counts[: places[-1] + 1]
    most = max(some)
    each = "1" if most < 1 << 8 else "2" if most < 1 << 16 else "4"
    return each + binascii.b2a_base64(array(_TYPES[each], some), newline=False).decode()


def from_json(value: Json) -> Counts:
    """What to_json wrote."""
    return sum_of_json([value])


def sum_of_json(values: Iterable[Json], least: int = 0) -> Counts:
    """The sum of what to_json wrote, place by place. least: how many places there are at least."""
    packed: list[Counts] = []
    pairs: list[int] = []
    for value in values:
        if isinstance(value, str):
            packed.append(_unpacked(value))
        else:
            pairs += value
    whole = packed[0] if len(packed) == 1 else sum_of(packed)
    _widen(whole, least)
    if pairs:
        places = pairs[::2]
        _widen(whole, max(places) + 1)
        for place, times in zip(places, pairs[1::2], strict=True):
            whole[place] += times
    return whole


def _unpacked(value: str) -> Counts:
    data = binascii.a2b_base64(value[1:])
    return list(data) if value[0] == "1" else memoryview(data).cast(_TYPES[value[0]]).tolist()  # type: ignore[call-overload]


def _widen(counts: Counts, places: int) -> None:
    """Make room for counters at the first places."""
    if len(counts) < places:
        counts += [0] * (places - len(counts))
