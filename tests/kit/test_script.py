"""The kit's script as a real process: its own uses alone, each once, nothing of content, and every switch."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from track_skills.kit import script

from tests.clients.collector import Collector
from tests.clients.processes import Client
from tests.kit.plugins import CANARY, Kit, failed, skill, tool, typed, write_odd_plugin

OWN = "mcp__plugin_demo_files_x__read"
USES: dict[str, tuple[dict[str, Any], tuple[str | None, ...]]] = {
    "skill": (skill("demo:greet", 1), ("demo:greet", "skill", "success", "model", None)),
    "with-slash": (skill("/demo:wave", 2), ("demo:wave", "skill", "success", "model", None)),
    "with-space": (skill(" demo:wave", 3), ("demo:wave", "skill", "success", "model", None)),
    "in-subagent": (
        {"agent_id": "a1c12e48", **skill("demo:greet", 4)},
        ("demo:greet", "skill", "success", "nested", None),
    ),
    "failed": (failed(skill("demo:greet", 5)), ("demo:greet", "skill", "error", "model", None)),
    "interrupted": (
        failed(skill("demo:greet", 6), is_interrupt=True),
        ("demo:greet", "skill", "skipped", "model", None),
    ),
    "tool": (tool(OWN, {"path": CANARY}, [{"text": CANARY}], 7), ("read", "mcp:files_x", "success", "model", 5)),
    "tool-failed": (failed(tool(OWN, {}, None, 8)), ("read", "mcp:files_x", "error", "model", 7)),
    "tool-large": (
        tool(OWN, {}, [{"type": "text", "text": f'"duration_ms":{CANARY}}}' * 60_000}], 9),
        ("read", "mcp:files_x", "success", "model", 5),
    ),
    "typed-skill": (typed("demo:greet", number=10), ("demo:greet", "skill", "success", "user", None)),
    "typed-command": (typed("demo:bow", "", number=11), ("demo:bow", "skill", "success", "user", None)),
    "typed-nested": (typed("demo:sub:nod", number=12), ("demo:sub:nod", "skill", "success", "user", None)),
}
FOREIGN = {
    "another-plugin's": skill("other:greet"),
    "nobody's": skill("greet"),
    "not-shipped": skill("demo:secret"),
    "a-way-out": skill("demo:../../skills/greet"),
    "a-longer-name": skill("demo2:greet"),
    "namespace-within": skill("other:demo:greet"),
    "another-server's": tool("mcp__plugin_demo_evil__read", {}, {}),
    "the-server-of-another-plugin": tool("mcp__plugin_other_files_x__read", {}, {}),
    "the-server-of-the-project": tool("mcp__files_x__read", {}, {}),
    "typed-of-the-project": typed("demo:greet", source="projectSettings"),
    "typed-of-another": typed("other:greet"),
    "read-of-its-file": tool("Read", {"file_path": "/x/skills/greet/SKILL.md"}, "demo:greet"),
    "says-so-in-content": tool("Bash", {"skill": "demo:greet", "command": '"tool_name":"Skill"'}, "demo:greet"),
    "the-telemetry-command": typed("demo:telemetry", "status"),
    "another-event": {**skill("demo:greet"), "tool_name": "", "hook_event_name": "Stop"},
}
SWITCHES = ("TRACK_SKILLS_DISABLED", "DO_NOT_TRACK", "DISABLE_TELEMETRY", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC")
CI = [
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "CIRCLECI",
    "TRAVIS",
    "BUILDKITE",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "TF_BUILD",
]


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture
def client(tmp_path: Path, collector: Collector) -> Iterator[Client]:
    one = Client(tmp_path, collector.url)
    yield one
    one.close()


@pytest.fixture
def kit(client: Client, collector: Collector) -> Kit:
    return Kit(client, collector)


def outline(event: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(event.get(name) for name in ("tool_name", "tool_category", "status", "trigger", "duration_ms"))


@pytest.mark.xdist_group("kit-uses")
def test_own_uses_are_all_recorded_once_and_nothing_of_content_leaves(kit: Kit, collector: Collector) -> None:
    for payload, _ in USES.values():
        kit.hook(payload)
        kit.hook(payload)  # a host that runs the hook twice
    events = collector.wait(len(USES))
    assert sorted(map(str, map(outline, events))) == sorted(str(expected) for _, expected in USES.values())
    sent = b"".join(collector.bodies)
    assert CANARY.encode() not in sent
    for raw in (b"toolu_", b"prompt-", b"b6e4f581"):
        assert raw not in sent
    assert {event["agent_id"] for event in events} == {"claude-code"}
    assert {event["tool_version"] for event in events} == {"1.2.3"}
    assert len({event["anonymous_id"] for event in events}) == len({event["session_id"] for event in events}) == 1


def test_what_the_plugin_has_in_odd_places_is_its_own(client: Client, collector: Collector) -> None:
    names = write_odd_plugin(client.home / "plugins" / "odd").values()
    kit = Kit(client, collector, "odd")
    for number, name in enumerate([*names, "odd:nothing", "odd:otherwise", "odd:called", "other:called-otherwise"]):
        kit.hook(skill(name, number))
    kit.hook(tool("mcp__plugin_odd_far_away__look", {}, {}, 99))
    kit.hook(tool("mcp__plugin_odd_far__look", {}, {}, 98))
    events = collector.wait(len(names) + 1)
    client.settle()
    assert sorted(event["tool_name"] for event in collector.events.values()) == sorted([*names, "look"])
    assert {event["tool_category"] for event in events} == {"skill", "mcp:far_away"}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_use_leaves_no_trace(kit: Kit, collector: Collector, name: str) -> None:
    kit.hook(FOREIGN[name])
    kit.client.settle()
    assert not (kit.client.home / ".local").exists()
    assert collector.requests == []


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b"demo:", b'{"tool_name":"demo:', b"\0demo:greet\xff", b"[" * 9000 + b"demo:"]
)
def test_what_is_no_payload_does_no_harm(kit: Kit, payload: bytes) -> None:
    kit.hook(payload)
    assert not (kit.client.home / ".local").exists()


def test_what_is_sent_is_what_the_script_says(kit: Kit, collector: Collector) -> None:
    """The disclosure is made of this table: a field more, or one that is never sent, is red."""
    text = kit.script.read_text()
    kit.hook(tool(OWN, {}, {}, 1), env={"TRACK_SKILLS_TEST": "1"})
    (event,) = collector.wait(1)
    assert set(event) == {name for name, _, _ in script.fields_of(text)}
    for told in ("PRIVACY.md", "README.md"):
        assert all(f"{name}" in (kit.plugin.root / told).read_text() for name in event)


def test_a_field_that_the_script_does_not_explain_is_an_error(kit: Kit) -> None:
    text = kit.script.read_text().replace("  add source plugin", '  add cwd "$PWD"\n  add source plugin')
    with pytest.raises(ValueError, match="cwd"):
        script.fields_of(text)


@pytest.mark.parametrize("switch", [*SWITCHES, *CI])
def test_switched_off_it_leaves_no_trace(kit: Kit, collector: Collector, switch: str) -> None:
    kit.hook(skill("demo:greet"), env={switch: "true"})
    kit.client.settle()
    assert not (kit.client.home / ".local").exists()
    assert collector.requests == []


def test_what_a_person_says_decides_and_status_names_the_rule(kit: Kit, collector: Collector) -> None:
    assert "on: nothing switches it off" in kit.say("status")
    assert not (kit.client.home / ".local").exists()
    assert "off: you said so" in kit.say("off")
    kit.hook(skill("demo:greet"))
    assert [path.name for path in kit.state.iterdir()] == ["off"]
    assert "on: nothing" in kit.say("on")
    kit.hook(skill("demo:greet"))
    (event,) = collector.wait(1)
    assert event["event_id"] in kit.say("show")
    kit.client.env["DO_NOT_TRACK"] = "1"
    assert "off: DO_NOT_TRACK is set" in kit.say("status")


def test_a_typed_word_is_answered_by_the_hook_alone(kit: Kit) -> None:
    answer = kit.plugin.root / "telemetry" / "answer.sh"
    for payload, is_answered in (
        (typed("demo:telemetry", "off"), True),
        (typed("other:telemetry", "off"), False),
        (typed("demo:telemetry", "off", source="projectSettings"), False),
    ):
        data = json.dumps(payload, separators=(",", ":")).encode()
        done = kit.client.run("bash", "-p", answer, input=data)
        assert bool(done.stdout) == is_answered
        if is_answered:
            said = json.loads(done.stdout)
            assert said["decision"] == "block"
            assert "off: you said so" in said["reason"]
            (kit.state / "off").unlink()
    assert not (kit.state / "off").exists()


def test_debug_shows_the_event_and_sends_nothing(kit: Kit, collector: Collector) -> None:
    data = json.dumps(skill("demo:greet")).encode()
    done = kit.client.run("bash", kit.script, input=data, env={"TRACK_SKILLS_DEBUG": "1"})
    assert json.loads(done.stderr)["tool_name"] == "demo:greet"
    assert done.stdout == b""
    assert not (kit.client.home / ".local").exists()
    assert collector.requests == []


def test_opt_in_records_nothing_before_someone_agrees_to_this_list(client: Client, collector: Collector) -> None:
    kit = Kit(client, collector, opt_in="1", on_if=["DEMO_TELEMETRY=yes"])
    kit.hook(skill("demo:greet", 1))
    assert not (client.home / ".local").exists()
    kit.hook(skill("demo:greet", 2), env={"DEMO_TELEMETRY": "no"})
    assert not (client.home / ".local").exists()
    kit.hook(skill("demo:greet", 3), env={"DEMO_TELEMETRY": "yes"})
    collector.wait(1)
    assert "you agreed to list 1" in kit.say("on")
    kit.script.write_text(kit.script.read_text().replace("list='1'", "list='2'"))
    assert "off: you have not agreed to list 2" in kit.say("status")


def test_two_kits_share_nothing(client: Client, collector: Collector) -> None:
    """Each does what its own says, and the two collectors cannot join their people or sessions."""
    with Collector() as second, Collector() as third:
        one = Kit(client, collector, "one")
        two = Kit(client, second, "two", off_if=["TWO_OFF", "TWO=off", "~/.two/off"])
        three = Kit(client, third, "three", opt_in="1")
        three.say("on")
        one.hook(skill("one:greet", 1))
        two.hook(skill("two:greet", 1))
        three.hook(skill("three:greet", 1))
        (first,), (other,), (last,) = collector.wait(1), second.wait(1), third.wait(1)
        for name in ("event_id", "session_id", "anonymous_id"):
            assert len({first[name], other[name], last[name]}) == 3
        assert one.state != two.state
        one.say("off")
        two.hook(skill("two:greet", 2), env={"TWO_OFF": "1"})
        two.hook(skill("two:greet", 3), env={"TWO": "off"})
        (client.home / ".two").mkdir()
        (client.home / ".two" / "off").touch()
        two.hook(skill("two:greet", 4))
        assert "off: ~/.two/off is set" in two.say("status")
        (client.home / ".two" / "off").unlink()
        one.hook(skill("one:greet", 5))
        two.hook(skill("two:greet", 6))
        second.wait(2)
        assert len(collector.events) == 1
        assert {event["tool_name"] for event in second.events.values()} == {"two:greet"}


@pytest.mark.xdist_group("kit-many")
def test_a_hundred_uses_without_a_network_all_arrive_once(kit: Kit, collector: Collector) -> None:
    collector.stop()
    for number in range(99):
        kit.hook(skill("demo:greet", number))
    kit.client.settle()
    collector.start()
    kit.hook(skill("demo:greet", 99))
    collector.wait(100)
    assert sorted(collector.arrived) == sorted(collector.events)
    assert len(kit.say("show")) > 100


def test_what_is_shown_says_that_tries_are_among_it(kit: Kit, collector: Collector) -> None:
    """The ledger is written before each send: what never arrived stands in it, too."""
    collector.stop()
    kit.hook(skill("demo:greet", 1))
    kit.client.settle()
    _, said, line = kit.say("show").split("\n", 2)
    assert said == "Sent, tries too:"
    assert json.loads(line)["tool_name"] == "demo:greet"
    assert len(list((kit.state / "spool").iterdir())) == 1


@pytest.mark.xdist_group("kit-many")
def test_eight_first_uses_at_once_make_one_id(kit: Kit, collector: Collector) -> None:
    started = [kit.client.start("bash", "-p", kit.script) for _ in range(8)]
    for number, process in enumerate(started):
        process.communicate(json.dumps(skill("demo:greet", number), separators=(",", ":")).encode())
    events = collector.wait(8)
    assert len({event["anonymous_id"] for event in events}) == 1


def test_a_bad_event_does_not_cost_the_others(kit: Kit, collector: Collector) -> None:
    collector.mode = "limit"
    collector.most_events = 3
    (kit.state / "spool").mkdir(parents=True)
    for number in range(10):
        kit.hook(skill("demo:greet", number))
    collector.wait(10)


@pytest.mark.parametrize("mode", ["500", "401", "garbage", "hole", "nonsense"])
def test_what_is_no_answer_of_the_collector_keeps_the_event(kit: Kit, collector: Collector, mode: str) -> None:
    collector.mode = mode
    kit.hook(skill("demo:greet"))
    kit.client.settle()
    assert [path.suffix for path in (kit.state / "spool").iterdir()] == [".json"]
    collector.mode = "ok"
    kit.hook(skill("demo:greet", 1))
    collector.wait(2)


def test_nobody_waits_for_the_sender(kit: Kit, collector: Collector) -> None:
    """The agent reads its hook's streams to their end: a collector that never answers does not hold them."""
    collector.mode = "hole"
    kit.hook(skill("demo:greet"))
    assert kit.client.processes(), "curl waits for five seconds"
    collector.wait_requests(1)


