"""What strangers may send to an open collector."""

from __future__ import annotations

from typing import NamedTuple


class Allowance(NamedTuple):
    """What is taken in; None: any number. Of a day's events an hour has its share."""

    daily_events: int | None = None
    hourly_tools: int | None = None
    hourly_people: int | None = None
