"""By which agents, versions, triggers, systems is it used, and how well under each?"""

from typing import Any

from counting.dimensions import BREAKDOWNS
from counting.tally import Tally
from reading.ledger import Ledger
from reports.figures import before, most_used, outcomes
from reports.parameters import COMPARE, ROWS, Query, choice
from reports.report import Report, Rows

_BY = choice("by", BREAKDOWNS)


async def ask(ledger: Ledger, query: Query) -> Rows:
    """GET /analytics/breakdown."""
    groups, earlier = await ledger.groups(query.values["by"], query.window, query.before)
    return Rows(shape(first(groups, query.values[ROWS.name]), earlier), len(groups))


def first(tallies: dict[str, Tally], limit: int) -> dict[str, Tally]:
    """The values of most invocations, these first, then by name."""
    return most_used(tallies, limit, lambda key: (key,))


def shape(tallies: dict[str, Tally], earlier: dict[str, Tally]) -> list[dict[str, Any]]:
    """A row a value. earlier: the tallies of the window to compare with."""
    nothing = before(None, "p95")
    return [
        _row(key, tally) | {"previous": before(earlier[key], "p95") if key in earlier else nothing}
        for key, tally in tallies.items()
    ]


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
