"""By which agents, versions, triggers, systems is it used, and how well under each?"""

from typing import Any

from counting.dimensions import BREAKDOWNS
from counting.histogram import percentile
from counting.tally import Tally
from reading.ledger import Ledger
from reports.figures import known, rates
from reports.parameters import Query, choice
from reports.report import Report

_BY = choice("by", BREAKDOWNS)


async def ask(ledger: Ledger, query: Query) -> list[dict[str, Any]]:
    """GET /analytics/breakdown."""
    return shape(await ledger.groups(query.values["by"], query.window))


def shape(tallies: dict[str, Tally]) -> list[dict[str, Any]]:
    """A row a value: most invocations first, then by name."""
    rows = [
        {
            "key": key,
            "invocations": tally.invocations,
            "unique_users": len(tally.people),
            **rates(tally),
            "known_outcomes": known(tally),
            "p50": percentile(tally.durations, 0.50),
            "p95": percentile(tally.durations, 0.95),
        }
        for key, tally in tallies.items()
        if tally.invocations
    ]
    return sorted(rows, key=lambda row: (-row["invocations"], row["key"]))


REPORT = Report("breakdown", ask, own=(_BY,))
