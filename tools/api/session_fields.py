"""A session's fields as JSON Schema, beside their meaning; tests/tools/test_api_sessions.py tries their bounds."""

from __future__ import annotations

from typing import Any

from terms import limits
from tools.api.fields import FIELDS, NAME

_FIGURE: dict[str, Any] = {"type": ["integer", "null"], "minimum": 0, "maximum": limits.SESSION_FIGURE}
_COST: dict[str, Any] = {"type": ["number", "null"], "minimum": 0, "maximum": limits.SESSION_DOLLARS}
_LABEL = FIELDS["error_type"].schema
_MOMENT = FIELDS["timestamp"].schema
_TOKENS: dict[str, tuple[dict[str, Any], str]] = {
    "input_tokens": (_FIGURE, "Tokens that the model read, not from its cache."),
    "output_tokens": (_FIGURE, "Tokens that the model wrote."),
    "cache_creation_tokens": (_FIGURE, "Tokens that went into the cache."),
    "cache_read_tokens": (_FIGURE, "Tokens that came from the cache."),
    "cost_usd": (_COST, "What it cost by the agent's own figure, in US dollars."),
}
_SKILL: dict[str, Any] = {
    "type": "object",
    "properties": {
        "tool_name": FIELDS["tool_name"].schema,
        "tool_category": FIELDS["tool_category"].schema,
        **{field: schema for field, (schema, _) in _TOKENS.items()},
    },
    "required": ["tool_name"],
}

FIELDS_OF_SESSION: dict[str, tuple[dict[str, Any], str]] = {
    "session_id": (
        {**FIELDS["session_id"].schema, "type": "string"},
        "What it is replaced by; stored as a keyed hash.",
    ),
    "anonymous_id": (FIELDS["anonymous_id"].schema, FIELDS["anonymous_id"].meaning),
    "agent_id": (FIELDS["agent_id"].schema, FIELDS["agent_id"].meaning),
    "os": (FIELDS["os"].schema, FIELDS["os"].meaning),
    "runtime": (FIELDS["runtime"].schema, FIELDS["runtime"].meaning),
    "tool_version": (FIELDS["tool_version"].schema, "The agent's version."),
    "started_at": (_MOMENT, f"When it began, up to {limits.EVENT_DAYS} days back; default: its end, else now."),
    "ended_at": (_MOMENT, "When it ended, or was last seen."),
    "duration_s": (
        {"type": ["number", "null"], "minimum": 0, "maximum": limits.SESSION_SECONDS},
        "How long it took, in seconds; default: from its start to its end.",
    ),
    "exit_reason": (_LABEL, "How it ended."),
    "turns": (_FIGURE, "How often a person typed something."),
    "user_messages": (_FIGURE, "Messages to the model."),
    "assistant_messages": (_FIGURE, "Messages of the model."),
    "tool_calls": (_FIGURE, "How often tools were called."),
    "tool_errors": (_FIGURE, "How many of these calls failed."),
    "subagents": (_FIGURE, "How many subagents there were."),
    "calls": (
        {"type": ["object", "null"], "additionalProperties": _FIGURE, "maxProperties": limits.SESSION_TOOLS},
        "Calls by tool: the agent's own tools and yours.",
    ),
    "models": (
        {"type": ["array", "null"], "items": {**_LABEL, "type": "string"}, "maxItems": limits.SESSION_MODELS},
        "The models that answered.",
    ),
    **_TOKENS,
    "skills": (
        {"type": ["array", "null"], "items": _SKILL, "maxItems": limits.SESSION_TOOLS},
        "What of it each skill used up; two or more tell what is used together, if all of it was on one UTC day.",
    ),
    "test": (FIELDS["test"].schema, FIELDS["test"].meaning),
}


def session() -> dict[str, Any]:
    """The schema of one session."""
    return {
        "type": "object",
        "description": "One session of an agent, with its sums so far. Of its fields only session_id, and a start too "
        "long ago, can cost the session.",
        "properties": {
            field: {**schema, "description": meaning} for field, (schema, meaning) in FIELDS_OF_SESSION.items()
        },
        "required": ["session_id"],
    }


def body() -> dict[str, Any]:
    """The schema of what /api/session takes."""
    one = {"$ref": "#/components/schemas/Session"}
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": limits.BATCH_EVENTS}
    sent_at = {"anyOf": _MOMENT["anyOf"][:2], "description": "What the sender's clock said when it sent."}
    batch = {"type": "object", "properties": {"sessions": many, "sent_at": sent_at}, "required": ["sessions"]}
    return {"anyOf": [one, many, batch]}


def of_plugin() -> dict[str, Any]:
    """The schema of what /sessions takes: the payload of an older metrics plugin."""
    return {"type": "object", "properties": {"session_id": {"type": "string"}}, "required": ["session_id"]}


def event_of_plugin() -> dict[str, Any]:
    """The schema of what /events takes: the payload of an older metrics plugin."""
    name = {"type": "string", "minLength": 1, "maxLength": limits.NAME_CHARACTERS, "pattern": NAME}
    return {
        "type": "object",
        "properties": {"type": {"enum": ["skill", "slash_command"]}, "name": name},
        "required": ["type", "name"],
    }
