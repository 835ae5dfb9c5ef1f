"""A request's body as the events that it holds, not looked at yet."""

import json
import re

from terms import limits
from terms.errors import InvalidError, RequestError

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


def parse_json(body: bytes | None) -> object:
    """The JSON value of a body in UTF-8; raises RequestError (400)."""
    try:
        return load((body or b"").decode("utf-8-sig"))
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


def load(text: str) -> object:
    """The JSON value of a text, nested at most limits.JSON_DEPTH deep; raises ValueError."""
    if text.count("[") + text.count("{") > limits.JSON_DEPTH:
        depth = 0
        for bracket in _BRACKET.findall(_STRING.sub("", text)):
            depth += 1 if bracket in "[{" else -1
            if depth > limits.JSON_DEPTH:
                raise ValueError("nested too deep")
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
