"""The Worker's answers without its runtime: the app on SQLite, asked in plain values."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import Any

from storage.database import Database
from tests.database import NOW, CountingDatabase
from web.app import App
from web.deployment import Deployment
from web.message import Request, Response
from web.settings import Settings

ORIGIN = "http://localhost:8787"


def request(
    method: str, target: str, body: Any = None, headers: dict[str, str] | None = None, now: float = NOW
) -> Request:
    """A request. target: path and query. body: bytes as they are, anything else as JSON; None: empty."""
    path, _, query = target.partition("?")
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return Request(method, path, query, headers or {}, raw, ORIGIN, now)


def settings(**variables: str) -> Settings:
    """A deployment's settings."""
    return Settings.read(lambda name: variables.get(name, ""))


class Served:
    """An app, what it wrote to its log, and what it put off until after an answer."""

    def __init__(self, database: Database | None = None, **variables: str) -> None:
        self.database: Any = database or CountingDatabase()
        self.log: list[str] = []
        self.later: list[Awaitable[None]] = []
        self.deployment = Deployment(settings(**variables), self.database, self.later.append, self.log.append)
        self.app = App(self.deployment)

    def send(
        self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None, now: float = NOW
    ) -> Response:
        """The answer to a request; one that is streamed is read to its end."""
        return self.answer(request(method, target, body, headers, now))

    def answer(self, asked: Request) -> Response:
        """The answer to a request in plain values."""

        async def play() -> Response:
            response = await self.app.answer(asked)
            if response.chunks is not None:
                response.body = "".join([chunk async for chunk in response.chunks])
            return response

        return asyncio.run(play())

    def track(self, body: Any, headers: dict[str, str] | None = None, now: float = NOW) -> Any:
        """POST /api/track, answered with success: its JSON."""
        response = self.send("POST", "/api/track", body, headers, now)
        assert response.status == 200, response
        return json.loads(response.body)

    def report(self, target: str, now: float = NOW) -> Any:
        """A fresh report's JSON."""
        response = self.send("GET", f"/analytics/{target}", headers={"cache-control": "no-cache"}, now=now)
        assert response.status == 200, response
        return json.loads(response.body)

    def stored(self) -> int:
        """How many events and sessions there are."""
        tables = "(SELECT count(*) FROM skill_usage_events) + (SELECT count(*) FROM sessions)"
        return int(self.database.connection.execute(f"SELECT {tables}").fetchone()[0])
