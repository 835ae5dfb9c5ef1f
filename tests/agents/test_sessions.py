"""A session of the real Claude Code is told at its end where that is asked for, with the sums that the model said."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.agents import claude_code
from tests.agents.claude_code import CLAUDE, use_mcp, use_skill
from tests.agents.host import Host, rest
from tests.agents.model import Model
from tests.clients.collector import Collector
from tests.clients.processes import Client

pytestmark = pytest.mark.skipif(
    not CLAUDE.exists(), reason="Claude Code is not installed: make .build/agents/claude-code/ready"
)

SCRIPTS = {"main": [(use_skill("my-skill"),), (use_mcp("echo", text="once"),), (use_mcp("boom"),)]}
OURS = ("input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens")


def installed(host: Host, endpoint: str) -> None:
    """The plugin with its option on."""
    host.run(CLAUDE, "plugin", "marketplace", "add", str(claude_code.ROOT))
    options = [word for option in (f"endpoint={endpoint}", "sessions=true") for word in ("--config", option)]
    host.run(CLAUDE, "plugin", "install", "track-skills@track-skills", *options)


def told(client: Client, collector: Collector, setup: Callable[[Host, str], None], **env: str) -> tuple[Any, Host]:
    """What the collector has of one session of one prompt, and the host."""
    with Model(SCRIPTS) as model:
        host = claude_code.new_host(client, model)
        setup(host, collector.url)
        claude_code.prompt(host, "play: main", **env)
        rest(client)
    return collector.sessions, host


@pytest.mark.parametrize(
    ("setup", "env"),
    [(claude_code.paste_settings, {"TRACK_SKILLS_SESSIONS": "1"}), (installed, {})],
    ids=["hook", "plugin"],
)
def test_a_session_is_told_when_it_ends(
    client: Client, collector: Collector, setup: Callable[[Host, str], None], env: dict[str, str]
) -> None:
    sessions, host = told(client, collector, setup, **env)
    ((name, said),) = sessions.items()
    (transcript,) = (host.home / ".claude" / "projects").glob("*/*.jsonl")
    assert transcript.stem == name
    messages: dict[str, Any] = {}
    for line in transcript.read_text().splitlines():
        record = json.loads(line)
        if record["type"] == "assistant":
            messages[record["message"]["id"]] = record["message"]["usage"]
    assert len(messages) == 4
    fields = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    expected = {
        ours: sum(usage[field] for usage in messages.values()) for ours, field in zip(OURS, fields, strict=True)
    }
    assert {name: said[name] for name in OURS} == expected
    assert (said["turns"], said["tool_calls"], said["tool_errors"], said["agent_id"]) == (1, 3, 1, "claude-code")
    assert [skill["tool_name"] for skill in said["skills"]] == ["my-skill"]


def test_nothing_is_told_unasked(client: Client, collector: Collector) -> None:
    sessions, _ = told(client, collector, claude_code.paste_settings)
    assert sessions == {}
