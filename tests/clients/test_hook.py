"""client/hooks/track-skills-hook.sh: what hosts send, turned into events, as real processes."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from collector import Collector
from processes import CLIENT, HOOK, Client

from tests.vectors import VECTORS, opt_out

LONGEST_MS = VECTORS["limits"]["duration_ms"]
SESSION = "b6e4f581-09ed-4fa9-a41c-84fa5ba0a102"
CANARY = "CANARY-7f3a"

# Payloads of Claude Code 2.1.329 as recorded, with the homes replaced.
COMMON = {
    "session_id": SESSION,
    "transcript_path": f"/home/dev/.claude/projects/-home-dev-demo/{SESSION}.jsonl",
    "cwd": "/home/dev/demo",
    "prompt_id": "298dfacf-6c64-4c3c-9ff9-f037d05467fc",
    "permission_mode": "default",
}
SKILL = {
    **COMMON,
    "hook_event_name": "PostToolUse",
    "tool_name": "Skill",
    "tool_input": {"skill": "my-skill"},
    "tool_response": {"success": True, "commandName": "my-skill"},
    "tool_use_id": "toolu_f18b4cc2d1b743e494c4",
    "duration_ms": 5,
}
MCP = {
    **COMMON,
    "hook_event_name": "PostToolUse",
    "tool_name": "mcp__demo__echo",
    "tool_input": {"text": "hi"},
    "tool_response": [{"type": "text", "text": "echo {'text': 'hi'}"}],
    "tool_use_id": "toolu_575831b94bcf4b989bd8",
    "duration_ms": 5,
    "mcp_server": {"name": "demo", "source": "dynamic"},
}
MCP_FAILURE = {
    **COMMON,
    "hook_event_name": "PostToolUseFailure",
    "tool_name": "mcp__demo__boom",
    "tool_input": {"text": "hi"},
    "tool_use_id": "toolu_176ee2f4ee6b48269ad6",
    "error": "echo {'text': 'hi'}",
    "is_interrupt": False,
    "duration_ms": 3,
    "mcp_server": {"name": "demo", "source": "dynamic"},
}
BASH = {
    **COMMON,
    "hook_event_name": "PostToolUse",
    "tool_name": "Bash",
    "tool_input": {"command": "echo hello", "description": "say hello"},
    "tool_response": {
        "stdout": "hello",
        "stderr": "",
        "interrupted": False,
        "isImage": False,
        "noOutputExpected": False,
    },
    "tool_use_id": "toolu_9fd7f908587b4ab9b58d",
    "duration_ms": 20,
}
TYPED = {
    **COMMON,
    "hook_event_name": "UserPromptExpansion",
    "expansion_type": "slash_command",
    "command_name": "my-skill",
    "command_args": "please run the demo",
    "command_source": "projectSettings",
    "prompt": "/my-skill please run the demo",
}
SESSION_START = {**COMMON, "hook_event_name": "SessionStart", "source": "startup"}

# From documentation and other projects' tests, not recorded.
CURSOR = {
    "conversation_id": "c1",
    "generation_id": "g1",
    "model": "some-model",
    "hook_event_name": "postToolUse",
    "cursor_version": "1.7.2",
    "workspace_roots": ["/w"],
    "user_email": "dev@example.com",
    "tool_name": "MCP:browser_navigate",
    "tool_input": {"url": "https://example.com"},
    "tool_output": "{}",
    "tool_use_id": "t1",
    "duration": 100,
}
CODEX = {
    "session_id": SESSION,
    "turn_id": "turn-1",
    "transcript_path": None,
    "cwd": "/w",
    "hook_event_name": "PostToolUse",
    "model": "some-model",
    "permission_mode": "default",
    "tool_name": "mcp__demo__echo",
    "tool_input": {"text": "hi"},
    "tool_response": {"content": [{"type": "text", "text": "hi"}]},
    "tool_use_id": "call_1",
}
COPILOT = {
    "sessionId": SESSION,
    "timestamp": 1760000000000,
    "cwd": "/w",
    "toolName": "view",
    "toolArgs": {"path": "a"},
    "toolResult": {"resultType": "success", "textResultForLlm": "contents"},
}


def using(name: object) -> dict[str, Any]:
    """What the model's use of a skill of that name looks like."""
    return {**SKILL, "tool_input": {"skill": name}, "tool_response": {"success": True, "commandName": name}}


