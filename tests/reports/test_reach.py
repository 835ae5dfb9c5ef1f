"""Loaded by so many people, used by so many of them: against a plain recount, and when people go."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest

from counting.dimensions import Filters
from counting.people import People
from reading import window
from reading.ledger import Ledger
from reading.memory import Memory
from reports import reach
from terms import limits
from terms.dates import DAY
from tests.database import NOW
from tests.otlp.bodies import captured
from tests.serving import Served

LATER = 1_795_600_000  # after what was captured


def attributes(**given: str | None) -> list[dict[str, Any]]:
    """Attributes of a record; _ stands for a dot."""
    return [{"key": key.replace("_", ".", 1), "value": {"stringValue": value}} for key, value in given.items() if value]


def record(name: str, time: int, **given: str | None) -> dict[str, Any]:
    """A log record of Claude Code. time: epoch seconds."""
    told = {"event_name": name, "event_sequence": "1", **given}
    return {"timeUnixNano": str(time * 10**9), "attributes": attributes(**told)}


def export(served: Served, *records: dict[str, Any], now: int = NOW) -> None:
    """POST /v1/logs."""
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": list(records)}]}]}
    response = served.send("POST", "/v1/logs", body, now=now)
    assert (response.status, json.loads(response.body or "")) == (200, {"partialSuccess": {}})


def load(served: Served, user: str, *plugins: tuple[str, str | None], time: int = NOW) -> None:
    """Somebody's agent loads plugins."""
    of = {"user_id": user, "session_id": f"{user} {time}"}
    told = [record("plugin_loaded", time, plugin_name=name, plugin_version=version, **of) for name, version in plugins]
    export(served, *told, now=time)


def use(served: Served, user: str, plugin: str, time: int = NOW) -> None:
    """Somebody uses a skill of a plugin."""
    of = {"user_id": user, "session_id": f"{user} {time}"}
    export(served, record("skill_activated", time, skill_name="bow", plugin_name=plugin, **of), now=time)


def rows(served: Served, days: int = 30, now: int = NOW) -> list[tuple[str, str | None, int, int | None]]:
    """What is said of each plugin."""
    asked = window.current(now, days)
    ledger = Ledger(served.database, Memory(), Filters(), now, fresh=True)
    return [tuple(row.values()) for row in asyncio.run(reach.rows(ledger, asked))]  # type: ignore[misc]


def test_loaded_used_and_loaded_without_a_use() -> None:
    served = Served()
    for user in ("ada", "bob", "cyd"):
        load(served, user, ("demo", "1.0"), ("idle", None))
    load(served, "ada", ("demo", "1.1"))
    use(served, "ada", "demo")
    use(served, "eve", "demo")
    assert rows(served) == [("demo", "1.0", 3, 1), ("idle", None, 3, 0), ("demo", "1.1", 1, 1)]


def test_an_mcp_tool_of_a_plugin_is_a_use_of_it() -> None:
    served = Served()
    load(served, "ada", ("demo", "1.0"))
    tool = {"tool_name": "echo", "tool_category": "mcp:plugin_demo_server", "status": "success"}
    served.track(tool | {"anonymous_id": "ada"})
    assert rows(served) == [("demo", "1.0", 1, 1)]


def test_whether_a_masked_plugin_is_used_nobody_knows() -> None:
    assert reach.shape({("third-party", "1.0"): People(numbers={1, 2})}, {}) == [
        {"plugin": "third-party", "version": "1.0", "loaded_by": 2, "used_by": None}
    ]


def test_of_who_asks_for_no_record_and_of_other_plugins_nothing_is_kept() -> None:
    served = Served(INGEST_ONLY="demo:bow")
    load(served, "ada", ("demo", "1.0"), ("other", "1.0"))
    assert rows(served) == [("demo", "1.0", 1, 0)]
    body = {
        "resourceLogs": [
            {"scopeLogs": [{"logRecords": [record("plugin_loaded", NOW, plugin_name="demo", user_id="x")]}]}
        ]
    }
    served.send("POST", "/v1/logs", body, headers={"sec-gpc": "1"})
    assert rows(served) == [("demo", "1.0", 1, 0)]


