"""opencode with our plugin as its guide says, and what it tells plugins, on which the guides' table rests."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agents.host import INSTALLED, Host, deliver, program, write_json, write_skill
from tests.agents.model import Model
from tests.agents.script import Call
from tests.agents.set_up import set_up
from tests.agents.uses import Event, of_mcp, of_skill, outline, outlines
from tests.clients.collector import Collector
from tests.clients.processes import CLIENT, HOOK, Client

OPENCODE = program("opencode", "opencode")
# It looks into a skill's folder with ripgrep, which it would download; Codex brings one.
RIPGREP = sorted(INSTALLED.glob("codex/node_modules/@openai/*/vendor/*/codex-path/rg"))
pytestmark = pytest.mark.skipif(
    not (OPENCODE.exists() and RIPGREP), reason="opencode and Codex are not installed: make test-agents"
)

USES = {
    "skill": Call("skill", {"name": "my-skill"}),
    "skill_unknown": Call("skill", {"name": "no-such-skill"}),
    "mcp": Call("demo_echo", {"text": "once"}),
    "mcp_error": Call("demo_boom"),
    "mcp_refused": Call("demo_rpcerr"),
    "mcp_time_out": Call("demo_slow", {"seconds": 30}),
    "mcp_unknown": Call("demo_nothing"),
}
AT_ONCE = [Call("demo_echo", {"text": text}) for text in ("one", "two", "three", "four")]
SCRIPTS = {"main": [*((call,) for call in USES.values()), tuple(AT_ONCE)]}
# Tool, last state, and how an error begins.
TOLD = {
    "skill": ("skill", "completed", ""),
    "skill_unknown": ("skill", "error", 'Skill "no-such-skill" not found'),
    "mcp": ("demo_echo", "completed", ""),
    "mcp_error": ("demo_boom", "error", "boom"),
    "mcp_refused": ("demo_rpcerr", "error", "MCP error -32000"),
    "mcp_time_out": ("demo_slow", "error", "MCP error -32001: Request timed out"),
    "mcp_unknown": ("invalid", "completed", ""),
}


RECORDED = {
    "skill": of_skill("my-skill"),
    "skill_unknown": of_skill("no-such-skill", "error", error_type="not_found"),
    "mcp": of_mcp("echo"),
    "mcp_error": of_mcp("boom", "error", error_type="tool_error"),
    "mcp_refused": of_mcp("rpcerr", "error", error_type="tool_error"),
    "mcp_time_out": of_mcp("slow", "timeout"),
    "mcp_unknown": of_mcp("nothing", "error", error_type="not_found"),
}


def prepare(host: Host, url: str) -> None:
    """A home with a plugin that writes down what it is told, ready for a model at a URL."""
    write_skill(host.project / ".opencode" / "skills", "my-skill")
    folder = host.home / ".config" / "opencode"
    (folder / "plugin").mkdir(parents=True)
    shutil.copy(Path(__file__).parent / "opencode_recorder.js", folder / "plugin")
    server = {"type": "local", "command": [host.mcp["command"], *host.mcp["args"]], "enabled": True, "timeout": 4000}
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "options": {"baseURL": f"{url}/v1", "apiKey": "none"},
        "models": {"scripted": {"tool_call": True}},
    }
    settings = {
        "autoupdate": False,
        "share": "disabled",
        "model": "scripted/scripted",
        "small_model": "scripted/scripted",
        "permission": "allow",
        "provider": {"scripted": provider},
        "mcp": {"demo": server},
    }
    write_json(folder / "opencode.json", settings)
    host.env |= {
        "RECORDED": str(host.home / "recorded"),
        "PATH": f"{host.env['PATH']}{os.pathsep}{RIPGREP[0].parent}",
        "npm_config_fetch_retries": "0",  # it would install a package for plugins, which cannot be reached
    }


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[dict[str, Any]], list[Event]]]:
    """What plugins were told and what was recorded of a typed skill and of everything that a model may ask for."""
    with Model(SCRIPTS) as model, Collector() as collector:
        client = Client(tmp_path_factory.mktemp("opencode"), collector.url)
        host = Host(client, TRACK_SKILLS_ENDPOINT=collector.url)
        prepare(host, model.url)
        for file in (CLIENT / "opencode" / "track-skills.js", HOOK):
            shutil.copy(file, host.home / ".config" / "opencode" / "plugin")
        host.run(OPENCODE, "run", "--command", "my-skill", "play: main")
        deliver(client)
        told = [json.loads(line) for line in (host.home / "recorded").read_text().splitlines()]
        yield told, list(collector.events.values())
        client.close()


@pytest.fixture
def told(session: tuple[list[dict[str, Any]], list[Event]]) -> list[dict[str, Any]]:
    return session[0]


@pytest.fixture
def recorded(session: tuple[list[dict[str, Any]], list[Event]]) -> list[Event]:
    return session[1]


def states(told: list[dict[str, Any]], call: Call) -> list[dict[str, Any]]:
    """What was told of a call, in order."""
    parts = [event["properties"]["part"] for event in told if event["type"] == "message.part.updated"]
    return [part for part in parts if part.get("callID") == call.id]


@pytest.mark.parametrize("use", USES)
def test_of_a_call_its_outcome_is_told(told: list[dict[str, Any]], use: str) -> None:
    tool, status, error = TOLD[use]
    last = states(told, USES[use])[-1]
    assert (last["tool"], last["state"]["status"]) == (tool, status)
    assert last["state"].get("error", "").startswith(error)
    assert last["state"]["time"]["end"] >= last["state"]["time"]["start"]


def test_a_skill_and_an_unknown_tool_are_named_in_the_input(told: list[dict[str, Any]]) -> None:
    assert states(told, USES["skill"])[-1]["state"]["input"] == {"name": "my-skill"}
    assert states(told, USES["mcp_unknown"])[-1]["state"]["input"]["tool"] == "demo_nothing"


def test_four_at_once_are_told_one_by_one(told: list[dict[str, Any]]) -> None:
    assert [states(told, call)[-1]["state"]["status"] for call in AT_ONCE] == ["completed"] * 4


def test_each_outcome_is_told_once(told: list[dict[str, Any]]) -> None:
    for call in (*USES.values(), *AT_ONCE):
        outcomes = [part for part in states(told, call) if part["state"]["status"] in ("completed", "error")]
        assert len(outcomes) == 1


def test_what_a_person_typed_is_told(told: list[dict[str, Any]]) -> None:
    (typed,) = [event["properties"] for event in told if event["type"] == "command.executed"]
    assert typed["name"] == "my-skill"


@pytest.mark.parametrize("use", USES)
def test_a_use_is_recorded_as_it_was(recorded: list[Event], use: str) -> None:
    (event,) = [event for event in recorded if event["event_id"] == USES[use].id]
    assert outline(event) == outline(RECORDED[use])
    assert ("duration_ms" in event) == (event["tool_category"] == "mcp:demo")


def test_what_a_person_typed_is_recorded_and_nothing_else(recorded: list[Event]) -> None:
    calls = {call.id for call in (*USES.values(), *AT_ONCE)}
    others = [event for event in recorded if event["event_id"] not in calls]
    assert outlines(others) == outlines([of_skill("my-skill", trigger="user")])
    assert len(recorded) == len(calls) + 1
    assert {event["agent_id"] for event in recorded} == {"opencode"}


def test_as_the_command_sets_it_up_and_undoes_it(client: Client, collector: Collector) -> None:
    with Model({"short": [(USES["mcp"],)]}) as model:
        host = Host(client, TRACK_SKILLS_ENDPOINT=collector.url)
        prepare(host, model.url)
        before = {path: path.read_bytes() for path in host.home.rglob("*") if path.is_file()}
        set_up(host, "opencode")
        set_up(host, "opencode", "--remove")
        assert {path: path.read_bytes() for path in host.home.rglob("*") if path.is_file()} == before
        set_up(host, "opencode")
        host.run(OPENCODE, "run", "play: short")
        deliver(client)
        assert outlines(list(collector.events.values())) == outlines([of_mcp("echo")])
        set_up(host, "opencode", "--remove")
        host.run(OPENCODE, "run", "play: short")
        deliver(client)
        assert len(collector.events) == 1
