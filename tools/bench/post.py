"""What taking events costs, beside a minimal JavaScript Worker that does one INSERT, or beside another revision."""

from __future__ import annotations

import statistics
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.bench.against import Pair, by_turns, compare
from tools.bench.server import Client, Server
from tools.bench.table import Row, at_most_times

ROUNDS = 12
REQUESTS = 50
CONNECTIONS = 8
BATCH = 50
STARTS = 5  # of both revisions: two processes of the same code differ by more than their requests do
PAIRS = 8  # after each start
PRODUCT_PORT, REFERENCE_PORT = 8953, 8954
INSERT_WORKER = Path(__file__).parent / "insert_worker.mjs"
BARE_WORKER = Path(__file__).parent / "bare"


def event() -> dict[str, Any]:
    """What the hook sends."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "event_id": f"toolu_{uuid.uuid4().hex}",
        "timestamp": now,
        "tool_name": "code-review",
        "tool_category": "skill",
        "status": "success",
        "duration_ms": 1234,
        "anonymous_id": "0b6f7a52-8a53-4a8e-9a4f-0c3b8f2c7d11",
        "agent_id": "claude-code",
        "source": "hook",
        "trigger": "model",
        "session_id": "b6e4f581-09ed-4fa9-a41c-84fa5ba0a102",
        "os": "linux",
        "runtime": "bash 5.2",
        "request_size_bytes": 1200,
        "response_size_bytes": 3600,
    }


def _times(port: int, requests: int, batch: int = 1) -> list[float]:
    times = []
    with Client(port) as client:
        for _ in range(requests):
            body = event() if batch == 1 else [event() for _ in range(batch)]
            begin = time.perf_counter()
            client.send("POST", "/api/track", body)
            times.append(time.perf_counter() - begin)
    return times


def _times_at_once(port: int) -> list[float]:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = pool.map(lambda _: _times(port, REQUESTS // 2), range(CONNECTIONS))
        return [taken for part in parts for taken in part]


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def run(rounds: int = ROUNDS) -> list[Row]:
    """This checkout's and the minimal Worker's, in turn."""
    with Server(PRODUCT_PORT) as product, Server(REFERENCE_PORT, INSERT_WORKER) as other:
        for port in (PRODUCT_PORT, REFERENCE_PORT):
            _times(port, 2 * REQUESTS)
        single: dict[int, list[float]] = {PRODUCT_PORT: [], REFERENCE_PORT: []}
        crowded: dict[int, list[float]] = {PRODUCT_PORT: [], REFERENCE_PORT: []}
        cpu: dict[int, float] = {PRODUCT_PORT: 0, REFERENCE_PORT: 0}
        batched: list[float] = []
        for _ in range(rounds):
            for server in (product, other):
                before = server.cpu_seconds()
                single[server.port] += _times(server.port, REQUESTS)
                cpu[server.port] += server.cpu_seconds() - before
            for port in crowded:
                crowded[port] += _times_at_once(port)
            batched += _times(PRODUCT_PORT, 5, BATCH)
    rows = []
    for name, times in (("1 connection", single), (f"{CONNECTIONS} connections", crowded)):
        for what, figure in (("median", statistics.median), ("p99", _p99)):
            reference, value = (figure(times[port]) * 1000 for port in (REFERENCE_PORT, PRODUCT_PORT))
            rows.append(Row(f"POST at {name}, {what}", value, "ms", reference, at_most_times(2.5)))
    reference, value = statistics.median(single[REFERENCE_PORT]) * 1000, statistics.median(batched) * 1000 / BATCH
    rows.append(Row(f"an event, {BATCH} in a POST", value, "ms", reference, at_most_times(0.3)))
    reference, value = (cpu[port] * 1000 / rounds / REQUESTS for port in (REFERENCE_PORT, PRODUCT_PORT))
    return [*rows, Row("CPU time of a POST", value, "ms", reference, None)]


def run_against(checkout: Path, starts: int = STARTS, pairs: int = PAIRS) -> list[Row]:
    """This checkout's and another's, in turn."""
    single: list[Pair] = []
    batched: list[Pair] = []
    for _ in range(starts):
        with Server(PRODUCT_PORT), Server(REFERENCE_PORT, checkout=checkout):
            for port in (PRODUCT_PORT, REFERENCE_PORT):
                _times(port, 2 * REQUESTS)
                _times(port, 4, BATCH)
            single += _by_turns(REQUESTS, 1, pairs)
            batched += _by_turns(8, BATCH, pairs)
    return [
        compare(f"POST of one event, median of {len(single)} pairs", "ms", single),
        compare(f"POST of {BATCH} events, median of {len(batched)} pairs", "ms", batched),
    ]


def _by_turns(requests: int, batch: int, pairs: int) -> list[Pair]:
    def milliseconds(port: int) -> float:
        return statistics.median(_times(port, requests, batch)) * 1000

    return by_turns(lambda: milliseconds(PRODUCT_PORT), lambda: milliseconds(REFERENCE_PORT), pairs)
