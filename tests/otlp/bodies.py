"""Bodies of OpenTelemetry: what real agents sent, what tests make up, and the same in protobuf."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otlp.records import Record
from otlp.uses import Found, found_in
from tests.database import NOW

CAPTURES = Path(__file__).parent / "captures"
NANO = 1_000_000_000
_IDS = ("traceId", "spanId", "parentSpanId")


def captured(name: str) -> list[dict[str, Any]]:
    """The bodies of a session of an agent, as it sent them."""
    return [json.loads(line) for line in (CAPTURES / f"{name}.ndjson").read_text().splitlines()]


def value(held: object) -> dict[str, Any]:
    """An AnyValue in JSON."""
    if isinstance(held, bool):
        return {"boolValue": held}
    if isinstance(held, int):
        return {"intValue": str(held)}
    if isinstance(held, float):
        return {"doubleValue": held}
    if isinstance(held, str):
        return {"stringValue": held}
    return held if isinstance(held, dict) else {}


def attributes(held: dict[str, object]) -> list[dict[str, Any]]:
    """KeyValues in JSON."""
    return [{"key": key, "value": value(one)} for key, one in held.items()]


def log(name: str, moment: float = NOW, **fields: object) -> dict[str, Any]:
    """A log record in JSON. fields: its attributes, with two underscores in place of a dot."""
    named = {"event.name": name} | {key.replace("__", "."): held for key, held in fields.items()}
    return {"timeUnixNano": str(int(moment * NANO)), "attributes": attributes(named)}


def logs(*records: dict[str, Any], **resource: object) -> dict[str, Any]:
    """A body of POST /v1/logs in JSON. resource: its attributes."""
    held = {key.replace("__", "."): one for key, one in resource.items()}
    return {
        "resourceLogs": [{"resource": {"attributes": attributes(held)}, "scopeLogs": [{"logRecords": list(records)}]}]
    }


def span(name: str, moment: float = NOW, length: float = 0.5, failed: bool = False, **fields: object) -> dict[str, Any]:
    """A span in JSON, that ended at a moment and took a length, both in seconds."""
    return {
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "spanId": "b7ad6b7169203331",
        "name": name,
        "startTimeUnixNano": str(int((moment - length) * NANO)),
        "endTimeUnixNano": str(int(moment * NANO)),
        "status": {"code": 2} if failed else {},
        "attributes": attributes({key.replace("__", "."): held for key, held in fields.items()}),
    }


def traces(*spans: dict[str, Any]) -> dict[str, Any]:
    """A body of POST /v1/traces in JSON."""
    return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}


def protobuf(body: dict[str, Any]) -> bytes:
    """The same body as the official library writes it."""
    message = ExportLogsServiceRequest() if "resourceLogs" in body else ExportTraceServiceRequest()
    json_format.ParseDict(_with(_as_base64, body), message, ignore_unknown_fields=True)
    written: bytes = message.SerializeToString()
    return written


def as_json(message: Any) -> dict[str, Any]:
    """An official message as OTLP writes it in JSON: ids are hex digits there."""
    return dict(_with(_as_hex, json_format.MessageToDict(message, use_integers_for_enums=True)))


def use(record: Record) -> dict[str, Any]:
    """The one use that a record tells of."""
    (found,) = found_in([record]).uses
    return found


def summary(found: Found) -> list[tuple[object, ...]]:
    """Of each use: category, name, trigger, status, duration."""
    names = ("tool_category", "tool_name", "trigger", "status", "duration_ms")
    return [tuple(each.get(name) for name in names) for each in found.uses]


def _as_base64(text: str) -> str:
    return base64.b64encode(bytes.fromhex(text)).decode()


def _as_hex(text: str) -> str:
    return base64.b64decode(text).hex()


def _with(change: Any, held: Any) -> Any:
    """The same with its ids written otherwise."""
    if isinstance(held, list):
        return [_with(change, one) for one in held]
    if isinstance(held, dict):
        return {
            key: change(one) if key in _IDS and isinstance(one, str) else _with(change, one)
            for key, one in held.items()
        }
    return held
