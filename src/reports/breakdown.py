"""By which agents, versions, triggers, systems is it used, and how well under each?"""

from typing import Any

from counting.dimensions import BREAKDOWNS
from counting.tally import Tally
from reading.ledger import Ledger
from reports.figures import before, outcomes
from reports.parameters import COMPARE, ROWS, Query, choice
from reports.report import Report

_BY = choice("by", BREAKDOWNS)


async def ask(ledger: Ledger, query: Query) -> list[dict[str, Any]]:
    """GET /analytics/breakdown."""
    return shape(*await ledger.groups(query.values["by"], query.window, query.before))


def shape(tallies: dict[str, Tally], earlier: dict[str, Tally]) -> list[dict[str, Any]]:
    """A row a value: most invocations first, then by name. earlier: the tallies of the window to compare with."""
    rows = [_row(key, tally) | {"previous": before(earlier.get(key), "p95")} for key, tally in tallies.items()]
    return sorted(rows, key=lambda row: (-row["invocations"], row["key"]))


def _row(key: str, tally: Tally) -> dict[str, Any]:
    p50, p95 = tally.percentiles(0.50, 0.95)
    ended = outcomes(tally)
    return {
        "key": key,
        "invocations": ended.invocations,
        "unique_users": len(tally.people),
        **ended.rates(),
        "known_outcomes": ended.known,
        "p50": p50,
        "p95": p95,
    }


REPORT = Report("breakdown", ask, own=(_BY, COMPARE), rows=ROWS)