def told(client: Client, payload: object, **env: str) -> dict[str, Any] | None:
    """The event that the hook makes of a payload, None for none."""
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    done = client.run("bash", HOOK, input=data, env={"TRACK_SKILLS_DEBUG": "1", **env})
    assert (done.stdout, done.returncode) == (b"", 0)
    return json.loads(done.stderr) if done.stderr else None


def known(event: dict[str, Any] | None) -> dict[str, Any]:
    """An event without what differs from run to run and from machine to machine."""
    assert event
    return {name: value for name, value in event.items() if name not in ("timestamp", "anonymous_id", "os", "runtime")}


def size(value: object) -> int:
    return len(json.dumps(value))


# The mapping


def test_a_skill_that_the_model_chose(client: Client) -> None:
    assert known(told(client, SKILL)) == {
        "event_id": "toolu_f18b4cc2d1b743e494c4",
        "tool_name": "my-skill",
        "tool_category": "skill",
        "status": "success",
        "trigger": "model",
        "agent_id": "claude-code",
        "source": "hook",
        "session_id": SESSION,
        "request_size_bytes": size(SKILL["tool_input"]),
        "response_size_bytes": size(SKILL["tool_response"]),
    }


def test_the_duration_of_a_skill_counts_only_when_it_ran_apart(client: Client) -> None:
    forked = {
        **SKILL,
        "tool_response": {"success": True, "commandName": "my-skill", "status": "forked"},
        "duration_ms": 7000,
    }
    assert known(told(client, forked))["duration_ms"] == 7000


def test_an_mcp_tool(client: Client) -> None:
    assert known(told(client, MCP)) == {
        "event_id": "toolu_575831b94bcf4b989bd8",
        "tool_name": "echo",
        "tool_category": "mcp:demo",
        "status": "success",
        "duration_ms": 5,
        "trigger": "model",
        "agent_id": "claude-code",
        "source": "hook",
        "session_id": SESSION,
        "request_size_bytes": size(MCP["tool_input"]),
        "response_size_bytes": size(MCP["tool_response"]),
    }


def test_a_failure(client: Client) -> None:
    event = known(told(client, MCP_FAILURE))
    assert (event["tool_name"], event["status"], event["duration_ms"]) == ("boom", "error", 3)
    assert "response_size_bytes" not in event


def test_an_interruption(client: Client) -> None:
    assert known(told(client, {**MCP_FAILURE, "is_interrupt": True}))["status"] == "skipped"


@pytest.mark.parametrize("key", ["isError", "is_error"])
def test_a_response_that_says_error(client: Client, key: str) -> None:
    response = {"content": [{"type": "text", "text": "no"}], key: True}
    assert known(told(client, {**MCP, "tool_response": response}))["status"] == "error"
    assert known(told(client, {**MCP, "tool_response": {**response, key: False}}))["status"] == "success"


def test_a_typed_command(client: Client) -> None:
    event = known(told(client, TYPED))
    assert re.fullmatch(r"[0-9a-f-]{36}", event.pop("event_id"))
    assert event == {
        "tool_name": "my-skill",
        "tool_category": "skill",
        "status": "success",
        "trigger": "user",
        "agent_id": "claude-code",
        "source": "hook",
        "session_id": SESSION,
    }


def test_an_mcp_prompt(client: Client) -> None:
    prompt = {**TYPED, "expansion_type": "mcp_prompt", "command_name": "mcp__demo__greet", "command_source": "mcp"}
    event = known(told(client, prompt))
    assert (event["tool_name"], event["tool_category"], event["trigger"]) == ("greet", "mcp-prompt:demo", "user")


@pytest.mark.parametrize("name", ["home/dev/secret.txt", "etc/passwd", "/etc/passwd", "C:/x", "~/x", "a b/../c", ""])
def test_a_prompt_that_begins_with_a_path_is_no_command(client: Client, name: str) -> None:
    assert told(client, {**TYPED, "command_name": name, "prompt": f"/{name} what is this?"}) is None


