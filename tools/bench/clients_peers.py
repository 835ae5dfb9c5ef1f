"""Our Python and JavaScript clients beside PostHog's and OpenTelemetry's: a call, the import, the end, what arrives.

Each client is used as its documentation begins: with its defaults, and without a call that waits for it at the end.
`make .build/peers/ready` installs the peers, of which nothing else has need.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "clients"))
from inprocess import JS_ENTRY, NODE, environment, kill_senders, wait_for_senders

from tools.bench.clients_shell import MEMORY
from tools.bench.table import Row, at_least, at_most
from tools.embedded.runtime import ROOT

PEERS = ("posthog", "opentelemetry")
INSTALLED = ROOT / ".build" / "peers"
USES = Path(__file__).parent / "peers"
COMMANDS: dict[str, tuple[str | Path, ...]] = {
    "python": (sys.executable, USES / "use.py"),
    "js": (NODE, USES / "use.mjs", INSTALLED, JS_ENTRY),
}
CALLS = 500
STARTS = 15
ENDS = 3
PROCESSES = 20
AT_ONCE = 5
PATIENCE = 60  # seconds, for a process to end
QUIET = 3  # seconds without a request, after which nothing more is on its way
NAME = re.compile(rb"used-\d+")


class PeersMissingError(Exception):
    """The peers are not installed."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that ends at once is no news."""


class Sink:
    """A server that takes whatever each of the clients posts, and counts the uses in it."""

    def __init__(self) -> None:
        self.arrived: list[bytes] = []
        self.last = time.monotonic()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                """Keep the names in the body."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip" or body[:2] == b"\x1f\x8b":
                    body = gzip.decompress(body)
                sink.arrived += NAME.findall(body)
                sink.last = time.monotonic()
                answer = b'{"success": true, "status": 1}'
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()


class Used(NamedTuple):
    """A process that has used a client: what it said, and how long it lived, milliseconds."""

    said: dict[str, Any]
    wall: float


def run_python() -> list[Row]:
    """The Python client's."""
    return list(_beside("python"))


def run_js() -> list[Row]:
    """The JavaScript client's."""
    return list(_beside("js"))


def _beside(language: str) -> Iterator[Row]:
    if not (INSTALLED / "ready").exists():
        raise PeersMissingError("The peers are not installed: make .build/peers/ready")
    own = _Measured(language, "ours")
    for peer in PEERS:
        other = _Measured(language, peer)
        for figure, value, reference, unit in own.beside(other):
            limit = at_least(PROCESSES) if unit == "events" else at_most(5) if "p99" in figure else None
            yield Row(f"{language} {figure}, beside {peer}", value, unit, reference, limit)


class _Measured:
    """What a client costs and delivers."""

    def __init__(self, language: str, client: str) -> None:
        self._command, self._client = COMMANDS[language], client
        with _sink() as sink, _home() as home:
            calls = sorted(self._use(home, sink.url, CALLS).said["calls_ms"])
        with _home() as home:
            imports = [self._use(home, _dead(), 0).said["import_ms"] for _ in range(STARTS)]
        self.figures = {
            f"call, median of {CALLS}": (statistics.median(calls), "ms"),
            f"call, p99 of {CALLS}": (calls[int(CALLS * 0.99)], "ms"),
            "import and set-up": (statistics.median(imports), "ms"),
            "process that records once, server dead": (self._wall(_dead(), ENDS), "ms"),
        }
        with socket.create_server(("127.0.0.1", 0), backlog=64) as hole:
            url = f"http://127.0.0.1:{hole.getsockname()[1]}"
            self.figures["process that records once, server black-holed"] = (self._wall(url, 1), "ms")
        for label, end in (("", "normally"), (", by an exit at once", "at-once")):
            figure = f"events delivered of {PROCESSES} processes that record once and end{label}"
            self.figures[figure] = (self._delivered(end), "events")
        figure = f"events delivered of {PROCESSES}, server dead, then up"
        self.figures[figure] = (self._delivered("normally", is_late=True), "events")

    def beside(self, other: _Measured) -> Iterator[tuple[str, float, float, str]]:
        """Each figure, ours, the other's, and the unit."""
        for figure, (value, unit) in self.figures.items():
            yield figure, value, other.figures[figure][0], unit

    def _wall(self, url: str, runs: int) -> float:
        walls = []
        for _ in range(runs):
            with _home() as home:
                walls.append(self._use(home, url, 1).wall)
        return statistics.median(walls)

    def _delivered(self, end: str, *, is_late: bool = False) -> int:
        with _sink() as sink, _home() as home:
            url = _dead() if is_late else sink.url
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda number: self._use(home, url, 1, number, end), range(PROCESSES)))
            if is_late:
                kill_senders(home)
                (home / "next_post").unlink(missing_ok=True)
                self._use(home, sink.url, 1, PROCESSES)  # as the next use does, whenever that is
            if self._client == "ours":
                wait_for_senders(home, seconds=40)
            sink.last = time.monotonic()
            while time.monotonic() < sink.last + QUIET:
                time.sleep(0.1)
            return sum(sink.arrived.count(b"used-%d" % number) == 1 for number in range(PROCESSES))

    def _use(self, home: Path, url: str, calls: int, first: int = 0, end: str = "normally") -> Used:
        env = environment(home, url)
        env["PYTHONPATH"] += os.pathsep + str(INSTALLED / "python")
        words = [*self._command, self._client, url, str(calls), str(first), end]
        started = time.perf_counter()
        try:
            done = subprocess.run(words, env=env, capture_output=True, timeout=PATIENCE, check=True)
            output = done.stdout
        except subprocess.TimeoutExpired as error:
            output = error.stdout or b""
        return Used(json.loads(output), (time.perf_counter() - started) * 1000)


@contextmanager
def _sink() -> Iterator[Sink]:
    sink = Sink()
    try:
        yield sink
    finally:
        sink.close()


@contextmanager
def _home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        home = Path(folder) / "state"
        try:
            yield home
        finally:
            kill_senders(home)


def _dead() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"
