"""What Claude Code's records say together: which call a skill was, and what a masked skill is called."""

from __future__ import annotations

import itertools
import json
import time as clock
from typing import Any

import pytest

from otlp import document
from otlp.claude import calls_of_skills, parameters, skill_name, unmasked
from otlp.records import Record
from tests.database import NOW
from tests.otlp.bodies import log, logs


def session(*records: tuple[str, float, dict[str, Any]]) -> list[Record]:
    """Records of one session and prompt, numbered as they come: name, seconds from its start, attributes."""
    made = [
        log(name, NOW + second, **({"session__id": "s", "prompt__id": "p", "event__sequence": number} | fields))
        for number, (name, second, fields) in enumerate(records)
    ]
    return document.logs(json.dumps(logs(*made)).encode()).known


def decided(call: str, second: float = 0, **fields: Any) -> tuple[str, float, dict[str, Any]]:
    return "tool_decision", second, {"tool_name": "Skill", "decision": "accept", "tool_use_id": call, **fields}


def activated(second: float = 0, trigger: str = "nested-skill", **fields: Any) -> tuple[str, float, dict[str, Any]]:
    return "skill_activated", second, {"invocation_trigger": trigger, "skill__name": "custom_skill", **fields}


def result(call: str, second: float = 0, **fields: Any) -> tuple[str, float, dict[str, Any]]:
    return "tool_result", second, {"tool_name": "Skill", "tool_use_id": call, **fields}


def request(second: float, took: int, skill: str | None, **fields: Any) -> tuple[str, float, dict[str, Any]]:
    named = {} if skill is None else {"skill__name": skill}
    return "api_request", second, {"duration_ms": took, **named, **fields}


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"skill.name": "greet"}, "greet"),
        ({"skill.name": "greet", "plugin.name": "demo"}, "demo:greet"),
        ({"skill.name": "demo:greet", "plugin.name": "demo"}, "demo:greet"),
        ({"skill.name": "demo:sub:greet", "plugin.name": "demo"}, "demo:sub:greet"),
        ({"skill.name": "greet", "plugin.name": "third-party"}, "greet"),
        ({"skill.name": "third-party", "plugin.name": "third-party"}, "custom_skill"),
        ({"skill.name": "custom_skill"}, "custom_skill"),
        ({"plugin.name": "demo"}, None),
        ({}, None),
    ],
)
def test_a_skill_of_a_plugin_is_named_with_it(attributes: dict[str, Any], name: str | None) -> None:
    assert skill_name(attributes) == name


@pytest.mark.parametrize(
    ("told", "names"),
    [
        (
            '{"mcp_server_name":"a","mcp_tool_name":"b","full_command":"secret"}',
            {"mcp_server_name": "a", "mcp_tool_name": "b"},
        ),
        ('{"mcp_tool_name":7}', {}),
        ("[]", {}),
        ("", {}),
        ("{", {}),
        ("[" * 100_000, {}),
    ],
)
def test_of_what_a_tool_was_called_with_only_names_are_read(told: str, names: dict[str, str]) -> None:
    assert parameters({"tool_parameters": told}) == names


def test_a_skill_belongs_to_the_call_that_was_decided_on_before() -> None:
    assert calls_of_skills(session(decided("a"), activated(), result("a"), decided("b"), activated())) == {
        1: "a",
        4: "b",
    }


def test_calls_at_once_are_told_apart_by_their_order_and_their_subagent() -> None:
    records = session(decided("a"), decided("b"), activated(), activated(), result("a"), result("b"))
    assert calls_of_skills(records) == {2: "a", 3: "b"}
    records = session(decided("a"), decided("b", agent_id="x"), activated(agent_id="x"), activated())
    assert calls_of_skills(records) == {2: "b", 3: "a"}


def test_a_call_that_activates_nothing_is_of_no_later_skill() -> None:
    assert calls_of_skills(session(decided("a"), result("a", success="false"), activated())) == {}
    assert calls_of_skills(session(decided("a", decision="reject"), activated())) == {}
    assert calls_of_skills(session(decided("a", tool_name="Bash"), activated())) == {}


def test_where_the_decision_is_in_a_body_before_the_result_tells() -> None:
    assert calls_of_skills(session(activated(), result("a"))) == {0: "a"}
    other = session(activated(), ("tool_call", 0, {}), result("a"))
    assert calls_of_skills(other) == {}, "a skill in a process of its own ends later, and its result may be another's"
    assert calls_of_skills(session(activated())) == {}


@pytest.mark.parametrize("trigger", ["user-slash", "agent-preload"])
def test_what_was_not_called_belongs_to_no_call(trigger: str) -> None:
    assert calls_of_skills(session(decided("a"), activated(trigger=trigger), result("a"))) == {}


def test_a_masked_skill_is_named_by_the_first_request_that_begins_afterwards() -> None:
    # The request that asked for it may end just after it: it is of the skill before.
    records = session(activated(1), request(1.1, 500, "before"), request(2, 500, "its-name"), request(3, 100, "later"))
    assert unmasked(records) == {0: "its-name"}
    assert unmasked(session(activated(1), request(1.1, 500, "before"))) == {}


def test_each_of_several_has_its_own_name() -> None:
    records = session(
        activated(1), request(2, 500, "a"), activated(2.1), request(2.2, 300, "a"), request(3, 500, "b"), activated(4)
    )
    assert unmasked(records) == {0: "a", 2: "b"}
    at_once = session(activated(1), activated(1), request(2, 500, "b"))
    assert unmasked(at_once) == {1: "b"}


@pytest.mark.parametrize(
    ("skill", "fields"),
    [
        ("third-party", {"plugin__name": "third-party"}),
        ("custom_skill", {}),
        ("demo:greet", {"plugin__name": "demo"}),
        (None, {}),
    ],
)
def test_what_is_masked_there_too_stays_masked(skill: str | None, fields: dict[str, Any]) -> None:
    assert unmasked(session(activated(1), request(2, 500, skill, **fields), request(3, 500, "later"))) == {}


def test_requests_of_other_subagents_and_prompts_say_nothing() -> None:
    running = session(("tool_result", 0, {"agent_id": "x"}), activated(1), request(2, 500, "other", agent_id="x"))
    assert unmasked(running) == {}
    forked = session(activated(1), request(2, 500, "forked", agent_id="x"))
    assert unmasked(forked) == {0: "forked"}, "a skill that runs in a process of its own"
    inside = session(activated(1, agent_id="x"), request(2, 500, "outer", agent_id="x"))
    assert unmasked(inside) == {}, "inside a subagent requests go on naming the skill around it"
    assert unmasked(session(activated(1), request(2, 500, "other", prompt__id="q"))) == {}


def test_a_name_that_is_not_masked_stays() -> None:
    assert unmasked(session(activated(1, skill__name="own"), request(2, 500, "other"))) == {}


def test_however_many_records_there_are_each_is_looked_at_a_few_times() -> None:
    def seconds(many: int) -> float:
        records = list(itertools.chain(*([*session(activated(1), request(2, 1500, "x"))] for _ in range(many))))
        begun = clock.process_time()
        unmasked(records)
        calls_of_skills(records)
        return clock.process_time() - begun

    assert seconds(4000) < 40 * max(seconds(400), 0.001)
