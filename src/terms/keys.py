"""The clock inside an event's key: 5-minute slots since 2020 above 40 bits of hash, as the schema has it too.

A table clustered by time needs no index, and D1 bills each index as another row written.
"""

from terms.dates import HOUR

HASH_BITS = 40
SLOT_SECONDS = 300
EPOCH = 1_577_836_800  # 2020-01-01T00:00:00Z

# One event_id is one event up to an hour apart: so many slots to either side are looked up.
NEIGHBOURS = HOUR // SLOT_SECONDS


def slot(time: int) -> int:
    """The slot of a time in epoch seconds."""
    return (time - EPOCH) // SLOT_SECONDS


def second_in_slot(time: int) -> int:
    """Seconds from the start of the slot, 0…299."""
    return (time - EPOCH) % SLOT_SECONDS


def event_key(time: int, hash_bits: int) -> int:
    """The primary key of an event: below 2^63, beyond what JavaScript counts exactly, so only ever sent as text."""
    return slot(time) << HASH_BITS | hash_bits


def first_key(time: int) -> int:
    """The least key of the slot that a time is in."""
    return slot(time) << HASH_BITS


def time_of(key: int, second: int = 0) -> int:
    """Epoch seconds of a key. second: from the start of its slot."""
    return EPOCH + (key >> HASH_BITS) * SLOT_SECONDS + second
