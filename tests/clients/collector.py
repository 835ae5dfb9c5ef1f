"""A real collector on loopback for the clients' tests: it stores each event_id once, and can misbehave."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODES = (
    "ok",
    "slow",  # answers after `delay` seconds
    "limit",  # 413 for more than `most_events` events, else ok
    "poison",  # 400 for a batch that has an event named poison, else ok
    "partly",  # 2xx that says the first event was rejected; the others are stored
    "garbage",  # stores, answers 200 with bytes that are no JSON
    "nonsense",  # answers with bytes that are no HTTP
    "dies",  # stores, then closes the connection before answering
    "half",  # reads half of the request and closes
    "hole",  # accepts and never answers
)


class Collector:
    """`with Collector() as collector:` listens on a free port of 127.0.0.1.

    url: its base URL. mode: one of MODES, or a status to answer with always, as digits; may be changed at any time.
    bodies: every body as it arrived. requests: (method, path, headers, body). events: what was stored, by event_id.
    sessions: what was stored, by session_id. arrived: the event_ids in order, duplicates too. most_events: for mode
    limit. answer: the body in place of the one that goes with the mode. stop() frees the port and start() listens on
    the same one again, so that a client can meet it dead; a new Collector(start=False) has a port that nobody
    listens on. With `tls` it speaks https.
    """

    def __init__(self, mode: str = "ok", *, start: bool = True, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.mode = mode
        self.most_events = 10
        self.delay = 0.3
        self.answer: bytes | None = None
        self.bodies: list[bytes] = []
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.events: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, dict[str, Any]] = {}
        self.arrived: list[str] = []
        self.changed = threading.Condition()
        self.released = threading.Event()
        self.connections = 0
        self._server: ThreadingHTTPServer | None = None
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        if start:
            self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        collector = self

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 256

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that hung up is no news."""

        class Handler(_Handler):
            pass

        Handler.collector = collector
        self.released.clear()
        self._server = Server(("127.0.0.1", self.port), Handler)
        if self._tls:
            # The handshake is left to the connection's own thread.
            sock = self._server.socket
            self._server.socket = self._tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self.released.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Collector:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait(self, events: int, seconds: float = 60) -> list[dict[str, Any]]:
        """The stored events, as soon as there are so many; fails with what there is after so many seconds."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.events) >= events, seconds):
                raise AssertionError(
                    f"{len(self.events)} of {events} events in {seconds} s, {len(self.requests)} requests"
                )
            return list(self.events.values())

    def wait_requests(self, requests: int, seconds: float = 60) -> None:
        """Returns as soon as so many requests have arrived in whole."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.requests) >= requests, seconds):
                raise AssertionError(f"{len(self.requests)} of {requests} requests in {seconds} s")

    def store(self, body: bytes, leave_out: int = 0) -> dict[str, Any]:
        """Stores a body's events from number `leave_out` on and returns the answer the real collector gives."""
        sent = json.loads(body)
        if "sessions" in sent:
            return self._store_sessions(sent["sessions"])
        events = sent["events"]
        assert 1 <= len(events) <= 100, f"{len(events)} events in one request"
        duplicates = 0
        with self.changed:
            for event in events[leave_out:]:
                self.arrived.append(event["event_id"])
                duplicates += event["event_id"] in self.events
                self.events.setdefault(event["event_id"], event)
            self.changed.notify_all()
        rejected = [{"index": n, "error": "no", "field": "tool_name"} for n in range(leave_out)]
        accepted = len(events) - leave_out - duplicates
        counts = {"accepted": accepted, "duplicates": duplicates, "rejected": rejected}
        return {"success": True, "message": f"{accepted} events tracked", **counts}

    def _store_sessions(self, sessions: list[dict[str, Any]]) -> dict[str, Any]:
        with self.changed:
            self.sessions |= {session["session_id"]: session for session in sessions}
            self.changed.notify_all()
        counts = {"accepted": len(sessions), "duplicates": 0, "rejected": []}
        return {"success": True, "message": f"{len(sessions)} sessions tracked", **counts}


class _Handler(BaseHTTPRequestHandler):
    collector: Collector
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Silent: stderr belongs to the tests."""

    def setup(self) -> None:
        super().setup()
        self.collector.connections += 1

    def do_GET(self) -> None:
        self._record(b"")
        self._answer(404, b'{"success": false, "error": "nothing here"}')

    def do_POST(self) -> None:
        collector, mode = self.collector, self.collector.mode
        length = int(self.headers.get("Content-Length") or 0)
        if mode == "half":
            self.rfile.read(length // 2)
            self._hang_up()
            return
        body = self._chunks() if self.headers.get("Transfer-Encoding") == "chunked" else self.rfile.read(length)
        self._record(body)
        if mode == "hole":
            collector.released.wait(30)
            self._hang_up()
            return
        if mode == "nonsense":
            self.wfile.write(b"\x00\x01 nonsense \xff\xfe\r\n\r\n")
            self._hang_up()
            return
        if mode.isdigit():
            self._answer(int(mode), b"" if mode == "204" else b'{"success": false, "error": "as told"}')
            return
        if mode in ("limit", "poison") and (status := self._refusal(mode, json.loads(body)["events"])):
            self._answer(status, b'{"success": false, "error": "refused"}')
            return
        if mode == "slow":
            time.sleep(collector.delay)
        answer = json.dumps(collector.store(body, leave_out=1 if mode == "partly" else 0)).encode()
        if mode == "dies":
            self._hang_up()
            return
        self._answer(200, b"\xff\x00 garbage <html>" if mode == "garbage" else answer)

    def _refusal(self, mode: str, events: list[dict[str, Any]]) -> int | None:
        if mode == "limit":
            return 413 if len(events) > self.collector.most_events else None
        return 400 if any(event["tool_name"] == "poison" for event in events) else None

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _record(self, body: bytes) -> None:
        with self.collector.changed:
            self.collector.bodies.append(body)
            self.collector.requests.append((self.command, self.path, dict(self.headers.items()), body))
            self.collector.changed.notify_all()

    def _answer(self, status: int, body: bytes) -> None:
        body = body if self.collector.answer is None else self.collector.answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", str(len(body)))
        if status in (301, 302):
            self.send_header("Location", f"{self.collector.url}/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
