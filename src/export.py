"""Stored events as NDJSON or CSV, page by page: a million rows do not fit in memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import limits
import store
from events import STORED_FIELDS
from keys import first_key
from store import Filters

if TYPE_CHECKING:
    from d1 import Database, Row

FORMATS = {"ndjson": "application/x-ndjson; charset=utf-8", "csv": "text/csv; charset=utf-8"}

COLUMNS = ("id", "timestamp", "user_id_hash", *STORED_FIELDS)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def stream(database: Database, start: int, filters: Filters, form: str) -> AsyncIterator[str]:
    """The events since a time (epoch seconds) in key order, a chunk of text a page."""
    if form == "csv":
        yield _csv([dict(zip(COLUMNS, COLUMNS, strict=True))])
    after: int | None = first_key(start) - 1
    while after is not None:
        rows, after = await store.export_page(database, after, filters, limits.EXPORT_PAGE_EVENTS)
        if rows:
            yield _csv(rows) if form == "csv" else "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _csv(rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([_harmless(row[column]) for column in COLUMNS] for row in rows)
    return text.getvalue()


def _harmless(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
