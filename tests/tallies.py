"""Small tallies made by hand."""

from __future__ import annotations

from typing import Any

from counting.fact import Fact
from counting.tally import Tally
from reading.slices import Slice
from terms.dates import DAY, HOUR
from terms.keys import event_key

MIDNIGHT = 1_790_000_000 // DAY * DAY  # 2026-09-21
NOW = MIDNIGHT + 12 * HOUR


def fact(
    status: str = "success", person: int = 1, time: int = NOW, duration_ms: int | None = None, **rest: Any
) -> Fact:
    """A fact about a tool "a"."""
    key = str(event_key(time, 1))
    plain = Fact(
        key, time, person, "a", "skill", status, duration_ms, "user", "codex", "1.0", "linux", "api", "go 1", None
    )
    return plain._replace(**rest)


def tally(*facts: Fact) -> Tally:
    """A tally of facts."""
    made = Tally()
    for counted in facts:
        made.add(counted)
    return made


def hour(start: int, *facts: Fact) -> Slice:
    """An hour's slice."""
    return Slice(start, HOUR, tally(*facts))


def day(start: int, *facts: Fact) -> Slice:
    """A day's slice."""
    return Slice(start, DAY, tally(*facts))
