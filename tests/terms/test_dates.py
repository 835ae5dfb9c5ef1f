"""UTC days and hours."""

from __future__ import annotations

import pytest

from terms.dates import DAY, HOUR, date, day_of, hour_start, parse_date, timestamp


@pytest.mark.parametrize(
    ("time", "day", "hour", "text"),
    [
        (0, "1970-01-01", 0, "1970-01-01 00:00:00"),
        (1_790_000_000, "2026-09-21", 1_789_999_200, "2026-09-21 14:13:20"),
        (1_709_251_199, "2024-02-29", 1_709_247_600, "2024-02-29 23:59:59"),
        (1_709_251_200, "2024-03-01", 1_709_251_200, "2024-03-01 00:00:00"),
    ],
)
def test_a_moment(time: int, day: str, hour: int, text: str) -> None:
    assert date(day_of(time)) == day
    assert hour_start(time) == hour
    assert timestamp(time) == text
    assert parse_date(day) == day_of(time)


@pytest.mark.parametrize(
    "text", ["", "2026-W01-1", "20260921", "2026-9-21", "2026-02-29", "2026-09-21Z", "2026-09-2１", "9999999-01-01"]
)
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


def test_days_have_24_hours() -> None:
    assert DAY == 24 * HOUR
    assert [day_of(time) for time in (DAY - 1, DAY, 2 * DAY - 1)] == [0, 1, 1]
    assert [hour_start(time) for time in (HOUR - 1, HOUR)] == [0, HOUR]
