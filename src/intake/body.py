"""A request's body as the events that it holds, not looked at yet."""

import codecs
import json
import re
from typing import NamedTuple

from intake.moment import epoch_seconds
from terms import limits
from terms.errors import InvalidError, RequestError

# Each character is looked at a few times, whatever the body is made of: what is not JSON may be hostile.
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_NO_MARK = bytes(set(range(256)) - set(b'[]{}"'))


class Batch(NamedTuple):
    """The events of a body. single: it was one event alone. ahead: seconds that the sender's clock is ahead of ours."""

    events: list[object]
    single: bool
    ahead: float


def parse_json(body: bytes | None) -> object:
    """The JSON value of a body in UTF-8; raises RequestError (400)."""
    try:
        return load((body or b"").removeprefix(codecs.BOM_UTF8).decode())
    except ValueError as error:
        raise RequestError(400, "The body is not JSON in UTF-8.") from error


def split_batch(payload: object, now: float, one: str = "event") -> Batch:
    """The events of a payload: an object, an array, or {"events": array, "sent_at": …}. now: epoch seconds.

    one: what they are.
    """
    several = f"{one}s"
    if isinstance(payload, dict) and several not in payload:
        return Batch([payload], True, _ahead(payload, now))
    events = payload[several] if isinstance(payload, dict) else payload
    if not isinstance(events, list) or not 1 <= len(events) <= limits.BATCH_EVENTS:
        raise InvalidError(
            several, f"Send one {one} object, an array of 1 to {limits.BATCH_EVENTS} of them, or that as {several}."
        )
    return Batch(events, False, _ahead(payload, now) if isinstance(payload, dict) else 0)


def load(text: str) -> object:
    """The JSON value of a text, nested at most limits.JSON_DEPTH deep; raises ValueError."""
    if text.count("[") + text.count("{") > limits.JSON_DEPTH:
        # Without escapes, every other part between quotes is outside of texts, up to where it may stop being JSON.
        marks = (
            (_ESCAPE.sub("", text) if "\\" in text else text).encode("ascii", "ignore").translate(_ONE_KIND, _NO_MARK)
        )
        brackets = b"".join(marks.replace(b'""', b"").split(b'"')[::2])
        for _ in range(limits.JSON_DEPTH):
            brackets = brackets.replace(b"[]", b"")  # the innermost level of each
        if brackets:
            raise ValueError("nested too deep")
    return _decoder.decode(text)


def _ahead(payload: dict[str, object], now: float) -> float:
    """A clock that is wrong is wrong for all events of a request: then what is sent again later is the same again."""
    sent_at = epoch_seconds(payload.get("sent_at"))
    ahead = 0 if sent_at is None else sent_at - now
    return ahead if abs(ahead) > limits.CLOCK_SKEW_SECONDS else 0


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)  # json.loads would make one for each text
