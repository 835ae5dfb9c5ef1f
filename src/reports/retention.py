"""How many people use it a day, a week, a month, who of them is new, and who comes back?"""

from typing import Any

from counting.people import People
from reading.ledger import Ledger
from reading.slices import Slice
from reading.window import Window
from reports.figures import inside, percentage, period
from reports.parameters import Query
from reports.report import Report
from terms import limits
from terms.dates import date, day_of

_WEEK_DAYS = 7
_MONTH_DAYS = 30


async def ask(ledger: Ledger, query: Query) -> dict[str, Any]:
    """GET /analytics/retention."""
    window, week, month = query.window, query.last(_WEEK_DAYS), query.last(_MONTH_DAYS)
    starts = [span.start for span in (window, week, month)]
    first_day = day_of(min(starts)) - limits.HISTORY_DAYS
    slices, history = await ledger.visits(Window(min(starts), window.end), starts, first_day)
    return shape(slices, history, query, week, month)


def shape(slices: list[Slice], history: dict[int, People], query: Query, week: Window, month: Window) -> dict[str, Any]:
    """People a day, newest day first; in its last 7 and 30 days; which part of a month's comes on a day; and cohorts.

    history: who was there on each day (by number), those before the window too. New is whoever was there on no day
    before.
    """
    by_day = _people_by_day(slices, query.window)
    by_month_day = _people_by_day(slices, month)
    monthly = len(_all(by_month_day))
    average = sum(len(people) for people in by_month_day.values()) / _MONTH_DAYS
    last = max([day_of(query.last_moment), *by_day])
    first = day_of(query.window.start)
    return {
        "daily_active_users": _days(by_day, history, range(first, last + 1))[::-1],
        "weekly_active_users": len(_all(_people_by_day(slices, week))),
        "period": period(query.days),
        "monthly_active_users": monthly,
        "stickiness": percentage(average, monthly),
        "cohorts": _cohorts(history, range(_monday(first), last + 1, _WEEK_DAYS)),
    }


def _days(by_day: dict[int, People], history: dict[int, People], days: range) -> list[dict[str, Any]]:
    seen = _all({day: people for day, people in history.items() if day < days.start})
    rows = []
    for day in days:
        people = by_day.get(day, People())
        new = len(people.minus(seen))
        rows.append({"date": date(day), "dau": len(people), "new": new, "returning": len(people) - new})
        seen.update(history.get(day, People()))
    return rows


def _cohorts(history: dict[int, People], mondays: range) -> list[dict[str, Any]]:
    """Who was there first in each week, and how many of them in each week after."""
    seen = _all({day: people for day, people in history.items() if day < mondays.start})
    there = [_all({day: history[day] for day in range(it, it + _WEEK_DAYS) if day in history}) for it in mondays]
    rows = []
    for number, monday in enumerate(mondays):
        new = there[number].minus(seen)
        seen.update(there[number])
        back = [len(new.both(later)) for later in there[number + 1 :]]
        rows.append({"week": date(monday), "people": len(new), "back": back})
    return rows


def _monday(day: int) -> int:
    """The Monday of a day's week, as day numbers: day 0 was a Thursday."""
    return day - (day + 3) % _WEEK_DAYS


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
