"""Which agent runs this process. Rules: client/CONTRACT.md; data: client/agents.json."""

from __future__ import annotations

from collections.abc import Mapping

from track_skills.agents import AGENTS, NAMES

_IDS = frozenset(agent for agent, _, _ in AGENTS)
_FLAGS = ("1", "true")


def find(environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return the agent's id and its session's; None for what the environment does not say."""
    agent = _named(environ) or _marked(environ)
    session = next((variable for known, _, variable in AGENTS if known == agent), None)
    return agent, environ.get(session) if session else None


def _named(environ: Mapping[str, str]) -> str | None:
    """Return what AI_AGENT says, or AGENT: other programs use that one too, so it counts where we know the name."""
    said = _name(environ.get("AI_AGENT"))
    if said:
        return said
    said = _name(environ.get("AGENT"))
    return said if said in _IDS else None


def _name(value: str | None) -> str | None:
    """Return our id for a name; a version after it (`claude-code_2-1-331_agent`) is cut off."""
    said = (value or "").strip()
    for at in range(1, len(said) - 1):
        if said[at] == "_" and said[at + 1] in "0123456789":
            said = said[:at]
            break
    return None if said in _FLAGS else NAMES.get(said, said) or None


def _marked(environ: Mapping[str, str]) -> str | None:
    for agent, variables, _ in AGENTS:
        for variable in variables:
            name, _, wanted = variable.partition("=")
            value = environ.get(name)
            if value and wanted in ("", value):
                return agent
    return None
