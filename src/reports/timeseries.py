"""How does it go, hour by hour or day by day?"""

from collections.abc import Iterable
from typing import Any

from counting.tally import Tally, merged
from reading.ledger import Ledger
from reading.slices import Slice
from reports.figures import inside, outcomes
from reports.parameters import Query
from reports.report import Report
from terms.dates import DAY, HOUR, timestamp

_HOURLY_DAYS = 2


async def ask(ledger: Ledger, query: Query) -> list[dict[str, Any]]:
    """GET /analytics/timeseries."""
    return shape(await ledger.timeline(query.window, edges_of(query)), query)


def shape(slices: list[Slice], query: Query) -> list[dict[str, Any]]:
    """Buckets of an hour (up to 2 days) or of a UTC day, oldest first, none missing."""
    buckets: dict[int, Tally] = {}
    width = width_of(query)
    for slice_ in inside(slices, query.window):
        start = slice_.start // width * width
        if start in buckets:
            # Most buckets are one slice, whose tally is not to be changed.
            buckets[start] = merged(buckets[start], slice_.tally)
        else:
            buckets[start] = slice_.tally
    return [_bucket(start, buckets.get(start) or Tally()) for start in bucket_starts(query, buckets)]


def edges_of(query: Query) -> list[int] | None:
    """Where slices must part, as Ledger.timeline takes it."""
    return None if query.days <= _HOURLY_DAYS else [query.window.start]


def width_of(query: Query) -> int:
    """How many seconds a bucket has; each begins with a multiple of them."""
    return HOUR if query.days <= _HOURLY_DAYS else DAY


def bucket_starts(query: Query, found: Iterable[int] = ()) -> range:
    """The starts of all buckets of a window; one behind it, of a fast clock, only if it is found."""
    width = width_of(query)
    last = max([query.last_moment // width * width, *found])
    return range(query.window.start // width * width, last + width, width)


def _bucket(start: int, tally: Tally) -> dict[str, Any]:
    p50, p95 = tally.percentiles(0.50, 0.95)
    ended = outcomes(tally)
    return {
        "t": timestamp(start),
        "invocations": ended.invocations,
        "success": ended.success,
        "error": ended.failure,
        "users": len(tally.people),
        "known_outcomes": ended.known,
        "p50": p50,
        "p95": p95,
    }


REPORT = Report("timeseries", ask)
