"""What an event is: parsed, validated and normalised from whatever was sent. Pure."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import limits
from errors import InvalidError, RequestError
from scrub import scrub, scrub_label

STATUSES = ("success", "error", "timeout", "partial", "skipped", "denied", "unknown")
STATUS_ALIASES = {"failure": "error", "failed": "error", "ok": "success", "cancelled": "skipped"}
SOURCES = ("bash", "hook", "python", "js", "go", "beacon", "otlp", "plugin", "api")
TRIGGERS = ("user", "model", "nested", "unknown")

# What is kept of an event beside its time and its keyed hashes.
STORED_FIELDS = (
    "tool_name",
    "tool_category",
    "status",
    "duration_ms",
    "error_type",
    "error_message",
    "request_size_bytes",
    "response_size_bytes",
    "metadata",
    "agent_id",
    "source",
    "trigger",
    "tool_version",
    "os",
    "runtime",
    "test",
)

_ALPHABET = "letters, digits, space and _ . : / @ + -"
_LABEL = re.compile(r"[A-Za-z0-9 _.:/@+-]+")
_PATH = re.compile(r"/|[A-Za-z]:|.*\.\.|.*/.*/")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")


@dataclass(frozen=True, slots=True)
class Event:
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


def parse_json(body: bytes | None) -> object:
    """The JSON value of a body in UTF-8; raises RequestError (400)."""
    try:
        return _load((body or b"").decode("utf-8-sig"))
    except ValueError as error:
        raise RequestError(400, "The body is not JSON in UTF-8.") from error


def split_batch(payload: object) -> tuple[list[object], bool]:
    """The events of a payload, and whether it was one event alone: an object, an array, or {"events": array}."""
    if isinstance(payload, dict) and "events" not in payload:
        return [payload], True
    events = payload["events"] if isinstance(payload, dict) else payload
    if not isinstance(events, list) or not 1 <= len(events) <= limits.BATCH_EVENTS:
        raise InvalidError(
            "events", f"Send one event object, an array of 1 to {limits.BATCH_EVENTS} of them, or that as events."
        )
    return events, False


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
        agent_id=_label(fields, "agent_id") or "unknown",
        source=_choice(fields, "source", SOURCES, "api"),
        trigger=_choice(fields, "trigger", TRIGGERS, "unknown"),
        tool_version=_label(fields, "tool_version"),
        os=_label(fields, "os"),
        runtime=_label(fields, "runtime"),
        test=_boolean(fields, "test"),
        event_id=_id(fields, "event_id"),
        anonymous_id=_id(fields, "anonymous_id"),
        session_id=_id(fields, "session_id"),
    )


def from_beacon(parameters: dict[str, str]) -> dict[str, object]:
    """The raw event of a beacon's query parameters: known ones to fields, numbers and short values to metadata."""
    rest = dict(parameters)
    for name, meaning in (("t", "tool id"), ("e", "event")):
        if not rest.get(name):
            raise InvalidError(name, f"{name} ({meaning}) is required.")
    event: dict[str, object] = {
        "tool_category": rest.pop("t"),
        "tool_name": rest.pop("e"),
        "source": "beacon",
        "status": _beacon_status(rest),
    }
    for parameter, field in (("v", "tool_version"), ("agent", "agent_id"), ("os", "os")):
        event[field] = rest.pop(parameter, "") or None
    duration = _number(rest.pop("ms", "") or rest.pop("duration", ""))
    event["duration_ms"] = round(duration) if isinstance(duration, float) else duration or None
    for parameter, runtime in (("py", "python"), ("node", "node"), ("go", "go")):
        if version := rest.pop(parameter, ""):
            event["runtime"] = f"{runtime} {version}"
    event["metadata"] = {name: _number(value) for name, value in rest.items()}
    return event


def _number(text: str) -> float | str:
    return float(text) if _NUMBER.fullmatch(text) else text


def _beacon_status(rest: dict[str, str]) -> str:
    """The outcome that a beacon states, in whichever of its four ways; takes the parameter out of the rest."""
    stated = {name: rest.pop(name) for name in ("outcome", "success", "found", "error") if name in rest}
    if "outcome" in stated:
        return stated["outcome"]
    for name, yes, no in (
        ("error", "error", "success"),
        ("success", "success", "error"),
        ("found", "success", "partial"),
    ):
        if name in stated:
            return no if stated[name].lower() in ("", "0", "false", "no", "null", "none") else yes
    return "unknown"


def _load(text: str) -> object:
    """The JSON value of a text; raises ValueError. Nesting is bounded: deep recursion ends a WebAssembly isolate."""
    if text.count("[") + text.count("{") > limits.JSON_DEPTH:
        depth = 0
        for bracket in _BRACKET.findall(_STRING.sub("", text)):
            depth += 1 if bracket in "[{" else -1
            if depth > limits.JSON_DEPTH:
                raise ValueError("nested too deep")
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


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
    return _choice({"status": status}, "status", STATUSES, "unknown")


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
            value = _load(value)
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
    if time < now - retention_days * 86_400:
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
