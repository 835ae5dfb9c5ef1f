"""Claude Code on a scripted model, with the hook or the plugin as their guides in docs/guides say."""

from __future__ import annotations

import json
import shutil
import subprocess

from tests.agents.host import Host, program, write_json, write_skill
from tests.agents.model import Model
from tests.agents.script import Call
from tests.clients.processes import CLIENT, HOOK, ROOT, Client

CLAUDE = program("claude-code", "claude")
GRANTED = ["Skill", "Agent", *(f"mcp__demo__{tool}" for tool in ("echo", "boom", "rpcerr", "slow"))]
WORKER = "---\nname: worker\ndescription: works on its own\n---\nDo what you are told.\n"


def use_skill(name: str) -> Call:
    """The model asks for a skill."""
    return Call("Skill", {"skill": name})


def use_mcp(tool: str, **arguments: str | float) -> Call:
    """The model asks for a tool of the MCP server."""
    return Call(f"mcp__demo__{tool}", arguments)


def new_host(client: Client, model: Model) -> Host:
    """A home without any hook and a project with skills, a subagent and the MCP server."""
    host = Host(
        client,
        ANTHROPIC_BASE_URL=model.url,
        ANTHROPIC_API_KEY="none",
        DISABLE_AUTOUPDATER="1",
        DISABLE_ERROR_REPORTING="1",
        DISABLE_BUG_COMMAND="1",
        MCP_TOOL_TIMEOUT="4000",
    )
    skills = host.project / ".claude" / "skills"
    for name in ("my-skill", "denied-skill", "nested-skill"):
        write_skill(skills, name)
    write_skill(skills, "typed-only", disable_model_invocation="true")
    write_skill(skills, "forked-skill", "play: forked", context="fork")
    (host.project / ".claude" / "agents").mkdir()
    (host.project / ".claude" / "agents" / "worker.md").write_text(WORKER)
    write_skill(host.home / ".claude" / "skills", "own-skill")
    plugin = host.home / "demo-plugin"
    write_skill(plugin / "skills", "greet")
    write_json(plugin / ".claude-plugin" / "plugin.json", {"name": "demo-plugin", "version": "1.2.3"})
    write_json(host.home / "mcp.json", {"mcpServers": {"demo": host.mcp}})
    return host


def paste_settings(host: Host, endpoint: str) -> None:
    """The hook, set up for oneself."""
    (host.home / ".claude" / "hooks").mkdir(parents=True)
    shutil.copy(HOOK, host.home / ".claude" / "hooks")
    settings = json.loads((CLIENT / "hooks" / "settings.json").read_text())
    settings["env"] = {"TRACK_SKILLS_ENDPOINT": endpoint}
    write_json(host.home / ".claude" / "settings.json", settings)


def install_plugin(host: Host, endpoint: str) -> None:
    """The plugin, from this repository as a marketplace."""
    host.run(CLAUDE, "plugin", "marketplace", "add", str(ROOT))
    host.run(CLAUDE, "plugin", "install", "track-skills@track-skills", "--config", f"endpoint={endpoint}")


def command(host: Host, *more: str) -> list[str]:
    """The command line of a session without a terminal."""
    servers = ("--mcp-config", str(host.home / "mcp.json"), "--strict-mcp-config")
    plugin = ("--plugin-dir", str(host.home / "demo-plugin"))
    rules = ("--allowedTools", ",".join(GRANTED), "--disallowedTools", "Skill(denied-skill)")
    return [str(CLAUDE), "-p", *more, *servers, *plugin, *rules, "--output-format", "stream-json", "--verbose"]


def prompt(host: Host, text: str, **env: str) -> str:
    """One session of one prompt; returns what it printed."""
    return host.run(*command(host, text), **env)


def converse(host: Host, **env: str) -> subprocess.Popen[str]:
    """A session that takes one message a line on stdin until that ends."""
    return host.start(*command(host, "--input-format", "stream-json"), stdin=subprocess.PIPE, **env)


def tell(session: subprocess.Popen[str], message: object) -> None:
    """Send a message to such a session."""
    assert session.stdin
    session.stdin.write(json.dumps(message) + "\n")
    session.stdin.flush()
