"""A set of people, who are small numbers: kept as a bitmap, so that sets of any size are merged and counted quickly."""

from __future__ import annotations

from counting.packing import pack, unpack

_PACKED = "z:"
_PACKED_BITS = 8192  # from here on compressing saves more than its text form costs


class People:
    """A set of people by number: a bitmap, and numbers not yet in it."""

    __slots__ = ("_bits", "_numbers")

    def __init__(self, bits: int = 0, numbers: set[int] | None = None) -> None:
        self._bits = bits
        self._numbers = numbers or set()

    def add(self, number: int) -> None:
        self._numbers.add(number)

    def update(self, other: People) -> None:
        self._bits |= other._bits
        self._numbers |= other._numbers

    def discard(self, number: int) -> None:
        self._numbers.discard(number)
        if self._bits >> number & 1:
            self._bits ^= 1 << number

    def __contains__(self, number: int) -> bool:
        return number in self._numbers or bool(self._bits >> number & 1)

    def __len__(self) -> int:
        return self._bitmap().bit_count()

    def to_json(self) -> str | list[int]:
        """The numbers themselves where they are few, else hex digits of the bitmap, a long one as base64 of zlib."""
        bits = self._bitmap()
        # A number takes some 8 characters, and a hex digit holds 4 bits.
        if bits.bit_count() * 8 < bits.bit_length() // 4:
            return _positions(bits)
        if bits.bit_length() < _PACKED_BITS:
            return f"{bits:x}"
        return _PACKED + pack(bits.to_bytes(bits.bit_length() // 8 + 1, "little"))

    @classmethod
    def from_json(cls, value: str | list[int]) -> People:
        """The set that to_json wrote."""
        if isinstance(value, list):
            return cls(0, set(value))
        if value.startswith(_PACKED):
            return cls(int.from_bytes(unpack(value[len(_PACKED) :]), "little"))
        return cls(int(value, 16))

    def _bitmap(self) -> int:
        if self._numbers:
            bits = bytearray(max(self._numbers) // 8 + 1)
            for number in self._numbers:
                bits[number >> 3] |= 1 << (number & 7)
            self._bits |= int.from_bytes(bits, "little")
            self._numbers = set()
        return self._bits


def _positions(bits: int) -> list[int]:
    positions = []
    while bits:
        lowest = bits & -bits
        positions.append(lowest.bit_length() - 1)
        bits ^= lowest
    return positions
