"""Which tools are used, by how many, who triggered them, how well and how fast?"""

from typing import Any

from counting.dimensions import TOOL
from counting.histogram import percentile
from counting.tally import Tally
from reading.ledger import Ledger
from reports.figures import average, known, rates
from reports.parameters import Query
from reports.report import Report
from terms.dates import timestamp
from terms.vocabulary import TRIGGERS


async def ask(ledger: Ledger, query: Query) -> list[dict[str, Any]]:
    """GET /analytics/tools."""
    return shape(await ledger.groups(TOOL, query.window))


def shape(tallies: dict[str, Tally]) -> list[dict[str, Any]]:
    """A row a tool: most invocations first, then by name."""
    rows = [
        {
            "tool_name": name,
            "invocations": tally.invocations,
            "avg_duration_ms": average(tally),
            **rates(tally),
            "tool_category": _commonest(tally.categories),
            "unique_users": len(tally.people),
            "p50_duration_ms": percentile(tally.durations, 0.50),
            "p95_duration_ms": percentile(tally.durations, 0.95),
            "last_used": timestamp(tally.last or 0),
            "triggers": {name: tally.triggers.get(name, 0) for name in TRIGGERS},
            "known_outcomes": known(tally),
        }
        for name, tally in tallies.items()
        if tally.invocations
    ]
    return sorted(rows, key=lambda row: (-row["invocations"], row["tool_name"]))


def _commonest(counts: dict[str, int]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


REPORT = Report("tools", ask)
