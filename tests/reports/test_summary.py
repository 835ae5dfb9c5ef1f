"""The figures of a window, and of the one before."""

from __future__ import annotations

from reading import window
from reports.figures import headline
from reports.parameters import COMPARE
from reports.summary import REPORT, shape
from terms.dates import DAY, HOUR
from tests.tallies import MIDNIGHT, NOW, day, fact, hour, tally

CURRENT = window.current(NOW, 7)
PREVIOUS = window.earlier(CURRENT, 7, 7)


def test_both_windows_have_their_own_figures() -> None:
    edge = CURRENT.start
    slices = [
        hour(PREVIOUS.start - HOUR, fact(person=9)),
        hour(PREVIOUS.start, fact("error", 1, duration_ms=4)),
        hour(edge - HOUR, fact("success", 2)),
        hour(edge, fact("success", 1, duration_ms=1), fact("success", 3)),
        day(MIDNIGHT, fact("timeout", 3)),
    ]
    report = shape(slices, 7, CURRENT, PREVIOUS)
    previous = report.pop("previous")
    assert report.pop("period") == "7 days"
    assert report == headline(tally(fact("success", 1, duration_ms=1), fact("success", 3), fact("timeout", 3)))
    assert previous == headline(tally(fact("error", 1, duration_ms=4), fact("success", 2)))
    assert (report["total_invocations"], report["unique_users"], report["error_rate"]) == (3, 2, "33.33")
    assert (previous["total_invocations"], previous["unique_users"], previous["error_rate"]) == (2, 2, "50.00")


def test_a_day_that_reaches_over_the_edge_is_of_neither() -> None:
    slices = [day((CURRENT.start // DAY) * DAY, fact())]
    report = shape(slices, 7, CURRENT, PREVIOUS)
    assert (report["total_invocations"], report["previous"]["total_invocations"]) == (0, 0)


def test_its_own_parameter_is_what_it_is_compared_with() -> None:
    assert (REPORT.name, REPORT.days, REPORT.own) == ("summary", 7, (COMPARE,))
