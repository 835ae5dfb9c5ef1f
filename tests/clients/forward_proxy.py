"""A real forward proxy on loopback: http requests and tunnels lead to collectors, whatever host they name."""

from __future__ import annotations

import contextlib
import re
import socket
import threading


class ForwardProxy:
    """`with ForwardProxy(plain, secure) as proxy:` listens on a free port; hosts are played by two collectors' ports.

    plain, secure: the ports that http requests and tunnels lead to; None: it answers 502. heads: the head of each
    request that arrived, as text. url: what a client is told.
    """

    def __init__(
        self, plain: int | None = None, secure: int | None = None, address: tuple[str, int] = ("127.0.0.1", 0)
    ):
        self._plain, self._secure = plain, secure
        self.heads: list[str] = []
        self._listener = socket.create_server(address, family=socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        host, self.port = self._listener.getsockname()[:2]
        self.url = f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def __enter__(self) -> ForwardProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            data = b""
            while b"\r\n\r\n" not in data:
                part = client.recv(65536)
                if not part:
                    return
                data += part
            head, rest = data.split(b"\r\n\r\n", 1)
            self.heads.append(head.decode())
            is_tunnel = head.startswith(b"CONNECT ")
            port = self._secure if is_tunnel else self._plain
            if port is None:
                client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", port)) as host:
                if is_tunnel:
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    host.sendall(rest)
                else:
                    path_only = re.sub(rb"^(\S+) http://[^/ ]+", rb"\1 ", head)
                    host.sendall(re.sub(rb"\r\nProxy-[^\r]*", b"", path_only) + b"\r\n\r\n" + rest)
                threading.Thread(target=_pump, args=(client, host), daemon=True).start()
                _pump(host, client)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65536):
            sink.sendall(part)
        sink.shutdown(socket.SHUT_WR)
