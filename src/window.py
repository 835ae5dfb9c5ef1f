"""The one place where a report's window is computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from keys import DAY, HOUR


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time [start, end) in epoch seconds, on full hours; end None: up to the last event stored."""

    start: int
    end: int | None = None

    def covers(self, time: int) -> bool:
        return time >= self.start and (self.end is None or time < self.end)


def current(now: float, days: int) -> Window:
    """[now - days · 24 h, rounded down to the full hour; now]. An event of a fast clock counts as now."""
    return Window((int(now) - days * DAY) // HOUR * HOUR)


def previous(now: float, days: int) -> Window:
    """The window of the same length before the current one."""
    start = current(now, days).start
    return Window(start - days * DAY, start)


def hour_of(time: int) -> int:
    """The start of a time's hour, epoch seconds."""
    return time // HOUR * HOUR


def day_of(time: int) -> int:
    """Days since 1970-01-01."""
    return time // DAY


def date(day: int) -> str:
    """YYYY-MM-DD of a day number."""
    return datetime.fromtimestamp(day * DAY, UTC).strftime("%Y-%m-%d")


def timestamp(time: int) -> str:
    """YYYY-MM-DD HH:MM:SS of epoch seconds, UTC, as the database writes it."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S")
