"""How many people use it a day, a week, a month, and how often do they come?"""

from typing import Any

from counting.people import People
from reading.ledger import Ledger
from reading.slices import Slice
from reading.window import Window
from reports.figures import inside, percentage, period
from reports.parameters import Query
from reports.report import Report
from terms.dates import date, day_of

_WEEK_DAYS = 7
_MONTH_DAYS = 30


async def ask(ledger: Ledger, query: Query) -> dict[str, Any]:
    """GET /analytics/retention."""
    window, week, month = query.window, query.last(_WEEK_DAYS), query.last(_MONTH_DAYS)
    starts = [span.start for span in (window, week, month)]
    return shape(await ledger.timeline(Window(min(starts), window.end), starts), query, week, month)


def shape(slices: list[Slice], query: Query, week: Window, month: Window) -> dict[str, Any]:
    """People a day, newest day first; in its last 7 and 30 days; and which part of a month's comes on a day."""
    by_day = _people_by_day(slices, query.window)
    by_month_day = _people_by_day(slices, month)
    monthly = len(_all(by_month_day))
    average = sum(len(people) for people in by_month_day.values()) / _MONTH_DAYS
    last = max([day_of(query.last_moment), *by_day])
    first = day_of(query.window.start)
    return {
        "daily_active_users": [
            {"date": date(day), "dau": len(by_day.get(day, ()))} for day in range(last, first - 1, -1)
        ],
        "weekly_active_users": len(_all(_people_by_day(slices, week))),
        "period": period(query.days),
        "monthly_active_users": monthly,
        "stickiness": percentage(average, monthly),
    }


def _people_by_day(slices: list[Slice], span: Window) -> dict[int, People]:
    people: dict[int, People] = {}
    for slice_ in inside(slices, span):
        people.setdefault(day_of(slice_.start), People()).update(slice_.tally.people)
    return people


def _all(by_day: dict[int, People]) -> People:
    everyone = People()
    for people in by_day.values():
        everyone.update(people)
    return everyone


REPORT = Report("retention", ask, days=30)
