"""OpenTelemetry on the real runtime: many at once, again, and nothing that is not read left anywhere."""

from __future__ import annotations

import gzip
import http.client
import json
import random
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import pytest

from terms import limits
from tests.asking import ANALYTICS, target
from tests.conftest import Local, start_local
from tests.otlp.bodies import (
    CANARY,
    CAPTURES,
    captured,
    log,
    logs,
    made_up_logs,
    made_up_spans,
    protobuf,
    with_canaries,
)
from tests.worker.test_privacy import dump_of

CONNECTIONS = 8
PROTOBUF = {"Content-Type": "application/x-protobuf"}


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """A Worker whose whole database is read afterwards."""
    running = start_local(tmp_path_factory.mktemp("telemetry"), "telemetry")
    yield running
    running.runtime.stop()


def stored(worker: Local) -> list[str]:
    """The names of all events."""
    lines = worker.send("GET", "/analytics/export?days=1").body.decode().splitlines()
    return [json.loads(line)["tool_name"] for line in lines]


def post_all(worker: Local, bodies: list[bytes]) -> list[int]:
    """The statuses of bodies that are sent over so many connections at once, each of which stays open."""

    def post(some: list[bytes]) -> list[int]:
        connection = http.client.HTTPConnection(worker.url.removeprefix("http://"))
        statuses = []
        for body in some:
            connection.request("POST", "/v1/logs", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
        connection.close()
        return statuses

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        shares = [bodies[number::CONNECTIONS] for number in range(CONNECTIONS)]
        return list(chain.from_iterable(pool.map(post, shares)))


def test_a_hundred_bodies_over_eight_connections_are_all_stored_and_once(worker: Local) -> None:
    """Of one millisecond, and without an e-mail or another id of a person but their session's."""
    moment, session = int(time.time()), str(uuid.uuid4())
    bodies = []
    for number in range(100):
        records = [
            log(
                "claude_code.skill_activated",
                moment,
                skill__name=f"skill-{place}",
                invocation_trigger="nested-skill",
                session__id=session,
                event__sequence=3 * number + place,
            )
            for place in range(3)
        ]
        bodies.append(json.dumps(logs(*records)).encode())
    for _ in range(2):
        assert post_all(worker, bodies) == [200] * 100
        assert sorted(stored(worker)) == [f"skill-{place}" for place in range(3) for _ in range(100)]


# Just too many: what leads to a Worker here answers for it, with 500, where it is not done sending when it is answered.
TOO_MANY = limits.TELEMETRY_BYTES // (len(CANARY) * 10_000) + 1


@pytest.mark.parametrize(("packed", "copies", "status"), [(True, 1, 200), (False, 1, 200), (False, TOO_MANY, 413)])
def test_a_body_may_come_in_chunks(worker: Local, packed: bool, copies: int, status: int) -> None:
    """As Claude Code sends it; up to its limit, which no header tells."""
    name = f"chunked-{uuid.uuid4().hex[:8]}"
    skill = log("skill_activated", int(time.time()), skill__name=name, session__id=name, event__sequence=1)
    text = json.dumps(logs(skill, *[log("user_prompt", prompt=CANARY * 10_000)] * copies)).encode()
    headers = {"Content-Type": "application/json", **({"Content-Encoding": "gzip"} if packed else {})}
    body = gzip.compress(text) if packed else text
    connection = http.client.HTTPConnection(worker.url.removeprefix("http://"))
    connection.request("POST", "/v1/logs", iter([body[:100], body[100:]]), headers, encode_chunked=True)
    assert connection.getresponse().status == status
    connection.close()
    assert stored(worker).count(name) == (status == 200)


def test_nothing_but_what_is_read_is_in_the_database_an_answer_or_the_terminal(worker: Local) -> None:
    """The last of those who share the Worker: it is stopped."""
    answers = [
        worker.send("POST", path, headers=headers, raw=raw)
        for path, body in _bodies()
        for headers, raw in (({}, json.dumps(body).encode()), (PROTOBUF, protobuf(body)), ({}, CANARY.encode()))
    ]
    assert {answer.status for answer in answers} == {200, 400}
    answers += [worker.send("POST", "/v1/metrics", _metrics())]
    worker.runtime.run_cron()
    answers += [worker.send("GET", target(route)) for route in ANALYTICS]
    worker.runtime.stop()
    dump = dump_of(worker)
    assert "demo-plug" in dump
    places = {
        "an answer": "\n".join(f"{answer.headers}{answer.body.decode('latin-1')}" for answer in answers),
        "the database": dump,
        "the terminal": worker.output.read_text(),
    }
    for place, text in places.items():
        for secret in (CANARY, "/home/dev", "0000000000000000000000", "example.com"):
            at = text.find(secret)
            assert at < 0, f"{secret} is in {place}: {text[max(0, at - 100) : at + 100]}"


def _bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(CAPTURES.glob("*.ndjson")):
        for body in captured(file.stem):
            yield f"/v1/{file.stem.rpartition('_')[2]}", with_canaries(body)
    for seed in range(5):
        yield "/v1/logs", made_up_logs(random.Random(seed))
        yield "/v1/traces", made_up_spans(random.Random(seed))


def _metrics() -> dict[str, Any]:
    point = {"attributes": [{"key": "user.email", "value": {"stringValue": CANARY}}], "asDouble": 1}
    metric = {"name": CANARY, "sum": {"dataPoints": [point]}}
    return {"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}
