"""The payloads of an older metrics plugin's two scripts, which still point somewhere: its fields to ours."""

from __future__ import annotations

from terms.errors import InvalidError, RequestError

_AGENTS = {"claude": "claude-code"}
_FIELDS = {
    "session_id": "session_id",
    "user_id": "anonymous_id",
    "os": "os",
    "start_timestamp": "started_at",
    "end_timestamp": "ended_at",
    "session_duration": "duration_s",
    "exit_reason": "exit_reason",
    "turn_count": "turns",
    "user_message_count": "user_messages",
    "assistant_message_count": "assistant_messages",
    "total_tool_calls": "tool_calls",
    "tool_error_count": "tool_errors",
    "total_input_tokens": "input_tokens",
    "total_output_tokens": "output_tokens",
    "cache_creation_tokens": "cache_creation_tokens",
    "cache_read_tokens": "cache_read_tokens",
}
_CALLS = {
    "bash_call_count": "Bash",
    "file_read_count": "Read",
    "file_edit_count": "Edit",
    "file_write_count": "Write",
    "grep_call_count": "Grep",
    "glob_call_count": "Glob",
    "web_fetch_call_count": "WebFetch",
    "web_search_call_count": "WebSearch",
}
_TRIGGERS = {"skill": "model", "slash_command": "user"}


def from_session(payload: object) -> dict[str, object]:
    """The raw session of what its script posts to /sessions: its numbers as they are. `mac` proves nothing."""
    raw = _object(payload)
    session: dict[str, object] = {ours: raw[theirs] for theirs, ours in _FIELDS.items() if raw.get(theirs) is not None}
    session["agent_id"] = _agent(raw)
    session["calls"] = {ours: raw[theirs] for theirs, ours in _CALLS.items() if raw.get(theirs)}
    return session


def from_event(payload: object) -> dict[str, object]:
    """The raw event of what its script posts to /events; raises InvalidError."""
    raw = _object(payload)
    kind = raw.get("type")
    if not isinstance(kind, str) or kind not in _TRIGGERS:
        raise InvalidError("type", f"type must be one of {', '.join(_TRIGGERS)}.")
    name = raw.get("name")
    # It takes what was typed for a command, a path too; no skill or command has a slash in its name.
    if isinstance(name, str) and ("/" in name or "\\" in name):
        raise InvalidError("name", "name must not look like a path.")
    return {
        "tool_name": name,
        "tool_category": "skill",
        "status": "unknown",
        "trigger": _TRIGGERS[kind],
        "agent_id": _agent(raw),
        "timestamp": raw.get("timestamp"),
        "session_id": raw.get("session_id"),
        "anonymous_id": raw.get("user_id"),
        "os": raw.get("os"),
    }


def _object(payload: object) -> dict[str, object]:
    if not isinstance(payload, dict):
        raise RequestError(400, "Send one JSON object.")
    return payload


def _agent(raw: dict[str, object]) -> object:
    engine = raw.get("engine")
    return _AGENTS.get(engine, engine) if isinstance(engine, str) else None
