"""How does it go, hour by hour or day by day?"""

from typing import Any

from counting.histogram import percentile
from counting.tally import Tally
from reading.ledger import Ledger
from reading.slices import Slice
from reports.figures import inside, known
from reports.parameters import Query
from reports.report import Report
from terms.dates import DAY, HOUR, timestamp
from terms.vocabulary import FAILURES

_HOURLY_DAYS = 2


async def ask(ledger: Ledger, query: Query) -> list[dict[str, Any]]:
    """GET /analytics/timeseries."""
    edges = None if query.days <= _HOURLY_DAYS else [query.window.start]
    return shape(await ledger.timeline(query.window.start, edges), query)


def shape(slices: list[Slice], query: Query) -> list[dict[str, Any]]:
    """Buckets of an hour (up to 2 days) or of a UTC day, oldest first, none missing.

    Where one of two days was too wide to keep its hours, both are given as days: a day is not its midnight.
    """
    shown = list(inside(slices, query.window))
    hourly = query.days <= _HOURLY_DAYS and all(slice_.width == HOUR for slice_ in shown)
    width = HOUR if hourly else DAY
    buckets: dict[int, Tally] = {}
    for slice_ in shown:
        buckets.setdefault(slice_.start // width * width, Tally()).merge(slice_.tally)
    last = max([int(query.now) // width * width, *buckets])
    return [
        _bucket(start, buckets.get(start) or Tally())
        for start in range(query.window.start // width * width, last + width, width)
    ]


def _bucket(start: int, tally: Tally) -> dict[str, Any]:
    return {
        "t": timestamp(start),
        "invocations": tally.invocations,
        "success": tally.statuses.get("success", 0),
        "error": sum(tally.statuses.get(status, 0) for status in FAILURES),
        "users": len(tally.people),
        "known_outcomes": known(tally),
        "p50": percentile(tally.durations, 0.50),
        "p95": percentile(tally.durations, 0.95),
    }


REPORT = Report("timeseries", ask)
