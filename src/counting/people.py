"""A set of people, who are small numbers: kept as a bitmap, so that sets of any size are merged and counted quickly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from counting.packing import pack, unpack

_PACKED = "z:"
_NUMBER_CHARACTERS = 8  # some, for a number
_DIGITS = 4096  # up to here a bitmap is made sooner of binary digits than of bytes
_PACKED_BITS = 8192  # from here on compressing saves more than its text form costs


class People:
    """A set of people by number: a bitmap, and numbers not yet in it."""

    __slots__ = ("_bits", "_numbers")

    def __init__(self, bits: int = 0, numbers: Iterable[int] = ()) -> None:
        self._bits = bits
        self._numbers = list(numbers)

    def add(self, number: int) -> None:
        self._numbers.append(number)

    def add_all(self, numbers: Iterable[int]) -> None:
        self._numbers += numbers

    def update(self, other: People) -> None:
        self._bits |= other._bits
        self._numbers += other._numbers

    def update_json(self, *values: str | list[int]) -> None:
        """Add the sets that to_json wrote."""
        for value in values:
            if isinstance(value, list):
                self._numbers += value
            elif value.startswith(_PACKED):
                self._bits |= int.from_bytes(unpack(value[len(_PACKED) :]), "little")
            else:
                self._bits |= int(value, 16)

    def without(self, other: People) -> list[int]:
        """The numbers that are not in another set."""
        return _positions(self._bitmap() & ~other._bitmap())

    def minus(self, other: People) -> People:
        """Those that are not in another set."""
        return People(self._bitmap() & ~other._bitmap())

    def both(self, other: People) -> People:
        """Those that are in another set too."""
        return People(self._bitmap() & other._bitmap())

    def copy(self) -> People:
        """A set of its own with the same numbers."""
        return People(self._bits, self._numbers)

    def __contains__(self, number: int) -> bool:
        return number in self._numbers or bool(self._bits >> number & 1)

    def __iter__(self) -> Iterator[int]:
        return iter(_positions(self._bitmap()))

    def __len__(self) -> int:
        if not self._bits:
            return len(set(self._numbers))  # of a few numbers nobody needs a bitmap
        return self._bitmap().bit_count()

    def to_json(self) -> str | list[int]:
        """The numbers themselves where they are few, else hex digits of the bitmap, a long one as base64 of zlib."""
        if self._numbers and not self._bits:
            numbers = sorted(set(self._numbers))
            if _are_few(len(numbers), numbers[-1] + 1):
                return numbers
        bits = self._bitmap()
        if _are_few(bits.bit_count(), bits.bit_length()):
            return _positions(bits)
        if bits.bit_length() < _PACKED_BITS:
            return f"{bits:x}"
        return _PACKED + pack(bits.to_bytes(bits.bit_length() // 8 + 1, "little"))

    @classmethod
    def from_json(cls, value: str | list[int]) -> People:
        """The set that to_json wrote."""
        people = cls()
        people.update_json(value)
        return people

    def _bitmap(self) -> int:
        if self._numbers:
            self._bits |= _bits_of(self._numbers)
            self._numbers = []
        return self._bits


def one_as_json(number: int) -> str | list[int]:
    """What People.to_json says of one person."""
    return [number] if _are_few(1, number + 1) else f"{1 << number:x}"


def sum_as_json(values: Iterable[str | list[int]]) -> str | list[int]:
    """What People.to_json says of all that it has written of."""
    people = People()
    people.update_json(*values)
    return people.to_json()


def _are_few(numbers: int, bits: int) -> bool:
    """Whether numbers are shorter than the hex digits of a bitmap of so many bits, of which each holds 4."""
    return numbers * _NUMBER_CHARACTERS < bits // 4


def _bits_of(numbers: list[int]) -> int:
    """The bitmap of numbers, at least one."""
    most = max(numbers)
    if most < _DIGITS:
        digits = bytearray(b"0" * (most + 1))  # the last is that of 0
        for number in numbers:
            digits[most - number] = 49  # "1"
        return int(digits, 2)
    bits = bytearray(most // 8 + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def _positions(bits: int) -> list[int]:
    positions = []
    while bits:
        lowest = bits & -bits
        positions.append(lowest.bit_length() - 1)
        bits ^= lowest
    return positions
