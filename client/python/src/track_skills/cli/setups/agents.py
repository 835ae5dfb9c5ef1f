"""What each agent gets: its settings' file, the hooks in it, and the programs that they start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

HOOK = "track-skills-hook.sh"
_PLUGIN = "track-skills.js"
_FILES = Path(__file__).parent / "files"
# One copy for all agents that run hooks.
_SHARED = ".local/share/track-skills"
_COMMAND = '[ -n "$TRACK_SKILLS_DEBUG" ] || exec 2>/dev/null; bash -p "$HOME/' + f'{_SHARED}/{HOOK}" >/dev/null || :'


class Agent(NamedTuple):
    """An agent, as it is set up for a user.

    id: ours. title: its own name. settings: the file that its hooks stand in, None if it takes plugins instead; hooks:
    what is merged into that; programs: which of our files goes where. advice: what is still to be done by hand.
    """

    id: str
    title: str
    settings: Path | None
    hooks: Mapping[str, Any]
    programs: Mapping[Path, str]
    advice: str = ""

    def sources(self) -> dict[Path, bytes]:
        """Return the content of each of its programs."""
        return {path: (_FILES / name).read_bytes() for path, name in self.programs.items()}


IDS = ("claude-code", "codex", "gemini-cli", "copilot", "qwen-code", "opencode")


def agent_of(name: str, environ: Mapping[str, str]) -> Agent:
    """Return the agent with this id, set up below HOME or where its own variable says."""
    home = Path(environ["HOME"])
    hook = {home / _SHARED / HOOK: HOOK}
    if name == "opencode":
        folder = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "opencode" / "plugin"
        return Agent(name, "opencode", None, {}, {folder / _PLUGIN: _PLUGIN, folder / HOOK: HOOK})
    if name == "claude-code":
        folder = Path(environ.get("CLAUDE_CONFIG_DIR") or home / ".claude")
        return Agent(name, "Claude Code", folder / "settings.json", _claude_code(), hook)
    if name == "codex":
        folder = Path(environ.get("CODEX_HOME") or home / ".codex")
        advice = "Start Codex and trust the hooks with /hooks: it skips hooks that were not reviewed, without a word."
        return Agent(name, "Codex", folder / "hooks.json", _codex(), hook, advice)
    if name == "gemini-cli":
        return Agent(name, "Gemini CLI", home / ".gemini" / "settings.json", _gemini_cli(), hook)
    if name == "copilot":
        return Agent(name, "Copilot CLI", home / ".copilot" / "hooks" / "track-skills.json", _copilot(), hook)
    return Agent(name, "Qwen Code", home / ".qwen" / "settings.json", _qwen_code(), hook)


def is_ours(entry: object) -> bool:
    """Return whether an entry of a list of hooks starts our hook, by itself or in one of its own `hooks`."""
    if not isinstance(entry, dict):
        return False
    inner = entry.get("hooks")
    commands = (entry.get("command"), entry.get("bash"))
    return any(isinstance(command, str) and HOOK in command for command in commands) or (
        isinstance(inner, list) and any(map(is_ours, inner))
    )


def _group(matcher: str | None, **handler: object) -> list[dict[str, object]]:
    """Return the groups of one event: ours alone."""
    group: dict[str, object] = {"matcher": matcher} if matcher else {}
    return [{**group, "hooks": [{"type": "command", "command": _COMMAND, **handler}]}]


def _claude_code() -> dict[str, Any]:
    tools = "[Ss]kill|mcp__.*|.*-.*"
    matchers = {
        "PostToolUse": tools,
        "PostToolUseFailure": tools,
        "PostToolBatch": None,
        "UserPromptExpansion": None,
        "SessionStart": None,
    }
    hooks = {event: _group(matcher, **{"async": True, "timeout": 10}) for event, matcher in matchers.items()}
    # Nobody would see an asynchronous one through.
    return {"hooks": {**hooks, "SessionEnd": _group(None, timeout=10)}}


def _codex() -> dict[str, Any]:
    matchers = {"PostToolUse": "mcp__.*", "SessionStart": None, "SessionEnd": None}
    return {"hooks": {event: _group(matcher, timeout=10) for event, matcher in matchers.items()}}


def _gemini_cli() -> dict[str, Any]:
    matchers = {"AfterTool": "activate_skill|mcp_.*", "SessionStart": None, "SessionEnd": None}
    return {"hooks": {event: _group(matcher, timeout=10_000) for event, matcher in matchers.items()}}


def _qwen_code() -> dict[str, Any]:
    tools = "skill|mcp__.*"
    matchers = {"PostToolUse": tools, "PostToolUseFailure": tools, "SessionStart": None}
    return {"hooks": {event: _group(matcher, timeout=10_000) for event, matcher in matchers.items()}}


def _copilot() -> dict[str, Any]:
    events = ("PostToolUse", "PostToolUseFailure", "SessionStart", "SessionEnd")
    return {
        "version": 1,
        "hooks": {event: [{"type": "command", "bash": _COMMAND, "timeoutSec": 10}] for event in events},
    }
