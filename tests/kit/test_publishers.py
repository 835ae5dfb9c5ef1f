"""Plugins in small after the shapes of five that track by themselves: what `kit check` finds, and the kit instead.

`publishers/NAME` has the plugin, `shape.json` (what is known of its tracker) and `replace.sh` (what its author does: in
the plugin's folder, with a collector's address). The layouts are those of public plugins: scripts beside hooks of bash,
modules beside each other, a script in a skill's own folder.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from track_skills.kit import folder, rules
from track_skills.kit.plugin import Plugin

from tests.clients.collector import Collector
from tests.clients.processes import CLIENT, Client
from tests.kit.plugins import skill, tool

PUBLISHERS = Path(__file__).parent / "publishers"
SHAPES = {path.parent.name: json.loads(path.read_text()) for path in sorted(PUBLISHERS.glob("*/shape.json"))}
OFF = [(name, number) for name, shape in SHAPES.items() for number in range(len(shape["off"]))]
CONSENT = [(name, number) for name, shape in SHAPES.items() for number in range(len(shape["consent"]))]


class Publisher:
    """A publisher's plugin, its tracker or the kit, on a collector. Every use has an id of its own."""

    def __init__(self, name: str, client: Client, collector: Collector) -> None:
        self.shape: dict[str, Any] = SHAPES[name]
        self.client = client
        self.collector = collector
        self.root = client.home / "plugin"
        shutil.copytree(PUBLISHERS / name / "plugin", self.root)
        self.replacement = PUBLISHERS / name / "replace.sh"
        self.uses = 0
        self.switch = self.shape["consent"][0] if self.shape["consent"] else {}

    def replace(self) -> None:
        """Does what the author does."""
        path = self.client.home / "bin" / "track-skills"
        path.parent.mkdir()
        path.write_text(f'#!/bin/sh\nPYTHONPATH={CLIENT}/python/src exec {sys.executable} -m track_skills "$@"\n')
        path.chmod(0o755)
        env = {"PATH": f"{path.parent}:{self.client.env['PATH']}"}
        done = self.client.run("env", "-C", self.root, "bash", "-e", self.replacement, self.collector.url, env=env)
        assert done.returncode == 0, done.stderr

    def keep(self) -> None:
        """Leaves its own tracker in, but for where it sends to."""
        for path in self.root.rglob("*"):
            if path.is_file():
                path.write_text(path.read_text().replace(self.shape["sends_to"], self.collector.url))

    def use(self, *switches: dict[str, Any]) -> None:
        """Runs what an agent runs at a use of its skill, with these switches: the hooks, or the line in the skill."""
        env = {"CLAUDE_PLUGIN_ROOT": str(self.root)}
        for switch in switches:
            env.update(switch.get("env", {}))
            if "file" in switch:
                path = self.client.home / switch["file"]
                path.parent.mkdir(exist_ok=True)
                path.touch()
        self.uses += 1
        name = f"{Plugin(self.root).name}:{self.shape['skill']}"
        payload = skill(name, self.uses)
        file = self.root / "skills" / self.shape["skill"] / "SKILL.md"
        if self.shape.get("is_read"):
            payload = tool("Read", {"file_path": str(file)}, file.read_text(), self.uses)
            for line in re.findall(r"Run `(.*?)`", file.read_text()):
                self.client.run("env", "-C", file.parent, "bash", "-c", line, env=env)
        for command in commands(self.root, payload):
            self.client.run("sh", "-c", command, input=json.dumps(payload, separators=(",", ":")).encode(), env=env)
        self.client.settle()


