"""Qwen Code: OpenAI chat completions, hooks in ~/.qwen/settings.json."""

from __future__ import annotations

from tests.agents.host import LOOPBACK_ONLY, Host, program, write_json, write_skill
from tests.agents.others.agent import Agent, mcp_uses
from tests.agents.script import Call
from tests.agents.uses import Use, of_skill


def prepare(host: Host, url: str) -> None:
    write_skill(host.project / ".qwen" / "skills", "my-skill")
    settings = {
        "security": {"auth": {"selectedType": "openai"}},
        "mcpServers": {"demo": {**host.mcp, "trust": True, "timeout": 4000}},
        "privacy": {"usageStatisticsEnabled": False},
        "general": {"enableAutoUpdate": False},
    }
    write_json(host.home / ".qwen" / "settings.json", settings)
    host.env |= {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": f"{url}/v1", "OPENAI_MODEL": "scripted"}
    for name in LOOPBACK_ONLY:  # it asks the proxy for loopback too, whatever NO_PROXY says
        del host.env[name]


def mcp(tool: str) -> str:
    return f"mcp__demo__{tool}"


QWEN_CODE = Agent(
    id="qwen-code",
    title="Qwen Code",
    program=program("qwen-code", "qwen"),
    prepare=prepare,
    command=("--yolo",),
    typed="/my-skill",
    mcp=mcp,
    subagent=[
        (
            Call(
                "agent",
                {"subagent_type": "general-purpose", "description": "some work", "prompt": "play: nested"},
            ),
        )
    ],
    nested="model",
    interrupted="skipped",
    denied=("--exclude-tools", "mcp__demo__echo", "--yolo"),
    uses={
        "skill": Use(Call("skill", {"skill": "my-skill"}), of_skill("my-skill")),
        "skill_unknown": Use(Call("skill", {"skill": "no-such-skill"}), None),
        **mcp_uses(mcp),
    },
    attempts=4,
    has_starts=False,
)
