"""Gemini CLI: Gemini's own wire format, hooks in ~/.gemini/settings.json."""

from __future__ import annotations

from tests.agents.host import Host, program, write_json, write_skill
from tests.agents.others.agent import Agent, mcp_uses
from tests.agents.script import Call
from tests.agents.uses import Use, of_skill


def prepare(host: Host, url: str) -> None:
    write_skill(host.project / ".gemini" / "skills", "my-skill")
    (host.project / ".gemini" / "commands").mkdir()
    (host.project / ".gemini" / "commands" / "wave.toml").write_text('prompt = "Wave. {{args}}"\n')
    settings = {
        "security": {"auth": {"selectedType": "gemini-api-key"}},
        "mcpServers": {"demo": {**host.mcp, "trust": True, "timeout": 4000}},
        "privacy": {"usageStatisticsEnabled": False},
        "general": {"enableAutoUpdate": False},
    }
    write_json(host.home / ".gemini" / "settings.json", settings)
    (host.project / "deny.toml").write_text('[[rule]]\ntoolName = "mcp_demo_echo"\ndecision = "deny"\npriority = 900\n')
    host.env |= {"GEMINI_API_KEY": "none", "GOOGLE_GEMINI_BASE_URL": url}


def mcp(tool: str) -> str:
    return f"mcp_demo_{tool}"


GEMINI_CLI = Agent(
    id="gemini-cli",
    title="Gemini CLI",
    program=program("gemini-cli", "gemini"),
    prepare=prepare,
    command=("--yolo", "--skip-trust", "-m", "scripted", "-p"),
    typed="/wave",
    mcp=mcp,
    subagent=[(Call("invoke_agent", {"agent_name": "generalist", "prompt": "play: nested"}),)],
    nested="model",
    interrupted="error",  # the server is interrupted too
    denied=("--skip-trust", "-m", "scripted", "--admin-policy", "deny.toml", "--yolo", "-p"),
    uses={
        "skill": Use(Call("activate_skill", {"name": "my-skill"}), of_skill("my-skill")),
        "skill_unknown": Use(Call("activate_skill", {"name": "no-such-skill"}), None),
        **mcp_uses(mcp),
    },
)
