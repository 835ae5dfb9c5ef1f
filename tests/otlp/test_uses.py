"""What records become: of every agent, as it really sends them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from intake.event import parse_event
from otlp import document
from otlp.uses import Found, Raw, found_in
from tests.database import NOW
from tests.otlp.bodies import captured, log, logs, span, summary, traces

Summary = list[tuple[object, ...]]


def found(body: dict[str, Any]) -> Found:
    """What a body in JSON tells of."""
    reader = document.logs if "resourceLogs" in body else document.traces
    return found_in(reader(json.dumps(body).encode()).known)


def use(body: dict[str, Any]) -> Raw:
    """The one use that a body tells of."""
    (only,) = found(body).uses
    return only


def session(name: str) -> Summary:
    """All uses of a captured session."""
    return [row for body in captured(name) for row in summary(found(body))]


def test_claude_code_with_names() -> None:
    assert session("claude_code_details_logs") == [
        ("skill", "my-skill", "user", "success", None),
        ("skill", "my-skill", "nested", "success", None),
        ("skill", "demo-plug:greet", "nested", "success", None),
        ("skill", "fork-skill", "nested", "success", None),
        ("mcp:demo", "echo", "model", "success", 40),
        ("mcp:demo", "boom", "model", "error", 9),
        ("skill", "nested-skill", "nested", "success", None),
        ("mcp:demo", "echo", "nested", "success", 8),
    ]


def test_claude_code_as_it_masks_names() -> None:
    assert session("claude_code_logs") == [
        ("skill", "my-skill", "user", "success", None),
        ("skill", "my-skill", "nested", "success", None),
        ("skill", "custom_skill", "nested", "success", None),
        ("skill", "fork-skill", "nested", "success", None),
        ("mcp", "mcp_tool", "model", "success", 71),
        ("mcp", "mcp_tool", "model", "error", 8),
        ("skill", "custom_skill", "nested", "success", None),
        ("mcp", "mcp_tool", "nested", "success", 7),
    ]


def test_codex() -> None:
    assert session("codex_logs") == [
        ("skill", "my-skill", "user", "success", None),
        ("skill", "my-skill", "model", "success", None),
        ("mcp:demo", "echo", "model", "success", 5),
        ("mcp:demo", "boom", "model", "error", 17),
        ("mcp:demo", "rpcerr", "model", "error", 11),
        ("mcp:demo", "echo", "model", "success", 8),
        ("mcp:demo", "slow", "model", "success", 1361),
    ]


def test_gemini_cli() -> None:
    assert session("gemini_cli_logs") == [
        ("skill", "activate_skill", "model", "success", None),
        ("mcp:demo", "echo", "model", "success", 140),
        ("mcp:demo", "boom", "model", "error", 129),
        ("mcp:demo", "rpcerr", "model", "error", 121),
        ("mcp:demo", "echo", "model", "success", 138),
        ("mcp:demo", "slow", "model", "success", 1689),
        ("skill", "activate_skill", "model", "error", None),
    ]


def test_qwen_code() -> None:
    assert session("qwen_code_logs") == [
        ("skill", "my-skill", "model", "success", None),
        ("mcp:demo", "echo", "model", "success", 141),
        ("mcp:demo", "boom", "model", "error", 185),
        ("mcp:demo", "rpcerr", "model", "error", 566),
        ("mcp:demo", "echo", "model", "success", 193),
        ("mcp:demo", "slow", "model", "success", 1389),
    ]


def test_copilot() -> None:
    assert session("copilot_traces") == [
        ("skill", "my-skill", "model", "success", None),
        ("tool", "bash", "model", "success", 95),
        ("tool", "bash", "model", "success", 63),
        ("mcp", "mcp_tool", "model", "success", 43),
        ("mcp", "mcp_tool", "model", "error", 30),
        ("mcp", "mcp_tool", "model", "error", 37),
        ("mcp", "mcp_tool", "model", "success", 43),
        ("mcp", "mcp_tool", "model", "success", 1241),
        ("skill", "no-such", "model", "error", None),
        ("tool", "no_such_tool", "model", "error", 37),
    ]


def test_opencode() -> None:
    rows = [row[:4] for row in session("opencode_traces")]
    assert rows == [
        ("skill", "skill", "model", "success"),
        ("tool", "bash", "model", "success"),
        ("tool", "bash", "model", "success"),
        ("tool", "demo_echo", "model", "success"),
        ("tool", "demo_boom", "model", "error"),
        ("tool", "demo_rpcerr", "model", "error"),
        ("tool", "demo_echo", "model", "success"),
        ("tool", "demo_slow", "model", "success"),
        ("skill", "skill", "model", "error"),
        ("tool", "invalid", "model", "success"),
    ]


@pytest.mark.parametrize(
    ("name", "agent"),
    [
        ("claude_code_logs", "claude-code"),
        ("codex_logs", "codex"),
        ("gemini_cli_logs", "gemini-cli"),
        ("qwen_code_logs", "qwen-code"),
        ("copilot_traces", "copilot"),
        ("opencode_traces", "opencode"),
    ],
)
def test_every_use_of_every_agent_is_a_valid_event_of_somebody_with_an_id_of_its_own(name: str, agent: str) -> None:
    bodies = captured(name)
    events = [parse_event(raw, 1_795_600_000) for body in bodies for raw in found(body).uses]
    assert {(event.agent_id, event.source, event.ignored) for event in events} == {(agent, "otlp", ())}
    assert len({event.event_id for event in events}) == len(events)
    assert all(event.anonymous_id or event.session_id for event in events)


def test_hook_and_opentelemetry_have_the_same_ids() -> None:
    """tool_use_id of calls, also of skills, and prompt_id of what was typed, as the hook has them."""
    ids = [str(raw["event_id"]) for body in captured("claude_code_details_logs") for raw in found(body).uses]
    assert [each.partition("_")[0] for each in ids[1:]] == ["toolu"] * 7
    assert ids[0] == "2893eb59-a6df-45fc-a352-006f950b9828"
    assert all(
        str(use["event_id"]).startswith("call_") for body in captured("opencode_traces") for use in found(body).uses
    )


@pytest.mark.parametrize(
    ("trigger", "counted"),
    [
        ("user-slash", "user"),
        ("claude-proactive", "model"),
        ("nested-skill", "nested"),
        ("agent-preload", "nested"),
        ("else", "unknown"),
    ],
)
def test_what_triggered_a_skill(trigger: str, counted: str) -> None:
    assert use(logs(log("skill_activated", skill__name="a", invocation_trigger=trigger)))["trigger"] == counted


def test_source_and_marketplace_are_kept_as_labels() -> None:
    record = log("skill_activated", skill__name="a", skill__source="plugin", marketplace__name="m", other="secret")
    assert use(logs(record))["metadata"] == {"skill.source": "plugin", "marketplace.name": "m"}


def test_several_of_one_millisecond_are_several() -> None:
    records = [log("skill_activated", skill__name="a", session__id="s", event__sequence=n) for n in range(3)]
    loaded = [log("plugin_loaded", plugin__name=f"p{n}", session__id="s", event__sequence=3 + n) for n in range(5)]
    told = found(logs(*records, *loaded))
    assert len({raw["event_id"] for raw in told.uses}) == 3
    assert [raw["tool_name"] for raw in told.loaded] == ["p0", "p1", "p2", "p3", "p4"]


def test_the_sequence_begins_again_in_a_resumed_session() -> None:
    first, later = (
        log("skill_activated", at, skill__name="a", session__id="s", event__sequence=1) for at in (NOW, NOW + 1)
    )
    assert len({raw["event_id"] for raw in found(logs(first, later)).uses}) == 2
    assert found(logs(first)).uses == found(logs(first)).uses


@pytest.mark.parametrize("fields", [{}, {"session__id": "s" * 500}, {"session__id": "\ud800", "event__sequence": 1}])
def test_an_id_of_its_own_is_one_that_an_event_may_have(fields: dict[str, Any]) -> None:
    record = log("skill_activated", skill__name="a" * 128, **fields)
    event = parse_event(use(logs(record)), NOW)
    assert event.event_id
    assert "event_id" not in [error.field for error in event.ignored]


def test_the_category_of_a_team_is_for_what_has_no_other() -> None:
    plain = traces(span("x", gen_ai__operation__name="execute_tool", gen_ai__tool__name="t"))
    plain["resourceSpans"][0]["resource"] = {
        "attributes": [{"key": "track_skills.category", "value": {"stringValue": "c"}}]
    }
    assert use(plain)["tool_category"] == "c"
    skill = logs(log("skill_activated", skill__name="a"), track_skills__category="c")
    assert use(skill)["tool_category"] == "skill"


@pytest.mark.parametrize(
    ("fields", "category", "name", "duration"),
    [
        ({"gen_ai__tool__name": "t"}, "tool", "t", 500),
        ({"gen_ai__tool__name": "t", "mcp__server__name": "s"}, "mcp:s", "t", 500),
        ({"gen_ai__tool__name": "t", "mcp__method__name": "tools/call"}, "mcp", "t", 500),
        ({"gen_ai__tool__name": "0" * 64, "mcp__server__name": ""}, "mcp", "mcp_tool", 500),
        ({"gen_ai__tool__name": "skill", "gen_ai__skill__name": "k"}, "skill", "k", None),
        ({"gen_ai__tool__name": "run", "gen_ai__skill__name": "k"}, "skill", "k", 500),
    ],
)
def test_whatever_speaks_the_genai_conventions(
    fields: dict[str, Any], category: str, name: str, duration: float | None
) -> None:
    read = use(traces(span("x", gen_ai__operation__name="execute_tool", **fields)))
    assert (read["tool_category"], read["tool_name"], read["duration_ms"]) == (category, name, duration)
    assert use(logs(log("x", gen_ai__operation__name="execute_tool", **fields)))["tool_name"] == name


def test_outcome_and_error_of_a_span() -> None:
    known = {"gen_ai__operation__name": "execute_tool", "gen_ai__tool__name": "t"}
    failed = use(traces(span("x", failed=True, error__type="Timeout", **known)))
    assert (failed["status"], failed["error_type"]) == ("error", "Timeout")
    assert use(traces(span("x", error__type="Timeout", **known)))["status"] == "success"
    assert use(logs(log("x", error__type="Timeout", **known)))["status"] == "error"
    assert use(logs(log("x", **known)))["status"] == "unknown"


def test_a_call_id_that_is_a_count_begins_again_in_each_session() -> None:
    ids = {
        use(
            traces(
                span(
                    "x",
                    gen_ai__operation__name="execute_tool",
                    gen_ai__tool__name="t",
                    gen_ai__tool__call__id="call_0",
                    gen_ai__conversation__id=session,
                )
            )
        )["event_id"]
        for session in ("a", "b")
    }
    assert len(ids) == 2


def test_tools_of_the_agents_own_are_not_counted() -> None:
    assert found(logs(log("tool_result", tool_name="Bash", tool_use_id="toolu_123456789"))).uses == []
    assert found(logs(log("codex.tool_result", tool_name="exec", call_id="call_123456789", mcp_server=""))).uses == []
    assert found(logs(log("tool_call", function_name="read_file"))).uses == []


def test_an_mcp_tool_under_its_full_name() -> None:
    read = use(logs(log("tool_result", tool_name="mcp__a_b__t__u", success="true", tool_use_id="toolu_123456789")))
    assert (read["tool_category"], read["tool_name"]) == ("mcp:a_b", "t__u")


def test_what_a_request_took_stands_by_its_skill() -> None:
    told = found(logs(log("api_request", skill__name="a", input_tokens=7), log("codex.api_request", model="m")))
    ((raw, attributes),) = told.requests
    assert (raw["tool_name"], raw["tool_category"], attributes["input_tokens"]) == ("a", "skill", 7)


def test_a_loaded_plugin_has_its_version() -> None:
    (raw,) = found(logs(log("plugin_loaded", plugin__name="p", plugin__version="1.0", user__id="u"))).loaded
    assert (raw["tool_name"], raw["tool_version"], raw["anonymous_id"]) == ("p", "1.0", "u")
