"""client/plugin: its files always, and the real `claude` where `make test` has installed it."""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from collector import Collector
from processes import CLIENT, HOOK, ROOT, Client

from tools.plugin_archive import pack

PLUGIN = CLIENT / "plugin"
CLAUDE = ROOT / ".build" / "agents" / "claude-code" / "node_modules" / ".bin" / "claude"
needs_claude = pytest.mark.skipif(
    not CLAUDE.exists(), reason="Claude Code is not installed: make .build/agents/claude-code/ready"
)

Claude = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def claude(client: Client) -> Claude:
    """Runs claude with a home of its own, in a project with one skill."""
    skill = client.home / "project" / ".claude" / "skills" / "my-skill"
    skill.mkdir(parents=True)
    (skill / "SKILL.md").write_text("---\nname: my-skill\ndescription: says hi\n---\nSay hi.\n")
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(client.home),
        "DISABLE_AUTOUPDATER": "1",
        # Only loopback can be reached; what switches telemetry off would switch the hook off too.
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
        "ANTHROPIC_API_KEY": "none",
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
    }

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        project = client.home / "project"
        return subprocess.run(
            [CLAUDE, *arguments],
            cwd=project,
            env={**env, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_the_hook_is_the_same_but_for_what_a_folder_can_have_beside_it() -> None:
    """A plugin is installed by copying its folder, so it needs a copy of its own."""
    one, other = (path.read_text().splitlines() for path in (HOOK, PLUGIN / "hooks" / HOOK.name))
    less = {line for line in difflib.ndiff(one, other) if line.startswith("- ")}
    more = {line for line in difflib.ndiff(one, other) if line.startswith("+ ") and not line.startswith("+ # ")}
    reader = (PLUGIN / "hooks" / "session_reader.py").read_text()
    assert more == {
        '+   python3 -I -S "${ts_hook%/*}/session_reader.py" '
        '"$ts_transcript" "$ts_session" "$ts_anonymous" "$ts_reason" "$1"'
    }
    assert re.sub(r"\n{3,}", "\n\n", reader.partition("\nfrom ")[2]) in HOOK.read_text()
    assert "PYTHON" not in (PLUGIN / "hooks" / HOOK.name).read_text()
    assert len(less) < len(reader.splitlines()) + 12


def test_the_hooks_are_those_of_the_settings() -> None:
    """The same events and matchers, declared once: hooks/hooks.json is loaded by itself."""
    plugin = json.loads((PLUGIN / "hooks" / "hooks.json").read_text())["hooks"]
    settings = json.loads((CLIENT / "hooks" / "settings.json").read_text())["hooks"]
    matchers = lambda hooks: {event: [group.get("matcher") for group in groups] for event, groups in hooks.items()}  # noqa: E731
    assert matchers(plugin) == matchers(settings)
    commands = {hook["command"] for groups in plugin.values() for group in groups for hook in group["hooks"]}
    assert len(commands) == 1
    assert 'bash -p "${CLAUDE_PLUGIN_ROOT}/hooks/track-skills-hook.sh"' in commands.pop()
    assert "hooks" not in json.loads((PLUGIN / ".claude-plugin" / "plugin.json").read_text())


def test_the_marketplace_leads_to_the_plugin() -> None:
    marketplace = json.loads((ROOT / ".claude-plugin" / "marketplace.json").read_text())
    (entry,) = marketplace["plugins"]
    manifest = json.loads((ROOT / entry["source"] / ".claude-plugin" / "plugin.json").read_text())
    assert manifest["name"] == entry["name"]


def test_its_options_are_the_scripts_variables() -> None:
    options = json.loads((PLUGIN / ".claude-plugin" / "plugin.json").read_text())["userConfig"]
    read = set(re.findall(r"CLAUDE_PLUGIN_OPTION_([A-Z_]+)", HOOK.read_text()))
    assert {name.upper() for name in options} == read
    assert options["token"]["sensitive"] is True


def test_the_readme_says_what_is_collected() -> None:
    text = (PLUGIN / "README.md").read_text()
    assert "## What is collected" in text
    for word in ("DO_NOT_TRACK", "TRACK_SKILLS_DEBUG", "anonymous_id", "never"):
        assert word in text


def test_as_claude_code_runs_it(client: Client, collector: Collector) -> None:
    """Options arrive as variables; a folder with a space and a quote in its name is no trouble."""
    root = client.home / "it's a folder"
    shutil.copytree(PLUGIN, root)
    command = json.loads((root / "hooks" / "hooks.json").read_text())["hooks"]["PostToolUse"][0]["hooks"][0]["command"]
    payload = {
        "hook_event_name": "PostToolUse",
        "tool_name": "Skill",
        "tool_input": {"skill": "my-skill"},
        "tool_use_id": "toolu_1",
    }
    env = {
        **client.env,
        "CLAUDE_PLUGIN_ROOT": str(root),
        "CLAUDE_PLUGIN_OPTION_ENDPOINT": collector.url,
        "CLAUDE_PLUGIN_OPTION_TOKEN": "secret",
    }
    del env["TRACK_SKILLS_ENDPOINT"]
    done = subprocess.run(
        ["sh", "-c", command], input=json.dumps(payload).encode(), env=env, capture_output=True, check=True
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    (event,) = collector.wait(1)
    assert (event["tool_name"], event["source"]) == ("my-skill", "plugin")
    assert collector.requests[0][2]["Authorization"] == "Bearer secret"


@needs_claude
@pytest.mark.parametrize("folder", [PLUGIN, ROOT], ids=["plugin", "marketplace"])
def test_claude_finds_it_valid(claude: Claude, folder: Path) -> None:
    done = claude("plugin", "validate", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stdout.lower()


def from_archive(client: Client) -> Path:
    """The plugin from its archive, in a marketplace of its own."""
    market = client.home / "market"
    pack(PLUGIN, client.home / "plugin.zip")
    with zipfile.ZipFile(client.home / "plugin.zip") as packed:
        packed.extractall(market / "plugin")
    listing = json.loads((ROOT / ".claude-plugin" / "marketplace.json").read_text())
    listing["plugins"][0]["source"] = "./plugin"
    (market / ".claude-plugin").mkdir()
    (market / ".claude-plugin" / "marketplace.json").write_text(json.dumps(listing))
    return market


@needs_claude
def test_claude_finds_its_archive_valid(claude: Claude, client: Client) -> None:
    """As a directory reads it: by itself, strictly."""
    done = claude("plugin", "validate", "--strict", str(from_archive(client) / "plugin"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "These checks found nothing to report" in done.stdout


@needs_claude
@pytest.mark.parametrize("market", [lambda _: ROOT, from_archive], ids=["repository", "archive"])
def test_claude_installs_and_runs_it(
    claude: Claude, client: Client, collector: Collector, market: Callable[[Client], Path]
) -> None:
    """From the marketplace to an event on the wire, with a typed skill; the model is an endpoint that refuses."""
    with Collector("400") as model:
        assert claude("plugin", "marketplace", "add", str(market(client))).returncode == 0
        options = ("--config", f"endpoint={collector.url}", "--config", "token=secret")
        assert claude("plugin", "install", "track-skills@track-skills", *options).returncode == 0
        claude("-p", "/my-skill please", ANTHROPIC_BASE_URL=model.url)
        (event,) = collector.wait(1)
    client.settle()
    assert {
        name: event[name] for name in ("tool_name", "tool_category", "status", "trigger", "agent_id", "source")
    } == {
        "tool_name": "my-skill",
        "tool_category": "skill",
        "status": "success",
        "trigger": "user",
        "agent_id": "claude-code",
        "source": "plugin",
    }
    assert collector.requests[0][2]["Authorization"] == "Bearer secret"


@needs_claude
def test_claude_runs_the_pasted_settings(claude: Claude, client: Client, collector: Collector) -> None:
    folder = client.home / ".claude"
    (folder / "hooks").mkdir(parents=True)
    shutil.copy(HOOK, folder / "hooks")
    shutil.copy(CLIENT / "hooks" / "settings.json", folder / "settings.json")
    with Collector("400") as model:
        claude("-p", "/my-skill please", ANTHROPIC_BASE_URL=model.url, TRACK_SKILLS_ENDPOINT=collector.url)
        (event,) = collector.wait(1)
    assert (event["tool_name"], event["trigger"], event["source"]) == ("my-skill", "user", "hook")
