"""How much is it used, by how many, how well and how fast, and how was that before?"""

from typing import Any

from reading.ledger import Ledger
from reading.slices import Slice
from reading.window import Window
from reports.figures import headline, period, total
from reports.parameters import COMPARE, Query
from reports.report import Report


async def ask(ledger: Ledger, query: Query) -> dict[str, Any]:
    """GET /analytics/summary."""
    window, before = query.window, query.before
    edges = [edge for edge in (window.start, before.end) if edge is not None]
    slices = await ledger.timeline(Window(before.start, window.end), edges)
    return shape(slices, query.days, window, before)


def shape(slices: list[Slice], days: int, current: Window, previous: Window) -> dict[str, Any]:
    """The figures of the window and of the one before it."""
    return {
        "period": period(days),
        **headline(total(slices, current)),
        "previous": headline(total(slices, previous)),
    }


REPORT = Report("summary", ask, own=(COMPARE,))
