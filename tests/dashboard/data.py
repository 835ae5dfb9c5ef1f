"""Events and a key that the tests know, and the rows that no client could send."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tools.embedded.runtime import post_json

KEY = "secret-of-the-tests"  # what the locked Worker wants
HOSTILE = "<img src=x onerror=document.title='hacked'>"
SCOPED = "@scope/fetch"  # a spreadsheet takes it for a formula
FEW = "used-twice"
SHARED = "find"  # a tool of each of these categories
SHARING = {"mcp:alpha": 24, "mcp:beta": 30}  # and how often it was used there; of mcp:beta every third time failed
SPARE_TOOLS = 30
SLOT_SECONDS = 300
FIRST_SLOT = 1577836800


def load(url: str, now: float) -> None:
    """Post the events, over the last eleven days."""
    events = list(_events(datetime.fromtimestamp(now, UTC)))
    for start in range(0, len(events), 100):
        post_json(f"{url}/api/track", events[start : start + 100])


def insert_hostile(file: Path, now: float) -> None:
    """Put a row straight into the database, as whoever has it could."""
    key = (int(now - 3600 - FIRST_SLOT) // SLOT_SECONDS) << 40
    sql = (
        "INSERT INTO skill_usage_events (id, user_id_hash, tool_name, tool_category, status, error_type, error_message,"
        " agent_id, tool_version, os) VALUES (:key, 'x', :name, :name, 'error', :name, :message, :name, :name, :name)"
    )
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(sql, {"key": key + 1, "name": HOSTILE, "message": json.dumps(HOSTILE)})


def _events(now: datetime) -> Iterator[dict[str, Any]]:
    for day in range(11):
        for number in range(40 if day < 7 else 25):
            yield _event(now, day, number)
    for number in range(SPARE_TOOLS):
        yield _event(now, 1, 100 + number) | {"tool_name": f"spare-{number:02}", "status": "success"}
    for number in range(2):
        yield _event(now, 0, 200 + number) | {"tool_name": FEW, "tool_category": "skill", "status": "success"}
    yield from _shared(now)


def _shared(now: datetime) -> Iterator[dict[str, Any]]:
    for category, times in SHARING.items():
        for number in range(times):
            failed = category == "mcp:beta" and number % 3 == 0
            named: dict[str, Any] = {"tool_name": SHARED, "tool_category": category, "event_id": f"{category}-{number}"}
            outcome = {"status": "error", "error_type": "KeyError"} if failed else {"status": "success"}
            yield {**_event(now, number % 6, 7 + 6 * number), "error_type": None, **named, **outcome}


def _event(now: datetime, day: int, number: int) -> dict[str, Any]:
    names = ("code-review", "code-review", "code-review", "query", "query", SCOPED)
    name = names[number % len(names)]
    failed = name == "query" and number % 2 == 0
    moment = now - timedelta(days=day, minutes=10 + number * 3)
    event: dict[str, Any] = {
        "event_id": f"{day}-{number}",
        "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tool_name": name,
        "tool_category": "mcp:db" if name == "query" else "skill",
        "status": "error" if failed else ("skipped" if number % 19 == 5 else "success"),
        "anonymous_id": f"person-{(day + number) % 12}",
        "agent_id": "codex" if number % 5 == 0 else "claude-code",
        "trigger": "user" if number % 3 == 0 else "model",
        "tool_version": "2.0.0" if day < 4 else "1.9.0",
        "os": ("linux", "darwin", "windows")[number % 3],
    }
    if name != SCOPED:
        event["duration_ms"] = 200 + 40 * (number % 40)
    if failed:
        event["error_type"] = "TimeoutError" if number % 4 == 0 else "ValueError"
    return event
