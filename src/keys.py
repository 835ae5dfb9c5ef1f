"""The clock inside an event's key: 5-minute slots since 2020 above 40 bits of hash, as the schema has it too."""

from __future__ import annotations

HASH_BITS = 40
SLOT_SECONDS = 300
EPOCH = 1_577_836_800  # 2020-01-01T00:00:00Z

# One event_id is one event up to an hour apart: so many slots to either side.
NEIGHBOURS = 3600 // SLOT_SECONDS

HOUR = 3600
DAY = 86_400


def slot(time: int) -> int:
    """The slot of a time in epoch seconds."""
    return (time - EPOCH) // SLOT_SECONDS


def second(time: int) -> int:
    """Seconds from the start of the slot, 0…299."""
    return (time - EPOCH) % SLOT_SECONDS


def event_key(time: int, hash_bits: int) -> int:
    """The primary key of an event: below 2^63, beyond what JavaScript counts exactly, so only ever sent as text."""
    return slot(time) << HASH_BITS | hash_bits


def first_key(time: int) -> int:
    """The least key of the slot that a time is in."""
    return slot(time) << HASH_BITS


def time_of(key: int, second_in_slot: int = 0) -> int:
    """Epoch seconds of a key."""
    return EPOCH + (key >> HASH_BITS) * SLOT_SECONDS + second_in_slot
