"""The stored events as text."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import Any

import pytest

from counting.dimensions import FILTERS, Filters
from reading import export
from reading.window import Window
from storage import events
from storage.events import STORED_FIELDS, NewEvent
from terms import limits
from terms.keys import HASH_BITS, event_key
from tests.database import NOW, CountingDatabase, new_event
from tests.reports.recount import COLUMNS


def event(number: int, time: int = NOW, **fields: Any) -> NewEvent:
    """An event with these fields."""
    plain = new_event(number, time)
    plain.fields.update(fields)
    return plain


def chunks(new: list[NewEvent], form: str, filters: Filters | None = None, start: int = NOW) -> list[str]:
    """What is streamed of these events."""

    async def play() -> list[str]:
        database = CountingDatabase()
        await events.add(database, new)
        return [chunk async for chunk in export.stream(database, Window(start), filters or Filters(), form)]

    return asyncio.run(play())


def lines(new: list[NewEvent], filters: Filters | None = None, start: int = NOW) -> list[dict[str, Any]]:
    """The events that are streamed as NDJSON."""
    return [json.loads(line) for line in "".join(chunks(new, "ndjson", filters, start)).splitlines()]


def table(new: list[NewEvent]) -> list[dict[str, str]]:
    """The events that are streamed as CSV."""
    return list(csv.DictReader(io.StringIO("".join(chunks(new, "csv")), newline="")))


def test_both_forms_hold_every_stored_field() -> None:
    fields = {"tool_name": "ü", "error_message": 'a "quote", a comma', "metadata": '{"n":1}', "duration_ms": 7}
    (line,), (row,) = lines([event(1, **fields)]), table([event(1, **fields)])
    assert tuple(line) == tuple(row) == export.COLUMNS == ("id", "timestamp", "user_id_hash", *STORED_FIELDS)
    assert line["id"] == row["id"] == str(event_key(NOW, 1))
    assert (line["timestamp"], line["user_id_hash"]) == ("2026-09-21 14:13:20", f"{1:032x}")
    for name, value in fields.items():
        assert line[name] == value
        assert row[name] == str(value)
    assert (line["error_type"], row["error_type"]) == (None, "")
    assert "ü" in chunks([event(1, **fields)], "ndjson")[0], "it is UTF-8 as it stands"


def test_nothing_to_export() -> None:
    assert chunks([], "ndjson") == []
    assert chunks([], "csv") == [",".join(export.COLUMNS) + "\r\n"]


def test_pages_are_in_the_order_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXPORT_PAGE_EVENTS", 2)
    new = [event(number, NOW + 300 * (7 * number % 5)) for number in range(5)]
    streamed = chunks(new, "ndjson")
    assert [chunk.count("\n") for chunk in streamed] == [2, 2, 1]
    times = [json.loads(line)["timestamp"] for line in "".join(streamed).splitlines()]
    assert times == sorted(times)
    assert len(chunks(new, "csv")) == 4, "its head, and the pages"


def test_a_page_without_a_match_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXPORT_PAGE_EVENTS", 2)
    new = [event(number, NOW + 300 * number, tool_name="b" if number == 6 else "a") for number in range(7)]
    assert [line["tool_name"] for line in lines(new, Filters({"tool": "b"}))] == ["b"]
    assert len(chunks(new, "ndjson", Filters({"tool": "b"}))) == 1


@pytest.mark.parametrize("name", FILTERS)
def test_filters(name: str) -> None:
    new = [event(number, **{COLUMNS[name]: value}) for number, value in enumerate("xxy")]
    new.append(event(9, test=True, **{COLUMNS[name]: "x"}))
    assert [
        len(lines(new, filters)) for filters in (Filters({name: "x"}), Filters(), Filters({}, include_test=True))
    ] == [
        2,
        3,
        4,
    ]


def test_it_begins_with_the_slot_of_its_window() -> None:
    slot = NOW // 300 * 300
    new = [event(1, slot - 1), event(2, slot), event(3, NOW)]
    assert len(lines(new, start=NOW)) == 2


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_is_taken_for_a_formula(first: str) -> None:
    (row,) = table([event(1, tool_name=f"{first}cmd", agent_id=f"a{first}")])
    assert row["tool_name"] == f"'{first}cmd"
    assert row["agent_id"] == f"a{first}"
    (line,) = lines([event(1, tool_name=f"{first}cmd")])
    assert line["tool_name"] == f"{first}cmd", "NDJSON is for machines"


def test_a_negative_number_is_no_formula() -> None:
    assert export._harmless(-5) == -5
    assert export._harmless(None) is None


def test_in_a_table_a_number_is_a_number_and_a_message_no_formula() -> None:
    table_ = table([event(number, duration_ms=-number, error_message="=1+1", error_type="1=1") for number in (0, 1)])
    assert [row["duration_ms"] for row in table_] == ["0", "-1"]
    assert {(row["error_message"], row["error_type"]) for row in table_} == {("'=1+1", "1=1")}


def test_what_is_past_its_window_is_not_exported_from_its_last_key_on() -> None:
    slot = NOW // 300 * 300
    last = (1 << HASH_BITS) - 1
    assert len(lines([event(last, slot - 1), event(0, slot), event(last, slot)], start=NOW)) == 2
