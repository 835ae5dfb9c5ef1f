"""Tallies to the figures that people read: rates, averages, totals."""

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from counting.tally import Tally
from reading.slices import Slice
from reading.window import Window
from terms.vocabulary import FAILURES, KNOWN_OUTCOMES, STATUSES

_SUCCESS = STATUSES.index("success")
_FAILURES, _KNOWN = (itemgetter(*map(STATUSES.index, names)) for names in (FAILURES, KNOWN_OUTCOMES))


def headline(tally: Tally) -> dict[str, Any]:
    """The figures of a window as a whole."""
    p50, p95, p99 = tally.percentiles(0.50, 0.95, 0.99)
    ended = outcomes(tally)
    return {
        "total_invocations": ended.invocations,
        "unique_users": len(tally.people),
        "avg_duration_ms": average(tally),
        **ended.rates(),
        "p50_duration_ms": p50,
        "p95_duration_ms": p95,
        "p99_duration_ms": p99,
        "known_outcomes": ended.known,
    }


def before(tally: Tally | None, p95: str) -> dict[str, Any]:
    """A group's figures in the window to compare with, None where it has none. p95: what the percentile is called."""
    earlier = tally or Tally()
    ended = outcomes(earlier)
    return {
        "invocations": ended.invocations,
        "unique_users": len(earlier.people),
        "success_rate": ended.rates()["success_rate"],
        "known_outcomes": ended.known,
        p95: earlier.percentiles(0.95)[0],
    }


class Outcomes(NamedTuple):
    """How some events ended: how many there are, how many succeeded, failed, and ended in a way that is known."""

    invocations: int
    success: int
    failure: int
    known: int

    def rates(self) -> dict[str, str]:
        """The shares of known outcomes that are a success, and a failure, in percent."""
        return {
            "success_rate": percentage(self.success, self.known),
            "error_rate": percentage(self.failure, self.known),
        }


def most_used(tallies: Mapping[str, Tally], limit: int, named: Callable[[str], tuple[str, ...]]) -> dict[str, Tally]:
    """The values of most invocations, these first, then by name."""
    uses = {key: tally.invocations for key, tally in tallies.items()}
    answered = sorted(uses.values(), reverse=True)[:limit]
    # Only what may be among them is put in the order of names, which the next sort leaves where uses are as many.
    keys = sorted([key for key in uses if uses[key] >= answered[-1]], key=named)
    keys.sort(key=uses.__getitem__, reverse=True)
    return {key: tallies[key] for key in keys[:limit]}


def outcomes(tally: Tally) -> Outcomes:
    """The outcomes of a tally."""
    statuses = tally.statuses()
    return Outcomes(sum(statuses), statuses[_SUCCESS], sum(_FAILURES(statuses)), sum(_KNOWN(statuses)))


def inside(slices: Iterable[Slice], window: Window) -> Iterable[Slice]:
    """The slices that lie in a window with all of their width: one that does not is of no window more than another."""
    return (slice_ for slice_ in slices if window.covers(slice_.start, slice_.width))


def total(slices: Iterable[Slice], window: Window) -> Tally:
    """A window's tally."""
    whole = Tally()
    whole.merge(*(slice_.tally for slice_ in inside(slices, window)))
    return whole


def period(days: int) -> str:
    """A window as it is shown."""
    return f"{days} days"


def percentage(part: float, whole: float) -> str:
    """A share in percent with two decimals; "0.00" of nothing."""
    return f"{100 * part / whole:.2f}" if whole else "0.00"


def average(tally: Tally) -> int:
    """The mean duration in milliseconds, half rounded up; 0 where none is known."""
    count = tally.durations()
    return (2 * tally.duration_ms + count) // (2 * count) if count else 0