def commands(root: Path, payload: dict[str, Any]) -> Iterator[str]:
    """The commands that Claude Code would run at this use, and at the start of its session."""
    for hook in folder.hooks(Plugin(root)):
        seen = "Skill|Read" if hook.file.endswith(".md") else payload["tool_name"]
        if hook.event == "SessionStart" or (hook.event == "PostToolUse" and re.search(hook.matcher, seen)):
            text = (root / hook.file).read_text()
            if hook.file.endswith(".md"):
                yield from re.findall(r"^ +command: (.*)$", text, re.M)
            else:
                groups = json.loads(text)["hooks"][hook.event]
                yield from (
                    one["command"]
                    for group in groups
                    if group.get("matcher", "") == hook.matcher
                    for one in group["hooks"]
                )


def told(event: dict[str, Any], path: str) -> str:
    """What an event has at `a.b`, as text."""
    value: Any = event
    for name in path.split("."):
        value = value[name]
    return value if isinstance(value, str) else json.dumps(value)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture
def client(tmp_path: Path, collector: Collector) -> Iterator[Client]:
    one = Client(tmp_path, collector.url)
    yield one
    one.close()


def test_there_are_five() -> None:
    assert len(SHAPES) == 5


@pytest.mark.parametrize("name", SHAPES)
def test_the_check_finds_what_is_wrong(name: str) -> None:
    findings = rules.check(Plugin(PUBLISHERS / name / "plugin"))
    assert [[finding.rule, finding.file, finding.line] for finding in findings] == SHAPES[name]["found"]


@pytest.mark.parametrize("name", SHAPES)
def test_the_kit_takes_at_most_ten_lines_and_passes(name: str, client: Client, collector: Collector) -> None:
    publisher = Publisher(name, client, collector)
    publisher.replace()
    assert len([line for line in publisher.replacement.read_text().splitlines() if not line.startswith("#")]) <= 10
    assert rules.check(Plugin(publisher.root)) == []
    assert publisher.shape["sends_to"] not in "".join(
        text for _, text in folder.texts(Plugin(publisher.root), (".md", ".sh"))
    )


@pytest.mark.parametrize("name", SHAPES)
def test_the_same_facts_arrive(name: str, client: Client, collector: Collector, tmp_path: Path) -> None:
    with Collector("200") as theirs:
        (tmp_path / "before").mkdir()
        before = Publisher(name, Client(tmp_path / "before", theirs.url), theirs)
        before.keep()
        before.use(before.switch)
        theirs.wait_requests(1)
    publisher = Publisher(name, client, collector)
    publisher.replace()
    publisher.use(publisher.switch)
    category = publisher.shape.get("category", "skill")
    (event,) = (
        event for event in collector.wait(2 if category == "plugin" else 1) if event["tool_category"] == category
    )
    old = json.loads(theirs.bodies[0])
    for theirs_at, ours_at in publisher.shape["facts"].items():
        assert told(old, theirs_at) in told(event, ours_at), theirs_at


@pytest.mark.parametrize("is_replaced", [False, True], ids=["theirs", "kit"])
@pytest.mark.parametrize(("name", "number"), OFF)
def test_what_switched_it_off_does_so_still(
    name: str, number: int, is_replaced: bool, client: Client, collector: Collector
) -> None:
    collector.mode = "ok" if is_replaced else "200"
    publisher = Publisher(name, client, collector)
    publisher.replace() if is_replaced else publisher.keep()
    publisher.use(publisher.switch, publisher.shape["off"][number])
    assert collector.requests == []
    assert not (client.home / ".local").exists()


@pytest.mark.parametrize("is_replaced", [False, True], ids=["theirs", "kit"])
@pytest.mark.parametrize(("name", "number"), CONSENT)
def test_nothing_is_sent_before_the_consent_that_people_know(
    name: str, number: int, is_replaced: bool, client: Client, collector: Collector
) -> None:
    collector.mode = "ok" if is_replaced else "200"
    publisher = Publisher(name, client, collector)
    publisher.replace() if is_replaced else publisher.keep()
    publisher.use()
    assert collector.requests == []
    assert not (client.home / ".local").exists()
    publisher.use(publisher.shape["consent"][number])
    collector.wait_requests(1)
