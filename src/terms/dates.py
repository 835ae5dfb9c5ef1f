"""UTC days and hours, and how they are written."""

from datetime import UTC, datetime

HOUR = 3600
DAY = 86_400

# What hours are added up to, in hours: a quarter of a day, and a day.
QUARTER_HOURS = 6
DAY_HOURS = 24


def hour_start(time: int) -> int:
    """The start of a time's hour; both in epoch seconds."""
    return time // HOUR * HOUR


def day_of(time: int) -> int:
    """Days since 1970-01-01 of epoch seconds."""
    return time // DAY


def date(day: int) -> str:
    """YYYY-MM-DD of a day number."""
    return datetime.fromtimestamp(day * DAY, UTC).strftime("%Y-%m-%d")


def timestamp(time: int) -> str:
    """YYYY-MM-DD HH:MM:SS of epoch seconds, UTC, as the database writes it."""
    return datetime.fromtimestamp(time, UTC).isoformat(" ")[:19]
