"""Reads OpenTelemetry bodies in protobuf: its wire format, of which only what is wanted is decoded.

A message is a row of fields: a tag (number and wire type) and a value (a varint, 4 or 8 bytes, or a length and as many
bytes). Numbers are those of opentelemetry-proto 1.x; https://protobuf.dev/programming-guides/encoding/ has the format.
Nothing here recurses: however deep values nest, they are passed over.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from otlp.records import ATTRIBUTES, CATEGORY, Record, Records, Scalar, name_of_log, name_of_span
from terms import limits
from terms.errors import RequestError

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_KEYS = {key.encode(): key for key in ATTRIBUTES}
_EVENT, _OPERATION = b"event.name", b"gen_ai.operation.name"

# An AnyValue's fields
_STRING, _BOOL, _INT, _DOUBLE, _ARRAY, _MAP = 1, 2, 3, 4, 5, 6

_KEY_TAG, _VALUE_TAG = 0x0A, 0x12  # of a KeyValue
_STRING_TAG = 0x0A  # of an AnyValue

_STATUS_ERROR = 2
_SHALLOW_BYTES = 4 * limits.JSON_DEPTH  # a level takes four bytes at least: what is no longer cannot nest too deep

_Part = tuple[int, int]  # where it begins, and where it ends


class _Layout(NamedTuple):
    """The field numbers of a record. name: of its event or of the span. times: the first that is not 0 counts. A 0:
    it has none.
    """

    attributes: int
    body: int
    name: int
    span: int
    times: tuple[int, ...]
    start: int
    status: int


_LOG = _Layout(attributes=6, body=5, name=12, span=10, times=(1, 11), start=0, status=0)
_SPAN = _Layout(attributes=9, body=0, name=5, span=2, times=(8,), start=7, status=15)


def logs(body: bytes) -> Records:
    """The log records of an ExportLogsServiceRequest; raises RequestError (400)."""
    return _records(body, _LOG, name_of_log)


def traces(body: bytes) -> Records:
    """The spans of an ExportTraceServiceRequest; raises RequestError (400)."""
    return _records(body, _SPAN, name_of_span)


def metrics(body: bytes) -> None:
    """Raises RequestError (400) unless this may be an ExportMetricsServiceRequest: nothing is read of it."""
    try:
        for _ in _parts(body, (0, len(body)), 1):
            pass
    except (IndexError, ValueError) as error:
        raise _malformed() from error


def _records(body: bytes, layout: _Layout, named: Callable[..., tuple[str, str] | None]) -> Records:
    known: list[Record] = []
    refused = 0
    try:
        for resource in _parts(body, (0, len(body)), 1):
            category = _category(body, resource)
            for scope in _parts(body, resource, 2):
                for part in _parts(body, scope, 2):
                    try:
                        record = _record(body, part, layout, named, category)
                    except UnicodeDecodeError:
                        refused += 1
                    else:
                        if record is not None:
                            known.append(record)
    except (IndexError, ValueError, struct.error) as error:
        raise _malformed() from error
    return Records(known, refused)


class _Fields(NamedTuple):
    """Where the fields of a record lie that may be wanted: attributes by key, the others by number."""

    values: dict[bytes, _Part]
    texts: dict[int, _Part]
    moments: dict[int, int]


def _fields(data: bytes, part: _Part, attribute: int) -> _Fields:
    """The fields of a record. attribute: the tag of one. Raises ValueError or IndexError for what is no message."""
    at, end = part
    values, texts, moments = fields = _Fields({}, {}, {})
    # Most of a body is attributes that are not wanted: these few lines decide what a body costs.
    while at < end:
        tag = data[at]
        at += 1
        if tag >= 0x80 or tag < 8:
            tag, at = _tag(data, at - 1)
        wire = tag & 7
        if wire == _LENGTH:
            size = data[at]
            at += 1
            if size >= 0x80:
                size, at = _varint(data, at - 1)
            stop = at + size
            if stop > end:
                raise ValueError("truncated")
            if tag != attribute:
                texts[tag >> 3] = at, stop
            # What is not wanted is left where it stands, unless it may nest too deep.
            elif (
                not 2 <= size <= _SHALLOW_BYTES or data[at] != _KEY_TAG or data[at + 2 : at + 2 + data[at + 1]] in _KEYS
            ):
                key, value = _key_value(data, at, stop)
                if key in _KEYS:
                    values[key] = value
            at = stop
        elif wire == _FIXED64:
            moments[tag >> 3] = at
            at += 8
        else:
            at = _behind(data, at, tag)
    if at != end:
        raise ValueError("truncated")
    return fields


def _record(
    data: bytes, part: _Part, layout: _Layout, named: Callable[..., tuple[str, str] | None], category: str | None
) -> Record | None:
    """One record, if it says something. Its values are decoded only then."""
    values, texts, moments = _fields(data, part, layout.attributes << 3 | _LENGTH)
    _check_depth(data, texts.get(layout.body, (0, 0)))
    # A span may have an attribute of this name too, which names nothing.
    of_log = layout is _LOG and _EVENT in values
    name = _scalar(data, values[_EVENT]) if of_log else _text(data, texts.get(layout.name))
    found = named(name, _scalar(data, values[_OPERATION]) if _OPERATION in values else None)
    if found is None:
        return None
    times = (_moment(data, moments.get(number)) for number in layout.times)
    time = next((time for time in times if time), 0)
    scalars = {_KEYS[key]: scalar for key, value in values.items() if (scalar := _scalar(data, value)) is not None}
    return Record(
        *found,
        time=time,
        length=time - _moment(data, moments.get(layout.start)) if layout.start else None,
        failed=_STATUS_ERROR in _integers(data, texts.get(layout.status), 3),
        span=data[slice(*texts[layout.span])].hex() if layout.span in texts else "",
        attributes=scalars,
        category=category,
    )


def _key_value(data: bytes, at: int, end: int) -> tuple[bytes, _Part]:
    """The key of a KeyValue, and where its AnyValue lies."""
    if not 2 <= end - at <= _SHALLOW_BYTES:
        return _any_key_value(data, at, end)
    key_end = at + 2 + data[at + 1]
    # As every writer has it: the key, and behind it the value.
    if data[at] == _KEY_TAG and key_end + 1 < end and data[key_end] == _VALUE_TAG:
        value = key_end + 2
        if value + data[key_end + 1] == end:
            return data[at + 2 : key_end], (value, end)
    return _any_key_value(data, at, end)


def _any_key_value(data: bytes, at: int, end: int) -> tuple[bytes, _Part]:
    key, found = b"", (end, end)
    for number, part in _lengths(data, (at, end)):
        if number == 1:
            key = data[slice(*part)]
        elif number == 2:
            found = part
            _check_depth(data, part)
    return key, found


def _scalar(data: bytes, part: _Part) -> Scalar | None:
    """What an AnyValue holds; None of lists, maps and bytes, which nothing is read of."""
    value: Scalar | None = None
    at, end = part
    if at + 2 <= end and data[at] == _STRING_TAG and at + 2 + data[at + 1] == end:
        return data[at + 2 : end].decode()
    while at < end:
        tag, at = _tag(data, at)
        field = tag >> 3
        if tag & 7 == _LENGTH:
            size, at = _varint(data, at)
            if at + size > end:
                raise ValueError("truncated")
            value = data[at : at + size].decode() if field == _STRING else None
            at += size
        elif tag & 7 == _VARINT:
            number, at = _varint(data, at)
            if field == _BOOL:
                value = bool(number)
            elif field == _INT:
                value = number - (1 << 64) if number >> 63 else number
        elif tag & 7 == _FIXED64:
            if field == _DOUBLE:
                (value,) = struct.unpack_from("<d", data, at)
            at += 8
        else:
            at = _behind(data, at, tag)
    if at != end:
        raise ValueError("truncated")
    return value


def _check_depth(data: bytes, value: _Part) -> None:
    """Raises ValueError for an AnyValue of lists or maps that nest deeper than is read anywhere."""
    if value[1] - value[0] <= _SHALLOW_BYTES:
        return
    waiting = [(value, 0)]
    while waiting:
        part, depth = waiting.pop()
        if depth > limits.JSON_DEPTH:
            raise ValueError("nested too deep")
        for field, inner in _lengths(data, part):
            if field == _ARRAY:
                waiting += [(item, depth + 1) for item in _parts(data, inner, 1)]
            elif field == _MAP:
                pairs = _parts(data, inner, 1)
                waiting += [(item, depth + 1) for pair in pairs for item in _parts(data, pair, 2)]


def _category(data: bytes, resource: _Part) -> str | None:
    for holder in _parts(data, resource, 1):
        for part in _parts(data, holder, 1):
            key, value = _key_value(data, *part)
            if key == CATEGORY.encode():
                category = _scalar(data, value)
                return category if isinstance(category, str) else None
    return None


def _parts(data: bytes, part: _Part, number: int) -> Iterator[_Part]:
    """Where the submessages of one number lie in a message."""
    return (found for field, found in _lengths(data, part) if field == number)


def _lengths(data: bytes, part: _Part) -> Iterator[tuple[int, _Part]]:
    """The fields of a message that have a length, and where each lies."""
    at, end = part
    while at < end:
        tag, at = _tag(data, at)
        if tag & 7 == _LENGTH:
            size, at = _varint(data, at)
            if at + size > end:
                raise ValueError("truncated")
            yield tag >> 3, (at, at + size)
            at += size
        else:
            at = _behind(data, at, tag)
    if at != end:
        raise ValueError("truncated")


def _integers(data: bytes, part: _Part | None, number: int) -> list[int]:
    """The values of a message's varint field of one number."""
    found = []
    at, end = part or (0, 0)
    while at < end:
        tag, at = _tag(data, at)
        if tag & 7 == _VARINT and tag >> 3 == number:
            value, at = _varint(data, at)
            found = [value]  # of several, the last counts
        else:
            at = _behind(data, at, tag)
    if at != end:
        raise ValueError("truncated")
    return found


