"""Sessions that belong to the sample of events: who used something on a day had a session around it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

SEED = 11
WITH_TOKENS = "claude-code"  # the agent whose transcripts tell of tokens
EXITS = ("prompt_input_exit", "prompt_input_exit", "prompt_input_exit", "clear", "logout", "other")
DOLLARS_A_TOKEN = {"input": 3e-6, "output": 15e-6, "cache_creation": 3.75e-6, "cache_read": 0.3e-6}


def sessions(events: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A session for each person and day of some events, with tokens of its skills where the agent tells of them."""
    chance = random.Random(SEED)
    ordered = sorted(events, key=_visit)
    for (person, date), of_visit in groupby(ordered, _visit):
        yield _session(chance, session_id(person, date), list(of_visit))


def session_id(person: str, date: str) -> str:
    """The session of a person on a day."""
    return f"sample-{person}-{date}"


def _visit(event: dict[str, Any]) -> tuple[str, str]:
    return event["anonymous_id"], event["timestamp"][:10]


def _session(chance: random.Random, name: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    times = [datetime.fromisoformat(event["timestamp"]) for event in events]
    started = min(times) - timedelta(minutes=chance.uniform(1, 10))
    seconds = int((max(times) - started).total_seconds()) + chance.randrange(60, 900)
    turns = len(events) + chance.randrange(1, 9)
    session: dict[str, Any] = {
        "session_id": name,
        "anonymous_id": events[0]["anonymous_id"],
        "agent_id": events[0]["agent_id"],
        "os": events[0]["os"],
        "started_at": started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "duration_s": seconds,
        "exit_reason": chance.choice(EXITS),
        "turns": turns,
        "tool_calls": turns * chance.randrange(2, 7),
        "tool_errors": sum(event["status"] == "error" for event in events),
    }
    if events[0]["agent_id"] != WITH_TOKENS:
        return session
    uses = Counter(event["tool_name"] for event in events if event["tool_category"] == "skill")
    skills = [
        {"tool_name": skill, "tool_category": "skill", "uses": count} | _tokens(chance, count)
        for skill, count in sorted(uses.items())
    ]
    return session | _tokens(chance, turns) | {"skills": skills}


def _tokens(chance: random.Random, turns: int) -> dict[str, Any]:
    """What some turns use up, and cost."""
    tokens = {
        "input": turns * chance.randrange(200, 2000),
        "output": turns * chance.randrange(400, 1500),
        "cache_creation": turns * chance.randrange(1000, 6000),
        "cache_read": turns * chance.randrange(20_000, 60_000),
    }
    cost = sum(count * DOLLARS_A_TOKEN[kind] for kind, count in tokens.items())
    return {f"{kind}_tokens": count for kind, count in tokens.items()} | {"cost_usd": round(cost, 6)}