def test_other_tools_only_when_asked_for(client: Client) -> None:
    assert told(client, BASH) is None
    assert told(client, BASH, TRACK_SKILLS_ALL_TOOLS="0") is None
    event = known(told(client, BASH, TRACK_SKILLS_ALL_TOOLS="1"))
    assert (event["tool_name"], event["tool_category"], event["duration_ms"]) == ("Bash", "tool", 20)


@pytest.mark.parametrize(
    ("tool", "name", "category"),
    [
        ("mcp__a__b__c", "b__c", "mcp:a"),
        ("mcp__plugin_x_y__search", "search", "mcp:plugin_x_y"),
        ("mcp__my-server__get.thing", "get.thing", "mcp:my-server"),
    ],
)
def test_names_of_mcp_tools(client: Client, tool: str, name: str, category: str) -> None:
    event = known(told(client, {**MCP, "tool_name": tool}))
    assert (event["tool_name"], event["tool_category"]) == (name, category)


@pytest.mark.parametrize("tool", ["mcp__demo__", "mcp____x", "mcp__demo", "", "mcp__demo__a/b/c", "mcp__demo__x\ny"])
def test_names_that_are_none(client: Client, tool: str) -> None:
    assert told(client, {**MCP, "tool_name": tool}) is None


@pytest.mark.parametrize("name", [name for name in VECTORS["names"]["bad"] if "\0" not in name])
def test_bad_skill_names(client: Client, name: str) -> None:
    assert told(client, using(name)) is None


def test_good_skill_names(client: Client) -> None:
    for name in VECTORS["names"]["good"]:
        assert known(told(client, using(name)))["tool_name"] == name.strip(" ")


@pytest.mark.parametrize(
    "event", ["PreToolUse", "PostToolBatch", "Stop", "SessionEnd", "UserPromptSubmit", "Future", "", "posttooluse"]
)
def test_other_events(client: Client, event: str) -> None:
    assert told(client, {**SKILL, "hook_event_name": event}) is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (0, 0),
        (5.7, 5),
        (LONGEST_MS, LONGEST_MS),
        (LONGEST_MS + 1, None),
        (-1, None),
        (None, None),
        ("5s", None),
        (1e30, None),
    ],
)
def test_durations(client: Client, given: object, kept: int | None) -> None:
    assert known(told(client, {**MCP, "duration_ms": given})).get("duration_ms") == kept


@pytest.mark.parametrize(
    "case", VECTORS["globs"], ids=lambda case: f"{case['include']}-{case['exclude']}-{case['name']}"
)
def test_globs(client: Client, case: dict[str, Any]) -> None:
    given = {"TRACK_SKILLS_INCLUDE": case["include"], "TRACK_SKILLS_EXCLUDE": case["exclude"]}
    env = {name: value for name, value in given.items() if value is not None}
    assert bool(told(client, using(case["name"]), **env)) == case["tracked"]


def test_opt_out(client: Client, tmp_path: Path) -> None:
    payload = json.dumps(SKILL).encode()
    for number, case in enumerate(opt_out()):
        made = client.leaves_something(case, tmp_path / f"state{number}", "bash", HOOK, input=payload)
        assert made == case["on"], case
    client.settle()
    assert client.everything() == []


def test_include_and_exclude(client: Client) -> None:
    assert told(client, MCP, TRACK_SKILLS_EXCLUDE="echo") is None
    assert told(client, SKILL, TRACK_SKILLS_INCLUDE="ec*") is None
    assert told(client, MCP, TRACK_SKILLS_INCLUDE="ec*")


