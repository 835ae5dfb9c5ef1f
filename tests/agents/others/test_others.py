"""Codex, Gemini CLI, Copilot CLI and Qwen Code with our hook: what the collector counts is what happened."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.agents.host import Host, deliver, rest, wait_until
from tests.agents.model import Model
from tests.agents.others.agent import Agent, follow_guide, observable
from tests.agents.others.codex import CODEX
from tests.agents.others.copilot import COPILOT
from tests.agents.others.gemini_cli import GEMINI_CLI
from tests.agents.others.qwen_code import QWEN_CODE
from tests.agents.set_up import set_up
from tests.agents.uses import Event, outline, outlines
from tests.clients.collector import Collector
from tests.clients.processes import Client

Start = Callable[[str], tuple[Agent, Host]]
AGENTS = {agent.id: agent for agent in (CODEX, GEMINI_CLI, COPILOT, QWEN_CODE)}
ROWS = {
    "skill": "skill, chosen by the model",
    "skill_unknown": "unknown skill",
    "mcp": "MCP tool that succeeds",
    "mcp_error": "MCP tool that reports an error",
    "mcp_refused": "MCP server that refuses the call",
    "mcp_time_out": "MCP tool that takes too long",
    "mcp_unknown": "MCP tool that does not exist",
}
CASES = [pytest.param(agent.id, name, id=f"{agent.id}-{name}") for agent in AGENTS.values() for name in agent.uses]


def needed(name: str) -> Agent:
    """An agent that is installed."""
    agent = AGENTS[name]
    if not agent.program.exists():
        pytest.skip(f"{agent.title} is not installed: make test-agents")
    return agent


@pytest.fixture(scope="module")
def recorded_by(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Agent], list[Event]]:
    """What was recorded of a session of an agent; there is one of each."""

    @cache
    def session(agent_id: str) -> list[Event]:
        agent = AGENTS[agent_id]
        with Model(agent.scripts) as model, Collector() as collector:
            client = Client(tmp_path_factory.mktemp(agent.id), collector.url)
            host = Host(client)
            agent.prepare(host, model.url)
            follow_guide(host, agent, collector.url)
            said = agent.prompt(host, f"{agent.typed} play: main")
            deliver(client)
            client.close()
            assert Counter(host.calls()) == agent.reached, f"the session went another way\n{said}"
            return list(collector.events.values())

    return lambda agent: session(agent.id)


@pytest.mark.parametrize(("name", "use"), CASES)
def test_a_use_is_recorded_as_it_was(recorded_by: Callable[[Agent], list[Event]], name: str, use: str) -> None:
    agent = needed(name)
    recorded = recorded_by(agent)
    expected = agent.uses[use].event
    if expected is None:
        # Not observable, and so recorded under no other name either.
        assert {event["tool_name"] for event in recorded} <= {
            u.event["tool_name"] for u in agent.uses.values() if u.event
        }
        return
    tools = [event for event in recorded if event["tool_name"] == expected["tool_name"]]
    times = 5 if use == "mcp" else 1
    assert outlines(tools) == [outline(expected)] * times


@pytest.mark.parametrize("name", AGENTS)
def test_they_say_which_agent_it_was(recorded_by: Callable[[Agent], list[Event]], name: str) -> None:
    recorded = recorded_by(needed(name))
    assert {(event["agent_id"], event["source"]) for event in recorded} == {(name, "hook")}
    assert len({event["session_id"] for event in recorded}) == 1


@pytest.fixture
def start(client: Client, collector: Collector) -> Iterator[Start]:
    """Makes a home for an agent, with the hook and a model that plays its scripts."""
    with contextlib.ExitStack() as open_models:

        def made(name: str) -> tuple[Agent, Host]:
            agent = needed(name)
            host = Host(client)
            agent.prepare(host, open_models.enter_context(Model(agent.scripts)).url)
            follow_guide(host, agent, collector.url)
            return agent, host

        yield made


@pytest.mark.parametrize("name", AGENTS)
def test_a_use_in_a_subagent(start: Start, client: Client, collector: Collector, name: str) -> None:
    agent, host = start(name)
    agent.prompt(host, "play: subagent")
    deliver(client)
    assert "echo" in host.calls()
    nested = {**agent.echo, "trigger": agent.nested}
    echoes = [event for event in collector.events.values() if event["tool_name"] == nested["tool_name"]]
    assert outlines(echoes) == outlines([nested])


@pytest.mark.parametrize("name", AGENTS)
def test_an_interrupted_call(start: Start, client: Client, collector: Collector, name: str) -> None:
    agent, host = start(name)
    with host.start(agent.program, *agent.command, "play: interrupted") as session:
        wait_until(host.calls)
        os.killpg(session.pid, signal.SIGINT)
        session.communicate(timeout=60)
    deliver(client)
    statuses = [event["status"] for event in collector.events.values()]
    assert statuses == ([agent.interrupted] if agent.interrupted else [])


@pytest.mark.parametrize("name", AGENTS)
def test_a_denied_call_is_observed_in_none_of_them(
    start: Start, client: Client, collector: Collector, name: str
) -> None:
    agent, host = start(name)
    agent.prompt(host, "play: short", agent.denied)
    deliver(client)
    assert host.calls() == []
    assert collector.events == {}


@pytest.mark.parametrize("name", AGENTS)
def test_a_collector_that_was_away_gets_everything(
    start: Start, client: Client, collector: Collector, name: str
) -> None:
    agent, host = start(name)
    collector.stop()
    agent.prompt(host, "play: short")
    rest(client)
    assert len(client.files()) == 1
    collector.start()
    agent.prompt(host, "nothing to do")
    if agent.has_starts:
        rest(client)
    else:
        deliver(client)
    assert outlines(collector.wait(1)) == outlines([agent.echo])
    assert client.files() == []


@pytest.mark.parametrize("name", AGENTS)
def test_the_guide_says_what_can_be_observed(name: str) -> None:
    agent = AGENTS[name]
    said = observable(agent.title)
    assert {use: said[ROWS[use]] for use in agent.uses} == {use: bool(u.event) for use, u in agent.uses.items()}


@pytest.mark.parametrize("name", AGENTS)
def test_as_the_command_sets_it_up_and_undoes_it(client: Client, collector: Collector, name: str) -> None:
    agent = needed(name)
    with Model(agent.scripts) as model:
        host = Host(client, TRACK_SKILLS_ENDPOINT=collector.url)
        agent.prepare(host, model.url)
        before = {path: path.read_bytes() for path in host.home.rglob("*") if path.is_file()}
        set_up(host, name)
        written = {path for path in before if path.read_bytes() != before[path]}
        set_up(host, name, "--remove")
        assert {path: path.read_bytes() for path in host.home.rglob("*") if path.is_file()} == before
        set_up(host, name)
        agent.prompt(host, "play: short")
        deliver(client)
        assert outlines(list(collector.events.values())) == outlines([agent.echo])
        set_up(host, name, "--remove")
        for path in written:
            # Agents write their settings too.
            assert "track-skills" not in path.read_text()
        agent.prompt(host, "play: short")
        deliver(client)
        assert len(collector.events) == 1
