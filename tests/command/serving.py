"""The Worker's app on SQLite behind a real socket: what the command meets, without workerd's start."""

from __future__ import annotations

import ssl
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from tests.database import FailingDatabase
from tests.serving import Served, request


class Site:
    """`with Site() as site:` listens on a free port of 127.0.0.1.

    url: its base URL. variables: those of the deployment. lost: tables that its database lacks. page: (status, headers,
    body) that it answers to everything instead.
    """

    def __init__(
        self,
        *,
        lost: tuple[str, ...] = (),
        page: tuple[int, dict[str, str], str] | None = None,
        tls: Path | None = None,
        **variables: str,
    ) -> None:
        self._lost, self._page, self._tls, self._variables = lost, page, tls, variables
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.asked: list[str] = []
        self._served: Served | None = None

    def __enter__(self) -> Site:
        if self._tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._tls)
            sock = self._server.socket
            self._server.socket = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def get(self, target: str) -> str:
        """The body of a fresh answer."""
        asked = urllib.request.Request(self.url + target, headers={"Cache-Control": "no-cache"})
        with urllib.request.urlopen(asked, timeout=60) as response:
            text: str = response.read().decode()
        return text

    def _serve(self) -> None:
        # SQLite belongs to the thread that opens it.
        database = FailingDatabase()
        for table in self._lost:
            database.connection.execute(f"DROP TABLE {table}")
        self._served = Served(database, **self._variables)
        self._server.serve_forever(0.02)
        database.connection.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def log_message(self, *_: object) -> None:
                """Silent: stderr belongs to the tests."""

            def do_GET(self) -> None:
                site.asked.append(f"{self.command} {self.path}")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, headers, text = site._page or site._answer(self, body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_POST = do_PUT = do_GET  # noqa: N815 - as the base class calls it

        return Handler

    def _answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], str]:
        assert self._served
        headers = {name.lower(): value for name, value in handler.headers.items()}
        answer = self._served.answer(request(handler.command, handler.path, body, headers, time.time()))
        return answer.status, dict(answer.headers), answer.body or ""