# Other hosts


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (CURSOR, ("cursor", "browser_navigate", "mcp", "success", 100, "c1", "t1")),
        (
            {**CURSOR, "hook_event_name": "postToolUseFailure", "failure_type": "timeout"},
            ("cursor", "browser_navigate", "mcp", "timeout", 100, "c1", "t1"),
        ),
        (
            {**CURSOR, "hook_event_name": "postToolUseFailure", "failure_type": "permission_denied"},
            ("cursor", "browser_navigate", "mcp", "denied", 100, "c1", "t1"),
        ),
        (
            {**CURSOR, "hook_event_name": "postToolUseFailure", "failure_type": "error"},
            ("cursor", "browser_navigate", "mcp", "error", 100, "c1", "t1"),
        ),
        (
            {**MCP, "cursor_version": "2.0.0"},
            ("cursor", "echo", "mcp:demo", "success", 5, SESSION, "toolu_575831b94bcf4b989bd8"),
        ),
        (CODEX, ("codex", "echo", "mcp:demo", "success", None, SESSION, "call_1")),
        ({**CODEX, "tool_name": "Bash"}, ("codex", "Bash", "tool", "unknown", None, SESSION, "call_1")),
        (
            {**CODEX, "tool_response": {"isError": True}},
            ("codex", "echo", "mcp:demo", "error", None, SESSION, "call_1"),
        ),
        (
            {**CODEX, "tool_response": {"isError": False}},
            ("codex", "echo", "mcp:demo", "success", None, SESSION, "call_1"),
        ),
        (COPILOT, ("copilot", "view", "tool", "success", None, SESSION, None)),
        (
            {**COPILOT, "toolName": "skill", "toolArgs": {"skill": "pdf"}},
            ("copilot", "pdf", "skill", "success", None, SESSION, None),
        ),
        (
            {**COPILOT, "toolResult": {"resultType": "failure"}},
            ("copilot", "view", "tool", "error", None, SESSION, None),
        ),
        (
            {**COPILOT, "toolResult": {"resultType": "denied"}},
            ("copilot", "view", "tool", "denied", None, SESSION, None),
        ),
        (
            {**COPILOT, "toolResult": None, "error": "no such file"},
            ("copilot", "view", "tool", "error", None, SESSION, None),
        ),
        (
            {"hook_event_name": "PostToolUse", "session_id": "s", "timestamp": "2026-01-01T00:00:00Z", "cwd": "/w"}
            | {
                "tool_name": "Read",
                "tool_input": {},
                "tool_result": {"result_type": "success", "text_result_for_llm": "x"},
            },
            ("copilot", "Read", "tool", "success", None, "s", None),
        ),
    ],
)
def test_other_hosts(client: Client, payload: dict[str, Any], expected: tuple[Any, ...]) -> None:
    event = known(told(client, payload, TRACK_SKILLS_ALL_TOOLS="1"))
    names = ("agent_id", "tool_name", "tool_category", "status", "duration_ms", "session_id")
    assert tuple(event.get(name) for name in names) == expected[:-1]
    if expected[-1]:
        assert event["event_id"] == expected[-1]


def test_a_tool_about_to_run_is_no_use_yet(client: Client) -> None:
    before = {name: value for name, value in COPILOT.items() if name != "toolResult"}
    assert told(client, before, TRACK_SKILLS_ALL_TOOLS="1") is None


# Parsed by structure


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("reverse", [False, True])
def test_layout_and_order_do_not_matter(client: Client, indent: int | None, reverse: bool) -> None:
    items = list(MCP.items())
    text = json.dumps(dict(reversed(items) if reverse else items), indent=indent)
    event = known(told(client, text.encode()))
    assert (event["tool_name"], event["status"], event["duration_ms"]) == ("echo", "success", 5)
    value = json.dumps(MCP["tool_response"], indent=indent)
    assert event["response_size_bytes"] == len(value) + (value.count("\n") * (indent or 0))


DECOY = (
    '"hook_event_name":"PostToolUse","tool_name":"evil","tool_use_id":"evil",'
    '"session_id":"evil","duration_ms":1,"isError":true'
)


@pytest.mark.parametrize(
    "decoy",
    [
        DECOY,
        "{" + DECOY + "}",
        '\\"},' + DECOY,
        '"}],' + DECOY + ',"x":[{"y":"',
        "\\",
        '\\\\"',
        'a\\"',
        "{[}]" * 20,
        "]]]]}}}}",
        "\u2028\u0000\x7f",
    ],
)
def test_decoys_in_strings(client: Client, decoy: str) -> None:
    payload = {
        **MCP,
        "tool_input": {"a": decoy, decoy: "b", "skill": decoy},
        "tool_response": decoy,
        "error": decoy,
        "prompt": decoy,
    }
    for text in (
        json.dumps(payload),
        json.dumps(payload, ensure_ascii=False),
        json.dumps(payload, separators=(",", ":")),
    ):
        event = known(told(client, text.encode()))
        assert (event["event_id"], event["tool_name"], event["session_id"]) == (MCP["tool_use_id"], "echo", SESSION)
        assert (event["status"], event["duration_ms"]) == ("success", 5)


