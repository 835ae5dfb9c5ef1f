"""Every payload that real agents gave their hooks: the right agent, name, category and outcome, or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from processes import HOOK, Client

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "payloads.json").read_text())
# One bash for many payloads: each in a process of its own hook all the same.
AGENTS = sorted({case["capture"].split("/")[0] for case in CASES})


def told(client: Client, payloads: list[dict[str, Any]], **env: str) -> list[list[dict[str, Any]]]:
    """The events that the hook makes of each payload."""
    found = []
    for payload in payloads:
        done = client.run("bash", HOOK, input=json.dumps(payload).encode(), env={"TRACK_SKILLS_DEBUG": "1", **env})
        assert (done.stdout, done.returncode) == (b"", 0)
        found.append([json.loads(line) for line in done.stderr.splitlines()])
    return found


def shown(events: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events without what differs from run to run; an id that the payload does not give is one of them."""
    fields = ("tool_name", "tool_category", "status", "duration_ms", "error_type", "trigger", "agent_id", "session_id")
    assert len(events) == len(expected)
    return [
        {name: event[name] for name in (*fields, *(["event_id"] if "event_id" in case else [])) if name in event}
        for event, case in zip(events, expected, strict=True)
    ]


@pytest.mark.parametrize("agent", AGENTS)
def test_payloads_of_an_agent(client: Client, agent: str) -> None:
    cases = [case for case in CASES if case["capture"].startswith(f"{agent}/")]
    for case, events in zip(cases, told(client, [case["payload"] for case in cases]), strict=True):
        assert (case["capture"], shown(events, case["events"])) == (case["capture"], case["events"])


@pytest.mark.parametrize("agent", AGENTS)
def test_payloads_of_an_agent_with_all_tools(client: Client, agent: str) -> None:
    cases = [case for case in CASES if case["capture"].startswith(f"{agent}/") and "with_all_tools" in case]
    events = told(client, [case["payload"] for case in cases], TRACK_SKILLS_ALL_TOOLS="1")
    for case, made in zip(cases, events, strict=True):
        assert (case["capture"], shown(made, case["with_all_tools"])) == (case["capture"], case["with_all_tools"])


def test_what_is_long_says_the_same(client: Client) -> None:
    """What is shortened first, beside what bash reads itself."""
    payloads = [case["payload"] for case in CASES]
    padded = [{"padding": ['a "quoted" word {[' * 200, {"tool_name": "evil"}], **payload} for payload in payloads]
    for case, events in zip(CASES, told(client, padded), strict=True):
        assert (case["capture"], shown(events, case["events"])) == (case["capture"], case["events"])


def test_the_table_holds_every_outcome_that_can_be_observed() -> None:
    events = [event for case in CASES for event in case["events"]]
    assert {event["agent_id"] for event in events} == {"claude-code", "codex", "copilot", "gemini-cli", "qwen-code"}
    assert {event["status"] for event in events} == {"success", "error", "timeout", "denied"}
    assert {event.get("error_type") for event in events} == {None, "tool_error", "not_found"}
    assert {event["trigger"] for event in events} == {"user", "model", "nested"}


def test_what_was_typed_has_the_id_of_its_prompt() -> None:
    """So that a hook and a plugin that both tell of it count once."""
    typed = [case for case in CASES if case["payload"].get("hook_event_name") == "UserPromptExpansion"]
    assert len([case for case in typed if case["events"]]) > 5
    for case in typed:
        assert all(event["event_id"] == case["payload"]["prompt_id"] for event in case["events"])


def test_a_batch_tells_of_each_call_that_nothing_else_tells_of(client: Client) -> None:
    def call(number: int, tool: str, response: object, skill: str | None = None) -> dict[str, Any]:
        given = {"skill": skill} if skill else {"text": 'a "quoted" word', "tool_name": "evil"}
        return {"tool_name": tool, "tool_input": given, "tool_use_id": f"toolu_{number}", "tool_response": response}

    batch = {
        "hook_event_name": "PostToolBatch",
        "session_id": "s",
        "tool_calls": [
            call(1, "Skill", "<tool_use_error>Unknown skill: a</tool_use_error>", "a"),
            call(2, "mcp__demo__echo", [{"type": "text", "text": "Unknown skill: x"}]),
            call(
                3, "mcp__demo__echo", "Claude requested permissions to use mcp__demo__echo, but you haven't granted it."
            ),
            call(4, "Skill", "Launching skill: b", "b"),
            call(5, "Skill", "Skill execution blocked by permission rules", "/c"),
            call(6, "mcp__demo__echo", 'it said "Unknown skill: y"'),
        ],
        "turn": {"tool_calls": "evil"},
    }
    [events] = told(client, [batch])
    assert [(event["event_id"], event["tool_name"], event["status"], event.get("error_type")) for event in events] == [
        ("toolu_1", "a", "error", "not_found"),
        ("toolu_3", "echo", "denied", None),
        ("toolu_5", "c", "denied", None),
    ]


