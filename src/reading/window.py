"""The one place where a question's window is computed."""

from typing import NamedTuple

from terms.dates import DAY, hour_start


class Window(NamedTuple):
    """A span of time [start, end) in epoch seconds, on full hours; end None: up to the last event stored."""

    start: int
    end: int | None = None

    def covers(self, time: int, width: int = 1) -> bool:
        """Whether a moment (epoch seconds), or the seconds from it on, lies inside."""
        return time >= self.start and (self.end is None or time + width <= self.end)


def current(now: float, days: int) -> Window:
    """[now - days · 24 h, rounded down to the full hour; now]. An event of a fast clock counts as now."""
    return Window(hour_start(int(now) - days * DAY))


def previous(now: float, days: int) -> Window:
    """The window of the same length before the current one."""
    start = current(now, days).start
    return Window(start - days * DAY, start)
