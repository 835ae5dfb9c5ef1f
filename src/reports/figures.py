"""Tallies to the figures that people read: rates, averages, totals."""

from collections.abc import Iterable
from typing import Any

from counting.histogram import percentile
from counting.tally import Tally
from reading.slices import Slice
from reading.window import Window
from terms.vocabulary import FAILURES, KNOWN_OUTCOMES


def headline(tally: Tally) -> dict[str, Any]:
    """The figures of a window as a whole."""
    return {
        "total_invocations": tally.invocations,
        "unique_users": len(tally.people),
        "avg_duration_ms": average(tally),
        **rates(tally),
        "p50_duration_ms": percentile(tally.durations, 0.50),
        "p95_duration_ms": percentile(tally.durations, 0.95),
        "p99_duration_ms": percentile(tally.durations, 0.99),
        "known_outcomes": known(tally),
    }


def rates(tally: Tally) -> dict[str, str]:
    """The shares of known outcomes that are a success, and a failure, in percent."""
    return {"success_rate": _rate(tally, "success"), "error_rate": _rate(tally, *FAILURES)}


def inside(slices: Iterable[Slice], window: Window) -> Iterable[Slice]:
    """The slices that lie in a window with all of their width: one that does not is of no window more than another."""
    return (slice_ for slice_ in slices if window.covers(slice_.start, slice_.width))


def total(slices: Iterable[Slice], window: Window) -> Tally:
    """A window's tally."""
    whole = Tally()
    for slice_ in inside(slices, window):
        whole.merge(slice_.tally)
    return whole


def period(days: int) -> str:
    """A window as it is shown."""
    return f"{days} days"


def known(tally: Tally) -> int:
    """How many outcomes are known."""
    return sum(tally.statuses.get(status, 0) for status in KNOWN_OUTCOMES)


def percentage(part: float, whole: float) -> str:
    """A share in percent with two decimals; "0.00" of nothing."""
    return f"{100 * part / whole:.2f}" if whole else "0.00"


def average(tally: Tally) -> int:
    """The mean duration in milliseconds, half rounded up; 0 where none is known."""
    count = sum(tally.durations.values())
    return (2 * tally.duration_ms + count) // (2 * count) if count else 0


def _rate(tally: Tally, *statuses: str) -> str:
    return percentage(sum(tally.statuses.get(status, 0) for status in statuses), known(tally))
