"""Rollups as they are kept: merged, taken out of, and what a day keeps apart."""

from __future__ import annotations

from typing import Any

import pytest

from counting.dimensions import TOOL
from counting.fact import Fact
from counting.kept import KeptRollup, hourly_tallies, latest_errors, totals
from counting.rollup import Key, Rollup, roll_up
from terms import limits
from terms.vocabulary import OTHER
from tests.edges.facts import NOON, fact

DAY = NOON // 86_400
VERSIONS = Key("version", DAY, "")
ERRORS = Key(TOOL, DAY, "a")


def rollup(key: Key, *facts: Fact) -> Rollup:
    return roll_up((it, False) for it in facts)[key]


def kept(key: Key, *batches: list[Fact]) -> KeptRollup:
    """A rollup of batches of events, merged in one after the other, each time as it is stored."""
    row = None
    for batch in batches:
        merged = KeptRollup(row)
        merged.merge(rollup(key, *batch))
        row = as_row(merged, key)
    return KeptRollup(row)


def as_row(merged: KeptRollup, key: Key = VERSIONS, whole: bool = False) -> dict[str, Any]:
    names = ("dimension", "day", "tool_name", "totals", "hours", "latest_errors")
    return dict(zip(names, merged.to_row(key, whole), strict=True))


def counted(merged: KeptRollup) -> dict[str, int]:
    """Events by value, which the day and its one hour agree about."""
    row = as_row(merged)
    by_day, (by_hour,) = totals(row), hourly_tallies(row).values()
    assert by_day == by_hour
    return {value: sum(fields["s"].values()) for value, fields in by_day.items()}


def test_a_day_keeps_so_many_values_apart_and_the_rest_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_GROUPS", 2)
    first = [fact(1, version="1")]
    second = [fact(2, version="2"), fact(3, version="3"), fact(4, version="4")]
    third = [fact(5, version="1"), fact(6, version="2"), fact(7, version="3")]
    assert counted(kept(VERSIONS, first, second)) == {"1": 1, "2": 1, OTHER: 2}
    assert counted(kept(VERSIONS, first, second, third)) == {"1": 2, "2": 2, OTHER: 3}


def test_error_types_without_room_stay_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or they would count as the tool's own events."""
    monkeypatch.setattr(limits, "ROLLUP_GROUPS", 2)
    failures = [fact(number, status="error", error_type=f"E{number}") for number in range(3)]
    assert counted(kept(ERRORS, failures)) == {"": 3, "!E0": 1, f"!{OTHER}": 2}


def test_whoever_goes_is_taken_out_of_what_their_events_were_counted_under(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROLLUP_GROUPS", 1)
    merged = kept(VERSIONS, [fact(1, version="1"), fact(3, version="3"), fact(2, version="2")])
    assert counted(merged) == {"1": 1, OTHER: 2}
    merged.subtract(rollup(VERSIONS, fact(2, version="2")), person=2)
    assert counted(merged) == {"1": 1, OTHER: 1}


def test_a_value_that_only_they_had_goes_with_them() -> None:
    merged = kept(VERSIONS, [fact(1, version="1"), fact(2, version="2")])
    merged.subtract(rollup(VERSIONS, fact(2, version="2")), person=2)
    assert counted(merged) == {"1": 1}


def test_what_is_not_kept_cannot_be_taken_out() -> None:
    """A day that gave up its hours holds less than what goes."""
    merged = kept(VERSIONS, [fact(1, version="1")])
    merged.subtract(rollup(VERSIONS, fact(2, version="2")), person=2)
    assert counted(merged) == {"1": 1}


def test_the_newest_errors_are_kept_newest_first_and_those_of_the_gone_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LATEST_ERRORS", 3)
    merged = kept(ERRORS, *([fact(number, status="error") for number in some] for some in ((1, 4), (2, 3))))
    assert latest_errors(as_row(merged)) == [(NOON + number, number) for number in (4, 3, 2)]
    merged.subtract(rollup(ERRORS, fact(3, status="error")), person=3)
    assert latest_errors(as_row(merged)) == [(NOON + number, number) for number in (4, 2)]


def test_hours_are_packed_where_they_are_all_there_and_that_is_shorter() -> None:
    wide = kept(VERSIONS, [fact(number, time=NOON - number * 900) for number in range(40)])
    for merged, whole, packed in (
        (wide, True, True),
        (wide, False, False),
        (kept(VERSIONS, [fact(1)]), True, False),
    ):
        row = as_row(merged, whole=whole)
        assert row["hours"].startswith('"') is packed
        assert hourly_tallies(row) == hourly_tallies(as_row(merged))


@pytest.mark.parametrize("hours", [None, "null", "{}"])
def test_a_row_without_hours(hours: str | None) -> None:
    assert hourly_tallies({"hours": hours}) == {}
