"""OpenTelemetry's own SDKs and exporters, of Python and of JavaScript, in every form that they can send."""

from __future__ import annotations

import json
import subprocess
import time
import uuid
from typing import Any

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode

from tests.agents.host import INSTALLED
from tests.clients.processes import ROOT
from tests.conftest import Local

JAVASCRIPT = INSTALLED / "opentelemetry"
NOT_INSTALLED = "OpenTelemetry's SDK of JavaScript is not installed: make .build/agents/opentelemetry/ready"
SECRET = {"email": "canary@example.com", "args": "canary"}

# Of the session that is exported. A skill whose name may not be is refused alone, and a span that is no use is left.
EXPECTED = [
    ("by-log", "skill", "success", None, None),
    ("by-log-too", "skill", "success", None, None),
    ("search", "mcp:demo", "success", 250, None),
    ("search", "tool", "error", 1500, "timeout"),
]


def export_in_python(url: str, session: str, compression: Compression) -> None:
    """What exporter.mjs exports."""
    logs = LoggerProvider()
    logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{url}/v1/logs", compression=compression)))
    skill = {"event.name": "skill_activated", "session.id": session, "invocation_trigger": "user-slash"}
    for sequence, name in enumerate(("by-log", "é", "by-log-too")):
        attributes = {**skill, **SECRET, "event.sequence": sequence, "skill.name": name}
        logs.get_logger("canary").emit(LogRecord(timestamp=time.time_ns(), body="canary", attributes=attributes))
    spans = TracerProvider()
    spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{url}/v1/traces", compression=compression)))
    tracer = spans.get_tracer("canary")
    use = {"gen_ai.operation.name": "execute_tool", "session.id": session, "gen_ai.tool.name": "search", **SECRET}
    start = time.time_ns() - 5_000_000_000
    told = {**use, "mcp.server.name": "demo"}
    tracer.start_span("execute_tool search", start_time=start, attributes=told).end(start + 250_000_000)
    failed = tracer.start_span("execute_tool search", start_time=start, attributes={**use, "error.type": "timeout"})
    failed.set_status(Status(StatusCode.ERROR, "canary"))
    failed.end(start + 1_500_000_000)
    tracer.start_span("canary", attributes={"gen_ai.operation.name": "chat"}).end()
    exporter = OTLPMetricExporter(f"{url}/v1/metrics", compression=compression)
    metrics = MeterProvider([PeriodicExportingMetricReader(exporter)])
    metrics.get_meter("canary").create_counter("canary").add(1, SECRET)
    metrics.get_meter("canary").create_histogram("canary.seconds").record(2.5, SECRET)
    for provider in (logs, spans, metrics):
        provider.shutdown()


def new_events(worker: Local, before: set[str]) -> list[dict[str, Any]]:
    """What is stored since."""
    lines = worker.send("GET", "/analytics/export?days=1&format=ndjson").body.decode().splitlines()
    assert "canary" not in "".join(lines)
    return [event for event in map(json.loads, lines) if event["id"] not in before]


def as_expected(events: list[dict[str, Any]]) -> bool:
    """Whether events are what was exported, each once."""
    names = ("tool_name", "tool_category", "status", "duration_ms", "error_type")
    return sorted((tuple(event[name] for name in names) for event in events), key=str) == EXPECTED


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_pythons_exporters(worker: Local, compression: Compression, caplog: pytest.LogCaptureFixture) -> None:
    before = {event["id"] for event in new_events(worker, set())}
    export_in_python(worker.url, str(uuid.uuid4()), compression)
    events = new_events(worker, before)
    assert as_expected(events), events
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.skipif(not JAVASCRIPT.exists(), reason=NOT_INSTALLED)
@pytest.mark.parametrize("compression", ["none", "gzip"])
@pytest.mark.parametrize("wire", ["http", "proto"])
def test_javascripts_exporters(worker: Local, wire: str, compression: str) -> None:
    before = {event["id"] for event in new_events(worker, set())}
    program = ROOT / "tests" / "agents" / "exporter.mjs"
    command = ["node", str(program), str(JAVASCRIPT), worker.url, wire, compression, str(uuid.uuid4())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    (warning,) = done.stderr.strip().splitlines()
    assert (done.returncode, "Partial Success" in warning, "tool_name" in warning) == (0, True, True), done.stderr
    events = new_events(worker, before)
    assert as_expected(events), events
