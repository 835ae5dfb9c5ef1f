"""Claude Code with the env block of docs/guides/opentelemetry.md alone, and with the hook beside it: each use once."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.agents import claude_code
from tests.agents.claude_code import CLAUDE, use_mcp, use_skill
from tests.agents.host import deliver
from tests.agents.model import Model
from tests.agents.script import Call
from tests.clients.processes import ROOT, Client
from tests.conftest import Local

pytestmark = pytest.mark.skipif(
    not CLAUDE.exists(), reason="Claude Code is not installed: make .build/agents/claude-code/ready"
)

GUIDE = (ROOT / "docs" / "guides" / "opentelemetry.md").read_text()
(BLOCK, *_) = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
USES = [
    ("boom", "mcp:demo", "error"),
    ("demo-plugin:greet", "skill", "success"),
    ("echo", "mcp:demo", "success"),
    ("my-skill", "skill", "success"),
    ("my-skill", "skill", "success"),
]


def scripts() -> dict[str, list[tuple[Call, ...]]]:
    """What the model asks for, each time with ids of its own: the Worker knows those of before."""
    calls = (use_skill("my-skill"), use_mcp("echo", text="once"), use_mcp("boom"), use_skill("demo-plugin:greet"))
    return {"main": [(call,) for call in calls]}


def env_block(url: str) -> dict[str, str]:
    """What the guide says to export, for a collector without a key."""
    told = dict(re.findall(r'^export (\w+)="?([^"#\n]*?)"?(?:\s+#.*)?$', BLOCK, re.MULTILINE))
    assert 4 <= len(told) <= 8
    return told | {"OTEL_EXPORTER_OTLP_ENDPOINT": url}


def stored(worker: Local) -> list[dict[str, Any]]:
    """All events that the Worker has."""
    lines = worker.send("GET", "/analytics/export?days=1&format=ndjson").body.decode().splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("hook", [False, True], ids=["alone", "with the hook"])
def test_every_use_is_counted_once(client: Client, worker: Local, hook: bool) -> None:
    before = {event["id"] for event in stored(worker)}
    with Model(scripts()) as model:
        host = claude_code.new_host(client, model)
        if hook:
            claude_code.paste_settings(host, worker.url)
        claude_code.prompt(host, "/my-skill play: main", **env_block(worker.url))
        if hook:
            deliver(client)
    new = [event for event in stored(worker) if event["id"] not in before]
    found = sorted((event["tool_name"], event["tool_category"], event["status"]) for event in new)
    assert found == USES
    assert hook or {event["source"] for event in new} == {"otlp"}
