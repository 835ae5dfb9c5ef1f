"""Codex: OpenAI Responses, hooks in ~/.codex/hooks.json. It has no tool for skills: the model reads their files."""

from __future__ import annotations

import json

from tests.agents.host import Host, program, write_skill
from tests.agents.others.agent import Agent, mcp_uses
from tests.agents.script import Call
from tests.agents.uses import Use, of_mcp

CONFIG = """
model = "scripted"
model_provider = "scripted"
analytics.enabled = false
[model_providers.scripted]
name = "scripted"
base_url = "{url}/v1"
wire_api = "responses"
[mcp_servers.demo]
command = {command}
args = {args}
tool_timeout_sec = 4
"""


def prepare(host: Host, url: str) -> None:
    write_skill(host.project / ".agents" / "skills", "my-skill")
    (host.home / ".codex").mkdir()
    command, args = json.dumps(host.mcp["command"]), json.dumps(host.mcp["args"])
    (host.home / ".codex" / "config.toml").write_text(CONFIG.format(url=url, command=command, args=args))


def mcp(tool: str) -> str:
    """The tool's name in a namespace."""
    return f"mcp__demo.{tool}"


CODEX = Agent(
    id="codex",
    title="Codex",
    program=program("codex", "codex"),
    prepare=prepare,
    command=(
        "exec",
        "--skip-git-repo-check",
        "--dangerously-bypass-approvals-and-sandbox",
        "--dangerously-bypass-hook-trust",
    ),
    typed="$my-skill",
    mcp=mcp,
    # The session would not wait for the subagent.
    subagent=[
        (Call("multi_agent_v1.spawn_agent", {"message": "play: nested"}),),
        (Call(mcp("slow"), {"seconds": 1}),),
    ],
    nested="nested",
    interrupted=None,
    denied=("exec", "--skip-git-repo-check", "--dangerously-bypass-hook-trust", "-s", "read-only"),
    uses={
        "skill": Use(Call("exec_command", {"cmd": "cat .agents/skills/my-skill/SKILL.md"}), None),
        **mcp_uses(
            mcp,
            mcp=Use(Call(mcp("echo"), {"text": "once"}), of_mcp("echo")),
            mcp_error=Use(Call(mcp("boom")), None),
            mcp_refused=Use(Call(mcp("rpcerr")), None),
            mcp_time_out=Use(Call(mcp("slow"), {"seconds": 30}), None),
        ),
    },
)
