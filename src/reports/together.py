"""Which tools are used together in one session, and which is first? Of the filters, tool and category alone narrow it.

A session is told by what its events say: the uses of one person with one agent on a UTC day, none of them more than 30
minutes after the one before.
"""

from __future__ import annotations

from typing import Any

from counting.dimensions import Tool
from counting.tally import Tally
from reading.ledger import Ledger
from reports.figures import period
from reports.parameters import Query, integer
from reports.report import Report
from terms import limits
from terms.dates import date, day_of

_LIMIT = integer("limit", limits.LIST_ROWS, limits.LIST_ROWS_MOST)


async def ask(ledger: Ledger, query: Query) -> dict[str, Any]:
    """GET /analytics/together."""
    pairs, summed = await ledger.together(query.window)
    return shape(pairs, summed, query)


def shape(pairs: dict[tuple[Tool, Tool], Tally], summed: int, query: Query) -> dict[str, Any]:
    """Pairs of as many people as nobody is recognised among, those of most sessions first; and how many there are of
    fewer.

    summed: the day (since 1970) before which days are counted.
    """
    shown = [_row(*pair, tally) for pair, tally in pairs.items() if len(tally.people) >= limits.PUBLIC_PEOPLE]
    shown.sort(key=lambda row: (-row["sessions"], *row["before"].values(), *row["after"].values()))
    last = min(summed, day_of(query.last_moment) + 1) - 1
    return {
        "period": period(query.days),
        "until": date(last) if last >= day_of(query.window.start) else None,
        "pairs": shown[: query.values["limit"]],
        "hidden": len(pairs) - len(shown),
    }


def _row(before: Tool, after: Tool, tally: Tally) -> dict[str, Any]:
    return {
        "before": _named(before),
        "after": _named(after),
        "sessions": tally.invocations,
        "unique_users": len(tally.people),
    }


def _named(tool: Tool) -> dict[str, str]:
    return {"tool_name": tool.name, "tool_category": tool.category}


REPORT = Report("together", ask, days=30, own=(_LIMIT,))
