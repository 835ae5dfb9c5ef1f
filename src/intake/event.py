"""What an event is: parsed, validated and normalised from whatever was sent."""

import json
import math
import re
from datetime import UTC, datetime
from typing import NamedTuple

from intake.body import load
from intake.scrub import scrub, scrub_label
from terms import limits
from terms.dates import DAY
from terms.errors import InvalidError, RequestError
from terms.vocabulary import SOURCES, STATUS_ALIASES, STATUSES, TRIGGERS, UNKNOWN

_ALPHABET = "letters, digits, space and _ . : / @ + -"
_LABEL = re.compile(r"[A-Za-z0-9 _.:/@+-]+")
_PATH = re.compile(r"/|[A-Za-z]:|.*\.\.|.*/.*/")


class Event(NamedTuple):
    """One use of a tool, valid and scrubbed. The three ids are as sent and leave this process only as keyed hashes.

    time: epoch seconds. duration_ms: milliseconds, None = unknown. metadata: JSON text.
    """

    time: int
    tool_name: str
    tool_category: str
    status: str
    duration_ms: int | None
    error_type: str | None
    error_message: str | None
    request_size_bytes: int | None
    response_size_bytes: int | None
    metadata: str | None
    agent_id: str
    source: str
    trigger: str
    tool_version: str | None
    os: str | None
    runtime: str | None
    test: bool
    event_id: str | None
    anonymous_id: str | None
    session_id: str | None


def parse_event(raw: object, now: float, retention_days: int) -> Event:
    """An event from one JSON value; raises InvalidError, naming the field and what is accepted. now: epoch seconds."""
    if not isinstance(raw, dict):
        raise RequestError(400, "An event is a JSON object.")
    fields = {name: value for name, value in raw.items() if value is not None}
    return Event(
        time=_timestamp(fields, now, retention_days),
        tool_name=_tool_name(fields),
        tool_category=_label(fields, "tool_category") or "default",
        status=_status(fields),
        duration_ms=_integer(fields, "duration_ms", limits.DURATION_MS),
        error_type=_label(fields, "error_type"),
        error_message=_error_message(fields),
        request_size_bytes=_integer(fields, "request_size_bytes", limits.SIZE_BYTES),
        response_size_bytes=_integer(fields, "response_size_bytes", limits.SIZE_BYTES),
        metadata=_metadata(fields),
        agent_id=_label(fields, "agent_id") or UNKNOWN,
        source=_choice(fields, "source", SOURCES, "api"),
        trigger=_choice(fields, "trigger", TRIGGERS, UNKNOWN),
        tool_version=_label(fields, "tool_version"),
        os=_label(fields, "os"),
        runtime=_label(fields, "runtime"),
        test=_boolean(fields, "test"),
        event_id=_id(fields, "event_id"),
        anonymous_id=_id(fields, "anonymous_id"),
        session_id=_id(fields, "session_id"),
    )


def _text(fields: dict[str, object], name: str, longest: int) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise InvalidError(name, f"{name} must be a string of 1 to {longest} characters.")
    return value


def _tool_name(fields: dict[str, object]) -> str:
    name = _text(fields, "tool_name", limits.NAME_CHARACTERS)
    if name is None:
        raise InvalidError("tool_name", "tool_name is required.")
    if not _LABEL.fullmatch(name) or name.isspace():
        raise InvalidError("tool_name", f"tool_name must be made of {_ALPHABET}.")
    if _PATH.match(name):
        raise InvalidError(
            "tool_name", "tool_name must not look like a path: no leading /, no .., no drive, at most one /."
        )
    return name


def _label(fields: dict[str, object], name: str) -> str | None:
    label = _text(fields, name, limits.LABEL_CHARACTERS)
    if label is None:
        return None
    if not _LABEL.fullmatch(label):
        raise InvalidError(name, f"{name} must be made of {_ALPHABET}.")
    return scrub_label(label)


def _id(fields: dict[str, object], name: str) -> str | None:
    return _text(fields, name, limits.ID_CHARACTERS)


def _status(fields: dict[str, object]) -> str:
    status = fields.get("status")
    if status is None:
        raise InvalidError("status", f"status is required: one of {', '.join(STATUSES)}.")
    if isinstance(status, str):
        status = STATUS_ALIASES.get(status, status)
    return _choice({"status": status}, "status", STATUSES, UNKNOWN)


def _choice(fields: dict[str, object], name: str, choices: tuple[str, ...], default: str) -> str:
    value = fields.get(name, default)
    if not isinstance(value, str) or value not in choices:
        raise InvalidError(name, f"{name} must be one of {', '.join(choices)}.")
    return value


def _integer(fields: dict[str, object], name: str, most: int) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    whole = (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, float) and value.is_integer()
    )
    if not whole or not 0 <= value <= most:  # type: ignore[operator]
        raise InvalidError(name, f"{name} must be an integer from 0 to {most}, or null when it is unknown.")
    return int(value)  # type: ignore[call-overload,no-any-return]


def _boolean(fields: dict[str, object], name: str) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise InvalidError(name, f"{name} must be true or false.")
    return value


def _error_message(fields: dict[str, object]) -> str | None:
    message = _text(fields, "error_message", limits.ERROR_MESSAGE_CHARACTERS) if fields.get("error_message") else None
    return scrub(message)[: limits.STORED_ERROR_MESSAGE_CHARACTERS] if message else None


def _metadata(fields: dict[str, object]) -> str | None:
    """What may be kept of the metadata, as JSON text; a value or key that scrubbing would change is left out."""
    value = fields.get("metadata")
    if value is None:
        return None
    rule = f"metadata must be a JSON object, or a string that holds one, of at most {limits.METADATA_BYTES} bytes."
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode("utf-8", "surrogatepass")) > limits.METADATA_BYTES:
        raise InvalidError("metadata", rule)
    if isinstance(value, str):
        try:
            value = load(value)
        except ValueError as error:
            raise InvalidError("metadata", rule) from error
    if not isinstance(value, dict):
        raise InvalidError("metadata", rule)
    kept = {name: item for name, item in value.items() if _is_harmless(name) and _may_stay(item)}
    kept = dict(list(kept.items())[: limits.METADATA_KEYS])
    return json.dumps(kept, separators=(",", ":")) if kept else None


def _may_stay(item: object) -> bool:
    if isinstance(item, str):
        return _is_harmless(item)
    return item is None or isinstance(item, (bool, int)) or (isinstance(item, float) and math.isfinite(item))


def _is_harmless(text: str) -> bool:
    return (
        len(text) <= limits.METADATA_STRING_CHARACTERS
        and _LABEL.fullmatch(text) is not None
        and scrub_label(text) == text
    )


def _timestamp(fields: dict[str, object], now: float, retention_days: int) -> int:
    value = fields.get("timestamp")
    if value is None:
        return int(now)
    time = _epoch_seconds(value)
    if time is None:
        raise InvalidError("timestamp", "timestamp must be ISO-8601 or epoch milliseconds.")
    if time < now - retention_days * DAY:
        raise InvalidError("timestamp", f"timestamp must not be older than {retention_days} days.")
    return int(now if time > now + limits.CLOCK_SKEW_SECONDS else time)


def _epoch_seconds(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value / 1000 if abs(value) < 1e15 else None
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
