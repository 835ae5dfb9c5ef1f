"""client/opencode: the plugin on events that opencode gave to one, with the hook beside it, as real processes."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from collector import Collector
from inprocess import NODE
from processes import CLIENT, HOOK, Client

from tests.vectors import VECTORS

PLUGIN = CLIENT / "opencode" / "track-skills.js"
RUNNER = Path(__file__).parent / "js" / "opencode.mjs"
EVENTS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "opencode.json").read_text())
FIELDS = ("tool_name", "tool_category", "status", "error_type", "duration_ms", "trigger", "event_id", "session_id")


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """The plugin and the hook, copied as the guide says."""
    folder = tmp_path / "a plugin folder"
    folder.mkdir()
    shutil.copy(HOOK, folder)
    return Path(shutil.copy(PLUGIN, folder))


def run(client: Client, plugin: Path, events: list[Any], servers: list[str], **env: str) -> None:
    """Run the plugin on events; it prints nothing and does not fail."""
    given = json.dumps({"servers": servers, "events": events}).encode()
    done = client.run(NODE, RUNNER, plugin, input=given, env=env)
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
    # While a process starts, its environment is not seen.
    for _ in range(3):
        time.sleep(0.05)
        client.settle()


def part(tool: str, state: dict[str, Any], session: str = "ses_1") -> dict[str, Any]:
    """An event that tells how a tool ended."""
    made = {"type": "tool", "tool": tool, "callID": "call_1", "sessionID": session, "state": state}
    return {"type": "message.part.updated", "properties": {"part": made}}


def test_recorded_events(client: Client, collector: Collector, plugin: Path) -> None:
    run(client, plugin, EVENTS, ["demo"])
    found = sorted(([event.get(name) for name in FIELDS] for event in collector.events.values()), key=str)
    session = "ses_def5eeaa2ffenT3BMHaNcbOti1"
    typed = ["msg_210a94cc0001IaW1EH59rQhwtR", "ses_def56cffeffeEQFqwMGEoU7gni"]
    assert found == [
        ["boom", "mcp:demo", "error", "tool_error", 59, "model", "call_1ad61e8882de4010", session],
        ["deploy", "skill", "success", None, None, "user", *typed],
        ["echo", "mcp:demo", "success", None, 118, "model", "call_95ee9e0f167646f2", session],
        ["my-skill", "skill", "success", None, None, "model", "call_a201389382ac4854", session],
        ["no-such", "skill", "error", "not_found", None, "model", "call_cbc3d2c80e4543ca", session],
        ["rpcerr", "mcp:demo", "error", "tool_error", 40, "model", "call_62a0d9226c0041e7", session],
        ["slow", "mcp:demo", "success", None, 1256, "model", "call_f7c8c0658b2b46eb", session],
    ]
    assert {(event["agent_id"], event["source"]) for event in collector.events.values()} == {("opencode", "hook")}


def test_recorded_events_with_all_tools(client: Client, collector: Collector, plugin: Path) -> None:
    run(client, plugin, EVENTS, [], TRACK_SKILLS_ALL_TOOLS="1")
    found = {event["tool_name"]: event for event in collector.events.values()}
    assert found["bash"]["tool_category"] == "tool"
    assert (found["no_such_tool"]["status"], found["no_such_tool"]["error_type"]) == ("error", "not_found")


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        ("MCP error -32001: Request timed out", "timeout", None),
        ("The user rejected permission to use this specific tool call.", "denied", None),
        ("Tool execution aborted", "skipped", None),
        ("anything else", "error", "tool_error"),
    ],
)
def test_errors(client: Client, collector: Collector, plugin: Path, error: str, status: str, kind: str | None) -> None:
    run(client, plugin, [part("a_b_echo", {"status": "error", "error": error})], ["a", "a.b"])
    [event] = collector.events.values()
    assert (event["status"], event.get("error_type"), event["tool_name"]) == (status, kind, "b_echo")


def test_uses_in_a_session_below_another_are_nested(client: Client, collector: Collector, plugin: Path) -> None:
    created = {"type": "session.created", "properties": {"info": {"id": "ses_2", "parentID": "ses_1"}}}
    done = {"status": "completed", "input": {"name": "x"}}
    run(client, plugin, [created, part("skill", done, "ses_2")], [])
    assert [event["trigger"] for event in collector.events.values()] == ["nested"]


def test_nothing_but_names_leaves_it(client: Client, collector: Collector, plugin: Path) -> None:
    collector.mode = "500"
    canary = "CANARY-7f3a"
    state = {"input": {"name": "x", "text": canary}, "output": canary, "error": canary, "title": canary}
    events = [
        part(tool, {**state, "status": status}) for tool in ("skill", "demo_x") for status in ("completed", "error")
    ]
    events.append({"type": "command.executed", "properties": {"name": "y", "arguments": canary}})
    run(client, plugin, events, ["demo"])
    assert len(client.files()) == 5
    assert canary not in "".join(file.read_text() for file in client.files())


def test_odd_events(client: Client, collector: Collector, plugin: Path) -> None:
    odd = [{}, {"type": "message.part.updated"}, {"type": "message.part.updated", "properties": {"part": None}}, None]
    odd += [part("skill", {"status": "completed"}), part("", {}), {"type": "command.executed", "properties": {}}]
    run(client, plugin, odd, [])
    assert collector.events == {}


@pytest.mark.parametrize(
    "env",
    [
        *({name: "1"} for name in (*VECTORS["switches"]["off"], *VECTORS["switches"]["ci"])),
        {"TRACK_SKILLS_ENDPOINT": ""},
        {"HOME": ""},
    ],
    ids=str,
)
def test_off_starts_no_process(client: Client, plugin: Path, env: dict[str, str]) -> None:
    """Without bash on PATH, a process that was started would be seen to fail; a mark in its place shows each start."""
    mark = plugin.parent / "bash"
    mark.write_text(f'#!/bin/sh\n: >"{plugin.parent}/started"\n')
    mark.chmod(0o755)
    path = f"{plugin.parent}:{client.env['PATH']}"
    run(client, plugin, EVENTS, ["demo"], PATH=path, **env)
    assert not (plugin.parent / "started").exists()
    run(client, plugin, EVENTS, ["demo"], PATH=path)
    assert (plugin.parent / "started").exists()


def test_without_bash_or_hook(client: Client, plugin: Path) -> None:
    run(client, plugin, EVENTS, ["demo"], PATH="/nowhere")
    (plugin.parent / HOOK.name).unlink()
    run(client, plugin, EVENTS, ["demo"])
    assert client.everything() == []


def test_its_switches_are_those_of_the_contract() -> None:
    text = PLUGIN.read_text()
    listed = {name: re.findall(r'"(\w+)"', line) for name, line in re.findall(r"const (OFF|CI) = \[(.*)\];", text)}
    assert listed == {"OFF": VECTORS["switches"]["off"], "CI": VECTORS["switches"]["ci"]}
