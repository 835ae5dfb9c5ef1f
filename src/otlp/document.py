"""Reads OpenTelemetry bodies in JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from intake.body import load
from otlp.records import ATTRIBUTES, CATEGORY, Record, Records, Scalar, name_of_log, name_of_span
from terms.errors import RequestError

_INTEGER = re.compile(r"-?\d{1,19}")
_REAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_FAILED = (2, "2", "STATUS_CODE_ERROR")


def logs(body: bytes) -> Records:
    """The log records of an ExportLogsServiceRequest; raises RequestError (400)."""
    return _records(body, "Logs", "logRecords", _log)


def traces(body: bytes) -> Records:
    """The spans of an ExportTraceServiceRequest; raises RequestError (400)."""
    return _records(body, "Spans", "spans", _span)


def metrics(body: bytes) -> None:
    """Raises RequestError (400) unless this is an ExportMetricsServiceRequest: nothing is read of it."""
    _list(_object(body), "resourceMetrics")


def _records(body: bytes, kind: str, name: str, read: Any) -> Records:
    known: list[Record] = []
    refused = 0
    for resource in _list(_object(body), f"resource{kind}"):
        category: str | None = None
        try:
            category = _category(resource)
            scopes = _list(resource, f"scope{kind}")
            records = [record for scope in scopes for record in _list(scope, name)]
        except (TypeError, AttributeError) as error:
            raise _malformed() from error
        for raw in records:
            try:
                record = read(raw, category)
            except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
                refused += 1
            else:
                if record is not None:
                    known.append(record)
    return Records(known, refused)


def _log(raw: dict[str, Any], category: str | None) -> Record | None:
    values = _wanted(raw)
    event = _scalar(values["event.name"]) if "event.name" in values else raw.get("eventName")
    named = name_of_log(event, _scalar(values.get("gen_ai.operation.name")))
    if named is None:
        return None
    time = int(raw.get("timeUnixNano") or 0) or int(raw.get("observedTimeUnixNano") or 0)
    return Record(*named, time, None, False, str(raw.get("spanId") or ""), _attributes(values), category)


def _span(raw: dict[str, Any], category: str | None) -> Record | None:
    values = _wanted(raw)
    named = name_of_span(raw.get("name"), _scalar(values.get("gen_ai.operation.name")))
    if named is None:
        return None
    start, end = int(raw.get("startTimeUnixNano") or 0), int(raw.get("endTimeUnixNano") or 0)
    failed = (raw.get("status") or {}).get("code") in _FAILED
    return Record(*named, end, end - start, failed, str(raw.get("spanId") or ""), _attributes(values), category)


def _wanted(raw: dict[str, Any]) -> dict[str, Any]:
    """The attributes that are read, as they stand. One that is empty has no value, and may have no key."""
    attributes = raw.get("attributes") or ()
    return {key: item.get("value") for item in attributes if (key := item.get("key")) in ATTRIBUTES}


def _attributes(values: dict[str, Any]) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {}
    for key, value in values.items():
        # Most are texts, and there are many.
        if value and len(value) == 1 and type(held := value.get("stringValue")) is str:
            found[key] = held
        elif (scalar := _scalar(value)) is not None:
            found[key] = scalar
    return found


def _category(resource: dict[str, Any]) -> str | None:
    for item in (resource.get("resource") or {}).get("attributes") or ():
        if item.get("key") == CATEGORY:
            category = _scalar(item.get("value"))
            return category if isinstance(category, str) else None
    return None


def _scalar(value: Any) -> Scalar | None:
    """The value of an attribute; None of lists, maps and bytes, which nothing is read of."""
    if not value:
        return None
    ((kind, held),) = value.items()
    rule = _RULES.get(kind)
    if rule is None:
        if kind in _UNREAD:
            return None
        raise ValueError(kind)
    return rule(held)


def _text(held: Any) -> str:
    if not isinstance(held, str):
        raise TypeError(held)
    return held


def _truth(held: Any) -> bool:
    if not isinstance(held, bool):
        raise TypeError(held)
    return held


def _integer(held: Any) -> int:
    if (
        isinstance(held, bool)
        or (isinstance(held, str) and not _INTEGER.fullmatch(held))
        or (isinstance(held, float) and held != int(held))
    ):
        raise ValueError(held)
    return int(held)


def _real(held: Any) -> float:
    if isinstance(held, bool):
        raise TypeError(held)
    return _REAL[held] if isinstance(held, str) else float(held)


_RULES: dict[str, Callable[[Any], Scalar]] = {
    "stringValue": _text,
    "boolValue": _truth,
    "intValue": _integer,
    "doubleValue": _real,
}
_UNREAD = frozenset(("arrayValue", "kvlistValue", "bytesValue"))


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = load(body.decode("utf-8-sig"))
    except ValueError as error:
        raise RequestError(400, "The body is not OTLP in JSON.") from error
    if not isinstance(value, dict):
        raise _malformed()
    return value


def _list(holder: dict[str, Any], name: str) -> list[Any]:
    found = holder.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise _malformed()
    return found


def _malformed() -> RequestError:
    return RequestError(400, "The body is JSON, but no OTLP export request.")
