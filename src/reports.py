"""Tallies to the shapes that people read and draw. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from histogram import percentile
from keys import DAY, HOUR
from ledger import Group, Slice
from tally import People, Tally
from window import Window, date, day_of, timestamp

HOURLY_DAYS = 2

_KNOWN = ("success", "error", "timeout", "partial")


def summary(slices: list[Slice], days: int, current: Window, previous: Window) -> dict[str, Any]:
    """The figures of the window and of the one before it."""
    return {
        "period": _period(days),
        **_figures(_total(slices, current)),
        "previous": _figures(_total(slices, previous)),
    }


def tools(tallies: dict[str, Tally]) -> list[dict[str, Any]]:
    """A row a tool: most invocations first, then by name."""
    rows = [
        {
            "tool_name": name,
            "invocations": tally.invocations,
            "avg_duration_ms": _average(tally),
            "success_rate": _rate(tally, "success"),
            "error_rate": _rate(tally, "error", "timeout"),
            "tool_category": _commonest(tally.categories),
            "unique_users": len(tally.people),
            "p50_duration_ms": percentile(tally.durations, 0.50),
            "p95_duration_ms": percentile(tally.durations, 0.95),
            "last_used": timestamp(tally.last or 0),
            "triggers": {name: tally.triggers.get(name, 0) for name in ("user", "model", "nested", "unknown")},
            "known_outcomes": _known(tally),
        }
        for name, tally in tallies.items()
        if tally.invocations
    ]
    return sorted(rows, key=lambda row: (-row["invocations"], row["tool_name"]))


def retention(
    slices: list[Slice], days: int, now: float, window: Window, week: Window, month: Window
) -> dict[str, Any]:
    """People a day, newest day first; in the last 7 and 30 days; and which part of a month's comes on a day."""
    by_day: dict[int, People] = {}
    for slice_ in _inside(slices, window):
        by_day.setdefault(day_of(slice_.start), People()).update(slice_.tally.people)
    month_days: dict[int, People] = {}
    for slice_ in _inside(slices, month):
        month_days.setdefault(day_of(slice_.start), People()).update(slice_.tally.people)
    monthly = len(_total(slices, month).people)
    average = sum(len(people) for people in month_days.values()) / 30
    last = max([day_of(int(now)), *by_day])
    return {
        "daily_active_users": [
            {"date": date(day), "dau": len(by_day.get(day, ()))} for day in range(last, day_of(window.start) - 1, -1)
        ],
        "weekly_active_users": len(_total(slices, week).people),
        "period": _period(days),
        "monthly_active_users": monthly,
        "stickiness": _percentage(average, monthly),
    }


def errors(groups: dict[Group, Tally], latest: list[dict[str, Any]]) -> dict[str, Any]:
    """The latest errors, and what they have in common: the most frequent first."""
    rows: list[dict[str, Any]] = [
        {
            "tool_name": tool,
            "error_type": error_type,
            "count": tally.invocations,
            "users": len(tally.people),
            "first_seen": timestamp(tally.first or 0),
            "last_seen": timestamp(tally.last or 0),
        }
        for (tool, error_type), tally in groups.items()
        if tally.invocations
    ]
    rows.sort(key=lambda row: (-row["count"], row["tool_name"], row["error_type"] or ""))
    return {"errors": latest, "count": len(latest), "groups": rows}


def timeseries(slices: list[Slice], days: int, window: Window, now: float) -> list[dict[str, Any]]:
    """Buckets of an hour (up to 2 days) or of a UTC day, oldest first, none missing."""
    width = HOUR if days <= HOURLY_DAYS else DAY
    buckets: dict[int, Tally] = {}
    for slice_ in _inside(slices, window):
        buckets.setdefault(slice_.start // width * width, Tally()).merge(slice_.tally)
    last = max([int(now) // width * width, *buckets])
    return [
        {
            "t": timestamp(start),
            "invocations": tally.invocations,
            "success": tally.statuses.get("success", 0),
            "error": tally.statuses.get("error", 0) + tally.statuses.get("timeout", 0),
            "users": len(tally.people),
            "p50": percentile(tally.durations, 0.50),
            "p95": percentile(tally.durations, 0.95),
        }
        for start in range(window.start // width * width, last + width, width)
        for tally in (buckets.get(start) or Tally(),)
    ]


def breakdown(tallies: dict[str, Tally]) -> list[dict[str, Any]]:
    """A row a value: most invocations first, then by name."""
    rows = [
        {
            "key": key,
            "invocations": tally.invocations,
            "unique_users": len(tally.people),
            "success_rate": _rate(tally, "success"),
            "error_rate": _rate(tally, "error", "timeout"),
            "p50": percentile(tally.durations, 0.50),
            "p95": percentile(tally.durations, 0.95),
        }
        for key, tally in tallies.items()
        if tally.invocations
    ]
    return sorted(rows, key=lambda row: (-row["invocations"], row["key"]))


def _figures(tally: Tally) -> dict[str, Any]:
    return {
        "total_invocations": tally.invocations,
        "unique_users": len(tally.people),
        "avg_duration_ms": _average(tally),
        "success_rate": _rate(tally, "success"),
        "error_rate": _rate(tally, "error", "timeout"),
        "p50_duration_ms": percentile(tally.durations, 0.50),
        "p95_duration_ms": percentile(tally.durations, 0.95),
        "p99_duration_ms": percentile(tally.durations, 0.99),
        "known_outcomes": _known(tally),
    }


def _inside(slices: list[Slice], window: Window) -> Iterable[Slice]:
    return (slice_ for slice_ in slices if window.covers(slice_.start))


def _total(slices: list[Slice], window: Window) -> Tally:
    total = Tally()
    for slice_ in _inside(slices, window):
        total.merge(slice_.tally)
    return total


def _period(days: int) -> str:
    return f"{days} days"


def _known(tally: Tally) -> int:
    return sum(tally.statuses.get(status, 0) for status in _KNOWN)


def _rate(tally: Tally, *statuses: str) -> str:
    return _percentage(sum(tally.statuses.get(status, 0) for status in statuses), _known(tally))


def _percentage(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}" if whole else "0.00"


def _average(tally: Tally) -> int:
    count = sum(tally.durations.values())
    return (2 * tally.duration_ms + count) // (2 * count) if count else 0


def _commonest(counts: dict[str, int]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))
