"""A store of skills' uses for a program's own records: the interface of the field's oldest collector."""

from __future__ import annotations

import os
import time
from pathlib import Path

from track_skills import events, settings
from track_skills.local import database, reports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["TelemetryCollector", "TelemetryEvent", "create_telemetry_collector"]


class TelemetryEvent(dict):  # type: ignore[type-arg]
    """One use of a skill: a dict by the names of the database's columns, whose keys are attributes too.

    id; skill_id; skill_name; session_id and duration_ms (milliseconds), None if they are not known;
    agent_id; outcome, as it was given; timestamp, ISO 8601, UTC. Beyond these what the clients know:
    docs/guides/local.md.
    """

    id: str
    skill_id: str
    skill_name: str
    session_id: str | None
    agent_id: str
    duration_ms: int | None
    outcome: str
    timestamp: str

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def create_telemetry_collector(db_path: str | os.PathLike[str] | None = None) -> TelemetryCollector:
    """Return a collector on the database at `db_path`; by default the local store's, in the state folder.

    The database is made at the first event that is recorded, for its user alone. A `telemetry.db`
    of Auto-Skill can be opened, and gets columns and a summary of ours beside its own. Raises
    ValueError where there is no path and no home to find one in.
    """
    if db_path is not None:
        return TelemetryCollector(Path(db_path))
    home = settings.home(os.environ)
    if home is None:
        raise ValueError("there is no state folder: neither TRACK_SKILLS_HOME nor HOME is set")
    return TelemetryCollector(Path(home, "telemetry.db"))


class TelemetryCollector:
    """Records uses of skills in a database, and reports on them. `create_telemetry_collector` makes one.

    Every method opens the database for itself, so that one collector may be used by many threads and
    processes. They raise `track_skills.local.database.DatabaseError`, which names the database and
    what is wrong with it; nothing has changed then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def record_event(
        self,
        skill_id: str,
        skill_name: str,
        session_id: str | None,
        outcome: str,
        agent_id: str = "unknown",
        duration_ms: int | None = None,
    ) -> TelemetryEvent:
        """Record one use of a skill and return it.

        `outcome` is any word: `success`; `failure`, `error` and `timeout` count as failures;
        `unknown` counts for no rate. `duration_ms` is in milliseconds, None (not 0) if it was not
        measured. Where tracking is switched off, the use is returned and not recorded. Raises
        ValueError for an empty name or outcome and for a duration that is not a number of at least 0.
        """
        event = TelemetryEvent(
            id=events.uuid4(),
            skill_id=_text(skill_id, "skill_id"),
            skill_name=_text(skill_name, "skill_name"),
            session_id=session_id,
            agent_id=agent_id or "unknown",
            duration_ms=_milliseconds(duration_ms),
            outcome=_text(outcome, "outcome"),
            timestamp=events.iso_timestamp(time.time_ns() // 1_000_000),
        )
        if _is_off():
            return event
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with database.opened(str(self.path)) as connection, database.writing(connection):
            database.add(connection, [{**event, "session_id": session_id or ""}])
        return event

    def get_effectiveness_report(self, skill_name: str | None = None) -> list[reports.EffectivenessReport]:
        """Return what the uses of each skill, or of one, add up to; most used first. No database: no reports."""
        if not self.path.exists():
            return []
        with database.opened(str(self.path)) as connection:
            return reports.effectiveness(connection, skill_name)

    def get_events(self, skill_name: str | None = None, limit: int = 100) -> list[TelemetryEvent]:
        """Return at most `limit` uses, of all skills or of one, newest first. No database: no uses."""
        if not self.path.exists():
            return []
        with database.opened(str(self.path)) as connection:
            return [TelemetryEvent(use) for use in database.events(connection, skill_name, max(0, limit))]


def _is_off() -> bool:
    return settings.why_off(os.environ, settings.home(os.environ) or os.curdir) not in (None, "owner")


def _text(value: str, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a text that is not empty, not {value!r}")
    return value


def _milliseconds(value: float | None) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 2**53:
        raise ValueError(f"duration_ms must be a number of milliseconds or None, not {value!r}")
    return round(value)
