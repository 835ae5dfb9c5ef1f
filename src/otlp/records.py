"""What is read of an OpenTelemetry body, whichever way it was written: the few records and attributes that are known.

Everything else, such as arguments, outputs, prompts, paths, hosts and accounts, is skipped where it stands.
"""

from __future__ import annotations

from typing import NamedTuple

Scalar = str | bool | int | float

# The names of log records that say something, without the agent's prefix.
NAMES = frozenset(
    (
        "skill_activated",
        "tool_decision",
        "tool_result",
        "api_request",
        "plugin_loaded",
        "skill_invocation",
        "skill_launch",
        "tool_call",
    )
)
PREFIXES = {"claude_code": "claude-code", "codex": "codex", "gemini_cli": "gemini-cli", "qwen-code": "qwen-code"}

EXECUTE_TOOL = "execute_tool"  # gen_ai.operation.name of a tool's use, in the GenAI conventions
SPAN_OF_A_TOOL = "Tool.execute"  # opencode's

ATTRIBUTES = frozenset(
    (
        # which record this is
        "event.name",
        "event.sequence",
        "event.timestamp",
        "gen_ai.operation.name",
        # whose it is
        "user.id",
        "session.id",
        "conversation.id",
        "gen_ai.conversation.id",
        "agent_id",
        "prompt.id",
        # which skill or tool
        "skill.name",
        "skill_name",
        "skill.source",
        "invocation_trigger",
        "skill.invocation_type",
        "plugin.name",
        "plugin.version",
        "marketplace.name",
        "tool_name",
        "tool.name",
        "function_name",
        "gen_ai.tool.name",
        "gen_ai.skill.name",
        "mcp_server",
        "mcp_server_name",
        "mcp.server.name",
        "mcp.method.name",
        "gen_ai.provider.name",
        "tool_parameters",  # of an MCP tool or a skill, whose names an agent puts nowhere else
        # which use of it
        "tool_use_id",
        "call_id",
        "tool.call_id",
        "gen_ai.tool.call.id",
        # how it went
        "decision",
        "success",
        "duration_ms",
        "error_type",
        "error.type",
        "tool_input_size_bytes",
        "tool_result_size_bytes",
        # what it took
        "model",
        "input_tokens",
        "output_tokens",
        "cache_creation_tokens",
        "cache_read_tokens",
        "cost_usd",
        "cost_usd_micros",
    )
)
CATEGORY = "track_skills.category"  # the only attribute of a resource that is read


class Record(NamedTuple):
    """A log record or a span that says something.

    name: without prefix; EXECUTE_TOOL of whatever the GenAI conventions call the use of a tool. agent: by the prefix,
    "" if there was none. time: when it was, or ended, in nanoseconds since 1970; 0: it does not say. length: of a span,
    in nanoseconds; None: of a log record. failed: what the status of a span says. span: its id, hex digits. category:
    of its resource.
    """

    name: str
    agent: str
    time: int
    length: int | None
    failed: bool
    span: str
    attributes: dict[str, Scalar]
    category: str | None


class Records(NamedTuple):
    """Those records of a body that say something, in their order. refused: how many could not be read."""

    known: list[Record]
    refused: int


def name_of_log(name: object, operation: object) -> tuple[str, str] | None:
    """The name and the agent of a log record of this event.name and gen_ai.operation.name; None: it says nothing."""
    if isinstance(name, str):
        prefix, _, last = name.rpartition(".")
        if last in NAMES and (not prefix or prefix in PREFIXES):
            return last, PREFIXES.get(prefix, "")
    return (EXECUTE_TOOL, "") if operation == EXECUTE_TOOL else None


def name_of_span(name: object, operation: object) -> tuple[str, str] | None:
    """The same for a span of this name."""
    if operation == EXECUTE_TOOL:
        return EXECUTE_TOOL, ""
    return (SPAN_OF_A_TOOL, "opencode") if name == SPAN_OF_A_TOOL else None


def number(value: Scalar | None) -> float | None:
    """The number that an attribute holds, also one that was sent as text."""
    if value is None or isinstance(value, bool):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
