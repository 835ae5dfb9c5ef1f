"""What records tell of: uses of skills and tools as raw events, what model requests took, and plugins that were loaded.

It validates nothing that intake.event validates. A record is counted under an id of the agent's own where it has one,
so that hook and OpenTelemetry together count once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import NamedTuple

from otlp import claude
from otlp.records import EXECUTE_TOOL, SPAN_OF_A_TOOL, Record, Scalar, number
from terms.vocabulary import UNKNOWN

Raw = dict[str, object]

MASKED_TOOL = "mcp_tool"
_LOADERS = frozenset(("skill", "Skill", "activate_skill"))  # tools that load a skill
_AGENTS_BY_PROVIDER = {"github": "copilot"}
_TRIGGERS = {
    "user-slash": "user",
    "claude-proactive": "model",
    "nested-skill": "nested",
    "agent-preload": "nested",
    "explicit": "user",
    "implicit": "model",
}
# Whose records these are, where their name has no prefix.
_AGENTS = {
    "skill_activated": "claude-code",
    "api_request": "claude-code",
    "plugin_loaded": "claude-code",
    "skill_invocation": "codex",
    "skill_launch": "qwen-code",
}
_HASH = re.compile(r"[0-9a-f]{64}(?:/[0-9a-f]{64})?")
_OWN_CALL_ID = 12  # characters; an id that is shorter is counted, and begins again in each session
_OWN_ID = 112  # characters that an id may have as it is


class ModelRequest(NamedTuple):
    """One model request: as a raw event, which says for which skill, whose and when; and what it took, as told."""

    raw: Raw
    attributes: dict[str, Scalar]


class Found(NamedTuple):
    """What a body tells of. uses, loaded: raw events; a loaded plugin's tool_name and tool_version are its own."""

    uses: list[Raw]
    requests: list[ModelRequest]
    loaded: list[Raw]


def found_in(records: list[Record]) -> Found:
    """What the records of one body tell of."""
    found = Found([], [], [])
    calls, names = claude.calls_of_skills(records), claude.unmasked(records)
    for place, record in enumerate(records):
        if (read := _USES.get(record.name)) is not None:
            use = read(record)
            if use is None:
                continue
            if place in calls:
                use["event_id"] = calls[place]
            if place in names:
                use["tool_name"] = names[place]
            found.uses.append(_common(record) | use)
        elif record.name == "plugin_loaded":
            found.loaded.append(_common(record) | _plugin(record))
        elif record.name == "api_request" and record.agent in ("", "claude-code"):
            found.requests.append(ModelRequest(_common(record) | _skill_of_request(record), record.attributes))
    return found


def _common(record: Record) -> Raw:
    """What is said of every record: whose it is, when it was, and an id of its own."""
    attributes = record.attributes
    return {
        "status": "success",
        "source": "otlp",
        "agent_id": record.agent or _AGENTS.get(record.name),
        "timestamp": record.time / 1_000_000 if record.time else attributes.get("event.timestamp"),
        "anonymous_id": attributes.get("user.id"),
        "session_id": _session(attributes),
        "tool_category": record.category,
        "event_id": _own_id(record),
    }


def _session(attributes: dict[str, Scalar]) -> Scalar | None:
    return _first(attributes, "session.id", "conversation.id", "gen_ai.conversation.id")


def _own_id(record: Record) -> str:
    """The idempotency key of a record for which the agent has no id."""
    attributes = record.attributes
    session, sequence = _session(attributes), attributes.get("event.sequence")
    moment = record.time or attributes.get("event.timestamp")
    if session is not None and sequence is not None:
        return _joined(session, moment, sequence)
    named = _first(
        attributes, "skill.name", "skill_name", "tool_name", "function_name", "tool.name", "gen_ai.tool.name"
    )
    person, duration = attributes.get("user.id"), attributes.get("duration_ms")
    return _joined(session or person, moment, record.span, record.name, named, duration)


def _call_id(record: Record, name: str) -> Raw:
    """The id of a call: by itself, or, where it is no more than a count, with its session and its moment."""
    call = record.attributes.get(name)
    if not call:
        return {}
    if len(str(call)) >= _OWN_CALL_ID:
        return {"event_id": call}
    return {"event_id": _joined(_session(record.attributes), record.time, call)}


def _joined(*parts: Scalar | None) -> str:
    text = " ".join(map(str, parts))
    return text if len(text) <= _OWN_ID else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _first(attributes: dict[str, Scalar], *names: str) -> Scalar | None:
    """The first of these attributes that is there and not empty."""
    return next((attributes[name] for name in names if attributes.get(name) not in (None, "")), None)


def _labels(attributes: dict[str, Scalar], *names: str) -> Raw | None:
    return {name: attributes[name] for name in names if name in attributes} or None


def _is_hash(name: Scalar | None) -> bool:
    """Whether an agent hides a name behind its hash."""
    return isinstance(name, str) and _HASH.fullmatch(name) is not None


def _skill_activated(record: Record) -> Raw:
    """Claude Code: a skill was typed, chosen or loaded."""
    attributes = record.attributes
    typed = attributes.get("invocation_trigger") == "user-slash"
    prompt = attributes.get("prompt.id")
    return {
        "tool_name": claude.skill_name(attributes),
        "tool_category": "skill",
        "trigger": _TRIGGERS.get(str(attributes.get("invocation_trigger")), UNKNOWN),
        "metadata": _labels(attributes, "skill.source", "marketplace.name"),
        **({"event_id": prompt} if typed and prompt else {}),
    }


