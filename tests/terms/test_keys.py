"""The clock in a key."""

from __future__ import annotations

from terms.keys import event_key, first_key, second_in_slot, time_of


def test_keys_hold_the_time_and_fit_sqlite() -> None:
    for time in (1_577_836_800, 1_790_000_000, 4_070_908_799):
        key = event_key(time, 2**40 - 1)
        assert key < 2**63
        assert time_of(key, second_in_slot(time)) == time
        assert first_key(time) <= key < first_key(time + 300)
