"""What a rollup writes: in pieces that fit a parameter, packed where a day is over."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from counting.rollup import Key, roll_up
from terms import limits
from tests.database import SqliteDatabase
from tests.edges.facts import NOON, fact
from upkeep.rewrite import merged

TODAY = NOON // 86_400


def rows(*days: int, today: int = TODAY) -> list[list[list[Any]]]:
    """The rows of a rollup of forty events a day, by chunk; days are counted from today."""
    facts = [fact(number, time=NOON + day * 86_400 - number * 900) for day in days for number in range(40)]
    rewrite = asyncio.run(merged(SqliteDatabase(), roll_up((it, False) for it in facts), today))
    assert rewrite.hours == frozenset(range(2, 13))
    return [json.loads(chunk) for chunk in rewrite.chunks]


def test_nothing_is_no_chunk() -> None:
    assert asyncio.run(merged(SqliteDatabase(), {}, TODAY)).chunks == []


def test_hours_are_packed_of_days_that_are_over() -> None:
    (chunk,) = rows(-1, 0)
    assert {row[1] - TODAY for row in chunk if row[4].startswith('"')} == {-1}
    assert {row[1] - TODAY for row in chunk if row[4].startswith("{")} == {0}


def test_chunks_hold_all_rows_once_and_are_as_wide_as_they_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    (every,) = rows(0)
    widths = [len(json.dumps(row)) for row in every]
    for most, sizes in (
        (sum(widths), [len(every)]),
        (sum(widths) - 1, [len(every) - 1, 1]),
        (1, [1] * len(every)),
    ):
        monkeypatch.setattr(limits, "ROLLUP_CHUNK_CHARACTERS", most)
        chunks = rows(0)
        assert [len(chunk) for chunk in chunks] == sizes
        assert [Key(*row[:3]) for chunk in chunks for row in chunk] == [Key(*row[:3]) for row in every]
