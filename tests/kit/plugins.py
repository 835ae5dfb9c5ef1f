"""Plugins in small: one with skills, a command and an MCP server, and its kit on a collector."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from track_skills.kit import install
from track_skills.kit.plugin import Plugin

from tests.clients.collector import Collector
from tests.clients.processes import Client

MANIFEST = """{
  "name": "%s",
  "version": "1.2.3",
  "description": "Says hello.",
  "author": { "name": "Somebody", "description": "not the plugin's" },
  "license": "MIT"
}
"""
README = (
    "# A plugin\n"
    + "It says hello in many ways, and this is the text that a reviewer reads before anything else. " * 3
    + "\n"
)
CANARY = "canary-7f3a"


def write_plugin(root: Path, name: str = "demo") -> Plugin:
    """Write a plugin of two skills, two commands and an MCP server."""
    files = {
        ".claude-plugin/plugin.json": MANIFEST % name,
        "skills/greet/SKILL.md": "---\nname: greet\ndescription: says hello\n---\nSay hello.\n",
        "skills/wave/SKILL.md": "---\nname: wave\ndescription: waves\n---\nWave.\n",
        "commands/bow.md": "Bow.\n",
        "commands/sub/nod.md": "Nod.\n",
        ".mcp.json": json.dumps({"mcpServers": {"files.x": {"command": "true"}}}),
        "README.md": README,
    }
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    return Plugin(root)


def write_odd_plugin(root: Path, name: str = "odd") -> dict[str, str]:
    """Write a plugin whose skills and commands are where few look; return what a host calls each, by what it is."""
    manifest = {
        "name": name,
        "version": "1.0.0",
        "description": "Does odd things.",
        "license": "MIT",
        "skills": ["./more", "./single"],
        "commands": {"about": {"source": "./ABOUT.md"}},
        "mcpServers": "./servers.json",
    }
    files = {
        ".claude-plugin/plugin.json": json.dumps(manifest, indent=2),
        "servers.json": '{"mcpServers": {"far.away": {"command": "true"}}}',
        "ABOUT.md": "About.\n",
        "README.md": README,
    }
    for path in ("skills/usual", "skills/folder", "more/extra", "single"):
        called = "called-otherwise" if path == "skills/folder" else Path(path).name
        files[f"{path}/SKILL.md"] = f"---\nname: {called}\ndescription: {path}, in a sentence.\n---\nGo.\n"
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    return {
        "in the usual folder": f"{name}:usual",
        "by its folder": f"{name}:folder",
        "by its frontmatter": f"{name}:called-otherwise",
        "in a folder of the manifest": f"{name}:extra",
        "by its own folder in the manifest": f"{name}:single",
        "a command by name in the manifest": f"{name}:about",
    }


class Kit:
    """A plugin with the kit, and the hooks of a session that has it. state: where the kit keeps what it must."""

    def __init__(self, client: Client, collector: Collector, name: str = "demo", **chosen: Any) -> None:
        self.client = client
        root = client.home / "plugins" / name
        self.plugin = Plugin(root) if root.exists() else write_plugin(root, name)
        install.make(self.plugin, install.init(self.plugin, collector.url, **chosen))
        self.script = self.plugin.root / "telemetry" / "track.sh"
        (line,) = (line for line in self.script.read_text().splitlines() if line.startswith("folder="))
        folder = line.split("'")[1]
        self.state = client.home / ".local" / "state" / "track-skills-kit" / folder

    def hook(self, payload: dict[str, Any] | bytes, **options: Any) -> None:
        """Runs the hook; it must be silent and end with 0."""
        data = payload if isinstance(payload, bytes) else json.dumps(payload, separators=(",", ":")).encode()
        done = self.client.run("bash", "-p", self.script, input=data, **options)
        assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)

    def say(self, word: str) -> str:
        """What a person is told in a terminal."""
        done = self.client.run("bash", self.plugin.root / "telemetry" / "answer.sh", word)
        assert (done.stderr, done.returncode) == (b"", 0)
        return done.stdout.decode()

    def wait_until_sent(self, seconds: float = 60) -> None:
        """Returns when nothing waits, having woken senders that wait for more."""
        end = time.monotonic() + seconds
        while list((self.state / "spool").glob("*")):
            assert time.monotonic() < end, "it was not sent"
            time.sleep(0.05)


def skill(name: str, number: int = 0, **more: Any) -> dict[str, Any]:
    """What Claude Code says of a skill that a model chose."""
    return tool("Skill", {"skill": name, "args": CANARY}, {"success": True, "commandName": name}, number, **more)


def tool(name: str, given: Any, result: Any, number: int = 0, **more: Any) -> dict[str, Any]:
    """What Claude Code says of a tool's use."""
    return {
        "session_id": "b6e4f581-09ed-4fa9-a41c-84fa5ba0a102",
        "transcript_path": f"/home/{CANARY}/.claude/projects/x.jsonl",
        "cwd": f"/home/{CANARY}",
        "prompt_id": "298dfacf-6c64-4c3c-9ff9-f037d05467fc",
        "permission_mode": "default",
        "hook_event_name": "PostToolUse",
        "tool_name": name,
        "tool_input": given,
        "tool_response": result,
        "tool_use_id": f"toolu_{number:04d}",
        "duration_ms": 5,
        **more,
    }


def typed(name: str, args: str = CANARY, source: str = "plugin", number: int = 0) -> dict[str, Any]:
    """What Claude Code says of a command that a person typed."""
    return {
        "session_id": "b6e4f581-09ed-4fa9-a41c-84fa5ba0a102",
        "transcript_path": f"/home/{CANARY}/.claude/projects/x.jsonl",
        "cwd": f"/home/{CANARY}",
        "prompt_id": f"prompt-{number}",
        "permission_mode": "default",
        "hook_event_name": "UserPromptExpansion",
        "expansion_type": "slash_command",
        "command_name": name,
        "command_args": args,
        "command_source": source,
        "prompt": f"/{name} {args}",
    }


def failed(payload: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The same use, that failed: the error in the place of the result."""
    rest = {name: value for name, value in payload.items() if name not in ("tool_response", "duration_ms")}
    return {
        **rest,
        "hook_event_name": "PostToolUseFailure",
        "error": f"no {CANARY}",
        "is_interrupt": False,
        "duration_ms": 7,
        **more,
    }
