"""`track-skills setup`: what is written, what is left alone, and the way back to the byte."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.agents.others.agent import GUIDE
from tests.clients.processes import CLIENT
from tests.command.conftest import Command

sys.path.insert(0, str(CLIENT / "python" / "src"))

from track_skills.cli.setups import json_text
from track_skills.cli.setups.agents import IDS, agent_of, is_ours

SETTINGS = {
    "claude-code": ".claude/settings.json",
    "codex": ".codex/hooks.json",
    "gemini-cli": ".gemini/settings.json",
    "copilot": ".copilot/hooks/track-skills.json",
    "qwen-code": ".qwen/settings.json",
}
HOOK = ".local/share/track-skills/track-skills-hook.sh"
OTHERS = {
    "empty": "{}",
    "spaced": "{\n\n}\n",
    "on one line": '{"model":"x", "hooks":{}}',
    "no newline at the end": '{\n  "model": "x"\n}',
    "tabs": '{\n\t"model": "ü",\n\t"hooks": {\n\t\t"SessionStart": []\n\t}\n}\n',
    "CRLF": '{\r\n    "model": "x",\r\n    "hooks": {}\r\n}\r\n',
    "other hooks": """{"hooks": {
 "PostToolUse": [{"hooks": [{"type": "command", "command": "true"}]} ] , "Stop":[ ]},
"z": 1}""",
    "odd": '\n {"hooks" :{"SessionEnd":[ \n ]  } }  \n\n',
}


def everything(folder: Path) -> dict[str, str]:
    """Each file and folder below one, with its content and mode."""
    return {
        str(path.relative_to(folder)): f"{path.stat().st_mode:o} "
        + (hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "")
        for path in folder.rglob("*")
    }


def put(command: Command, agent: str, text: str) -> Path:
    file = command.home / SETTINGS[agent]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    return file


@pytest.mark.parametrize("agent", IDS)
def test_a_home_with_nothing_is_one_again(command: Command, agent: str) -> None:
    assert command("setup", agent).code == 0
    made = everything(command.home)
    assert any(name.endswith("track-skills-hook.sh") for name in made)
    again = command("setup", agent)
    assert (again.code, everything(command.home)) == (0, made)
    assert "already" in again.out
    assert command("setup", agent, "--remove").code == 0
    assert everything(command.home) == {}


@pytest.mark.parametrize("agent", SETTINGS)
@pytest.mark.parametrize("other", OTHERS)
def test_what_stands_in_the_settings_stays_to_the_byte(command: Command, agent: str, other: str) -> None:
    file = put(command, agent, OTHERS[other])
    file.chmod(0o600)
    before = everything(command.home)
    assert command("setup", agent).code == 0
    then = json.loads(file.read_text())
    was = json.loads(OTHERS[other])
    assert {**was, "hooks": 0, "version": 0} == {**then, "hooks": 0, "version": 0}
    for event, groups in was.get("hooks", {}).items():
        assert then["hooks"][event][: len(groups)] == groups
    wanted = agent_of(agent, command.env).hooks["hooks"]
    assert {event: [one for one in then["hooks"][event] if is_ours(one)] for event in wanted} == wanted
    assert command("setup", agent, "--remove").code == 0
    assert everything(command.home) == before


def test_the_hook_is_the_one_that_people_copy(command: Command) -> None:
    command("setup", "codex")
    assert (command.home / HOOK).read_bytes() == (CLIENT / "hooks" / "track-skills-hook.sh").read_bytes()


def test_agents_share_the_hook_until_the_last_one_is_undone(command: Command) -> None:
    for agent in IDS:
        assert command("setup", agent).code == 0
    for agent in IDS[:-1]:
        assert (command.home / HOOK).exists()
        assert command("setup", agent, "--remove").code == 0
    assert not (command.home / HOOK).exists()
    assert command("setup", IDS[-1], "--remove").code == 0
    assert everything(command.home) == {}


def test_print_writes_nothing(command: Command) -> None:
    file = put(command, "claude-code", '{"model": "x"}')
    before = everything(command.home)
    shown = command("setup", "claude-code", "--print")
    assert shown.code == 0
    assert f"--- {file}" in shown.out
    assert "+++ " in shown.out
    assert everything(command.home) == before


def test_json_says_what_was_written(command: Command) -> None:
    said = command("setup", "codex", "--json").json
    assert (said["agent"], said["written"]) == ("codex", True)
    assert {one["path"]: one["change"] for one in said["changes"]} == {
        str(command.home / HOOK): "make",
        str(command.home / SETTINGS["codex"]): "make",
    }
    assert "/hooks" in said["advice"]


def test_what_was_added_since_stays(command: Command) -> None:
    file = put(command, "claude-code", '{"model": "x", "hooks": {"SessionStart": [{"hooks": []}]}}')
    command("setup", "claude-code")
    edited = json.loads(file.read_text())
    edited["theme"] = "dark"
    edited["hooks"]["PostToolUse"][0]["hooks"].append({"type": "command", "command": "true"})
    file.write_text(json.dumps(edited))
    assert command("setup", "claude-code", "--remove").code == 0
    assert json.loads(file.read_text()) == {
        "model": "x",
        "theme": "dark",
        "hooks": {
            "SessionStart": [{"hooks": []}],
            "PostToolUse": [
                {"matcher": "[Ss]kill|mcp__.*|.*-.*", "hooks": [{"type": "command", "command": "true"}]},
            ],
        },
    }


def test_what_was_pasted_by_hand_is_taken_out_too(command: Command) -> None:
    pasted = json.loads((CLIENT / "hooks" / "settings.json").read_text())
    file = put(command, "claude-code", json.dumps({"model": "x", **pasted}, indent=2))
    assert command("setup", "claude-code").code == 0
    assert command("setup", "claude-code", "--remove").code == 0
    assert json.loads(file.read_text()) == {"model": "x"}


def test_half_of_it_is_made_whole_and_undone(command: Command) -> None:
    file = put(command, "qwen-code", "{}")
    command("setup", "qwen-code")
    half = json.loads(file.read_text())
    del half["hooks"]["SessionStart"]
    file.write_text(json.dumps(half))
    assert command("setup", "qwen-code").code == 0
    assert set(json.loads(file.read_text())["hooks"]) == {"PostToolUse", "PostToolUseFailure", "SessionStart"}
    assert command("setup", "qwen-code", "--remove").code == 0
    assert json.loads(file.read_text()) == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ('{"a": 1,}', "no JSON"),
        ('{\n  // mine\n  "a": 1\n}', "line 2"),
        ('{"a": 1} # mine', "comments"),
        ("[]", "no JSON object"),
        ('{"a": NaN}', "NaN"),
        ('{"hooks": []}', "hooks of it is no object"),
        ('{"hooks": {"PostToolUse": {}}}', "PostToolUse of hooks is no array"),
        ('{"hooks": {}, "hooks": {}}', "twice"),
        ("[" * 100_000, "nested too deep"),
        ("\ufeff{}", "no JSON"),
        ('{"enabledPlugins": {"track-skills@track-skills": true}}', "plugin"),
        ('{"enabledPlugins": 3}', "enabledPlugins"),
    ],
)
def test_what_cannot_be_read_is_left_alone(command: Command, text: str, why: str) -> None:
    file = put(command, "claude-code", text)
    before = everything(command.home)
    refused = command("setup", "claude-code")
    assert refused.code == 1
    assert why in refused.err
    assert str(file) in refused.err
    assert refused.err.count("\n") == 1
    assert everything(command.home) == before


def test_what_is_no_text_a_link_or_a_folder_is_left_alone(command: Command) -> None:
    file = put(command, "claude-code", "{}")
    file.write_bytes(b"\xff{}")
    assert "no UTF-8" in command("setup", "claude-code").err
    file.unlink()
    (command.home / "dotfiles.json").write_text("{}")
    file.symlink_to(command.home / "dotfiles.json")
    assert f"{file} is a link to {command.home}/dotfiles.json" in command("setup", "claude-code").err
    assert (command.home / "dotfiles.json").read_text() == "{}"
    file.unlink()
    file.mkdir()
    assert "cannot be read" in command("setup", "claude-code").err
    file.rmdir()
    file.parent.rmdir()
    (command.home / "elsewhere").mkdir()
    file.parent.symlink_to(command.home / "elsewhere")
    assert command("setup", "claude-code").code == 1
    assert list((command.home / "elsewhere").iterdir()) == []


def test_a_hook_of_another_version_that_somebody_put_there_is_left_alone(command: Command) -> None:
    hook = command.home / HOOK
    hook.parent.mkdir(parents=True)
    hook.write_text("#!/bin/bash\n# mine\n")
    before = everything(command.home)
    refused = command("setup", "codex")
    assert (refused.code, everything(command.home)) == (1, before)
    assert str(hook) in refused.err


def test_a_hook_of_ours_that_was_there_stays_there(command: Command) -> None:
    hook = command.home / HOOK
    hook.parent.mkdir(parents=True)
    hook.write_bytes((CLIENT / "hooks" / "track-skills-hook.sh").read_bytes())
    before = everything(command.home)
    command("setup", "codex")
    command("setup", "codex", "--remove")
    assert everything(command.home) == before


def test_a_hook_that_setup_put_there_is_brought_up_to_date(command: Command) -> None:
    command("setup", "codex")
    (command.home / HOOK).write_text("# Track Skills: of an older version\n")
    assert command("setup", "gemini-cli").code == 0
    assert (command.home / HOOK).read_bytes() == (CLIENT / "hooks" / "track-skills-hook.sh").read_bytes()
    for agent in ("codex", "gemini-cli"):
        assert command("setup", agent, "--remove").code == 0
    assert everything(command.home) == {}


def test_agents_are_found_where_their_own_variables_say(command: Command) -> None:
    folder = command.home / "own"
    command.env |= {name: str(folder / name) for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME")}
    for agent in ("claude-code", "codex", "opencode"):
        assert command("setup", agent).code == 0
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {
        "settings.json",
        "hooks.json",
        "track-skills.js",
        "track-skills-hook.sh",
    }


def test_without_a_home_nothing_can_be_set_up(command: Command) -> None:
    del command.env["HOME"]
    refused = command("setup", "codex")
    assert (refused.code, "HOME" in refused.err) == (1, True)


def test_an_agent_that_nobody_knows_is_a_usage_error(command: Command) -> None:
    refused = command("setup", "emacs")
    assert refused.code == 2
    assert all(agent in refused.err for agent in IDS)


@pytest.mark.parametrize(("answer", "is_written"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_on_a_terminal_it_asks(command: Command, answer: str, is_written: bool) -> None:
    ours, theirs = pty.openpty()
    with command.start("setup", "codex", stdin=theirs) as process:
        os.close(theirs)
        os.write(ours, answer.encode())
        out, err = process.communicate(timeout=60)
    os.close(ours)
    assert "[y/N]" in err
    assert "+++" in out
    assert (command.home / SETTINGS["codex"]).exists() == is_written
    assert process.returncode == (0 if is_written else 1)


def test_killed_at_any_moment_it_can_be_undone(command: Command) -> None:
    """The settings are whole at any moment, and never start a hook that is not there."""
    put(command, "claude-code", '{"model": "x"}')
    before = everything(command.home)
    for delay in range(12):
        with command.start("setup", "claude-code") as process:
            time.sleep(0.04 + 0.012 * delay)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        settings_now = json.loads((command.home / SETTINGS["claude-code"]).read_text())
        assert "hooks" not in settings_now or (command.home / HOOK).exists()
        assert command("setup", "claude-code", "--remove").code == 0
        left = {name for name in everything(command.home).keys() - before.keys() if ".claude/.settings" not in name}
        assert all(name.startswith(".local") for name in left), left
        assert (command.home / SETTINGS["claude-code"]).read_text() == '{"model": "x"}'


def test_the_guides_say_the_same(tmp_path: Path) -> None:
    """Who follows a guide by hand gets what `setup` writes; Claude Code's guide has its own folder for the hook."""
    environ = {"HOME": str(tmp_path)}
    text = (CLIENT / "hooks" / "settings.json").read_text()
    own = text.replace("$HOME/.claude/hooks/", "$HOME/.local/share/track-skills/")
    assert json.loads(own) == agent_of("claude-code", environ).hooks
    titles = {agent: agent_of(agent, environ).title for agent in ("codex", "gemini-cli", "copilot", "qwen-code")}
    for agent, title in titles.items():
        section = GUIDE.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        found = re.search(r"`~/(\S+)`[^`]*```json\n(.*?)```", section, re.DOTALL)
        assert found
        assert found[1] == SETTINGS[agent]
        assert json.loads(found[2]) == agent_of(agent, environ).hooks


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
LAYOUTS = st.sampled_from(
    [{"indent": None}, {"indent": 2}, {"indent": "\t"}, {"separators": (" , ", " : ")}, {"indent": 0}]
)


