"""Which tools are used together in one session, and which is first? Of the filters, tool and category alone narrow it.

A session is what events of one person on a UTC day share by their session_id; of events without one, the uses with one
agent, none of them more than 30 minutes after the one before. A posted session tells the pairs of its skills that its
events do not.
"""

from __future__ import annotations

from typing import Any

from counting.dimensions import Pair, Tool
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


def shape(pairs: dict[Pair, Tally], summed: int, query: Query) -> dict[str, Any]:
    """Pairs of as many people as nobody is recognised among, those of most sessions first: with the one that was first,
    and those of which nobody knows it; and how many there are of fewer people.

    summed: the day (since 1970) before which days are counted.
    """
    shown = [(pair, tally) for pair, tally in pairs.items() if len(tally.people) >= limits.PUBLIC_PEOPLE]
    shown.sort(key=lambda it: (-it[1].invocations, *(part for tool in it[0][:2] for part in reversed(tool))))
    most = query.values["limit"]
    last = min(summed, day_of(query.last_moment) + 1) - 1
    return {
        "period": period(query.days),
        "until": date(last) if last >= day_of(query.window.start) else None,
        "pairs": [_in_order(*it) for it in shown if it[0].ordered][:most],
        "unordered": [_unordered(*it) for it in shown if not it[0].ordered][:most],
        "hidden": len(pairs) - len(shown),
    }


def _in_order(pair: Pair, tally: Tally) -> dict[str, Any]:
    return {"before": _named(pair.first), "after": _named(pair.later), **_counted(tally)}


def _unordered(pair: Pair, tally: Tally) -> dict[str, Any]:
    return {"both": [_named(pair.first), _named(pair.later)], **_counted(tally)}


def _counted(tally: Tally) -> dict[str, int]:
    return {"sessions": tally.invocations, "unique_users": len(tally.people)}


def _named(tool: Tool) -> dict[str, str]:
    return {"tool_name": tool.name, "tool_category": tool.category}


REPORT = Report("together", ask, days=30, own=(_LIMIT,))
