"""What an event is: parsed, validated and normalised from whatever was sent."""

import json
import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

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
_PATH = re.compile(r" */| *[A-Za-z]:|.*\.\.|.*/.*/")
_STATUS_RULE = f"one of {', '.join(STATUSES)}"

_REMEMBERED = 512  # of each sort of text: more than a team's tools, versions and agents
_harmless: set[str] = set()
_known_words: dict[tuple[str | None, ...], dict[str, Any]] = {}
_CHOICES = frozenset(SOURCES + TRIGGERS)


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
    ignored: list[InvalidError] = []
    time = _time(raw.get("timestamp"), now, ahead, ignored)
    name = tool_name(raw.get("tool_name"))
    status = _status(raw.get("status"), ignored)
    left_out: list[InvalidError] = []
    fields = _words(raw, left_out)
    fields["time"], fields["tool_name"], fields["status"] = time, name, status
    _follow(_OTHER_RULES, raw, fields, left_out)
    if ignored or left_out:
        fields["ignored"] = (*ignored, *sorted(left_out, key=_place))
    return Event._make(fields.values())


def _follow(
    rules: dict[str, Callable[[str, Any], object]],
    raw: dict[str, Any],
    fields: dict[str, Any],
    left_out: list[InvalidError],
) -> None:
    """Put what rules make of what was sent into fields; what does not fit is left out and noted."""
    for name, rule in rules.items():
        value = raw.get(name)
        if value is None:
            continue
        try:
            fields[name] = rule(name, value)
        except InvalidError as error:
            left_out.append(error)


def _words(raw: dict[str, Any], left_out: list[InvalidError]) -> dict[str, Any]:
    """An event's fields with its words alone. A sender's are the same again and again, so they are remembered together,
    where they may stay as they are.
    """
    sent = tuple(map(raw.get, _WORD_RULES))
    try:
        if known := _known_words.get(sent):
            return known.copy()
    except TypeError:  # a list or an object is none of them, and is left out
        pass
    fields = _NOTHING.copy()
    _follow(_WORD_RULES, raw, fields, left_out)
    if not left_out and all(word is None or word in _harmless or word in _CHOICES for word in sent):
        if len(_known_words) >= _REMEMBERED:
            _known_words.clear()
        _known_words[sent] = fields.copy()
    return fields


def _place(error: InvalidError) -> int:
    return Event._fields.index(error.field)


def _text(name: str, value: object, longest: int) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise InvalidError(name, f"{name} must be a string of 1 to {longest} characters.")
    return value


def tool_name(value: object) -> str:
    """A tool's name as it may be; raises InvalidError. Spaces that no page shows make no other name."""
    if value is None:
        raise InvalidError("tool_name", "tool_name is required.")
    return _checked(_text("tool_name", value, limits.NAME_CHARACTERS))


@lru_cache(_REMEMBERED)
def _checked(name: str) -> str:
    if not _LABEL.fullmatch(name) or name.isspace():
        raise InvalidError("tool_name", f"tool_name must be made of {_ALPHABET}.")
    if _PATH.match(name):
        raise InvalidError(
            "tool_name", "tool_name must not look like a path: no leading /, no .., no drive, at most one /."
        )
    return _one_space(name)


def _one_space(text: str) -> str:
    return " ".join(text.split())


def _status(value: object, ignored: list[InvalidError]) -> str:
    if not isinstance(value, str):
        raise InvalidError("status", f"status is required: {_STATUS_RULE}.")
    status = STATUS_ALIASES.get(value, value)
    if status not in STATUSES:
        ignored.append(InvalidError("status", f"status must be {_STATUS_RULE}; it is kept as {UNKNOWN}."))
        return UNKNOWN
    return status


def _time(value: object, now: float, ahead: float, ignored: list[InvalidError]) -> int:
    time = epoch_seconds(value)
    if time is None:
        if value is not None:
            ignored.append(InvalidError("timestamp", "timestamp must be ISO-8601 or epoch milliseconds."))
        return int(now)
    time -= ahead
    if time < now - limits.EVENT_DAYS * DAY:
        raise InvalidError("timestamp", f"timestamp must not be older than {limits.EVENT_DAYS} days.")
    return int(now if time > now + limits.CLOCK_SKEW_SECONDS else time)


def _label(name: str, value: object) -> str:
    if isinstance(value, str) and _is_harmless(value) and not value.isspace():
        return _one_space(value)
    label = _text(name, value, limits.LABEL_CHARACTERS)
    if not _LABEL.fullmatch(label) or label.isspace():
        raise InvalidError(name, f"{name} must be made of {_ALPHABET}.")
    return scrub_label(_one_space(label))


def _system(name: str, value: object) -> str:
    return system(_label(name, value))


def _runtime(name: str, value: object) -> str:
    return runtime(_label(name, value))


def _id(name: str, value: object) -> str:
    return _text(name, value, limits.ID_CHARACTERS)


def _one_of(choices: tuple[str, ...]) -> Callable[[str, object], str]:
    def rule(name: str, value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise InvalidError(name, f"{name} must be one of {', '.join(choices)}.")
        return value

    return rule


def _duration(name: str, value: object) -> int:
    if type(value) is int and 0 <= value <= limits.DURATION_MS:
        return value
    milliseconds = number(value)
    if milliseconds is None or not 0 <= milliseconds <= limits.DURATION_MS:
        raise InvalidError(name, f"{name} must be a number from 0 to {limits.DURATION_MS}, or null when it is unknown.")
    return math.floor(milliseconds + 0.5)


def _size(name: str, value: object) -> int:
    if type(value) is int and 0 <= value <= limits.SIZE_BYTES:
        return value
    size = number(value)
    if size is None or size != int(size) or not 0 <= size <= limits.SIZE_BYTES:
        raise InvalidError(name, f"{name} must be an integer from 0 to {limits.SIZE_BYTES}, or null.")
    return int(size)


def number(value: object) -> float | None:
    """A finite number, also one that was sent as text."""
    if type(value) is int:
        return value if abs(value) <= limits.SIZE_BYTES else None
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
    """Whether a text may stay as it is.

    Clients send the same ones again and again, so these are remembered; a text with a secret in it never is.
    """
    if text in _harmless:
        return True
    if len(text) > limits.METADATA_STRING_CHARACTERS or not _LABEL.fullmatch(text) or scrub_label(text) != text:
        return False
    if len(_harmless) >= _REMEMBERED:
        _harmless.clear()
    _harmless.add(text)
    return True


# A rule takes the field's name and value; it raises InvalidError for a value that does not fit.
_WORD_RULES: dict[str, Callable[[str, Any], object]] = {
    "tool_category": _label,
    "agent_id": _label,
    "source": _one_of(SOURCES),
    "trigger": _one_of(TRIGGERS),
    "tool_version": _label,
    "os": _system,
    "runtime": _runtime,
}
_OTHER_RULES: dict[str, Callable[[str, Any], object]] = {
    "duration_ms": _duration,
    "error_type": _label,
    "error_message": _error_message,
    "request_size_bytes": _size,
    "response_size_bytes": _size,
    "metadata": _metadata,
    "test": _boolean,
    "event_id": _id,
    "anonymous_id": _id,
    "session_id": _id,
}
RULES = _WORD_RULES | _OTHER_RULES
# What an event is where it says nothing, in the order of Event's fields.
_NOTHING: dict[str, Any] = dict.fromkeys(Event._fields) | {
    "tool_category": "default",
    "agent_id": UNKNOWN,
    "source": "api",
    "trigger": UNKNOWN,
    "test": False,
    "ignored": (),
}
