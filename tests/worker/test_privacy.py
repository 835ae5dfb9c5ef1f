"""Planted secrets are nowhere afterwards: not in the database, not in an answer, not in the Worker's terminal."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from counting.dimensions import BREAKDOWNS
from tests.asking import ANALYTICS, target
from tests.conftest import Local, database_of, start_local

EMAIL = "zebulon.quartermain@canary-mail.example"
HOME = "/home/zquartermain/secret-project/plan.txt"
ADDRESS = "203.0.113.77"
TOKEN = "sk-canary4f9a8b7c6d5e4f3a2b1c0d"
NAME = "Zebulon Quartermain, 12 Canary Lane"
CANARIES = (EMAIL, HOME, ADDRESS, TOKEN, NAME)
MARKS = ("quartermain", "canary", "secret-project", ADDRESS, "plan.txt", "zebulon")

TEXT = f"mail {EMAIL} wrote {HOME} from {ADDRESS} with {TOKEN} saying '{NAME}' at https://canary.example/x?y=z"
FIELDS = (
    *("tool_name", "tool_category", "status", "duration_ms", "error_type", "error_message", "request_size_bytes"),
    *("response_size_bytes", "metadata", "timestamp", "event_id", "anonymous_id", "session_id", "agent_id", "source"),
    *("trigger", "tool_version", "os", "runtime", "test", "unknown_field"),
)
PARAMETERS = sorted({parameter.name for route in ANALYTICS for parameter in route.parameters})


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """A Worker whose whole database is read afterwards."""
    worker = start_local(tmp_path_factory.mktemp("privacy"), "privacy")
    yield worker
    worker.runtime.stop()


def test_canaries(worker: Local) -> None:
    answers = list(_plant(worker))
    worker.runtime.run_cron()
    answers += [worker.send("GET", target(route)) for route in ANALYTICS]
    answers += [worker.send("GET", f"/analytics/breakdown?by={by}") for by in BREAKDOWNS]
    worker.runtime.stop()
    accepted = [answer for answer in answers if answer.status == 200]
    assert len(accepted) > 50, "the canaries must have been taken in"
    _assert_clean("an answer", "\n".join(f"{answer.headers}{answer.body.decode()}" for answer in answers))
    dump = dump_of(worker)
    assert "bird" in dump
    _assert_clean("the database", dump)
    _assert_clean("the terminal", worker.output.read_text())


def _plant(worker: Local) -> Iterator[Any]:
    headers = {
        "User-Agent": EMAIL,
        "CF-Connecting-IP": ADDRESS,
        "X-Forwarded-For": ADDRESS,
        "Referer": f"https://x{HOME}",
    }
    headers |= {
        "Cookie": TOKEN,
        "X-Api-Key": TOKEN,
        "Authorization": f"Bearer {TOKEN}",
        "Origin": f"https://{TOKEN}.example",
    }
    for field in FIELDS:
        for value in (*CANARIES, TEXT, {"a": EMAIL, HOME: 1, "deep": {"b": TOKEN}}, [TOKEN]):
            if field == "tool_name" and value in (EMAIL, ADDRESS, TOKEN):
                continue  # the rules admit these: a tool's name is public
            if field == "error_message" and value == NAME:
                continue  # bare words cannot be told from a name: that is why clients leave messages out
            event = {"tool_name": "canary-bird", "status": "error", field: value}
            event["tool_name"] = event["tool_name"] if field == "tool_name" else "bird"
            yield worker.track(event, headers)
    metadata = {
        "mail": EMAIL,
        "path": HOME,
        "ip": ADDRESS,
        "token": TOKEN,
        EMAIL: 1,
        "n": 1,
        "url": f"https://{ADDRESS}/",
    }
    for value in (metadata, json.dumps(metadata)):
        yield worker.track({"tool_name": "bird", "status": "error", "metadata": value, "error_message": TEXT}, headers)
    yield worker.track(
        [{"tool_name": "bird", "status": "error", "error_message": text} for text in CANARIES if text != NAME], headers
    )
    for canary in CANARIES:
        encoded = quote(canary, safe="")
        for parameter in ("v", "agent", "os", "py", "ms", "outcome", "error", "anything"):
            yield worker.send("GET", f"/t?t=birds&e=bird&{parameter}={encoded}", headers=headers)
        for route in ANALYTICS:
            for parameter in PARAMETERS:
                yield worker.send("GET", f"{route.path}?{parameter}={encoded}", headers=headers)
                yield worker.send("GET", target(route, **{parameter: canary}), headers=headers)
        yield worker.send("DELETE", "/api/user", {"anonymous_id": canary}, headers)
        yield worker.send("POST", "/api/track", raw=canary.encode(), headers=headers)
    for header in ("DNT", "Sec-GPC"):
        yield worker.track({"tool_name": "bird", "status": "ok", "error_message": TEXT}, headers | {header: "1"})


def dump_of(worker: Local) -> str:
    """The database of a Worker that has stopped: what it holds, and its bytes."""
    file = database_of(worker.state)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        dump = "\n".join(connection.iterdump())
    return dump + file.read_bytes().decode("latin-1")


def _assert_clean(where: str, text: str) -> None:
    lowered = text.lower().replace("canary-bird", "")
    for mark in MARKS:
        position = lowered.find(mark)
        assert position < 0, f"{mark} is in {where}: …{lowered[max(0, position - 80) : position + 60]}…"


def test_a_name_is_only_known_by_its_hash(local: Local, tmp_path: Path) -> None:
    """Two deployments with peppers of their own know the same person under hashes that have nothing in common."""
    other = start_local(tmp_path, "pepper")
    try:
        person = str(uuid.uuid4())
        hashes = [_hash_of(person, worker) for worker in (local, other)]
    finally:
        other.runtime.stop()
    assert len(set(hashes)) == 2
    assert all(len(value) == 32 and int(value, 16) for value in hashes)


def _hash_of(person: str, worker: Local) -> str:
    """Under which a deployment knows a person."""
    worker.track({"tool_name": person, "status": "success", "anonymous_id": person})
    line = worker.send("GET", f"/analytics/export?tool={person}").body
    return str(json.loads(line)["user_id_hash"])
