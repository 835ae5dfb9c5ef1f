"""tools/bench: what it writes by hand in place of the product has the product's shape."""

from __future__ import annotations

import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.bench.shapes import differences
from tests.conftest import Deployment, Local, free_port
from tools.bench import dashboard, post, storage
from tools.bench.clients_shell import hook_payload
from tools.bench.server import Client as Connection
from tools.bench.server import Server

sys.path.insert(0, str(Path(__file__).parents[1] / "clients"))

from collector import Collector
from processes import Client

REPORTS = {
    "summary": {},
    "tools": {},
    "timeseries": {},
    "retention": {},
    "errors": {"limit": 50},
    "breakdown": {"by": "os"},
    "sessions": {},
    "catalogue": {},
}


@pytest.fixture(scope="module")
def tool(local: Local) -> str:
    """A tool with events of every kind that the made answers know."""
    name = f"bench-{uuid.uuid4().hex[:12]}"
    common = {"tool_name": name, "tool_category": "mcp:server", "os": "linux", "trigger": "user", "duration_ms": 100}
    before = {"timestamp": (time.time() - (dashboard.DAYS + 5) * 86_400) * 1000}
    statuses = ({"status": "success"}, {"status": "error", "error_type": "ValueError"}, {"status": "timeout"})
    events = [common | status | moment for status in statuses for moment in ({}, before)]
    assert local.track(events).json()["accepted"] == len(events)
    for moment in (time.time(), before["timestamp"] / 1000):
        assert local.send("POST", "/api/session", _session(name, moment)).status == 200
    _ship(local, name)
    return name


def _ship(local: Local, tool: str) -> None:
    """A catalogue of which the tool is used, and another of its name never; uses that nobody ships; a loaded plugin."""
    items = [
        {"tool_name": tool, "tool_category": category, "description_tokens": 80} for category in ("mcp:server", "never")
    ]
    assert local.send("PUT", f"/api/catalogue/{tool}", {"version": "1.0", "items": items}).status == 200
    strange = {"tool_name": tool, "tool_category": "strange", "status": "success"}
    missing = {"tool_name": tool, "tool_category": "gone", "status": "error", "error_type": "not_found"}
    assert local.track([strange, *(missing | {"anonymous_id": f"{number}"} for number in range(5))]).status == 200
    names = {"event.name": "plugin_loaded", "plugin.name": tool, "plugin.version": "1.0", "session.id": tool}
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in names.items()]
    record = {"attributes": attributes}
    export = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    assert local.send("POST", "/v1/logs", export).status == 200


def _session(tool: str, moment: float) -> dict[str, Any]:
    """A session in which everything is known. moment: its end, in epoch seconds."""
    tokens = {f"{kind}_tokens": 100 for kind in ("input", "output", "cache_creation", "cache_read")}
    took = tokens | {"cost_usd": 0.5}
    counts = {"duration_s": 60, "turns": 2, "tool_calls": 3, "tool_errors": 1, "exit_reason": "other"}
    skill = {"tool_name": tool, "tool_category": "mcp:server", "uses": 1, **took}
    ids = {"session_id": uuid.uuid4().hex, "agent_id": "claude-code", "ended_at": moment * 1000}
    return {**ids, "started_at": moment * 1000 - 60_000, **counts, **took, "skills": [skill]}


def test_every_made_report_is_compared() -> None:
    assert dashboard.ANSWERS.keys() == REPORTS.keys()


@pytest.mark.parametrize("name", REPORTS)
def test_a_made_report_could_be_a_real_one(local: Local, tool: str, name: str) -> None:
    query = {"days": dashboard.DAYS, **REPORTS[name]}
    made = dashboard.ANSWERS[name]({key: str(value) for key, value in query.items()})
    real = local.report(name, tool=tool, **query)
    if name in ("summary", "sessions"):
        real["previous"] = {key: value for key, value in real.items() if key in real["previous"]}
    assert differences(json.loads(json.dumps(made)), real) == []


def test_the_minimal_worker_answers_like_the_product(local: Deployment) -> None:
    port = free_port()
    with Server(port, post.INSERT_WORKER), Connection(port) as connection:
        made = json.loads(connection.send("POST", "/api/track", post.event()))
    real = local.track(post.event()).json()
    assert differences(made, real) == []
    assert made == real


def test_the_clients_collector_answers_like_the_product(local: Deployment) -> None:
    good = post.event()
    bad = {**post.event(), "tool_name": ""}
    made = Collector(start=False).store(json.dumps({"events": [bad, good, good]}).encode(), leave_out=1)
    real = local.track({"events": [bad, good, good]}).json()
    assert (real["accepted"], real["duplicates"], len(real["rejected"])) == (1, 1, 1)
    assert differences(made, real) == []
    assert differences(real, made) == []


@pytest.mark.parametrize(
    ("mode", "method", "path", "raw"),
    [
        ("400", "POST", "/api/track", b"no JSON"),
        ("413", "POST", "/api/track", b"x" * 2_000_000),
        ("ok", "GET", "/nowhere", None),
    ],
)
def test_the_clients_collector_refuses_like_the_product(
    local: Deployment, mode: str, method: str, path: str, raw: bytes | None
) -> None:
    with Collector(mode) as collector:
        made = Deployment(collector.url).send(method, path, raw=raw)
    real = local.send(method, path, raw=raw)
    assert made.status == real.status >= 400
    assert differences(made.json(), real.json()) == []
    assert made.headers["content-type"].partition(";")[0] == real.headers["content-type"].partition(";")[0]


def test_a_posted_event_is_what_the_hook_sends(tmp_path: Path) -> None:
    with Collector() as collector:
        client = Client(tmp_path, collector.url)
        try:
            client.hook(hook_payload("a text"))
            (real,) = collector.wait(1)
            client.settle()
        finally:
            client.close()
    made = post.event()
    assert made.keys() == real.keys()
    assert differences(made, real) == []


def test_an_event_of_the_workload_is_stored_as_it_is(local: Deployment) -> None:
    """A field that the product does not know, or refuses, would be measured as nothing."""
    name = f"workload-{uuid.uuid4().hex[:12]}"
    sent = [event | {"tool_name": name} for _, event in storage.workload(200)]
    for event in sent:
        del event["timestamp"]
    for start in (0, 100):
        assert local.track(sent[start : start + 100]).json()["accepted"] == 100
    answer = local.send("GET", f"/analytics/export?tool={name}")
    stored = [json.loads(line) for line in answer.body.splitlines()]
    assert _sorted(stored, sent) == _sorted(sent, sent)


def _sorted(events: list[dict[str, Any]], like: list[dict[str, Any]]) -> list[str]:
    """The events' fields that are stored under their names, as comparable texts."""
    names = {name for event in like for name in event} - {"event_id", "anonymous_id"}
    return sorted(json.dumps({name: event.get(name) for name in sorted(names)}) for event in events)
