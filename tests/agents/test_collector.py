"""A real collector of OpenTelemetry between an exporter and us: it gathers, packs, and tries again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from tests.agents.test_exporters import as_expected, export_in_python, new_events
from tests.conftest import Local

SPEC = find_spec("rotel")
PROGRAM = Path(SPEC.origin).parent / "rotel-agent" if SPEC and SPEC.origin else Path("rotel-agent")
SECONDS = 30
PATHS = {"/v1/logs", "/v1/traces", "/v1/metrics"}

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="There is no build of this collector for this system.")


class Passed(NamedTuple):
    """A request that came: where to, its headers by name in lower case, and how it was answered."""

    path: str
    headers: dict[str, str]
    status: int
    answer: bytes


class Gate(ThreadingHTTPServer):
    """What stands before a Worker: hands it every request as it came, after the first ones, which it refuses.

    refuse: the statuses that these are answered.
    """

    def __init__(self, worker: Local, refuse: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.worker = worker
        self.refuse = refuse
        self.seen: list[Passed] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Gate
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = {name.lower(): value for name, value in self.headers.items()}
        status, answer = self._refused() or self._of_worker(body, told)
        self.server.seen.append(Passed(self.path, told, status, answer))
        self.send_response(status)
        if status in (429, 503):
            self.send_header("Retry-After", "1")
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _refused(self) -> tuple[int, bytes] | None:
        return (self.server.refuse.pop(0), b"") if self.server.refuse else None

    def _of_worker(self, body: bytes, told: dict[str, str]) -> tuple[int, bytes]:
        headers = {name: told[name] for name in ("content-type", "content-encoding", "user-agent") if name in told}
        request = urllib.request.Request(self.server.worker.url + self.path, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


@pytest.fixture
def gate(worker: Local, request: pytest.FixtureRequest) -> Iterator[Gate]:
    """A gate before the Worker; its parameter: what it refuses first."""
    with Gate(worker, list(request.param)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def collector(gate: Gate, tmp_path: Path) -> Iterator[str]:
    """The address of a collector that forwards to the gate."""
    with socket.socket() as grpc, socket.socket() as http:
        grpc.bind(("127.0.0.1", 0))
        http.bind(("127.0.0.1", 0))
        ports = grpc.getsockname()[1], http.getsockname()[1]
    options = {
        "otlp-grpc-endpoint": f"127.0.0.1:{ports[0]}",
        "otlp-http-endpoint": f"127.0.0.1:{ports[1]}",
        "exporter": "otlp",
        "otlp-exporter-endpoint": gate.url,
        "otlp-exporter-protocol": "http",
        "otlp-exporter-compression": "gzip",
        "otlp-exporter-retry-initial-backoff": "100ms",
        "batch-timeout": "300ms",
        "pid-file": str(tmp_path / "collector.pid"),
    }
    command = [str(PROGRAM), "start", *(part for name, value in options.items() for part in (f"--{name}", value))]
    with (tmp_path / "collector.log").open("w") as log:
        process = subprocess.Popen(command, env={"PATH": os.environ["PATH"]}, stdout=log, stderr=log)
        try:
            _wait_for(ports[1], process)
            yield f"http://127.0.0.1:{ports[1]}"
        finally:
            process.terminate()
            process.wait(SECONDS)
            sys.stdout.write((tmp_path / "collector.log").read_text())  # read where the test fails


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("The collector did not start.")


def _arrived(gate: Gate) -> list[Passed]:
    """What has passed, once something of each signal was taken in."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        seen = list(gate.seen)
        if {one.path for one in seen if one.status == 200} == PATHS:
            return seen
        time.sleep(0.05)
    raise AssertionError(f"Not all has arrived: {gate.seen}")


@pytest.mark.parametrize("gate", [(), (503, 503, 503, 429)], indirect=True, ids=["at once", "refused at first"])
def test_what_a_collector_forwards_is_counted_once(worker: Local, gate: Gate, collector: str) -> None:
    before = {event["id"] for event in new_events(worker, set())}
    refused = sorted(gate.refuse)
    export_in_python(collector, str(uuid.uuid4()), Compression.Gzip)
    seen = _arrived(gate)
    forms = {(one.headers["content-type"], one.headers["content-encoding"]) for one in seen}
    assert forms == {("application/x-protobuf", "gzip")}
    assert sorted(one.status for one in seen if one.status != 200) == refused
    events = new_events(worker, before)
    assert as_expected(events), events
    # The name that may not be is refused alone, and the answer says so in protobuf.
    said = [
        ExportLogsServiceResponse.FromString(one.answer) for one in seen if one.path == "/v1/logs" and one.status == 200
    ]
    assert sum(answer.partial_success.rejected_log_records for answer in said) == 1
