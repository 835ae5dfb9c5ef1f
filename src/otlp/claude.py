"""What Claude Code's records say only together, or in words of its own.

skill_activated has neither the id of the call that it belongs to nor, unless OTEL_LOG_TOOL_DETAILS is set, the skill's
name. The call's records around it have the one, and the model requests that follow have the other.
"""

from __future__ import annotations

from bisect import bisect_right

from intake.body import load
from otlp.records import Record, Scalar, number

MASKED_SKILL = "custom_skill"
_MASKS = frozenset((MASKED_SKILL, "third-party", "custom"))
_SKILL_TOOL = "Skill"
_NOT_CALLED = frozenset(("user-slash", "agent-preload"))  # what activates a skill without a call of the tool

_Prompt = tuple[Scalar | None, Scalar | None]  # a session, and a prompt of it
_Who = tuple[Scalar | None, Scalar | None]  # a session, and a subagent of it


def skill_name(attributes: dict[str, Scalar]) -> Scalar | None:
    """A skill's name: of a plugin's, PLUGIN:SKILL."""
    name, plugin = attributes.get("skill.name"), attributes.get("plugin.name")
    if name in _MASKS:
        return MASKED_SKILL
    if name is None or plugin is None or plugin in _MASKS or str(name).startswith(f"{plugin}:"):
        return name
    return f"{plugin}:{name}"


def parameters(attributes: dict[str, Scalar]) -> dict[str, str]:
    """The names of an MCP tool and its server, where the agent tells them; of what it was called with, only these."""
    try:
        told = load(str(attributes.get("tool_parameters", "")))
    except ValueError:
        return {}
    names = ("mcp_server_name", "mcp_tool_name")
    return {name: told[name] for name in names if isinstance(told.get(name), str)} if isinstance(told, dict) else {}


def calls_of_skills(records: list[Record]) -> dict[int, Scalar]:
    """The tool_use_id of the call that activated a skill, by the place of skill_activated among the records.

    A call is decided on just before, and unless the skill runs in a process of its own, its result comes just behind.
    """
    calls: dict[int, Scalar] = {}
    decided: dict[_Who, list[Scalar]] = {}
    for place, record in enumerate(records):
        attributes = record.attributes
        call = attributes.get("tool_use_id")
        waiting = decided.setdefault(_who(record), [])
        if record.name == "skill_activated" and attributes.get("invocation_trigger") not in _NOT_CALLED:
            known = waiting.pop(0) if waiting else _result_behind(records, place)
            if known is not None:
                calls[place] = known
        elif attributes.get("tool_name") == _SKILL_TOOL and call is not None:
            if record.name == "tool_decision" and attributes.get("decision") == "accept":
                waiting.append(call)
            elif record.name == "tool_result" and call in waiting:
                waiting.remove(call)  # it failed before it activated anything
    return calls


def unmasked(records: list[Record]) -> dict[int, Scalar]:
    """The names of masked skills, by the place of skill_activated among the records.

    The first model request that begins afterwards is made for the skill. It names skills of people and projects, not
    those of plugins. Requests of subagents that ran already, and of skills inside of one, say nothing about it.
    """
    activations: dict[_Prompt, list[int]] = {}
    requests: dict[_Prompt, list[Record]] = {}
    begun: dict[Scalar | None, int] = {}  # the place of a subagent's first record
    for place, record in enumerate(records):
        begun.setdefault(record.attributes.get("agent_id"), place)
        if record.name == "skill_activated":
            activations.setdefault(_prompt(record), []).append(place)
        elif record.name == "api_request":
            requests.setdefault(_prompt(record), []).append(record)
    names: dict[int, Scalar | None] = {}
    for prompt, places in activations.items():
        moments = [records[place].time for place in places]
        for request in requests.get(prompt, ()):
            taken_ms = number(request.attributes.get("duration_ms")) or 0
            before = bisect_right(moments, request.time - taken_ms * 1_000_000)
            agent = request.attributes.get("agent_id")
            if before and (agent is None or begun[agent] > places[before - 1]):
                names.setdefault(places[before - 1], _own_name(request.attributes))
    return {
        place: name
        for place, name in names.items()
        if name is not None
        and records[place].attributes.get("skill.name") in _MASKS
        and "agent_id" not in records[place].attributes
    }


def _own_name(attributes: dict[str, Scalar]) -> Scalar | None:
    name = attributes.get("skill.name")
    return None if name in _MASKS or "plugin.name" in attributes else name


def _result_behind(records: list[Record], place: int) -> Scalar | None:
    """The call whose result is the record right behind in the agent's own sequence."""
    sequence = number(records[place].attributes.get("event.sequence"))
    if sequence is None or place + 1 == len(records):
        return None
    behind = records[place + 1]
    attributes = behind.attributes
    follows = _who(behind) == _who(records[place]) and number(attributes.get("event.sequence")) == sequence + 1
    is_skill = behind.name == "tool_result" and attributes.get("tool_name") == _SKILL_TOOL
    return attributes.get("tool_use_id") if follows and is_skill else None


def _prompt(record: Record) -> _Prompt:
    return record.attributes.get("session.id"), record.attributes.get("prompt.id")


def _who(record: Record) -> _Who:
    return record.attributes.get("session.id"), record.attributes.get("agent_id")
