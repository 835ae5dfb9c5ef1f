"""The window of a question."""

from __future__ import annotations

from reading.window import Window, current, earlier, of_dates
from terms.dates import EVER


def test_windows_begin_on_a_full_hour_and_tile() -> None:
    now = 1_790_001_234.5
    assert current(now, 7).start == (int(now) - 7 * 86_400) // 3600 * 3600
    before = earlier(current(now, 7), 7, 7)
    assert before == (current(now, 7).start - 7 * 86_400, current(now, 7).start)
    assert current(now, 1).covers(int(now) + 250), "a fast clock's event counts as now"


def test_dates_are_both_included_and_compare_with_as_many_days() -> None:
    assert of_dates(20_000, 20_006) == (20_000 * 86_400, 20_007 * 86_400)
    assert earlier(of_dates(20_000, 20_006), 7, 365) == of_dates(19_635, 19_641)


def test_hours_are_counted_since_1970_and_now_has_no_end() -> None:
    assert of_dates(20_000, 20_000).hours == (480_000, 480_024)
    assert Window(7200).hours == (2, EVER)


def test_a_window_covers_its_first_second_and_not_the_one_behind_its_last() -> None:
    span = Window(100, 200)
    assert [span.covers(time) for time in (99, 100, 199, 200)] == [False, True, True, False]
    assert [span.covers(time, width=50) for time in (99, 100, 150, 151)] == [False, True, True, False]
    assert [Window(100).covers(time) for time in (99, 100, 10**10)] == [False, True, True]
