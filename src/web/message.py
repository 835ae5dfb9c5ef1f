"""A request and its answer, in plain values."""

import json
from collections.abc import AsyncIterator
from typing import NamedTuple

JSON_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


class Request(NamedTuple):
    """A request in plain values.

    headers: names in lower case. body: None when it was too large to read. origin: scheme://host of the Worker.
    now: epoch seconds.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes | None
    origin: str
    now: float


class Response:
    """An answer in plain values; chunks in place of a body where it is streamed."""

    __slots__ = ("body", "chunks", "headers", "status")

    def __init__(
        self,
        status: int = 200,
        headers: dict[str, str] | None = None,
        body: str | bytes | None = None,
        chunks: AsyncIterator[str] | None = None,
    ) -> None:
        self.status = status
        self.headers = {} if headers is None else headers
        self.body = body
        self.chunks = chunks


def json_response(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(status, {**JSON_HEADERS, **(headers or {})}, json.dumps(value))
