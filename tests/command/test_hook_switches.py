"""`track-skills doctor` finds the agents' own switches that turn hooks off, in every place that one can stand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from track_skills.cli.checks import agents
from track_skills.cli.checks.finding import Finding

from tests.command.conftest import Command
from tools.embedded.runtime import ROOT

CODEX = ROOT / ".build" / "agents" / "codex" / "node_modules" / ".bin" / "codex"
ALL, ON = {"disableAllHooks": True}, {"disableAllHooks": False}
TOML = [
    "[features]\nweb = true\nhooks = false\n",
    "features = { web = true, codex_hooks = false }\n",
    "features.hooks = false\n",
]
linux = pytest.mark.skipif(sys.platform != "linux", reason="an administrator's settings lie elsewhere there")


def put(command: Command, file: str, said: dict[str, Any] | str) -> Path:
    """Write into a file below the home: text as it is, settings beside those that are there."""
    path = command.home / file
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(said, str):
        path.write_text(said)
    else:
        path.write_text(json.dumps({**(json.loads(path.read_text()) if path.exists() else {}), **said}))
    return path


def found(command: Command, agent: str) -> list[Finding]:
    """What is wrong with an agent's hooks, where the machine's settings lie in a folder of the home."""
    given = agents.agents(command.env, command.home / "project", command.home / "root")
    return [finding for finding in given if (finding.step, finding.state) == (agent, "wrong")]


@pytest.mark.parametrize(
    ("agent", "file", "said"),
    [
        ("claude-code", ".claude/settings.json", ALL),
        ("claude-code", "project/.claude/settings.json", ALL),
        ("claude-code", "project/.claude/settings.local.json", ALL),
        ("gemini-cli", ".gemini/settings.json", {"hooksConfig": {"enabled": False}}),
        ("gemini-cli", "project/.gemini/settings.json", {"hooksConfig": {"enabled": False}}),
        ("copilot", ".copilot/settings.json", ALL),
        ("copilot", ".copilot/hooks/track-skills.json", ALL),
        ("copilot", "project/.github/copilot/settings.json", ALL),
        ("copilot", "project/.github/copilot/settings.local.json", ALL),
        ("qwen-code", ".qwen/settings.json", ALL),
        ("qwen-code", "project/.qwen/settings.json", ALL),
    ],
)
def test_a_switch_of_the_user_or_the_project(command: Command, agent: str, file: str, said: dict[str, Any]) -> None:
    command("setup", agent)
    assert found(command, agent) == []
    path = put(command, file, said)
    (off,) = found(command, agent)
    assert str(path) in off.said
    assert off.remedy.endswith(f" out of {path}.")
    put(command, file, ON if said is ALL else {"hooksConfig": {"enabled": True}})
    assert found(command, agent) == []


@linux
@pytest.mark.parametrize(
    ("agent", "file", "said"),
    [
        ("claude-code", "claude-code/managed-settings.json", ALL),
        ("claude-code", "claude-code/managed-settings.json", {"allowManagedHooksOnly": True}),
        ("claude-code", "claude-code/managed-settings.d/10-hooks.json", ALL),
        ("claude-code", "claude-code/managed-settings.d/10-hooks.json", {"strictPluginOnlyCustomization": ["hooks"]}),
        ("codex", "codex/requirements.toml", "allow_managed_hooks_only = true\n"),
        ("codex", "codex/managed_config.toml", TOML[0]),
        ("gemini-cli", "gemini-cli/settings.json", {"hooksConfig": {"enabled": False}}),
        ("qwen-code", "qwen-code/settings.json", ALL),
    ],
)
def test_a_switch_of_whoever_manages_the_machine(
    command: Command, agent: str, file: str, said: dict[str, Any] | str
) -> None:
    command("setup", agent)
    before = found(command, agent)
    path = put(command, f"root/etc/{file}", said)
    (off,) = [finding for finding in found(command, agent) if finding not in before]
    assert str(path) in off.said
    assert "Whoever manages this machine" in off.remedy


@pytest.mark.parametrize("agent", ["gemini-cli", "qwen-code"])
def test_a_comment_is_no_mistake_where_the_agent_takes_it(command: Command, agent: str) -> None:
    command("setup", agent)
    path = command.home / f".{agent.partition('-')[0]}" / "settings.json"
    text = path.read_text()
    path.write_text(f'// "mine"\n{text[:-2]}, "url": "https://example.com/*", /* ours */ "theme": "a \\" // b"\n}}\n')
    assert found(command, agent) == []
    off = '{"enabled": false}' if agent == "gemini-cli" else "true"
    key = "hooksConfig" if agent == "gemini-cli" else "disableAllHooks"
    path.write_text(f'{text[:-2]}, // off for now\n "{key}": {off}\n}}\n')
    assert len(found(command, agent)) == 1


@linux
def test_what_counts_last_decides(command: Command) -> None:
    command("setup", "claude-code")
    put(command, ".claude/settings.json", ALL)
    put(command, "project/.claude/settings.local.json", ON)
    assert found(command, "claude-code") == []
    put(command, "root/etc/claude-code/managed-settings.json", ALL)
    assert len(found(command, "claude-code")) == 1


@pytest.mark.parametrize("text", TOML)
@pytest.mark.parametrize("file", [".codex/config.toml", "project/.codex/config.toml"])
def test_codexs_feature_in_each_way_to_write_it(command: Command, file: str, text: str) -> None:
    command("setup", "codex")
    before = found(command, "codex")
    path = put(command, file, text)
    (off,) = [finding for finding in found(command, "codex") if finding not in before]
    assert str(path) in off.said
    put(command, file, text.replace("false", "true"))
    assert found(command, "codex") == before
    put(command, file, "[features]\nweb = true\n[other]\nhooks = false\n# [features] hooks = false\n")
    assert found(command, "codex") == before


@pytest.mark.skipif(not CODEX.exists(), reason="the real Codex is installed by `make test-agents`")
@pytest.mark.parametrize("text", TOML)
def test_codex_itself_reads_them_so(command: Command, text: str) -> None:
    put(command, ".codex/config.toml", text)
    asked = [str(CODEX), "features", "list"]
    said = subprocess.run(asked, env=command.env, capture_output=True, text=True, check=True, timeout=60).stdout
    (line,) = [line for line in said.splitlines() if line.split()[0] == "hooks"]
    assert line.split()[-1] == "false"


def test_geminis_list_of_hooks_that_are_left_out(command: Command) -> None:
    command("setup", "gemini-cli")
    settings = json.loads((command.home / ".gemini" / "settings.json").read_text())
    ours = settings["hooks"]["AfterTool"][0]["hooks"][0]["command"]
    put(command, ".gemini/settings.json", {"hooksConfig": {"disabled": ["another"]}})
    assert found(command, "gemini-cli") == []
    put(command, ".gemini/settings.json", {"hooksConfig": {"disabled": ["another", ours]}})
    assert "hooksConfig.disabled" in found(command, "gemini-cli")[0].said


@pytest.mark.parametrize(
    ("agent", "name"),
    [("claude-code", "CLAUDE_CODE_SAFE_MODE"), ("claude-code", "CLAUDE_CODE_SIMPLE"), ("opencode", "OPENCODE_PURE")],
)
def test_a_variable_of_an_agent(command: Command, agent: str, name: str) -> None:
    command("setup", agent)
    command.env[name] = "0"
    assert found(command, agent) == []
    command.env[name] = "1"
    assert found(command, agent)[0].remedy == f"Unset {name}."


def test_the_doctor_says_it(command: Command) -> None:
    command("setup", "claude-code")
    put(command, ".claude/settings.json", ALL)
    said = command("doctor")
    assert said.code == 1
    assert "disableAllHooks: Claude Code does not run the hook" in said.out


def test_where_our_hook_is_not_a_switch_is_none_of_ours(command: Command) -> None:
    put(command, ".claude/settings.json", ALL)
    assert found(command, "claude-code") == []