def test_decoys_in_structures(client: Client) -> None:
    inner = {
        "tool_name": "evil",
        "duration_ms": 1,
        "isError": True,
        "is_interrupt": True,
        "cursor_version": "1",
        "turn_id": "1",
    }
    payload = {
        **MCP,
        "tool_input": {"tool_input": inner, "x": [inner, [inner]]},
        "tool_response": [inner, {"tool_response": inner}],
    }
    event = known(told(client, payload))
    assert (event["tool_name"], event["status"], event["agent_id"], event["duration_ms"]) == (
        "echo",
        "success",
        "claude-code",
        5,
    )


def test_escaped_names(client: Client) -> None:
    text = json.dumps(SKILL).replace("my-skill", "m\\u0079\\u002Dskill\\/x").replace('"tool_name"', '"tool\\u005fname"')
    assert known(told(client, text.encode()))["tool_name"] == "my-skill/x"


def test_truncated_anywhere(client: Client) -> None:
    """One bash process and one awk for each cut; the debug switch shows whether it is taken for whole."""
    text = json.dumps({**MCP, "tool_input": {"a": 'x"y\\', "b": [1, {}]}})
    cuts = [text[:length] for length in range(0, len(text), 7)] + [
        text[:-1],
        text[:-2],
        text[1:],
        text + "}",
        "[" + text + "]",
        "null",
        '"x"',
        "\0",
    ]
    script = f'while IFS= read -r line; do printf "%s\\n" "$line" | bash {HOOK}; done'
    done = client.run("bash", "-c", script, input="\n".join(cuts).encode(), env={"TRACK_SKILLS_DEBUG": "1"})
    assert (done.stdout, done.stderr) == (b"", b"")
    assert told(client, (text + " \n").encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"{}",
        b"[]",
        b"not json",
        b"\xff\xfe\x00",
        b'{"hook_event_name":"PostToolUse"}',
        b"{" * 5000,
        b"[" * 200_000,
        b'"' * 100_001,
        b"}" * 1000,
    ],
)
def test_what_is_no_hook(client: Client, data: bytes) -> None:
    assert told(client, data) is None


@pytest.mark.parametrize("kind", ["text", "escapes", "structure", "brackets", "numbers"])
def test_ten_megabytes(client: Client, kind: str) -> None:
    rows = [{"id": n, "name": "item", "nested": {"a": [n]}} for n in range(1000)]
    response: object = {
        "text": "x" * 10_000_000,
        "escapes": json.dumps(rows * 80),
        "structure": rows * 200,
        "brackets": "[" * 5_000_000,
        "numbers": list(range(1_000_000)),
    }[kind]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    event = known(told(client, {**MCP, "tool_response": response}))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 9, "seconds of CPU; hosts wait ten"
    assert (event["tool_name"], event["duration_ms"]) == ("echo", 5)
    if "response_size_bytes" in event:
        assert event["response_size_bytes"] == size(response)


def test_sizes_are_bytes(client: Client) -> None:
    response = {"a": "é" * 10, "b": [1, 2, {"c": 'x"y'}]}
    data = json.dumps({**MCP, "tool_response": response}, ensure_ascii=False).encode()
    assert known(told(client, data))["response_size_bytes"] == len(json.dumps(response, ensure_ascii=False).encode())
    for scalar in ("text", "", 12.5, True, None):
        expected = size(scalar)
        assert known(told(client, {**MCP, "tool_response": scalar}))["response_size_bytes"] == expected, scalar