def test_stdin_that_stays_open_costs_nothing(kit: Kit, collector: Collector) -> None:
    with kit.client.start("bash", "-p", kit.script) as process:
        assert process.stdin
        process.stdin.write(json.dumps(skill("demo:greet"), separators=(",", ":")).encode())
        process.stdin.flush()
        collector.wait(1)


def test_whether_there_were_arguments_and_not_which(client: Client, collector: Collector) -> None:
    kit = Kit(client, collector, facts=["ids", "arguments"])
    given = {"skill": "demo:wave", "args": ""}
    cases = [
        (skill("demo:greet", 1), True),
        (tool("Skill", given, {"success": True, "args": CANARY}, 2), False),
        (tool("Skill", {"skill": "demo:wave"}, {}, 3), False),
        (failed(tool("Skill", {**given, "args": '"args":""'}, None, 4)), True),
        (typed("demo:bow", "", number=5), False),
        (typed("demo:bow", '"', number=6), True),
        (tool(OWN, {"args": CANARY}, {}, 7), None),
    ]
    for payload, _ in cases:
        kit.hook(payload)
    events = collector.wait(len(cases))
    told = [event["metadata"].get("arguments") for event in sorted(events, key=lambda event: event["timestamp"])]
    assert told == [expected for _, expected in cases]
    assert CANARY.encode() not in b"".join(collector.bodies)


