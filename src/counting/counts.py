"""Many counters in one integer, so that two lists of hundreds are added in one step, and how it is kept as JSON.

Counter n lies in bits 32n … 32n + 31. Adding the integers adds every counter; none may reach 2^32, which is more events
than a database holds.
"""

from __future__ import annotations

import binascii
from array import array
from collections.abc import Iterable
from itertools import compress

Json = list[int] | str

_BITS = 32
_BYTES = _BITS // 8
_MASK = (1 << _BITS) - 1
_FEW = 24  # so many set bits are shorter, and sooner read, as pairs than as a packed list


def unit(place: int) -> int:
    """One at a place."""
    return 1 << place * _BITS


def of_places(places: Iterable[int]) -> int:
    """One at each of these places, at least one; as many as it comes there."""
    some = list(places)
    counters = array("I", bytes(_BYTES * (max(some) + 1)))
    for place in some:
        counters[place] += 1
    return int.from_bytes(counters.tobytes(), "little")


def above(counts: int, place: int) -> int:
    """The counters from a place on, that one first."""
    return counts >> place * _BITS


def below(counts: int, place: int) -> int:
    """The counters before a place."""
    return counts & (1 << place * _BITS) - 1


def total(counts: int) -> int:
    """The sum of all counters: what is left of it by 2^32 - 1, to which every power of 2^32 leaves 1."""
    return counts % _MASK


def listed(counts: int) -> memoryview:
    """The counters one by one, up to the last that is not 0."""
    places = -(-counts.bit_length() // _BITS)
    return memoryview(counts.to_bytes(places * 4, "little")).cast("I")


def to_json(counts: int) -> Json:
    """[place, count, place, count, …] where they are few; else all of them in 1, 2 or 4 bytes each, as base64 behind
    that digit.
    """
    if counts.bit_count() <= _FEW:
        return _pairs(counts)
    places = listed(counts)
    most = max(places)
    if most < 1 << 8:
        return "1" + _text(bytes(places.tolist()))
    if most < 1 << 16:
        return "2" + _text(array("H", places).tobytes())
    return "4" + _text(places.tobytes())


def from_json(value: Json) -> int:
    """What to_json wrote."""
    if not isinstance(value, str):
        return _from_pairs(value)
    data = binascii.a2b_base64(value[1:])
    each = int(value[0])
    wide = bytearray(len(data) // each * _BYTES)
    for byte in range(each):
        wide[byte::_BYTES] = data[byte::each]
    return int.from_bytes(wide, "little")


def sum_of_json(values: Iterable[Json]) -> int:
    """The sum of what to_json wrote several times."""
    whole = 0
    pairs: list[int] = []
    for value in values:
        if isinstance(value, str):
            whole += from_json(value)
        else:
            pairs += value
    return whole + _from_pairs(pairs)


def _from_pairs(value: list[int]) -> int:
    if not value:
        return 0
    places = value[::2]
    counters = array("I", bytes(_BYTES * (max(places) + 1)))
    for place, count in zip(places, value[1::2], strict=True):
        counters[place] += count
    return int.from_bytes(counters.tobytes(), "little")


def _pairs(counts: int) -> list[int]:
    places = listed(counts)
    pairs: list[int] = []
    for place in compress(range(len(places)), places):
        pairs += (place, places[place])
    return pairs


def _text(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()
