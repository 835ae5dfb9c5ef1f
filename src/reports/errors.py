"""What fails, how often and for how many, and what were the latest failures?"""

from typing import Any

from counting.dimensions import error_group_of
from reading.failures import Failures
from reading.ledger import Ledger
from reports.parameters import Query, integer
from reports.report import Report
from reports.timeseries import bucket_starts, edges_of, width_of
from terms import limits
from terms.dates import timestamp

_LIMIT = integer("limit", 50, limits.LATEST_ERRORS)


async def ask(ledger: Ledger, query: Query) -> dict[str, Any]:
    """GET /analytics/errors."""
    groups, latest = await ledger.errors(query.window, edges_of(query), query.values["limit"])
    return shape(groups, latest, query)


def shape(groups: dict[str, Failures], latest: list[dict[str, Any]], query: Query) -> dict[str, Any]:
    """The latest errors, and what they have in common: the most frequent first.

    trend: how many there were in each bucket of /analytics/timeseries.
    """
    width = width_of(query)
    slices = {start for failures in groups.values() for start in failures.by_slice}
    starts = bucket_starts(query, {start // width * width for start in slices})
    rows = [_row(key, failures, starts) for key, failures in groups.items()]
    rows.sort(key=lambda row: (-row["count"], row["tool_name"], row["tool_category"], row["error_type"] or ""))
    return {"errors": latest, "count": len(latest), "groups": rows}


def _row(key: str, failures: Failures, starts: range) -> dict[str, Any]:
    group = error_group_of(key)
    trend = [0] * len(starts)
    first, step = starts.start, starts.step
    for start, count in failures.by_slice.items():
        trend[(start - first) // step] += count
    return {
        "tool_name": group.tool,
        "tool_category": group.category,
        "error_type": group.error_type,
        "count": sum(failures.by_slice.values()),
        "users": len(failures.people),
        "first_seen": timestamp(failures.first),
        "last_seen": timestamp(failures.last),
        "trend": trend,
    }


REPORT = Report("errors", ask, own=(_LIMIT,))
