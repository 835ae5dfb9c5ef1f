"""The clock in a key."""

from __future__ import annotations

from terms.keys import EPOCH, HASH_BITS, NEIGHBOURS, SLOT_SECONDS, event_key, first_key, second_in_slot, slot, time_of


def test_keys_hold_the_time_and_fit_sqlite() -> None:
    for time in (1_577_836_800, 1_790_000_000, 4_070_908_799):
        key = event_key(time, 2**40 - 1)
        assert key < 2**63
        assert time_of(key, second_in_slot(time)) == time
        assert first_key(time) <= key < first_key(time + 300)


def test_a_key_is_told_apart_by_slot_and_hash() -> None:
    assert event_key(EPOCH, 5) == 5
    assert event_key(EPOCH + 299, 5) == 5
    assert event_key(EPOCH + 300, 0) == 1 << HASH_BITS
    assert [second_in_slot(EPOCH + second) for second in (0, 299, 300)] == [0, 299, 0]


def test_the_neighbours_are_an_hour_to_either_side() -> None:
    assert NEIGHBOURS * SLOT_SECONDS == 3600
    assert slot(EPOCH + 3600) == NEIGHBOURS
    assert slot(EPOCH - 1) == -1
