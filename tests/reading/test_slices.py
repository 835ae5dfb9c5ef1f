"""Rows and events as slices of time."""

from __future__ import annotations

import pytest

from counting.histogram import bucket_of
from reading.slices import Span, from_counts, span_of
from terms.dates import DAY, HOUR
from terms.vocabulary import STATUSES
from tests.tallies import MIDNIGHT, NOW

FIRST = MIDNIGHT // HOUR


@pytest.mark.parametrize(
    ("by_hour", "span"),
    [
        ({FIRST}, Span(NOW, HOUR)),
        ({FIRST - 24, FIRST}, Span(NOW, HOUR)),
        (frozenset(), Span(MIDNIGHT, DAY)),
        ({FIRST - 24}, Span(MIDNIGHT, DAY)),
        ({FIRST + 12}, Span(MIDNIGHT, DAY)),
        (range(FIRST - 48, FIRST + 25, 24), Span(NOW, HOUR)),
    ],
)
def test_a_time_falls_into_a_slice(by_hour: set[int], span: Span) -> None:
    """A day is known by its first hour."""
    assert span_of(NOW + 59 * 60, by_hour) == span
    assert span_of(NOW, by_hour) == span


def test_a_slice_is_closed_at_its_start_and_open_at_its_end() -> None:
    assert span_of(MIDNIGHT - 1, {FIRST}) == Span(MIDNIGHT - DAY, DAY)
    assert span_of(MIDNIGHT, {FIRST}) == Span(MIDNIGHT, HOUR)
    assert span_of(MIDNIGHT + DAY - 1, {FIRST}) == Span(MIDNIGHT + 23 * HOUR, HOUR)
    assert span_of(MIDNIGHT + DAY, {FIRST}) == Span(MIDNIGHT + DAY, DAY)


def test_counts_become_tallies() -> None:
    common = {"trigger": "user", "first": NOW, "last": NOW + 1}
    known = {"bucket": bucket_of(4), "duration_ms": 8, "least": 3, "greatest": 5}
    unknown = dict.fromkeys(("bucket", "duration_ms", "least", "greatest"))
    rows = [
        common | known | {"slice": "a", "status": "success", "events": 2, "people": "[1,2]"},
        common | unknown | {"slice": "a", "status": "error", "events": 1, "people": "[2]"},
        common | unknown | {"slice": 7, "status": "error", "events": 1, "people": "[3]"},
    ]
    tallies = from_counts(rows)
    assert tallies.keys() == {"a", "7"}
    made = tallies["a"]
    assert (made.invocations, len(made.people), made.duration_ms) == (3, 2, 8)
    assert (made.durations(), made.least, made.greatest, made.first, made.last) == (2, 3, 5, NOW, NOW + 1)
    assert {status: number for status, number in zip(STATUSES, made.statuses(), strict=True) if number} == {
        "success": 2,
        "error": 1,
    }
    assert from_counts([]) == {}