@pytest.mark.parametrize("name", ["mawk", "gawk", "original-awk", "busybox"])
def test_with_every_awk(client: Client, tmp_path: Path, name: str) -> None:
    program = shutil.which(name)
    if not program:
        pytest.skip(f"{name} is not installed")
    (tmp_path / "bin").mkdir()
    awk = tmp_path / "bin" / "awk"
    awk.write_text(f'#!/bin/sh\nexec {program} {"awk" if name == "busybox" else ""} "$@"\n')
    awk.chmod(0o755)
    env = {"PATH": f"{awk.parent}:{os.environ['PATH']}"}
    event = known(told(client, {**MCP, "tool_input": {"a": 'x\\"y"\\'}}, **env))
    assert (event["tool_name"], event["duration_ms"], event["response_size_bytes"]) == (
        "echo",
        5,
        size(MCP["tool_response"]),
    )
    assert known(told(client, SKILL, **env))["tool_name"] == "my-skill"


# What arrives, and what does not


def test_events_arrive(client: Client, collector: Collector) -> None:
    client.hook(SKILL)
    client.hook(MCP_FAILURE)
    client.hook(TYPED)
    client.settle()
    events = collector.wait(3)
    assert sorted((event["tool_name"], event["status"]) for event in events) == [
        ("boom", "error"),
        ("my-skill", "success"),
        ("my-skill", "success"),
    ]
    assert client.files() == []


def test_declared_twice_is_stored_once(client: Client, collector: Collector) -> None:
    client.hook(SKILL)
    client.hook(SKILL)
    client.settle()
    client.flush()
    assert list(collector.events) == [SKILL["tool_use_id"]]


def test_session_start_flushes(client: Client, collector: Collector) -> None:
    collector.stop()
    client.hook(SKILL)
    client.settle()
    collector.start()
    client.hook(SESSION_START)
    (event,) = collector.wait(1)
    client.settle()
    assert event["tool_name"] == "my-skill"
    client.hook(SESSION_START)
    assert client.processes() == []


def test_a_hundred_hooks_against_a_dead_server(client: Client, collector: Collector) -> None:
    collector.stop()
    for batch in range(10):
        processes = []
        for n in range(10):
            process = client.start("bash", HOOK)
            assert process.stdin
            process.stdin.write(json.dumps({**MCP, "tool_use_id": f"toolu_{batch}_{n}"}).encode())
            processes.append(process)
        for process in processes:
            assert process.communicate() == (b"", b"")
    client.settle()
    collector.start()
    client.hook(SESSION_START)
    client.settle()
    assert len(collector.events) == 100
    assert len(collector.arrived) == 100


def test_a_host_that_ends_meanwhile_loses_nothing(client: Client, collector: Collector, tmp_path: Path) -> None:
    """Claude Code ends its hooks with its session: SIGTERM, and SIGKILL a second and a half later."""
    at_work = tmp_path / "at_work"
    slow = tmp_path / "slow" / "awk"
    slow.parent.mkdir()
    slow.write_text(f'#!/bin/bash\n: >{at_work}\nsleep 0.3\nPATH=${{PATH#*:}} exec awk "$@"\n')
    slow.chmod(0o755)
    long = json.dumps({**MCP, "tool_input": {"text": "x" * 5000}}).encode()
    path = {"PATH": f"{slow.parent}:{client.env['PATH']}"}
    process = client.start("bash", HOOK, env=path, start_new_session=True)
    assert process.stdin
    process.stdin.write(long)
    process.stdin.flush()
    while not at_work.exists():
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGTERM)
    assert (process.communicate(timeout=60), process.returncode) == ((b"", b""), 0)
    client.flush()
    assert [event["tool_name"] for event in collector.events.values()] == ["echo"]


