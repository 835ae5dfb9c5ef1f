"""What the other agents have in common: how they are set up, and the uses of one session as data."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.agents.host import Host, write_json
from tests.agents.script import Call, Scripts, Turn
from tests.agents.uses import Event, Use, of_mcp
from tests.clients.processes import HOOK, ROOT

GUIDE = ROOT / "docs" / "guides" / "agents.md"


@dataclass(frozen=True)
class Agent:
    """An agent. id: ours. title: its section in the guide.

    prepare: makes its home ready for a model at a URL, without our hook. command: before the prompt. typed: the prompt
    of a person who uses a skill. uses: what the model asks for, one after the other. at_once: four calls at the same
    time. subagent: turns that have a subagent play `nested`. nested: the trigger of its uses as far as the agent lets
    one observe it. interrupted: the status of a call that Ctrl-C ends, or None where it tells nobody. denied: the
    command of a session in which no MCP tool was granted. attempts: how often it calls an MCP tool that fails.
    has_starts: whether a hook runs when a session begins.
    """

    id: str
    title: str
    program: Path
    prepare: Callable[[Host, str], None]
    command: Sequence[str]
    typed: str
    uses: Mapping[str, Use]
    mcp: Callable[[str], str]
    subagent: Sequence[Turn]
    nested: str
    interrupted: str | None
    denied: Sequence[str]
    attempts: int = 1
    has_starts: bool = True

    @property
    def at_once(self) -> list[Call]:
        return [Call(self.mcp("echo"), {"text": text}) for text in ("one", "two", "three", "four")]

    @property
    def echo(self) -> Event:
        """What is recorded of an MCP tool that succeeds."""
        event = self.uses["mcp"].event
        assert event
        return event

    @property
    def scripts(self) -> Scripts:
        return {
            "main": [*((use.call,) for use in self.uses.values()), tuple(self.at_once)],
            "short": [(Call(self.mcp("echo"), {"text": "short"}),)],
            "subagent": self.subagent,
            "nested": [(Call(self.mcp("echo"), {"text": "nested"}),)],
            "interrupted": [(Call(self.mcp("slow"), {"seconds": 60}),)],
        }

    def prompt(self, host: Host, text: str, command: Sequence[str] = ()) -> str:
        """One session of one prompt; returns what it printed."""
        return host.run(self.program, *(command or self.command), text)

    @property
    def reached(self) -> Mapping[str, int]:
        """How often each MCP tool is really called in a session."""
        failing = {"boom": 1, "rpcerr": self.attempts, "slow": self.attempts}
        return {"echo": 5, **failing}


def mcp_uses(mcp: Callable[[str], str], /, **others: Use) -> dict[str, Use]:
    """The uses of MCP tools that every agent is asked for. others: those for which more is to be said than the rule."""
    uses = {
        "mcp": Use(Call(mcp("echo"), {"text": "once"}), of_mcp("echo")),
        "mcp_error": Use(Call(mcp("boom")), of_mcp("boom", "error", error_type="tool_error")),
        "mcp_refused": Use(Call(mcp("rpcerr")), of_mcp("rpcerr", "error", error_type="tool_error")),
        "mcp_time_out": Use(Call(mcp("slow"), {"seconds": 30}), of_mcp("slow", "timeout")),
        "mcp_unknown": Use(Call(mcp("nothing")), None),
    }
    return {name: others.get(name, use) for name, use in uses.items()}


def follow_guide(host: Host, agent: Agent, endpoint: str) -> None:
    """Sets the hook up exactly as the agent's section of the guide says."""
    text = GUIDE.read_text()
    folder = re.search(r"^cp client/hooks/track-skills-hook\.sh ~/(\S+)/$", text, re.MULTILINE)
    assert folder, "the guide does not say where the hook goes"
    (host.home / folder[1]).mkdir(parents=True, exist_ok=True)
    shutil.copy(HOOK, host.home / folder[1])
    section = text.partition(f"\n## {agent.title}\n")[2].partition("\n## ")[0]
    found = re.search(r"`~/(\S+)`[^`]*```json\n(.*?)```", section, re.DOTALL)
    assert found, f"the guide has no settings for {agent.title}"
    file = host.home / found[1]
    write_json(file, _merged(json.loads(file.read_text()) if file.exists() else {}, json.loads(found[2])))
    host.env["TRACK_SKILLS_ENDPOINT"] = endpoint


def observable(title: str) -> dict[str, bool]:
    """Which uses the guide's table says one can observe in an agent, by the table's name for them."""
    lines = [line.strip("|").split("|") for line in GUIDE.read_text().splitlines() if line.startswith("|")]
    (column,) = [number for number, name in enumerate(lines[0]) if name.strip().startswith(f"{title} ")]
    return {cells[0].strip(): not cells[column].strip().startswith("not observable") for cells in lines[2:]}


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Settings merged by name."""
    both = {name: _merged(old[name], new[name]) for name in old.keys() & new.keys() if isinstance(old[name], dict)}
    return {**old, **new, **both}
