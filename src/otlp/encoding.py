"""How an OpenTelemetry body comes and how it is answered: JSON or protobuf, gzip or plain, a partial success."""

from __future__ import annotations

import json
import zlib
from enum import Enum

from terms import limits
from terms.errors import RequestError

_GZIP = 31  # zlib's number for it: a window of 15 bits, and a header


class Form(Enum):
    """A way to write a body, by its media type."""

    JSON = "application/json"
    PROTOBUF = "application/x-protobuf"


class Signal(Enum):
    """What is exported, and what one of it is called in an answer."""

    LOGS = "rejectedLogRecords"
    TRACES = "rejectedSpans"
    METRICS = "rejectedDataPoints"


def form_of(headers: dict[str, str]) -> Form:
    """The form that headers (names in lower case) say a body has; raises RequestError (415)."""
    media = headers.get("content-type", Form.JSON.value).partition(";")[0].strip().lower()
    try:
        return Form(media)
    except ValueError as error:
        raise RequestError(415, f"Send OTLP as {Form.PROTOBUF.value} or {Form.JSON.value}.") from error


def unpacked(body: bytes, headers: dict[str, str]) -> bytes:
    """The body as it was before it was compressed; raises RequestError: 400, 413, 415."""
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding in ("identity", ""):
        return body
    if coding != "gzip":
        raise RequestError(415, "Send OTLP plain or as gzip.")
    parts: list[bytes] = []
    left = limits.TELEMETRY_BYTES
    try:
        while body:  # a gzip file may be several, one behind the other
            stream = zlib.decompressobj(_GZIP)
            parts.append(stream.decompress(body, left + 1))
            left -= len(parts[-1])
            if left < 0:
                raise RequestError(413, f"The body must have at most {limits.TELEMETRY_BYTES} bytes, unpacked.")
            if not stream.eof:
                raise RequestError(400, "The body is gzip that is cut short.")
            body = stream.unused_data
    except zlib.error as error:
        raise RequestError(400, "The body is not gzip.") from error
    return b"".join(parts)


def answer(form: Form, signal: Signal, refused: int, reason: str) -> str | bytes:
    """The body of an answer: full success, or how many were refused and why. refused 0: none."""
    if form is Form.JSON:
        partial = {signal.value: str(refused), "errorMessage": reason} if refused else {}
        return json.dumps({"partialSuccess": partial})
    if not refused:
        return b""
    text = reason.encode()
    partial_success = b"\x08" + _varint(refused) + b"\x12" + _varint(len(text)) + text
    return b"\x0a" + _varint(len(partial_success)) + partial_success


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])
