"""Workers under measurement, each served by Miniflare alone, and a client that keeps its connection."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from tools.embedded.runtime import ROOT, RuntimeStartError, build, environment, fetch_status, migrate, stop_group

SERVE = ROOT / "tools" / "bench" / "serve.mjs"
VARIABLES = {"EMBEDDED_PROBE": "1"}
START_SECONDS = 180


class Server:
    """A Worker on a port of its own and a database of its own; a context manager.

    script: a plain JavaScript Worker; None: the product, or another Python Worker, whose folder is source. checkout:
    whose code and migrations. database_of: whose database it begins with a copy of. variables: of the Worker's.
    limited: with the rate limits of wrangler.toml, so high that nobody reaches them. Raises RuntimeStartError where it
    does not answer, or where something else does on its port: that would be measured in its place.
    """

    def __init__(
        self,
        port: int,
        script: Path | None = None,
        checkout: Path = ROOT,
        database_of: Server | None = None,
        variables: dict[str, str] | None = None,
        source: Path | None = None,
        limited: bool = False,
    ) -> None:
        self.port = port
        self.state = Path(tempfile.mkdtemp(prefix="track-skills-bench-"))
        self._script = script
        self._checkout = checkout
        self._source = source or checkout / "src"
        self._limited = limited
        self._variables = VARIABLES | (variables or {})
        if database_of is not None:
            shutil.copytree(database_of.state, self.state, dirs_exist_ok=True)

    def __enter__(self) -> Server:
        if fetch_status(f"http://127.0.0.1:{self.port}/healthz") is not None:
            raise RuntimeStartError(
                f"Something else answers on port {self.port}: another run, or what one left behind."
            )
        config = build(ROOT / ".build" / f"bench-{self.port}", self._variables, self._source, self._limited)
        options = {"config": str(config), "state": str(self.state), "port": self.port}
        if self._script is None:
            migrate(self._checkout / "wrangler.toml", self.state)
        else:
            options["script"] = str(self._script)
        self.process = subprocess.Popen(
            ["node", str(SERVE), json.dumps(options)], env=environment(), start_new_session=True
        )
        deadline = time.monotonic() + START_SECONDS
        while (status := fetch_status(f"http://127.0.0.1:{self.port}/healthz")) is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if status != 200 or self.process.poll() is not None:
            self.__exit__(None, None, None)
            raise RuntimeStartError(f"The Worker under measurement did not start: its /healthz says {status}.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.state, ignore_errors=True)

    def stop(self) -> None:
        """Stop it and keep its database."""
        stop_group(self.process)

    def database_file(self) -> Path:
        """The SQLite file of its D1."""
        folder = self.state / "v3" / "d1" / "miniflare-D1DatabaseObject"
        return next(path for path in folder.glob("*.sqlite") if path.name != "metadata.sqlite")

    def cpu_seconds(self) -> float:
        """CPU time so far, user and system, of the process that runs the Worker, and its D1.

        It is the last in a line of one child each. The scheduler counts each of its threads in nanoseconds.
        """
        pid = self.process.pid
        while children := Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            pid = int(children[0])
        return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


class Client:
    """One connection to a server; a context manager. key: with which it sends, none if it is empty."""

    def __init__(self, port: int, key: str = "") -> None:
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def send(self, method: str, path: str, body: Any = None, now: float | None = None, fresh: bool = False) -> bytes:
        """Send a request and return the answer's body. now: the server's clock, epoch seconds. fresh: no cache.

        Raises RuntimeError for an error.
        """
        status, answer = self.ask(method, path, body, now, fresh)
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {answer[:500]!r}")
        return answer

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        now: float | None = None,
        fresh: bool = False,
        address: str = "",
        media: str = "application/json",
    ) -> tuple[int, bytes]:
        """Send a request, as send does, and return the answer's status and body, whatever it is. address: as if it
        came from there. media: of a body that is bytes, or parts of them; anything else is sent as JSON.
        """
        headers = {"Content-Type": media, **self._headers}
        if address:
            headers["CF-Connecting-IP"] = address
        if now is not None:
            headers["X-Embedded-Now"] = str(int(now * 1000))
        if fresh:
            headers["Cache-Control"] = "no-cache"
        sent = body if body is None or isinstance(body, bytes | Iterator) else json.dumps(body)
        self._connection.request(method, path, sent, headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def probe(self, now: float | None = None, **request: Any) -> dict[str, Any]:
        """What D1 has counted so far, after firing the cron (cron=True) or running statements (sql=[…])."""
        answer: dict[str, Any] = json.loads(self.send("POST", "/__probe", request, now))
        return answer
