"""The window of a question."""

from __future__ import annotations

from reading.window import Window, current, previous


def test_windows_begin_on_a_full_hour_and_tile() -> None:
    now = 1_790_001_234.5
    assert current(now, 7).start == (int(now) - 7 * 86_400) // 3600 * 3600
    assert previous(now, 7).end == current(now, 7).start
    assert previous(now, 7).start == current(now, 7).start - 7 * 86_400
    assert current(now, 1).covers(int(now) + 250), "a fast clock's event counts as now"


def test_a_window_covers_its_first_second_and_not_the_one_behind_its_last() -> None:
    span = Window(100, 200)
    assert [span.covers(time) for time in (99, 100, 199, 200)] == [False, True, True, False]
    assert [span.covers(time, width=50) for time in (99, 100, 150, 151)] == [False, True, True, False]
    assert [Window(100).covers(time) for time in (99, 100, 10**10)] == [False, True, True]
