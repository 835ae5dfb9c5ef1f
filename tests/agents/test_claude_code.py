"""Claude Code with our hook and our plugin: what the collector counts is what happened."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator

import pytest
from track_skills.cli.checks import agents as doctor

from tests.agents import claude_code
from tests.agents.claude_code import CLAUDE, use_mcp, use_skill
from tests.agents.host import Host, deliver, rest, wait_until, write_json
from tests.agents.model import Model
from tests.agents.script import Call
from tests.agents.set_up import set_up
from tests.agents.uses import Event, Use, of_mcp, of_skill, outline, outlines
from tests.clients.collector import Collector
from tests.clients.processes import Client
from tests.conftest import Local

pytestmark = pytest.mark.skipif(
    not CLAUDE.exists(), reason="Claude Code is not installed: make .build/agents/claude-code/ready"
)

MAIN = {
    "skill": Use(use_skill("my-skill"), of_skill("my-skill")),
    "skill-with-slash": Use(use_skill("/my-skill"), of_skill("my-skill")),
    "skill-forked": Use(use_skill("forked-skill"), of_skill("forked-skill")),
    "skill-unknown": Use(use_skill("no-such-skill"), of_skill("no-such-skill", "error", error_type="not_found")),
    "skill-denied": Use(use_skill("denied-skill"), of_skill("denied-skill", "denied")),
    "skill-typed-only": Use(use_skill("typed-only"), of_skill("typed-only", "denied")),
    "mcp": Use(use_mcp("echo", text="once"), of_mcp("echo")),
    "mcp-error": Use(use_mcp("boom"), of_mcp("boom", "error", error_type="tool_error")),
    "mcp-refused-by-server": Use(
        use_mcp("rpcerr"),
        of_mcp("rpcerr", "error", error_type="tool_error"),
    ),
    "mcp-time-out": Use(use_mcp("slow", seconds=30), of_mcp("slow", "timeout")),
    "mcp-unknown": Use(use_mcp("nothing"), of_mcp("nothing", "error", error_type="not_found")),
    "mcp-not-granted": Use(use_mcp("private"), of_mcp("private", "denied")),
}
AT_ONCE = {f"mcp-at-once-{n}": Use(use_mcp("echo", text=str(n)), of_mcp("echo")) for n in range(4)}
FORKED = {"mcp-in-forked-skill": Use(use_mcp("echo", text="forked"), of_mcp("echo", trigger="nested"))}
WORKER = {
    "skill-in-subagent": Use(use_skill("nested-skill"), of_skill("nested-skill", trigger="nested")),
    "mcp-in-subagent": Use(use_mcp("echo", text="nested"), of_mcp("echo", trigger="nested")),
}
ALL = {**MAIN, **AT_ONCE, **FORKED, **WORKER}
TO_WORKER = Call("Agent", {"description": "some work", "subagent_type": "worker", "prompt": "play: worker"})
SCRIPTS = {
    "main": [*((use.call,) for use in MAIN.values()), tuple(use.call for use in AT_ONCE.values()), (TO_WORKER,)],
    "forked": [(use.call,) for use in FORKED.values()],
    "worker": [(use.call,) for use in WORKER.values()],
    "plugin": [(use_skill("greet"),), (use_skill("demo-plugin:greet"),)],
    "short": [(use_mcp("echo", text="short"),)],
    "interrupted": [(use_mcp("slow", seconds=60),)],
}
TYPED = of_skill("my-skill", trigger="user")
BY_A_PERSON = {
    "/my-skill": [TYPED],
    "/own-skill": [of_skill("own-skill", trigger="user")],
    "/demo-plugin:greet": [of_skill("demo-plugin:greet", trigger="user")],
    "/typed-only": [of_skill("typed-only", trigger="user")],
    "/forked-skill": [of_skill("forked-skill", trigger="user"), of_mcp("echo", trigger="nested")],
    "/mcp__demo__greet": [{**of_skill("greet", trigger="user"), "tool_category": "mcp-prompt:demo"}],
    "/init": [],
    "/code-review": [],
    "/no-such-command": [],
    "/etc/hosts is what I mean": [],
    "no command at all": [],
}
REACHED = Counter({"echo": 7, "boom": 1, "rpcerr": 1, "slow": 1})


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    with Model(SCRIPTS) as running:
        yield running


@pytest.fixture
def host(client: Client, model: Model, collector: Collector) -> Host:
    """A home with the hook."""
    made = claude_code.new_host(client, model)
    claude_code.paste_settings(made, collector.url)
    return made


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, model: Model) -> Iterator[list[Event]]:
    """Of one session: a typed skill, and then everything that a model may ask for."""
    with Collector() as collector:
        client = Client(tmp_path_factory.mktemp("session"), collector.url)
        host = claude_code.new_host(client, model)
        claude_code.paste_settings(host, collector.url)
        claude_code.prompt(host, "/my-skill play: main")
        deliver(client)
        assert Counter(host.calls()) == REACHED, "the session went another way"
        yield list(collector.events.values())
        client.close()


@pytest.mark.parametrize("name", ALL)
def test_a_use_is_recorded_as_it_was(recorded: list[Event], name: str) -> None:
    (event,) = [event for event in recorded if event["event_id"] == ALL[name].call.id]
    assert outline(event) == outline(ALL[name].event)
    assert (event["agent_id"], event["source"]) == ("claude-code", "hook")


def test_what_was_typed_is_recorded(recorded: list[Event]) -> None:
    (event,) = [event for event in recorded if event.get("trigger") == "user"]
    assert outline(event) == outline(TYPED)
    assert "duration_ms" not in event


def test_durations_are_those_of_the_work(recorded: list[Event]) -> None:
    """Loading a skill is not using it; a forked skill and an MCP tool took their time."""
    timed = {event["event_id"] for event in recorded if "duration_ms" in event}
    loads = {use.call.id for name, use in ALL.items() if name.startswith("skill") and name != "skill-forked"}
    assert ALL["skill-forked"].call.id in timed
    assert {use.call.id for use in AT_ONCE.values()} <= timed
    assert not loads & timed


def test_nothing_else_is_recorded(recorded: list[Event]) -> None:
    known = {use.call.id for use in ALL.values()}
    others = [event for event in recorded if event["event_id"] not in known]
    assert [outline(event) for event in others] == [outline(TYPED)]


def test_all_of_one_session_say_so(recorded: list[Event]) -> None:
    assert len({event["session_id"] for event in recorded}) == 1
    assert len({event["anonymous_id"] for event in recorded}) == 1


def test_a_real_worker_counts_what_happened(client: Client, model: Model, worker: Local) -> None:
    host = claude_code.new_host(client, model)
    claude_code.paste_settings(host, worker.url)
    claude_code.prompt(host, "/my-skill play: main")
    deliver(client)
    lines = worker.send("GET", "/analytics/export?days=1&format=ndjson").body.decode().splitlines()
    happened = Counter(outline(use.event) for use in ALL.values()) + Counter([outline(TYPED)])
    assert Counter(outline(json.loads(line)) for line in lines) == happened


def test_the_plugin_counts_the_same(client: Client, model: Model, collector: Collector) -> None:
    host = claude_code.new_host(client, model)
    claude_code.install_plugin(host, collector.url)
    claude_code.prompt(host, "/my-skill play: short")
    deliver(client)
    events = collector.wait(2)
    assert outlines(events) == outlines([TYPED, of_mcp("echo")])
    assert {event["source"] for event in events} == {"plugin"}


def test_hook_and_plugin_together_count_once(host: Host, client: Client, collector: Collector) -> None:
    claude_code.install_plugin(host, collector.url)
    claude_code.prompt(host, "/my-skill play: short")
    deliver(client)
    assert outlines(collector.wait(2)) == outlines([TYPED, of_mcp("echo")])


@pytest.mark.parametrize("typed", BY_A_PERSON)
def test_what_a_person_typed(host: Host, client: Client, collector: Collector, typed: str) -> None:
    claude_code.prompt(host, typed)
    deliver(client)
    assert outlines(collector.wait(len(BY_A_PERSON[typed]))) == outlines(BY_A_PERSON[typed])


def test_a_skill_of_a_plugin(host: Host, client: Client, collector: Collector) -> None:
    """It has the name that ran: where the model leaves the plugin out, Claude Code does not say which one it was."""
    claude_code.prompt(host, "play: plugin")
    deliver(client)
    assert outlines(collector.wait(2)) == outlines([of_skill("greet"), of_skill("demo-plugin:greet")])


def test_an_interrupted_call_is_no_success(host: Host, client: Client, collector: Collector) -> None:
    with claude_code.converse(host, MCP_TOOL_TIMEOUT="60000") as session:
        claude_code.tell(session, {"type": "user", "message": {"role": "user", "content": "play: interrupted"}})
        wait_until(host.calls)
        request = {"subtype": "interrupt"}
        claude_code.tell(session, {"type": "control_request", "request_id": "1", "request": request})
        claude_code.tell(session, {"type": "user", "message": {"role": "user", "content": "play: short"}})
        wait_until(lambda: host.calls() == ["slow", "echo"])
        wait_until(lambda: client.files() or collector.events)  # the end of the session would cut a slow hook short
        session.communicate(timeout=60)
    deliver(client)
    by_tool = {event["tool_name"]: event["status"] for event in collector.wait(1)}
    assert by_tool.pop("slow", "skipped") == "skipped"
    assert by_tool == {"echo": "success"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_what_came_before_a_sudden_end_is_kept(
    host: Host, client: Client, collector: Collector, number: signal.Signals
) -> None:
    """The session is ended in the midst of a call; what it had done until then was recorded."""
    with claude_code.converse(host, MCP_TOOL_TIMEOUT="60000") as session:
        claude_code.tell(
            session, {"type": "user", "message": {"role": "user", "content": "/my-skill play: interrupted"}}
        )
        wait_until(host.calls)
        session.send_signal(number)
        session.communicate(timeout=60)
    assert outline(collector.wait(1)[0]) == outline(TYPED)
    client.kill()
    assert [event["tool_name"] for event in collector.events.values() if event["status"] == "success"] == ["my-skill"]


def test_what_a_session_recorded_goes_by_itself(host: Host, collector: Collector) -> None:
    """At its end, or as soon as the machine may post again if a hook was still at work then; nobody flushes here."""
    claude_code.prompt(host, "/my-skill play: short")
    assert outlines(collector.wait(2)) == outlines([TYPED, of_mcp("echo")])


def test_a_session_that_ends_at_once_loses_nothing(host: Host, client: Client, collector: Collector) -> None:
    """The model has nothing to say after the prompt: the session is over while the hook may still be at work."""
    for _ in range(3):
        claude_code.prompt(host, "/my-skill please")
    deliver(client)
    assert [outline(event) for event in collector.wait(3)] == [outline(TYPED)] * 3


def test_a_collector_that_was_away_gets_everything(host: Host, client: Client, collector: Collector) -> None:
    collector.stop()
    claude_code.prompt(host, "/my-skill play: short")
    rest(client)
    assert len(client.files()) == 2
    collector.start()
    claude_code.prompt(host, "nothing to do")
    rest(client)
    assert outlines(collector.wait(2)) == outlines([TYPED, of_mcp("echo")])
    assert client.files() == []


def test_switched_off_it_leaves_no_trace(host: Host, client: Client, collector: Collector) -> None:
    claude_code.prompt(host, "/my-skill play: short", DO_NOT_TRACK="1")
    rest(client)
    assert host.calls() == ["echo"]
    assert not client.state.exists()
    assert collector.requests == []


@pytest.mark.parametrize("damage", ["crlf", "missing", "empty", "not-bash"])
def test_a_damaged_hook_blocks_nothing(host: Host, damage: str) -> None:
    script = host.home / ".claude" / "hooks" / "track-skills-hook.sh"
    if damage == "missing":
        script.unlink()
    else:
        whole = script.read_bytes()
        contents = {"crlf": whole.replace(b"\n", b"\r\n"), "empty": b"", "not-bash": b"(((\n"}
        script.write_bytes(contents[damage])
    claude_code.prompt(host, "/my-skill play: short")
    assert host.calls() == ["echo"]


def test_as_the_command_sets_it_up_and_undoes_it(client: Client, model: Model, collector: Collector) -> None:
    host = claude_code.new_host(client, model)
    settings = host.home / ".claude" / "settings.json"
    settings.write_text(f'{{ "env": {{"TRACK_SKILLS_ENDPOINT": "{collector.url}"}} }}')
    before = settings.read_bytes()
    set_up(host, "claude-code")
    claude_code.prompt(host, "/my-skill play: short")
    deliver(client)
    assert outlines(list(collector.events.values())) == outlines([of_mcp("echo"), TYPED])
    set_up(host, "claude-code", "--remove")
    assert settings.read_bytes() == before
    claude_code.prompt(host, "/my-skill play: short")
    deliver(client)
    assert len(collector.events) == 2


@pytest.mark.parametrize(
    ("file", "settings", "variables", "runs"),
    [
        ("home/.claude/settings.json", {"disableAllHooks": True}, {}, False),
        ("project/.claude/settings.json", {"disableAllHooks": True}, {}, False),
        ("project/.claude/settings.local.json", {"disableAllHooks": True}, {}, False),
        ("project/.claude/settings.local.json", {"disableAllHooks": False}, {}, True),
        ("project/.claude/settings.local.json", {}, {"CLAUDE_CODE_SAFE_MODE": "1"}, False),
    ],
)
def test_the_doctor_says_of_a_switch_what_claude_code_makes_of_it(
    client: Client,
    host: Host,
    collector: Collector,
    file: str,
    settings: dict[str, bool],
    variables: dict[str, str],
    runs: bool,
) -> None:
    path = (host.home if file.startswith("home") else host.project) / file.partition("/")[2]
    write_json(path, {**(json.loads(path.read_text()) if path.exists() else {}), **settings})
    claude_code.prompt(host, "/my-skill play: short", **variables)
    deliver(client)
    assert bool(collector.events) is runs
    found = doctor.agents({**host.env, **variables}, host.project)
    assert any("does not run the hook" in finding.said for finding in found if finding.state == "wrong") is not runs
