"""One use, or many, by a client: use.py CLIENT ENDPOINT CALLS FIRST END, for tools.bench.clients_peers.

CLIENT: none, ours, posthog, opentelemetry. Each use is named used-N, from N = FIRST on. END: normally, or at once by
os._exit. Prints JSON: import_ms and calls_ms, milliseconds.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

Use = Callable[[str], Any]


def ours(_endpoint: str) -> Use:
    """Ours."""
    from track_skills import track

    return lambda name: track(name, status="success")


def posthog(endpoint: str) -> Use:
    """PostHog's."""
    from posthog import Posthog  # type: ignore[import-not-found]

    client = Posthog("phc_bench", host=endpoint)
    return lambda name: client.capture("used", distinct_id="someone", properties={"tool_name": name})


def opentelemetry(endpoint: str) -> Use:
    """OpenTelemetry's, by its logs."""
    from opentelemetry._logs import LogRecord
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

    provider = LoggerProvider()
    provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{endpoint}/v1/logs")))
    logger = provider.get_logger("bench")
    return lambda name: logger.emit(LogRecord(timestamp=time.time_ns(), body="used", attributes={"tool_name": name}))


CLIENTS: dict[str, Callable[[str], Use]] = {"ours": ours, "posthog": posthog, "opentelemetry": opentelemetry}


def main(client: str, endpoint: str, calls: str, first: str, end: str) -> None:
    """Use it."""
    started = time.perf_counter()
    use = CLIENTS[client](endpoint) if client != "none" else None
    import_ms = (time.perf_counter() - started) * 1000
    calls_ms = []
    for number in range(int(first), int(first) + int(calls)):
        started = time.perf_counter()
        if use:
            use(f"used-{number}")
        calls_ms.append((time.perf_counter() - started) * 1000)
        if int(calls) > 1:
            time.sleep(0.002)
    print(json.dumps({"import_ms": import_ms, "calls_ms": calls_ms}), flush=True)
    if end == "at-once":
        os._exit(0)


main(*sys.argv[1:])
