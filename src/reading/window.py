"""The one place where a question's window is computed."""

from __future__ import annotations

from typing import NamedTuple

from terms.dates import DAY, EVER, HOUR, hour_start


class Window(NamedTuple):
    """A span of time [start, end) in epoch seconds, on full hours; end None: up to the last event stored."""

    start: int
    end: int | None = None

    @property
    def hours(self) -> tuple[int, int]:
        """Its first hour, and the hour to stop before, both since 1970."""
        return self.start // HOUR, EVER if self.end is None else self.end // HOUR

    def covers(self, time: int, width: int = 1) -> bool:
        """Whether a moment (epoch seconds), or the seconds from it on, lies inside."""
        return time >= self.start and (self.end is None or time + width <= self.end)


def current(now: float, days: int) -> Window:
    """[now - days · 24 h, rounded down to the full hour; now]. An event of a fast clock counts as now."""
    return Window(hour_start(int(now) - days * DAY))


def of_dates(first: int, last: int) -> Window:
    """UTC days, both included, as day numbers."""
    return Window(first * DAY, (last + 1) * DAY)


def earlier(window: Window, days: int, back: int) -> Window:
    """A window of so many days that begins so many days before another."""
    start = window.start - back * DAY
    return Window(start, start + days * DAY)
