"""The errors of groups, counted without a tally for each."""

from __future__ import annotations

from counting.fact import Fact
from counting.tally import Columns, Tally
from reading.failures import Failures, by_group
from reading.slices import Span
from reading.window import Window
from terms.dates import DAY, HOUR
from tests.tallies import MIDNIGHT, fact


def tally(*facts: Fact) -> Tally:
    """The tally of failures."""
    return Tally.from_json(Columns(facts).failures(range(len(facts))))


TWO = (fact("error", 1, MIDNIGHT + 7), fact("timeout", 2, MIDNIGHT + 60))


def told(failures: Failures) -> tuple[dict[int, int], int, int, int]:
    return failures.by_slice, len(failures.people), failures.first - MIDNIGHT, failures.last - MIDNIGHT


def test_one_by_one_or_together_they_are_the_same() -> None:
    one_by_one, as_a_tally = Failures(), Failures()
    for failed in TWO:
        one_by_one.add(MIDNIGHT, failed)
    as_kept = by_group(Window(MIDNIGHT), [(Span(MIDNIGHT, HOUR), {"a": tally(*TWO).to_json()})])["a"]
    as_a_tally.add_tally(MIDNIGHT, tally(*TWO))
    assert told(one_by_one) == told(as_kept) == told(as_a_tally) == ({MIDNIGHT: 2}, 2, 7, 60)


def test_slices_are_counted_each_and_people_once() -> None:
    failures = Failures()
    failures.add_tally(MIDNIGHT, tally(*TWO))
    failures.add(MIDNIGHT + HOUR, fact("error", 1, MIDNIGHT + HOUR))
    failures.add(MIDNIGHT, fact("error", 3, MIDNIGHT + 1))
    failures.add_tally(MIDNIGHT + 2 * HOUR, Tally())
    assert told(failures) == ({MIDNIGHT: 3, MIDNIGHT + HOUR: 1}, 3, 1, HOUR)


def test_a_copy_is_its_own() -> None:
    failures = Failures()
    failures.add(MIDNIGHT, TWO[0])
    copy = failures.copy()
    copy.add(MIDNIGHT + HOUR, fact("error", 5, MIDNIGHT + HOUR))
    assert told(failures) == ({MIDNIGHT: 1}, 1, 7, 7)
    assert told(copy) == ({MIDNIGHT: 1, MIDNIGHT + HOUR: 1}, 2, 7, HOUR)


def test_groups_of_slices_of_a_window() -> None:
    both, other = tally(*TWO).to_json(), tally(fact("error", 9, MIDNIGHT + DAY)).to_json()
    slices = [
        (Span(MIDNIGHT - HOUR, HOUR), {"a": both, "gone": both}),
        (Span(MIDNIGHT, HOUR), {"a": both}),
        (Span(MIDNIGHT + DAY, DAY), {"a": other, "b": other}),
    ]
    groups = by_group(Window(MIDNIGHT), slices)
    assert {name: told(it) for name, it in groups.items()} == {
        "a": ({MIDNIGHT: 2, MIDNIGHT + DAY: 1}, 3, 7, DAY),
        "b": ({MIDNIGHT + DAY: 1}, 1, DAY, DAY),
    }
    assert by_group(Window(MIDNIGHT + 2 * DAY), slices) == {}
    assert by_group(Window(MIDNIGHT, MIDNIGHT + DAY), slices).keys() == {"a"}
