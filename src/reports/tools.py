"""Which tools are used, by how many, who triggered them, how well and how fast?"""

from typing import Any

from counting.dimensions import TOOL, tool_of
from counting.tally import Tally
from reading.ledger import Ledger
from reports.figures import average, before, outcomes
from reports.parameters import COMPARE, ROWS, Query
from reports.report import Report
from terms.dates import timestamp


async def ask(ledger: Ledger, query: Query) -> list[dict[str, Any]]:
    """GET /analytics/tools."""
    return shape(*await ledger.groups(TOOL, query.window, query.before))


def shape(tallies: dict[str, Tally], earlier: dict[str, Tally]) -> list[dict[str, Any]]:
    """A row a tool, which is a category and a name: most invocations first, then by name and category.

    earlier: the tallies of the window to compare with.
    """
    rows = [
        _row(key, tally) | {"previous": before(earlier.get(key), "p95_duration_ms")} for key, tally in tallies.items()
    ]
    return sorted(rows, key=lambda row: (-row["invocations"], row["tool_name"], row["tool_category"]))


def _row(key: str, tally: Tally) -> dict[str, Any]:
    tool = tool_of(key)
    p50, p95 = tally.percentiles(0.50, 0.95)
    ended = outcomes(tally)
    return {
        "tool_name": tool.name,
        "invocations": ended.invocations,
        "avg_duration_ms": average(tally),
        **ended.rates(),
        "tool_category": tool.category,
        "unique_users": len(tally.people),
        "p50_duration_ms": p50,
        "p95_duration_ms": p95,
        "last_used": timestamp(tally.last or 0),
        "triggers": tally.triggers(),
        "known_outcomes": ended.known,
    }


REPORT = Report("tools", ask, own=(COMPARE,), rows=ROWS)
