"""Limits that hold each other."""

from __future__ import annotations

from terms import limits
from terms.keys import SLOT_SECONDS


def test_limits_fit_each_other() -> None:
    assert limits.STORED_ERROR_MESSAGE_CHARACTERS <= limits.ERROR_MESSAGE_CHARACTERS
    assert limits.BATCH_EVENTS * limits.METADATA_BYTES < limits.BODY_BYTES
    assert limits.ROLLUP_EVENTS < limits.TAIL_EVENTS < limits.WAITING_EVENTS
    assert limits.ROW_CHARACTERS_OF_A_QUARTER < limits.ROW_CHARACTERS < 1_000_000, "D1 refuses a row of 2 MB"
    assert limits.ROLLUP_EVENTS < limits.ROLLUP_STEPS[0] == min(limits.ROLLUP_STEPS)
    assert limits.FOLD_EVENTS > limits.ROLLUP_EVENTS
    assert limits.ERASURE_SECONDS >= limits.SALT_DAYS * 86_400
    assert limits.CLOCK_SKEW_SECONDS <= SLOT_SECONDS
    assert limits.ROLLUP_GRACE_SECONDS < SLOT_SECONDS


def test_sizes_are_what_javascript_counts_exactly() -> None:
    assert limits.SIZE_BYTES == 2**53 - 1
