"""Which version broke it: each version's success with how sure that is, against the version before it."""

import re
from typing import Any

from counting.intervals import newcombe, wilson
from counting.tally import Tally
from reading.ledger import Ledger
from reports.figures import outcomes
from reports.parameters import Query
from reports.report import Report
from terms.dates import date, timestamp
from terms.vocabulary import OTHER, UNKNOWN

FEW = 20  # known outcomes; from fewer nothing is concluded
_VERSION = "version"
_NUMBERS = re.compile(r"v?[0-9]+(\.[0-9]+)*")


async def ask(ledger: Ledger, query: Query) -> list[dict[str, Any]]:
    """GET /analytics/versions."""
    (groups,) = await ledger.groups(_VERSION, query.window)
    found = ledger.found
    days = await ledger.days(_VERSION, query.window)
    ledger.found = found
    return shape(groups, days)


def shape(tallies: dict[str, Tally], days: dict[str, dict[int, Tally]] | None = None) -> list[dict[str, Any]]:
    """A row a version, newest first: by number where all are numbers, else by first use. Of events without one: none.

    days: each version's UTC days, by day number; None: they are not known.

    What a window shows of the first use of versions that overlap is chance, where it begins after both.
    """
    known = [(name, tally) for name, tally in tallies.items() if name not in (UNKNOWN, OTHER)]
    numbered = all(_NUMBERS.fullmatch(name) for name, _ in known)
    known.sort(key=lambda item: (_numbers(item[0]) if numbered else [], item[1].first or 0, item[0]))
    earlier = [None, *known[:-1]] if known else []
    rows = [_row(*version, before) for version, before in zip(known, earlier, strict=True)][::-1]
    return [row | {"days": None if days is None else _days(days.get(row["version"], {}))} for row in rows]


def _days(by_day: dict[int, Tally]) -> list[dict[str, Any]]:
    """The days that a version was used on, oldest first."""
    ended = [(day, outcomes(by_day[day])) for day in sorted(by_day)]
    return [
        {"date": date(day), "invocations": it.invocations, "success": it.success, "known_outcomes": it.known}
        for day, it in ended
    ]


def _numbers(name: str) -> list[int]:
    return [int(part) for part in name.removeprefix("v").split(".")]


def _row(name: str, tally: Tally, before: tuple[str, Tally] | None) -> dict[str, Any]:
    ended = outcomes(tally)
    p50, p95 = tally.percentiles(0.50, 0.95)
    against = None if before is None else _against(tally, *before)
    return {
        "version": name,
        "first_seen": timestamp(tally.first or 0),
        "last_seen": timestamp(tally.last or 0),
        "invocations": ended.invocations,
        "unique_users": len(tally.people),
        "success_rate": ended.rates()["success_rate"],
        "success_interval": _percent(wilson(ended.success, ended.known)) if ended.known else None,
        "p50_duration_ms": p50,
        "p95_duration_ms": p95,
        "against": against,
        "verdict": _verdict(tally, before, against),
    }


def _against(tally: Tally, name: str, before: Tally) -> dict[str, Any]:
    """What became of the success and of the slow time since a version; null where either is unknown."""
    now, then = outcomes(tally), outcomes(before)
    slow, slow_before = tally.percentiles(0.95)[0], before.percentiles(0.95)[0]
    both = now.known > 0 and then.known > 0
    return {
        "version": name,
        "success_difference": round(100 * (now.success / now.known - then.success / then.known), 2) if both else None,
        "interval": _percent(newcombe(now.success, now.known, then.success, then.known)) if both else None,
        "p95_ratio": round(slow / slow_before, 2) if slow is not None and slow_before else None,
    }


def _verdict(tally: Tally, before: tuple[str, Tally] | None, against: dict[str, Any] | None) -> str:
    """What the interval of the difference allows to say, and no more."""
    if before is None or against is None:
        return "first"
    if min(outcomes(tally).known, outcomes(before[1]).known) < FEW:
        return "too few"
    low, high = against["interval"]
    if high < 0:
        return "worse"
    return "better" if low > 0 else "same"


def _percent(interval: tuple[float, float]) -> list[float]:
    return [round(100 * end, 2) for end in interval]


REPORT = Report("versions", ask)
