"""What OpenTelemetry in costs: the session of a real agent, small bodies at once, a large one, and a thousand records.

References are what the nearest product, an OTLP collector that stores prompts, took for the same on the same machine,
and reading the same body as JSON alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sqlite3
import statistics
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from google.protobuf import json_format  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from tools.bench.cpu import REPLAY_PORT, REPLAY_WORKER, Cost, Product
from tools.bench.server import Client, Server
from tools.bench.table import Row, at_most, at_most_times
from tools.embedded.runtime import ROOT

CAPTURE = ROOT / "tests" / "otlp" / "captures" / "claude_code_details_logs.ndjson"
CAPTURED = 1_795_576_000  # the Worker's clock: shortly after the captured session
ROUNDS = 9
LARGE_BYTES = 230_000
MANY = 1000
RECORDS, BODIES, CONNECTIONS = 3, 96, 8
STORED = 3000
PEOPLE, PLUGINS = 50, 20
PORT = 8963
# The nearest product's figures.
ITS_SESSION_MS, ITS_RECORD_MS, ITS_RECORD_AT_ONCE_MS, ITS_RECORD_BYTES = 20.5, 3.5, 1.9, 1190

_IDS = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|toolu_\w+)\b")
_PROTOBUF = "application/x-protobuf"


def run(rounds: int = ROUNDS) -> list[Row]:
    """Every figure."""
    with Server(PORT) as server, ExitStack() as stack:
        product = Product(server, CAPTURED)
        _send_session(product)
        product.replay = stack.enter_context(Server(REPLAY_PORT, REPLAY_WORKER, database_of=server))
        for _ in range(3):
            _send_session(product)
        turns = [(_send_session(product), _send_alone(product), _send_at_once(product)) for _ in range(rounds)]
        rows = [*_of_sessions(turns), *_of_large(product, rounds)]
    with Server(PORT) as server, Client(PORT) as client:
        rows += _of_many(client)
        rows += _of_plugins(client)
    with Server(PORT) as server:
        rows += _of_small(rounds)
    with Server(PORT) as server:
        return [*rows, _of_bytes(server)]


def _bodies() -> list[dict[str, Any]]:
    """The captured session, with ids of its own."""
    salt = uuid.uuid4().hex

    def renewed(found: re.Match[str]) -> str:
        digest = hashlib.sha256(f"{salt} {found[0]}".encode()).hexdigest()
        return f"toolu_{digest[:20]}" if found[0].startswith("toolu_") else str(uuid.UUID(digest[:32]))

    return [json.loads(_IDS.sub(renewed, line)) for line in CAPTURE.read_text().splitlines()]


def _records(bodies: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for body in bodies:
        for resource in body["resourceLogs"]:
            for scope in resource["scopeLogs"]:
                yield from scope["logRecords"]


def _of(records: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceLogs": [{"resource": {"attributes": []}, "scopeLogs": [{"logRecords": records}]}]}


def _post(client: Client, body: Any, now: float | None = None, path: str = "/v1/logs", media: str = "") -> None:
    """Send a body that is to be taken in whole. Raises RuntimeError where it is not."""
    status, answer = client.ask("POST", path, body, now, media=media or "application/json")
    if status != 200 or b"ejected" in answer or (media == _PROTOBUF and answer):
        raise RuntimeError(f"{path}: {status} {answer[:300]!r}")


def _send_session(product: Product) -> list[Cost]:
    """What each body of the captured session costs."""
    return [product.cost(_sending(body)) for body in _bodies()]


def _send_alone(product: Product) -> list[Cost]:
    """What each body costs that is read as JSON and left."""
    return [product.cost(_sending(_left(json.dumps(body).encode()), path="/v1/metrics")) for body in _bodies()]


def _send_at_once(product: Product) -> Cost:
    """What the records of the session cost in one body."""
    return product.cost(_sending(_of(list(_records(_bodies())))))


def _left(text: bytes) -> bytes:
    """A body of logs as one of metrics, whose route reads JSON and leaves it."""
    return text.replace(b'"resourceLogs"', b'"resourceMetrics"', 1)


def _sending(body: Any, path: str = "/v1/logs", media: str = "") -> Callable[[Client], None]:
    return lambda client: _post(client, body, CAPTURED, path, media)


def _of_sessions(turns: list[tuple[list[Cost], list[Cost], Cost]]) -> list[Row]:
    sessions, alone, at_once = zip(*turns, strict=True)
    own = _median_of_all(sessions)
    database = statistics.median(sum(cost.database for cost in session) for session in sessions)
    dearest = max(statistics.median(cost.own for cost in body) for body in zip(*sessions, strict=True))
    bodies = _bodies()
    what = f"{len(list(_records(bodies)))} records of a captured session in {len(bodies)} bodies"
    return [
        Row(f"CPU of {what}", own, "ms", ITS_SESSION_MS, at_most(20)),
        Row("  of its dearest body", dearest, "ms", None, at_most(10)),
        Row("  D1's part of all", database, "ms", None, None),
        Row("  the bodies read as JSON and left", _median_of_all(alone), "ms", own, None),
        Row("  the records in one body, as at an interval of minutes", _median(at_once), "ms", own, None),
    ]


def _median_of_all(sessions: Iterable[list[Cost]]) -> float:
    return statistics.median(sum(cost.own for cost in session) for session in sessions)


def _median(costs: Iterable[Cost]) -> float:
    return statistics.median(cost.own for cost in costs)


def _of_large(product: Product, rounds: int) -> list[Row]:
    """A body of the size of a session with all details: as JSON, as protobuf, and read as JSON alone."""
    found: dict[str, list[Cost]] = {"json": [], "protobuf": [], "alone": []}
    for _ in range(rounds + 2):
        bodies = [_large(), _large()]
        text, binary = json.dumps(bodies[0]).encode(), _protobuf(bodies[1])
        found["json"].append(product.cost(_sending(text)))
        found["protobuf"].append(product.cost(_sending(binary, media=_PROTOBUF)))
        found["alone"].append(product.cost(_sending(_left(text), path="/v1/metrics")))
    own = {name: _median(costs[2:]) for name, costs in found.items()}
    return [
        Row(
            f"CPU of a body of {LARGE_BYTES // 1000} KB, JSON, beside json.loads",
            own["json"],
            "ms",
            own["alone"],
            at_most(25),
        ),
        Row("  the same in protobuf, beside JSON", own["protobuf"], "ms", own["json"], at_most_times(1)),
    ]


def _large() -> dict[str, Any]:
    """Captured records of other sessions, until they are so many bytes."""
    records: list[dict[str, Any]] = []
    while True:
        for record in _records(_bodies()):
            records.append(record)
            if len(records) % 8 == 0 and len(json.dumps(_of(records))) >= LARGE_BYTES:
                return _of(records)


def _protobuf(body: dict[str, Any]) -> bytes:
    text = re.sub(r'"(traceId|spanId)": "([0-9a-f]*)"', _as_base64, json.dumps(body))
    message = json_format.Parse(text, ExportLogsServiceRequest(), ignore_unknown_fields=True)
    return bytes(message.SerializeToString())


def _as_base64(found: re.Match[str]) -> str:
    return f'"{found[1]}": "{base64.b64encode(bytes.fromhex(found[2])).decode()}"'


def _skill(session: str, number: int, moment: float) -> dict[str, Any]:
    """A record of a use of a skill."""
    held = {
        "event.name": "skill_activated",
        "skill.name": f"skill-{number % 40:02d}",
        "invocation_trigger": "claude-proactive",
        "user.id": f"person-{number % 50}",
        "session.id": session,
        "event.sequence": str(number),
    }
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in held.items()]
    return {"timeUnixNano": str(int(moment * 1e9)), "attributes": attributes}


def _of_many(client: Client) -> list[Row]:
    """A thousand records in one body."""
    moment = time.time()
    _post(client, _of([_skill("first", number, moment) for number in range(50)]))
    before = client.probe(record=True)["rows_written"]
    _post(client, _of([_skill("many", number, moment) for number in range(MANY)]))
    after = client.probe(record=False)
    return [
        Row(
            f"written per event, {MANY:,} in one body",
            (after["rows_written"] - before) / MANY,
            "rows",
            None,
            at_most(1.3),
        ),
        Row("  round trips to D1", len(after["recorded"]), "", None, at_most(5)),
    ]


def _of_plugins(client: Client) -> list[Row]:
    """Rows written when the sessions of people who are known begin, each with many plugins, and begin again."""

    def written(sequence: int) -> float:
        before = client.probe()["rows_written"]
        for person in range(PEOPLE):
            _post(client, _of([_plugin(person, number, sequence) for number in range(PLUGINS)]))
        return float(client.probe()["rows_written"] - before) / PEOPLE

    _post(client, _of([_skill("known", number, time.time()) for number in range(PEOPLE)]))
    return [
        Row(
            f"written for a person's {PLUGINS} plugins, first session of a day", written(1), "rows", PLUGINS, at_most(1)
        ),
        Row("  and a further session", written(2), "rows", PLUGINS, at_most(0)),
    ]


def _plugin(person: int, number: int, sequence: int) -> dict[str, Any]:
    """A record of a plugin that somebody's agent loaded."""
    held = {
        "event.name": "plugin_loaded",
        "plugin.name": f"plugin-{number}",
        "plugin.version": "1.0.0",
        "user.id": f"person-{person}",
        "session.id": f"session {person} {sequence}",
        "event.sequence": str(number),
    }
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in held.items()]
    return {"timeUnixNano": str(int(time.time() * 1e9)), "attributes": attributes}


