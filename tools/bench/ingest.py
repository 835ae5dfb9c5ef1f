"""What taking an event costs, beside a minimal JavaScript Worker that does one INSERT, in the same run."""

from __future__ import annotations

import re
import statistics
import subprocess
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tools.bench.server import Client, Server
from tools.bench.table import Row, print_table
from tools.embedded.runtime import ROOT, environment, wrangler

ROUNDS = 12
REQUESTS = 50
CONNECTIONS = 8
BATCH = 50
PRODUCT_PORT, REFERENCE_PORT = 8953, 8954


def event() -> dict[str, Any]:
    """What the hook sends."""
    return {
        "event_id": f"toolu_{uuid.uuid4().hex}",
        "tool_name": "code-review",
        "tool_category": "skill",
        "status": "success",
        "duration_ms": 1234,
        "anonymous_id": "0b6f7a52-8a53-4a8e-9a4f-0c3b8f2c7d11",
        "agent_id": "claude-code",
        "source": "hook",
        "trigger": "model",
    }


def _times(port: int, requests: int, batch: int = 1) -> list[float]:
    client, times = Client(port), []
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


def _upload_kib() -> float:
    with tempfile.TemporaryDirectory() as folder:
        command = wrangler("deploy", "--dry-run", "--outdir", folder)
        said = subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True, text=True).stdout
    return float(re.search(r"Total Upload: ([\d.]+) KiB", said)[1])  # type: ignore[index]


def run() -> list[Row]:
    """Measure, the two Workers in turn."""
    with (
        Server(PRODUCT_PORT) as product,
        Server(REFERENCE_PORT, ROOT / "tools" / "bench" / "insert_worker.mjs") as other,
    ):
        for port in (PRODUCT_PORT, REFERENCE_PORT):
            _times(port, 100)
        single: dict[int, list[float]] = {PRODUCT_PORT: [], REFERENCE_PORT: []}
        crowded: dict[int, list[float]] = {PRODUCT_PORT: [], REFERENCE_PORT: []}
        cpu: dict[int, float] = {PRODUCT_PORT: 0, REFERENCE_PORT: 0}
        batched: list[float] = []
        for _ in range(ROUNDS):
            for server in (product, other):
                before = server.cpu_seconds()
                single[server.port] += _times(server.port, REQUESTS)
                cpu[server.port] += server.cpu_seconds() - before
            for port in crowded:
                crowded[port] += _times_at_once(port)
            batched += _times(PRODUCT_PORT, 5, BATCH)
        import_ms = Client(PRODUCT_PORT).probe()["import_ms"]
    rows = []
    for name, times in (("1 connection", single), (f"{CONNECTIONS} connections", crowded)):
        for what, figure in (("median", statistics.median), ("p99", _p99)):
            reference, value = (figure(times[port]) * 1000 for port in (REFERENCE_PORT, PRODUCT_PORT))
            rows.append(Row(f"ms of a POST at {name}, {what}", reference, value, "≤ 2.5 ×"))
    per_event = statistics.median(batched) * 1000 / BATCH
    requests = ROUNDS * REQUESTS
    return [
        *rows,
        Row(f"ms per event, {BATCH} in a POST", statistics.median(single[REFERENCE_PORT]) * 1000, per_event, "≤ 0.3 ×"),
        Row("CPU ms per POST", cpu[REFERENCE_PORT] * 1000 / requests, cpu[PRODUCT_PORT] * 1000 / requests, "–"),
        Row("ms to import src/ in wasm, beyond the SDK", None, import_ms, "≤ 150"),
        Row("KiB of the upload", None, _upload_kib(), "≤ 250"),
    ]


if __name__ == "__main__":
    print_table(run())