@pytest.mark.parametrize(
    ("skill", "ran", "name"),
    [
        ("/my-skill", "my-skill", "my-skill"),
        (" my-skill ", "my-skill", "my-skill"),
        ("short", "plugin:short", "plugin:short"),
        ("/my-skill", None, "my-skill"),
        ("  my-skill", None, "my-skill"),
        (" /my-skill", None, "my-skill"),
    ],
)
def test_the_name_is_the_one_that_ran(client: Client, skill: str, ran: str | None, name: str) -> None:
    response = {"success": True} | ({"commandName": ran} if ran else {})
    payload = {"hook_event_name": "PostToolUse", "tool_name": "Skill", "tool_input": {"skill": skill}}
    [[event]] = told(client, [{**payload, "tool_response": response}])
    assert event["tool_name"] == name


# The version of a skill


def version_of(client: Client, skill: str, **env: str) -> str | None:
    payload = {"hook_event_name": "PostToolUse", "tool_name": "Skill", "tool_input": {"skill": skill}}
    [[event]] = told(client, [payload], **env)
    version: str | None = event.get("tool_version")
    return version


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_version_in_the_skills_frontmatter(client: Client) -> None:
    write(
        client.home / ".claude" / "skills" / "mine" / "SKILL.md",
        '---\nname: mine\nmetadata:\n  author: a\n  version: "1.2.3"\n---\nversion: 9\n',
    )
    project = client.home / "project"
    write(project / ".claude" / "skills" / "ours" / "SKILL.md", "---\nname: ours\nmetadata:\n  version: 2.0\n---\n")
    write(client.home / ".claude" / "skills" / "bare" / "SKILL.md", "---\nname: bare\n---\nversion: 9\n")
    write(client.home / ".claude" / "skills" / "none" / "SKILL.md", "version: 9\n")
    write(client.home / ".claude" / "skills" / "odd" / "SKILL.md", '---\nversion: "$(touch pwned)"\n---\n')
    assert version_of(client, "mine") == "1.2.3"
    assert version_of(client, "mine", TRACK_SKILLS_TOOL_VERSION="7") == "7"
    assert version_of(client, "ours") is None
    assert version_of(client, "ours", CLAUDE_PROJECT_DIR=str(project)) == "2.0"
    assert [version_of(client, name) for name in ("bare", "none", "odd", "absent")] == [None] * 4
    assert not (client.home / "pwned").exists()


def test_version_in_the_manifest_of_the_skills_plugin(client: Client) -> None:
    cache = client.home / ".claude" / "plugins" / "cache" / "market" / "tools"
    for version in ("1.0.0", "1.1.0"):
        write(
            cache / version / ".claude-plugin" / "plugin.json",
            json.dumps({"name": "tools", "version": version}, indent=2),
        )
    (cache / "1.0.0" / ".orphaned_at").touch()
    assert version_of(client, "tools:pdf") == "1.1.0"
    assert version_of(client, "other:pdf") is None


def test_a_time_out_in_gemini_stands_in_the_middle_of_its_message(client: Client) -> None:
    inner = json.dumps({"error": {"message": "MCP error -32001: Request timed out", "isError": True}})
    message = f"MCP tool 'slow' reported tool error for function call: {{}} with response: [{inner}]"
    payload = {
        "hook_event_name": "AfterTool",
        "timestamp": "2026-11-25T03:04:00.156Z",
        "tool_name": "mcp_demo_slow",
        "tool_input": {"text": '"MCP error -32001: Request timed out"'},
        "tool_response": {"llmContent": message, "returnDisplay": "Error", "error": {"message": message, "type": "x"}},
        "mcp_context": {"server_name": "demo", "tool_name": "slow"},
    }
    fine = {**payload, "tool_response": {"llmContent": message, "returnDisplay": "no error"}}
    [[late], [done]] = told(client, [payload, fine])
    assert (late["status"], late["tool_name"], late["tool_category"]) == ("timeout", "slow", "mcp:demo")
    assert done["status"] == "success"
