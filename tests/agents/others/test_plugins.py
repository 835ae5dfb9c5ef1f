"""Our plugin from its archive, and one with the kit, as Codex and Copilot install what Claude Code does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.agents import plugins
from tests.agents.host import Host, deliver, rest
from tests.agents.model import Model
from tests.agents.others.agent import Agent
from tests.agents.others.codex import CODEX
from tests.agents.others.copilot import COPILOT
from tests.agents.script import Call, Scripts
from tests.agents.uses import outlines
from tests.clients.collector import Collector
from tests.clients.processes import Client

AGENTS = {agent.id: agent for agent in (CODEX, COPILOT)}
# What a skill tells the model to run, by its own folder, where no hook tells whose skill it is.
SAYS_SO = "bash market/hello-plugin/telemetry/track.sh used hello"
SHELL = {
    "codex": lambda line: Call("exec_command", {"cmd": line}),
    "copilot": lambda line: Call("bash", {"command": line, "description": "says that it is used"}),
}
FOREIGN = {
    "codex": Call("exec_command", {"cmd": "cat .agents/skills/my-skill/SKILL.md"}),
    "copilot": Call("skill", {"skill": "my-skill"}),
}


@pytest.fixture(params=AGENTS)
def agent(request: pytest.FixtureRequest) -> Agent:
    found = AGENTS[request.param]
    if not found.program.exists():
        pytest.skip(f"{found.title} is not installed: make test-agents")
    return found


def scripts(agent: Agent) -> Scripts:
    return {
        # Nobody waits for the plugin's hooks: a session that ends at once ends them, too.
        "echo": [(Call(agent.mcp("echo"), {"text": "once"}),), (Call(agent.mcp("slow"), {"seconds": 1}),)],
        "others": [(FOREIGN[agent.id],), (Call(agent.mcp("echo"), {"text": "once"}),)],
        "says-so": [(SHELL[agent.id](f"cd ~ && {SAYS_SO}"),)],
    }


@pytest.fixture
def host(agent: Agent, client: Client) -> Iterator[Host]:
    with Model(scripts(agent)) as model:
        made = Host(client)
        agent.prepare(made, model.url)
        yield made


def test_our_own_counts(agent: Agent, host: Host, client: Client, collector: Collector) -> None:
    plugins.write_archive(host)
    plugins.install(host, agent.id, agent.program)
    host.env["TRACK_SKILLS_ENDPOINT"] = collector.url
    agent.prompt(host, "play: echo")
    deliver(client)
    (event,) = (event for event in collector.events.values() if "slow" not in event["tool_name"])
    assert outlines([event]) == outlines([agent.echo])
    assert (event["agent_id"], event["source"]) == (agent.id, "plugin")


def test_one_with_the_kit_leaves_no_trace_of_others(
    agent: Agent, host: Host, client: Client, collector: Collector
) -> None:
    plugins.write_example(host, collector.url)
    plugins.install(host, agent.id, agent.program)
    assert "hello-plugin" in host.run(agent.program, "plugin", "list")
    agent.prompt(host, "play: others")
    rest(client)
    assert "echo" in host.calls()
    assert not (host.home / ".local" / "state" / "track-skills-kit").exists()
    assert collector.requests == []


def test_its_skill_says_so_itself(agent: Agent, host: Host, client: Client, collector: Collector) -> None:
    plugins.write_example(host, collector.url)
    plugins.install(host, agent.id, agent.program)
    agent.prompt(host, "play: says-so")
    (event,) = collector.wait(1)
    rest(client)
    assert (event["tool_name"], event["status"], event["agent_id"]) == ("hello-plugin:hello", "unknown", agent.id)
    assert "session_id" in event
