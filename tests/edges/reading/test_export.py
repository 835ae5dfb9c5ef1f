"""The export: every event once, page by page, as lines or as a table that no spreadsheet calculates with."""

from __future__ import annotations

import asyncio
import csv
import io
import json

import pytest

from counting.dimensions import Filters
from reading import export
from terms import limits
from tests.edges.given import LAST, START, SqliteDatabase, event, store

SECONDS = 300  # of a slot


def chunks(database: SqliteDatabase, form: str) -> list[str]:
    async def collect() -> list[str]:
        return [chunk async for chunk in export.stream(database, START, Filters(), form)]

    return asyncio.run(collect())


@pytest.fixture
def database() -> SqliteDatabase:
    """Five events of a window, the first at its first key, and one before it."""
    return store(event(LAST, START - SECONDS), *(event(number, START, duration_ms=-number) for number in range(5)))


def test_lines_are_a_page_a_chunk_and_hold_every_event(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "EXPORT_PAGE_EVENTS", 2)
    pages = chunks(database, "ndjson")
    assert [page.count("\n") for page in pages] == [2, 2, 1]
    rows = [json.loads(line) for line in "".join(pages).splitlines()]
    assert [row["duration_ms"] for row in rows] == [0, -1, -2, -3, -4]
    assert tuple(rows[0]) == ("id", "timestamp", "user_id_hash", *export.COLUMNS[3:])


def test_a_page_without_events_is_no_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXPORT_PAGE_EVENTS", 2)
    database = store(*(event(number, START, test=number < 4) for number in range(5)))
    assert len(chunks(database, "ndjson")) == 1
    assert chunks(SqliteDatabase(), "ndjson") == []


def test_a_table_has_its_head_once(database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXPORT_PAGE_EVENTS", 2)
    head, *rows = csv.reader(io.StringIO("".join(chunks(database, "csv"))))
    assert tuple(head) == export.COLUMNS
    assert [row[head.index("duration_ms")] for row in rows] == ["0", "-1", "-2", "-3", "-4"], "a number is no formula"
    assert chunks(SqliteDatabase(), "csv") == [",".join(export.COLUMNS) + "\r\n"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    table = "".join(chunks(store(event(1, START, error_message=f"{start}1+1", error_type="1=1")), "csv"))
    ((_, row),) = [list(csv.reader(io.StringIO(table, newline="")))]
    assert row[export.COLUMNS.index("error_message")] == f"'{start}1+1"
    assert row[export.COLUMNS.index("error_type")] == "1=1"
