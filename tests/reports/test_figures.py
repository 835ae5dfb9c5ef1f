"""Tallies to figures."""

from __future__ import annotations

import pytest

from counting.tally import Tally
from reading.window import Window
from reports import figures
from terms.dates import DAY, HOUR
from tests.tallies import MIDNIGHT, day, fact, hour, tally

# Of eight events six outcomes are known, and four durations: 0 + 1 + 1 + 4 ms.
MIXED = tally(
    fact("success", 1, duration_ms=0),
    fact("success", 2, duration_ms=1),
    fact("success", 2, duration_ms=1),
    fact("error", 3, duration_ms=4),
    fact("timeout", 3),
    fact("partial", 4),
    fact("skipped", 5),
    fact("unknown", 5),
)


def test_the_headline() -> None:
    assert figures.headline(MIXED) == {
        "total_invocations": 8,
        "unique_users": 5,
        "avg_duration_ms": 2,
        "success_rate": "50.00",
        "error_rate": "33.33",
        "p50_duration_ms": 1,
        "p95_duration_ms": 4,
        "p99_duration_ms": 4,
        "known_outcomes": 6,
    }


def test_the_headline_of_nothing() -> None:
    assert figures.headline(Tally()) == {
        "total_invocations": 0,
        "unique_users": 0,
        "avg_duration_ms": 0,
        "success_rate": "0.00",
        "error_rate": "0.00",
        "p50_duration_ms": None,
        "p95_duration_ms": None,
        "p99_duration_ms": None,
        "known_outcomes": 0,
    }


@pytest.mark.parametrize(
    ("status", "known"),
    [
        *(("success", 1), ("error", 1), ("timeout", 1), ("partial", 1)),
        *(("skipped", 0), ("denied", 0), ("unknown", 0)),
    ],
)
def test_which_outcomes_are_known(status: str, known: int) -> None:
    assert figures.outcomes(tally(fact(status), fact(status))).known == 2 * known


def test_rates_are_shares_of_the_known_outcomes() -> None:
    assert figures.outcomes(MIXED).rates() == {"success_rate": "50.00", "error_rate": "33.33"}
    assert figures.outcomes(tally(fact("skipped"))).rates() == {"success_rate": "0.00", "error_rate": "0.00"}


def test_outcomes() -> None:
    assert figures.outcomes(MIXED) == (8, 3, 2, 6)
    assert figures.outcomes(Tally()) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(1, 3, "33.33"), (2, 3, "66.67"), (5, 5, "100.00"), (0, 5, "0.00"), (0, 0, "0.00")]
)
def test_percentages(part: int, whole: int, text: str) -> None:
    assert figures.percentage(part, whole) == text


@pytest.mark.parametrize(
    ("durations", "mean"), [([], 0), ([0], 0), ([1, 2], 2), ([1, 1, 2], 1), ([10, 20, 31], 20), ([None, 7], 7)]
)
def test_averages_are_rounded_half_up(durations: list[int | None], mean: int) -> None:
    assert figures.average(tally(*(fact(duration_ms=duration) for duration in durations))) == mean


def test_the_most_used_are_those_of_most_uses_and_then_of_the_first_names() -> None:
    tallies = {name: tally(*[fact()] * uses) for name, uses in (("d", 2), ("c", 1), ("a", 1), ("e", 3), ("b", 2))}
    for limit, names in ((1, "e"), (2, "eb"), (3, "ebd"), (4, "ebda"), (5, "ebdac"), (9, "ebdac")):
        assert "".join(figures.most_used(tallies, limit, lambda key: (key,))) == names
    assert figures.most_used({}, 9, lambda key: (key,)) == {}


def test_a_slice_is_inside_with_all_of_its_width() -> None:
    slices = [day(MIDNIGHT - DAY), hour(MIDNIGHT), hour(MIDNIGHT + HOUR), day(MIDNIGHT)]
    window = Window(MIDNIGHT, MIDNIGHT + HOUR)
    assert list(figures.inside(slices, window)) == [slices[1]]
    assert list(figures.inside(slices, Window(MIDNIGHT))) == slices[1:]
    assert list(figures.inside(slices, Window(MIDNIGHT - DAY, MIDNIGHT))) == slices[:1]


def test_a_total_leaves_its_slices_as_they_are() -> None:
    slices = [hour(MIDNIGHT, fact(person=1)), hour(MIDNIGHT + HOUR, fact(person=1), fact("error", 2))]
    for _ in range(2):
        whole = figures.total(slices, Window(MIDNIGHT))
        assert (whole.invocations, len(whole.people), figures.outcomes(whole)) == (3, 2, (3, 2, 1, 3))
    assert figures.total(slices, Window(MIDNIGHT + HOUR)).invocations == 2


def test_a_period_is_said_in_days() -> None:
    assert figures.period(7) == "7 days"
