"""The stored events as NDJSON or CSV, page by page: a million rows do not fit in memory."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

from counting.dimensions import Filters
from reading.window import Window
from storage import events
from storage.database import Database
from terms import limits
from terms.keys import first_key

FORMATS = {"ndjson": "application/x-ndjson; charset=utf-8", "csv": "text/csv; charset=utf-8"}
COLUMNS = ("id", "timestamp", "user_id_hash", *events.STORED_FIELDS)
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")  # the wide ones too


async def stream(database: Database, window: Window, filters: Filters, form: str) -> AsyncIterator[str]:
    """The events of a window in key order, a chunk of text a page. form: of FORMATS."""
    as_csv = form == "csv"
    if as_csv:
        yield _csv([dict(zip(COLUMNS, COLUMNS, strict=True))])
    after: int | None = first_key(window.start) - 1
    stop = None if window.end is None else first_key(window.end)
    while after is not None:
        rows, after = await events.page(database, after, stop, filters, limits.EXPORT_PAGE_EVENTS)
        if rows:
            yield _csv(rows) if as_csv else "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _csv(rows: list[dict[str, Any]]) -> str:
    import csv  # noqa: PLC0415 - only who wants a table needs it

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([_harmless(row[column]) for column in COLUMNS] for row in rows)
    return text.getvalue()


def _harmless(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
