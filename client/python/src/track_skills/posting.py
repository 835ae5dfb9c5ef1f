"""One request to the collector, and what its answer means. Protocol: client/CONTRACT.md."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from track_skills import endpoint, proxies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from http.client import HTTPConnection

CONNECT_SECONDS = 2
REQUEST_SECONDS = 5
_ANSWER_BYTES = 1_048_576


class Answer(NamedTuple):
    """status: of the answer, 0 if there was none within the time allowed. verdict: `taken`, `refused` or `kept`."""

    status: int
    verdict: str
    body: bytes = b""


def post(body: bytes) -> Answer:
    """Post `body` to the collector that the environment names."""
    return ask("POST", "/api/track", body)


def ask(method: str, path: str, body: bytes, *, key: str | None = None) -> Answer:
    """Send one request with a JSON body to a path of the collector that the environment names. key: in place of its."""
    from threading import Thread

    answers = [Answer(0, "kept")]

    def request() -> None:
        with suppress(Exception):
            answers.append(_request(method, path, body, key or endpoint.api_key(os.environ)))

    # Looking up a name cannot be interrupted, so the limit on the whole stands outside.
    thread = Thread(target=request, daemon=True)
    thread.start()
    thread.join(REQUEST_SECONDS)
    return answers[-1]


def verdict_of(status: int, body: bytes) -> str:
    """Return what an answer says of the batch: only a JSON object with `success` is one of the collector's."""
    import json

    try:
        said = json.loads(body.decode())
    except (ValueError, RecursionError):
        return "kept"
    success = said.get("success") if isinstance(said, dict) else None
    if success is True and 200 <= status < 300:
        return "taken"
    return "refused" if success is False and status in (400, 413) else "kept"


def _request(method: str, path: str, body: bytes, key: str | None) -> Answer:
    url = f"{endpoint.base_url(os.environ)}{path}"
    headers = {"Content-Type": "application/json", "User-Agent": "track-skills-python"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    proxy = proxies.proxy_for(url, os.environ)
    connection = connection_to(url, proxy)
    through = proxy is not None and url.startswith("http:")
    try:
        connection.connect()
        connection.sock.settimeout(REQUEST_SECONDS)
        if proxy and through:
            connection.request(method, url, body, {**headers, **proxy.headers})
        else:
            connection.request(method, urlsplit(url).path, body, headers)
        response = connection.getresponse()
        said = response.read(_ANSWER_BYTES)
        return Answer(response.status, verdict_of(response.status, said), said)
    finally:
        connection.close()


def connection_to(url: str, proxy: proxies.Proxy | None) -> HTTPConnection:
    """Return what leads to `url`, not connected yet; KeyError for a proxy that speaks neither http nor https."""
    from http.client import HTTPConnection, HTTPSConnection

    kinds: dict[str, type[HTTPConnection]] = {"http": HTTPConnection, "https": HTTPSConnection}
    target = urlsplit(url)
    host, port = target.hostname or "", target.port or {"http": 80, "https": 443}[target.scheme]
    if proxy is None:
        return kinds[target.scheme](host, port, timeout=CONNECT_SECONDS)
    if target.scheme == "http":
        return kinds[proxy.scheme](proxy.host, proxy.port, timeout=CONNECT_SECONDS)
    if proxy.scheme != "http":
        raise KeyError(proxy.scheme)
    tunnel = HTTPSConnection(proxy.host, proxy.port, timeout=CONNECT_SECONDS)
    tunnel.set_tunnel(host, port, proxy.headers)
    return tunnel
