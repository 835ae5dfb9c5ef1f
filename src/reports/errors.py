"""What fails, how often and for how many, and what were the latest failures?"""

from typing import Any

from counting.tally import Tally
from reading.ledger import ErrorGroup, Ledger
from reports.parameters import Query, integer
from reports.report import Report
from terms import limits
from terms.dates import timestamp

_LIMIT = integer("limit", 50, limits.LATEST_ERRORS)


async def ask(ledger: Ledger, query: Query) -> dict[str, Any]:
    """GET /analytics/errors."""
    return shape(*await ledger.errors(query.window, query.values["limit"]))


def shape(groups: dict[ErrorGroup, Tally], latest: list[dict[str, Any]]) -> dict[str, Any]:
    """The latest errors, and what they have in common: the most frequent first."""
    rows: list[dict[str, Any]] = [
        {
            "tool_name": tool,
            "error_type": error_type,
            "count": tally.invocations,
            "users": len(tally.people),
            "first_seen": timestamp(tally.first or 0),
            "last_seen": timestamp(tally.last or 0),
        }
        for (tool, error_type), tally in groups.items()
        if tally.invocations
    ]
    rows.sort(key=lambda row: (-row["count"], row["tool_name"], row["error_type"] or ""))
    return {"errors": latest, "count": len(latest), "groups": rows}


REPORT = Report("errors", ask, own=(_LIMIT,))
