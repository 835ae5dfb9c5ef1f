"""A session's sums at its end: only where that is asked for, read from its transcript by a process of its own."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from collector import Collector
from processes import CLIENT, HOOK, ROOT, Client

DATA = ROOT / "tests" / "command" / "data" / "projects" / "demo"
NAME = "eb9309f0-51e6-4a76-9e84-a78c34f6e840"
ON = {"TRACK_SKILLS_SESSIONS": "1"}
SHELL = ("bash", "awk", "curl", "sh", "sleep", "mkdir", "rm", "mv", "find", "cat", "date", "od")


def transcript(client: Client, folder: str = "projects") -> Path:
    """The captured session in the client's home."""
    shutil.copytree(DATA, client.home / folder)
    return client.home / folder / f"{NAME}.jsonl"


def ending(path: Path, **other: Any) -> dict[str, Any]:
    """What Claude Code tells its hook at a session's end."""
    told = {"session_id": NAME, "transcript_path": str(path), "cwd": "/x", "hook_event_name": "SessionEnd"}
    return told | {"reason": "prompt_input_exit"} | other


def end(client: Client, payload: dict[str, Any], **env: str) -> None:
    """The session ends."""
    client.hook(payload, env=ON | env)
    client.settle()


def expected(path: Path) -> dict[str, Any]:
    """What the Python client reads of it."""
    sys.path.insert(0, str(CLIENT / "python" / "src"))
    try:
        from track_skills.transcript import session_of
    finally:
        sys.path.remove(str(CLIENT / "python" / "src"))
    found = session_of(str(path))
    assert found is not None
    return found


def test_its_sums_are_sent_and_no_text(client: Client, collector: Collector) -> None:
    path = transcript(client)
    end(client, ending(path))
    said = collector.sessions[NAME]
    anonymous = (client.state / "anonymous_id").read_text().strip()
    assert said == expected(path) | {"anonymous_id": anonymous, "exit_reason": "prompt_input_exit", "os": sys.platform}
    assert (said["turns"], said["input_tokens"], said["subagents"]) == (1, 1800, 2)
    (body,) = [body for _, path_, _, body in collector.requests if path_ == "/api/session"]
    assert not any(word in body for word in (b"/home", b"hello", b"toolu_", b"msg_"))
    assert list((client.state / "sessions").iterdir()) == []


@pytest.mark.parametrize("value", ["", "0", "false"])
def test_nobody_reads_it_unasked(client: Client, collector: Collector, value: str) -> None:
    end(client, ending(transcript(client)), TRACK_SKILLS_SESSIONS=value)
    assert collector.requests == []
    assert not client.state.exists()


@pytest.mark.parametrize(
    "other", [{"hook_event_name": "SessionStart"}, {"track_skills_agent": "codex"}, {"turn_id": "1"}]
)
def test_of_other_moments_and_agents_nothing_is_read(
    client: Client, collector: Collector, other: dict[str, Any]
) -> None:
    end(client, ending(transcript(client), **other))
    assert collector.sessions == {}


def test_the_plugins_option(client: Client, collector: Collector) -> None:
    """The plugin's hook has its reader beside it."""
    payload = json.dumps(ending(transcript(client))).encode()
    env = ON | {"TRACK_SKILLS_SESSIONS": "", "CLAUDE_PLUGIN_OPTION_SESSIONS": "true"}
    client.run("bash", CLIENT / "plugin" / "hooks" / HOOK.name, input=payload, env=env)
    client.settle()
    assert NAME in collector.sessions
    option = json.loads((CLIENT / "plugin" / ".claude-plugin" / "plugin.json").read_text())["userConfig"]["sessions"]
    assert (option["type"], option["default"]) == ("boolean", False)


def test_without_python_there_is_no_session_and_nothing_else_changes(
    client: Client, collector: Collector, tools: Callable[..., Path]
) -> None:
    use = {
        "tool_name": "Skill",
        "tool_input": {"skill": "pdf"},
        "tool_use_id": "toolu_1",
        "hook_event_name": "PostToolUse",
    }
    path = transcript(client)
    client.env["PATH"] = str(tools(*SHELL))
    client.hook(use, env=ON)
    end(client, ending(path))
    assert [event["tool_name"] for event in collector.wait(1)] == ["pdf"]
    assert collector.sessions == {}


def test_what_could_not_be_sent_is_sent_with_the_next(client: Client, collector: Collector) -> None:
    path = transcript(client)
    collector.stop()
    end(client, ending(path))
    (kept,) = (client.state / "sessions").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    collector.start()
    other = path.with_name("another-session.jsonl")
    shutil.copy(path, other)
    end(client, ending(other, session_id="another-session"))
    assert collector.sessions.keys() == {NAME, "another-session"}
    assert list((client.state / "sessions").iterdir()) == []


def test_a_collector_that_refuses_it_is_not_asked_again(client: Client, collector: Collector) -> None:
    collector.mode = "400"
    end(client, ending(transcript(client)))
    assert list((client.state / "sessions").iterdir()) == []


def test_where_it_is_switched_off_nothing_is_sent(client: Client, collector: Collector) -> None:
    client.state.mkdir(parents=True, mode=0o700)
    (client.state / "off").touch()
    end(client, ending(transcript(client)))
    assert collector.requests == []
    assert [file.name for file in client.state.iterdir()] == ["off"]


def test_debugging_prints_it_and_sends_nothing(client: Client, collector: Collector) -> None:
    path = transcript(client)
    done = client.run("bash", HOOK, input=json.dumps(ending(path)).encode(), env=ON | {"TRACK_SKILLS_DEBUG": "1"})
    said = json.loads(done.stderr)
    assert (done.returncode, done.stdout, said["input_tokens"]) == (0, b"", 1800)
    client.settle()
    assert collector.requests == []
    assert not client.state.exists()


def test_names_that_are_not_wanted_are_not_told(client: Client, collector: Collector) -> None:
    end(client, ending(transcript(client)), TRACK_SKILLS_EXCLUDE="demo-plug:*,echo", TRACK_SKILLS_TEST="1")
    said = collector.sessions[NAME]
    assert {skill["tool_name"] for skill in said["skills"]} == {"my-skill", "fork-skill"}
    assert "mcp__demo__echo" not in said["calls"]
    assert (said["input_tokens"], said["test"]) == (1800, True), "the sums are those of everything"


@pytest.mark.parametrize("folder", ["a b", "é", "back\\slash", "[x]*", "100%"])
def test_a_path_may_have_any_character(client: Client, collector: Collector, folder: str) -> None:
    end(client, ending(transcript(client, folder)))
    assert collector.sessions[NAME]["subagents"] == 2


@pytest.mark.parametrize(
    "text", [None, "", "{", "[" * 9000, '{"message": 7}\n', '{"type": "user", "message": {"content": "<bash-"}}']
)
def test_what_is_no_transcript_is_left(client: Client, collector: Collector, text: str | None) -> None:
    path = client.home / f"{NAME}.jsonl"
    if text is not None:
        path.write_text(text)
    end(client, ending(path))
    assert collector.sessions == {}
    assert list((client.state / "sessions").iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "a/b", "", "x" * 129, "a b"])
def test_an_id_that_is_none_tells_of_nothing(client: Client, collector: Collector, name: str) -> None:
    end(client, ending(transcript(client), session_id=name))
    assert collector.sessions == {}
