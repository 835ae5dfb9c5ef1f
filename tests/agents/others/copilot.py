"""Copilot CLI: OpenAI chat completions, hooks in ~/.copilot/hooks/."""

from __future__ import annotations

from tests.agents.host import Host, program, write_json, write_skill
from tests.agents.others.agent import Agent, mcp_uses
from tests.agents.script import Call
from tests.agents.uses import Event, Use, of_mcp, of_skill


def prepare(host: Host, url: str) -> None:
    write_skill(host.project / ".github" / "skills", "my-skill")
    server = {"type": "local", **host.mcp, "tools": ["*"], "timeout": 4000}
    write_json(host.home / ".copilot" / "mcp-config.json", {"mcpServers": {"demo": server}})
    host.env |= {
        "COPILOT_PROVIDER_BASE_URL": f"{url}/v1",
        "COPILOT_PROVIDER_TYPE": "openai",
        "COPILOT_PROVIDER_API_KEY": "none",
        "COPILOT_MODEL": "scripted",
        "COPILOT_OFFLINE": "true",
        "COPILOT_AUTO_UPDATE": "false",
    }


def mcp(tool: str) -> str:
    return f"demo-{tool}"


def of_joined(tool: str, status: str = "success", **more: str) -> Event:
    """Server and tool stand in one word, and both may have dashes."""
    return {**of_mcp(tool, status, **more), "tool_name": mcp(tool), "tool_category": "mcp"}


COMMAND = ("--allow-all-tools", "--allow-all-paths", "--trust-folder", "--disable-client-telemetry", "-p")
COPILOT = Agent(
    id="copilot",
    title="Copilot CLI",
    program=program("copilot", "copilot"),
    prepare=prepare,
    command=COMMAND,
    typed="/my-skill",
    mcp=mcp,
    subagent=[
        (
            Call(
                "task",
                {
                    "agent_type": "general-purpose",
                    "name": "worker",
                    "description": "some work",
                    "mode": "sync",
                    "prompt": "play: nested",
                },
            ),
        )
    ],
    nested="nested",
    interrupted=None,
    denied=("--deny-tool", "demo", *COMMAND),
    uses={
        "skill": Use(Call("skill", {"skill": "my-skill"}), of_skill("my-skill")),
        "skill_unknown": Use(
            Call("skill", {"skill": "no-such-skill"}), of_skill("no-such-skill", "error", error_type="not_found")
        ),
        **mcp_uses(
            mcp,
            mcp=Use(Call(mcp("echo"), {"text": "once"}), of_joined("echo")),
            mcp_error=Use(Call(mcp("boom")), of_joined("boom", "error", error_type="tool_error")),
            mcp_refused=Use(Call(mcp("rpcerr")), of_joined("rpcerr", "error", error_type="tool_error")),
            mcp_time_out=Use(Call(mcp("slow"), {"seconds": 30}), of_joined("slow", "timeout")),
            mcp_unknown=Use(Call(mcp("nothing")), of_joined("nothing", "error", error_type="not_found")),
        ),
    },
)