def _behind(data: bytes, at: int, tag: int) -> int:
    """Where the next field begins, behind the value of a tag."""
    wire = tag & 7
    if wire == _VARINT:
        return _varint(data, at)[1]
    if wire == _FIXED64:
        return at + 8
    if wire == _FIXED32:
        return at + 4
    if wire == _LENGTH:
        size, at = _varint(data, at)
        return at + size
    raise ValueError("no wire type of OTLP")


def _tag(data: bytes, at: int) -> tuple[int, int]:
    tag = data[at]
    if tag < 0x80:
        at += 1
    else:
        tag, at = _varint(data, at)
    if tag < 8:
        raise ValueError("no field has the number 0")
    return tag, at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A varint, of 64 bits at most, and where it ends; IndexError where the data ends before it."""
    byte = data[at]
    at += 1
    if byte < 0x80:
        return byte, at
    value, shift = byte & 0x7F, 7
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >> 64:
                raise ValueError("overlong")
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("overlong")


def _text(data: bytes, part: _Part | None) -> str | None:
    return None if part is None else data[slice(*part)].decode()


def _moment(data: bytes, at: int | None) -> int:
    return 0 if at is None else int.from_bytes(data[at : at + 8], "little")


def _malformed() -> RequestError:
    return RequestError(400, "The body is no OTLP export request in protobuf: cut short, overlong or nested too deep.")
