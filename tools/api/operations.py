"""What each route takes and answers beyond what the tables say, and a request by example.

A report needs its answer's type in answers.py and its example here. Another route needs a line in OPERATIONS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from reading.export import COLUMNS
from tools.api import answers, fields, session_fields
from web import catalogue, public


class Example(NamedTuple):
    """A request. target: path and query. body: JSON, None where there is none."""

    method: str
    target: str
    body: Any = None


class Parameter(NamedTuple):
    """A parameter of a query that a handler reads by itself."""

    name: str
    schema: dict[str, Any]
    required: bool = False


class Operation(NamedTuple):
    """What a route takes and answers.

    by_status: a type by status; None: empty. text: the content types of an answer that is no JSON. body: the schema of
    what it takes. refusal: the type of what answers a request that is wrong (400).
    """

    by_status: dict[int, Any]
    body: Callable[[], dict[str, Any]] | None = None
    parameters: tuple[Parameter, ...] = ()
    refusal: Any = answers.Error
    text: tuple[str, ...] = ()


_LABEL = {"type": "string", "maxLength": 64, "pattern": fields.LABEL}

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("POST", "/api/track"): Operation(
        {200: answers.Tracked | answers.TrackedBatch}, fields.body, refusal=answers.Rejected
    ),
    ("GET", "/t"): Operation(
        {204: None},
        parameters=(
            Parameter("t", _LABEL, required=True),
            Parameter("e", fields.FIELDS["tool_name"].schema, required=True),
            Parameter("v", _LABEL),
            Parameter("outcome", {"enum": fields.FIELDS["status"].schema["enum"]}),
            Parameter("ms", fields.FIELDS["duration_ms"].schema | {"type": "number"}),
            *(Parameter(name, _LABEL) for name in ("agent", "os", "rt", "py", "node", "go")),
        ),
    ),
    ("POST", "/v1/logs"): Operation({200: answers.Exported}, lambda: fields.export("resourceLogs")),
    ("POST", "/v1/traces"): Operation({200: answers.Exported}, lambda: fields.export("resourceSpans")),
    ("POST", "/v1/metrics"): Operation({200: answers.Exported}, lambda: fields.export("resourceMetrics")),
    ("POST", "/api/session"): Operation(
        {200: answers.Tracked | answers.TrackedBatch}, session_fields.body, refusal=answers.Rejected
    ),
    ("POST", "/sessions"): Operation({200: answers.Tracked}, session_fields.of_plugin, refusal=answers.Rejected),
    ("POST", "/events"): Operation({200: answers.Tracked}, session_fields.event_of_plugin, refusal=answers.Rejected),
    ("PUT", catalogue.CATALOGUE): Operation({200: answers.Shipped}, fields.catalogue),
    ("DELETE", "/api/user"): Operation({200: answers.Erased}, fields.person),
    ("GET", "/healthz"): Operation({200: answers.Health, 503: answers.Sick}),
    ("GET", public.BADGE): Operation(
        {200: answers.Badge, 404: answers.Error}, parameters=(Parameter("show", {"enum": list(public.SHOWN)}),)
    ),
    ("GET", public.PUBLIC): Operation({200: answers.Public, 404: answers.Error}),
    ("GET", "/analytics/export"): Operation({200: str}, text=("application/x-ndjson", "text/csv")),
}

EXPORT_NOTE = f"Columns: {', '.join(COLUMNS)}."


def _record(name: str, **attributes: str) -> dict[str, Any]:
    """A log record. attributes: with _ for a dot."""
    told = {"event.name": name} | {key.replace("_", ".", 1): value for key, value in attributes.items()}
    return {"attributes": [{"key": key, "value": {"stringValue": value}} for key, value in told.items()]}


_EXPORT = {
    "resourceLogs": [
        {
            "scopeLogs": [
                {
                    "logRecords": [
                        {
                            "attributes": [
                                *_record("skill_activated", skill_name="pdf", session_id="a-session")["attributes"],
                                {"key": "invocation_trigger", "value": {"stringValue": "user-slash"}},
                            ],
                        },
                        _record(
                            "plugin_loaded", plugin_name="my-plugin", plugin_version="1.2.0", session_id="a-session"
                        ),
                    ]
                }
            ]
        }
    ]
}

_USE = {
    "tool_name": "pdf",
    "tool_category": "skill",
    "status": "success",
    "duration_ms": 120,
    "event_id": "run-1",
    "anonymous_id": "a-random-id",
    "trigger": "model",
    "source": "hook",
    "tool_version": "1.2.0",
}

_SESSION = {
    "session_id": "4f1c",
    "anonymous_id": "a-random-id",
    "agent_id": "claude-code",
    "duration_s": 1260,
    "exit_reason": "prompt_input_exit",
    "turns": 3,
    "tool_calls": 12,
    "tool_errors": 1,
    "input_tokens": 2400,
    "output_tokens": 900,
    "cost_usd": 0.042,
    "skills": [{"tool_name": "pdf", "input_tokens": 1800, "output_tokens": 700, "cost_usd": 0.03}],
}


_SHIPPED = {
    "version": "1.2.0",
    "items": [
        {"tool_name": "pdf", "tool_category": "skill", "description_tokens": 60},
        {"tool_name": "invoice", "tool_category": "skill", "description_tokens": 90},
    ],
}

_NOT_THERE = {"tool_name": "pdf-tools", "tool_category": "skill", "status": "error", "error_type": "not_found"}


def _of_person(number: int, tool: str = "pdf", time: str = "10:00") -> dict[str, Any]:
    """A use of a tool by one of some people, days ago."""
    told = {"tool_name": tool, "event_id": f"{tool}-of-{number}", "anonymous_id": f"id-{number}"}
    return {**_USE, **told, "timestamp": f"2026-09-18T{time}:00Z"}


def _posted(number: int) -> dict[str, Any]:
    """A session of one of some people, days ago, that used two tools."""
    told = {"session_id": f"session-of-{number}", "anonymous_id": f"id-{number}", "agent_id": "claude-code"}
    skills = [{"tool_name": tool, "input_tokens": 900} for tool in ("pdf", "slides")]
    return {**told, "started_at": "2026-09-18T11:00:00Z", "ended_at": "2026-09-18T11:20:00Z", "skills": skills}


# In this order: the first ones store what the others report.
EXAMPLES: tuple[Example, ...] = (
    Example("POST", "/api/track", _USE),
    Example("POST", "/api/track", _USE),
    Example("POST", "/api/track", {"tool_name": "pdf", "status": "success", "duration_ms": "45ms", "test": True}),
    Example(
        "POST",
        "/api/track",
        {
            "events": [
                {**_USE, "status": "error", "error_type": "TimeoutError", "event_id": "run-2"},
                {"tool_name": "/etc/passwd", "status": "success"},
            ]
        },
    ),
    Example("POST", "/api/track", {"status": "success"}),
    Example("POST", "/v1/logs", _EXPORT),
    Example("POST", "/v1/traces", {"resourceSpans": []}),
    Example("POST", "/v1/metrics", {"resourceMetrics": []}),
    Example("GET", "/t?t=my-site&e=search&v=1.2&outcome=success&ms=48"),
    Example("POST", "/api/session", _SESSION),
    Example("POST", "/api/session", _SESSION),
    Example("POST", "/sessions", {"session_id": "9b2f", "engine": "claude", "turn_count": 2, "exit_reason": "other"}),
    Example("POST", "/events", {"type": "skill", "name": "review", "engine": "claude", "session_id": "9b2f"}),
    Example("POST", "/api/track", [{**_NOT_THERE, "anonymous_id": f"id-{number}"} for number in range(5)]),
    Example("GET", "/analytics/summary?days=7"),
    Example("GET", "/analytics/tools?days=7"),
    Example("GET", "/analytics/retention?days=2"),
    Example("GET", "/analytics/errors?days=7&limit=10"),
    Example("GET", "/analytics/timeseries?days=7&tool=pdf"),
    Example("GET", "/analytics/breakdown?by=trigger&days=7"),
    Example("GET", "/analytics/breakdown?by=colour"),
    Example("GET", "/analytics/versions?days=7&tool=pdf"),
    Example("GET", "/analytics/sessions?days=2"),
    Example("PUT", "/api/catalogue/my-plugin", _SHIPPED),
    Example("PUT", "/api/catalogue/my-plugin", {"items": [{"tool_name": "/etc/passwd"}]}),
    Example("GET", "/analytics/catalogue?days=7"),
    Example("GET", "/analytics/export?days=7&format=csv&tool=nothing"),
    Example("POST", "/api/track", [_of_person(number) for number in range(5)]),
    Example("POST", "/api/track", [_of_person(number, "invoice", "10:05") for number in range(5)]),
    Example("POST", "/api/session", [_posted(number) for number in range(5)]),
    Example("GET", "/analytics/together?days=7&tool=pdf"),
    Example("GET", "/badge/pdf.json?show=people"),
    Example("GET", "/public.json"),
    Example("DELETE", "/api/user", {"anonymous_id": "a-random-id"}),
    Example("GET", "/healthz"),
)