@given(
    rest=st.dictionaries(st.text(max_size=6).filter(lambda name: name != "hooks"), VALUES, max_size=4),
    hooks=st.none()
    | st.dictionaries(st.sampled_from(["PostToolUse", "Stop", "SessionEnd"]), st.lists(VALUES, max_size=2)),
    layout=LAYOUTS,
    is_ascii=st.booleans(),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_else_is_there(rest: dict[str, Any], hooks: Any, layout: dict[str, Any], is_ascii: bool) -> None:
    value = {**rest, **({} if hooks is None else {"hooks": hooks})}
    text = json.dumps(value, ensure_ascii=is_ascii, **layout)
    wanted = agent_of("claude-code", {"HOME": "/home/somebody"}).hooks
    insertions = json_text.additions(text, wanted, is_ours)
    added = json_text.inserted(text, insertions)
    expected = {event: [*(hooks or {}).get(event, []), *groups] for event, groups in wanted["hooks"].items()}
    assert json.loads(added) == {**value, "hooks": {**(hooks or {}), **expected}}
    assert json_text.additions(added, wanted, is_ours) == []
    taken = json.loads(json_text.removals(added, "hooks", is_ours))
    kept = {event: groups for event, groups in (hooks or {}).items() if groups or event not in wanted["hooks"]}
    assert taken in ({**rest, **({"hooks": kept} if kept else {})}, {**rest, "hooks": kept})
