"""Bodies of OpenTelemetry: what real agents sent, what tests make up, and the same in protobuf."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otlp.records import ATTRIBUTES, CATEGORY, NAMES, Record
from otlp.uses import Found, found_in
from tests.database import NOW

CAPTURES = Path(__file__).parent / "captures"
NANO = 1_000_000_000

CANARY = "canary"
_TEXTS = ("stringValue", "message", "schemaUrl", "traceState", "severityText")
_PRIVATE = ("user.email", "user.account_uuid", "organization.id", "prompt", "arguments", "output", "error", "cwd")
# Attributes whose value, or a part of it, is stored where it fits. All others are left, hashed, or one of few words.
_STORED = (
    *("skill.name", "skill_name", "skill.source", "plugin.name", "plugin.version", "marketplace.name"),
    *("tool_name", "tool.name", "function_name", "gen_ai.tool.name", "gen_ai.skill.name"),
    *("mcp_server", "mcp_server_name", "mcp.server.name", "error_type", "error.type"),
)
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


def records_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of a body."""
    kind, name = ("Logs", "logRecords") if "resourceLogs" in body else ("Spans", "spans")
    scopes = [scope for resource in body[f"resource{kind}"] for scope in resource[f"scope{kind}"]]
    return [record for scope in scopes for record in scope.get(name, ())]


def with_canaries(body: dict[str, Any]) -> dict[str, Any]:
    """The same body, with a canary in every text that is not the value of an attribute that is read."""
    marked: dict[str, Any] = _marked(body)
    for record in records_of(marked):
        record["attributes"] += attributes(dict.fromkeys(_PRIVATE, f"{CANARY}@example.com"))
    return marked


def made_up_logs(chance: random.Random) -> dict[str, Any]:
    """Log records of every known name, whose every attribute holds a canary unless it is one that is stored."""
    named = [name for name in sorted(NAMES) for _ in range(2)]
    records = [
        log(f"{chance.choice(('', 'claude_code.', 'codex.', 'gemini_cli.', 'qwen-code.'))}{name}", 1_795_599_000)
        for name in named
    ]
    return _filled(chance, logs(*records, host__name=CANARY), records)


def made_up_spans(chance: random.Random) -> dict[str, Any]:
    """The same as spans."""
    spans = [
        span(chance.choice(("Tool.execute", CANARY)), 1_795_599_000, failed=chance.random() < 0.5) for _ in "123456"
    ]
    for one in spans:
        one["attributes"] = attributes({"gen_ai.operation.name": "execute_tool"})
    return _filled(chance, traces(*spans), spans)


def _filled(chance: random.Random, body: dict[str, Any], records: list[dict[str, Any]]) -> dict[str, Any]:
    for number, record in enumerate(records):
        had = {each["key"] for each in record["attributes"]}
        for key in sorted({*ATTRIBUTES, *_PRIVATE} - had):
            if chance.random() < 0.6:
                held: object = f"{CANARY} {number}"
                if key in _STORED:
                    held = chance.choice(("a-name", "b", "mcp__c__d", "custom_skill", "mcp_tool"))
                elif chance.random() < 0.2:
                    held = {"arrayValue": {"values": [value(CANARY), value({"kvlistValue": {"values": []}})]}}
                elif key == "tool_parameters":
                    held = json.dumps({"mcp_server_name": "s", "mcp_tool_name": "t", "full_command": CANARY})
                record["attributes"].append({"key": key, "value": value(held)})
        record["body" if "body" in record or "name" not in record else "traceState"] = (
            value(CANARY) if "name" not in record else CANARY
        )
    records.append(records[0] | {"attributes": attributes({"event.name": "skill_activated", "skill.name": "always"})})
    return body


def _marked(held: Any) -> Any:
    if isinstance(held, list):
        return [_marked(one) for one in held]
    if not isinstance(held, dict):
        return held
    if "key" in held and "value" in held:
        if held["key"] in ATTRIBUTES or held["key"] == CATEGORY:
            return held
        text = held["value"].get("stringValue") if isinstance(held["value"], dict) else None
        marked = (
            {"stringValue": f"{CANARY} {text}"} if text is not None or not held["value"] else _marked(held["value"])
        )
        return {"key": held["key"], "value": marked}
    return {
        key: f"{CANARY} {one}" if isinstance(one, str) and key in _TEXTS else _marked(one) for key, one in held.items()
    }


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