def _of_small(rounds: int) -> list[Row]:
    """Bodies of three records, over one connection and over several at once."""
    one: list[float] = []
    several: list[float] = []
    _times(1, BODIES)
    for _ in range(rounds):
        one.append(_times(1, BODIES))
        several.append(_times(CONNECTIONS, BODIES))
    what = f"a record, {RECORDS} in a body, at"
    return [
        Row(f"{what} 1 connection, median", statistics.median(one), "ms", ITS_RECORD_MS, at_most(1.9)),
        Row(
            f"{what} {CONNECTIONS} connections, median",
            statistics.median(several),
            "ms",
            ITS_RECORD_AT_ONCE_MS,
            at_most(1.9),
        ),
    ]


def _times(connections: int, bodies: int) -> float:
    """Milliseconds a record; an answer that is none of success is an error."""
    made = [_of([_skill(uuid.uuid4().hex, number, time.time()) for number in range(RECORDS)]) for _ in range(bodies)]

    def send(some: list[dict[str, Any]]) -> None:
        with Client(PORT) as client:
            for body in some:
                _post(client, body)

    started = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(send, [made[number::connections] for number in range(connections)]))
    return (time.perf_counter() - started) * 1000 / bodies / RECORDS


def _of_bytes(server: Server) -> Row:
    """What records take on disk, with all that is kept of them."""
    before = _size(server)
    with Client(PORT) as client:
        for first in range(0, STORED, 100):
            records = [_skill("bytes", number, time.time()) for number in range(first, first + 100)]
            _post(client, _of(records))
    return Row(
        f"stored, {STORED:,} records", (_size(server) - before) / STORED, "bytes", ITS_RECORD_BYTES, at_most(300)
    )


def _size(server: Server) -> int:
    with sqlite3.connect(f"file:{server.database_file()}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT sum(pgsize) FROM dbstat").fetchone()[0])