def test_a_name_that_may_not_be_costs_itself_alone() -> None:
    served = Served()
    good, bad = (record("plugin_loaded", NOW, plugin_name=name, user_id="ada") for name in ("demo", "a\0b"))
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": [bad, good]}]}]}
    answer = json.loads(served.send("POST", "/v1/logs", body).body or "")
    assert answer["partialSuccess"]["rejectedLogRecords"] == "1"
    assert rows(served) == [("demo", None, 1, 0)]


def test_no_id_is_stored_as_it_was_sent() -> None:
    served = Served()
    load(served, "raw-person", ("demo", "1.0"))
    assert "raw-person" not in "\n".join(served.database.connection.iterdump())


def test_whoever_has_a_plugin_loaded_is_not_forgotten_and_whoever_had_it_long_ago_is() -> None:
    served = Served(RETENTION_DAYS="30")
    load(served, "old", ("demo", "1.0"), time=NOW - 40 * DAY)
    load(served, "new", ("demo", "1.0"), time=NOW - 2 * DAY)
    old = {"tool_name": "a", "status": "success", "anonymous_id": "new", "timestamp": (NOW - 40 * DAY) * 1000}
    served.track(old)
    for minute in range(8):
        asyncio.run(served.app.scheduled(NOW + 60 * minute))
    hashes = served.database.connection.execute("SELECT count(*) FROM people").fetchone()[0]
    assert hashes == 1
    assert rows(served, days=60) == [("demo", "1.0", 2, 0)], "what was counted stays"
    load(served, "late", ("demo", "1.0"), time=NOW - 39 * DAY)
    for hour in range(1, 30):
        asyncio.run(served.app.scheduled(NOW + 3600 * hour))
    assert served.database.connection.execute("SELECT count(*) FROM people").fetchone()[0] == 1


@pytest.mark.parametrize("seed", range(12))
def test_reach_equals_a_recount(seed: int) -> None:
    """Again and again, on many days, with people who are erased and come back."""
    chance = random.Random(seed)
    served = Served(RETENTION_DAYS="300")
    users, plugins = ("ada", "bob", "cyd", "dan", "eve"), (("demo", "1.0"), ("demo", "1.1"), ("tool", None))
    loaded: set[tuple[int, str, tuple[str, str | None]]] = set()
    used: set[tuple[int, str, str]] = set()
    gone: dict[str, int] = {}
    now = NOW
    for _ in range(80):
        now += chance.choice((1, 900, 30_000))
        user, plugin = chance.choice(users), chance.choice(plugins)
        what = chance.random()
        if what < 0.55:
            load(served, user, plugin, time=now)
            if now >= gone.get(user, 0):
                loaded.add((now, user, plugin))
        elif what < 0.85:
            use(served, user, plugin[0], time=now)
            if now >= gone.get(user, 0):
                used.add((now, user, plugin[0]))
        elif what < 0.9:
            served.send("DELETE", "/api/user", {"anonymous_id": user}, now=now)
            loaded = {it for it in loaded if it[1] != user}
            used = {it for it in used if it[1] != user}
            gone[user] = now + limits.CLOCK_SKEW_SECONDS
        else:
            asyncio.run(served.app.scheduled(now))
        days = chance.choice((1, 2, 7, 30))
        start = (now - days * DAY) // 3600 * 3600
        expected = []
        for name, version in plugins:
            having = {it[1] for it in loaded if it[2] == (name, version) and it[0] // DAY >= start // DAY}
            using = {it[1] for it in used if it[2] == name and it[0] >= start}
            if having:
                expected.append((name, version, len(having), len(having & using)))
        assert rows(served, days, now) == sorted(expected, key=lambda row: (-row[2], row[0], row[1] or ""))


def test_all_plugins_that_a_real_session_loaded_within_a_millisecond() -> None:
    """However often its bodies come."""
    served = Served()
    for body in captured("claude_code_details_logs") * 2:
        assert served.send("POST", "/v1/logs", body, now=LATER).status == 200
    idle = [(f"cc-plugin-{name}", None, 1, 0) for name in ("agents-md", "plugin-authoring", "privacy")]
    assert rows(served, now=LATER) == [*idle, ("demo-plug", "1.0.0", 1, 1), ("track-skills", "0.1.0", 1, 0)]
