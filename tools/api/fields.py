"""An event's fields as JSON Schema, beside their meaning and their name in OpenTelemetry.

Limits and words are those that validate; tests/tools/test_api.py tries every bound, word and pattern on parse_event.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from terms import limits
from terms.vocabulary import SOURCES, STATUS_ALIASES, STATUSES, TRIGGERS

LABEL = "^[A-Za-z0-9 _.:/@+-]*[A-Za-z0-9_.:/@+-][A-Za-z0-9 _.:/@+-]*$"
# Nothing that looks like a path: no leading /, no drive, no .., at most one /.
NAME = r"^(?! */| *[A-Za-z]:|.*\.\.|.*/.*/)" + LABEL[1:]


class Field(NamedTuple):
    """A field of an event. otel: the attribute that says the same in OpenTelemetry, or nearly ("" where none does)."""

    schema: dict[str, Any]
    meaning: str
    otel: str = ""


def _label(longest: int = limits.LABEL_CHARACTERS) -> dict[str, Any]:
    return {"type": ["string", "null"], "minLength": 1, "maxLength": longest, "pattern": LABEL}


def _words(words: tuple[str, ...]) -> dict[str, Any]:
    return {"enum": [*words, None]}


_ID: dict[str, Any] = {"type": ["string", "null"], "minLength": 1, "maxLength": limits.ID_CHARACTERS}
_SIZE: dict[str, Any] = {"type": ["integer", "null"], "minimum": 0, "maximum": limits.SIZE_BYTES}
_DURATION: dict[str, Any] = {"type": ["number", "null"], "minimum": 0, "maximum": limits.DURATION_MS}
_MOMENT: dict[str, Any] = {
    "anyOf": [{"type": "string", "format": "date-time"}, {"type": "number", "description": "Epoch milliseconds."}]
}

REQUIRED = ("tool_name", "status")

FIELDS: dict[str, Field] = {
    "tool_name": Field(
        {"type": "string", "minLength": 1, "maxLength": limits.NAME_CHARACTERS, "pattern": NAME},
        "The tool's name; nothing that looks like a path. Spaces around it go, and of several in it all but one.",
        "gen_ai.tool.name (of a skill: gen_ai.skill.name)",
    ),
    "status": Field(
        {"enum": [*STATUSES, *STATUS_ALIASES]},
        "The outcome. failure and failed are error, ok is success, cancelled is skipped; any other text is unknown.",
        "the span's status",
    ),
    "timestamp": Field(
        {"anyOf": [*_MOMENT["anyOf"], {"type": "null"}]},
        f"When it happened, up to {limits.EVENT_DAYS} days back; default: now.",
        "the span's end, the record's timeUnixNano",
    ),
    "tool_category": Field(
        _label(), "What the tool belongs to; default: default.", "gen_ai.tool.type, mcp.server.name"
    ),
    "duration_ms": Field(_DURATION, "How long it took, if that was measured.", "the span's length"),
    "error_type": Field(_label(), "The type of the error.", "error.type"),
    "error_message": Field(
        {"type": ["string", "null"]},
        f"Scrubbed; the first {limits.STORED_ERROR_MESSAGE_CHARACTERS} characters are stored.",
        "exception.message",
    ),
    "request_size_bytes": Field(_SIZE, "Size of what the tool was given."),
    "response_size_bytes": Field(_SIZE, "Size of what the tool gave."),
    "metadata": Field(
        {"type": ["object", "string", "null"]},
        f"An object, or a text that holds one, of at most {limits.METADATA_BYTES} bytes. Kept are "
        f"{limits.METADATA_KEYS} numbers, booleans, nulls and short labels.",
    ),
    "agent_id": Field(_label(), "The agent: claude-code, codex, …", "gen_ai.agent.name, service.name"),
    "source": Field(_words(SOURCES), "What sent it; default: api.", "otel.scope.name"),
    "trigger": Field(_words(TRIGGERS), "A person typed it, the model chose it, or another tool did."),
    "tool_version": Field(_label(), "The tool's version.", "service.version"),
    "os": Field(_label(), "linux, darwin, windows, …", "os.type"),
    "runtime": Field(_label(), "python 3.11, node 24.19, …", "process.runtime.name and process.runtime.version"),
    "test": Field({"type": ["boolean", "null"]}, "Stored, and left out of reports unless they are asked for it."),
    "event_id": Field(
        _ID, "The idempotency key: the same one within an hour is stored once.", "gen_ai.tool.call.id, spanId"
    ),
    "anonymous_id": Field(_ID, "A random id of whoever used it; stored as a keyed hash alone.", "user.id"),
    "session_id": Field(
        _ID,
        "Stored as a keyed hash alone, where there is no anonymous_id; else as a byte of one, which tells the sessions "
        "of a person's day apart.",
        "session.id",
    ),
}


def event() -> dict[str, Any]:
    """The schema of one event."""
    properties = {
        name: {
            **field.schema,
            "description": field.meaning,
            **({"x-opentelemetry": field.otel} if field.otel else {}),
        }
        for name, field in FIELDS.items()
    }
    return {
        "type": "object",
        "description": "One use of a tool. Of its fields only tool_name and status can cost the event.",
        "properties": properties,
        "required": list(REQUIRED),
    }


def body() -> dict[str, Any]:
    """The schema of what /api/track takes."""
    one = {"$ref": "#/components/schemas/Event"}
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": limits.BATCH_EVENTS}
    batch = {
        "type": "object",
        "properties": {
            "events": many,
            "sent_at": {**_MOMENT, "description": "What the sender's clock said when it sent."},
        },
        "required": ["events"],
    }
    return {"anyOf": [one, many, batch]}


def export(name: str) -> dict[str, Any]:
    """The schema of what a path of OpenTelemetry takes, whose protocol says the rest."""
    about = "As OTLP/HTTP 1.x has it, in JSON, or as application/x-protobuf; either may be gzip."
    resources = {"type": "array", "items": {"type": "object"}, "description": about}
    return {"type": "object", "properties": {name: resources}}


def catalogue() -> dict[str, Any]:
    """The schema of what PUT /api/catalogue/{source} takes."""
    tokens = {"type": ["integer", "null"], "minimum": 0, "maximum": limits.DESCRIPTION_TOKENS}
    item = {
        "type": "object",
        "properties": {
            "tool_name": FIELDS["tool_name"].schema | {"description": "As its uses name it."},
            "tool_category": FIELDS["tool_category"].schema | {"description": "As its uses have it; default: default."},
            "description_tokens": tokens | {"description": "Tokens of its description, which each session loads."},
        },
        "required": ["tool_name"],
    }
    return {
        "type": "object",
        "description": "What the source ships, in place of what it shipped; nothing where there are no items.",
        "properties": {
            "version": _label() | {"description": "The source's version."},
            "items": {"type": "array", "items": item, "maxItems": limits.CATALOGUE_ITEMS},
        },
        "required": ["items"],
    }


def person() -> dict[str, Any]:
    """The schema of what DELETE /api/user takes."""
    given = {**_ID, "type": "string"}
    return {
        "type": "object",
        "description": "One of the two; anonymous_id where both are given.",
        "properties": {"anonymous_id": given, "session_id": given},
        "anyOf": [{"required": ["anonymous_id"]}, {"required": ["session_id"]}],
    }
