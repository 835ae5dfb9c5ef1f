"""Which plugins an agent had loaded, and for whom: what is no use yet, and says how far a plugin reaches."""

from __future__ import annotations

from typing import NamedTuple

from intake.event import RULES, tool_name
from intake.moment import epoch_seconds
from terms import limits
from terms.dates import DAY
from terms.errors import InvalidError


class Loading(NamedTuple):
    """A plugin that was loaded at a time (epoch seconds). Its ids are as sent; one of them is there."""

    plugin: str
    version: str | None
    time: int
    anonymous_id: str | None
    session_id: str | None

    @property
    def whose(self) -> str:
        """What stands for the person."""
        return f"anonymous {self.anonymous_id}" if self.anonymous_id is not None else f"session {self.session_id}"


def parse_loading(raw: dict[str, object], now: float) -> Loading | None:
    """What a raw event of a loaded plugin says; None where it is nobody's, or too old. now: epoch seconds.

    Raises InvalidError for a name that may not be.
    """
    moment = epoch_seconds(raw.get("timestamp"))
    time = int(now if moment is None else min(moment, now))
    person, session = _id(raw.get("anonymous_id")), _id(raw.get("session_id"))
    name = tool_name(raw.get("tool_name"))
    if (person is None and session is None) or time < now - limits.EVENT_DAYS * DAY:
        return None
    return Loading(name, _version(raw.get("tool_version")), time, person, session)


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and 1 <= len(value) <= limits.ID_CHARACTERS else None


def _version(value: object) -> str | None:
    try:
        return None if value is None else str(RULES["tool_version"]("tool_version", value))
    except InvalidError:
        return None