def canaries(value: object, inside: str = "") -> object:
    """A payload with every text replaced by a secret, but for what the hook goes by."""
    if isinstance(value, dict):
        return {
            name if inside == "" else f"{CANARY}-{name}": canaries(item, f"{inside}.{name}")
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [canaries(item, inside) for item in value]
    return f"{CANARY} /home/{CANARY} {CANARY}@example.com {value}" if isinstance(value, str) else value


@pytest.mark.parametrize("payload", [SKILL, MCP, MCP_FAILURE, BASH, TYPED, SESSION_START, CURSOR, CODEX, COPILOT])
def test_secrets_stay(client: Client, collector: Collector, payload: dict[str, Any]) -> None:
    kept = (
        "hook_event_name",
        "tool_name",
        "toolName",
        "tool_use_id",
        "session_id",
        "sessionId",
        "command_name",
        "expansion_type",
    )
    secret = canaries({**payload, "future_field": {"x": "y"}, "custom_instructions": "x"})
    assert isinstance(secret, dict)
    secret |= {name: payload[name] for name in kept if name in payload}
    if "Skill" in str(payload.get("tool_name")):
        secret["tool_input"] = {**secret["tool_input"], "skill": "my-skill"}
    if "toolResult" in payload:
        secret["toolResult"] = {**secret["toolResult"], "resultType": "success"}
    collector.mode = "500"
    env = {"TRACK_SKILLS_ALL_TOOLS": "1"}
    client.hook(secret, env=env)
    client.settle()
    assert CANARY.encode() not in b"".join(file.read_bytes() for file in client.files())
    assert not [path for path in client.everything() if CANARY in path.name]
    if payload is not SESSION_START:
        collector.wait_requests(1)
    assert CANARY.encode() not in b"".join(collector.bodies)
    assert CANARY not in str(collector.requests)


def test_secret_names_stay(client: Client, collector: Collector) -> None:
    """Where the skill's name should be, there may be anything."""
    for name in (f"/home/{CANARY}/x", f"{CANARY}\n", f"use {CANARY}; rm", {"skill": CANARY}, [CANARY], 12):
        client.hook(using(name))
        client.hook({**TYPED, "command_name": name})
    client.settle()
    assert CANARY not in str(collector.requests)
    assert all(CANARY not in file.read_text() for file in client.files())


# In nobody's way


@pytest.mark.parametrize("mode", ["slow", "hole"])
def test_it_waits_for_nobody(client: Client, collector: Collector, mode: str) -> None:
    collector.mode, collector.delay = mode, 4
    client.hook(SKILL)
    collector.wait_requests(1)
    client.hook(MCP)
    assert client.processes(), "only the sender waits"


def test_off_reads_nothing(client: Client) -> None:
    process = client.start("bash", HOOK, env={"DO_NOT_TRACK": "1"})
    assert process.wait(5) == 0
    process.communicate()
    assert client.everything() == []


def test_without_awk_or_curl(client: Client, collector: Collector, tools: Callable[..., Path]) -> None:
    """What is short bash reads alone (from version 5 on); what is long is lost in silence."""
    client.env["PATH"] = str(tools("bash", "mkdir", "rm", "find", "cat"))
    client.hook(SKILL)
    client.hook({**SKILL, "padding": "x" * 5000})
    client.settle()
    version = client.run("bash", "-c", "echo $BASH_VERSINFO").stdout
    assert len(client.files()) == (int(version) >= 5)
    assert collector.connections == 0


def test_copied_alone(client: Client, collector: Collector, tmp_path: Path) -> None:
    copy = tmp_path / "a folder" / "hook.sh"
    copy.parent.mkdir()
    shutil.copy(HOOK, copy)
    done = client.run("bash", copy, input=json.dumps(SKILL).encode())
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
    collector.wait(1)


def test_the_settings_to_paste() -> None:
    """They name every event that the hook understands, and a file that exists under that name."""
    settings = json.loads((CLIENT / "hooks" / "settings.json").read_text())
    events = {"PostToolUse", "PostToolUseFailure", "PostToolBatch", "UserPromptExpansion", "SessionStart", "SessionEnd"}
    assert set(settings["hooks"]) == events
    for event, groups in settings["hooks"].items():
        for group in groups:
            for hook in group["hooks"]:
                assert hook["type"] == "command"
                assert HOOK.name in hook["command"]
                # Nobody waits for it; at the end of a session nobody would see it through.
                assert hook.get("async", False) is (event != "SessionEnd")


def test_the_settings_to_paste_run(client: Client, collector: Collector) -> None:
    target = client.home / ".claude" / "hooks"
    target.mkdir(parents=True)
    shutil.copy(HOOK, target)
    settings = json.loads((CLIENT / "hooks" / "settings.json").read_text())
    command = settings["hooks"]["PostToolUse"][0]["hooks"][0]["command"]
    done = subprocess.run(
        ["sh", "-c", command], input=json.dumps(SKILL).encode(), env=client.env, capture_output=True, check=True
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    collector.wait(1)
