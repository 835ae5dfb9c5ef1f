"""UTC days and hours, and how they are written."""

from datetime import UTC, datetime
from functools import lru_cache

HOUR = 3600
DAY = 86_400

# What hours are added up to, in hours: a quarter of a day, and a day.
QUARTER_HOURS = 6
DAY_HOURS = 24


_TWO = tuple(f"{number:02}" for number in range(60))  # a report writes a few hundred moments

EVER = 1 << 40  # an hour that never comes: the end of what has none


def hour_start(time: int) -> int:
    """The start of a time's hour; both in epoch seconds."""
    return time // HOUR * HOUR


def day_of(time: int) -> int:
    """Days since 1970-01-01 of epoch seconds."""
    return time // DAY


@lru_cache(maxsize=1024)  # a report writes a few hundred moments of a few days
def date(day: int) -> str:
    """YYYY-MM-DD of a day number."""
    return datetime.fromtimestamp(day * DAY, UTC).strftime("%Y-%m-%d")


def parse_date(text: str) -> int | None:
    """The day number of YYYY-MM-DD; None if it is no such date."""
    try:
        day = day_of(int(datetime.fromisoformat(f"{text}T00:00:00+00:00").timestamp()))
    except ValueError:
        return None
    return day if date(day) == text else None  # weeks and other digits are dates to Python too


def timestamp(time: int) -> str:
    """YYYY-MM-DD HH:MM:SS of epoch seconds, UTC, as the database writes it."""
    minutes, second = divmod(time % DAY, 60)
    return f"{date(time // DAY)} {_TWO[minutes // 60]}:{_TWO[minutes % 60]}:{_TWO[second]}"
