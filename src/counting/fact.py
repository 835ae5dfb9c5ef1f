"""A fact: what a stored event contributes to reports."""

from __future__ import annotations

import json
from typing import NamedTuple

from terms.keys import time_of
from terms.vocabulary import FAILURES


class Fact(NamedTuple):
    """What an event stored contributes to reports. time: epoch seconds. key: the event's primary key."""

    key: int
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

    @classmethod
    def from_json(cls, text: str) -> Fact:
        """The fact that the view `events` writes as an array: these fields, with the key as text (it is beyond 2^53)
        and seconds within its slot in place of the time.
        """
        key, second, *rest = json.loads(text)
        return cls(int(key), time_of(int(key), second), *rest)
