"""Which tools are used, by how many, who triggered them, how well and how fast?"""

from collections.abc import Collection
from typing import Any

from counting.dimensions import TOOL, other, tool_of
from counting.sessions import TOKENS, ToolUsage, dollars
from counting.tally import Tally
from reading.ledger import Ledger
from reports.figures import average, before, most_used, outcomes
from reports.parameters import COMPARE, ROWS, Query
from reports.report import Report, Rows
from terms.dates import timestamp


async def ask(ledger: Ledger, query: Query) -> Rows:
    """GET /analytics/tools."""
    ledger.expect_tools(query.window)
    groups, earlier = await ledger.groups(TOOL, query.window, query.before)
    usage = await ledger.usage(query.window) if groups else {}
    shown = first(groups, query.values[ROWS.name])
    new = await ledger.new_among(shown.keys() - earlier.keys() - {other(TOOL)}, query.window.start)
    return Rows(shape(shown, earlier, usage, new), len(groups))


def first(tallies: dict[str, Tally], limit: int) -> dict[str, Tally]:
    """The tools of most invocations, these first, then by name and category."""
    return most_used(tallies, limit, lambda key: tool_of(key)[::-1])


def shape(
    tallies: dict[str, Tally],
    earlier: dict[str, Tally],
    usage: dict[str, ToolUsage] | None = None,
    new: Collection[str] = (),
) -> list[dict[str, Any]]:
    """A row a tool, which is a category and a name.

    earlier: the tallies of the window to compare with. usage: what tools used up in sessions; of one that is not among
    them, nothing is known. new: those that were never used before.
    """
    used = usage or {}
    nothing = before(None, "p95_duration_ms")
    rows = []
    for key, tally in tallies.items():
        row = _row(key, tally)
        row["previous"] = before(earlier[key], "p95_duration_ms") if key in earlier else nothing
        row |= _usage(used[key], row["invocations"]) if key in used else _UNKNOWN
        row["first_used"] = timestamp(tally.first or 0) if key in new else None
        rows.append(row)
    return rows


def _usage(usage: ToolUsage, uses: int) -> dict[str, Any]:
    cost = None if usage.cost is None else dollars(usage.cost)
    return {
        **{figure: getattr(usage, figure) for figure in TOKENS},
        "cost_usd": cost,
        "cost_per_use_usd": None if cost is None or not uses else round(cost / uses, 6),
    }


_UNKNOWN = _usage(ToolUsage(None, None, None, None, None), 0)


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
