"""What a model asked an agent for, and what must be recorded of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.agents.script import Call

Event = dict[str, Any]
COMPARED = ("tool_name", "tool_category", "status", "error_type", "trigger")


class Use(NamedTuple):
    """A use in a session. event: what must be recorded of it, or None where the agent lets nobody observe it."""

    call: Call
    event: Event | None


def of_skill(name: str, status: str = "success", trigger: str = "model", **more: str) -> Event:
    """The event of a skill's use."""
    return {"tool_name": name, "tool_category": "skill", "status": status, "trigger": trigger, **more}


def of_mcp(tool: str, status: str = "success", trigger: str = "model", **more: str) -> Event:
    """The event of a use of the MCP server's tool."""
    return {"tool_name": tool, "tool_category": "mcp:demo", "status": status, "trigger": trigger, **more}


def outline(event: Event) -> tuple[str, ...]:
    """What is compared of an event; absent and null are the same."""
    return tuple(event.get(name) or "" for name in COMPARED)


def outlines(events: list[Event]) -> list[tuple[str, ...]]:
    """What is compared of several, in an order of its own."""
    return sorted(map(outline, events))
