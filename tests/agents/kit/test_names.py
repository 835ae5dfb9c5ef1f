"""What Claude Code calls the skills and commands of a plugin, wherever they are, the kit counts as the plugin's own."""

from __future__ import annotations

import pytest
from track_skills.kit import install
from track_skills.kit.plugin import Plugin

from tests.agents import claude_code
from tests.agents.claude_code import CLAUDE
from tests.agents.host import rest
from tests.agents.model import Model
from tests.agents.script import Call
from tests.clients.collector import Collector
from tests.clients.processes import Client
from tests.kit.plugins import write_odd_plugin

pytestmark = pytest.mark.skipif(
    not CLAUDE.exists(), reason="Claude Code is not installed: make .build/agents/claude-code/ready"
)


@pytest.mark.parametrize("is_root", [False, True], ids=["odd-places", "a-skill-at-the-root"])
def test_every_name_that_claude_code_takes_is_counted(client: Client, collector: Collector, is_root: bool) -> None:
    root = client.home / "odd"
    names = list(write_odd_plugin(root).values())
    if is_root:
        (root / ".claude-plugin" / "plugin.json").write_text('{"name": "odd", "version": "1.0.0"}')
        (root / "skills").rename(root / "elsewhere")
        (root / "SKILL.md").write_text("---\nname: rooty\ndescription: at the root, in a sentence.\n---\nGo.\n")
        names = ["odd:rooty"]
    install.make(Plugin(root), install.init(Plugin(root), collector.url))
    with Model({"all": [(Call("Skill", {"skill": name}),) for name in [*names, "odd:nothing"]]}) as model:
        host = claude_code.new_host(client, model)
        host.run(CLAUDE, "--plugin-dir", str(root), "-p", "play: all", "--allowedTools", "Skill")
        events = collector.wait(len(names))
        rest(client)
    assert sorted(event["tool_name"] for event in events) == sorted(names)
    assert {event["status"] for event in events} == {"success"}
    assert len(collector.events) == len(names)
