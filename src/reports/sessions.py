"""How many sessions were there, how long, how did they end, and what did they use up and cost?"""

from typing import Any

from counting import sessions
from counting.sessions import AGENT, AGENT_COST, EXIT, FIGURES, SESSIONS, Day, Sums, dollars, under
from reading.ledger import Ledger
from reports.figures import period
from reports.parameters import COMPARE, Query
from reports.report import Report
from terms.dates import date, day_of


async def ask(ledger: Ledger, query: Query) -> dict[str, Any]:
    """GET /analytics/sessions."""
    current, before, days = await ledger.sessions(query.window, query.before)
    return shape(current, before, days, query)


def shape(current: Sums, before: Sums, days: list[Day], query: Query) -> dict[str, Any]:
    """The figures of the window and of the one before it, by exit reason, by agent, and by day, oldest first."""
    found = {day.day: day for day in days}
    last = max([day_of(query.last_moment), *found])
    every = [found.get(day, Day(day, 0, None)) for day in range(day_of(query.window.start), last + 1)]
    costs = dict(under(current.counters, AGENT_COST))
    return {
        "period": period(query.days),
        **_figures(current),
        "by_exit_reason": [{"key": key, "sessions": count} for key, count in _most(current, EXIT)],
        "by_agent": [
            {"key": key, "sessions": count, "cost_usd": dollars(costs[key]) if key in costs else None}
            for key, count in _most(current, AGENT)
        ],
        "daily": [
            {
                "date": date(day.day),
                "sessions": day.sessions,
                "cost_usd": None if day.cost is None else dollars(day.cost),
            }
            for day in every
        ],
        "previous": _figures(before),
    }


def _figures(sums: Sums) -> dict[str, Any]:
    p50, p95 = sessions.seconds(sums.counters, 0.50, 0.95)
    return {
        "sessions": sums.counters.get(SESSIONS, 0),
        "unique_users": sums.people,
        "p50_duration_s": p50,
        "p95_duration_s": p95,
        **{figure: sessions.figure(sums.counters, figure) for figure in FIGURES},
        "cost_usd": sessions.cost(sums.counters),
    }


def _most(sums: Sums, kind: str) -> list[tuple[str, int]]:
    return sorted(under(sums.counters, kind), key=lambda item: (-item[1], item[0]))


REPORT = Report("sessions", ask, days=30, own=(COMPARE,))
