"""How much is it used, by how many, how well and how fast, and how was that before?"""

from typing import Any

from reading import window
from reading.ledger import Ledger
from reading.slices import Slice
from reading.window import Window
from reports.figures import headline, period, total
from reports.parameters import Query
from reports.report import Report


async def ask(ledger: Ledger, query: Query) -> dict[str, Any]:
    """GET /analytics/summary."""
    before = window.previous(query.now, query.days)
    slices = await ledger.timeline(before.start, [query.window.start])
    return shape(slices, query.days, query.window, before)


def shape(slices: list[Slice], days: int, current: Window, previous: Window) -> dict[str, Any]:
    """The figures of the window and of the one before it."""
    return {
        "period": period(days),
        **headline(total(slices, current)),
        "previous": headline(total(slices, previous)),
    }


REPORT = Report("summary", ask)
