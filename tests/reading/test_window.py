"""The window of a question."""

from __future__ import annotations

from reading.window import current, previous


def test_windows_begin_on_a_full_hour_and_tile() -> None:
    now = 1_790_001_234.5
    assert current(now, 7).start == (int(now) - 7 * 86_400) // 3600 * 3600
    assert previous(now, 7).end == current(now, 7).start
    assert previous(now, 7).start == current(now, 7).start - 7 * 86_400
    assert current(now, 1).covers(int(now) + 250), "a fast clock's event counts as now"
