"""Codex with the block of docs/guides/opentelemetry.md, alone and beside the hook: each use once."""

from __future__ import annotations

import re

import pytest

from tests.agents.host import Host, deliver
from tests.agents.model import Model
from tests.agents.others.agent import follow_guide
from tests.agents.others.codex import CODEX
from tests.agents.script import Call, Scripts
from tests.agents.test_opentelemetry import GUIDE, stored
from tests.clients.processes import Client
from tests.conftest import Local

pytestmark = pytest.mark.skipif(not CODEX.program.exists(), reason="Codex is not installed: make test-agents")

(BLOCK,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
USES = [
    ("boom", "mcp:demo", "error", "model"),
    ("echo", "mcp:demo", "success", "model"),
    ("my-skill", "skill", "success", "model"),
    ("my-skill", "skill", "success", "user"),
]


def scripts() -> Scripts:
    """What the model asks for, each time with ids of its own: the Worker knows those of before."""
    reads = Call("exec_command", {"cmd": "cat .agents/skills/my-skill/SKILL.md"})
    calls = (reads, Call(CODEX.mcp("echo"), {"text": "once"}), Call(CODEX.mcp("boom")))
    return {"main": [(call,) for call in calls]}


def block(url: str) -> str:
    """What the guide says to write, for a collector without a key."""
    assert len(BLOCK.splitlines()) <= 8
    told = re.sub(r"https://[\w.-]+/", f"{url}/", BLOCK)
    assert url in told
    return re.sub(r"^headers = .*$", "", told, flags=re.MULTILINE)


@pytest.mark.parametrize("hook", [False, True], ids=["alone", "with the hook"])
def test_every_use_is_counted_once(client: Client, worker: Local, hook: bool) -> None:
    before = {event["id"] for event in stored(worker)}
    with Model(scripts()) as model:
        host = Host(client)
        CODEX.prepare(host, model.url)
        config = host.home / ".codex" / "config.toml"
        config.write_text(config.read_text() + block(worker.url))
        if hook:
            follow_guide(host, CODEX, worker.url)
        CODEX.prompt(host, "$my-skill play: main")
        if hook:
            deliver(client)
    new = [event for event in stored(worker) if event["id"] not in before]
    found = sorted((event["tool_name"], event["tool_category"], event["status"], event["trigger"]) for event in new)
    assert found == USES
    if not hook:  # which knows no duration, and whichever comes first stays
        assert all(event["duration_ms"] is not None for event in new if event["tool_category"] == "mcp:demo")
        assert {event["source"] for event in new} == {"otlp"}