def test_chosen_facts_and_nothing_else(client: Client, collector: Collector) -> None:
    kit = Kit(client, collector, facts=["arguments", "permission_mode", "architecture", "install"])
    kit.hook(typed("demo:greet", CANARY, number=1))
    kit.hook(typed("demo:bow", "", number=2))
    events = {event["tool_name"]: event for event in collector.wait(3)}
    assert events["demo"]["tool_category"] == "plugin"
    assert events["demo:greet"]["metadata"] == {
        "schema": 1,
        "arguments": True,
        "permission_mode": "default",
        "architecture": os.uname().machine,
    }
    assert events["demo:bow"]["metadata"]["arguments"] is False
    assert not {"anonymous_id", "session_id"} & {name for event in events.values() for name in event}


def test_without_a_program_that_hashes_no_raw_id_leaves(kit: Kit, collector: Collector) -> None:
    tools = kit.client.home / "bin"
    tools.mkdir()
    for name in ["bash", "cat", "curl", "date", "find", "mkdir", "mv", "od", "paste", "rm", "sleep", "tail", "tr"]:
        (tools / name).symlink_to(shutil.which(name) or "/nowhere")
    kit.hook(skill("demo:greet"), env={"PATH": str(tools)})
    (event,) = collector.wait(1)
    assert "session_id" not in event
    assert "toolu_" not in event["event_id"]


