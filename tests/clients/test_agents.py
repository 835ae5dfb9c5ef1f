"""Which agent runs a client: client/agents.json, read alike by all of them, and held against a peer's test cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from processes import CLIENT
from test_vectors import check

DATA = json.loads((CLIENT / "agents.json").read_text())
AGENTS: list[dict[str, Any]] = DATA["agents"]
CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "detect-agent.json").read_text())
# The clients that read client/agents.json; another one joins by its word here.
LANGUAGES = pytest.mark.parametrize("language", ["bash", "python", "js", "go"])
# The peer's word for an agent, and our id.
IDS = {
    "ANTIGRAVITY": "antigravity",
    "AUGMENT_CLI": "augment",
    "CLAUDE": "claude-code",
    "CODEX": "codex",
    "COWORK": "cowork",
    "CURSOR": "cursor",
    "CURSOR_CLI": "cursor",
    "GEMINI": "gemini-cli",
    "GITHUB_COPILOT": "copilot",
    "GOOSE": "goose",
    "GROK": "grok",
    "JUNIE": "junie",
    "KIMI": "kimi",
    "OPENCODE": "opencode",
    "REPLIT": "replit",
}
# Cases that are decided otherwise here: what ours says, and why.
OTHERWISE: dict[str, tuple[str | None, str]] = {
    "CURSOR_TRACE_ID takes priority over other agents": (
        "claude-code",
        "what is started in Cursor's terminal inherits its variables, and Claude Code often is",
    ),
    "CURSOR_AGENT takes priority over remaining agents": ("claude-code", "the same"),
    "detects github copilot from COPILOT_GITHUB_TOKEN": (
        None,
        "a credential that people keep in their own shell; a client looks at none but its own",
    ),
    "detects pi from PATH containing .pi/agent": (
        None,
        "the folder stays on the PATH of whoever installed it; pi itself sets AI_AGENT=pi and PI_CODING_AGENT",
    ),
    "detects kiro when TERM_PROGRAM=kiro and no TTY": (
        None,
        "a person's script in Kiro's terminal has no TTY either as soon as it is piped",
    ),
    "CLAUDE_CODE_IS_COWORK alone returns no agent": (
        "cowork",
        "nothing but Cowork sets it, and one variable is enough for every other agent too",
    ),
    "detects devin when /opt/.devin exists": (
        None,
        "no file of the machine outside the state folder is looked for",
    ),
}


def marked(variable: str) -> dict[str, str]:
    """The environment in which a variable of the data tells its agent."""
    name, _, wanted = variable.partition("=")
    return {name: wanted or "1"}


def expected(case: dict[str, Any]) -> str | None:
    if case["name"] in OTHERWISE:
        return OTHERWISE[case["name"]][0]
    return IDS[case["expectedAgentKey"]] if "expectedAgentKey" in case else case.get("expectedName")


@LANGUAGES
def test_cases_of_a_peer(language: str, home: Path) -> None:
    check(
        language,
        home,
        [{"env": case["env"]} for case in CASES],
        [{"agent_id": expected(case)} for case in CASES],
    )


def test_what_is_decided_otherwise_is_a_case_and_differs() -> None:
    cases = {case["name"]: case for case in CASES}
    for name, (ours, reason) in OTHERWISE.items():
        assert reason
        assert ours != (IDS | {"PI": "pi", "KIRO": "kiro", "DEVIN": "devin"}).get(cases[name].get("expectedAgentKey"))


@LANGUAGES
def test_each_variable_alone_and_empty(language: str, home: Path) -> None:
    variables = [(agent["id"], variable) for agent in AGENTS for variable in agent["variables"]]
    steps = [{"env": marked(variable)} for _, variable in variables]
    steps += [{"env": dict.fromkeys(marked(variable), "")} for _, variable in variables]
    values: list[dict[str, Any]] = [{"agent_id": agent} for agent, _ in variables]
    check(language, home, steps, [*values, *({"agent_id": None} for _ in variables)])


@LANGUAGES
def test_a_variable_with_another_value(language: str, home: Path) -> None:
    names = [variable.partition("=")[0] for agent in AGENTS for variable in agent["variables"] if "=" in variable]
    assert names
    check(language, home, [{"env": {name: "other"}} for name in names], [{"agent_id": None} for _ in names])


@LANGUAGES
def test_the_first_of_several(language: str, home: Path) -> None:
    steps = []
    for number in range(len(AGENTS)):
        merged: dict[str, str] = {}
        for agent in AGENTS[number:]:
            for variable in agent["variables"]:
                merged = {**marked(variable), **merged}
        steps.append({"env": merged})
    check(language, home, steps, [{"agent_id": agent["id"]} for agent in AGENTS])


@LANGUAGES
def test_what_an_agent_says_of_itself(language: str, home: Path) -> None:
    """AI_AGENT as Claude Code, Pi and others set it; AGENT as Amp, Goose and opencode do."""
    said: list[tuple[dict[str, str], str | None]] = [
        *(({"AI_AGENT": name}, known) for name, known in DATA["names"].items()),
        *(({"AGENT": name}, known) for name, known in DATA["names"].items()),
        *(({"AGENT": agent["id"]}, agent["id"]) for agent in AGENTS),
        ({"AI_AGENT": "claude-code_2-1-331_agent"}, "claude-code"),
        ({"AI_AGENT": "claude_2-1-331_harness"}, "claude-code"),
        ({"AI_AGENT": "new_agent"}, "new_agent"),
        ({"AI_AGENT": "_1"}, "_1"),
        ({"AI_AGENT": "\tpi\r\n"}, "pi"),
        ({"AI_AGENT": "pi", "CLAUDECODE": "1"}, "pi"),
        ({"AI_AGENT": "pi", "AGENT": "amp"}, "pi"),
        ({"AGENT": "amp", "CLAUDECODE": "1"}, "amp"),
        ({"AI_AGENT": "1"}, None),
        ({"AI_AGENT": "true", "AGENT": "goose"}, "goose"),
        ({"AGENT": "1", "OPENCODE": "1"}, "opencode"),
        ({"AGENT": "smith"}, None),
        ({"AI_AGENT": 'a"b'}, None),
        ({"AI_AGENT": "x" * 65}, None),
        ({"AI_AGENT": "toString"}, "toString"),
    ]
    check(language, home, [{"env": env} for env, _ in said], [{"agent_id": agent} for _, agent in said])


@LANGUAGES
def test_the_session_is_that_of_the_agent(language: str, home: Path) -> None:
    sessions = sorted({agent["session"] for agent in AGENTS if "session" in agent})
    every = {variable: f"session-{number}" for number, variable in enumerate(sessions)}
    own = {agent["id"]: every.get(agent.get("session", "")) for agent in AGENTS}
    assert any(own.values())
    steps = [{"env": {**every, "AI_AGENT": agent}} for agent in own]
    steps += [{"env": {"AI_AGENT": agent}} for agent in own]
    check(
        language,
        home,
        steps,
        [*({"session_id": value} for value in own.values()), *({"session_id": None} for _ in own)],
    )


def test_the_data_is_well_formed() -> None:
    ids = {agent["id"] for agent in AGENTS}
    assert len(ids) >= 15
    assert set(DATA["names"].values()) <= ids
    assert not set(DATA["names"]) & ids
    variables = [variable for agent in AGENTS for variable in agent["variables"]]
    assert len(set(variables)) == len(variables)
    for agent in AGENTS:
        same = {other.get("session") for other in AGENTS if other["id"] == agent["id"]}
        assert len(same) == 1, "an agent named by AI_AGENT has one session variable"
