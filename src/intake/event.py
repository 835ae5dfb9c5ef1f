"""What an event is: parsed, validated and normalised from whatever was sent."""

import json
import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from intake.body import load
from intake.moment import epoch_seconds
from intake.scrub import scrub, scrub_label
from intake.spelling import runtime, system
from terms import limits
from terms.dates import DAY
from terms.errors import InvalidError, RequestError
from terms.vocabulary import SOURCES, STATUS_ALIASES, STATUSES, TRIGGERS, UNKNOWN

_ALPHABET = "letters, digits, space and _ . : / @ + -"
_LABEL = re.compile(r"[A-Za-z0-9 _.:/@+-]+")
_NUMBER_TEXT = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_PATH = re.compile(r"/|[A-Za-z]:|.*\.\.|.*/.*/")


class Event(NamedTuple):
    """One use of a tool, valid and scrubbed. The three ids are as sent and leave this process only as keyed hashes.

    time: epoch seconds. duration_ms: milliseconds, None = unknown. metadata: JSON text. ignored: what was
    left out, and why.
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
    ignored: tuple[InvalidError, ...] = ()


def parse_event(raw: object, now: float, *, ahead: float = 0) -> Event:
    """An event from one JSON value. now: epoch seconds. ahead: seconds that the sender's clock is ahead of ours.

    Raises InvalidError for what an event cannot be without: its tool_name, its status, a moment that can be counted.
    Another field that does not fit is left out, and the event says so.
    """
    if not isinstance(raw, dict):
        raise RequestError(400, "An event is a JSON object.")
    fields = _Fields({name: value for name, value in raw.items() if value is not None})
    time = _time(fields, now, ahead)
    tool_name, status = _tool_name(fields), _status(fields)
    return Event(
        time=time,
        tool_name=tool_name,
        tool_category=fields.read("tool_category", _label) or "default",
        status=status,
        duration_ms=fields.read("duration_ms", _duration),
        error_type=fields.read("error_type", _label),
        error_message=fields.read("error_message", _error_message),
        request_size_bytes=fields.read("request_size_bytes", _size),
        response_size_bytes=fields.read("response_size_bytes", _size),
        metadata=fields.read("metadata", _metadata),
        agent_id=fields.read("agent_id", _label) or UNKNOWN,
        source=fields.read("source", _one_of(SOURCES)) or "api",
        trigger=fields.read("trigger", _one_of(TRIGGERS)) or UNKNOWN,
        tool_version=fields.read("tool_version", _label),
        os=fields.read("os", lambda name, value: system(_label(name, value))),
        runtime=fields.read("runtime", lambda name, value: runtime(_label(name, value))),
        test=fields.read("test", _boolean) or False,
        event_id=fields.read("event_id", _id),
        anonymous_id=fields.read("anonymous_id", _id),
        session_id=fields.read("session_id", _id),
        ignored=tuple(fields.ignored),
    )


Value = TypeVar("Value")


class _Fields:
    """What was sent, read field by field. ignored: what did not fit its rule."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.ignored: list[InvalidError] = []

    def read(self, name: str, rule: Callable[[str, Any], Value]) -> Value | None:
        """The field by its rule; None where it is missing or does not fit."""
        if name not in self.values:
            return None
        try:
            return rule(name, self.values[name])
        except InvalidError as error:
            self.ignored.append(error)
            return None


def _text(name: str, value: object, longest: int) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise InvalidError(name, f"{name} must be a string of 1 to {longest} characters.")
    return value


def _tool_name(fields: _Fields) -> str:
    if "tool_name" not in fields.values:
        raise InvalidError("tool_name", "tool_name is required.")
    name = _text("tool_name", fields.values["tool_name"], limits.NAME_CHARACTERS)
    if not _LABEL.fullmatch(name) or name.isspace():
        raise InvalidError("tool_name", f"tool_name must be made of {_ALPHABET}.")
    if _PATH.match(name):
        raise InvalidError(
            "tool_name", "tool_name must not look like a path: no leading /, no .., no drive, at most one /."
        )
    return name


