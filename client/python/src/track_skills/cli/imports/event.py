"""A row of an older store as an event of ours, with an id that is the same whenever the row is read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from track_skills import events, settings

_LABELS = ("tool_category", "error_type", "agent_id", "trigger", "tool_version", "os", "runtime", "source")
_NUMBERS = ("duration_ms", "request_size_bytes", "response_size_bytes")
# What makes a row the one that it is, beside its id.
_IDENTITY = ("timestamp", "tool_name", "skill_name", "status", "outcome", "duration_ms", "session_id", "user_id_hash")


def event_of(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the event that a row is, None if it has no name or no moment that can be.

    Messages and metadata of older stores were not scrubbed and are left out. A person stays one, under another id.
    """
    name = row.get("tool_name") or row.get("skill_name")
    moment = _milliseconds(row.get("timestamp"))
    if not settings.is_name(name) or moment is None:
        return None
    event: dict[str, Any] = {
        "event_id": f"import-{_digest(row.get('id', row.get('row_number')), *(row.get(name) for name in _IDENTITY))}",
        "timestamp": events.iso_timestamp(moment),
        "tool_name": name,
        "status": events.STATUSES.get(str(row.get("status") or row.get("outcome")), "unknown"),
    }
    event.update((field, row[field]) for field in _LABELS if isinstance(row.get(field), str) and row[field])
    if row["table"] == "skill_telemetry":
        event.setdefault("tool_category", "skill")
    for field in _NUMBERS:
        number = _number(row.get(field))
        if number is not None:
            event[field] = number
    if row.get("user_id_hash"):
        event["anonymous_id"] = f"import-{_digest(row['user_id_hash'])}"
    elif row.get("session_id"):
        event["session_id"] = f"import-{_digest(row['session_id'])}"
    if str(row.get("test")) in ("1", "True", "true"):
        event["test"] = True
    return event


def _digest(*values: object) -> str:
    return hashlib.sha256("\0".join(map(str, values)).encode("utf-8", "replace")).hexdigest()[:32]


def _number(value: object) -> int | None:
    """Return a whole number of 0 or more, also of one that is text; None for anything else."""
    try:
        number = round(float(value)) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else -1
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < 2**53 else None


def _milliseconds(value: object) -> int | None:
    """Return a moment as epoch ms: of ISO text, UTC where it names no zone, or a number of seconds or milliseconds."""
    number = _number(value)
    if number is not None:
        return number if number > 100_000_000_000 else number * 1000
    try:
        moment = datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        found = round(aware.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return found if found >= 0 else None