def _tool_result(record: Record) -> Raw | None:
    """Claude Code and Codex: an MCP tool was called. Other tools are not counted, and a skill has its own record."""
    attributes = record.attributes
    if record.agent == "codex" or "call_id" in attributes:
        agent, call = "codex", "call_id"
        named = _named(attributes, "tool_name", "mcp_server")
    else:
        agent, call, named = "claude-code", "tool_use_id", _claude_tool(attributes)
    if named is None:
        return None
    trigger = "nested" if "agent_id" in attributes else "model"
    return _mcp(*named) | _outcome(record) | _call_id(record, call) | {"agent_id": agent, "trigger": trigger}


_Named = tuple[Scalar | None, Scalar | None]  # a tool, and the server that it is of


def _named(attributes: dict[str, Scalar], tool: str, server: str) -> _Named | None:
    return (attributes.get(tool), attributes[server]) if attributes.get(server) else None


def _claude_tool(attributes: dict[str, Scalar]) -> _Named | None:
    """The name and server of an MCP tool of Claude Code, masked where the agent masks them; None of any other tool."""
    name = attributes.get("tool_name")
    if name == MASKED_TOOL:
        told = claude.parameters(attributes)
        return told.get("mcp_tool_name", name), told.get("mcp_server_name")
    if isinstance(name, str) and name.startswith("mcp__"):
        server, _, tool = name.removeprefix("mcp__").partition("__")
        return tool, server
    return None


def _skill_invocation(record: Record) -> Raw:
    """Codex: a skill was named by a person or chosen by the model."""
    attributes = record.attributes
    return {
        "tool_name": attributes.get("skill.name"),
        "tool_category": "skill",
        "trigger": _TRIGGERS.get(str(attributes.get("skill.invocation_type")), UNKNOWN),
    }


def _skill_launch(record: Record) -> Raw:
    """Qwen Code: the model loaded a skill."""
    skill: Raw = {
        "tool_name": record.attributes.get("skill_name"),
        "tool_category": "skill",
        "trigger": "model",
    }
    return skill | _outcome(record) | {"duration_ms": None}


def _tool_call(record: Record) -> Raw | None:
    """Gemini CLI and Qwen Code: an MCP tool was called, or, of Gemini, a skill that it does not name was loaded."""
    attributes = record.attributes
    name, server = attributes.get("function_name"), attributes.get("mcp_server_name")
    if server:
        for prefix in (f"mcp__{server}__", f"mcp_{server}_"):
            name = str(name).removeprefix(prefix)
        return _mcp(name, server) | _outcome(record) | {"trigger": "model"}
    if name == "activate_skill":
        return (
            {"tool_name": name, "tool_category": "skill", "trigger": "model"} | _outcome(record) | {"duration_ms": None}
        )
    return None


def _execute_tool(record: Record) -> Raw | None:
    """Whatever speaks the GenAI conventions: a tool was run, or a skill."""
    attributes = record.attributes
    name, server = attributes.get("gen_ai.tool.name"), attributes.get("mcp.server.name")
    skill = attributes.get("gen_ai.skill.name")
    agent = _AGENTS_BY_PROVIDER.get(str(attributes.get("gen_ai.provider.name")))
    if skill is not None:
        use: Raw = {"tool_name": skill, "tool_category": "skill"}
    elif server or "mcp.method.name" in attributes or _is_hash(name):
        use = _mcp(MASKED_TOOL if _is_hash(name) else name, server)
    else:
        use = {"tool_name": name, "tool_category": record.category or "tool"}
    use |= _outcome(record) | {"agent_id": agent, "trigger": "model"} | _call_id(record, "gen_ai.tool.call.id")
    # What loads a skill has ended before the skill is used.
    return use | {"duration_ms": None} if skill is not None and name in _LOADERS else use


def _opencode(record: Record) -> Raw | None:
    """opencode: a tool was run; which skill it was, or which server's tool, it does not say."""
    name = record.attributes.get("tool.name")
    use: Raw = {"tool_name": name, "tool_category": record.category or "tool", "trigger": "model"} | _outcome(record)
    if name in _LOADERS:
        use |= {"tool_category": "skill", "duration_ms": None}
    return use | _call_id(record, "tool.call_id")


_USES: dict[str, Callable[[Record], Raw | None]] = {
    "skill_activated": _skill_activated,
    "tool_result": _tool_result,
    "skill_invocation": _skill_invocation,
    "skill_launch": _skill_launch,
    "tool_call": _tool_call,
    EXECUTE_TOOL: _execute_tool,
    SPAN_OF_A_TOOL: _opencode,
}


def _skill_of_request(record: Record) -> Raw:
    """What a model request of Claude Code was for; without a skill it is of its session alone."""
    name = claude.skill_name(record.attributes)
    return {"tool_name": name, "tool_category": "skill" if name else None}


def _plugin(record: Record) -> Raw:
    return {
        "tool_name": record.attributes.get("plugin.name"),
        "tool_version": record.attributes.get("plugin.version"),
    }


def _mcp(tool: Scalar | None, server: Scalar | None) -> Raw:
    return {"tool_name": tool, "tool_category": f"mcp:{server}" if server else "mcp"}


def _outcome(record: Record) -> Raw:
    """Status, duration, error and sizes, as far as a record says them."""
    attributes = record.attributes
    success = attributes.get("success")
    if record.length is None:
        failed = str(success).lower() == "false" or (success is None and "error.type" in attributes)
        duration = number(attributes.get("duration_ms"))
    else:
        failed = record.failed
        duration = record.length / 1_000_000
    error = _first(attributes, "error_type", "error.type") if failed else None
    return {
        "status": "error" if failed else "success" if success is not None or record.length is not None else UNKNOWN,
        "duration_ms": duration,
        "error_type": error,
        "request_size_bytes": number(attributes.get("tool_input_size_bytes")),
        "response_size_bytes": number(attributes.get("tool_result_size_bytes")),
    }
