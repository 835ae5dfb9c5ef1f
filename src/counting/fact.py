"""A fact: what a stored event contributes to reports."""

from __future__ import annotations

from typing import NamedTuple

from terms.vocabulary import FAILURES


class Fact(NamedTuple):
    """What an event stored contributes to reports, in the order in which the view `events` writes it as an array.

    key: the event's primary key, as text, since it is beyond 2^53. time: epoch seconds.
    """

    key: str
    time: int
    person: int
    tool: str
    category: str
    status: str
    duration_ms: int | None
    trigger: str
    agent: str
    version: str | None
    os: str | None
    source: str
    runtime: str | None
    error_type: str | None

    @property
    def failed(self) -> bool:
        """Whether it stands in the error report."""
        return self.status in FAILURES