@pytest.mark.parametrize(
    ("env", "agent"),
    [
        ({}, None),
        ({"CODEX_CI": "1", "CODEX_THREAD_ID": "thread-1", "CODEX_TOOL_CALL_ID": "call-1"}, "codex"),
        ({"COPILOT_CLI": "1", "COPILOT_AGENT_SESSION_ID": "thread-1"}, "copilot"),
    ],
    ids=["none", "codex", "copilot"],
)
def test_a_skill_says_so_itself_where_no_hook_does(
    kit: Kit, collector: Collector, env: dict[str, str], agent: str | None
) -> None:
    for words in (("used", "greet"), ("used", "secret"), ("used", ""), ("used", "../greet"), ("used", "telemetry")):
        done = kit.client.run("bash", kit.script, *words, env=env)
        assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
    (event,) = collector.wait(1)
    kit.client.settle()
    assert outline(event) == ("demo:greet", "skill", "unknown", None, None)
    assert event.get("agent_id") == agent
    assert ("session_id" in event) == bool(agent)
    assert b"thread-1" not in b"".join(collector.bodies)
    assert len(collector.events) == 1


@pytest.mark.parametrize("env", [{"CLAUDECODE": "1"}, {"DO_NOT_TRACK": "1"}, {"CI": "true"}], ids=str)
def test_what_a_skill_says_is_nothing_where_a_hook_counts_or_it_is_off(
    kit: Kit, collector: Collector, env: dict[str, str]
) -> None:
    kit.client.run("bash", kit.script, "used", "greet", env=env)
    kit.client.settle()
    assert not (kit.client.home / ".local").exists()
    assert collector.requests == []


def test_a_reviewer_can_follow_it() -> None:
    """At most 150 lines, and none of what a validator stops at."""
    text = script.source(script.SCRIPT)
    assert len(text.splitlines()) <= 150
    code = [line.split(" # ")[0] for line in text.splitlines() if not line.startswith("#")]
    for word in ("eval", "<<", "wget", "base64", "| bash", "| sh ", "transcript"):
        assert not [line for line in code if word in line], word
