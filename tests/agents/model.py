"""A scripted model on loopback, in every wire format that the agents speak."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any

from tests.agents.script import Scripts, next_turn
from tests.agents.wires import anthropic, chat, gemini, responses

WIRES: tuple[ModuleType, ...] = (anthropic, responses, gemini, chat)


class Model:
    """`with Model(scripts) as model:` answers on a free port of 127.0.0.1.

    url: its base URL. asked: (path, body) of every request that was answered with a turn. missed: the others, by method
    and path.
    """

    def __init__(self, scripts: Scripts) -> None:
        self.scripts = scripts
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.missed: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Model:
        class Handler(_Handler):
            model = self

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    model: Model
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Silent: stderr belongs to the tests."""

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        for wire in WIRES:
            if re.fullmatch(wire.PATH, path):
                body = json.loads(sent)
                self.model.asked.append((path, body))
                asked = wire.read(body)
                said = wire.answer(next_turn(asked, self.model.scripts), asked)
                self._send(200, said.content_type, said.encoded())
                return
        self._miss()

    def do_GET(self) -> None:
        self._miss()

    def do_HEAD(self) -> None:
        self._miss()

    def _miss(self) -> None:
        self.model.missed.append(f"{self.command} {self.path}")
        self._send(404, "application/json", b'{"error": {"type": "not_found_error", "message": "not scripted"}}')

    def _send(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
