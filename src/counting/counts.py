"""Counters by place, as a list, and how they are kept as JSON."""

from __future__ import annotations

import binascii
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import chain, compress, zip_longest
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
    most = max(counts, default=0)
    if most < 1 << 8:
        return _bytes_to_json(bytes(counts))
    if sum(map(int.bit_count, counts)) <= _FEW:
        return _pairs_of(counts)
    last = max(compress(range(len(counts)), counts))
    each = "2" if most < 1 << 16 else "4"
    return each + _base64(array(_TYPES[each], counts[: last + 1]))


def of_places(places: Iterable[int]) -> Json:
    """What to_json says of counters that count each of these places once, as often as it comes there."""
    return _by_place_to_json(Counter(places))


def from_json(value: Json) -> Counts:
    """What to_json wrote."""
    return sum_of_json([value])


def sum_as_json(values: Iterable[Json]) -> Json:
    """What to_json says of the sum of what it wrote."""
    packed, pairs = _sorted_out(values)
    if not packed:
        found: dict[int, int] = {}
        for place, times in pairs:
            found[place] = found.get(place, 0) + times
        return _by_place_to_json(found)
    whole = _sum_of_packed(packed)
    if isinstance(whole, bytes):
        counts = bytearray(whole)
        try:
            _add(counts, pairs)
            return _bytes_to_json(counts)
        except ValueError:  # one is above 255 now
            pass
    all_ = list(whole)
    _add(all_, pairs)
    return to_json(all_)


def sum_of_first(value: Json, places: int) -> int:
    """The sum of the counters at so many places, the first, of what to_json wrote: the rest is not read."""
    if isinstance(value, str):
        # 12 bytes are whole counters of any width, and 16 characters.
        data = binascii.a2b_base64(value[1 : 1 - places * int(value[0]) // -12 * 16])
        return sum(_unpacked(value[0], data)[:places])
    pairs = value[: 2 * places]  # in the order of places
    return sum([times for place, times in zip(pairs[::2], pairs[1::2], strict=True) if place < places])


def sum_of_json(values: Iterable[Json], least: int = 0) -> Counts:
    """The sum of what to_json wrote, place by place. least: how many places there are at least."""
    packed, pairs = _sorted_out(values)
    whole = list(_sum_of_packed(packed))
    _widen(whole, least)
    _add(whole, pairs)
    return whole


def _pairs_of(counts: Sequence[int]) -> list[int]:
    return list(chain.from_iterable(zip(compress(range(len(counts)), counts), filter(None, counts), strict=True)))


def _by_place_to_json(found: Mapping[int, int]) -> Json:
    """What to_json says of counters, each above zero, by their place."""
    if sum(map(int.bit_count, found.values())) <= _FEW:
        return list(chain.from_iterable(sorted(found.items())))
    counts = [0] * (max(found) + 1)
    for place, times in found.items():
        counts[place] = times
    return to_json(counts)


def _bytes_to_json(counts: bytes | bytearray) -> Json:
    """What to_json says of counters of a byte each."""
    if int.from_bytes(counts, "little").bit_count() <= _FEW:
        return _pairs_of(counts)
    return "1" + _base64(counts.rstrip(b"\0"))


def _base64(data: bytes | bytearray | array[int]) -> str:
    return binascii.b2a_base64(data, newline=False).decode()


def _sorted_out(values: Iterable[Json]) -> tuple[list[str], list[tuple[int, int]]]:
    """What is packed of what to_json wrote, and the pairs of what is not."""
    packed: list[str] = []
    numbers: list[int] = []
    for value in values:
        if isinstance(value, str):
            packed.append(value)
        else:
            numbers += value
    return packed, list(zip(numbers[::2], numbers[1::2], strict=True))


def _add(counts: Counts | bytearray, pairs: Sequence[tuple[int, int]]) -> None:
    """Count these too. Raises ValueError where a counter does not fit."""
    if pairs:
        _widen(counts, max(pairs)[0] + 1)
        for place, times in pairs:
            counts[place] += times


def _sum_of_packed(packed: Sequence[str]) -> bytes | Counts:
    """The sum of packed counters: as bytes, where no counter needs more than one."""
    pieces = [binascii.a2b_base64(value[1:]) for value in packed]
    if {value[0] for value in packed} - {"1"}:
        return sum_of([_unpacked(value[0], piece) for value, piece in zip(packed, pieces, strict=True)])
    # One integer holds them all: no sum reaches its neighbour where neither counter has the highest of its 8 bits.
    width = max(map(len, pieces), default=0)
    highest = int.from_bytes(b"\x80" * width)
    whole = 0
    for piece in pieces:
        one = int.from_bytes(piece, "little")
        if whole and (whole | one) & highest:
            return sum_of([list(piece) for piece in pieces])
        whole += one
    return whole.to_bytes(width, "little")


def _unpacked(each: str, data: bytes) -> Counts:
    return memoryview(data).cast(_TYPES[each]).tolist()  # type: ignore[call-overload, no-any-return]


def _widen(counts: Counts | bytearray, places: int) -> None:
    """Make room for counters at the first places."""
    if len(counts) < places:
        counts.extend([0] * (places - len(counts)))