def _status(fields: _Fields) -> str:
    status = fields.values.get("status")
    rule = f"one of {', '.join(STATUSES)}"
    if not isinstance(status, str):
        raise InvalidError("status", f"status is required: {rule}.")
    status = STATUS_ALIASES.get(status, status)
    if status not in STATUSES:
        fields.ignored.append(InvalidError("status", f"status must be {rule}; it is kept as {UNKNOWN}."))
        return UNKNOWN
    return status


def _time(fields: _Fields, now: float, ahead: float) -> int:
    value = fields.values.get("timestamp")
    time = epoch_seconds(value)
    if time is None:
        if value is not None:
            fields.ignored.append(InvalidError("timestamp", "timestamp must be ISO-8601 or epoch milliseconds."))
        return int(now)
    time -= ahead
    if time < now - limits.EVENT_DAYS * DAY:
        raise InvalidError("timestamp", f"timestamp must not be older than {limits.EVENT_DAYS} days.")
    return int(now if time > now + limits.CLOCK_SKEW_SECONDS else time)


def _label(name: str, value: object) -> str:
    label = _text(name, value, limits.LABEL_CHARACTERS)
    if not _LABEL.fullmatch(label) or label.isspace():
        raise InvalidError(name, f"{name} must be made of {_ALPHABET}.")
    return scrub_label(label)


def _id(name: str, value: object) -> str:
    return _text(name, value, limits.ID_CHARACTERS)


def _one_of(choices: tuple[str, ...]) -> Callable[[str, object], str]:
    def rule(name: str, value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise InvalidError(name, f"{name} must be one of {', '.join(choices)}.")
        return value

    return rule


def _duration(name: str, value: object) -> int:
    number = _number(value)
    if number is None or not 0 <= number <= limits.DURATION_MS:
        raise InvalidError(name, f"{name} must be a number from 0 to {limits.DURATION_MS}, or null when it is unknown.")
    return math.floor(number + 0.5)


def _size(name: str, value: object) -> int:
    number = _number(value)
    if number is None or number != int(number) or not 0 <= number <= limits.SIZE_BYTES:
        raise InvalidError(name, f"{name} must be an integer from 0 to {limits.SIZE_BYTES}, or null.")
    return int(number)


def _number(value: object) -> float | None:
    """A finite number, also one that was sent as text."""
    if isinstance(value, str) and _NUMBER_TEXT.fullmatch(value):
        return float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= limits.SIZE_BYTES:
        return None
    return value


def _boolean(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidError(name, f"{name} must be true or false.")
    return value


def _error_message(name: str, value: object) -> str | None:
    if not isinstance(value, str):
        raise InvalidError(name, f"{name} must be a string.")
    message = value[: limits.ERROR_MESSAGE_CHARACTERS]
    if len(value) > len(message):
        # Half a word may no longer look like the secret that it was.
        message = message[: message.rfind(" ") + 1]
    return scrub(message)[: limits.STORED_ERROR_MESSAGE_CHARACTERS] or None


def _metadata(name: str, value: object) -> str | None:
    """What may be kept of the metadata, as JSON text; a value or key that scrubbing would change is left out."""
    rule = f"{name} must be a JSON object, or a string that holds one, of at most {limits.METADATA_BYTES} bytes."
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode("utf-8", "surrogatepass")) > limits.METADATA_BYTES:
        raise InvalidError(name, rule)
    if isinstance(value, str):
        try:
            value = load(value)
        except ValueError as error:
            raise InvalidError(name, rule) from error
    if not isinstance(value, dict):
        raise InvalidError(name, rule)
    kept = {key: item for key, item in value.items() if _is_harmless(key) and _may_stay(item)}
    kept = dict(list(kept.items())[: limits.METADATA_KEYS])
    return json.dumps(kept, separators=(",", ":")) if kept else None


def _may_stay(item: object) -> bool:
    if isinstance(item, str):
        return _is_harmless(item)
    if isinstance(item, int):
        return abs(item) <= limits.METADATA_INTEGER  # any number of digits may spell a text
    return item is None or (isinstance(item, float) and math.isfinite(item))


def _is_harmless(text: str) -> bool:
    return (
        len(text) <= limits.METADATA_STRING_CHARACTERS
        and _LABEL.fullmatch(text) is not None
        and scrub_label(text) == text
    )
