"""The example plugin with its kit in real Claude Code, from install to reports: its own uses, and nothing else."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from track_skills.kit import rules
from track_skills.kit.plugin import Plugin

from tests.agents import claude_code, plugins
from tests.agents.claude_code import CLAUDE
from tests.agents.host import Host, rest, wait_until, write_json, write_skill
from tests.agents.model import Model
from tests.agents.plugins import EXAMPLE
from tests.agents.script import Call
from tests.clients.collector import Collector
from tests.clients.processes import Client
from tests.conftest import Local

PHRASE = "mcp__plugin_hello-plugin_phrases__phrase"
SCRIPTS = {
    "uses": [
        (Call("Skill", {"skill": "hello-plugin:hello"}),),
        (Call("Skill", {"skill": "other:hello"}),),
        (Call(PHRASE, {"language": "de"}), Call(PHRASE, {"language": "xx"})),
    ],
    "others": [(Call("Skill", {"skill": "other:hello"}),), (Call("Bash", {"command": "true"}),)],
    "none": [(Call("Bash", {"command": "true"}),)],
}
EXPECTED = Counter(
    [
        ("hello-plugin:team", "skill", "success", "user", "1.0.0"),
        ("hello-plugin:hello", "skill", "success", "model", "1.0.0"),
        ("phrase", "mcp:phrases", "success", "model", "1.0.0"),
        ("phrase", "mcp:phrases", "error", "model", "1.0.0"),
    ]
)
needs_claude = pytest.mark.skipif(
    not CLAUDE.exists(), reason="Claude Code is not installed: make .build/agents/claude-code/ready"
)


def test_the_example_holds() -> None:
    """Its kit is the one of this version, and `kit check` finds nothing."""
    assert rules.check(Plugin(EXAMPLE)) == []


def market(host: Host, endpoint: str) -> None:
    """Installs the example, sent to another address, and a plugin of somebody else with a skill of the same name."""
    plugins.write_example(host, endpoint)
    other = host.home / "market" / "other"
    write_skill(other / "skills", "hello")
    write_json(other / ".claude-plugin" / "plugin.json", {"name": "other", "version": "9.9.9"})
    plugins.install(host, "claude-code", CLAUDE)


def session(host: Host, text: str) -> str:
    """One session that may use both plugins; returns what it printed."""
    granted = f"Skill,Bash,{PHRASE}"
    return host.run(CLAUDE, "-p", text, "--allowedTools", granted, "--output-format", "stream-json", "--verbose")


@pytest.fixture
def model() -> Iterator[Model]:
    with Model(SCRIPTS) as running:
        yield running


@pytest.fixture
def host(tmp_path: Path, model: Model, worker: Local) -> Iterator[Host]:
    client = Client(tmp_path, worker.url)
    made = claude_code.new_host(client, model)
    market(made, worker.url)
    yield made
    client.close()


def stored(worker: Local) -> list[dict[str, Any]]:
    lines = worker.send("GET", "/analytics/export?days=1&format=ndjson").body.decode().splitlines()
    return [event for event in map(json.loads, lines) if event["source"] == "plugin"]


@needs_claude
def test_own_uses_arrive_and_a_foreign_skill_of_the_same_name_does_not(host: Host, worker: Local) -> None:
    session(host, "/hello-plugin:team play: uses")
    end = time.monotonic() + 60
    while len(stored(worker)) < EXPECTED.total() and time.monotonic() < end:
        time.sleep(0.5)
    fields = ("tool_name", "tool_category", "status", "trigger", "tool_version")
    assert Counter(tuple(event[name] for name in fields) for event in stored(worker)) == EXPECTED
    tools = json.loads(worker.send("GET", "/analytics/tools?days=1", headers={"Cache-Control": "no-cache"}).body)
    counted = {row["tool_name"]: row["invocations"] for row in tools}
    assert counted["hello-plugin:hello"] == counted["hello-plugin:team"] == 1
    assert counted["phrase"] == 2


def started(host: Host, text: str) -> list[str]:
    """The kit's scripts that a session started, as a `bash` notes that stands before the real one in its PATH."""
    noted, folder = host.home / "noted", host.home / "before"
    folder.mkdir()
    (folder / "bash").write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>{noted}\nexec {shutil.which("bash")} "$@"\n')
    (folder / "bash").chmod(0o755)
    host.env["PATH"] = f"{folder}:{host.env['PATH']}"
    session(host, text)
    rest(host.client)
    lines = noted.read_text().splitlines() if noted.exists() else []
    return [script for line in lines for script in re.findall(r"telemetry/(\w+\.sh)", line)]


@needs_claude
@pytest.mark.parametrize(
    ("play", "scripts"), [("none", []), ("others", ["track.sh"]), ("uses", ["track.sh"] * 4)], ids=str
)
def test_a_process_is_started_for_skills_and_its_own_tools_alone(host: Host, play: str, scripts: list[str]) -> None:
    """Another plugin's skill starts one that ends before it looks further: `make bench PART=kit` says what it takes."""
    assert started(host, f"play: {play}") == scripts
    assert (play == "uses") == (host.home / ".local" / "state" / "track-skills-kit").exists()
    assert host.client.processes() == [] or play == "uses"


@needs_claude
def test_a_person_switches_it_by_words_that_no_model_hears(host: Host, model: Model, worker: Local) -> None:
    for word, answer in (
        ("status", "Telemetry of hello-plugin is on: nothing switches it off"),
        ("off", "Telemetry of hello-plugin is off: you said so"),
        ("status", "Telemetry of hello-plugin is off: you said so"),
    ):
        assert answer in session(host, f"/hello-plugin:telemetry {word}")
    before = len(stored(worker))
    session(host, "/hello-plugin:team play: uses")
    rest(host.client)
    assert len(stored(worker)) == before
    assert "is on: nothing switches it off" in session(host, "/hello-plugin:telemetry on")
    session(host, "/hello-plugin:team play: uses")
    wait_until(lambda: len(stored(worker)) == before + EXPECTED.total(), 60)
    said = session(host, "/hello-plugin:telemetry show")
    assert "Sent, tries too:" in said
    assert "hello-plugin:hello" in said
    (line,) = re.findall(r"^  (curl -X DELETE .*)$", (EXAMPLE / "PRIVACY.md").read_text(), re.M)
    deleted = json.loads(host.run("bash", "-c", line.replace("https://track.example.com", worker.url)))
    assert deleted["success"]
    wait_until(lambda: len(stored(worker)) == before, 60)
    asked = json.dumps([body for _, body in model.asked])
    assert "Only a person may say so" not in asked
    assert "hello-plugin:telemetry" not in asked


@needs_claude
def test_with_opt_in_nothing_is_recorded_before_a_person_agrees(client: Client, collector: Collector) -> None:
    with Model(SCRIPTS) as model:
        host = claude_code.new_host(client, model)
        plugins.write_example(host, collector.url, opt_in="1")
        plugins.install(host, "claude-code", CLAUDE)
        session(host, "/hello-plugin:team play: uses")
        rest(client)
        assert not (host.home / ".local" / "state" / "track-skills-kit").exists()
        assert "you agreed to list 1 of fields" in session(host, "/hello-plugin:telemetry on")
        session(host, "/hello-plugin:team play: uses")
        collector.wait(EXPECTED.total())


@needs_claude
def test_claude_code_finds_it_valid(host: Host) -> None:
    host.run(CLAUDE, "plugin", "validate", "--strict", str(EXAMPLE))
